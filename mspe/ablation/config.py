"""`ablation/params.yaml` as one typed object."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from mspe.common.section import NonNegativeInt, PositiveFloat, PositiveInt, Probability, Section, Tuple, validate
from mspe.common.yaml_files import read_yaml
from mspe.config import Distinct

ABLATION_PARAMS = "ablation/params.yaml"

# Names become folders, and arguments of a command.
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$", max_length=100)]


class Definition(Section):
    """A variant of the user's own: what it lays over sections of `params.yaml`."""

    encodings: dict[str, Any] = Field(default_factory=dict)
    """Laid over `encodings`."""
    model: dict[str, Any] = Field(default_factory=dict)
    """Laid over `model`."""
    training: dict[str, Any] = Field(default_factory=dict)
    """Laid over `training`."""

    @model_validator(mode="after")
    def _plugins_are_tracked(self) -> "Definition":
        if "plugins" in self.encodings:
            raise ValueError("plugins are allowed in params.yaml alone, where DVC tracks their files; list them there")
        return self


class ScreenParams(Section):
    """First round: all variants, briefly."""

    seeds: Annotated[PositiveInt, Field(ge=2, le=100)] = 3
    """Runs of each variant."""
    epochs: PositiveInt | None = None
    """null: a third of the training's."""


class ConfirmParams(Section):
    """Second round: the baseline, the named and the best variants, with fresh seeds."""

    best: Annotated[NonNegativeInt, Field(le=100)] = 3
    """How many of the variants that are not named are confirmed; of fewer all are."""
    seeds: Annotated[PositiveInt, Field(ge=2, le=1000)] = 10
    """Runs of each variant, with seeds that the screen has not used."""


class AblationParams(Section):
    """Variants, the baseline that they are compared with, and the two rounds."""

    baseline: Name
    """The variant that all others are compared with."""
    variants: Distinct[Name]
    """Names of what is compared: presets, encodings, parts of the bank, and those of `definitions`."""
    definitions: dict[Name, Definition] = Field(default_factory=dict)
    """Variants of the user's own, by name."""
    named: Tuple[Name] = ()
    """Variants that are confirmed in any case."""
    minutes: PositiveFloat | None = None
    """A budget by which both rounds are planned; null: they are as `screen` and `confirm` say."""
    screen: ScreenParams | None = None
    """First round; null: no first round, all variants are confirmed; unless `minutes` are given."""
    confirm: ConfirmParams | None = None
    """Second round; null: its defaults."""
    margin: Annotated[Probability, Field(gt=0)] = 0.05
    """Share of the baseline's error: a difference of at most that does not matter."""
    splits: Literal["each", "one"] = "each"
    """`each`: where the dataset's split is drawn, each seed draws its own; `one`: all seeds have the same."""
    test_share: Annotated[Probability, Field(gt=0, le=0.5)] | None = None
    """Share of the graphs that a drawn split tests with; null: the dataset's own."""
    by: Literal["distance", "diameter", "size", "none"] | None = None
    """Of samples, by which verdicts are given in buckets, too; null: distance, of whole graphs diameter and size."""
    parameter_tolerance: PositiveFloat = 0.01
    """By how much of the baseline's a variant's number of parameters may differ."""
    training: dict[str, Any] = Field(default_factory=dict)
    """Laid over `training` of `params.yaml` for every variant."""
    model: dict[str, Any] = Field(default_factory=dict)
    """Laid over `model`."""

    @property
    def confirming(self) -> ConfirmParams:
        """The second round as it is declared, or as it is by default."""
        return self.confirm or ConfirmParams()

    @model_validator(mode="after")
    def _names_are_variants(self) -> "AblationParams":
        for key, names in {"baseline": (self.baseline,), "named": self.named}.items():
            for name in names:
                if name not in self.variants:
                    raise ValueError(f"{key} is {name}, allowed: one of variants, {', '.join(self.variants)}")
        if len(self.variants) < 2:
            raise ValueError(f"variants is {self.baseline} alone; name another one to compare with it")
        return self

    @model_validator(mode="after")
    def _planned_or_declared(self) -> "AblationParams":
        if self.minutes is not None and (self.screen, self.confirm) != (None, None):
            raise ValueError("minutes plan both rounds, and screen or confirm declare them: give one of the two")
        if self.screen is not None and self.confirm is None:
            raise ValueError("screen is given without confirm: verdicts come from the confirming round")
        return self


def load_ablation(path: str | Path = ABLATION_PARAMS) -> AblationParams:
    """Read and check which variants there are.

    Raises
    ------
    MspeError
        If the file is missing or not YAML, or a key or a value is not allowed: one line that names each.
    """
    return validate(AblationParams, read_yaml(path), str(path))
