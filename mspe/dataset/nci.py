"""NCI: about 4,900 real compounds that RDKit's wheel carries; the embedded default, no download.

Source: the first 5,000 entries of the NCI open database, `RDConfig.RDDataDir/NCI/first_5K.smi`; licence: RDKit's, BSD
3-clause. Sizes: 2 to 122 atoms, 33 elements, 135 salts of several components. Task: regression of penalised logP, as
in ZINC. Metric: MAE. Split: random by `split_seed`, 80 / 10 / 10.
"""

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch_geometric.data import Data
from torch_geometric.utils import from_rdmol

from mspe.common.parallel import parallel_map
from mspe.dataset.base import GraphDataset
from mspe.dataset.features import build_vocabularies, encode_field, max_nodes, target_statistics, vocabulary_width
from mspe.dataset.molecules import parse_smiles, penalised_logp
from mspe.dataset.splits import random_split
from mspe.graphs import GraphSchema, PackedGraphs

if TYPE_CHECKING:
    from mspe.dataset.config import DatasetParams


def load_nci(params: "DatasetParams", num_workers: int = 0) -> GraphDataset:
    """Read, deduplicate, split and featurise the compounds.

    Atoms and bonds have PyG's categories (`from_rdmol`), numbered by what the training split holds.
    """
    smiles, dropped = read_smiles()
    parts = random_split(len(smiles), params.split_seed, params.limit)
    graphs = parallel_map(molecule_graph, [smiles[i] for part in parts for i in part], num_workers)
    train, val, test = (PackedGraphs.from_list(part) for part in _cut(graphs, [len(part) for part in parts]))
    node_vocabularies = build_vocabularies(train.fields["x"])
    edge_vocabularies = build_vocabularies(train.fields["edge_attr"])
    mean, deviation = target_statistics(train)
    splits = [
        encode_field(encode_field(graphs, "x", node_vocabularies), "edge_attr", edge_vocabularies)
        for graphs in (train, val, test)
    ]
    schema = GraphSchema(
        name="nci",
        task_type="regression",
        num_features=vocabulary_width(node_vocabularies),
        node_features="categorical",
        num_edge_features=vocabulary_width(edge_vocabularies),
        edge_features="categorical",
        num_classes=1,
        loss="mae",
        metric="mae",
        target_mean=mean,
        target_std=deviation,
        node_vocabularies=node_vocabularies,
        edge_vocabularies=edge_vocabularies,
        max_nodes=max_nodes(train, val, test),
        counts={"train": len(train), "val": len(val), "test": len(test), **dropped},
    )
    return GraphDataset(schema, *splits)


def read_smiles() -> tuple[list[str], dict[str, int]]:
    """The file's distinct molecules as SMILES, and how many lines were dropped, by reason.

    Of molecules with the same canonical SMILES the first stays, so none can stand in two splits.
    """
    from rdkit import Chem, RDConfig

    distinct: dict[str, str] = {}
    dropped = {"dropped_unreadable": 0, "dropped_duplicate": 0}
    for line in (Path(RDConfig.RDDataDir) / "NCI" / "first_5K.smi").read_text().splitlines():
        smiles = line.split()[0]
        molecule = parse_smiles(smiles)
        if molecule is None:
            dropped["dropped_unreadable"] += 1
            continue
        canonical = Chem.MolToSmiles(molecule)
        dropped["dropped_duplicate"] += canonical in distinct
        distinct.setdefault(canonical, smiles)
    return list(distinct.values()), dropped


def _cut(graphs: list[Data], lengths: list[int]) -> list[list[Data]]:
    remaining = iter(graphs)
    return [list(islice(remaining, length)) for length in lengths]


def molecule_graph(smiles: str) -> Data:
    """A readable SMILES string as a PyG graph with its penalised logP."""
    molecule = parse_smiles(smiles)
    assert molecule is not None, smiles
    graph = from_rdmol(molecule)
    graph.y = torch.tensor([[penalised_logp(molecule)]])
    return graph
