"""The column of nodes.csv that says which nodes train, which validate and which test."""

import logging
from collections.abc import Sequence

import torch
from jaxtyping import Bool
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.dataset.node_split import NodeParts
from mspe.dataset.own.graph_csv_rows import Rows
from mspe.dataset.own.split_names import find_part
from mspe.dataset.splits import Split
from mspe.graphs import SPLITS

logger = logging.getLogger(__name__)


def split_by_column(nodes: Rows, order: Sequence[int], known: Bool[Tensor, " nodes"]) -> Split:
    """Return the nodes of train, val and test that have a target, numbered over all graphs in their order.

    A node whose cell is empty is in no part.

    Parameters
    ----------
    nodes
        The usable rows of nodes.csv, whose `targets.split` is the column.
    order
        Of the nodes over all graphs: the position of each one's row.
    known
        Which of them, in this order, have a target.

    Raises
    ------
    MspeError
        If a cell is neither empty nor a part.
    """
    column = nodes.targets.split
    assert column is not None, nodes.table.path
    for line, row in zip(nodes.lines, nodes.cells, strict=True):
        if row[column].strip() and find_part(row[column]) is None:
            raise MspeError(
                f"{nodes.table.path}: line {line}: column {nodes.table.columns[column]!r} holds {row[column]!r}, "
                f"allowed: {', '.join(SPLITS)}, or nothing for a node in no part"
            )
    cells = [nodes.targets.part(nodes.cells[position]) for position in order]
    masks = [torch.tensor([cell == name for cell in cells], dtype=torch.bool) for name in SPLITS]
    parts = NodeParts.of_masks(masks, known, str(nodes.table.path))
    unlabelled = parts.describe_unlabelled()
    if unlabelled is not None:
        logger.warning("%s: %s", nodes.table.path, unlabelled)
    return parts.split
