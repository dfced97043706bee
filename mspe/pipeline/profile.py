"""Cost of a model on the user's own graphs, and how it grows with the nodes of a graph and with layers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch import nn

from mspe.common.errors import MspeError
from mspe.common.json_files import write_json
from mspe.config import load_params
from mspe.dataset import load_dataset
from mspe.encodings import EncodingSet, GraphStatistics, compute_spectrum
from mspe.encodings.spectrum import NORMALIZED, further
from mspe.graphs import GraphSchema, PackedGraphs
from mspe.graphs.packing import ANSWER_DISTANCE, EDGE_LABEL_INDEX
from mspe.models import get_model, model_arguments
from mspe.pipeline.checkpoint import read_arguments
from mspe.pipeline.encoding import read_input
from mspe.pipeline.stored_data import GRAPHS, read_graphs
from mspe.pipeline.trained_model import TrainedModel
from mspe.training.device import get_device
from mspe.training.profile import Exponent, StepProfile, fit_exponent, profile_step

LAYERS = (1, 2, 4, 8)
BATCH_SIZE = 32
_COPIES = tuple(2**power for power in range(7))
_MOST_PAIRS = 2**21
"""Of nodes, in the largest graph that is measured: some GB with all their channels."""
_TARGETS = ("y", ANSWER_DISTANCE)


@dataclass(frozen=True)
class Curve:
    """Steps of growing size.

    Attributes
    ----------
    by
        What grows: `nodes` of one graph, or `layers`.
    sizes, steps
        Equally many.
    """

    by: str
    sizes: list[int]
    steps: list[StepProfile]

    @property
    def exponents(self) -> dict[str, Exponent | None]:
        """Fitted powers of the size by which `multiply_adds`, `ms` and `memory_bytes` grow."""
        costs = ("multiply_adds", "ms", "memory_bytes")
        return {cost: fit_exponent(self.sizes, [getattr(step, cost) for step in self.steps]) for cost in costs}


@dataclass(frozen=True)
class Profile:
    """Cost of a training step.

    Attributes
    ----------
    model, device
        In words.
    step
        On a batch of the user's graphs.
    curves
        By the nodes of a graph, which is the user's own of median size so many times over, as one graph; and by layers,
        on the batch.
    """

    model: str
    device: str
    step: StepProfile
    curves: list[Curve]

    def table(self) -> list[dict[str, Any]]:
        """Return one dictionary per measured step, for `pandas.DataFrame(profile.table())`; the first is the batch."""
        sized = [("batch", self.step.graphs, self.step)]
        sized += [(curve.by, *one) for curve in self.curves for one in zip(curve.sizes, curve.steps, strict=True)]
        return [{"by": by, "size": size, **step.to_json()} for by, size, step in sized]

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        exponents = {curve.by: {name: _plain(one) for name, one in curve.exponents.items()} for curve in self.curves}
        return {"model": self.model, "device": self.device, "exponents": exponents, "steps": self.table()}

    def save(self, path: str | Path) -> None:
        """Write everything as JSON.

        Raises
        ------
        MspeError
            If the file cannot be written.
        """
        write_json(path, self.to_json())

    def __str__(self) -> str:
        step = self.step
        rows = [["", "multiply–adds", "forward, ms", "backward, ms", "memory, MB"]]
        rows.append([f"{step.graphs} graphs, {step.nodes} nodes", *_cells(step)])
        lines = [f"{self.model}: {step.parameters:,} parameters, on {self.device}", ""]
        for curve in self.curves:
            pairs = zip(curve.sizes, curve.steps, strict=True)
            rows += [[f"{size} {curve.by}", *_cells(one)] for size, one in pairs]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines += ["  ".join(map(str.rjust, row, widths)) for row in rows]
        lines += ["", *(_sentence(curve) for curve in self.curves)]
        if step.not_counted:
            lines.append(f"Not among the multiply–adds: {', '.join(step.not_counted)}.")
        return "\n".join(lines)


def profile_checkpoint(
    path: str | Path,
    source: str | None = None,
    device: str = "auto",
    batch_size: int = BATCH_SIZE,
    root: str = "data/raw",
    smiles_column: str = "smiles",
) -> Profile:
    """Measure the model of a checkpoint.

    Parameters
    ----------
    path
        The checkpoint.
    source
        Graphs as `read_input` takes them; None: those of the pipeline, the training split.
    device
        `auto`, `cpu`, `cuda`, ….
    batch_size
        Graphs of the batch.
    root, smiles_column
        As `read_input` has them.

    Raises
    ------
    MspeError
        If the checkpoint or the graphs cannot be read, or do not fit.
    """
    trained = TrainedModel.load(path, "cpu")
    if source is None:
        schema = GraphSchema.load(f"{GRAPHS}/schema.json")
        graphs = trained.adopt(read_graphs("train", schema), schema)
    else:
        graphs = trained.prepare(next(iter(read_input(source, root, smiles_column).values())))
    return profile_model(read_arguments(path), graphs, device, batch_size)


def profile_params(path: str | Path = "params.yaml", device: str = "auto", batch_size: int = BATCH_SIZE) -> Profile:
    """Measure the model that a file of parameters describes, on the training split of its dataset.

    Raises
    ------
    MspeError
        If the parameters are not allowed, or the dataset cannot be read.
    """
    params = load_params(path)
    dataset = load_dataset(params.dataset, params.runtime.num_workers)
    spectrum = [_with_spectrum(dataset.train, ())]
    statistics = GraphStatistics.of(spectrum, dataset.schema.max_nodes, lambda: [dataset.train])
    bank = params.encodings.resolve(statistics)
    arguments = model_arguments(params.model, dataset.schema, bank, params.training.loss)
    return profile_model(arguments, dataset.train, device, batch_size)


def profile_model(
    arguments: Mapping[str, Any], graphs: PackedGraphs, device: str = "auto", batch_size: int = BATCH_SIZE
) -> Profile:
    """Measure a model on some graphs; encodings that are stored before training are no part of a step.

    Parameters
    ----------
    arguments
        Of `get_model`, as `model_arguments` gives them. Weights cost the same whatever they are, so new ones are drawn.
    graphs
        As the model is trained on them; what encodings they carry is computed anew.
    device
        `auto`, `cpu`, `cuda`, ….
    batch_size
        Graphs of the batch.

    Raises
    ------
    MspeError
        If the graphs do not fit the model.
    """
    if not len(graphs):
        raise MspeError("graphs: got none, expected at least one")
    bank, place = EncodingSet.from_config(arguments["bank"]), get_device(device)

    def measured(packed: PackedGraphs, **changes: Any) -> StepProfile:
        model: nn.Module = get_model(**{**arguments, **changes}).to(place)
        return profile_step(model, packed.collate(range(len(packed))).to(place))

    graphs = graphs.without_fields(_TARGETS)
    batch = _encoded(graphs[:batch_size], bank)
    typical = graphs[[int(graphs.num_nodes.argsort(stable=True)[len(graphs) // 2])]]
    size = int(typical.num_nodes)
    copies = [count for count in _COPIES if count == 1 or (count * size) ** 2 <= _MOST_PAIRS]
    grown = [measured(_encoded(repeated(typical, count), bank)) for count in copies]
    name = arguments["name"].replace("_", " ")
    return Profile(
        model=f"{name}, {arguments['num_layers']} layers, width {arguments['hidden_dim']}",
        device=str(place),
        step=measured(batch),
        curves=[
            Curve("nodes", [count * size for count in copies], grown),
            Curve("layers", list(LAYERS), [measured(batch, num_layers=count) for count in LAYERS]),
        ],
    )


def repeated(graph: PackedGraphs, copies: int) -> PackedGraphs:
    """Return one graph so many times over, as a single graph of unconnected parts: its density and features stay."""
    shift = torch.arange(copies).repeat_interleave(int(graph.num_edges)) * graph.num_nodes
    fields = {
        name: field if graph.levels[name] == "graph" else field.repeat(copies, *[1] * (field.ndim - 1))
        for name, field in graph.fields.items()
    }
    if EDGE_LABEL_INDEX in fields:
        links = torch.arange(copies).repeat_interleave(int(graph.num_links)) * graph.num_nodes
        fields[EDGE_LABEL_INDEX] = fields[EDGE_LABEL_INDEX] + links[:, None]
    return PackedGraphs(
        num_nodes=graph.num_nodes * copies,
        num_edges=graph.num_edges * copies,
        edge_index=graph.edge_index.repeat(1, copies) + shift,
        fields=fields,
        levels=graph.levels,
        num_links=graph.num_links * copies,
    )


def _encoded(graphs: PackedGraphs, bank: EncodingSet) -> PackedGraphs:
    """The graphs with what the pipeline stores of them."""
    joined = _with_spectrum(graphs, bank.operators)
    return joined.with_fields_of(bank.encode(joined, lambda: graphs))


def _with_spectrum(graphs: PackedGraphs, operators: Iterable[str]) -> PackedGraphs:
    """The graphs with their spectra: dense ones, which pair channels need, where that is not too large."""
    backend: Literal["dense", "auto"] = "dense" if int(graphs.num_nodes.max()) ** 2 <= _MOST_PAIRS else "auto"
    spectrum = compute_spectrum(graphs, backend=backend, operators=(NORMALIZED, *further(operators)))
    return graphs.with_fields_of(spectrum)


def _plain(exponent: Exponent | None) -> dict[str, float | None] | None:
    return None if exponent is None else {"value": exponent.value, "error": exponent.error}


def _cells(step: StepProfile) -> list[str]:
    return [
        f"{step.multiply_adds:,}", f"{step.forward_ms:.2f}", f"{step.backward_ms:.2f}", f"{step.memory_bytes / 1e6:.2f}"
    ]  # fmt: skip


def _sentence(curve: Curve) -> str:
    """How fast each cost grows."""
    found = curve.exponents
    words = {"multiply_adds": "multiply–adds", "ms": "time", "memory_bytes": "memory"}
    told = [f"{word} as {curve.by}^{_shown(found[name])}" for name, word in words.items() if found[name] is not None]
    if not told:
        return f"Growth with {curve.by} is not known: only one size fits into memory."
    return f"Growth with {curve.by}: {', '.join(told)}."


def _shown(exponent: Exponent | None) -> str:
    assert exponent is not None
    return f"{exponent.value:.2f}" + ("" if exponent.error is None else f" ± {exponent.error:.2f}")
