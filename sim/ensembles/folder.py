"""A fit of the ensemble as it stands in its folder: parameters, moments, draws, diagnostics. Every file is checked.

`manifest.json`, `parameters.csv`, `moments.csv`, `diagnostics.json` and `draws.parquet` are needed; `sbc.csv`,
`table1_forecast.csv` and `leave_one_out.csv` are made by a full fit only, and are None where a quick one left them out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from sim.ensembles.draws import NOT_WHOLE, SHOWN_NAMES, read_draws
from sim.ensembles.tables import FittedMoment, FittedParameter, ForecastCell, LeftOut, Ranks
from sim.io.csv_reader import CsvRow, read_rows
from sim.io.errors import InputError, Problem, refusal
from sim.io.schema import Schema, validated
from sim.io.yaml_reader import read_yaml

Array = NDArray[np.float64]


class Manifest(Schema):
    """What was fitted, how, and with what.

    prior_members : draws before the fit
    ess           : effective sample size of the draws
    ess_prior     : effective sample size had the prior draws only been weighted; None where it was not worked out
    rhat_max      : largest R-hat of any parameter; None where it was not worked out
    """

    format_version: Literal[1]
    id: str
    model_version: str
    parameters_sha256: str
    parameters: list[str] = Field([])
    equations: str = ""
    moments_sha256: str
    seed: int
    method: str
    prior_members: int
    draws: int
    ess: float
    ess_prior: float | None
    rhat_max: float | None
    seconds: float
    versions: dict[str, str]
    is_quick: bool
    identity: dict[str, Any] = Field({})
    command: list[str] | None = None
    written: str


class Recovery(Schema):
    """How far a fit without figures strays from the prior, in prior standard deviations, at its worst parameter."""

    worst_key: str
    worst_deviation: float
    bound: float


class RankTests(Schema):
    """Simulation-based calibration as a whole: fits to so many made-up sets of figures, and how many ranks look wrong."""

    sets: int
    bins: int
    worst_key: str
    worst_p: float
    rejected: int
    expected_rejected: float


class Coverage(Schema):
    """The fitter's own count of the forecast; the page counts again from the table."""

    cells: int
    inside_50: float
    inside_90: float


class Diagnostics(Schema):
    """How the machinery behaved; the optional parts are None where they were not made."""

    temperatures: list[float]
    acceptance: list[float | None]
    prior_recovery: Recovery
    sbc: RankTests | None = None
    forecast: Coverage | None = None


@dataclass(frozen=True)
class Fit:
    """All that a fit left behind; draws by parameter."""

    manifest: Manifest
    parameters: tuple[FittedParameter, ...]
    moments: tuple[FittedMoment, ...]
    draws: Mapping[str, Array]
    diagnostics: Diagnostics
    ranks: tuple[Ranks, ...] | None
    forecasts: tuple[ForecastCell, ...] | None
    left_out: tuple[LeftOut, ...] | None

    @property
    def documents(self) -> tuple[str, ...]:
        """Keys of the sources that the moments come from, in order."""
        return tuple(sorted({document for moment in self.moments for document in moment.documents}))

    def moments_of(self, name: str) -> tuple[FittedMoment, ...]:
        """The rows of a moment: its own, or those of a series, which are called `name-2023`."""
        return tuple(moment for moment in self.moments if moment.id == name or moment.id.startswith(f"{name}-"))


def read_fit(folder: Path) -> Fit:
    """The fit in a folder; InputError names file and line of what is missing or damaged."""
    if not folder.is_dir():
        raise refusal(folder, "no such folder; `armsrace calibrate` writes one")
    manifest = _read_json(folder / "manifest.json", Manifest)
    fit = Fit(
        manifest,
        _read_table(folder / "parameters.csv", FittedParameter),
        _read_table(folder / "moments.csv", FittedMoment),
        read_draws(folder / "draws.parquet"),
        _read_json(folder / "diagnostics.json", Diagnostics),
        *(_read_table(file, row) if (file := folder / name).exists() else None for name, row in OPTIONAL.items()),
    )
    if found := list(_contradictions(fit)):
        first = found[0][0]
        raise InputError(folder / first, [problem for name, problem in found if name == first])
    return fit


OPTIONAL: dict[str, Any] = {"sbc.csv": Ranks, "table1_forecast.csv": ForecastCell, "leave_one_out.csv": LeftOut}
Model = TypeVar("Model", bound=Schema)
Row = TypeVar("Row", bound=CsvRow)


def _read_table(file: Path, row: type[Row]) -> tuple[Row, ...]:
    return read_rows(file, row, may_be_empty=file.name in OPTIONAL, if_missing=NOT_WHOLE)


def _read_json(file: Path, model: type[Model]) -> Model:
    """A JSON file against its schema. JSON is YAML, and that reader knows the line of every value."""
    return validated(model, read_yaml(file))


def _contradictions(fit: Fit) -> Iterator[tuple[str, Problem]]:
    """File by file, what one file says and another denies."""
    keys = [parameter.key for parameter in fit.parameters]
    yield from (("draws.parquet", problem) for problem in _draws_problems(fit, keys))
    for parameter in fit.parameters:
        for name in parameter.moments:
            if not fit.moments_of(name):
                yield "parameters.csv", Problem(parameter.line, "moments", f'"{name}" is not in moments.csv')
    for ranks in fit.ranks or ():
        if ranks.key not in keys:
            yield "sbc.csv", Problem(ranks.line, "key", f'"{ranks.key}" is not in parameters.csv')
    coverage = fit.diagnostics.forecast
    if fit.forecasts is not None and coverage is not None and coverage.cells != len(fit.forecasts):
        message = f"{coverage.cells} cells, but table1_forecast.csv has {len(fit.forecasts)} rows"
        yield "diagnostics.json", Problem(None, "forecast.cells", message)


def _draws_problems(fit: Fit, keys: list[str]) -> Iterator[Problem]:
    missing = [key for key in keys if key not in fit.draws]
    stray = [name for name in fit.draws if name not in keys]
    for key in missing[:SHOWN_NAMES]:
        yield Problem(None, key, "no column for this parameter of parameters.csv")
    if len(missing) > SHOWN_NAMES:
        yield Problem(None, "", f"and {len(missing) - SHOWN_NAMES} more columns")
    for name in stray[:SHOWN_NAMES]:
        yield Problem(None, name, "a column for which parameters.csv has no row")
    count = len(next(iter(fit.draws.values())))
    if count != fit.manifest.draws:
        yield Problem(None, "", f"{count:,} draws, but manifest.json says {fit.manifest.draws:,}")
