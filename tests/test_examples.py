"""The scripts of `examples/`, as they are printed."""

import re
import runpy
from pathlib import Path

import pytest

from mspe.pipeline.trained_model import TrainedModel
from tests.conftest import ROOT


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # Lightning's, of loaders without processes and of torch's own
def test_lightning_trains_their_network_on_our_data_and_ours_with_a_plain_loader(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example = runpy.run_path(str(ROOT / "examples" / "lightning_module.py"))
    checkpoint = tmp_path / "lightning.pt"
    example["main"](epochs=2, limit=48, checkpoint=str(checkpoint))
    errors = re.findall(r"val MAE (\d+\.\d{3})$", capsys.readouterr().out, flags=re.MULTILINE)
    assert len(errors) == 2
    trained = TrainedModel.load(checkpoint, "cpu")
    assert trained.bank.node_channels[0] == "walk(1)" and trained.predict(["CCO", "CCN"]).shape == (2, 1)
