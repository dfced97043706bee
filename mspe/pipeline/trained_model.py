"""A trained model as one object, from its checkpoint alone: the only way in which one is opened to be used."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.common.files import read_tensors
from mspe.common.section import validate
from mspe.encodings import AddMultiScalePE, EncodingSet
from mspe.graphs import GraphLoader, GraphSchema, PackedGraphs
from mspe.graphs.chirality import check_chirality
from mspe.graphs.clean_graph import usable_graph
from mspe.graphs.features import FeatureTable
from mspe.graphs.molecules import describe_problem, molecule_structure
from mspe.graphs.packing import Level
from mspe.graphs.validation import Problem
from mspe.models import get_model
from mspe.pipeline.evaluation import Evaluation
from mspe.tasks import Task, task_of
from mspe.training.device import Precision, get_device
from mspe.training.loops import Predictions, predict_batches

_INPUTS: dict[str, Level] = {"x": "node", "edge_attr": "edge", "edge_weight": "edge"}


@dataclass(frozen=True)
class TrainedModel:
    """A model with everything that turns new graphs into predictions.

    Attributes
    ----------
    path
        The checkpoint that it comes from.
    model
        Ready to predict, on its device.
    schema
        Of the dataset that it was trained on: features with their vocabularies and scaling, classes, targets.

    Examples
    --------
    ::

        trained = TrainedModel.load("models/0/best.pt")
        trained.predict(["CCO", "c1ccccc1"])  # [2, outputs], in the target's units
    """

    path: Path
    model: nn.Module
    schema: GraphSchema

    @classmethod
    def load(cls, path: str | Path, device: str | torch.device = "auto") -> "TrainedModel":
        """Rebuild the model of a checkpoint that the pipeline wrote.

        Parameters
        ----------
        path
            The checkpoint.
        device
            Where to run: `auto`, `cpu`, `cuda`, ….

        Raises
        ------
        MspeError
            If the file is missing or damaged, of a newer version, or does not say which model and dataset it is of.
        """
        checkpoint = read_tensors(path)
        try:
            metadata = checkpoint["metadata"]
            schema = validate(GraphSchema, metadata["schema"], f"{path}: metadata.schema")
            model = get_model(**metadata["model"])
            model.load_state_dict(checkpoint["model"])
        except (KeyError, TypeError, RuntimeError) as error:
            reason = str(error).splitlines()[0]
            raise MspeError(f"{path}: not a checkpoint of this version's pipeline ({reason}); train again") from error
        return cls(Path(path), model.eval().to(get_device(device)), schema)

    @property
    def task(self) -> Task:
        """Task that it predicts."""
        return task_of(self.schema)

    @property
    def bank(self) -> EncodingSet:
        """The encodings that it was trained with."""
        return self.model.bank  # type: ignore[return-value]

    @property
    def num_parameters(self) -> int:
        """The number of trainable parameters."""
        return sum(parameter.numel() for parameter in self.model.parameters() if parameter.requires_grad)

    @property
    def output_names(self) -> tuple[str, ...]:
        """The names of the classes or targets; their numbers where they have none."""
        return self.schema.classes or tuple(str(number) for number in range(self.schema.num_classes))

    def scale_weights(self) -> dict[str, dict[str, float]]:
        """Return the learned weight of every channel, by `node` and `pair`, where there are any."""
        weights: dict[str, dict[str, float]] = self.model.scale_weights()  # type: ignore[operator]
        return {place: channels for place, channels in weights.items() if channels}

    def predict(
        self, samples: Sequence[Data] | Sequence[str], batch_size: int = 64
    ) -> Float[Tensor, "samples outputs"]:
        """Predict new graphs or molecules.

        Parameters
        ----------
        samples
            PyG graphs with the features of the training data as they were before it numbered or scaled them, or
            SMILES.
        batch_size
            Graphs per batch.

        Returns
        -------
        Tensor
            [samples, outputs] on the CPU: in the target's own units, or logits; `task.columns` puts them into words.

        Raises
        ------
        MspeError
            If a SMILES string is unreadable, the model scores nodes or edges, or it was trained on other features.
        """
        if self.schema.target_level != "graph":
            raise MspeError(
                f"{self.path}: scores one {self.schema.target_level} per row, allowed: a model of whole graphs"
            )
        if not samples:
            return torch.empty(0, self.schema.num_classes)
        graphs = [self._to_graph(number, sample) for number, sample in enumerate(samples)]
        return self._run(self._prepare(graphs), batch_size).prediction

    def evaluate(self, graphs: PackedGraphs, batch_size: int = 64) -> Evaluation:
        """Score graphs of its own dataset, as the stages or `get_dataset` give them.

        Parameters
        ----------
        graphs
            With targets, and features numbered and scaled as in training; missing encodings are computed.
        batch_size
            Graphs per batch.
        """
        scored = self._run(graphs, batch_size)
        assert scored.target is not None, "metrics need a target"
        return Evaluation(scored.metrics(self.task.scorer()), scored.prediction, scored.target, self.task)

    def encode(self, graphs: Sequence[Data]) -> list[Data]:
        """Return copies of PyG graphs with the node channels of its bank as `pe` [nodes, channels]."""
        add = AddMultiScalePE(self.bank)
        return [add(graph.clone()) for graph in graphs]

    def _run(self, graphs: PackedGraphs, batch_size: int) -> Predictions:
        device = next(self.model.parameters()).device
        return Predictions.concatenate(
            predict_batches(self.model, GraphLoader(graphs, batch_size), device, Precision(False, device))
        )

    def _to_graph(self, number: int, sample: Data | str) -> Data:
        if isinstance(sample, Data):
            inputs = {name: value for name, value in sample.to_dict().items() if name != "y"}
            graph = usable_graph(inputs)
            if isinstance(graph, Problem):
                raise MspeError(f"sample {number}: {graph}; correct it, or leave it out")
            return graph
        problem = describe_problem(sample)
        if problem is not None:
            raise MspeError(f"sample {number}: {problem}; correct it, or leave it out")
        return molecule_structure(sample)

    def _prepare(self, graphs: Sequence[Data]) -> PackedGraphs:
        """Pack the graphs with their features numbered and scaled as in training."""
        nodes, edges = FeatureTable.of_nodes(self.schema), FeatureTable.of_edges(self.schema)
        for graph in graphs:
            if graph.num_edges == 0:  # whatever it holds there says nothing
                graph.edge_attr = edges.no_rows()
        packed = PackedGraphs.from_list(graphs, _INPUTS)
        for name, table in (("x", nodes), ("edge_attr", edges)):
            table.check(packed.fields.get(name), name)
            if name == "x" and table.vocabularies:
                check_chirality(table.vocabularies, packed.fields[name])
            packed = table.apply(packed, name)
        return packed
