"""Training and evaluation of any PyTorch model over any loader of PyG batches."""

from mspe.training.config import OptimizerParams, SchedulerParams, TrainingParams
from mspe.training.device import get_device, log_model_info
from mspe.training.hooks import DvcliveHook, LogHook, TensorBoardHook, WandbHook
from mspe.training.loops import EarlyStopping, GradientAccumulator
from mspe.training.losses import get_loss_fn
from mspe.training.metrics import get_metrics
from mspe.training.optimizer import get_optimizer
from mspe.training.reproducibility import ReproducibilityContext, set_seed
from mspe.training.scheduler import get_scheduler
from mspe.training.trainer import Trainer

__all__ = [
    "DvcliveHook",
    "EarlyStopping",
    "GradientAccumulator",
    "LogHook",
    "OptimizerParams",
    "ReproducibilityContext",
    "SchedulerParams",
    "TensorBoardHook",
    "Trainer",
    "TrainingParams",
    "WandbHook",
    "get_device",
    "get_loss_fn",
    "get_metrics",
    "get_optimizer",
    "get_scheduler",
    "log_model_info",
    "set_seed",
]
