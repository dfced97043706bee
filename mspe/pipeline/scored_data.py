"""What the pipeline's stages have stored, as a trained model needs it: in its own form, or refused."""

import logging

from mspe.graphs import GraphSchema, PackedGraphs, read_split
from mspe.graphs.content_key import is_derived, join_derived
from mspe.pipeline.stored_data import ENCODINGS, GRAPHS, derived_folders, is_of, read_graphs
from mspe.pipeline.trained_model import TrainedModel

logger = logging.getLogger(__name__)


def read_for(trained: TrainedModel, split: str) -> PackedGraphs:
    """Read a split as a trained model needs it, whatever dataset and encodings are stored.

    Encodings of another bank, or stale ones, are left out, so that the model computes its own; features of another
    dataset's tables are taken back to what they were, so that it applies its own. Both is said in the log.

    Raises
    ------
    MspeError
        If the stored graphs have other targets than the model was trained on.
    """
    schema = GraphSchema.load(f"{GRAPHS}/schema.json")
    graphs = _with_encodings(read_graphs(split, schema), split, trained)
    return trained.adopt(graphs, schema)


def _with_encodings(graphs: PackedGraphs, split: str, trained: TrainedModel) -> PackedGraphs:
    """The graphs with what is stored of them, where all of it is of them and of the model's bank; else alone."""
    joined = graphs
    for folder in derived_folders(trained.bank):
        derived = read_split(folder, split)
        if not is_derived(derived, graphs):
            return _alone(graphs, f"{folder}/{split} is stale", trained)
        joined = join_derived(joined, derived, f"{folder}/{split}")
    if not is_of(trained.bank, joined):
        return _alone(graphs, f"{ENCODINGS} holds those of another bank", trained)
    return joined


def _alone(graphs: PackedGraphs, reason: str, trained: TrainedModel) -> PackedGraphs:
    logger.warning("%s: the encodings that %s was trained with are computed anew", reason, trained.path)
    return graphs
