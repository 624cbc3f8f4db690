"""The main conclusions that a set of parameter draws leads to: what the delivery of Skydagger, or a region's own example, changes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.data.actors import named, whose
from sim.engines.simulate import PreparedScenario, simulated
from sim.ensembles.draws import FitDraws
from sim.io.quarters import index_of, quarters_of_year
from sim.model.directions import AGREED
from sim.model.network import FIRST, FOLLOWED, REGION, SECOND
from sim.model.parameters import load_parameters
from sim.model.schedule import script_of
from sim.model.variables import Series
from sim.scenario.loading import Scenario, load_scenario
from sim.scenario.mechanisms import without_mechanisms

SCENARIO = REGION.example_scenario
QUARTERS = index_of("2026Q4") + 1
MEMBERS = 800
SEED = 1
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Probe:
    """A series, when it is looked at, and whether the difference is in per cent."""

    name: str
    series: Series
    quarters: tuple[str, ...]
    is_per_cent: bool = False


@dataclass(frozen=True)
class Conclusion:
    """What the draws answer: words, and the sign that they agree on (+, - or nothing)."""

    name: str
    text: str
    sign: str


YEAR = tuple(quarters_of_year(2026))
PROBES = (
    Probe(f"{whose(FIRST)} spending in 2026", Series("spending", FIRST), YEAR, is_per_cent=True),
    Probe(f"{whose(SECOND)} spending in 2026", Series("spending", SECOND), YEAR, is_per_cent=True),
    Probe(f"{whose(FIRST)} attitude to {named(FOLLOWED)} in 2025Q4", Series("attitude", FIRST, FOLLOWED), ("2025Q4",)),
    Probe("tension in 2025Q4", Series("tension", FIRST, SECOND), ("2025Q4",)),
    Probe("hazard of an incident in 2025Q4", Series("hazard", FIRST, SECOND), ("2025Q4",)),
    Probe("hazard of an incident in 2026", Series("hazard", FIRST, SECOND), YEAR),
    Probe(
        f"{named(FIRST)} chooses {REGION.adjective} drones in 2026", Series("supplier_choice", FIRST, FOLLOWED), YEAR
    ),
)


def conclusions(draws: FitDraws, without: str | None = None) -> list[Conclusion]:
    """The answers of the default scenario under some draws, members paired as in every run.

    without : a document; the mechanisms that rest on it alone are taken out
    """
    scenario = load_scenario(SCENARIO)
    sides = [load_scenario(str(scenario.compare_to)), scenario]
    if without is not None:
        sides = [without_mechanisms(side, without) for side in sides]
    pair = [_prepared(side, draws) for side in sides]
    series = tuple(probe.series for probe in PROBES)
    members = np.arange(min(MEMBERS, draws.count), dtype=np.int64)
    before, after = (simulated(side, members, seed=SEED, quarters=QUARTERS, series=series) for side in pair)
    return [_answer(probe, before[n], after[n]) for n, probe in enumerate(PROBES)]


def _prepared(scenario: Scenario, draws: FitDraws) -> PreparedScenario:
    table = load_parameters().with_draws(draws).with_overrides(scenario.parameters)
    return PreparedScenario(scenario, table, script_of(scenario.events))


def _answer(probe: Probe, before: Values, after: Values) -> Conclusion:
    rows = [index_of(quarter) for quarter in probe.quarters]
    base, new = before[rows].mean(axis=0), after[rows].mean(axis=0)
    change = 100.0 * (new / base - 1.0) if probe.is_per_cent else new - base
    low, middle, high = np.quantile(change, (0.05, 0.5, 0.95))
    more, less = float((change > 0).mean()), float((change < 0).mean())
    sign = "+" if more >= AGREED else "-" if less >= AGREED else ""
    unit = " %" if probe.is_per_cent else ""
    share = max(more, less)
    words = f"{'higher' if more >= less else 'lower'} in {100 * share:.0f} of 100"
    return Conclusion(probe.name, f"{middle:+.2g}{unit} ({low:.2g} to {high:.2g}), {words}", sign)
