"""An explanation in words: what moved, by how much, and what each cause is called."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sim.actors import load_actors
from sim.explain import Explanation, Part
from sim.parts import Cause
from sim.quarters import name_of
from sim.variables import Series

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
    "budget": "arms bought with its own budget, beyond the growth of its economy",
    "grant": "arms paid by a grant",
    "economy": "the economy",
    "tension": "tension",
}
CHANCE = {"budget": "chance in the budget of {who}", "economy": "chance in the economy of {who}", "tension": "chance in tension"}
CHANNELS = {
    "deals": "{what} that {who} orders without the script",
    "patron": "what {who} gives {to}, drawn or usual",
    "hostility": "hostility of {who} to {to}",
    "economy": "growth of the economy of {who}",
    "plan": "the burden that {who} plans",
    "grievance": "the standing grievance of {who}",
    "limit": "the upper limit of the scale",
    "unrest": "unrest in {who}",
    "supplement": "an addition to the budget of {who}",
    "insecurity_outside": "insecurity outside the region",
    "delivery": "deliveries from {who} to {to}",
    "agreement": "agreement of {who} and {to}",
    "gift": "a gift from {who} to {to}",
    "visit": "visit of {who} to {to}",
    "statement": "words of {who} about {to}",
    "answer": "{who} answers the words of {to}",
    "trade": "trade that rises or falls with the relation",
    "incident": "incidents in the north of Kosovo",
    "dialogue_agreed": "dialogue of Belgrade and Pristina",
    "mediation": "mediation after incidents",
    "accession": "the credibility of accession",
    "transparency": "openness in regional forums",
    "words": "hostile words of {who} about {to}",
    "command": "command of KFOR by {who}",
    "troops_agreed": "the agreed strength of KFOR",
    "reserve_scripted": "the reserve battalion",
    "reserve": "the reserve, called after a lethal incident",
    "reinforcement": "peacekeepers that follow tension",
    "balance": "deterrence: {what} of {who}",
    "election": "an election",
    "held": "arms of {who} in use in {to}",
    "need": "the need for drones",
    "funds": "the money that {who} has for arms",
    "attitude": "attitude of {who} to {to}",
    "memory": "memory of how {who} armed rivals",
    "influence": "influence of {who}",
    "agreements": "agreements in force with {who}",
    "example": "the example of other buyers of {who}",
    "support": "support of {who} for {to}",
    "numbers": "numbers that the scenario changes",
    "interaction": "what both worlds share, acting on what differs (interaction)",
}
SUBJECTS = {
    "spending": "Military spending of {actor}",
    "relation": "Cooperation of {actor} with {counterpart} (the slow part of the relation)",
    "rhetoric": "Rhetoric of {actor} about {counterpart}",
    "attitude": "Attitude of {actor} to {counterpart}",
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


def cause_words(cause: Cause) -> str:
    """What a cause is called.

    >>> cause_words(Cause("arms", "XKX", "loitering", "skydagger-order"))
    'loitering munitions of Kosovo'
    """
    who, what = name(cause.who) if cause.who else "", ARMS.get(cause.what, cause.what)
    if cause.channel == "risk":
        return f"fear of incidents: {cause_words(Cause(cause.what, what='tension')) if cause.what else ''}".strip()
    if cause.channel == "arms":
        return f"{what} of {who}" if who else "a threat that rises"
    if cause.channel == "chance":
        return CHANCE.get(cause.what, "chance").format(who=who)
    text = CHANNELS.get(cause.channel, cause.channel)
    if not who:
        return WITHOUT_WHO.get(cause.channel, text)
    return text.format(who=who, to=name(cause.what), what=what)


WITHOUT_WHO = {
    "delivery": "deliveries of arms",
    "agreement": "agreements",
    "gift": "gifts",
    "visit": "visits",
    "words": "hostile words",
    "hostility": "hostility",
    "balance": "deterrence",
    "unrest": "unrest",
    "held": "patrons' arms in use",
    "command": "command of KFOR",
    "patron": "patrons",
    "deals": "orders without the script",
    "statement": "words",
}


def subject(series: Series) -> str:
    """The number that moved, at the start of a sentence."""
    return SUBJECTS[series.variable].format(actor=name(series.actor), counterpart=name(series.counterpart))


def unit(series: Series) -> str:
    return UNITS.get(series.variable, f"on a scale from {series.unit}".replace("-1", "−1"))


def signed(value: float, digits: int) -> str:
    """A number with its sign; a minus is a minus.

    >>> signed(-1.25, 1), signed(0.04, 1)
    ('−1.2', '+0.0')
    """
    return f"{value:+,.{digits}f}".replace("-", "−")


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
    """The largest rows, and the others in one."""
    if len(shown) <= most + 1:
        return list(shown)
    rest = shown[most:]
    return [*shown[:most], Row(f"{len(rest)} smaller causes together", "", sum(row.value for row in rest), 0.0, 0.0)]


def sentences(explanation: Explanation) -> tuple[str, ...]:
    """What moved, why, and what worked against it."""
    told, shown = rows(explanation), _headline(explanation)
    digits = digits_for((explanation.change * SCALES.get(explanation.question.series.variable, 1.0),))
    change = sum(row.value for row in told)
    along = [row for row in told if row.value * change > 0.0][:NAMED_IN_SENTENCE]
    against = [row for row in told if row.value * change < 0.0 and abs(row.value) >= WORTH_SAYING * abs(change)]
    found = [shown]
    if along:
        found.append(f"The largest parts of that: {_listed(along, digits)}.")
    if against:
        found.append(f"The other way worked {_listed(against[:NAMED_IN_SENTENCE], digits)}.")
    found.append(f"All {len(told)} causes add up to the change exactly.")
    return tuple(found)


def _listed(chosen: Sequence[Row], digits: int) -> str:
    words = [f"{row.words}{f' ({row.event})' if row.event else ''}, {signed(row.value, digits)}" for row in chosen]
    return "; ".join(words)


def _headline(explanation: Explanation) -> str:
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
        than = f"{'higher' if change >= 0 else 'lower'} in {explanation.scenario.id} than in {explanation.baseline.id}"
        return f"{subject(one)} in {name_of(question.quarter)} is {amount} {than}, on average over {worlds} ({ends})."
    moved = "rose" if change >= 0 else "fell"
    since = name_of(question.since or 0)
    return f"{subject(one)} {moved} by {amount} from {since} to {name_of(question.quarter)}, on average over {worlds} ({ends})."


def _plain(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}".replace("-", "−")
