"""synthetic: generated graphs with exact answers, the same for the same seed; no download."""

from collections.abc import Sequence

import numpy as np
import torch
from torch_geometric.data import Data

from mspe.dataset.config import DatasetParams
from mspe.dataset.spec import DatasetSpec, Samples
from mspe.dataset.splits import FRACTIONS
from mspe.dataset.synthetic.drawing import Drawn, draw
from mspe.dataset.synthetic.plan import Plan, find_misfit, plans
from mspe.graphs.packing import ANSWER_DISTANCE
from mspe.tasks import Regression, SingleLabel, Task


def read(params: DatasetParams) -> Samples:
    """Draw the graphs and answer the question on each; those of a shifted test part stand last.

    Every graph has its own random numbers, of the seed and its place, so that more graphs leave the first as they are.

    Raises
    ------
    MspeError
        If a graph must be connected and hardly ever is.
    """
    plan, shifted = plans(params)
    synthetic = params.synthetic
    parts = train_val_test(synthetic.graphs)
    by_place = [plan if shifted is None or place not in parts[2] else shifted for place in range(synthetic.graphs)]
    drawn = [draw(each, np.random.default_rng([synthetic.seed, place])) for place, each in enumerate(by_place)]
    classes, first = _classes(plan, drawn)
    redrawn = sum(each.redrawn for each in drawn)
    return Samples(
        items=[_data(each, bool(classes), first) for each in drawn],
        predefined_split=None if shifted is None else parts,
        split_from="dataset.synthetic.shift",
        classes=classes,
        task=_task(plan, bool(classes)),
        dropped={"not_connected": redrawn} if redrawn else {},
        account=(_describe(plan),) if shifted is None else (_describe(plan), f"test: {_describe(shifted)}"),
    )


def train_val_test(graphs: int) -> tuple[range, range, range]:
    """Return the places of the parts of a shifted dataset, in the shares of a random split.

    Examples
    --------
    >>> train_val_test(20)
    (range(0, 16), range(16, 18), range(18, 20))
    """
    first, second = round(FRACTIONS[0] * graphs), round(sum(FRACTIONS) * graphs)
    return range(first), range(first, second), range(second, graphs)


def _classes(plan: Plan, drawn: Sequence[Drawn]) -> tuple[tuple[str, ...], int]:
    """The names of the classes, none where answers are numbers, and the answer that is the first class.

    Numbers that are asked for as classes have those from the least answer to the largest.
    """
    if not plan.params.as_classes:
        return plan.class_names, 0
    least, most = int(min(each.answers.min() for each in drawn)), int(max(each.answers.max() for each in drawn))
    return tuple(map(str, range(least, most + 1))), least


def _task(plan: Plan, has_classes: bool) -> Task:
    question = plan.question
    if not has_classes:
        return Regression(question.level)
    return SingleLabel(question.level, loss=question.loss, metric=question.metric)


def _data(drawn: Drawn, has_classes: bool, first_class: int) -> Data:
    """Classes are whole numbers, but where some nodes are not asked: there real ones, and NaN."""
    answers = torch.from_numpy(drawn.answers - first_class)[:, None]
    whole = has_classes and not bool(answers.isnan().any())
    further = {} if drawn.features is None else {"x": _narrow(drawn.features)}
    if drawn.distances is not None:
        further[ANSWER_DISTANCE] = torch.from_numpy(drawn.distances).long()
    return Data(
        edge_index=torch.from_numpy(drawn.graph.directed),
        num_nodes=drawn.graph.size,
        y=answers.long() if whole else answers.float(),
        **further,
    )


def _narrow(features: np.ndarray) -> torch.Tensor:
    values = torch.from_numpy(features)
    return values.float() if values.is_floating_point() else values


def _describe(plan: Plan) -> str:
    """What was drawn and asked, on a line."""
    sizes = f"{min(plan.sizes)}" if len(plan.sizes) == 1 else f"{min(plan.sizes)} to {max(plan.sizes)}"
    asks = plan.question.asks.format_map(plan.params.model_dump())
    return f"{plan.question.name}: {asks}; {plan.generator.name}, {sizes} nodes"


SPEC = DatasetSpec(
    name="synthetic",
    graphs="generated: `dataset.synthetic`",
    target="distances, roles, sources, transferred classes, counts",
    task=None,
    splits=("column", "random"),
    origin="generated from its definition",
    licence="none needed",
    citation="the definitions and their papers stand in mspe/dataset/synthetic",
    read=read,
    embedded=True,
    tasks=(),
    misfit=find_misfit,
)
