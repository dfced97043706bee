"""Every dataset by name. Adding one: write a loader in a file of its own, and list it here."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from mspe.dataset.base import GraphDataset
from mspe.dataset.nci import load_nci
from mspe.dataset.zinc import load_zinc

if TYPE_CHECKING:
    from mspe.dataset.config import DatasetParams

DATASETS: dict[str, Callable[["DatasetParams", int], GraphDataset]] = {"nci": load_nci, "zinc": load_zinc}
