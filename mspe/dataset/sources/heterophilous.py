"""Graphs whose neighbours are mostly of different classes (Platonov et al., arXiv 2302.11640)."""

from functools import partial

from mspe.dataset.config import DatasetParams
from mspe.dataset.node_masks import node_samples
from mspe.dataset.root import pyg_root
from mspe.dataset.sources.checked import CheckedHeterophilous
from mspe.dataset.spec import DatasetSpec, Samples
from mspe.tasks import SingleLabel


def read(name: str, params: DatasetParams) -> Samples:
    """Read one graph with the published masks, of which `dataset.fold` chooses one of ten."""
    with pyg_root(params.root, "HeterophilousGraphDataset", name.replace("-", "_")) as root:
        graph = CheckedHeterophilous(root, name)[0]
    classes = [str(number) for number in range(int(graph.y.max()) + 1)]
    return node_samples(graph, classes, params.fold, name)


SPECS = [
    DatasetSpec(
        name=name,
        graphs=graphs,
        target=target,
        task=SingleLabel("node", metric=metric),
        splits=("published", "random", "stratified"),
        origin=f'yandex-research/heterophilous-graphs, through PyG\'s `HeterophilousGraphDataset(root, "{name}")`',
        licence="MIT",
        citation="Platonov et al., arXiv 2302.11640",
        read=partial(read, name),
        settings={"training.epochs": 200, "training.batch_size": 1},
    )
    for name, graphs, target, metric in (
        ("roman-empire", "1 graph, 22,662 nodes, 32,927 edges", "each word's syntactic role, of 18", "accuracy"),
        ("amazon-ratings", "1 graph, 24,492 nodes, 93,050 edges", "each product's mean rating, of 5", "accuracy"),
        ("minesweeper", "1 graph, 10,000 nodes, 39,402 edges", "whether a cell has a mine", "roc_auc"),
        ("tolokers", "1 graph, 11,758 nodes, 519,000 edges", "whether a worker was banned", "roc_auc"),
        ("questions", "1 graph, 48,921 nodes, 153,540 edges", "whether a user stays active", "roc_auc"),
    )
]
