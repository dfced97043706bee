"""The section `dataset` of `params.yaml`."""

from typing import Annotated

from pydantic import AfterValidator

from mspe.common.errors import MspeError
from mspe.common.registry import choose
from mspe.common.section import NonNegativeInt, PositiveInt, Section
from mspe.dataset.registry import DATASETS


def _known_dataset(name: str) -> str:
    try:
        choose("dataset", name, DATASETS)
    except MspeError as error:
        raise ValueError(str(error)) from None
    return name


class DatasetParams(Section):
    """Which graphs, from where."""

    name: Annotated[str, AfterValidator(_known_dataset)] = "nci"
    root: str = "data/raw"
    """Holds one folder a source, as PyG lays it out; the environment variable `MSPE_DATA` wins over it."""
    limit: PositiveInt | None = None
    """At most so many graphs a split, for quick tries."""
    split_seed: NonNegativeInt = 0
    """Of a random split; published splits ignore it."""
