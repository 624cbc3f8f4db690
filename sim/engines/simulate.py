"""Scenarios with their parameters and their scripts, and what either engine makes of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.engines.options import CHUNK, RunOptions
from sim.ensembles.draws import parameters_of_member
from sim.ensembles.registry import PRIOR, fitted
from sim.io import plugged
from sim.io.errors import refusal
from sim.io.progress import Progress, advanced
from sim.io.provenance import sources_digest
from sim.io.quarters import name_of
from sim.model.parameter_table import ParameterTable
from sim.model.parameters import load_parameters
from sim.model.schedule import Script, script_of
from sim.model.theories import theory
from sim.model.variables import RANGES, Series, is_in_range
from sim.scenario.loading import Scenario, load_scenario
from sim.scenario.overrides import apply_settings


@dataclass(frozen=True)
class PreparedScenario:
    """One side of a comparison, ready to be simulated."""

    scenario: Scenario
    parameters: ParameterTable
    script: Script


def prepared_scenario(scenario: Scenario, theory_name: str | None = None, fit: str = PRIOR) -> PreparedScenario:
    """A scenario with its parameters, under a rival theory if one is named, and its script."""
    return PreparedScenario(scenario, parameters_for(scenario, theory_name, fit), script_of(scenario.events))


def prepared_scenarios(
    scenario: str | Path | Scenario, settings: Sequence[str], theory_name: str | None, fit: str
) -> tuple[PreparedScenario, ...]:
    """The baseline, if there is one, and the scenario; settings go to both where both have the name."""
    chosen = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    scenarios = [apply_settings(chosen, settings)]
    if chosen.compare_to is not None:
        base = load_scenario(chosen.compare_to)
        if base.id == chosen.id:
            message = (
                f"this scenario and the one that it is compared with are both called {base.id}; rename one of the files"
            )
            raise refusal(chosen.file, message, "compare_to")
        scenarios.insert(0, apply_settings(base, [one for one in settings if is_known(one, base)]))
    return tuple(prepared_scenario(one, theory_name, fit) for one in scenarios)


def is_known(setting: str, scenario: Scenario) -> bool:
    """Whether a scenario has what a setting changes: every one has the parameters, and the events are its own."""
    id_ = setting.partition("=")[0].strip().rsplit(".", 1)[0].removeprefix("events.")
    return not setting.startswith("events.") or id_ in {event.id for event in scenario.events}


def parameters_for(scenario: Scenario, theory_name: str | None, fit: str) -> ParameterTable:
    """The parameters of a fit with the overrides of a rival theory and then of the scenario."""
    return untouched_parameters(theory_name, fit).with_overrides(scenario.parameters)


def untouched_parameters(theory_name: str | None, fit: str) -> ParameterTable:
    """The parameters of a fit with the overrides of a rival theory, whatever the scenario."""
    table = fitted(load_parameters(), fit)
    return table if theory_name is None else table.with_overrides(theory(theory_name).parameters)


def equations_digest(engine: str = "compiled") -> str:
    """Digest of all that makes a member's numbers out of its parameters and its script: of the translated equations, whatever their
    comments, or of the sources of the Mesa model."""
    if engine == "compiled":
        digest: str = import_module("sim.engines.compiled.library").current_digest()
        return digest
    return sources_digest(("data", "engines/agents", "model", "rules"))


def simulated(
    prepared: PreparedScenario, members: Sequence[int] | NDArray[np.int64], *, seed: int, quarters: int,
    engine: str = "compiled", series: Sequence[Series] | None = None, threads: int | None = None,
    progress: Callable[[int], None] | None = None, chance_seed: int | None = None,
) -> NDArray[np.float64]:  # fmt: skip
    """Recorded members of one scenario by either engine, (series, quarters, members)."""
    module = import_module("sim.engines.compiled.engine" if engine == "compiled" else "sim.engines.agents.model")
    try:
        recorded: NDArray[np.float64] = module.simulate(
            prepared.parameters, prepared.script, members=members, seed=seed, quarters=quarters, series=series,
            threads=threads, progress=progress, chance_seed=chance_seed,
        )  # fmt: skip
    except NotFiniteError as error:
        if plugged.RULES or plugged.AGENTS:
            check_plugged(prepared, error.member, seed=seed, quarters=quarters, chance_seed=chance_seed)
            whose = next(iter(plugged.FILES.values()))[0]
            raise refusal(
                whose, f"{error}; each number that the plug-in gives is right, and what comes of them is not"
            ) from error
        raise
    return recorded


class NotFiniteError(FloatingPointError):
    """A recorded number of a member is not finite, or with a plug-in outside the range of its variable."""

    def __init__(self, message: str, member: int) -> None:
        super().__init__(message)
        self.member = member


def check_finite(
    recorded: NDArray[np.float64], series: Sequence[Series], members: Sequence[int] | NDArray[np.int64]
) -> None:
    """NotFiniteError for the first number of what members recorded, (series, quarters, members), that is not finite, or with a plug-in
    outside the range of its variable."""
    if plugged.RULES or plugged.AGENTS:
        _check_ranges(recorded, series, members)
    if all(np.isfinite(values).all() for values in recorded):  # one at a time, for room
        return
    place, quarter, column = np.argwhere(~np.isfinite(recorded))[0]
    one, member = series[place], int(members[column])
    name = " ".join(part for part in (one.variable, one.actor, one.counterpart) if part)
    raise NotFiniteError(f"{name} is not finite in quarter {name_of(quarter)} of member {member}", member)


def _check_ranges(
    recorded: NDArray[np.float64], series: Sequence[Series], members: Sequence[int] | NDArray[np.int64]
) -> None:
    for one, values in zip(series, recorded, strict=True):
        least, most = RANGES.get(one.variable, (-np.inf, np.inf))
        for quarter, column in np.argwhere((values < least) | (values > most))[:1]:
            member = int(members[column])
            fault = f"{one.name} is {values[quarter, column]:g}, outside {least:g} to {most:g}"
            raise NotFiniteError(f"{fault}, in quarter {name_of(quarter)} of member {member}", member)


def check_plugged(
    prepared: PreparedScenario, member: int, *, seed: int, quarters: int, chance_seed: int | None = None
) -> None:
    """InputError for the first function of a plug-in that fails, or gives a number that is not finite or out of range, in a member; it is
    run by the Mesa model, which calls them as they stand."""
    model = import_module("sim.engines.agents.model").RegionModel(
        parameters=prepared.parameters, script=prepared.script, seed=seed, member=member, chance_seed=chance_seed
    )
    with plugged.watched(is_in_range) as found:
        for quarter in range(quarters):
            try:
                model.step()
            except Exception as error:
                found += [fault for fault in [plugged.fault_of(error)] if fault is not None]
                if not found:
                    raise
            if found:
                raise found[0].refusal(
                    f"in {name_of(quarter)} of member {member}; give a finite number within its range for whatever is asked"
                )


def drawn_parameters(table: ParameterTable, count: int, *, seed: int, engine: str = "compiled") -> NDArray[np.float64]:
    """Drawn parameters of the first members, (rows of the table, members)."""
    members = np.arange(count, dtype=np.int64)
    if engine == "compiled":
        drawn: NDArray[np.float64] = import_module("sim.engines.compiled.engine").drawn_parameters(
            table, members=members, seed=seed
        )
        return drawn
    return np.array([parameters_of_member(table, seed, int(member)) for member in members]).T


def simulate_pairs(
    scenarios: Sequence[PreparedScenario],
    options: RunOptions,
    series: Sequence[Series],
    progress: Progress | None = None,
) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.float64]]]:
    """Simulate several scenarios over the same members, chunk after chunk, with the same draws and luck in all of them.

    yields : place of the scenario; numbers of the members; what they recorded, (series, quarters, members)
    """
    done, total = 0, options.members * len(scenarios)
    if plugged.RULES or plugged.AGENTS:  # bounds of the model may swallow what these give, so that no record shows it
        check_plugged(scenarios[-1], 0, seed=options.seed, quarters=options.quarters)
    if options.engine == "compiled":
        import_module("sim.engines.compiled.library").library(total)

    def advance(count: int) -> None:
        nonlocal done
        done += count
        advanced(progress, "simulating", done, total)

    for start in range(0, options.members, CHUNK):
        members = np.arange(start, min(start + CHUNK, options.members), dtype=np.int64)
        for place, prepared in enumerate(scenarios):
            recorded = simulated(
                prepared, members, seed=options.seed, quarters=options.quarters, engine=options.engine, series=series,
                threads=options.threads, progress=advance,
            )  # fmt: skip
            yield place, members, recorded
