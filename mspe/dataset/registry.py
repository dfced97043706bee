"""Datasets by name: the library's, and those that users and installed packages register."""

from pathlib import Path

from mspe.common.errors import MspeError
from mspe.common.registry import Registry
from mspe.dataset.config import DatasetParams
from mspe.dataset.sources import (
    city_network,
    csl,
    digits,
    graphs,
    heterophilous,
    karate,
    lesmiserables,
    lrgb,
    moleculenet,
    nci,
    ogbg,
    ogbn,
    planetoid,
    qm9,
    sbm,
    smiles,
    tudataset,
    zinc,
)
from mspe.dataset.spec import DatasetSpec, Misfit, Samples
from mspe.dataset.synthetic import reading as synthetic

DATASETS: Registry[DatasetSpec] = Registry(
    "dataset",
    [
        nci.SPEC,
        zinc.SPEC,
        *moleculenet.SPECS,
        *ogbg.SPECS,
        qm9.SPEC,
        *lrgb.SPECS,
        csl.SPEC,
        digits.SPEC,
        *tudataset.SPECS,
        *sbm.SPECS,
        lesmiserables.SPEC,
        *planetoid.EDGES,
        karate.SPEC,
        *planetoid.NODES,
        *heterophilous.SPECS,
        *city_network.SPECS,
        *ogbn.SPECS,
        synthetic.SPEC,
        smiles.SPEC,
        graphs.SPEC,
    ],
)
register_dataset = DATASETS.register


def find_misfit(params: DatasetParams) -> Misfit | None:
    """Return what of a section `dataset` its dataset does not have, as a key and an error; None where all fits."""
    if params.name not in DATASETS:
        try:
            DATASETS[params.name]
        except MspeError as error:
            return "name", f"got {params.name!r}, {error}"
    spec = DATASETS[params.name]
    if params.split is not None and params.split not in spec.splits:
        return "", f"split is {params.split}, allowed for {params.name}: {', '.join(spec.splits)}"
    if (params.split or spec.splits[0]) == "folds" and params.fold >= spec.folds:
        return "", f"fold is {params.fold}, allowed for {params.name}: 0 to {spec.folds - 1}"
    if spec.tasks is not None and params.task is not None and params.task not in spec.tasks:
        return "", f"task is {params.task}, allowed for {params.name}: {', '.join(spec.tasks) or 'null'}"
    return spec.misfit(params)


def read_samples(params: DatasetParams, num_workers: int = 1, kept: Path | None = None) -> tuple[DatasetSpec, Samples]:
    """Find the dataset that a section `dataset` names, and read it, as `load_dataset` does.

    Raises
    ------
    MspeError
        If the dataset is unknown or lacks what is asked for, or its files cannot be read.
    """
    check_fits(params)
    spec = DATASETS[params.name]
    return spec, spec.read(params, num_workers=num_workers, kept=kept) if spec.parallel else spec.read(params)


def check_fits(params: DatasetParams) -> None:
    """See that a dataset is known and has what is asked for.

    Raises
    ------
    MspeError
        If not.
    """
    misfit = find_misfit(params)
    if misfit is not None:
        raise MspeError(f"dataset{'.' * bool(misfit[0])}{misfit[0]}: {misfit[1]}")
