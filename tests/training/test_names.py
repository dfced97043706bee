"""A miss lists the names that are known."""

import pytest

from mspe.common.errors import MspeError
from mspe.training import (
    get_loss_fn,
)


def test_unknown_names_list_the_known_ones() -> None:
    with pytest.raises(MspeError, match="unknown task type 'regresion'; did you mean 'regression'"):
        get_loss_fn("regresion")
    with pytest.raises(MspeError, match="unknown regression loss 'l3'; known: huber, mae, mse"):
        get_loss_fn("regression", loss_type="l3")
