"""A trained model as one object, from its checkpoint alone: the only way in which one is opened to be used."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch_geometric.data import Batch, Data

from mspe.common.errors import MspeError
from mspe.encodings import BatchEncodings, EncodingSet
from mspe.graphs import DenseLayout, GraphLoader, GraphSchema, PackedGraphs
from mspe.graphs.clean_graph import NODE_FIELDS, usable_graph
from mspe.graphs.features import Features
from mspe.graphs.molecules import describe_problem, molecule_structure
from mspe.graphs.packing import FEATURE_KEY, Level
from mspe.graphs.validation import Problem
from mspe.influence import RangeReport, measure_range
from mspe.pipeline.checkpoint import read_trained
from mspe.pipeline.error_by_distance import errors_by_distance
from mspe.pipeline.evaluation import Evaluation
from mspe.pipeline.export import export_program, program_inputs
from mspe.tasks import Task, task_of
from mspe.training.device import Precision, get_device
from mspe.training.loops import Predictions, predict_batches

logger = logging.getLogger(__name__)

Samples: TypeAlias = PackedGraphs | Data | str | Iterable[Data] | Iterable[str] | Iterable[Batch]

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
    seed
        That it was trained with; None where its checkpoint does not tell.

    Examples
    --------
    ::

        trained = TrainedModel.load("models/0/best.pt")
        trained.predict(["CCO", "c1ccccc1"])  # [2, outputs], in the target's units
    """

    path: Path
    model: nn.Module
    schema: GraphSchema
    seed: int | None = None

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
        model, schema, seed = read_trained(path)
        return cls(Path(path), model.eval().to(get_device(device)), schema, seed)

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

    @property
    def num_outputs(self) -> int:
        """The number of outputs per sample."""
        return self.model.num_outputs  # type: ignore[return-value]

    def scale_weights(self) -> dict[str, dict[str, float]]:
        """Return the learned weight of every channel, by `node` and `pair`, where there are any."""
        weights: dict[str, dict[str, float]] = self.model.scale_weights()  # type: ignore[operator]
        return {place: channels for place, channels in weights.items() if channels}

    @property
    def features(self) -> Features:
        """Tables that number and scale the features of graphs as it was trained."""
        return Features.of(self.schema)

    def predict(self, samples: Samples, batch_size: int = 64, verbose: bool = True) -> Float[Tensor, "samples outputs"]:
        """Predict new graphs or molecules, or their nodes.

        Parameters
        ----------
        samples
            SMILES; or PyG graphs, one, a list, a batch or a loader of these, with the features of the training data as
            they were before it numbered or scaled them; or graphs of its own dataset as `get_dataset` gives them.
        batch_size
            Graphs per batch.
        verbose
            Whether a terminal, if there is one, shows how far it is, where it takes more than a second.

        Returns
        -------
        Tensor
            [samples, outputs] on the CPU, a row per graph or, of a model of nodes, per node of all graphs in their
            order: in the target's own units, or logits; `task.columns` puts them into words.

        Raises
        ------
        MspeError
            If a SMILES string is unreadable, the model scores edges, or it was trained on other features.
        """
        if self.schema.target_level == "edge":
            raise MspeError(f"{self.path}: scores pairs of nodes, allowed: a model of whole graphs or of nodes")
        if isinstance(samples, PackedGraphs):
            return self._run(self._as_trained(samples), batch_size, verbose).prediction
        samples = list_samples(samples)
        if not samples:
            return torch.empty(0, self.num_outputs)
        return self._run(self.prepare(samples), batch_size, verbose).prediction

    def prepare(self, samples: Sequence[Data | str]) -> PackedGraphs:
        """Return at least one graph or molecule in the form of the training data, without targets.

        Raises
        ------
        MspeError
            If a SMILES string is unreadable, or the model was trained on other features.
        """
        graphs = [_read_graph(number, sample, _INPUTS) for number, sample in enumerate(samples)]
        return self._as_trained(self._pack(graphs, _INPUTS))

    def evaluate(self, graphs: Samples, batch_size: int = 64, verbose: bool = True) -> Evaluation:
        """Score graphs with targets.

        Parameters
        ----------
        graphs
            Of its own dataset, as the stages or `get_dataset` give them; or as `predict` takes them, each with its `y`:
            classes by number, or by the number that is their name. Missing encodings are computed.
        batch_size
            Graphs per batch.
        verbose
            As in `predict`.

        Raises
        ------
        MspeError
            If the features or targets are not those that the model was trained on.
        """
        if not isinstance(graphs, PackedGraphs):
            graphs = self._pack_with_targets(list_samples(graphs))
        scored = self._run(self._as_trained(graphs), batch_size, verbose)
        assert scored.target is not None, "metrics need a target"
        return Evaluation(scored.metrics(self.task.scorer()), scored.prediction, scored.target, self.task)

    def adopt(self, graphs: PackedGraphs, schema: GraphSchema) -> PackedGraphs:
        """Return graphs of any dataset as this model can score them.

        Features that the dataset has numbered and scaled otherwise than the model's are taken back to what they were,
        so that the model applies its own tables; the log says so.

        Parameters
        ----------
        graphs, schema
            Of the dataset, as the stages or `get_dataset` give them.

        Raises
        ------
        MspeError
            If the dataset has other targets than the model was trained on.
        """
        for name in ("task_type", "target_level", "num_classes", "classes"):
            given, expected = getattr(schema, name), getattr(self.schema, name)
            if given != expected:
                raise MspeError(
                    f"{self.path}: was trained on {self.schema.name} with {name} {expected}, but {schema.name} has "
                    f"{name} {given} now; score it on data with the same targets"
                )
        features = Features.of(schema)
        if features == self.features:
            return graphs
        logger.warning(
            "%s: features are numbered or scaled otherwise than those that %s was trained on; they are taken back to "
            "what they were, and the checkpoint's own tables are applied",
            *(schema.name, self.path),
        )
        return features.restore(graphs)

    def range(
        self, graphs: Samples, most_graphs: int = 32, most_nodes: int = 4, probes: int = 8, seed: int = 0
    ) -> RangeReport:
        """Measure how far the model looks: the influence of nodes on nodes by their distance.

        Parameters
        ----------
        graphs
            As `predict` takes them, of any level; graphs of its own dataset with targets of nodes are asked about those
            with a known target alone.
        most_graphs, most_nodes
            Graphs, and nodes of each, that are measured at most; of more, as many are drawn at random.
        probes
            Backward passes per node: outputs with no more columns are exact, wider ones estimated.
        seed
            Of what is random.

        Returns
        -------
        RangeReport
            Printed it is a table; `.save("range.html")` writes the page, `.table()` gives rows. Graphs of its own
            dataset with targets give errors by distance, too.

        Raises
        ------
        MspeError
            If there are no graphs, or their features are not those that the model was trained on.
        """
        errors = []
        if not isinstance(graphs, PackedGraphs):
            read = [_read_graph(number, one, _INPUTS) for number, one in enumerate(list_samples(graphs))]
            graphs = self._pack(read, _INPUTS)
        elif "y" in graphs.fields:
            errors = errors_by_distance(self.evaluate(graphs, verbose=False), graphs, self.schema.target_level)
        report = measure_range(
            self.model,
            self._as_trained(graphs),
            self.schema.target_level,
            most_graphs=most_graphs,
            most_nodes=most_nodes,
            probes=probes,
            seed=seed,
            checkpoint=str(self.path),
            dataset=self.schema.name,
        )
        return replace(report, errors=errors)

    def export(self, path: str | Path, example: Samples) -> dict[str, Tensor]:
        """Write the model as a program of `torch.export`, which runs without this library, for batches of one shape.

        Encodings are among its inputs, since a spectrum is no part of a program of fixed shapes.

        Parameters
        ----------
        path
            Of the program, `.pt2`.
        example
            As `predict` takes them, together one batch: every batch has as many graphs, with as many nodes each in this
            order, and as many edges in all.

        Returns
        -------
        dict
            The example as `program_inputs` gives it.

        Raises
        ------
        MspeError
            If the model scores edges, or torch cannot export it.
        """
        graphs = self._packed_inputs(example)
        inputs = program_inputs(self.bank, graphs, self._device)
        export_program(self.model, graphs.num_nodes.tolist(), inputs, path)
        return inputs

    def program_inputs(self, samples: Samples) -> dict[str, Tensor]:
        """Return what an exported program takes of samples, by name; `program.module()(**inputs)` predicts them.

        Raises
        ------
        MspeError
            If the model scores edges, there are no samples, or their features are others.
        """
        return program_inputs(self.bank, self._packed_inputs(samples), self._device)

    def _packed_inputs(self, samples: Samples) -> PackedGraphs:
        if self.schema.target_level == "edge":
            raise MspeError(f"{self.path}: export: scores pairs of nodes, allowed: a model of whole graphs or of nodes")
        if isinstance(samples, PackedGraphs):
            return self._as_trained(samples)
        listed = list_samples(samples)
        if not listed:
            raise MspeError("export: got no samples, allowed: at least one graph or SMILES string")
        return self.prepare(listed)

    def encode(self, graphs: Sequence[Data]) -> list[Data]:
        """Return copies of PyG graphs with the node channels of its bank, also trained, as `pe` [nodes, channels]."""
        return [graph.clone().update({"pe": self._node_channels(graph)}) for graph in graphs]

    @torch.no_grad()
    def _node_channels(self, graph: Data) -> Float[Tensor, "nodes channels"]:
        batch = PackedGraphs.from_structure(graph).collate([0]).to(self._device)
        return BatchEncodings(self.bank, batch, DenseLayout.blocks(batch.ptr)).node().cpu()

    @property
    def _device(self) -> torch.device:
        return next(self.model.parameters()).device

    def _as_trained(self, graphs: PackedGraphs) -> PackedGraphs:
        return self.features.as_trained(graphs, "the graphs")

    def _run(self, graphs: PackedGraphs, batch_size: int, verbose: bool) -> Predictions:
        loader, precision = GraphLoader(graphs, batch_size), Precision(False, self._device)
        return Predictions.concatenate(predict_batches(self.model, loader, self._device, precision, verbose))

    def _pack_with_targets(self, samples: Sequence[Data | str]) -> PackedGraphs:
        """Graphs with their own targets, classes by number."""
        levels: dict[str, Level] = {**_INPUTS, **self.task.target_fields}
        if "y" not in levels:
            raise MspeError(
                f"{self.path}: scores pairs of nodes, allowed: graphs of its own dataset as get_dataset gives them"
            )
        packed = self._pack([_read_graph(number, one, levels) for number, one in enumerate(samples)], levels)
        if FEATURE_KEY in packed.fields:
            return packed
        return packed.with_fields({"y": self._read_targets(packed.fields["y"])}, {"y": levels["y"]})

    def _pack(self, graphs: Sequence[Data], levels: Mapping[str, Level]) -> PackedGraphs:
        marked = [FEATURE_KEY in graph for graph in graphs]
        if any(marked) and not all(marked):
            raise MspeError(
                f"sample {marked.index(False)} has its features as they were, others as a dataset numbered them "
                f"({FEATURE_KEY}); give all of one kind"
            )
        for graph in graphs:
            if graph.num_edges == 0:  # whatever it holds there says nothing
                graph.edge_attr = self.features.edges.no_rows()
        return PackedGraphs.from_list(graphs, levels)

    def _read_targets(self, targets: Tensor) -> Tensor:
        """The numbers of classes that are given by their names, which may be numbers, too."""
        if self.task.continuous or targets.flatten(1).size(1) != 1 or self.schema.num_classes < 2:
            return targets.float()
        numbers = {int(name): number for number, name in enumerate(self.schema.classes) if _is_whole(name)}
        if len(numbers) < len(self.schema.classes):
            return targets
        unknown = sorted(set(targets[~targets.isnan()].tolist()) - numbers.keys())
        if numbers and unknown:
            raise MspeError(
                f"y holds the class {unknown[0]}, the model was trained on {', '.join(self.schema.classes)}; correct "
                "it, or leave these graphs out"
            )
        return targets.clone().apply_(lambda value: numbers.get(value, value))


