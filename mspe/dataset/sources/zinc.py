"""ZINC-12k, the field's standard regression benchmark."""

from typing import TYPE_CHECKING

from torch_geometric.datasets import ZINC

from mspe.dataset.readers.published import read_published
from mspe.dataset.root import pyg_root
from mspe.dataset.source import REGRESSION, Raw, Source

if TYPE_CHECKING:
    from mspe.dataset.config import DatasetParams

_ATOM_TYPES = 28
_BOND_TYPES = 4  # 1 to 3 occur; 0 would be "no bond"


def read(params: "DatasetParams") -> Raw:
    """Read the published splits; a category keeps PyG's number."""
    with pyg_root(params.root, "ZINC") as root:
        categories = (_ATOM_TYPES, _BOND_TYPES)
        return read_published(lambda split: ZINC(root, subset=True, split=split), categories=categories)


SOURCE = Source(
    name="zinc",
    graphs="12,000 molecules, 9 to 37 atoms, 28 atom types, 3 bond types",
    target="penalised logP",
    task=REGRESSION,
    splits=("published",),
    origin="ZINC, subset of benchmarking-gnns, through PyG's `ZINC(subset=True)`",
    licence="MIT (benchmarking-gnns)",
    citation="Irwin et al. 2012; Dwivedi et al., arXiv 2003.00982",
    read=read,
)
