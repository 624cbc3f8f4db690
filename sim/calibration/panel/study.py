"""The whole estimation of a panel: every dyad, the common reaction in all its ways, and what the estimators are worth."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from sim.analysis.intervals import student_quantile
from sim.calibration.panel import placebo
from sim.calibration.panel.changes import Changes, Measure, dyad_changes, state_changes
from sim.calibration.panel.held_out import savings
from sim.calibration.panel.hierarchical import Marginal, Posterior, Sign, likelihood, posterior
from sim.calibration.panel.inputs import Rivalry, Spending, regions
from sim.calibration.panel.pooled import (
    LEVEL,
    OWN,
    RIVAL,
    Clusters,
    Estimate,
    dyads_alone,
    instrumented,
    jackknifed,
    mean_group,
    pooled,
    random_effects,
    weighted,
    without_noise,
)
from sim.calibration.panel.simulated import Simulated, Truth, simulated
from sim.calibration.panel.tables import CheckRow, DyadRow, EstimateRow, Tables, made

MAIN = "main estimate"
HELD_OUT = "years not fitted"
INSTRUMENTS = "levels of two years before as instruments"
ALONE, KEPT = "no shared shocks", "breaks of the rival's series left in"
LEAST_CHANGES, LEAST_PAIRS = 80, 4
LEAST_YEARS = 12  # of a dyad that is estimated by itself
FOCUS = (("SRB", "XKX"), ("XKX", "SRB"))
SHOCK_YEARS = (2014, 2015, 2022, 2023)  # the wars against Ukraine, and the year after
NO_LIMIT = float("inf")
NOISES = (0.02, 0.05, 0.08)
MEASURES: dict[Measure, str] = {
    "sum": "sum of the rivals' spending",
    "share": "rivals weighted with their share",
    "mean": "plain mean of the rivals",
}
CLUSTERS: dict[Clusters, str] = {
    "pair": "by pair, both directions together",
    "state": "by reacting state",
    "shared": "by any state in common",
}
NORMAL_90 = 1.6448536269514722

Values = dict[str, Any]
Progress = Callable[[str, int, int], None]


def estimated(
    spending: Spending, rivalries: Sequence[Rivalry], source: str, *, checks: int = 0, progress: Progress | None = None
) -> Tables:
    """All estimates of a panel.

    checks   : simulated panels and placebo lists of each kind; 0 makes none
    progress : called with what is done, how many of it, and of how many

    ValueError if the panel is too small for these estimates.
    """
    tell = progress or (lambda *_: None)
    panel = Panel(spending, tuple(rivalries))
    panel.refuse_few()
    tell("estimates", 0, 3)
    dyads = made(DyadRow, panel.dyad_rows(), source)
    tell("estimates", 1, 3)
    estimates = made(EstimateRow, panel.estimate_rows(), source)
    tell("estimates", 3, 3)
    return Tables(dyads, estimates, made(CheckRow, panel.check_rows(checks, tell) if checks else (), source))


def unused(tables: Tables, rivalries: Sequence[Rivalry]) -> tuple[str, ...]:
    """The rivalries of which no year could be used."""
    used = {frozenset((row.state, row.rival)) for row in tables.dyads}
    return tuple(f"{one.one}-{one.other}" for one in rivalries if frozenset((one.one, one.other)) not in used)


@dataclass(frozen=True)
class Panel:
    """Spending and rivalries, and what is estimated of them."""

    spending: Spending
    rivalries: tuple[Rivalry, ...]

    @property
    def by_dyad(self) -> Changes:
        return dyad_changes(self.spending, self.rivalries)

    @property
    def by_state(self) -> Changes:
        return state_changes(self.spending, self.rivalries)

    def refuse_few(self) -> None:
        """ValueError if there is too little to estimate from."""
        dyads = self.by_dyad
        pairs = len({frozenset((dyads.states[unit], dyads.rivals[unit][0])) for unit in np.unique(dyads.unit)})
        if len(dyads) < LEAST_CHANGES or pairs < LEAST_PAIRS:
            raise ValueError(
                f"{len(dyads)} yearly changes of {pairs} pairs of rivals are too few; {LEAST_CHANGES} and {LEAST_PAIRS} are needed "
                "(both states' figures in two years that follow each other, both years in the rivalry)"
            )

    # ---- dyads -------------------------------------------------------------------------------------------------------

    def dyad_rows(self) -> Iterator[Values]:
        """Every directed dyad that has a change at all."""
        by_dyad = self.by_dyad
        together = posterior(self.by_state)
        alone = {by_dyad.units[one.unit]: one for one in dyads_alone(by_dyad, least=LEAST_YEARS, net_of_year=True)}
        for place, unit in enumerate(by_dyad.units):
            years = by_dyad.year[by_dyad.unit == place]
            state, rival = by_dyad.states[place], by_dyad.rivals[place][0]
            if (together.changes.units.index(state), rival) not in together.slopes or not len(years):
                continue
            slope, long_run = together.slope(state, rival), together.elasticity(state, rival)
            yield {
                "state": state,
                "rival": rival,
                "region": regions()[state],
                "first_year": int(years.min()),
                "last_year": int(years.max()),
                "years": len(years),
                "alone": alone[unit].rival if unit in alone else None,
                "alone_error": alone[unit].rival_error if unit in alone else None,
                "mean": slope.mean,
                "sd": slope.sd,
                "low": slope.low,
                "median": slope.median,
                "high": slope.high,
                "p_negative": slope.p_negative,
                "restraint": together.slope(state).mean,
                **_long_run(long_run),
            }

    # ---- estimates ---------------------------------------------------------------------------------------------------

    def estimate_rows(self) -> Iterator[Values]:
        """The common reaction in all ways, and the two of Serbia and Kosovo."""
        yield from self._together()
        yield from self._least_squares()
        yield from self._alone()
        yield from self._lists()

    def _together(self) -> Iterator[Values]:
        """Partial pooling, as it is and in its variants; of each the mean reaction, and those of Serbia and Kosovo."""
        joint = self.by_state
        known = likelihood(joint)
        ways: dict[str, Callable[[], Posterior]] = {
            MAIN: known.posterior,
            "prior without a sign": lambda: known.posterior("either"),
            "flat prior": lambda: known.posterior("flat"),
            "no shared shocks": lambda: posterior(joint, "none"),
            "shocks of year and region": lambda: posterior(joint, "region"),
            "shocks of year and region, flat prior": lambda: posterior(joint, "region", sign="flat"),
            "trends of states": lambda: posterior(joint, trends=True),
            "trends of states, flat prior": lambda: posterior(joint, trends=True, sign="flat"),
            "shocks of year and region, trends": lambda: posterior(joint, "region", trends=True),
            "each dyad by itself": lambda: posterior(self.by_dyad),
            f"without {_listed(SHOCK_YEARS)}": lambda: posterior(_without_years(joint)),
            "breaks left in": lambda: posterior(state_changes(self.spending, self.rivalries, NO_LIMIT)),
        }
        for left_out in {self._without_state()[end][0]: None for end in (0, -1)}:
            ways[f"without {left_out}"] = partial(self._without, left_out)
        for way, make in ways.items():
            found = make()
            yield _posterior_row(
                "together", way, found, found.mean_reaction, found.mean_restraint, found.mean_elasticity()
            )
            for state, rival in FOCUS:
                unit = f"{state}-{rival}" if way == "each dyad by itself" else state
                if unit in found.changes.units and (found.changes.units.index(unit), rival) in found.slopes:
                    slope, own = found.slope(unit, rival), found.slope(unit)
                    yield _posterior_row(f"{state}-{rival}", way, found, slope, own, found.elasticity(unit, rival))

    def _without(self, left_out: str) -> Posterior:
        """The posterior without the rivalries of a state."""
        kept = [one for one in self.rivalries if left_out not in (one.one, one.other)]
        return posterior(state_changes(self.spending, kept))

    def _least_squares(self) -> Iterator[Values]:
        dyads = self.by_dyad
        joined = {
            words: state_changes(self.spending, self.rivalries, measure=measure) for measure, words in MEASURES.items()
        }
        group = "least squares"
        yield _row(group, MAIN, pooled(dyads))
        yield _row(group, "steady budgets weigh more", weighted(dyads))
        same_year, year_before = pooled(dyads, same_year=True), pooled(dyads, year_before=True)
        yield _row("short run", "with the rival's change of the same year", same_year)
        yield _row("short run", "the rival's change of the same year itself", same_year, place=2)
        yield _row("short run", "with both changes of the year before", year_before)
        yield _row("short run", "the rival's change of the year before itself", year_before, place=3)
        yield _row("shared shocks", "none", pooled(dyads, "none"))
        yield _row("shared shocks", "of year and region", pooled(dyads, "region"))
        yield _row("shared shocks", "of year and region, steady budgets weigh more", weighted(dyads, "region"))
        yield _row("shared shocks", f"without {_listed(SHOCK_YEARS)}", pooled(_without_years(dyads)))
        yield _row("trends", "of dyads", pooled(dyads, trends=True))
        yield _row("trends", "of dyads, shocks of year and region", pooled(dyads, "region", trends=True))
        for cluster, how in CLUSTERS.items():
            yield _row("errors clustered", how, pooled(dyads), clusters=cluster)
        yield _row("short panels", "half-panel jackknife", jackknifed(dyads))
        yield _row("short panels", "half-panel jackknife, shocks of year and region", jackknifed(dyads, "region"))
        for noise in NOISES:
            name = f"figures off by {100.0 * noise:g} per cent"
            yield _row("errors of measurement", name, without_noise(dyads, noise))
        yield _row("errors of measurement", INSTRUMENTS, instrumented(dyads))
        for words, changes in joined.items():
            yield _row("several rivals", words, pooled(changes))
            yield _row("several rivals", f"{words}, steady budgets weigh more", weighted(changes))
            yield _row("several rivals", f"{words}, shocks of year and region", pooled(changes, "region"))

    def _alone(self) -> Iterator[Values]:
        """Dyads by themselves, and their means."""
        kept = dyad_changes(self.spending, self.rivalries, rival_limit=NO_LIMIT)
        ways: dict[str, tuple[Changes, dict[str, bool]]] = {
            ALONE: (self.by_dyad, {}),
            "after the shocks of each year": (self.by_dyad, {"net_of_year": True}),
            "with trends": (self.by_dyad, {"trends": True}),
            "after the shocks of each year, with trends": (self.by_dyad, {"net_of_year": True, "trends": True}),
            f"{ALONE}, {KEPT}": (kept, {}),
        }
        for way, (changes, options) in ways.items():
            alone = dyads_alone(changes, least=LEAST_YEARS, **options)
            if len(alone) < 3:
                continue
            means, errors = mean_group(alone)
            count = sum(one.years for one in alone)
            values = {"rows": count, "units": len(alone)}
            own = {"restraint": -float(means[OWN]), "restraint_error": float(errors[OWN])}
            yield {**_plain("mean of dyads", way, float(means[RIVAL]), float(errors[RIVAL])), **own, **values}
            mean, error, spread = random_effects(alone)
            yield {**_plain("weighted mean of dyads", way, mean, error), **values}
            yield {**_plain("spread between dyads", way, spread, None), **values}
            for one in alone:
                if (changes.states[one.unit], changes.rivals[one.unit][0]) in FOCUS:
                    row = _plain(f"{changes.units[one.unit]} alone", way, one.rival, one.rival_error)
                    yield {
                        **row,
                        "restraint": -one.own,
                        "restraint_error": one.own_error,
                        "rows": one.years,
                        "units": 1,
                    }

    def _lists(self) -> Iterator[Values]:
        """The common reaction with parts of the list, of the years, and with other limits."""
        dyads = self.by_dyad
        middle = int(np.median(np.unique(dyads.year)))
        yield _row("years", f"to {middle}", pooled(dyads.rows(dyads.year <= middle)))
        yield _row("years", f"from {middle + 1}", pooled(dyads.rows(dyads.year > middle)))
        for region in np.unique(dyads.region):
            rest = dyads.rows(dyads.region != region)
            if rest.units_with_rows > 1:
                yield _row("without a region", str(region), pooled(rest))
        pairs = sorted({tuple(sorted((one.one, one.other))) for one in self.rivalries})
        without_pair = _ordered(dyads, {"-".join(pair): partial(_is_other_pair, pair) for pair in pairs})
        for group, found in (("without a pair", without_pair), ("without a state", self._without_state())):
            for words, (name, estimate) in (("lowest", found[0]), ("highest", found[-1])):
                yield _row(group, f"{words} of {len(found)}: {name}", estimate)
        for limit in (0.5, 1.0, NO_LIMIT):
            name = "none" if limit == NO_LIMIT else f"{limit:g}"
            yield _row("limit of a change", name, pooled(dyad_changes(self.spending, self.rivalries, limit)))
        kept = dyad_changes(self.spending, self.rivalries, rival_limit=NO_LIMIT)
        yield _row("limit of a change", "of the state's own only", pooled(kept))

    def _without_state(self) -> list[tuple[str, Estimate]]:
        """The common reaction without each state, the lowest first."""
        dyads = self.by_dyad
        return _ordered(dyads, {one: partial(_lacks, one) for one in sorted(set(dyads.states))})

    # ---- checks ------------------------------------------------------------------------------------------------------

    def check_rows(self, count: int, tell: Progress) -> Iterator[Values]:
        """Strangers, shuffled years, simulated panels, and years that were not fitted."""
        yield from self._placebo_rows(count, tell)
        for name, truth in TRUTHS.items():
            yield from self._simulated_rows(name, truth, count, tell)
        yield from self.held_out_rows()

    def held_out_rows(self) -> Iterator[Values]:
        """Years that were not fitted: what a level saves of the squared error."""
        for name, saving in savings(self.by_dyad).items():
            yield {
                "group": HELD_OUT,
                "name": name,
                "quantity": "error saved",
                "truth": 0.0,
                "mean": saving.share,
                "sd": saving.error,
                "coverage": None,
                "positive": saving.positive,
                "beyond": None,
                "draws": saving.years,
            }

    def _placebo_rows(self, count: int, tell: Progress) -> Iterator[Values]:
        dyads = self.by_dyad
        lists: dict[str, Callable[[int], Changes]] = {
            "strangers from anywhere": lambda seed: self._strangers(seed, same_regions=False),
            "strangers from the same regions": lambda seed: self._strangers(seed, same_regions=True),
            "the rival's years shuffled": lambda seed: placebo.shuffled(dyads, seed),
        }
        for group, make in lists.items():
            drawn = [make(seed) for seed in range(count)]
            for name, estimator in ESTIMATORS.items():
                found = [estimator(changes) for changes in drawn]
                observed = estimator(dyads).coefficients[RIVAL]
                yield _check(group, name, "reaction", 0.0, [_range(one, RIVAL) for one in found], float(observed))
            tell(group, count, count)

    def _strangers(self, seed: int, *, same_regions: bool) -> Changes:
        pairs = placebo.strangers(self.spending, self.rivalries, seed, same_regions=same_regions)
        return dyad_changes(self.spending, pairs)

    def _simulated_rows(self, group: str, truth: Truth, count: int, tell: Progress) -> Iterator[Values]:
        """What every estimator makes of panels whose reaction is known."""
        observed = {name: float(estimator(self.by_dyad).coefficients[RIVAL]) for name, estimator in ESTIMATORS.items()}
        known = likelihood(self.by_state)
        for name, sign in PRIORS.items():
            observed[name] = known.posterior(sign).mean_reaction.mean
        alone_observed = {name: middle for name, (middle, _, _) in _alone_ranges(self.by_dyad).items()}
        reactions: dict[str, list[Range]] = {name: [] for name in observed}
        restraints: dict[str, list[Range]] = {name: [] for name in observed}
        alone: dict[str, list[tuple[Range, float]]] = {name: [] for name in alone_observed}
        single: list[tuple[Range, float]] = []
        for seed in range(count):
            panel = simulated(self.spending, self.rivalries, truth, seed)
            dyads = dyad_changes(panel.spending, self.rivalries)
            for name, estimator in ESTIMATORS.items():
                found = estimator(dyads)
                reactions[name].append(_range(found, RIVAL))
                restraints[name].append(_range(found, OWN))
            simulated_known = likelihood(state_changes(panel.spending, self.rivalries))
            for name, sign in PRIORS.items():
                together = simulated_known.posterior(sign)
                reactions[name].append(_of(together.mean_reaction))
                restraints[name].append(_of(together.mean_restraint))
                single += _single(together, panel) if sign == "positive" else []
            for name, made_alone in _alone_ranges(dyads).items():
                state, rival = name.split("-")
                alone.setdefault(name, []).append((made_alone, panel.reactions[state, rival]))
            tell(group, seed + 1, count)
        for name, ranges in reactions.items():
            yield _check(group, name, "reaction", truth.reaction[0], ranges, observed[name])
            yield _check(group, name, "restraint", truth.restraint[0], restraints[name], None)
        yield _own_truth(group, "together", "single reactions", truth, single, None) | {"draws": count}
        for name, pairs in alone.items():
            yield _own_truth(group, f"{name} alone", "reaction", truth, pairs, alone_observed.get(name))


TRUTHS = {
    "no reaction": Truth(reaction=(0.0, 0.0), restraint=(0.05, 0.02)),
    "a small reaction": Truth(reaction=(0.02, 0.03), restraint=(0.08, 0.02)),
    "a larger reaction": Truth(reaction=(0.05, 0.03), restraint=(0.15, 0.04)),
    "no reaction, lasting shocks of regions": Truth(reaction=(0.0, 0.0), restraint=(0.05, 0.02), region_shock=0.05),
}
ESTIMATORS: dict[str, Callable[[Changes], Estimate]] = {
    "least squares": pooled,
    "least squares, shocks of year and region": partial(pooled, shocks="region"),
    "steady budgets weigh more": weighted,
    "half-panel jackknife": jackknifed,
}
PRIORS: dict[str, Sign] = {"together": "positive", "together, flat prior": "flat"}
Range = tuple[float, float, float]
"""An estimate, and the ends of its 90 % range."""


def _range(estimate: Estimate, place: int) -> Range:
    sign = -1.0 if place == OWN else 1.0
    low, high = sorted(sign * end for end in estimate.interval(place))
    return sign * float(estimate.coefficients[place]), low, high


def _of(marginal: Marginal) -> Range:
    return marginal.mean, marginal.low, marginal.high


def _single(together: Posterior, panel: Simulated) -> list[tuple[Range, float]]:
    """Every single reaction with what it was made with."""
    units = together.changes.units
    return [
        (_of(together.slope(units[unit], rival)), panel.reactions[units[unit], rival])
        for unit, rival in together.slopes
        if rival
    ]


def _check(
    group: str, name: str, quantity: str, truth: float, ranges: Sequence[Range], observed: float | None
) -> Values:
    middle, low, high = np.array(ranges).T
    return {
        "group": group,
        "name": name,
        "quantity": quantity,
        "truth": truth,
        "mean": float(middle.mean()),
        "sd": float(middle.std(ddof=1)) if len(middle) > 1 else 0.0,
        "coverage": float(np.mean((low <= truth) & (truth <= high))),
        "positive": float(np.mean(low > 0.0)),
        "beyond": None if observed is None else float(np.mean(middle >= observed)),
        "draws": len(middle),
    }


def _own_truth(
    group: str, name: str, quantity: str, truth: Truth, pairs: Sequence[tuple[Range, float]], observed: float | None
) -> Values:
    """Of estimates that each have a truth of their own."""
    held = [low <= made_with <= high for (_, low, high), made_with in pairs]
    values = _check(group, name, quantity, truth.reaction[0], [one for one, _ in pairs], observed)
    return {**values, "coverage": float(np.mean(held))}


def _alone_ranges(dyads: Changes) -> dict[str, Range]:
    """Serbia and Kosovo, each dyad by itself after the shocks of each year."""
    found = {}
    for one in dyads_alone(dyads, least=LEAST_YEARS, net_of_year=True):
        if (dyads.states[one.unit], dyads.rivals[one.unit][0]) in FOCUS:
            reach = student_quantile(0.5 + LEVEL / 2.0, one.years - 3) * one.rival_error
            found[dyads.units[one.unit]] = (one.rival, one.rival - reach, one.rival + reach)
    return found


# ---- rows ------------------------------------------------------------------------------------------------------------


def _row(group: str, name: str, estimate: Estimate, *, clusters: Clusters = "unit", place: int = RIVAL) -> Values:
    """An estimate by least squares; `place` of the coefficient that stands for the reaction."""
    errors = estimate.errors(clusters)
    low, high = estimate.interval(place, clusters)
    is_reaction = place == RIVAL
    ends = estimate.elasticity_interval(clusters) if is_reaction else (None, None)
    return {
        "group": group,
        "name": name,
        "reaction": float(estimate.coefficients[place]),
        "error": float(errors[place]),
        "low": low,
        "high": high,
        "p_negative": None,
        "restraint": -float(estimate.coefficients[OWN]),
        "restraint_error": float(errors[OWN]),
        "elasticity": estimate.elasticity if is_reaction and estimate.coefficients[OWN] < 0.0 else None,
        "elasticity_low": ends[0],
        "elasticity_high": ends[1],
        "rows": len(estimate.changes),
        "units": estimate.changes.units_with_rows,
    }


def _posterior_row(
    group: str, name: str, found: Posterior, reaction: Marginal, restraint: Marginal, long_run: Marginal
) -> Values:
    return {
        "group": group,
        "name": name,
        "reaction": reaction.mean,
        "error": reaction.sd,
        "low": reaction.low,
        "high": reaction.high,
        "p_negative": reaction.p_negative if reaction.low < 0.0 or reaction.p_negative > 0.0 else None,
        "restraint": restraint.mean,
        "restraint_error": restraint.sd,
        **_long_run(long_run),
        "rows": len(found.changes),
        "units": found.changes.units_with_rows,
    }


def _long_run(long_run: Marginal) -> Values:
    return {
        "elasticity": long_run.median,
        "elasticity_low": long_run.low,
        "elasticity_high": long_run.high,
    }


def _plain(group: str, name: str, value: float, error: float | None) -> Values:
    """A number with a normal error, or without one."""
    reach = 0.0 if error is None else NORMAL_90 * error
    blank = dict.fromkeys(
        ("p_negative", "restraint", "restraint_error", "elasticity", "elasticity_low", "elasticity_high")
    )
    return {
        "group": group,
        "name": name,
        "reaction": value,
        "error": 0.0 if error is None else error,
        "low": value - reach,
        "high": value + reach,
        **blank,
    }


def _ordered(
    changes: Changes, left_out: Mapping[str, Callable[[str, tuple[str, ...]], bool]]
) -> list[tuple[str, Estimate]]:
    """The common reaction of the units that each condition leaves, by its size."""
    parts = {name: changes.of_units(holds) for name, holds in left_out.items()}
    found = [(name, pooled(part)) for name, part in parts.items() if 1 < part.units_with_rows < changes.units_with_rows]
    return sorted(found, key=lambda each: float(each[1].coefficients[RIVAL]))


def _without_years(changes: Changes) -> Changes:
    return changes.rows(~np.isin(changes.year, SHOCK_YEARS))


def _is_other_pair(pair: tuple[str, ...], state: str, rivals: tuple[str, ...]) -> bool:
    return {state, *rivals} != set(pair)


def _lacks(left_out: str, state: str, rivals: tuple[str, ...]) -> bool:
    return left_out not in (state, *rivals)


def _listed(years: Sequence[int]) -> str:
    return f"{', '.join(map(str, years[:-1]))} and {years[-1]}"
