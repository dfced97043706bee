"""What the pipeline's stages have stored, as a model needs it."""

from mspe.encodings import EncodingSet
from mspe.graphs import PackedGraphs, read_split

GRAPHS, SPECTRUM, ENCODINGS = "data/graphs", "data/spectrum", "data/encodings"


def read_encoded(split: str, bank: EncodingSet) -> PackedGraphs:
    """Read a split with its stored encodings and, where an encoding needs it in every batch, its spectrum.

    Raises
    ------
    MspeError
        If a stage has not been run, or its output is damaged.
    """
    spectrum = [SPECTRUM] if "spectrum" in bank.batch_needs else []
    return read_split(GRAPHS, split, *spectrum, ENCODINGS)
