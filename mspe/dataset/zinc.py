"""ZINC-12k: 12,000 drug-like molecules, the field's standard regression benchmark.

Source: Irwin et al. 2012 (ZINC), subset and split of Dwivedi et al., "Benchmarking Graph Neural Networks", arXiv
2003.00982, through PyG's `ZINC(subset=True)`; licence: MIT (benchmarking-gnns). Sizes: 9 to 37 atoms, 28 atom types,
3 bond types. Task: regression of penalised logP. Metric: MAE. Split: published, 10,000 / 1,000 / 1,000.
"""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError

from torch_geometric.datasets import ZINC

from mspe.common.errors import MspeError
from mspe.dataset.base import GraphDataset
from mspe.dataset.features import max_nodes, target_statistics
from mspe.dataset.root import data_root, download_root
from mspe.graphs import GraphSchema, PackedGraphs

if TYPE_CHECKING:
    from mspe.dataset.config import DatasetParams

_NUM_ATOM_TYPES = 28
_NUM_BOND_TYPES = 4  # 1 to 3 occur; 0 would be "no bond"


def load_zinc(params: "DatasetParams", num_workers: int = 0) -> GraphDataset:
    """Read the published splits, in one process; a category keeps PyG's number.

    Raises
    ------
    MspeError
        If the raw files are neither there nor downloadable.
    """
    raw = data_root(params.root) / "ZINC" / "raw"
    with tempfile.TemporaryDirectory() as scratch:  # PyG writes beside the raw files, which may be read-only
        if raw.is_dir():
            root = Path(scratch)
            (root / "raw").symlink_to(raw.resolve())
        else:
            root = download_root() / "ZINC"
        train, val, test = (_read_split(root, split, raw, params.limit) for split in ("train", "val", "test"))
    mean, deviation = target_statistics(train)
    schema = GraphSchema(
        name="zinc",
        task_type="regression",
        num_features=_NUM_ATOM_TYPES,
        node_features="categorical",
        num_edge_features=_NUM_BOND_TYPES,
        edge_features="categorical",
        num_classes=1,
        loss="mae",
        metric="mae",
        target_mean=mean,
        target_std=deviation,
        max_nodes=max_nodes(train, val, test),
        counts={"train": len(train), "val": len(val), "test": len(test)},
    )
    return GraphDataset(schema, train, val, test)


def _read_split(root: Path, split: str, raw: Path, limit: int | None) -> PackedGraphs:
    try:
        graphs = ZINC(str(root), subset=True, split=split)
    except (URLError, OSError) as error:
        reason = str(getattr(error, "reason", error)).splitlines()[0]
        raise MspeError(
            f"zinc: no raw files in {raw} and none could be downloaded ({reason}); put ZINC's train, val and test "
            ".pickle and .index files there, or set MSPE_DATA to the folder that holds ZINC/raw"
        ) from None
    return PackedGraphs.from_list([graphs[i] for i in range(len(graphs))[:limit]])
