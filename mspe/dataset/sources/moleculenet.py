"""MoleculeNet: measured properties of molecules."""

from functools import partial
from pathlib import Path

from torch_geometric.datasets import MoleculeNet

from mspe.dataset.config import DatasetParams
from mspe.dataset.own.csv_table import read_table
from mspe.dataset.own.molecule_csv import read_molecules
from mspe.dataset.root import pyg_root
from mspe.dataset.spec import DatasetSpec, Samples, SplitKind
from mspe.tasks import Regression, SingleLabel, Task

_RMSE = Regression(loss="mse", metric="rmse")
_ROC_AUC = SingleLabel(metric="roc_auc")


def read(name: str, params: DatasetParams, num_workers: int = 1, kept: Path | None = None) -> Samples:
    """Read the published table, in the columns where PyG knows them to be; what RDKit cannot read is left out."""
    _, _, file, smiles, target = MoleculeNet.names[name]
    with pyg_root(params.root, "MoleculeNet", name) as root:
        path = (Path(root) / name / "raw" / f"{file}.csv").resolve()  # the file itself, not a link to it
        if not path.exists():
            MoleculeNet(root, name)  # downloads it
        columns = read_table(path).columns
        return read_molecules(
            path, columns[smiles], (columns[target],), by_column=False, num_workers=num_workers, kept=kept
        )


def _source(
    name: str, graphs: str, target: str, paper: str, task: Task, licence: str = "CC0", epochs: int | None = None
) -> DatasetSpec:
    regression: tuple[SplitKind, ...] = ("random", "scaffold")
    classification: tuple[SplitKind, ...] = ("scaffold", "random", "stratified")
    return DatasetSpec(
        name=name,
        graphs=graphs,
        target=target,
        task=task,
        splits=classification if task is _ROC_AUC else regression,
        origin=f'MoleculeNet, through PyG\'s `MoleculeNet(root, "{name}")`',
        licence=licence,
        citation=f"{paper}; Wu et al., arXiv 1703.00564",
        read=partial(read, name),
        parallel=True,
        settings={} if epochs is None else {"training.epochs": epochs},
    )


SPECS = [
    _source("esol", "1,128 molecules, 1 to 55 atoms", "log solubility in water", "Delaney 2004", _RMSE, epochs=60),
    _source("freesolv", "642 molecules, 1 to 24 atoms", "hydration free energy", "Mobley and Guthrie 2014", _RMSE),
    _source("lipo", "4,200 molecules, 7 to 115 atoms", "octanol/water distribution, pH 7.4", "Hersey 2015", _RMSE),
    _source(
        "bbbp",
        "2,039 molecules, 2 to 132 atoms",
        "passes the blood–brain barrier or not",
        "Martins et al. 2012",
        _ROC_AUC,
        licence="GPL-3.0",
    ),
    _source(
        "bace", "1,513 molecules, 10 to 97 atoms", "inhibits β-secretase 1 or not", "Subramanian et al. 2016", _ROC_AUC
    ),
    _source(
        "hiv",
        "41,127 molecules, 2 to 222 atoms",
        "inhibits HIV replication or not",
        "NCI DTP AIDS antiviral screen",
        _ROC_AUC,
    ),
]
