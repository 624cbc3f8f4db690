"""The whole estimation of a panel: every dyad, the common reaction in all its ways, and what the estimators are worth."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from scipy.special import stdtrit

from sim.calibration.panel import pooled as squares
from sim.calibration.panel.changes import Changes, changes_of
from sim.calibration.panel.held_out import savings
from sim.calibration.panel.hierarchical import Likelihood, Posterior, Sign, likelihood
from sim.calibration.panel.inputs import Rivalry, Spending, regions
from sim.calibration.panel.pooled import NORMAL_90, OWN, RIVAL, Clusters, Estimate
from sim.calibration.panel.simulated import Truth, shuffled, simulated, strangers
from sim.calibration.panel.tables import Tables, made
from sim.data.region import region
from sim.io.progress import Progress
from sim.io.templates import wordings

LEAST_CHANGES, LEAST_PAIRS = 80, 4
LEAST_YEARS = 12  # of a dyad that is estimated by itself
FOCUS = (region().sides, region().sides[::-1])
TRUTHS = {
    "no reaction": Truth(reaction=(0.0, 0.0), restraint=(0.05, 0.02)),
    "a small reaction": Truth(reaction=(0.02, 0.03), restraint=(0.08, 0.02)),
    "a larger reaction": Truth(reaction=(0.05, 0.03), restraint=(0.15, 0.04)),
    "no reaction, lasting shocks of regions": Truth(reaction=(0.0, 0.0), restraint=(0.05, 0.02), region_shock=0.05),
}
PRIORS: dict[str, Sign] = {"together": "positive", "together, flat prior": "flat"}
BLANK = None, None, None
Values = tuple[Any, ...]
"""The cells of a row, in the order of its table, without status and source."""


def unused(tables: Tables, rivalries: Sequence[Rivalry]) -> tuple[str, ...]:
    """The rivalries of which no year could be used."""
    used = {frozenset((row.state, row.rival)) for row in tables.dyads}
    return tuple(f"{one.one}-{one.other}" for one in rivalries if frozenset((one.one, one.other)) not in used)


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
    dyads = panel.dyads
    pairs = len({frozenset(dyads.members[unit]) for unit in np.unique(dyads.unit)})
    if len(dyads) < LEAST_CHANGES or pairs < LEAST_PAIRS:
        raise ValueError(
            f"{len(dyads)} yearly changes of {pairs} pairs of rivals are too few; {LEAST_CHANGES} and {LEAST_PAIRS} are needed "
            "(both states' figures in two years that follow each other, both years in the rivalry)"
        )
    tell("estimates", 0, 3)
    every_dyad = made("dyads", panel.dyad_rows(), source)
    tell("estimates", 1, 3)
    estimates = made("estimates", panel.estimate_rows(), source)
    tell("estimates", 3, 3)
    return Tables(every_dyad, estimates, made("checks", panel.check_rows(checks, tell) if checks else (), source))


@dataclass(frozen=True)
class Panel:
    """Spending and rivalries, and what is estimated of them."""

    spending: Spending
    rivalries: tuple[Rivalry, ...]

    @cached_property
    def dyads(self) -> Changes:
        return self.changes({})

    @cached_property
    def together(self) -> Likelihood:
        return likelihood(self.changes({"by": "each"}))

    def changes(self, options: Mapping[str, Any]) -> Changes:
        return changes_of(self.spending, self.rivalries, **options)

    def dyad_rows(self) -> Iterator[Values]:
        """Every directed dyad that has a change at all."""
        dyads, found = self.dyads, self.together.posterior()
        alone = {one.unit: one[3:5] for one in squares.dyads_alone(dyads, least=LEAST_YEARS, net_of_year=True)}
        for place, (state, rival) in enumerate(dyads.members):
            years = dyads.year[dyads.unit == place]
            if (state, rival) in found.slopes and len(years):
                place_and_years = state, rival, regions()[state], int(years.min()), int(years.max()), len(years)
                slope, restraint = found.reaction(state, rival), found.restraint(state).mean
                long_run = found.elasticity(state, rival)
                yield (*place_and_years, *alone.get(place, (None, None)), *slope, restraint, *long_run)

    # ---- estimates ---------------------------------------------------------------------------------------------------

    def estimate_rows(self) -> Iterator[Values]:
        """The common reaction in all ways, and those of the two sides."""
        ways = wordings("reactions_ways.yaml")
        pairs = {"-".join(sorted((one.one, one.other))): {one.one, one.other} for one in self.rivalries}
        by_state = self._ordered({state: {state} for state in self.dyads.states})
        yield from self._together(ways["together"], dict.fromkeys((by_state[0][0], by_state[-1][0])))
        for group, members in ways["squares"].items():
            yield from (self._squares(group, name, **options) for name, options in members.items())
        for name, options in ways["alone"].items():
            yield from self._alone(name, **options)
        yield from self._parts()
        for group, found in (("without a pair", self._ordered(pairs)), ("without a state", by_state)):
            for words, (name, changes) in (("lowest", found[0]), ("highest", found[-1])):
                yield _squares_row(group, f"{words} of {len(found)}: {name}", squares.pooled(changes))
        yield from (self._squares("limit of a change", name, **options) for name, options in ways["limits"].items())

    def _together(self, ways: Mapping[str, dict[str, Any]], left_out: Iterable[str]) -> Iterator[Values]:
        """Partial pooling, as it is and in its variants; of each the mean reaction, and those of the two sides."""
        known = {str({"by": "each"}): self.together}
        for name, way in ways.items():
            options = {"rows": {"by": "each"}} | way
            sign, rows = options.pop("sign", "positive"), options.pop("rows")
            key = str(rows | options)
            known[key] = known.get(key) or likelihood(self.changes(rows), **options)
            yield from _posterior_rows(name, known[key].posterior(sign))
        for one in left_out:
            rest = [each for each in self.rivalries if one not in (each.one, each.other)]
            found = likelihood(changes_of(self.spending, rest, by="each"))
            yield from _posterior_rows(f"without {one}", found.posterior())

    def _squares(self, group: str, name: str, *, place: int = RIVAL, **options: Any) -> Values:
        """An estimate by least squares; see `reactions_ways.yaml` for its options."""
        rows, clusters = self.changes(options.pop("rows", {})), options.pop("clusters", "unit")
        return _squares_row(group, name, _estimator(**options)(rows), clusters, place)

    def _alone(self, name: str, **options: Any) -> Iterator[Values]:
        """Dyads by themselves, and their means."""
        changes = self.changes(options.pop("rows", {}))
        alone = squares.dyads_alone(changes, least=LEAST_YEARS, **options)
        if len(alone) < 3:
            return
        means, errors = squares.mean_group(alone)
        mean, error, spread = squares.random_effects(alone)
        size = sum(one.years for one in alone), len(alone)
        yield _plain_row("mean of dyads", name, means[RIVAL], errors[RIVAL], (-means[OWN], errors[OWN]), size)
        yield _plain_row("weighted mean of dyads", name, mean, error, (None, None), size)
        yield _plain_row("spread between dyads", name, spread, 0.0, (None, None), size)
        for unit, own, own_error, rival, rival_error, years in alone:
            if changes.members[unit] in FOCUS:
                group = f"{changes.units[unit]} alone"
                yield _plain_row(group, name, rival, rival_error, (-own, own_error), (years, 1))

    def _parts(self) -> Iterator[Values]:
        """The common reaction in halves of the years, and without each region."""
        dyads = self.dyads
        middle = int(np.median(np.unique(dyads.year)))
        parts = {
            ("years", f"to {middle}"): dyads.year <= middle,
            ("years", f"from {middle + 1}"): dyads.year > middle,
            **{("without a region", str(region)): dyads.region != region for region in np.unique(dyads.region)},
        }
        for key, kept in parts.items():
            if len(np.unique(dyads.unit[kept])) > 1:
                yield _squares_row(*key, squares.pooled(dyads.rows(kept)))

    def _ordered(self, left_out: dict[str, set[str]]) -> list[tuple[str, Changes]]:
        """What is left without the units that hold all of some states, by name, the lowest common reaction first."""
        dyads = self.dyads
        found = []
        for name in sorted(left_out):
            part = dyads.rows(np.array([not left_out[name] <= set(states) for states in dyads.members])[dyads.unit])
            if 1 < part.size[1] < dyads.size[1]:
                found.append((float(squares.pooled(part).coefficients[RIVAL]), name, part))
        return [(name, part) for _, name, part in sorted(found, key=lambda each: each[0])]

    # ---- checks ------------------------------------------------------------------------------------------------------

    def check_rows(self, count: int, tell: Progress) -> Iterator[Values]:
        """Strangers, shuffled years, simulated panels, and years that were not fitted."""
        dyads = self.dyads
        lists: dict[str, Callable[[int], Changes]] = {
            "strangers from anywhere": partial(self._strangers, same_regions=False),
            "strangers from the same regions": partial(self._strangers, same_regions=True),
            "the rival's years shuffled": partial(shuffled, dyads),
        }
        observed = {(name, quantity): found[0] for name, quantity, _, found in _ranges(dyads, self.together)}
        for group, make in lists.items():
            drawn = [make(seed) for seed in range(count)]
            for name, estimator in ESTIMATORS.items():
                told = [(*estimator(changes).told(RIVAL), 0.0) for changes in drawn]
                yield _check_row(group, name, "reaction", 0.0, told, observed[name, "reaction"], count)
            tell(group, count, count)
        for group, truth in TRUTHS.items():
            made_with = {"restraint": truth.restraint[0]}
            held: dict[tuple[str, str], list[tuple[float, ...]]] = {}
            for seed in range(count):
                panel = simulated(self.spending, self.rivalries, truth, seed)
                known = likelihood(changes_of(panel.spending, self.rivalries, by="each"))
                dyads = changes_of(panel.spending, self.rivalries)
                for name, quantity, pair, found in _ranges(dyads, known):
                    own = panel.reactions[pair] if pair else made_with.get(quantity, truth.reaction[0])
                    held.setdefault((name, quantity), []).append((*found, own))
                tell(group, seed + 1, count)
            for (name, quantity), each in held.items():
                data = observed.get((name, quantity)) if quantity == "reaction" else None
                yield _check_row(group, name, quantity, made_with.get(quantity, truth.reaction[0]), each, data, count)
        for name, saving in savings(self.dyads).items():
            yield ("years not fitted", name, "error saved", 0.0, *saving[:2], None, saving.positive, None, saving.years)

    def _strangers(self, seed: int, *, same_regions: bool) -> Changes:
        pairs = strangers(self.spending, self.rivalries, seed, same_regions=same_regions)
        return changes_of(self.spending, pairs)


def _estimator(estimator: str = "pooled", **options: Any) -> Callable[[Changes], Estimate]:
    return partial(getattr(squares, estimator), **options)


# Those that are tried on panels and lists whose reaction is known.
ESTIMATORS = {name: _estimator(**options) for name, options in wordings("reactions_ways.yaml")["checks"].items()}

Told = tuple[float, float, float, float]
"""An estimate, its standard error, and the ends of its 90 % range."""


def _ranges(dyads: Changes, known: Likelihood) -> Iterator[tuple[str, str, tuple[str, str] | None, Told]]:
    """What every estimator says: its name, the quantity, the states if it is one dyad's, and the estimate."""
    for name, estimator in ESTIMATORS.items():
        estimate = estimator(dyads)
        yield name, "reaction", None, estimate.told(RIVAL)
        yield name, "restraint", None, estimate.told(OWN)
    found = {name: known.posterior(sign) for name, sign in PRIORS.items()}
    for name, together in found.items():
        yield name, "reaction", None, together.reaction().told
        yield name, "restraint", None, together.restraint().told
    for state, rival in found["together"].slopes:
        if rival:
            yield "together", "single reactions", (state, rival), found["together"].reaction(state, rival).told
    for one in squares.dyads_alone(dyads, least=LEAST_YEARS, net_of_year=True):
        if (pair := dyads.members[one.unit]) in FOCUS:
            reach = float(stdtrit(one.years - 3, squares.UPPER)) * one.rival_error
            told = one.rival, one.rival_error, one.rival - reach, one.rival + reach
            yield f"{dyads.units[one.unit]} alone", "reaction", pair, told


