"""Whole numbers stored in the smallest type that holds them, and read in the type that they are computed with."""

from collections.abc import Iterator, Mapping

import torch
from jaxtyping import Shaped
from torch import Tensor

_SIGNED = (torch.int8, torch.int16, torch.int32)
"""Unsigned bytes are left out: as an index, torch takes them for a mask."""


def narrowest(values: Shaped[Tensor, "*shape"]) -> Shaped[Tensor, "*shape"]:
    """Return whole numbers in the smallest signed type that holds them all; other tensors as they are.

    Examples
    --------
    >>> narrowest(torch.tensor([0, 127])).dtype, narrowest(torch.tensor([0, 128])).dtype
    (torch.int8, torch.int16)
    """
    if values.is_floating_point() or values.is_complex() or values.dtype == torch.bool:
        return values
    low, high = map(int, torch.aminmax(values)) if values.numel() else (0, 0)
    for dtype in _SIGNED:
        if torch.iinfo(dtype).bits >= torch.iinfo(values.dtype).bits:
            break
        if torch.iinfo(dtype).min <= low and high <= torch.iinfo(dtype).max:
            return values.to(dtype)
    return values


class WidenedFields(Mapping[str, Tensor]):
    """Fields by name, each converted, whenever it is read, to the type that it was given in.

    Parameters
    ----------
    stored
        Perhaps narrower.
    types
        Of each as it was given.
    """

    def __init__(self, stored: Mapping[str, Tensor], types: Mapping[str, torch.dtype]) -> None:
        self.stored = dict(stored)
        self.types = dict(types)

    @classmethod
    def of(cls, fields: Mapping[str, Tensor]) -> "WidenedFields":
        """Return fields as they are."""
        return cls(fields, {name: field.dtype for name, field in fields.items()})

    def __getitem__(self, name: str) -> Tensor:
        return self.stored[name].to(self.types[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.stored)

    def __len__(self) -> int:
        return len(self.stored)

    def __contains__(self, name: object) -> bool:  # the mixin's reads the field
        return name in self.stored
