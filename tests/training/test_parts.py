"""What the Trainer and its methods refuse, before anything is trained."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.tasks import get_task
from mspe.training import get_metrics
from mspe.training.parts import metrics_of_task
from tests.conftest import ROOT
from tests.training.fixtures import loaders, make_trainer

OPTIONS = {
    "Trainer(model, optimizer, log_every=0)": "log_every: got 0, allowed: an integer of at least 1",
    "Trainer(model, optimizer, log_every=2.5)": "log_every: got 2.5, allowed: an integer of at least 1",
    "Trainer(model, optimizer, grad_clip=-1)": "grad_clip: got -1, allowed: a number above 0",
    "Trainer(model, optimizer, grad_clip=0)": "grad_clip: got 0, allowed: a number above 0",
    "Trainer(model, optimizer, grad_clip=nan)": "grad_clip: got nan, allowed: a number above 0",
    "Trainer(model, optimizer, grad_clip='1')": "grad_clip: got '1', allowed: a number above 0",
    "Trainer(model, optimizer, accumulation_steps=0)": "accumulation_steps: got 0, allowed: an integer of at least 1",
    "Trainer(model, optimizer, accumulation_steps=1.5)": "accumulation_steps: got 1.5, allowed: an integer of at least",
    "Trainer(model, optimizer, metrics=['mae'])": "metrics: got a list, allowed: None or a function",
    "Trainer(model, optimizer, metrics='mae')": "metrics: got 'mae', allowed: None or a function",
    "Trainer(model, optimizer, loss_fn='mse')": "loss_fn: got 'mse', allowed: None or a function",
    "Trainer(model, optimizer, loss_fn=nn.MSELoss)": "loss_fn: got <class 'torch.nn.modules.loss.MSELoss'>",
    "Trainer(model, optimizer, mixed_precision=['bf16'])": "mixed_precision: got ['bf16'], allowed: true, false",
    "Trainer(model, optimizer, mixed_precision='int8')": "mixed_precision: got 'int8', allowed: true, false",
    "Trainer(model, optimizer, skip_nonfinite='no')": "skip_nonfinite: got 'no', allowed: true or false",
    "Trainer(model, optimizer, ema=1)": "ema: got 1, allowed: None or a number above 0 and below 1",
    "Trainer(model, optimizer, ema=0.0)": "ema: got 0.0, allowed: None or a number above 0 and below 1",
    "Trainer(model, optimizer, ema=True)": "ema: got True, allowed: None or a number above 0 and below 1",
    "Trainer(model, optimizer, ema='0.9')": "ema: got '0.9', allowed: None or a number above 0 and below 1",
    "Trainer(model, optimizer, ema=nan)": "ema: got nan, allowed: None or a number above 0 and below 1",
    "Trainer(model, optimizer, checkpoint_dir=None)": "checkpoint_dir: got None, allowed: the path of a folder",
    "Trainer(model, optimizer, checkpoint_dir=__file__)": "is a file; give a folder",
    "Trainer(model, optimizer, metadata=[1])": "metadata: got a list, allowed: None or a dictionary",
    "Trainer(model, optimizer, scheduler='cosine')": "scheduler: got 'cosine', allowed: None or a scheduler of torch",
    "Trainer(model, optimizer, scheduler=get_scheduler(get_optimizer(model)))": "scheduler: it sets the rate",
    "Trainer(model, optimizer, loss_fn=get_loss_fn('regression'), metrics=get_metrics('regression'), task_type='x')": (
        "unknown task type 'x'"
    ),
    "Trainer(model, 'adamw')": "optimizer: got 'adamw', allowed: an optimizer of torch",
    "Trainer(model, get_optimizer(Mean()))": "optimizer: it trains no parameter of the model",
    "Trainer(model, torch.optim.LBFGS(model.parameters()))": "optimizer: LBFGS evaluates the loss more",
    "Trainer([], optimizer)": "model: got a list, allowed: a module of torch",
    "trainer.fit(train, None)": "val_loader: got None, allowed: a loader or a list of batches",
    "trainer.fit(None, val)": "train_loader: got None, allowed: a loader or a list of batches",
    "trainer.fit(train, [])": "val_loader: the loader is empty",
    "trainer.fit([], val)": "train_loader: the training loader is empty",
    "trainer.fit(train, val, epochs=0)": "epochs: got 0, allowed: an integer of at least 1",
    "trainer.fit(train, val, epochs=-1)": "epochs: got -1, allowed: an integer of at least 1",
    "trainer.fit(train, val, epochs=1.5)": "epochs: got 1.5, allowed: an integer of at least 1",
    "trainer.fit(train, val, epochs='3')": "epochs: got '3', allowed: an integer of at least 1",
    "trainer.fit(train, val, early_stopping=0)": "early_stopping: got 0, allowed: an integer of at least 1",
    "trainer.fit(train, val, early_stopping=True)": "early_stopping: got True, allowed: an integer of at least 1",
    "trainer.fit(train, val, save_interval=-1.0)": "save_interval: got -1.0, allowed: a number of at least 0",
    "trainer.fit(train, val, metric_for_best='accuracy')": "metric_for_best: got 'accuracy', allowed: loss, mse",
    "trainer.fit(train, val, metric_for_best=None)": "metric_for_best: got None, allowed: the name of a metric",
    "trainer.fit(train, val, minimize_metric='yes')": "minimize_metric: got 'yes', allowed: None, true or false",
    "trainer.add_log_hook(None)": "hook: got None, allowed: a function of metrics, step and prefix",
    "trainer.eval_epoch(None)": "loader: got None, allowed: a loader or a list of batches",
    "trainer.predict(None)": "loader: got None, allowed: a loader or a list of batches",
    "trainer.train_epoch(None)": "train_loader: got None, allowed: a loader or a list of batches",
}
SCRIPT = """
import json, sys, torch
from torch import nn
from mspe.common.errors import MspeError
from mspe.training import *
from tests.training.fixtures import Mean, loaders
nan = float("nan")
answers = []
for expression in json.load(sys.stdin):
    model = Mean()
    optimizer = get_optimizer(model)
    trainer = Trainer(model, optimizer, device="cpu", checkpoint_dir=sys.argv[1])
    train, val = loaders()
    try:
        eval(expression)
        answers.append("accepted")
    except Exception as error:
        answers.append(f"{type(error).__name__} after {trainer.global_step} steps: {error}")
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each is answered in a process of its own, where types are not checked as they are while tests run."""
    script = tmp_path_factory.mktemp("options") / "script.py"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), str(script.parent / "checkpoints")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        command, input=json.dumps(list(OPTIONS)), capture_output=True, text=True, env=environment, check=False
    )
    assert result.returncode == 0, result.stderr
    return dict(zip(OPTIONS, json.loads(result.stdout.splitlines()[-1]), strict=True))


@pytest.mark.parametrize("expression", OPTIONS)
def test_an_option_is_checked_when_it_is_given(answers: dict[str, str], expression: str) -> None:
    answer = answers[expression]
    assert answer.startswith("MspeError after 0 steps: ") and OPTIONS[expression] in answer
    assert "\n" not in answer


def test_foreign_metrics_are_asked_for_their_names_before_an_epoch(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path, metrics=lambda prediction, target: {"accuracy": 0.5})
    states = torch.get_rng_state()
    with pytest.raises(MspeError, match="metric_for_best: got 'mae', allowed: loss, accuracy"):
        trainer.fit(*loaders(), epochs=1, metric_for_best="mae")
    assert trainer.global_step == 0 and torch.equal(states, torch.get_rng_state())


def test_the_tasks_own_metrics_are_known_without_a_batch() -> None:
    for name in ("regression", "classification", "edge_prediction"):
        for metrics in (get_metrics(name), get_metrics(name, num_classes=2, k=3)):
            assert metrics_of_task(metrics, get_task(name)) == tuple(get_task(name).metrics)
    assert metrics_of_task(get_metrics("regression"), get_task("classification")) is None
    assert metrics_of_task(lambda prediction, target, source=None: {}, get_task("edge_prediction")) is None
