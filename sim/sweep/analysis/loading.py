"""A finished sweep as its analyses read it: what was varied, what was measured, and one row for each run.

A run is one world (a design point and a member) under one scenario. Analyses of inputs look at design points: the outcome of
a point is the mean over its members, or the mean of the paired difference between two scenarios.
"""

import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, NoReturn

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict

from sim.data import region
from sim.ensembles.parquet import read_parquet
from sim.io.errors import InputError, format_fault, refusal, suggestion
from sim.io.files import read_json
from sim.io.formatting import few_of
from sim.io.provenance import digest_of
from sim.io.schema import validated
from sim.io.suggestions import MOST, meant_by, names_offered
from sim.io.yaml_reader import Document
from sim.sweep.expressions import expression, value_of
from sim.version import __version__

Array = NDArray[np.float64]
MANIFEST, RUNS, DONE = "manifest.json", "runs.parquet", "done"
CELLS_MAX = 100_000_000
WORLD = ["point", "member"]
EVENTS, BASELINE = "events.", "baseline"
ALL, ELSEWHERE, EVERYBODY = "all", "other", "not of one actor"


Text = Annotated[str, BeforeValidator(lambda text: "" if text is None else text)]  # null where there is nothing to say
Actor = Annotated[str, BeforeValidator(lambda code: "" if code in (None, ALL) else code)]


