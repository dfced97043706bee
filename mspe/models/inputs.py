"""What a model is given, brought into the form that it was trained on."""

import copy

from torch_geometric.data import Batch

from mspe.graphs.features import Features


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
    translated = features.translate(batch.to_dict(), "the batch")
    return copy.copy(batch).update(translated) if translated else batch
