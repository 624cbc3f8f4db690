"""What holds in every test: a division by zero, an overflow or an invalid number in numpy is an error."""

from collections.abc import Iterator

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def numpy_raises() -> Iterator[None]:
    """Underflow stays silent: a probability may well round to zero."""
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        yield
