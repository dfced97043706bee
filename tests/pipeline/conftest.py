"""A small trained model of molecules."""

from pathlib import Path

import pytest

from mspe.dataset import GraphDataset, get_dataset
from mspe.encodings import BankConfig
from mspe.graphs import GraphLoader
from mspe.models import get_model, model_arguments
from mspe.models.config import ModelParams
from mspe.training import Trainer, get_loss_fn, get_optimizer
from tests.conftest import BANK

SMILES = ["C" * length + end for length in range(1, 8) for end in ("", "O", "N", "Cl", "C(=O)O", "c1ccccc1")]


def write(folder: Path, targets: list[str]) -> Path:
    """Molecules with a target; the last ten are the test part."""
    parts = ["train"] * (len(SMILES) - 20) + ["val"] * 10 + ["test"] * 10
    rows = [",".join(row) for row in zip(SMILES, targets, parts, strict=True)]
    path = folder / "molecules.csv"
    path.write_text("\n".join(["smiles,target,split", *rows]) + "\n")
    return path


def train(dataset: GraphDataset, folder: Path, loss: str | None = None) -> Path:
    """A checkpoint as the train stage writes it, after an epoch."""
    schema = dataset.schema
    arguments = model_arguments(
        ModelParams(hidden_dim=16, node_dim=6, num_layers=2), schema, BankConfig.model_validate(BANK), loss
    )
    model = get_model(**arguments)
    metadata = {"model": arguments, "schema": schema.model_dump()}
    loss_fn = get_loss_fn(schema.task_type, loss or schema.loss)
    trainer = Trainer(
        model, get_optimizer(model), loss_fn=loss_fn, task_type=schema.task_type, checkpoint_dir=folder,
        metadata=metadata,
    )  # fmt: skip
    trainer.fit(GraphLoader(dataset.train, 8, shuffle=True), GraphLoader(dataset.val, 8), epochs=1)
    return folder / "best.pt"


@pytest.fixture(scope="module")
def regression(tmp_path_factory: pytest.TempPathFactory) -> tuple[GraphDataset, Path]:
    folder = tmp_path_factory.mktemp("regression")
    path = write(folder, [str(number / 3) for number in range(len(SMILES))])
    dataset = get_dataset("smiles", path=str(path))
    return dataset, train(dataset, folder)
