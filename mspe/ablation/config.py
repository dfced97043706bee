"""`ablation/params.yaml` as one typed object."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, model_validator

from mspe.common.section import PositiveFloat, Section, Seed, validate
from mspe.common.yaml_files import read_yaml
from mspe.config import Distinct

ABLATION_PARAMS = "ablation/params.yaml"

# Names become folders, and arguments of a command.
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$", max_length=100)]


class Definition(Section):
    """A variant of the user's own: what it lays over sections of `params.yaml`."""

    encodings: dict[str, Any] = Field(default_factory=dict)
    model: dict[str, Any] = Field(default_factory=dict)
    training: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _plugins_are_tracked(self) -> "Definition":
        if "plugins" in self.encodings:
            raise ValueError("plugins are allowed in params.yaml alone, where DVC tracks their files; list them there")
        return self


class AblationParams(Section):
    """Variants' seeds, and the baseline that the variants are compared with."""

    seeds: Distinct[Seed]
    baseline: Name
    """The variant that all others are compared with."""
    parameter_tolerance: PositiveFloat = 0.01
    """By how much of the baseline's a variant's number of parameters may differ."""
    training: dict[str, Any] = Field(default_factory=dict)
    """Laid over `training` of `params.yaml` for every variant: usually a shorter schedule."""
    variants: Distinct[Name]
    definitions: dict[Name, Definition] = Field(default_factory=dict)
    """Variants of the user's own, by name."""

    @model_validator(mode="after")
    def _baseline_is_a_variant(self) -> "AblationParams":
        if self.baseline not in self.variants:
            raise ValueError(f"baseline is {self.baseline}, allowed: one of variants, {', '.join(self.variants)}")
        return self


def load_ablation(path: str | Path = ABLATION_PARAMS) -> AblationParams:
    """Read and check which variants there are.

    Raises
    ------
    MspeError
        If the file is missing or not YAML, or a key or a value is not allowed: one line that names each.
    """
    return validate(AblationParams, read_yaml(path), str(path))
