"""The same pair of scenarios with each channel taken out, in one call of the engine for each side.

The members of all variants lie side by side in the engine's lanes. They draw from the prior, whatever the ensemble of the run: the question
is what could have come out. Luck is taken out as far as the file of the mechanisms says, so that what a channel does is not mixed up with
events that fell another way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled.encoding import encoded
from sim.engines.compiled.engine import Given, rows_of, run_blocks
from sim.engines.simulate import PreparedScenario, drawn_parameters
from sim.ensembles.identifiability import ASSUMED, word_of
from sim.model.directions import INFORMED, is_signed
from sim.model.distributions import FITTED
from sim.model.parameter_table import ParameterTable
from sim.model.parameters import load_parameters
from sim.model.schedule import script_of
from sim.model.variables import Series
from sim.scenario.levers import levers, with_lever
from sim.scenario.mechanisms import Channel, channels, mechanism_file

Array = NDArray[np.float64]
MEMBERS_WHOLE = 128  # simulations of the pair as it is, to see how often the prior gives the other direction
MEMBERS_TURNED = 64  # with the numbers of either sign turned round, and with every channel out
MEMBERS_OUT = 16  # with one channel out, or one change alone

Rows = Mapping[int, float]  # row of the parameter table -> the value at which the parameter does nothing


@dataclass(frozen=True, eq=False)
class Variants:
    """What both sides recorded with everything, with each channel out, and with the numbers of either sign turned round.

    scenario, baseline : (series, quarters, members); the whole pair first, then the variants
    places             : members of each variant
    levers             : name -> what the baseline with this one change recorded, (series, quarters, members)
    """

    series: tuple[Series, ...]
    scenario: Array
    baseline: Array
    places: Mapping[str, slice]
    levers: Mapping[str, Array]


WHOLE, NOTHING, INFORMED_TURNED, UNINFORMED_TURNED = "", "-", "+", "?"  # names of variants beside the ids of channels


def prior_of(table: ParameterTable) -> ParameterTable:
    """The table with priors where a fit had given draws."""
    if not table.fitted:
        return table
    declared = dict(zip(load_parameters().keys, load_parameters().distributions, strict=True))
    rows = {key: declared[key] for key, one in zip(table.keys, table.distributions, strict=True) if one.kind == FITTED}
    return replace(table.with_overrides(rows), draws=None)


def acting(table: ParameterTable) -> tuple[Channel, ...]:
    """The channels that a table does not leave out by itself."""

    def acts(key: str, neutral: Any) -> bool:
        return any(table.distributions[row] != table.checked(key, neutral) for row in table.rows_of(key))

    return tuple(channel for channel in channels() if any(acts(*entry) for entry in channel.neutral.items()))


def neutral_rows(table: ParameterTable, channel: Channel) -> dict[int, float]:
    """Rows of the parameters that take a channel out, with the value at which they do nothing."""
    return {row: float(value) for key, value in channel.neutral.items() for row in table.rows_of(key)}


def signed_rows(table: ParameterTable, fit: str) -> tuple[Rows, Rows]:
    """Numbers behind any channel whose prior reaches both sides of the neutral value: those that data or print inform, and the others.

    table : with priors
    fit   : the ensemble, which may inform a number that was assumed

    A number that the user or a scenario has given another distribution is his own, whatever the source of ours.
    """
    declared = load_parameters().distributions
    informed: dict[int, float] = {}
    uninformed: dict[int, float] = {}
    for channel in acting(table):
        for row, neutral in neutral_rows(table, channel).items():
            if is_signed(table.distributions[row], neutral):
                key = table.keys[row]
                is_ours = table.distributions[row] == declared[row]
                is_known = table.parameter(key).status in INFORMED or word_of(fit, key) != ASSUMED
                (informed if is_ours and is_known else uninformed)[row] = neutral
    return informed, uninformed


def signed_channels(table: ParameterTable, fit: str) -> dict[str, bool]:
    """Channels with a number that may have either sign -> whether data or print inform all such numbers of theirs."""
    informed, uninformed = signed_rows(table, fit)
    rows = {channel.id: neutral_rows(table, channel).keys() for channel in channels()}
    return {name: not own & uninformed.keys() for name, own in rows.items() if own & {*informed, *uninformed}}


def variants(
    pair: Sequence[PreparedScenario], series: Sequence[Series], quarters: int, *, seed: int, fit: str, with_luck: bool
) -> Variants:
    """Simulate all variants of a baseline and its scenario, prepared as for the run; with luck, what is drawn by lot stays in."""
    over = {} if with_luck else mechanism_file()[1].both
    base, full = (replace(one, parameters=prior_of(one.parameters).with_overrides(over)) for one in pair)
    variants = _variants([base.parameters, full.parameters], fit)
    recorded = [_simulated(side, variants, series, quarters, seed) for side in (base, full)]
    ends = np.cumsum([variant.members for variant in variants]).tolist()
    places = {variant.name: slice(end - variant.members, end) for variant, end in zip(variants, ends, strict=True)}
    return Variants(tuple(series), recorded[1], recorded[0], places, _alone(base, full, series, quarters, seed))


@dataclass(frozen=True)
class Variant:
    """A variant: rows of the table that are put at their neutral values, or turned round them."""

    name: str
    members: int
    rows: Rows
    is_turned: bool = False


def _variants(tables: Sequence[ParameterTable], fit: str) -> list[Variant]:
    """The pair as it is, and every variant that changes anything in one of its tables."""
    outs = {channel.id: neutral_rows(tables[-1], channel) for table in tables for channel in acting(table)}
    everything = {row: value for rows in outs.values() for row, value in rows.items()}
    turned = zip((INFORMED_TURNED, UNINFORMED_TURNED), signed_rows(tables[-1], fit), strict=True)
    return [
        Variant(WHOLE, MEMBERS_WHOLE, {}),
        Variant(NOTHING, MEMBERS_TURNED, everything),
        *(Variant(name, MEMBERS_OUT, rows) for name, rows in outs.items()),
        *(Variant(name, MEMBERS_TURNED, rows, is_turned=True) for name, rows in turned if rows),
    ]


def _simulated(
    side: PreparedScenario, variants: Sequence[Variant], series: Sequence[Series], quarters: int, seed: int
) -> Array:
    """One side in each variant, one after the other: (series, quarters, members of all)."""
    table = side.parameters
    rows = sorted({row for variant in variants for row in variant.rows})
    place = {row: number for number, row in enumerate(rows)}
    drawn = drawn_parameters(table, max(variant.members for variant in variants), seed=seed)[rows]
    ends = [[getattr(table.distributions[row], end) for row in rows] for end in ("low", "high")]
    values = []
    for variant in variants:
        own = drawn[:, : variant.members].copy()
        for row, neutral in variant.rows.items():
            own[place[row]] = 2.0 * neutral - own[place[row]] if variant.is_turned else neutral
        values.append(own)
    given = Given(np.array(rows, dtype=np.int64), np.clip(np.hstack(values), *np.array(ends)[:, :, None]))
    members = np.concatenate([np.arange(variant.members) for variant in variants]).astype(np.int64)
    arrays = encoded(table, side.script, quarters)
    return run_blocks(arrays, given, members, rows_of(series), seed=seed, quarters=quarters)


def _alone(
    base: PreparedScenario, full: PreparedScenario, series: Sequence[Series], quarters: int, seed: int
) -> dict[str, Array]:
    """The baseline with one change of the scenario at a time; nothing where there is only one."""
    named = levers(base.scenario, full.scenario)
    if len(named) < 2:
        return {}
    found = {}
    for name, keys in named:
        scenario = with_lever(base.scenario, full.scenario, keys)
        over = {key: full.scenario.parameters[key] for key in keys if key in full.scenario.parameters}
        side = PreparedScenario(scenario, base.parameters.with_overrides(over), script_of(scenario.events))
        found[name] = _simulated(side, [Variant(name, MEMBERS_OUT, {})], series, quarters, seed)
    return found
