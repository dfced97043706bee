"""ZINC-12k, the field's standard regression benchmark."""

from mspe.dataset.config import DatasetParams
from mspe.dataset.root import pyg_root
from mspe.dataset.sources.checked import CheckedZINC
from mspe.dataset.sources.published import read_published, say_other_sizes
from mspe.dataset.spec import DatasetSpec, Samples
from mspe.tasks import Regression

_ATOM_TYPES = 28
_SIZES = (10_000, 1_000, 1_000)  # of train, val and test
_BOND_TYPES = 4  # 1 to 3 occur; 0 would be "no bond"


def read(params: DatasetParams) -> Samples:
    """Read the published splits; a category keeps PyG's number."""
    with pyg_root(params.root, "ZINC") as root:
        samples = read_published(
            lambda split: CheckedZINC(root, subset=True, split=split), num_categories=(_ATOM_TYPES, _BOND_TYPES)
        )
        say_other_sizes("ZINC", samples, _SIZES)
        return samples


SPEC = DatasetSpec(
    name="zinc",
    graphs="12,000 molecules, 9 to 37 atoms, 28 atom types, 3 bond types",
    target="penalised logP",
    task=Regression(),
    splits=("published",),
    origin="ZINC, subset of benchmarking-gnns, through PyG's `ZINC(subset=True)`",
    licence="MIT (benchmarking-gnns)",
    citation="Irwin et al. 2012; Dwivedi et al., arXiv 2003.00982",
    read=read,
)
