"""Handwritten digits as pixel graphs, as MNIST-superpixels has them; no download."""

import torch
from torch_geometric.data import Data
from torch_geometric.utils import grid

from mspe.dataset.config import DatasetParams
from mspe.dataset.spec import DatasetSpec, Samples
from mspe.tasks import SingleLabel

SIDE = 8


def read(params: DatasetParams) -> Samples:
    """Every image as its 8 × 8 pixels, each joined to its neighbours and diagonals; intensity, column and row."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    index, position = grid(SIDE, SIDE)
    edge_index = index[:, index[0] != index[1]]  # PyG's grid has self-loops
    graphs = [
        Data(
            x=torch.cat([torch.tensor(image, dtype=torch.float)[:, None] / 16, position / SIDE], dim=1),
            edge_index=edge_index,
            y=torch.tensor([[int(label)]]),
        )
        for image, label in zip(images, labels, strict=True)
    ]
    return Samples(graphs, labels=labels.tolist(), classes=tuple("0123456789"))


SPEC = DatasetSpec(
    name="digits",
    graphs="1,797 images of 8 × 8 pixels, 64 nodes",
    target="the digit",
    task=SingleLabel(),
    splits=("stratified", "random"),
    origin="scikit-learn's `load_digits`, the test part of UCI's optical recognition of handwritten digits",
    licence="CC BY 4.0 (UCI), BSD (scikit-learn)",
    citation="Alpaydin and Kaynak 1998, doi 10.24432/C50P49",
    read=read,
    embedded=True,
)
