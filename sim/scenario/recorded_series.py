"""A recorded series as data files name it: tension.SRB.XKX."""

from functools import cache
from typing import Annotated, Any

from pydantic import BeforeValidator

from sim.io.errors import suggestion
from sim.model.variables import Series, all_series


@cache
def series_by_name() -> dict[str, Series]:
    """The recorded series by the name that data files use."""
    return {series.name: series for series in all_series()}


def _recorded(value: Any) -> Series:
    known = series_by_name()
    if isinstance(value, str) and value not in known:
        raise ValueError(f'"{value}" is not recorded{suggestion(value, known)}')
    return known[value] if isinstance(value, str) else value


RecordedSeries = Annotated[Series, BeforeValidator(_recorded)]
