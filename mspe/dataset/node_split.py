"""Nodes in train, val and test: every part has all graphs, with the targets of its own nodes alone.

So a model sees the features and edges of all nodes, the transductive setting of Kipf and Welling (arXiv 1609.02907).
Losses, metrics and statistics leave unknown targets out, so they are of a part's own nodes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Bool, Int, Shaped
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.common.shown import first_of
from mspe.dataset.splits import Split
from mspe.graphs import SPLITS, PackedGraphs
from mspe.tasks import Task

NodeMask = Bool[Tensor, " nodes"]
"""Over the nodes of all graphs."""

SplitUnit = Literal["graph", "node"]
"""What a split divides."""


@dataclass(frozen=True)
class NodeParts:
    """The parts that nodes were given to, numbered over all graphs in their order.

    Attributes
    ----------
    split
        Nodes of train, val and test that have a target.
    unlabelled
        How many nodes of each part have none, and are left out.
    """

    split: Split
    unlabelled: tuple[int, int, int]

    @classmethod
    def of_masks(cls, masks: Sequence[NodeMask], known: NodeMask, place: str) -> "NodeParts":
        """Read them off the masks of train, val and test.

        Parameters
        ----------
        masks
            Over the nodes of all graphs.
        known
            Which nodes have a target.
        place
            The file or folder, for the message.

        Raises
        ------
        MspeError
            If a node is in two parts.

        Examples
        --------
        >>> train, val, test = torch.tensor([[1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], dtype=torch.bool)
        >>> parts = NodeParts.of_masks([train, val, test], torch.tensor([True, False, True, True]), "graph.pt")
        >>> parts.split, parts.unlabelled
        (([0], [2], [3]), (1, 0, 0))
        """
        shared = (torch.stack(list(masks)).sum(dim=0) > 1).nonzero().flatten()
        if shared.numel():
            first = int(shared[0])
            names = " and ".join(name for name, mask in zip(SPLITS, masks, strict=True) if mask[first])
            raise MspeError(
                f"{place}: {shared.numel()} nodes are in several parts of the split (node {first} in {names}), "
                "allowed: one part a node; correct the masks, or set dataset.split=random"
            )
        train, val, test = ((mask & known).nonzero().flatten().tolist() for mask in masks)
        lost = (int((mask & ~known).sum()) for mask in masks)
        return cls((train, val, test), (next(lost), next(lost), next(lost)))

    def describe_unlabelled(self) -> str | None:
        """Return which nodes of the parts have no target; None where all have one."""
        lost = [f"{count} of {name}" for name, count in zip(SPLITS, self.unlabelled, strict=True) if count]
        return f"nodes of the split without a target, left out: {first_of(lost)}" if lost else None


def known_targets(targets: Shaped[Tensor, "nodes *columns"]) -> NodeMask:
    """Return which nodes have at least one known target."""
    return ~targets.isnan().reshape(len(targets), -1).all(dim=1)


def node_labels(task: Task, targets: Shaped[Tensor, "nodes *columns"]) -> list[int] | None:
    """Return the class of each node that has one, by which a split can be stratified; None where there are none."""
    return task.labels(targets[known_targets(targets)])


def take_part(graphs: PackedGraphs, positions: Sequence[int] | Int[Tensor, " chosen"], unit: SplitUnit) -> PackedGraphs:
    """Return a part of all graphs: some of them, or all of them with the targets of some nodes.

    Parameters
    ----------
    graphs
        All of them; their nodes' targets are `y` where the unit is a node.
    positions
        Of the part's graphs, or of its nodes, numbered over all graphs in their order.
    unit
        What is split.

    Examples
    --------
    >>> from torch_geometric.data import Data
    >>> path = Data(edge_index=torch.tensor([[0, 1], [1, 2]]), y=torch.tensor([[0], [1], [1]]), num_nodes=3)
    >>> take_part(PackedGraphs.from_list([path], {"y": "node"}), [1], "node").fields["y"].flatten().tolist()
    [nan, 1.0, nan]
    """
    chosen = torch.as_tensor(positions, dtype=torch.long)
    if unit == "graph":
        return graphs[chosen]
    targets = graphs.fields["y"]
    hidden = torch.full(targets.shape, torch.nan)
    hidden[chosen] = targets[chosen].float()
    return graphs.with_fields({"y": hidden}, {"y": "node"})
