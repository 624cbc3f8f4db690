"""What holds in every test: a division by zero, an overflow or an invalid number in numpy is an error."""

import os
from collections.abc import Iterator

# Each worker has a core of its own: more threads for a matrix would only wait for each other. Read when numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

# The same examples every time, and no complaint that a busy machine takes long to make or to try them.
settings.register_profile("steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


@pytest.fixture(autouse=True)
def numpy_raises() -> Iterator[None]:
    """Underflow stays silent: a probability may well round to zero."""
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        yield


@pytest.fixture(autouse=True, scope="module")
def what_a_file_has_kept_goes_with_it(request: pytest.FixtureRequest) -> Iterator[None]:
    """Simulations that the functions of a test file keep, hundreds of megabytes in some, are not kept for the next file."""
    yield
    for value in vars(request.module).values():
        if hasattr(value, "cache_clear") and value.__module__ == request.module.__name__:
            value.cache_clear()
