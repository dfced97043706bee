"""QM9: small molecules with hydrogens, and properties that were computed for them."""

from collections.abc import Sequence

from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.common.optional import optional_module
from mspe.common.shown import first_of
from mspe.dataset.config import DatasetParams
from mspe.dataset.root import pyg_root
from mspe.dataset.sources.checked import QM9_TARGETS, CheckedQM9
from mspe.dataset.spec import DatasetSpec, Misfit, Samples
from mspe.tasks import Regression

_DEFAULT = ("gap",)
_ONE_HOT = 5
"""Of PyG's columns of an atom, the first ones repeat its element, which the next one has as a number."""


def read(params: DatasetParams) -> Samples:
    """Read the molecules with some of their properties, energies in eV as PyG has them; excluded ones are counted.

    Atoms and bonds are categories: element, aromatic or not, sp, sp², sp³, hydrogens; type of the bond.
    """
    optional_module("rdkit.Chem", "molecules")  # without it PyG would look for another file
    chosen = params.target_columns or _DEFAULT
    columns = [QM9_TARGETS.index(name) for name in chosen]
    with pyg_root(params.root, "QM9") as root:
        dataset = CheckedQM9(root)
        titles = dataset.read_titles()
        graphs = [_plain(graph, columns, titles) for graph in dataset]
    excluded = len(titles) - len(graphs)
    return Samples(graphs, classes=chosen, dropped={"dropped_uncharacterized": excluded} if excluded else {})


def _plain(graph: Data, columns: list[int], titles: Sequence[str]) -> Data:
    """A molecule as categories, with the chosen targets."""
    row = int(graph.idx)
    if graph.name != titles[row]:
        raise MspeError(
            f"qm9: record {row + 1} of gdb9.sdf is {graph.name}, but that row of gdb9.sdf.csv is {titles[row]}; take "
            "the published files"
        )
    return Data(
        x=graph.x[:, _ONE_HOT:].long(),
        edge_index=graph.edge_index,
        edge_attr=graph.edge_attr.argmax(dim=1, keepdim=True),
        y=graph.y[:, columns],
    )


def find_misfit(params: DatasetParams) -> Misfit | None:
    """Return what of the target columns is no property of QM9."""
    unknown = [name for name in params.target_columns or () if name not in QM9_TARGETS]
    if not unknown:
        return None
    return "target_columns", f"got {first_of(unknown)}, allowed for qm9: {', '.join(QM9_TARGETS)}"


SPEC = DatasetSpec(
    name="qm9",
    graphs="130,831 molecules with hydrogens, 3 to 29 atoms; 3,054 uncharacterized ones left out",
    target="the properties `dataset.target_columns`, of 19; by default `gap`, in eV",
    task=Regression(),
    splits=("random",),
    origin="MoleculeNet, through PyG's `QM9(root)`",
    licence="as figshare 978904 states",
    citation="Ramakrishnan et al. 2014; Wu et al., arXiv 1703.00564",
    read=read,
    has_target_columns=True,
    misfit=find_misfit,
)