# ---- rows ------------------------------------------------------------------------------------------------------------


def _check_row(
    group: str,
    name: str,
    quantity: str,
    truth: float,
    found: Sequence[tuple[float, ...]],
    observed: float | None,
    count: int,
) -> Values:
    """What an estimator says of several panels; the last number of each is what it was made with."""
    middle, _, low, high, own = np.array(found).T
    return (
        *(group, name, quantity, truth, float(middle.mean())),
        float(middle.std(ddof=1)) if len(middle) > 1 else 0.0,
        float(np.mean((low <= own) & (own <= high))),
        float(np.mean(low > 0.0)),
        None if observed is None else float(np.mean(middle >= observed)),
        count if quantity == "single reactions" else len(middle),
    )


def _squares_row(group: str, name: str, estimate: Estimate, clusters: Clusters = "unit", place: int = RIVAL) -> Values:
    """An estimate by least squares; `place` of the coefficient that stands for the reaction."""
    restraint, reaction = estimate.told(OWN, clusters)[:2], estimate.told(place, clusters)
    long_run: Values = BLANK
    if place == RIVAL:
        ends = squares.fieller(estimate.coefficients, estimate.covariance(clusters))
        long_run = (reaction[0] / restraint[0] if restraint[0] > 0.0 else None, *ends)
    return (group, name, *reaction, None, *restraint, *long_run, *estimate.changes.size)


def _posterior_rows(name: str, found: Posterior) -> Iterator[Values]:
    """The mean reaction of a posterior, and the reactions of the two sides."""
    units = [(f"{state}-{rival}", unit, rival) for state, rival in FOCUS for unit in (state, f"{state}-{rival}")]
    for group, unit, rival in (("together", "", ""), *units):
        if not unit or (unit, rival) in found.slopes:
            reaction = found.reaction(unit, rival)
            p_negative = reaction.p_negative if reaction.low < 0.0 or reaction.p_negative > 0.0 else None
            long_run = found.elasticity(unit, rival)
            restraint = found.restraint(unit)[:2]
            yield (group, name, *reaction.told, p_negative, *restraint, *long_run, *found.changes.size)


def _plain_row(group: str, name: str, value: float, error: float, restraint: Values, size: tuple[int, int]) -> Values:
    """A number with a normal error."""
    told = value, error, value - NORMAL_90 * error, value + NORMAL_90 * error
    return (group, name, *map(float, told), None, *restraint, *BLANK, *size)