def list_samples(samples: Samples) -> list[Data | str]:
    """Return one sample, a batch, a loader of batches, or a list of samples as a list.

    Examples
    --------
    >>> list_samples("CCO"), list_samples(("CCO", "C"))
    (['CCO'], ['CCO', 'C'])
    """
    if isinstance(samples, Batch):
        return samples.to_data_list()
    if isinstance(samples, (Data, str)):
        return [samples]
    return [one for sample in samples for one in (sample.to_data_list() if isinstance(sample, Batch) else [sample])]


def _read_graph(number: int, sample: Data | str, levels: Mapping[str, Level]) -> Data:
    """A sample as a graph with these fields alone, and the mark of tables that have numbered its features."""
    if isinstance(sample, str):
        problem = describe_problem(sample)
        if problem is not None:
            raise MspeError(f"sample {number}: {problem}; correct it, or leave it out")
        graph: Data | Problem = molecule_structure(sample)
    elif isinstance(sample, Data):
        known = {*levels, "edge_index", "num_nodes", *NODE_FIELDS}
        graph = usable_graph({name: value for name, value in sample.to_dict().items() if name in known})
    else:
        raise MspeError(f"sample {number} is {type(sample).__name__}, allowed: a SMILES string or a PyG Data")
    if isinstance(graph, Problem):
        raise MspeError(f"sample {number}: {graph}; correct it, or leave it out")
    if "y" in levels and "y" not in graph:
        raise MspeError(f"sample {number} has no target y, which scores need; add it, or use predict")
    if not isinstance(sample, str) and sample.get(FEATURE_KEY) is not None:
        graph[FEATURE_KEY] = sample[FEATURE_KEY]
    return graph


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal()