class _Held(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class _Column(_Held):
    """What stands in a column of the table."""

    name: str
    unit: Text = ""
    actor: Actor = ""


class LoadedInput(_Column):
    """Something that the sweep varied. low and high are its ends as declared, in its unit; actor and mechanism its groups."""

    low: float | None = None
    high: float | None = None
    mechanism: Text = ""

    def group(self, by: str) -> str:
        """The group it belongs to, by actor or by mechanism; by input it is one of its own."""
        return {"input": self.name, "actor": self.actor or EVERYBODY, "mechanism": self.mechanism or ELSEWHERE}[by]


class LoadedMetric(_Column):
    """Something that the sweep measured, once in each run."""

    variable: Text = ""
    counterpart: Text = ""
    when: Text = ""

    @property
    def is_moment(self) -> bool:
        """Whether it is the time at which something first happens; in some runs it never does."""
        return self.when.startswith("first")


class LoadedScenario(_Held):
    """A scenario of the sweep, resolved, as far as it is read."""

    name: str
    compare_to: str | None = None
    costs: str = ""
    theory: str | None = None
    parameters: dict[str, Any] = {}
    events: list[dict[str, Any]] = []

    def other_world(self, base: "LoadedScenario") -> tuple[str, ...]:
        """In which numbers and theory it differs from another, which nobody chooses."""
        keys = [
            key
            for key in dict.fromkeys((*self.parameters, *base.parameters))
            if self.parameters.get(key) != base.parameters.get(key)
        ]
        return (*keys, *([f"the theory {self.theory}"] if self.theory != base.theory else []))


class SweepManifest(_Held):
    """What the manifest of a sweep holds, as far as it is read."""

    name: Text = ""
    design: dict[str, Any]
    inputs: list[LoadedInput]
    metrics: list[LoadedMetric]
    scenarios: list[LoadedScenario] = []
    identity: dict[str, Any] = {}
    points: int = 0
    members: int = 0
    seed: int | None = None
    chunk_runs: int = 0
    common_random_numbers: bool = True
    complete: bool = True
    runs_sha256: str = ""


@dataclass(frozen=True)
class PointOutcomes:
    """One outcome over the design points.

    inputs  : (points, inputs), in the units of the inputs
    outcome : (points,); not a number where no member has one
    members : runs that the outcome of a point is the mean of, at most
    within  : share of the variance of single worlds that lies between members of the same point; None with one member
    missing : share of single worlds without an outcome
    """

    inputs: Array
    outcome: Array
    members: int
    within: float | None
    missing: float


@dataclass(frozen=True, repr=False)
class Sweep:
    """A finished sweep; `runs` is the pandas frame of all rows, failed ones included, in the order of the design."""

    folder: Path
    manifest: SweepManifest
    runs: Any = field(repr=False)

    def __repr__(self) -> str:
        return f"Sweep({self.name}: {len(self.runs):,} rows, {len(self.inputs)} inputs, {len(self.metrics)} metrics)"

    @property
    def name(self) -> str:
        return self.manifest.name or self.folder.resolve().name

    @property
    def design(self) -> dict[str, Any]:
        return self.manifest.design

    @property
    def inputs(self) -> list[LoadedInput]:
        return self.manifest.inputs

    @property
    def metrics(self) -> list[LoadedMetric]:
        return self.manifest.metrics

    @cached_property
    def scenarios(self) -> tuple[str, ...]:
        """Names, in the order of the table."""
        return tuple(dict.fromkeys(self.runs["scenario"]))

    @property
    def kind(self) -> str:
        return str(self.design.get("kind", ""))

    @cached_property
    def done(self) -> Any:
        return self.runs[self.runs["status"] == DONE]

    @property
    def made_by(self) -> str:
        """Program, model and sweep, for the foot of a picture."""
        model = self.manifest.identity.get("model_version")
        return f"armsrace {__version__}{f', model {model}' if model else ''}, sweep {self.name}"

    @cached_property
    def sides(self) -> dict[str, LoadedScenario]:
        """Scenarios as the manifest has them, by name; empty where it has none."""
        return {scenario.name: scenario for scenario in self.manifest.scenarios}

    def lacking(self, scenario: str) -> frozenset[str]:
        """Inputs that cannot move a scenario: sizes of events that it does not have."""
        if scenario not in self.sides:
            return frozenset()
        ids = {str(event.get("id")) for event in self.sides[scenario].events}
        sizes = [input_.name for input_ in self.inputs if input_.name.startswith(EVENTS)]
        return frozenset(name for name in sizes if name.removeprefix(EVENTS).rpartition(".")[0] not in ids)

    def compared_with(self, scenario: str) -> str | None:
        """The scenario of the sweep that this one is compared with by its file, or `baseline`; None for such a one itself."""
        named = self.sides[scenario].compare_to if scenario in self.sides else None
        others = [name for name in (named, BASELINE) if name in self.scenarios and name != scenario]
        return others[0] if others and scenario != BASELINE else None

    @property
    def is_paired(self) -> bool:
        """Whether a world has the same draws in every scenario."""
        return self.manifest.common_random_numbers

    @property
    def is_one_simulation(self) -> bool:
        """Whether all points are the same member of the same seed, so that no other draws and no other luck were looked at."""
        return self.is_paired and self.kind != "ensemble" and self.manifest.members == 1

    @property
    def failed(self) -> int:
        return len(self.runs) - len(self.done)

    @property
    def seed(self) -> int:
        """Seed of the sweep; resampling starts from it too, so that the same table gives the same intervals."""
        return int(self.runs["seed"].iloc[0]) if self.manifest.seed is None else self.manifest.seed

    def frame(self) -> Any:
        """All rows as a pandas DataFrame; `attrs["units"]` names the unit of every column that has one."""
        shown = self.runs.copy()
        shown.attrs["units"] = {column.name: column.unit for column in (*self.inputs, *self.metrics) if column.unit}
        return shown

    def metric(self, name: str) -> LoadedMetric:
        """The metric of this name, or the only one that the name is a short form of; InputError with the nearest names."""
        by_name = {column.name: column for column in self.metrics}
        meant = meant_by(name, by_name)
        if len(meant) > 1:
            self.refuse("metric", f'"{name}" fits {len(meant)} metrics; name one: {few_of(meant, MOST)}')
        if not meant:
            self.refuse("metric", f'the sweep has no metric "{name}"{names_offered(name, by_name)}')
        return by_name[meant[0]]

    def range_of(self, name: str) -> tuple[float, float]:
        """The range of an input as declared, or where none is declared, as it was drawn."""
        ends = {input_.name: (input_.low, input_.high) for input_ in self.inputs}[name]
        known = [float(end) for end in (*ends, self.runs[name].min(), self.runs[name].max()) if end is not None]
        return min(known), max(known)

    def scenario(self, name: str) -> str:
        """The name, if the sweep has such a scenario; else InputError."""
        if name not in self.scenarios:
            self.refuse("scenario", f'the sweep has no scenario "{name}"{suggestion(name, self.scenarios)}')
        return name

    def with_metric(self, name: str, values: Any, *, unit: str = "") -> "Sweep":
        """The sweep with a metric of one's own beside those that it measured.

        values : an expression over columns ("spending.SRB.2026 / spending.XKX.2026"), a function of the frame of runs, or a number for
                 each of its rows
        """
        runs = self.runs
        try:
            if isinstance(values, str):
                values = value_of(values, {column: runs[column].to_numpy() for column in expression(values).names})
            column = np.asarray(values(runs) if callable(values) else values, dtype=np.float64)
            column = np.where(np.isfinite(column), column, np.nan) + np.zeros(len(runs))
        except (KeyError, TypeError, ValueError) as error:
            self.refuse(name, f"cannot be a metric: {error}; columns are named as in sim.load_sweep(folder).runs")
        if name in runs.columns:
            self.refuse(name, "is a column of the sweep already; choose another name")
        metrics = [*self.metrics, LoadedMetric(name=name, unit=unit)]
        manifest = self.manifest.model_copy(update={"metrics": metrics})
        return Sweep(self.folder, manifest, runs.assign(**{name: column}))

    def refuse(self, where: str, message: str) -> NoReturn:
        raise refusal(self.folder, message, where)

    def points(self, metric: str, scenario: str, against: str | None = None) -> PointOutcomes:
        """One metric under one scenario, or its paired difference to another, by design point."""
        values = self.worlds(metric)[scenario]
        if against is not None:
            values = values - self.worlds(metric)[against]
        by_point = values.groupby(level="point", sort=True)
        mean, members, total = by_point.mean(), int(by_point.count().max()), float(values.var(ddof=0))
        inputs = self.runs.groupby("point", sort=True)[[input_.name for input_ in self.inputs]].first()
        within = None
        if members > 1 and total > 0.0:
            within = float((values - by_point.transform("mean")).pow(2).mean()) / total
        outcome = mean.reindex(inputs.index).to_numpy()
        return PointOutcomes(inputs.to_numpy(np.float64), outcome, members, within, float(values.isna().mean()))

    def inputs_by_world(self) -> Any:
        """The inputs as a pandas frame: a row for each point and member."""
        return self.runs.groupby(WORLD, sort=True)[[input_.name for input_ in self.inputs]].first()

    def worlds(self, metric: str) -> Any:
        """A metric as a pandas frame: a row for each point and member, a column for each scenario; failed runs are blank."""
        shown = self.runs[[*WORLD, "scenario", metric]].copy()
        shown.loc[self.runs["status"] != DONE, metric] = np.nan
        return shown.pivot(index=WORLD, columns="scenario", values=metric)[list(self.scenarios)]


def load_sweep(folder: str | Path) -> Sweep:
    """The finished sweep in a folder. InputError where there is none, where it is unfinished, or where its table is not ours."""
    place = Path(folder)
    manifest = manifest_in(place)
    runs = runs_in(place, manifest)
    return Sweep(place, manifest, runs)


def manifest_in(place: Path) -> SweepManifest:
    """The manifest of a sweep."""
    where, message = place, ""
    try:
        manifest = read_json(place / MANIFEST)
        if not isinstance(manifest, dict) or not {"design", "inputs", "metrics"} <= set(manifest):
            message = "is no sweep; name the folder that armsrace sweep wrote, not that of a run"
    except OSError:
        message = "holds no sweep (no manifest.json); name the folder that armsrace sweep wrote"
    except InputError:
        raise
    except ValueError:
        where, message = place / MANIFEST, "is no JSON; run the sweep again"
    if message:
        raise refusal(where, message) from None
    if (fault := format_fault(manifest.get("format_version"))) is not None:
        raise refusal(place / MANIFEST, fault, "format_version")
    region.refuse_other(place / MANIFEST, manifest.get("identity") or {})
    return validated(SweepManifest, Document(place / MANIFEST, manifest))


def runs_in(place: Path, manifest: SweepManifest) -> Any:
    """The finished table, by point, member and scenario."""
    import pandas as pd  # noqa: F401  pyarrow would load it in compiled code, which swallows a request to stop

    if not manifest.complete or not (place / RUNS).is_file():
        message = (
            f"the sweep is unfinished ({progress_words(place, manifest)}); repeat armsrace sweep with the same design and folder: "
            "it goes on where it stopped"
        )
        raise refusal(place, message)
    file = place / RUNS
    check_table(file, manifest)
    table = read_parquet(file, CELLS_MAX, "run the sweep again")
    runs = table.replace_schema_metadata(None).to_pandas()
    if not (runs["status"] == DONE).any():
        raise refusal(place / RUNS, "no run succeeded; the column `error` says why")
    return runs.sort_values(WORLD, kind="stable", ignore_index=True)


def check_table(file: Path, manifest: SweepManifest) -> None:
    """InputError for a table that is not the one that its manifest was written for."""
    if digest_of(file) != manifest.runs_sha256:
        message = (
            "was changed since the sweep wrote it: its SHA-256 is not that of manifest.json; repeat armsrace sweep with the same "
            "design and folder, which makes it again, and add columns of your own with sim.load_sweep(folder).with_metric(...)"
        )
        raise refusal(file, message)


def progress_words(place: Path, manifest: SweepManifest) -> str:
    """How far an unfinished sweep is."""
    written = len(list((place / "chunks").glob("chunk-*.parquet")))
    runs, size = manifest.points * manifest.members, manifest.chunk_runs
    return f"{written} of {-(-runs // size)} chunks" if size else f"{written} chunks so far"


def experiments_outcomes(folder: "str | Path | Sweep") -> tuple[Any, dict[str, Array]]:
    """A finished sweep as the pair (experiments, outcomes) that the EMA workbench's analyses take. A workbench that is loaded is told of
    the outcomes, so that its `save_results` knows them.

    returns : a pandas frame with a row for each run that succeeded: the varied inputs, then `scenario` (the world: point and
              member), `policy` (our scenario) and `model`; and for each metric an array with a number for each of these rows

    Raises InputError where the folder holds no finished sweep.
    """
    sweep = folder if isinstance(folder, Sweep) else load_sweep(folder)
    if (workbench := sys.modules.get("ema_workbench")) is not None:
        for metric in sweep.metrics:
            workbench.ScalarOutcome(metric.name)
    done = sweep.done.reset_index(drop=True)
    experiments = done[[input_.name for input_ in sweep.inputs]].copy()
    experiments["scenario"] = done["point"].astype(str) + "-" + done["member"].astype(str)
    experiments["policy"] = done["scenario"]
    experiments["model"] = "armsrace"
    return experiments, {metric.name: done[metric.name].to_numpy(dtype=np.float64) for metric in sweep.metrics}
