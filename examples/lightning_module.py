"""Lightning and plain PyG loaders with this library's data and models: `python examples/lightning_module.py`."""

import lightning
import torch
from torch import Tensor, nn
from torch_geometric.data import Data
from torch_geometric.loader import DataLoader
from torch_geometric.nn import GIN, global_add_pool

from mspe.dataset import GraphDataset, get_dataset
from mspe.encodings import AddMultiScalePE
from mspe.models import ModelParams, get_model, model_arguments
from mspe.pipeline.trained_model import TrainedModel


class GraphRegression(lightning.LightningModule):
    """Any network that maps a PyG batch to [graphs, 1]."""

    def __init__(self, network: nn.Module, lr: float = 1e-3) -> None:
        super().__init__()
        self.network = network
        self.lr = lr

    def training_step(self, batch: Data) -> Tensor:
        """Return the mean absolute error."""
        return nn.functional.l1_loss(self.network(batch), batch.y)

    def validation_step(self, batch: Data) -> None:
        """Log the mean absolute error."""
        error = nn.functional.l1_loss(self.network(batch), batch.y)
        self.log("val_mae", error, batch_size=batch.num_graphs)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return AdamW."""
        return torch.optim.AdamW(self.parameters(), lr=self.lr)


class EncodedGIN(nn.Module):
    """PyG's own network over `pe`, which `AddMultiScalePE` has put into each graph."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = GIN(channels, 32, num_layers=2, out_channels=1)

    def forward(self, batch: Data) -> Tensor:
        """Sum the nodes' outputs of each graph."""
        return global_add_pool(self.layers(batch.pe, batch.edge_index), batch.batch)


def fit(network: nn.Module, train: list[Data], val: list[Data], epochs: int) -> float:
    """Train a network with Lightning and plain PyG loaders, and return its last validation error."""
    trainer = lightning.Trainer(
        max_epochs=epochs, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False
    )
    module = GraphRegression(network)
    trainer.fit(module, DataLoader(train, batch_size=32, shuffle=True), DataLoader(val, batch_size=32))
    return float(trainer.callback_metrics["val_mae"])


def their_network(dataset: GraphDataset, epochs: int) -> float:
    """Train PyG's GIN on this library's data and encodings."""
    add = AddMultiScalePE("rwse")
    train, val = ([add(graph) for graph in part] for part in (dataset.train, dataset.val))
    return fit(EncodedGIN(train[0].pe.size(1)), train, val, epochs)


def our_network(dataset: GraphDataset, epochs: int, checkpoint: str) -> float:
    """Train this library's Graph Transformer and keep it as a checkpoint that `mspe predict` reads."""
    arguments = model_arguments(ModelParams(hidden_dim=32, num_layers=2), dataset.schema, "rwse")
    network = get_model(**arguments)
    error = fit(network, list(dataset.train), list(dataset.val), epochs)
    metadata = {"model": arguments, "schema": dataset.schema.model_dump()}
    torch.save({"model": network.state_dict(), "metadata": metadata}, checkpoint)
    return error


def main(epochs: int = 10, limit: int = 512, checkpoint: str = "lightning.pt") -> None:
    """Train both on molecules that need no download."""
    lightning.seed_everything(0, verbose=False)
    dataset = get_dataset("nci", limit=limit)
    print(f"PyG's GIN: val MAE {their_network(dataset, epochs):.3f}")
    print(f"Graph Transformer: val MAE {our_network(dataset, epochs, checkpoint):.3f}")
    print("CCO:", TrainedModel.load(checkpoint).predict(["CCO"]).item())


if __name__ == "__main__":
    main()
