"""Is it a race? Three stated definitions for every two states that are rivals of each other, with a scenario and without it.

Fast growth : both budgets grow by 8 per cent or more over the year before, in each of three years running, at some time between
              the scenario's first effect and the end of the horizon.
Explosive   : each answers the other's arms with more of its own, and spending and arms of the two alone, all else held still, grow
              without end after a push: the Jacobian of the pair has an eigenvalue above the margin of `sim.analysis.richardson`.
In kind     : one of the two gets a class of arms, or the class against it, more often because the other got it, see
              `sim.analysis.answer_in_kind`.

Source: gibler2005, arms races of rivals, as the documentation of the R package stevedata (mmb_war) restates their coding: eight
per cent or more from the previous year for at least three years. Departs: expenditure alone, where they take personnel too, in
constant prices; and nobody reads the history behind a simulation, as they do behind a case.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.answer_in_kind import Answer, longest_known
from sim.analysis.dyads import mutual_rivals
from sim.analysis.results import calendar_years
from sim.analysis.richardson import race_class
from sim.analysis.stability import Array, Reaction
from sim.analysis.store import Store, stretches
from sim.analysis.topics import HORIZON
from sim.data.tables import EVENTS_DOCUMENTED_UNTIL
from sim.io.formatting import share_words
from sim.io.quarters import PER_YEAR, index_of, year_of
from sim.model.network import network
from sim.model.variables import Series

FAST = 0.08  # growth of a budget over the year before
RUNNING = 3  # years
UNLIKELY, LIKELY = 0.05, 0.5  # shares of simulations below which there is no race, and from which there is one
COLUMNS = ("state", "rival", "definition", "verdict", "p_scenario", "p_baseline", "what")
DEFINITIONS = ("fast growth", "explosive", "in kind")
TOO_SHORT, NOTHING_COMPARED = "the run is too short to say", "nothing to compare with"
NOTHING_DIFFERS = "no scripted delivery to either differs"
YES, POSSIBLE, NO, UNKNOWN = "yes", "possible", "no", "unknown"


@dataclass(frozen=True)
class Measure:
    """One definition of a race, applied to two rivals.

    verdict            : yes, possible, no, or unknown where the run is too short or nothing differs that could be answered
    scenario, baseline : [1]  probability with the scenario, and with what it is compared with; None where it is not known
    what               : the years that were looked at, what the answer in kind is, or why nothing is known
    """

    definition: str
    verdict: str
    scenario: float | None = None
    baseline: float | None = None
    what: str = ""

    @property
    def same(self) -> bool:
        """Whether the scenario leaves the probability as it is, to the hundredth that is told; so, too, where nothing is compared."""
        known = (self.scenario, self.baseline)
        return None in known or len({share_words(share) for share in known if share is not None}) == 1

    @property
    def moved_by(self) -> float:
        """How far the scenario moves the probability, without its sign; zero where that is not known."""
        return 0.0 if self.scenario is None or self.baseline is None else abs(self.scenario - self.baseline)


@dataclass(frozen=True)
class RaceVerdict:
    """What the three definitions say of two rivals, and the answer in kind that the third is about."""

    states: tuple[str, str]
    measures: tuple[Measure, ...]
    answer: Answer | None = None

    @property
    def by_spending(self) -> str:
        """The first two definitions as one: yes if either says yes, possible if either says possible."""
        said = [one.verdict for one in self.measures[:2]]
        return next(verdict for verdict in (YES, POSSIBLE, NO, UNKNOWN) if verdict in said)

    def rows(self) -> list[tuple[Any, ...]]:
        """Rows of race.csv."""
        return [
            (*self.states, one.definition, one.verdict, one.scenario, one.baseline, one.what) for one in self.measures
        ]


def race_verdicts(
    stores: Sequence[Store], reactions: Sequence[Reaction], answers: Sequence[Answer], first: int | None,
    quarters: int, members: int,
) -> tuple[RaceVerdict, ...]:  # fmt: skip
    """The verdicts on every two mutual rivals.

    stores, reactions : of what the scenario is compared with, if anything, and of the scenario
    first             : number of the quarter of the first effect; None where nothing differs
    """
    years = years_judged(first, quarters)
    return tuple(race_verdict(states, stores, reactions, answers, years, members) for states in mutual_rivals())


def years_judged(first: int | None, quarters: int) -> range:
    """Years whose growth is looked at: from the first effect, or the first that is not on record, to the horizon or the end."""
    drawn = index_of(EVENTS_DOCUMENTED_UNTIL) + 1
    start = year_of(drawn if first is None else max(first, drawn))
    return range(start, min(HORIZON, year_of(quarters) - 1) + 1)


def race_verdict(
    states: tuple[str, str], stores: Sequence[Store], reactions: Sequence[Reaction], answers: Sequence[Answer],
    years: range, members: int,
) -> RaceVerdict:  # fmt: skip
    """The verdict on two rivals; years are those whose growth is looked at, the rest as in `race_verdicts`."""
    explodes = [share_explosive(reaction, states) for reaction in reactions]
    between = [one for one in answers if {one.moved.buyer, one.rival} == set(states)]
    answer = strongest(between)
    unknown = NOTHING_COMPARED if len(stores) == 1 else TOO_SHORT if between else NOTHING_DIFFERS
    measures = (
        _by_growth(states, stores, years, members),
        _by_share(DEFINITIONS[1], explodes, ""),
        Measure(DEFINITIONS[2], UNKNOWN, what=unknown) if answer is None else _by_answer(answer),
    )
    return RaceVerdict(states, measures, answer)


def _by_growth(states: tuple[str, str], stores: Sequence[Store], years: range, members: int) -> Measure:
    if len(years) < RUNNING:
        return Measure(DEFINITIONS[0], UNKNOWN, what=TOO_SHORT)
    grows = [share_growing_fast(*(_yearly(store, state, years, members) for state in states)) for store in stores]
    return _by_share(DEFINITIONS[0], grows, f"{years.start}-{years.stop - 1}")


def _by_share(definition: str, shares: Sequence[float], what: str) -> Measure:
    share = shares[-1]
    verdict = NO if share < UNLIKELY else YES if share >= LIKELY else POSSIBLE
    return Measure(definition, verdict, share, shares[0] if len(shares) > 1 else None, what)


def _by_answer(answer: Answer) -> Measure:
    what = f"{answer.rival} {answer.weapon_class} within {answer.within_years} years"
    shares = answer.share.scenario, answer.share.baseline
    likely = YES if answer.share.difference >= LIKELY else POSSIBLE
    return Measure(DEFINITIONS[2], likely if answer.is_raised else NO, *shares, what)


# ---- budgets ---------------------------------------------------------------------------------------------------------


def _yearly(store: Store, state: str, years: range, members: int) -> Array:
    """Spending in the year before the first and in each of some years, (years + 1, members)."""
    span = range(index_of(f"{years.start - 1}Q1"), index_of(f"{years.start - 1}Q1") + PER_YEAR * (len(years) + 1))
    series = Series("spending", state)
    parts = [store.values(series, one) for one in stretches(span.stop, members) if one.stop > span.start]
    return calendar_years(np.concatenate(parts)[-len(span) :])


def share_growing_fast(one: Array, other: Array) -> float:
    """Share of simulations in which two budgets both grow fast in each of three years running.

    one, other : [m USD2023/yr]  (years, members), the year before the first among them

    >>> slow, fast = np.array([[1.0], [1.1], [1.2], [1.2]]), np.array([[1.0], [1.1], [1.2], [1.3]])
    >>> share_growing_fast(fast, fast), share_growing_fast(slow, fast)
    (1.0, 0.0)
    """
    both: NDArray[np.bool_] = np.logical_and(*(values[1:] / values[:-1] >= 1.0 + FAST for values in (one, other)))
    starts = len(both) - RUNNING + 1
    runs = [both[start : start + RUNNING].all(axis=0) for start in range(starts)]
    return float(np.any(runs, axis=0).mean()) if runs else 0.0


# ---- the pair alone --------------------------------------------------------------------------------------------------


def share_explosive(reaction: Reaction, states: tuple[str, str]) -> float:
    """Share of simulations in which both react upwards and the Jacobian of the two alone makes a push grow without end."""
    places = [network().states.index(code) for code in states]
    of_both = {name: values[:, places] for name, values in vars(reaction).items()}
    of_both["shares"] = of_both["shares"][:, :, places]
    eigenvalues = Reaction(**of_both).stability_eigenvalue()
    runs_away = np.array([race_class(float(value)) == "runaway" for value in eigenvalues])
    return float(np.mean(runs_away & (of_both["reaction"] > 0.0).all(axis=1)))


# ---- the answer in kind ----------------------------------------------------------------------------------------------


def strongest(answers: Iterable[Answer]) -> Answer | None:
    """Of some answers, each over the most years that the run lasts, the one that its delivery makes most more frequent.

    An answer to what is delivered comes before one to what is not.
    """
    return max(longest_known(answers), key=lambda one: (one.moved.is_added, one.raised_by), default=None)


def most_concerned(verdicts: Sequence[RaceVerdict], states: Sequence[str]) -> RaceVerdict | None:
    """The pair that a short answer tells of: that whose race a scenario moves visibly, else that of which it names most states."""

    def rank(one: RaceVerdict) -> tuple[float, int]:
        moved = max(measure.moved_by for measure in one.measures[:2])
        return moved if moved >= UNLIKELY else 0.0, sum(state in states for state in one.states)

    return max(verdicts, key=rank, default=None)


def race_document(verdicts: Iterable[RaceVerdict]) -> list[dict[str, Any]]:
    """The rows of race.csv by the names of their columns."""
    return [dict(zip(COLUMNS, row, strict=True)) for verdict in verdicts for row in verdict.rows()]
