"""How stable the race of a scenario is, beside its baseline: class, pace, distance to the edge, multipliers, pairs.

Where spending would settle is told for the difference between the two worlds: the threat that deliveries and hostility
leave in a quarter, and the risk, kept as they are for good, times the multipliers. A scenario that changes events only
has the reactions of its baseline: then the class cannot move, and the place of rest can.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.dyads import LogPair, middle, mutual_rivals, pair_of
from sim.analysis.results import PER_CENT
from sim.analysis.stability import Array, Reaction, quantiles_of, reaction_of, stability_of
from sim.engines.options import check_options
from sim.engines.simulate import PreparedScenario, simulated
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.errors import InputError, Problem, suggestion
from sim.io.quarters import index_of
from sim.model.calendar import YEAR
from sim.model.network import KOSOVO, SERBIA, network
from sim.model.parameter_table import ParameterTable
from sim.model.variables import Series
from sim.plots.phase_portrait import Portrait
from sim.report.caveats import fit_label
from sim.report.stability_text import AT, REST
from sim.rules.spending import incident_probability, insecurity
from sim.runs.run import prepared_scenarios
from sim.scenario.loading import Scenario

CHECKED = 1000  # worlds, as many as a run has by default


@dataclass(frozen=True)
class PairFinding:
    """The two-nation condition of two rivals alone, over members.

    margin      : quantiles of what drives the pair over what holds it back; below one it settles
    is_stable   : share of members in which it does
    eigenvalue  : per year, of the pair of medians
    """

    states: tuple[str, str]
    margin: dict[str, Any]
    is_stable: float
    eigenvalue: float


@dataclass(frozen=True)
class RaceStability:
    """What the local analysis says of a scenario and of what it is compared to.

    reactions : of the baseline, where there is one, and of the scenario; members first
    plans     : [m USD2023/yr] median spending of each state in `AT`, baseline
    settling  : state -> per cent of spending by which the scenario moves the place of rest, quantiles over the worlds that
                settle; empty without a baseline, or where none settles
    """

    scenario: Scenario
    baseline: Scenario | None
    members: int
    seed: int
    fit: str
    theory: str | None
    settings: tuple[str, ...]
    reactions: tuple[Reaction, ...]
    plans: Array
    settling: dict[str, dict[str, Any]]

    @property
    def reaction(self) -> Reaction:
        return self.reactions[-1]

    def pair(self, states: tuple[str, str]) -> LogPair:
        """Two states of the race made of the medians."""
        return pair_of(middle(self.reaction), states)

    def plans_of(self, states: tuple[str, str]) -> tuple[float, float]:
        """Planned spending of two states [m USD2023/yr]."""
        one, other = (float(self.plans[network().states.index(code)]) for code in states)
        return one, other

    def portrait(self, states: tuple[str, str]) -> Portrait:
        """What the phase portrait of two states shows."""
        return Portrait(
            self.pair(states), self.plans_of(states), self.scenario.title, self.members, self.seed, fit_label(self.fit)
        )

    def pairs(self) -> tuple[PairFinding, ...]:
        """The two-nation condition of every two that are rivals of each other."""
        return tuple(self._pair_finding(states) for states in mutual_rivals())

    def _pair_finding(self, states: tuple[str, str]) -> PairFinding:
        weights = np.array([pair_of(self.reaction.member(m), states).weights for m in range(self.members)])
        margin = weights[:, 1] / weights[:, 0]
        leading = self.pair(states).linear((1.0, 1.0)).stability_eigenvalue
        return PairFinding(states, quantiles_of(margin) or {}, float((margin < 1.0).mean()), leading)

    def multipliers(self) -> Array:
        """Long-run response of log spending to a lasting push in the worlds that settle, (members, states, states)."""
        settles = self.reaction.stability_eigenvalue() < 0.0
        return self.reaction.multipliers()[settles]

    def moved(self) -> dict[str, Any] | None:
        """How the scenario moves the eigenvalue and the radius, member by member; None without a baseline."""
        if len(self.reactions) == 1:
            return None
        base, ours = self.reactions
        return {
            "eigenvalue_per_year": quantiles_of(ours.stability_eigenvalue() - base.stability_eigenvalue()),
            "spectral_radius": quantiles_of(ours.spectral_radius() - base.spectral_radius()),
        }


def race_stability(
    scenario: str | Path | Scenario,
    *,
    members: int = CHECKED,
    seed: int = 1,
    settings: Sequence[str] = (),
    fit: str = DEFAULT_FIT,
    theory: str | None = None,
) -> RaceStability:
    """Stability of a scenario and of its baseline over the same members; InputError for anything wrong with the input."""
    check_options(members, seed, AT, "compiled", fit, "none", theory)
    worlds = prepared_scenarios(scenario, settings, theory, fit)
    drawn = [_drawn(one.parameters, members, seed) for one in worlds]
    reactions = tuple(reaction_of(one.parameters, d) for one, d in zip(worlds, drawn, strict=True))
    recorded = [_recorded(one, members, seed) for one in worlds]
    return RaceStability(
        scenario=worlds[-1].scenario,
        baseline=worlds[0].scenario if len(worlds) > 1 else None,
        members=members,
        seed=seed,
        fit=fit,
        theory=theory,
        settings=tuple(settings),
        reactions=reactions,
        plans=np.median(recorded[0]["spending"], axis=1),
        settling={} if len(worlds) == 1 else _settling(worlds, drawn, reactions, recorded),
    )


def _drawn(table: ParameterTable, members: int, seed: int) -> Array:
    from sim.engines.compiled.engine import drawn_parameters

    return drawn_parameters(table, members=np.arange(members, dtype=np.int64), seed=seed)


def _recorded(one: PreparedScenario, members: int, seed: int) -> dict[str, Array]:
    """Spending, arms and threat of every state, and the risk, in the quarter `AT`: name -> (series, members)."""
    names = ("spending", "capital_stock", "threat")
    series = [Series(name, state) for name in names for state in network().states] + [Series("hazard", SERBIA, KOSOVO)]
    quarters = index_of(AT) + 1
    last = simulated(one, range(members), seed=seed, quarters=quarters, series=series)[:, -1]
    size = len(network().states)
    found = {name: last[place * size : (place + 1) * size] for place, name in enumerate(names)}
    return {**found, "hazard": last[-1:]}


# ---- where spending settles ------------------------------------------------------------------------------------------


def _settling(
    worlds: Sequence[PreparedScenario],
    drawn: Sequence[Array],
    reactions: Sequence[Reaction],
    recorded: Sequence[dict[str, Array]],
) -> dict[str, dict[str, Any]]:
    """Per cent by which the place of rest of each state's spending moves from the baseline to the scenario."""
    rest = [
        _rest(one.parameters, d, reaction, found)
        for one, d, reaction, found in zip(worlds, drawn, reactions, recorded, strict=True)
    ]
    settles = np.logical_and(*(reaction.stability_eigenvalue() < 0.0 for reaction in reactions))
    if not settles.any():
        return {}
    change = PER_CENT * np.expm1(rest[1] - rest[0])[settles]
    return {state: quantiles_of(change[:, place]) or {} for place, state in enumerate(network().states)}


