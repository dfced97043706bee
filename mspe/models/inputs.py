"""What a model is given, brought into the form that it was trained on."""

import copy
from typing import Any

from torch_geometric.data import Batch, Data

from mspe.common.errors import MspeError
from mspe.graphs.features import Features


def as_batch(graphs: Any) -> Batch:
    """Return a batch as it is, and one graph as a batch.

    Raises
    ------
    MspeError
        If it is anything else, heterogeneous data included, or has no edge index.
    """
    if not isinstance(graphs, Data) or graphs.edge_index is None:
        without = " without edge_index" if isinstance(graphs, Data) else ""
        raise MspeError(
            f"the model got a {type(graphs).__name__}{without}, allowed: a batch of PyG, or one graph, with edge_index "
            "and nodes of one kind; a list is Batch.from_data_list(graphs)"
        )
    return Batch.from_data_list([graphs]) if graphs.get("ptr") is None else graphs


def as_trained(batch: Batch, features: Features | None) -> Batch:
    """Return a batch with its features numbered and scaled as a model's training data were.

    A batch of the training dataset is marked so (`feature_key`) and comes back as it is; one without a mark has its
    features as users have them, say those of PyG's `from_smiles`.

    Parameters
    ----------
    batch
        Left as it is.
    features
        The tables of the model; None where it was built without any, and takes features as they are.

    Raises
    ------
    MspeError
        If other tables have marked the batch, its features are others, or training saw no category of a column.
    """
    if features is None:
        return batch
    fields = batch.to_dict()
    without = features.edges.no_rows()
    if batch.edge_index.size(1) == 0 and without is not None:  # whatever it holds there says nothing
        fields["edge_attr"] = without.to(batch.edge_index.device)
    translated = features.translate(fields, "the batch")
    return copy.copy(batch).update(translated) if translated else batch
