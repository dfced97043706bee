"""Learning-rate schedules by name, stepped once an epoch."""

from torch.optim import Optimizer
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, LRScheduler, SequentialLR, StepLR

from mspe.common.errors import MspeError
from mspe.common.registry import choose


def _cosine_warmup(optimizer: Optimizer, total_epochs: int, warmup_epochs: int, min_lr: float) -> LRScheduler:
    if not 0 <= warmup_epochs < total_epochs:
        raise MspeError(f"warmup_epochs: got {warmup_epochs}, allowed: 0 to {total_epochs - 1} (total_epochs less one)")
    decay = CosineAnnealingLR(optimizer, T_max=total_epochs - warmup_epochs, eta_min=min_lr)
    if warmup_epochs == 0:
        return decay
    warmup = LinearLR(optimizer, start_factor=1 / (warmup_epochs + 1), total_iters=warmup_epochs)
    return SequentialLR(optimizer, [warmup, decay], milestones=[warmup_epochs])


def get_scheduler(
    optimizer: Optimizer,
    scheduler_type: str = "cosine_warmup",
    total_epochs: int = 100,
    warmup_epochs: int = 10,
    min_lr: float = 1e-6,
    step_size: int = 30,
    gamma: float = 0.1,
) -> LRScheduler | None:
    """Build a schedule to be stepped after every epoch.

    Parameters
    ----------
    optimizer
        Whose learning rate it sets.
    scheduler_type
        `cosine_warmup`: linear from lr / (warmup_epochs + 1) up to lr over `warmup_epochs`, then a cosine down to
        `min_lr` at `total_epochs`. `step`: times `gamma` every `step_size` epochs. `none`: None.
    total_epochs, warmup_epochs, min_lr, step_size, gamma
        As above, in epochs.

    Raises
    ------
    MspeError
        If the type is unknown, or the warm-up is not shorter than the training.
    """
    known = {
        "cosine_warmup": lambda: _cosine_warmup(optimizer, total_epochs, warmup_epochs, min_lr),
        "step": lambda: StepLR(optimizer, step_size=step_size, gamma=gamma),
        "none": lambda: None,
    }
    return choose("scheduler", scheduler_type, known)()
