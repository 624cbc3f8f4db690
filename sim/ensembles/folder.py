"""A fit of the ensemble as it stands in its folder: parameters, moments, draws, diagnostics. Every file is checked.

`manifest.json`, `parameters.csv`, `moments.csv`, `diagnostics.json` and `draws.parquet` are needed; `sbc.csv`,
`table1_forecast.csv` and `leave_one_out.csv` are made by a full fit only, and are None where a quick one left them out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from sim.ensembles.tables import Forecast, LeftOut, Moment, Parameter, Ranks, read_rows
from sim.io.errors import InputError, Problem, Steps
from sim.io.yaml_reader import read_yaml, validated

Array = NDArray[np.float64]
SHOWN_NAMES = 3  # missing columns that a message names

# ---- manifest and diagnostics ----------------------------------------------------------------------------------------


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Manifest(_Strict):
    """What was fitted, how, and with what.

    prior_members : worlds drawn before the fit
    ess           : effective sample size of the draws
    ess_prior     : effective sample size had the prior worlds only been weighted; None where it was not worked out
    rhat_max      : largest R-hat of any parameter; None where it was not worked out
    """

    format_version: Literal[1]
    id: str
    model_version: str
    parameters_sha256: str
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
    identity: dict[str, Any] = {}
    command: list[str] | None = None
    written: str


class Recovery(_Strict):
    """How far a fit without figures strays from the prior, in prior standard deviations, at its worst parameter."""

    worst_key: str
    worst_deviation: float
    bound: float


class Calibration(_Strict):
    """Simulation-based calibration as a whole: fits to so many made-up sets of figures, and how many ranks look wrong."""

    sets: int
    bins: int
    worst_key: str
    worst_p: float
    rejected: int
    expected_rejected: float


class Coverage(_Strict):
    """The fitter's own count of the forecast; the page counts again from the table."""

    cells: int
    inside_50: float
    inside_90: float


class Diagnostics(_Strict):
    """How the machinery behaved; the optional parts are None where they were not made."""

    temperatures: list[float]
    acceptance: list[float | None]
    prior_recovery: Recovery
    sbc: Calibration | None = None
    forecast: Coverage | None = None
    uncertainty: Any = None


# ---- the folder ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fit:
    """All that a fit left behind.

    draws : one column of draws per parameter
    """

    manifest: Manifest
    parameters: tuple[Parameter, ...]
    moments: tuple[Moment, ...]
    draws: Mapping[str, Array]
    diagnostics: Diagnostics
    ranks: tuple[Ranks, ...] | None
    forecasts: tuple[Forecast, ...] | None
    left_out: tuple[LeftOut, ...] | None

    @property
    def documents(self) -> tuple[str, ...]:
        """Keys of the sources that the moments come from, in order."""
        return tuple(sorted({document for moment in self.moments for document in moment.documents}))

    def moments_of(self, name: str) -> tuple[Moment, ...]:
        """The rows of a moment: its own, or those of a series, which are called `name-2023`."""
        return tuple(one for one in self.moments if one.id == name or one.id.startswith(f"{name}-"))


def read_fit(folder: Path) -> Fit:
    """The fit in a folder; InputError names file and line of what is missing or damaged."""
    if not folder.is_dir():
        raise InputError(folder, [Problem(None, "", "no such folder; `armsrace calibrate` writes one")])
    manifest = _json(folder / "manifest.json", Manifest)
    parameters = read_rows(folder / "parameters.csv", Parameter)
    moments = read_rows(folder / "moments.csv", Moment)
    fit = Fit(
        manifest,
        parameters,
        moments,
        _draws(folder / "draws.parquet", parameters, manifest.draws),
        _json(folder / "diagnostics.json", Diagnostics),
        *(_optional(folder / name, row) for name, row in OPTIONAL.items()),
    )
    _check_names(folder, fit)
    return fit


OPTIONAL: dict[str, type] = {"sbc.csv": Ranks, "table1_forecast.csv": Forecast, "leave_one_out.csv": LeftOut}


def _optional(file: Path, row: type) -> Any:
    return read_rows(file, row) if file.exists() else None


Model = TypeVar("Model", bound=_Strict)


def _json(file: Path, model: type[Model]) -> Model:
    """A JSON file against its schema. JSON is YAML, and that reader knows the line of every value."""
    return validated(model, read_yaml(file), _field_names(model))


def _field_names(model: type[_Strict]) -> Callable[[Steps], list[str]]:
    """Names of the fields that are allowed beside an unknown one."""

    def names(steps: Steps) -> list[str]:
        inner: Any = {"prior_recovery": Recovery, "sbc": Calibration, "forecast": Coverage}.get(str(steps[0]), model)
        return list((inner if len(steps) > 1 else model).model_fields)

    return names


def _draws(file: Path, parameters: tuple[Parameter, ...], count: int) -> dict[str, Array]:
    """The draws of every parameter; InputError names the columns that are missing, not finite, or too many."""
    import pyarrow.parquet as pq

    if not file.is_file():
        raise InputError(file, [Problem(None, "", "no such file; the fit is not whole, make it again")])
    try:
        table = pq.read_table(file)
    except (OSError, ValueError) as error:
        raise InputError(file, [Problem(None, "", f"not a Parquet file that can be read ({error})")]) from None
    problems = _draws_problems(table.column_names, [one.key for one in parameters])
    if table.num_rows != count or not count:
        problems.append(Problem(None, "", f"{table.num_rows:,} draws, but manifest.json says {count:,}"))
    if problems:
        raise InputError(file, problems)
    draws = {name: np.asarray(table.column(name).to_numpy(), dtype=np.float64) for name in table.column_names}
    broken = [name for name, column in draws.items() if not np.isfinite(column).all()]
    if broken:
        raise InputError(file, [Problem(None, name, "holds draws that are not finite numbers") for name in broken])
    return draws


def _draws_problems(columns: list[str], keys: list[str]) -> list[Problem]:
    missing = [key for key in keys if key not in columns]
    stray = [name for name in columns if name not in keys]
    return [
        *(Problem(None, key, "no column for this parameter of parameters.csv") for key in missing[:SHOWN_NAMES]),
        *([Problem(None, "", f"and {len(missing) - SHOWN_NAMES} more columns")] if len(missing) > SHOWN_NAMES else []),
        *(Problem(None, name, "a column for which parameters.csv has no row") for name in stray[:SHOWN_NAMES]),
    ]


def _check_names(folder: Path, fit: Fit) -> None:
    """Names that one file takes from another exist there."""
    keys = {parameter.key for parameter in fit.parameters}
    unknown = [
        Problem(parameter.line, "moments", f'"{name}" is not in moments.csv')
        for parameter in fit.parameters
        for name in parameter.moments
        if not fit.moments_of(name)
    ]
    if unknown:
        raise InputError(folder / "parameters.csv", unknown)
    strange = [
        Problem(one.line, "key", f'"{one.key}" is not in parameters.csv')
        for one in fit.ranks or ()
        if one.key not in keys
    ]
    if strange:
        raise InputError(folder / "sbc.csv", strange)
    told = fit.diagnostics.forecast
    if fit.forecasts is not None and told is not None and told.cells != len(fit.forecasts):
        message = f"{told.cells} cells, but table1_forecast.csv has {len(fit.forecasts)} rows"
        raise InputError(folder / "diagnostics.json", [Problem(None, "forecast.cells", message)])
