"""An explanation in words: what moved, by how much, and what each cause is called."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.data.actors import load_actors
from sim.explain.attribution import Cause
from sim.explain.explain import Explanation, Part
from sim.io.quarters import name_of
from sim.io.terminal import paragraph, table
from sim.model.variables import Series
from sim.scenario.event_types import event_models

ROWS = 10  # causes that are told one by one
NAMED_IN_SENTENCE = 3
WORTH_SAYING = 0.1  # share of the change from which a cause that worked against it is named
ARMS = {
    "uav": "armed UAVs",
    "loitering": "loitering munitions",
    "artillery": "artillery",
    "armour": "armour",
    "air_defence": "air defence",
    "arms": "arms",
    "budget": "own arms purchases (beyond economic growth)",
    "grant": "arms paid by grants",
}
# {who} and {whose} stand for the actor, {to} for the other end, {what} for the class of arms
CHANNELS = {
    "arms": "{whose} {what}",
    "deals": "{whose} orders of {what} that the model draws",
    "patron": "arms and money from {who} for {to}",
    "hostility": "{whose} hostility to {to}",
    "economy": "{whose} economy (GDP)",
    "plan": "{whose} planned burden (share of GDP)",
    "grievance": "{whose} standing grievance",
    "limit": "the highest rate of incidents that the model allows",
    "burden_cap": "the cap on {whose} military burden (share of GDP)",
    "unrest": "unrest in {who}",
    "supplement": "an addition to {whose} budget",
    "insecurity_outside": "insecurity outside the region",
    "delivery": "deliveries from {who} to {to}",
    "answer": "{whose} answers to words from {to}",
    "trade": "trade",
    "incident": "incidents in the north of Kosovo",
    "dialogue_agreed": "dialogue of Belgrade and Pristina",
    "mediation": "mediation after incidents",
    "accession": "how credible accession is",
    "transparency": "{whose} openness in forums",
    "words": "{whose} hostile words about {to}",
    "command": "KFOR under the command of {who}",
    "troops_agreed": "agreed strength of KFOR",
    "reserve_scripted": "reserve battalion",
    "reserve": "reserve called after an incident",
    "reinforcement": "peacekeepers that follow tension",
    "balance": "deterrence by {whose} {what}",
    "election": "election",
    "held": "arms from {who} in use in {to}",
    "agreements": "agreements of {who} with {to} in force",
    "influence": "{whose} influence in {to}",
    "funds": "{whose} money for arms",
    "attitude": "{whose} attitude to {to}",
    "memory": "memory of whom {who} armed",
    "example": "example of {whose} other buyers",
    "support": "{whose} support for {to}",
    "numbers": "numbers that the scenario changes",
    "interaction": "interaction (what both worlds share acts on what differs)",
    **{model.channel: model.cause[0] for model in event_models().values() if model.cause[0]},
}
GENERAL = {
    "delivery": "arms deliveries",
    "words": "hostile words",
    "hostility": "hostility",
    "unrest": "unrest",
    "held": "patrons' arms in use",
    "command": "command of KFOR",
    "chance": "chance",
    "transparency": "openness in forums",
    "arms": "rising threat",
    "balance": "deterrence",
    "patron": "patrons",
    "deals": "orders that the model draws",
    **{model.channel: model.cause[1] for model in event_models().values() if model.cause[1]},
}
SUBJECTS = {
    "spending": "{whose} military spending",
    "relation": "{whose} cooperation with {counterpart} (the slow part of the relation)",
    "rhetoric": "{whose} rhetoric about {counterpart}",
    "attitude": "{whose} attitude to {counterpart}",
    "tension": "Tension between Serbia and Kosovo",
    "hazard": "The rate of serious incidents in the north of Kosovo",
    "supplier_choice": "The chance that {actor} chooses {counterpart} for armed UAVs",
    "threat": "The threat that {actor} perceives",
    "troops": "The strength of KFOR",
    "dialogue": "Dialogue between Belgrade and Pristina",
}
UNITS = {
    "spending": "million US$ a year",
    "hazard": "incidents a year",
    "supplier_choice": "points in a hundred",
    "threat": "on a logarithmic scale",
    "troops": "thousand",
}
SCALES = {"supplier_choice": 100.0}


@dataclass(frozen=True)
class Row:
    """A cause as it is shown: its words, the entry of the script behind it, and its part in the unit that is shown."""

    words: str
    event: str
    value: float
    low: float
    high: float


def name(code: str) -> str:
    return load_actors().name(code) if code in load_actors().codes else code


def named(code: str) -> str:
    """The name of an actor within a sentence.

    >>> named("SRB"), named("USA")
    ('Serbia', 'the United States')
    """
    return f"the {name(code)}" if name(code).split(" ")[0] in ("United", "European") else name(code)


def whose(code: str) -> str:
    """The name of an actor as an owner.

    >>> whose("SRB"), whose("USA")
    ("Serbia's", "United States'")
    """
    owner = name(code)
    return f"{owner}'" if owner.endswith("s") else f"{owner}'s"


def cause_words(cause: Cause) -> str:
    """What a cause is called.

    >>> cause_words(Cause("arms", "XKX", "loitering", "skydagger-order"))
    "Kosovo's loitering munitions"
    """
    if cause.channel == "risk":
        return f"fear of incidents: {GENERAL.get(cause.what) or channel_words(cause.what)}"
    if cause.channel == "need":
        return f"need, through {cause_words(Cause('arms', cause.who, cause.what)) if cause.what in ARMS else 'threat'}"
    if cause.channel == "chance":
        of_whom = f"{whose(cause.who)} " if cause.who else ""
        return f"chance in {of_whom}{cause.what}"
    words = channel_words(cause.channel)
    if not cause.who and "{who" in words:
        return GENERAL[cause.channel]
    return words.format(
        who=named(cause.who), whose=whose(cause.who), to=named(cause.what), what=ARMS.get(cause.what, cause.what)
    )


def channel_words(channel: str) -> str:
    """A way of acting in words; of a type of event that says no more, its name."""
    return CHANNELS.get(channel) or channel.replace("_", " ")


def subject(series: Series) -> str:
    """The number that moved, at the start of a sentence."""
    return SUBJECTS[series.variable].format(
        actor=name(series.actor), whose=whose(series.actor), counterpart=name(series.counterpart)
    )


def unit(series: Series) -> str:
    return UNITS.get(series.variable, f"on the scale {series.unit}".replace("-1", "−1"))


def signed(value: float, digits: int) -> str:
    """A number with its sign; a minus is a minus, and nothing has none.

    >>> signed(-1.25, 1), signed(0.04, 1)
    ('−1.2', '+0.0')
    """
    shown = value if round(value, digits) else 0.0
    return f"{shown:+,.{digits}f}".replace("-", "−")


def digits_for(values: Iterable[float]) -> int:
    """Decimals that show the largest of some numbers with three figures."""
    largest = max((abs(value) for value in values), default=0.0)
    return next((digits for digits, least in enumerate((99.5, 9.95, 0.995, 0.0995, 0.00995)) if largest >= least), 5)


def rows(explanation: Explanation) -> list[Row]:
    """Causes in the unit that is shown, those that read alike added, the largest first."""
    scale = SCALES.get(explanation.question.series.variable, 1.0)
    found: dict[tuple[str, str], list[Part]] = {}
    for part in explanation.parts:
        found.setdefault((cause_words(part.cause), part.cause.event), []).append(part)
    merged = [
        Row(words, event, *(scale * sum(getattr(one, end) for one in parts) for end in ("value", "low", "high")))
        for (words, event), parts in found.items()
    ]
    return sorted(merged, key=lambda row: -abs(row.value))


def gathered(shown: Sequence[Row], most: int = ROWS) -> list[Row]:
    """The largest rows, and in one the others and all that would be shown as nothing."""
    least = 0.5 * 10.0 ** -digits_for((sum(row.value for row in shown),))
    kept = min(most, sum(abs(row.value) >= least for row in shown))
    if len(shown) <= kept + 1:
        return list(shown)
    rest = shown[kept:]
    return [*shown[:kept], Row(f"{len(rest)} smaller causes together", "", sum(row.value for row in rest), 0.0, 0.0)]


def sentences(explanation: Explanation, *, names_events: bool = True) -> tuple[str, ...]:
    """What moved, why, and what worked against it; with the ids of scenarios and of the events behind causes, or with
    titles alone and the causes of one name as one."""
    told, shown = rows(explanation), _headline(explanation, names_events)
    if not names_events:
        told = by_name(told)
    digits = digits_for((explanation.change * SCALES.get(explanation.question.series.variable, 1.0),))
    change = sum(row.value for row in told)
    along = [row for row in told if row.value * change > 0.0][:NAMED_IN_SENTENCE]
    against = [row for row in told if row.value * change < 0.0 and abs(row.value) >= WORTH_SAYING * abs(change)]
    found = [shown]
    if along:
        found.append(f"The largest parts of that: {_listed(along, digits)}.")
    if against:
        found.append(f"The other way worked {_listed(against[:NAMED_IN_SENTENCE], digits)}.")
    if names_events:
        found.append(f"All {len(told)} causes add up to the change exactly.")
    return tuple(found)


def by_name(told: Sequence[Row]) -> list[Row]:
    """Rows without their events, those of one name as one, the largest first; the ranges of what is joined are left out."""
    found: dict[str, Row] = {}
    for row in told:
        before = found.get(row.words)
        joined = row if before is None else replace(row, value=before.value + row.value, low=0.0, high=0.0)
        found[row.words] = replace(joined, event="")
    return sorted(found.values(), key=lambda row: -abs(row.value))


def _listed(chosen: Sequence[Row], digits: int) -> str:
    words = [f"{row.words}{f' ({row.event})' if row.event else ''}, {signed(row.value, digits)}" for row in chosen]
    return "; ".join(words)


def _headline(explanation: Explanation, names_ids: bool) -> str:
    one, question = explanation.question.series, explanation.question
    scale = SCALES.get(one.variable, 1.0)
    before, after, change, median = (
        scale * value for value in (explanation.before, explanation.after, explanation.change, explanation.median)
    )
    digits = digits_for((change,))
    worlds = "one world" if explanation.members == 1 else f"{explanation.members:,} worlds"
    amount = f"{abs(change):,.{digits}f} {unit(one)}"
    ends = f"from {_plain(before, digits)} to {_plain(after, digits)}; in the middle world the change is {signed(median, digits)}"
    if question.since is None and explanation.baseline is not None:
        ours, theirs = explanation.scenario, explanation.baseline
        here, there = (ours.id, theirs.id) if names_ids else (f"“{ours.title}”", f"“{theirs.title}”")
        than = f"{'higher' if change >= 0 else 'lower'} in {here} than in {there}"
        return f"{subject(one)} in {name_of(question.quarter)} is {amount} {than}, on average over {worlds} ({ends})."
    moved = "rose" if change >= 0 else "fell"
    since = name_of(question.since or 0)
    return f"{subject(one)} {moved} by {amount} from {since} to {name_of(question.quarter)}, on average over {worlds} ({ends})."


def _plain(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}".replace("-", "−")


ALONE = "Each of the scenario's differences alone, and what they do together beyond that (interaction):"
SCRIPT = "In brackets and in the column entry: the id of what the scenario makes happen; armsrace show {id} tells its source."
MEANS = "The parts are means over worlds, which add up; in any one world they can be larger, smaller or opposite."


def explanation_lines(explanation: Explanation, files: Sequence[Path]) -> Iterator[str]:
    """The lines of the answer."""
    yield from (paragraph(sentence) for sentence in sentences(explanation))
    yield ""
    yield _table(explanation)
    yield ""
    yield paragraph(MEANS)
    yield paragraph(SCRIPT.format(id=explanation.scenario.id))
    yield from _alone(explanation)
    if files:
        yield ""
        yield paragraph(f"Picture: {', '.join(str(file) for file in files)}")


def _table(explanation: Explanation) -> str:
    shown = gathered(rows(explanation))
    digits = digits_for([SCALES.get(explanation.question.series.variable, 1.0) * explanation.change])
    cells = [(row.words, row.event, signed(row.value, digits), share(row.value, shown)) for row in shown]
    total = sum(row.value for row in shown)
    cells.append(("the change", "", signed(total, digits), "100 %"))
    return table(
        ("cause", "entry", unit(explanation.question.series), "of the change"), cells, right=(2, 3), wrap=(0, 1, 2)
    )


def share(value: float, shown: Sequence[object]) -> str:
    total = sum(row.value for row in shown)  # type: ignore[attr-defined]
    return f"{round(100.0 * value / total)} %".replace("-", "−") if total else ""


def _alone(explanation: Explanation) -> Iterator[str]:
    if explanation.alone:
        scale = SCALES.get(explanation.question.series.variable, 1.0)
        digits = digits_for([scale * explanation.change])
        yield ""
        yield paragraph(ALONE)
        yield from (f"  {signed(scale * value, digits):>10}  {name}" for name, value in explanation.alone)
