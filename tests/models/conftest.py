"""A batch's blocks, one and two."""

import pytest

from mspe.models.attention import HeadLayout
from tests.models.fixtures import BLOCKS


@pytest.fixture(params=BLOCKS)
def blocks(request: pytest.FixtureRequest) -> list[HeadLayout]:
    return BLOCKS[request.param]
