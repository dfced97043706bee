"""One way to train, written out in a file."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from mspe.common.errors import MspeError
from mspe.common.json_files import read_json, write_sealed_json
from mspe.common.section import validate
from mspe.common.shown import shortened, shown
from mspe.encodings import BankConfig, EncodingSet
from mspe.models import ModelParams
from mspe.training import TrainingParams


@dataclass(frozen=True)
class Variant:
    """One way to train, apart from the seed."""

    name: str
    bank: BankConfig
    """The resolved bank."""
    model: ModelParams
    training: TrainingParams

    def save(self, path: str | Path) -> None:
        """Write it as JSON."""
        write_sealed_json(path, self.as_plain())

    def as_plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        sections = {"model": self.model.model_dump(), "training": self.training.model_dump()}
        return {"name": self.name, "bank": self.bank.model_dump(), **sections}

    @classmethod
    def load(cls, path: str | Path) -> "Variant":
        """Read what `save` wrote.

        Raises
        ------
        MspeError
            If the file is missing, damaged, or holds something else or another variant.
        """
        content = read_json(path)
        names = [field.name for field in fields(cls)]
        if set(content) != set(names):
            raise MspeError(
                f"{path}: holds {shortened(', '.join(content)) or 'nothing'}, expected {', '.join(names)}; "
                "run the stage that writes it (`dvc repro`)"
            )
        if not isinstance(content["name"], str):
            raise MspeError(f"{path}: name: got {shown(content['name'])}, expected text; run `dvc repro`")
        if content["name"] != Path(path).stem:
            raise MspeError(
                f"{path}: holds the variant {content['name']!r}; run the stage that writes it (`dvc repro`)"
            )
        model = validate(ModelParams, content["model"], f"{path}: model")
        training = validate(TrainingParams, content["training"], f"{path}: training")
        return cls(content["name"], validate(BankConfig, content["bank"], f"{path}: bank"), model, training)


def operators_of(variants: Iterable[Variant]) -> frozenset[str]:
    """Return the operators whose spectra the encodings of variants read, by name."""
    return frozenset().union(*(EncodingSet.from_config(variant.bank).operators for variant in variants))
