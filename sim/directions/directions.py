"""Whose word the directions of a scenario's effects are: worked out by taking out each channel in turn."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sim.directions import taken_out
from sim.directions.taken_out import Array, Variants, prior_of, signed_channels, variants
from sim.engines.simulate import PreparedScenario, simulated
from sim.io.quarters import index_of
from sim.model.directions import AGREED, ASSUMED, BALANCE, ESTIMATED, UNCLEAR, UNKNOWN, Direction, Push
from sim.model.variables import Series
from sim.scenario.mechanisms import channels

HORIZON = index_of("2030Q4")
SEEN = 0.01  # of the median size of the effect: a smaller change counts for nothing
ACTS = 0.05  # of it: what the median effect must lose without a channel for the channel to be named
ACTS_ALONE = 0.002  # of it: what a change of the scenario must do alone to be named
TURNED = 0.5  # share of simulations that must move the other way before an effect counts as turned round
KEPT = 4  # pairs whose variants are kept, some ten megabytes each
OTHERWISE = 0.01  # share of simulations from the prior that may move the other way where a direction is assumed


@dataclass(eq=False)
class Directions:
    """The directions of a scenario's effects against its baseline. Nothing is simulated before the first question.

    pair     : the baseline and the scenario, prepared as for the run
    series   : that may be asked for
    quarters : of the run
    """

    pair: Sequence[PreparedScenario]
    series: tuple[Series, ...]
    quarters: int
    seed: int
    fit: str
    _variants: dict[bool, tuple[int, Variants]] = field(default_factory=dict, init=False, repr=False)
    _answers: dict[Hashable, Direction] = field(default_factory=dict, init=False, repr=False)

    def of(self, series: Series, quarters: Sequence[int], way: int, *, relative: bool = False) -> Direction:
        """Whose word it is that a series moves one way.

        quarters : whose mean is taken
        way      : the way in which the run's simulations move, 1 up or -1 down
        relative : whether the change is taken as a share of the baseline
        """
        key = series, tuple(quarters), way, relative
        if series not in self.series:
            return UNKNOWN
        if key not in self._answers:
            self._answers[key] = self._direction(*key)
        return self._answers[key]

    def _direction(self, series: Series, quarters: tuple[int, ...], way: int, relative: bool) -> Direction:
        for with_luck in (False, True):
            effects = self._effects(series, quarters, relative, with_luck=with_luck)
            if np.median(np.abs(effects.whole)) > 0.0:
                return direction_of(effects, way, is_lucky=with_luck, signed=self._signed_channels)
        return UNKNOWN

    @cached_property
    def _signed_channels(self) -> Mapping[str, bool]:
        """Channels with a number that may have either sign, and whether data or print inform all such numbers."""
        return signed_channels(prior_of(self.pair[-1].parameters), self.fit)

    def _effects(self, series: Series, quarters: tuple[int, ...], relative: bool, *, with_luck: bool) -> "Effects":
        until = min(self.quarters, max(HORIZON, *quarters) + 1)
        known = self._variants.get(with_luck)
        if known is None or known[0] < until:
            found = self._variants_until(until, with_luck=with_luck)
            known = self._variants[with_luck] = until, found
        return effects_of(known[1], series, quarters, relative)

    def _variants_until(self, quarters: int, *, with_luck: bool) -> Variants:
        """The variants, or those that another run of the same pair has asked for a short while ago."""
        sides = tuple((side.scenario.digest, side.parameters.digest) for side in self.pair)
        key = sides, self.series, quarters, self.seed, self.fit, with_luck
        found = _asked_lately.pop(key, None)
        if found is None:
            found = variants(self.pair, self.series, quarters, seed=self.seed, fit=self.fit, with_luck=with_luck)
        _asked_lately[key] = found
        for old in list(_asked_lately)[:-KEPT]:
            _asked_lately.pop(old, None)
        return found


_asked_lately: dict[Hashable, Variants] = {}  # the latest last, of this process


def direction_between(
    pair: Sequence[PreparedScenario], series: Series, quarter: int, *, members: int, seed: int, fit: str
) -> Direction:
    """Whose word the direction of a change is, if members of baseline and scenario agree, for a question that no run has answered."""
    base, full = (
        simulated(side, range(members), seed=seed, quarters=quarter + 1, series=(series,))[0, quarter] for side in pair
    )
    up, down = float((full > base).mean()), float((full < base).mean())
    if max(up, down) < AGREED:
        return Direction(UNCLEAR if up or down else "")
    return Directions(pair, (series,), quarter + 1, seed, fit).of(series, (quarter,), 1 if up > down else -1)


@dataclass(frozen=True, eq=False)
class Effects:
    """One effect in all variants: whole (members,), by channel and by lever (fewer members) each."""

    whole: Array
    without: Mapping[str, Array]
    nothing: Array
    informed_turned: Array | None
    uninformed_turned: Array | None
    levers: Mapping[str, Array]


def effects_of(found: Variants, series: Series, quarters: tuple[int, ...], relative: bool) -> Effects:
    """The paired difference of a mean over quarters, in every variant."""
    place = found.series.index(series)

    def mean(recorded: Array) -> Array:
        return np.asarray(recorded[place, list(quarters)].mean(axis=0))

    def change(new: Array, old: Array) -> Array:
        return np.asarray(new / old - 1.0 if relative else new - old)

    base = mean(found.baseline)
    whole = change(mean(found.scenario), base)
    by_name = {name: whole[members] for name, members in found.places.items()}
    alone = {name: change(mean(values), base[: values.shape[-1]]) for name, values in found.levers.items()}
    special = (taken_out.WHOLE, taken_out.NOTHING, taken_out.INFORMED_TURNED, taken_out.UNINFORMED_TURNED)
    full, nothing, informed, uninformed = (by_name.pop(name, None) for name in special)
    assert full is not None and nothing is not None  # these are always simulated
    return Effects(full, by_name, nothing, informed, uninformed, alone)


def direction_of(effects: Effects, way: int, *, is_lucky: bool, signed: Mapping[str, bool]) -> Direction:
    """The label of an effect that moves one way, and what it rests on.

    is_lucky : whether luck was left in, so that single simulations prove nothing
    signed   : channels with a number that may have either sign -> whether data or print inform all such numbers
    """
    whole = way * effects.whole
    size = float(np.median(np.abs(whole)))
    least = SEEN * size
    titles = {channel.id: channel.title for channel in channels()}
    lost = {name: whole[: len(values)] - way * values for name, values in effects.without.items()}
    alone = {name: way * values for name, values in effects.levers.items()}
    pushes, levers = _pushes(lost, whole, way, ACTS, titles, signed), _pushes(alone, whole, way, ACTS_ALONE)
    otherwise = 0.0 if is_lucky else float((whole < -least).mean())

    def answer(label: str, *deciding: str) -> Direction:
        return Direction(label, pushes, levers, deciding, otherwise)

    def is_turned(values: Array) -> bool:
        return float((way * values < -least).mean()) > TURNED

    def decides(turned: Array | None) -> bool:
        """Whether with some numbers turned round the direction is no longer clear."""
        return turned is not None and float((way * turned > 0.0).mean()) < AGREED

    if len({push.way for push in levers}) > 1:
        return answer(BALANCE, *(push.id for push in levers))
    turning = [push.id for push in pushes if not signed.get(push.id, False) and is_turned(effects.without[push.id])]
    if turning:
        return answer(BALANCE, *turning)
    informed = [push.id for push in pushes if signed.get(push.id, False)]
    if informed and decides(effects.informed_turned):
        return answer(ESTIMATED, *informed)
    uninformed = [push.id for push in pushes if not signed.get(push.id, True)]
    if uninformed and decides(effects.uninformed_turned):
        return answer(BALANCE, *uninformed)
    if otherwise >= OTHERWISE:
        return answer(BALANCE)
    is_set = float((way * effects.nothing > least).mean()) > TURNED
    return answer("" if is_set or not pushes else ASSUMED)


def _pushes(
    lost: Mapping[str, Array], whole: Array, way: int, least: float, titles: Mapping[str, str] | None = None,
    signed: Collection[str] = (),
) -> tuple[Push, ...]:  # fmt: skip
    """What acts on an effect, the strongest first.

    lost  : what is lost without each, along the effect's way, (members,)
    whole : the effect along its way, for these members and more
    least : share of the effect from which something is named
    """
    shares = {
        name: float(np.median(values) / np.median(np.abs(whole[: len(values)])))
        for name, values in lost.items()
        if np.median(np.abs(whole[: len(values)])) > 0.0
    }
    strong = sorted((name for name, share in shares.items() if abs(share) > least), key=lambda name: -abs(shares[name]))
    known = titles or {}
    ways = {name: way if shares[name] > 0.0 else -way for name in strong}
    return tuple(Push(name, known.get(name, name), ways[name], abs(shares[name]), name in signed) for name in strong)
