"""Names that an encoding cannot have."""

import pytest

from mspe.common.errors import MspeError
from mspe.encodings import ENCODINGS, BankConfig, Encoding, EncodingParams, Walk, register
from mspe.encodings.registry import RESERVED

KEYS = {*EncodingParams.model_fields, *BankConfig.model_fields}


def test_every_other_key_beside_an_encodings_name_is_reserved() -> None:
    assert RESERVED == KEYS


@pytest.mark.parametrize("base", [Encoding, Walk])
@pytest.mark.parametrize("name", sorted(KEYS))
def test_an_encoding_that_could_not_be_reached_is_refused(name: str, base: type[Encoding]) -> None:
    with pytest.raises(
        MspeError,
        match=rf"encoding '{name}' of \S*test_registry.py: rename it, .* backend, edge_channels, files, filters",
    ):
        register(type("Mine", (base,), {"name": name, "__module__": __name__}))
    assert name not in ENCODINGS