def _rest(table: ParameterTable, drawn: Array, reaction: Reaction, found: dict[str, Array]) -> Array:
    """Log spending at rest under the standing push of a quarter, (members, states), up to what both worlds share."""
    stocks = np.log(found["capital_stock"].T)
    standing = found["threat"].T - np.einsum("mij,mj->mi", reaction.net_shares, stocks)
    push = reaction.reaction * standing
    risk = _risk(table, drawn, found["hazard"][0])
    for state in (SERBIA, KOSOVO):
        push[:, network().states.index(state)] += risk
    return np.einsum("mij,mj->mi", reaction.multipliers(), push)


def _risk(table: ParameterTable, drawn: Array, hazard: Array) -> Array:
    """What the risk of incidents adds to desired spending, (members,)."""
    names = ("hazard_reference", "outlay_per_probability", "fatal_share", "coupling")
    rows = zip(*(drawn[table.offset(name)].tolist() for name in names), hazard.tolist(), strict=True)
    return np.array([
        insecurity(
            probability=incident_probability(hazard=now, years=YEAR),
            probability_reference=incident_probability(hazard=usual, years=YEAR),
            outlay_per_probability=outlay,
            fatal_share=coupling * fatal,
        )
        for usual, outlay, fatal, coupling, now in rows
    ])  # fmt: skip


# ---- words of the command line, and the document ---------------------------------------------------------------------


def dyad_of(text: str) -> tuple[str, str]:
    """Two states of a word such as SRB-XKX; InputError names the states."""
    parts = text.upper().split("-")
    states = network().states
    problems = []
    if len(parts) != 2 or parts[0] == parts[-1]:
        problems.append(f'"{text}" is no pair; write two states, such as SRB-XKX or GRC-TUR')
    else:
        problems += [
            f'"{code}" is not one of {", ".join(states)}{suggestion(code, states)}'
            for code in parts
            if code not in states
        ]
    if problems:
        raise InputError("options", [Problem(None, "dyad", problem) for problem in problems])
    return parts[0], parts[1]


def median_multipliers(found: RaceStability) -> list[list[float]] | None:
    """Median multipliers, a row for each state that answers; None where no world settles."""
    multipliers = found.multipliers()
    return np.median(multipliers, axis=0).round(6).tolist() if len(multipliers) else None


def document(found: RaceStability, dyad: tuple[str, str], files: Sequence[Path] = ()) -> dict[str, Any]:
    """What `stability --format json` prints."""
    pair = found.pair(dyad)
    plans = found.plans_of(dyad)
    linear = pair.linear(plans)
    return {
        "scenario": found.scenario.id,
        "baseline": None if found.baseline is None else found.baseline.id,
        "members": found.members,
        "seed": found.seed,
        "fit": found.fit,
        "theory": found.theory,
        "settings": list(found.settings),
        "stability": stability_of(found.reaction),
        "baseline_stability": None if found.baseline is None else stability_of(found.reactions[0]),
        "moved_by_scenario": found.moved(),
        "pairs": [
            {"states": list(one.states), "margin": one.margin, "share_stable": one.is_stable, "eigenvalue_per_year": one.eigenvalue}
            for one in found.pairs()
        ],
        "dyad": {
            "states": list(dyad),
            "class": pair.race_class(),
            "holds_back": pair.weights[0],
            "drives": pair.weights[1],
            "plans": list(plans),
            "linear": {
                "reaction": [float(linear.reaction[0, 1]), float(linear.reaction[1, 0])],
                "fatigue": linear.fatigue.tolist(),
                "grievance": linear.grievance.tolist(),
                "eigenvalues": linear.eigenvalues.real.tolist(),
            },
        },
        "multipliers": {"states": list(network().states), "median": median_multipliers(found)},
        "settling_per_cent": found.settling,
        "settling_means": REST,
        "files": [str(file) for file in files],
    }  # fmt: skip
