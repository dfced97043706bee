"""A small run on one process or, under torchrun, on several: `python -m tests.training.ddp_worker FOLDER`."""

import sys
from pathlib import Path

import torch
from torch import nn
from torch_geometric.data import Batch

from mspe.common.json_files import write_json
from mspe.graphs import GraphLoader
from mspe.training import Trainer, get_optimizer, get_scheduler, set_seed
from mspe.training.distributed import ProcessGroup, process_group
from tests.training.fixtures import Mean, Normed, make_graphs


class Number(nn.Module):
    """Predicts every graph's number, so that the order and the count of samples can be seen."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))  # which an optimizer asks for

    def forward(self, batch: Batch) -> torch.Tensor:
        return batch.number


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    group = ProcessGroup()
    set_seed(group.rank)  # another start on each process, until the main one shares its own
    graphs = make_graphs(43)
    number = torch.arange(43.0)[:, None]
    graphs = graphs.with_fields({"x": graphs.fields["x"].double(), "number": number}, {"x": "node", "number": "graph"})
    graphs = graphs.with_fields({"y": graphs.fields["y"].double()}, {"y": "graph"})
    shard = (group.rank, group.size)
    train = GraphLoader(graphs, 12 // group.size, shuffle=True, shard=shard)
    val = GraphLoader(graphs, 4, shard=shard)
    model = Mean().double()
    model.dropout.p = 0.0
    optimizer = get_optimizer(model, lr=1e-2)
    scheduler = get_scheduler(optimizer, total_epochs=5, warmup_epochs=1)
    trainer = Trainer(model, optimizer, scheduler, checkpoint_dir=folder, device="cpu", accumulation_steps=2)
    history = trainer.fit(train, val, epochs=5, metric_for_best="mae", resume_path=folder / "state.pt")
    normed = Normed().double()
    normed.dropout.p = 0.0
    averaging = Trainer(normed, get_optimizer(normed, lr=1e-2), checkpoint_dir=folder / "ema", device="cpu", ema=0.9)
    averaging.fit(train, val, epochs=2)
    averaged = {name: value.tolist() for name, value in averaging.evaluated_model.state_dict().items()}
    number_model = Number()
    numbers = Trainer(number_model, get_optimizer(number_model), checkpoint_dir=folder, device="cpu").predict(val)
    seen = group.gather([batch.number.flatten().tolist() for batch in train])
    everywhere = group.gather(averaged)
    if group.is_main:
        write_json(folder / "history.json", history)
        content = {"predicted": numbers.flatten().tolist(), "trained": seen, "averaged": everywhere}
        write_json(folder / "numbers.json", content)
        torch.save(model.state_dict(), folder / "weights.pt")


if __name__ == "__main__":
    with process_group("cpu"):
        main(Path(sys.argv[1]))
