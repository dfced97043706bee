"""Every dataset by name. Adding one: describe it and how it is read in a file of its own, and list it here."""

from mspe.dataset.source import Source
from mspe.dataset.sources import (
    csl,
    digits,
    graphs,
    lesmiserables,
    lrgb,
    moleculenet,
    nci,
    planetoid,
    sbm,
    smiles,
    tudataset,
    zinc,
)

DATASETS: dict[str, Source] = {
    source.name: source
    for source in [
        nci.SOURCE,
        zinc.SOURCE,
        *moleculenet.SOURCES,
        *lrgb.SOURCES,
        csl.SOURCE,
        digits.SOURCE,
        *tudataset.SOURCES,
        *sbm.SOURCES,
        lesmiserables.SOURCE,
        *planetoid.SOURCES,
        smiles.SOURCE,
        graphs.SOURCE,
    ]
}
