"""`params.yaml` as one typed object; each section's schema stands in the package that it configures."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Field, model_validator

from mspe.common.cluster import CLUSTER_PATTERN, check_cluster
from mspe.common.section import PathError, PositiveInt, Section, Seed, Workers, validate
from mspe.common.yaml_files import read_yaml
from mspe.dataset.config import DatasetParams
from mspe.dataset.registry import DATASETS, find_misfit
from mspe.dataset.settings import left_to_dataset, resolve_auto
from mspe.encodings.config import EncodingParams
from mspe.models.config import ModelParams
from mspe.tasks import get_task
from mspe.training.config import TrainingParams

logger = logging.getLogger(__name__)

T = TypeVar("T")


def distinct(entries: tuple[T, ...]) -> tuple[T, ...]:
    """Refuse a list, of seeds say, in which an entry stands twice."""
    if len(set(entries)) < len(entries):
        raise ValueError("duplicate entries; list each once")
    return entries


Distinct = Annotated[tuple[T, ...], Field(min_length=1, max_length=1000, strict=False), AfterValidator(distinct)]
"""A list of at least one entry, none of them twice."""


class EvaluationParams(Section):
    """Split that is scored."""

    split: Literal["train", "val", "test"] = "test"
    """Part whose scores and predictions are written."""


class RangeParams(Section):
    """Models that are measured for how far they look: a stage that is off where no seed is named."""

    seeds: Annotated[tuple[Seed, ...], Field(max_length=1000, strict=False), AfterValidator(distinct)] = ()
    """Of `seeds`."""
    graphs: PositiveInt = 32
    """Of the evaluated split that are measured at most; of more, as many are drawn."""
    nodes: PositiveInt = 4
    """Of each graph."""


class RuntimeParams(Section):
    """Settings of how the stages run; none is a dependency of a stage, so changing one reruns nothing."""

    device: Annotated[str, Field(pattern=r"^(auto|cpu|cuda(:[0-9]{1,2})?)$")] = "auto"
    """auto, cpu, cuda or cuda:<number>."""
    num_workers: Workers = 0
    """Processes that turn raw data into graphs; 0: one a core."""
    threads: Annotated[Workers, Field(gt=0)] | None = None
    """CPU threads of torch; null: torch's own choice. Results are the same bit for bit for the same number."""
    jobs: Annotated[Workers, Field(gt=0)] | None = None
    """Runs at a time of a comparison; null: one a core, and one on each GPU. With `cluster: slurm`, its workers."""
    cluster: Annotated[str, Field(pattern=CLUSTER_PATTERN)] | None = None
    """Address of a Dask scheduler, or slurm, whose workers share the work; null: this machine alone."""
    resume: bool = True
    """Whether a run that was interrupted is resumed; false: it begins anew."""
    log_every: PositiveInt = 50
    """Steps between two entries of the training log."""
    wandb_project: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    """Also log to this project of Weights & Biases; null: to TensorBoard alone."""
    dvclive: bool = False
    """Also write DVCLive's files, to `runs/<seed>/dvclive`."""

    @model_validator(mode="after")
    def _workers_are_counted_once(self) -> "RuntimeParams":
        check_cluster(self.cluster, self.jobs)
        return self


class Params(Section):
    """The whole of `params.yaml`."""

    seeds: Distinct[Seed]
    """A model is trained and scored with each: of its weights, the order of batches, and dropout."""
    dataset: DatasetParams
    encodings: EncodingParams
    model: ModelParams
    training: TrainingParams
    evaluation: EvaluationParams
    range: RangeParams = RangeParams()
    runtime: RuntimeParams

    @model_validator(mode="before")
    @classmethod
    def _auto_is_the_datasets_own(cls, values: Any) -> Any:
        name = _dataset_name(values)
        return resolve_auto(values, DATASETS[name].settings if name in DATASETS else {})

    @model_validator(mode="after")
    def _measured_models_are_trained(self) -> "Params":
        other = next((seed for seed in self.range.seeds if seed not in self.seeds), None)
        if other is not None:
            allowed = ", ".join(map(str, self.seeds))
            raise PathError(("range", "seeds"), f"got {other}, allowed: seeds that are trained, {allowed}")
        return self

    @model_validator(mode="after")
    def _dataset_has_what_is_asked_for(self) -> "Params":
        misfit = find_misfit(self.dataset)
        if misfit is not None:
            raise PathError(("dataset", misfit[0]) if misfit[0] else ("dataset",), misfit[1])
        return self

    @model_validator(mode="after")
    def _training_fits_the_task(self) -> "Params":
        spec, training = DATASETS[self.dataset.name], self.training
        task_type = spec.task.type if spec.task is not None else self.dataset.task
        if task_type is None:  # the user's targets decide
            return self
        task = get_task(task_type)
        given = {
            "loss": (training.loss, task.losses),
            "metric_for_best": (training.metric_for_best, ["loss", *task.metrics]),
        }
        for name, (value, allowed) in given.items():
            if value is not None and value not in allowed:
                raise ValueError(f"training.{name} is {value}, allowed for {task_type}: {', '.join(allowed)}")
        return self


def load_params(path: str | Path = "params.yaml", settings: Mapping[str, Any] | None = None) -> Params:
    """Read and check the parameters.

    Parameters
    ----------
    path
        The file.
    settings
        What `auto` stands for, as `apply_settings` takes it; None: what the dataset that the file names would set.

    Raises
    ------
    MspeError
        If the file is missing or not YAML, or a key or a value is not allowed: one line that names the full path of
        each parameter, what it was given, and what is allowed.
    """
    values = read_yaml(path)
    return validate(Params, values if settings is None else apply_settings(values, settings), str(path))


def apply_settings(values: Any, settings: Mapping[str, Any]) -> Any:
    """Return the content of `params.yaml` with `auto` replaced; a line in the log names what the dataset has set.

    Parameters
    ----------
    values
        The content.
    settings
        The own settings of the stored dataset, as its schema has them.
    """
    used = ", ".join(f"{path}={value}" for path, value in left_to_dataset(values, settings).items())
    if used:
        message = "%s: %s (the dataset's own settings; set these parameters to override)"
        logger.info(message, _dataset_name(values), used)
    return resolve_auto(values, settings)


def _dataset_name(values: Any) -> str:
    """`dataset.name` of plain values, empty where there is none: their schema then refuses them."""
    section = values.get("dataset") if isinstance(values, Mapping) else None
    name = section.get("name") if isinstance(section, Mapping) else None
    return name if isinstance(name, str) else ""
