"""The time line of a run: which events are named, in which words, and where they stand."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sim.analysis.results import Run
from sim.data.actors import load_actors
from sim.io.formatting import signed_number
from sim.io.quarters import FIRST_YEAR, QUARTERS_PER_YEAR, name_of
from sim.model.distributions import Distribution
from sim.model.network import DOMESTIC, KOSOVO, SERBIA, TURKEY
from sim.plots import style
from sim.rules.draws import CODES, drawn_value

SELLERS = {KOSOVO: (TURKEY,), SERBIA: (TURKEY, "RUS", "CHN")}
ARMS = {"uav": "armed UAVs", "loitering": "loitering munitions"}
EVENT_WORDS = {
    "accession": "credibility of accession to EU and NATO at {level}",
    "agreement": "agreement: {parties}",
    "command": "{nation} commands KFOR",
    "deliver": "delivery: {supplier} to {buyer}, {weapon_class}",
    "dialogue": "dialogue of Belgrade and Pristina at {level}",
    "election": "election: {where}",
    "embargo": "embargo: {supplier} sells nothing to {buyer}",
    "force_choice": "choice: {buyer} buys from {supplier} only",
    "forum": "regional forum at {level}: {members}",
    "grant": "grant: {patron} to {recipient}",
    "incident": "{severity} incident",
    "insecurity": "insecurity from outside at {level}",
    "kfor": "KFOR at {troops} thousand",
    "offer": "offer: {supplier} to {buyer}, {weapon_class}",
    "order": "order: {supplier} to {buyer}, {weapon_class}",
    "release_reserve": "reserve of KFOR deployed, {troops} thousand",
    "statement": "statement: {actor} on {target}",
    "supplement": "budget wish of {actor} {change}",
    "support": "support: {patron} for {recipient}, {level} times the usual",
    "trade_shock": "trade of {parties} {change}",
    "unrest": "unrest in {actor} at {level}",
    "visit": "visit: {actor} to {target}",
}
LABELS = 8  # events that are named on the time line


@dataclass(frozen=True)
class Mark:
    """A named event on the time line: its time in years, its words, and the state that receives arms by it, or ""."""

    time: float
    words: str
    receiver: str = ""


def end_time(run: Run) -> float:
    return FIRST_YEAR + run.quarters / QUARTERS_PER_YEAR


def event_time(quarter: int) -> float:
    """The beginning of a quarter, in years."""
    return FIRST_YEAR + quarter / QUARTERS_PER_YEAR


def draw_time_line(axes: Any, run: Run, named: Sequence[Mark]) -> None:
    """Recorded events as short strokes, and the scenario's own with their words, each on a line of its own."""
    shown = list(named[:LABELS])
    if len(named) > LABELS:
        shown.append(Mark(named[LABELS].time, f"and {len(named) - LABELS} more"))
    style.lay_time(
        axes, FIRST_YEAR, end_time(run), most=20, label="calendar year; short strokes are the script's other events"
    )
    axes.set(ylim=(0.0, len(shown) + 0.6), yticks=[])
    axes.spines["left"].set_visible(False)
    others = {event_time(event.quarter) for event in run.scenario.events if not event.id.startswith("series.")}
    axes.vlines(sorted(others), 0.0, 0.35, color=style.QUIET, linewidth=1.2)
    for number, mark in enumerate(shown):
        row = len(shown) - number
        axes.vlines(mark.time, 0.0, row, color=style.INK, linewidth=1.2, linestyle=(0, (1, 2)))
        axes.plot([mark.time], [row], "o", color=style.INK, markersize=7)
        style.name_beside(axes, mark.time, row, mark.words)


def mark_arrivals(axes: Any, named: Sequence[Mark], state: str) -> None:
    """Upright lines where a named event brings arms to a state."""
    for time in sorted({mark.time for mark in named[:LABELS] if mark.receiver == state}):
        axes.axvline(time, color=style.INK, linewidth=1.2, linestyle=(0, (1, 2)), zorder=1)


def named_events(run: Run) -> list[Mark]:
    """What the scenario adds, changes or leaves out; without a baseline, incidents and the drones of the two states."""
    events = {event.id: event for event in run.scenario.events if event.quarter < run.quarters}
    if run.baseline is None:
        chosen = [(event, "") for event in events.values() if is_of_drones(event, events) or event.type == "incident"]
    else:
        before = {event.id: event for event in run.baseline.events if event.quarter < run.quarters}
        new = [(event, "") for id_, event in events.items() if id_ not in before]
        new += [(e, "changed: ") for id_, e in events.items() if id_ in before and e.plain() != before[id_].plain()]
        chosen = new + [(event, "left out: ") for id_, event in before.items() if id_ not in events]
        events = {**before, **events}
    found = [one for one in told(chosen, events) if one[0] < run.quarters]
    return list(merged(sorted(found, key=lambda one: one[0])))


def told(chosen: Sequence[tuple[Any, str]], events: dict[str, Any]) -> Iterator[tuple[int, str, str]]:
    """Quarter, words and receiver of events: of a series what differs from the entry before, of an order the arrival too."""
    last: dict[str, str] = {}
    arriving = {getattr(event, "ref", None) for event in events.values()}
    for event, prefix in chosen:
        words = prefix + event_words(event, events)
        series = event.id.rsplit(".", 1)[0] if event.id.startswith("series.") else ""
        if not series or last.get(series) != words:
            goods = events.get(getattr(event, "ref", ""), event)
            yield event.quarter, words, goods.buyer if event.type == "deliver" else ""
        last[series] = words
        if event.type == "order" and event.due is not None and event.id not in arriving:
            yield event.end_quarter, prefix + event_words(event, events, "deliver"), event.buyer


def merged(found: Iterable[tuple[int, str, str]]) -> Iterator[Mark]:
    """Marks in the order of time; what happens in the same words again and again is one mark, at its first time."""
    times: dict[tuple[str, str], list[int]] = {}
    for quarter, words, receiver in found:
        times.setdefault((words, receiver), []).append(quarter)
    for (words, receiver), quarters in times.items():
        again = f", {len(quarters)} times to {name_of(quarters[-1])}" if len(quarters) > 1 else ""
        yield Mark(event_time(quarters[0]), f"{name_of(quarters[0])}  {words}{again}", receiver)


def is_of_drones(event: Any, events: dict[str, Any]) -> bool:
    goods = events.get(getattr(event, "ref", ""), event)
    return event.type == "deliver" and goods.buyer in SELLERS and goods.weapon_class in ARMS


def event_words(event: Any, events: dict[str, Any], kind: str = "") -> str:
    """An event in a few neutral words; the arrival of an order is described by the order."""
    fields = dict(events.get(getattr(event, "ref", ""), event))
    words = {field: spoken(content) for field, content in fields.items()}
    if isinstance(fields.get("change"), Distribution):
        words["change"] = f"{signed_number(100 * middle(fields['change']))} %"
    if "members" in fields:
        seat = "among" if KOSOVO in fields["members"] else "not among"
        words["members"] = f"{len(fields['members'])} states, {spoken(KOSOVO)} {seat} them"
    if event.type == "support" and words["level"] == "0":
        return "support: none from {patron} for {recipient}".format(**words)
    return EVENT_WORDS[kind or event.type].format(**words)


def spoken(content: Any) -> str:
    """A field of an event in words; of an uncertain number the middle."""
    if isinstance(content, tuple):
        return " and ".join(spoken(part) for part in content)
    if isinstance(content, Distribution):
        return f"{'' if content.kind == 'fixed' else 'about '}{middle(content):.3g}"
    if content == DOMESTIC:
        return "home industry"
    if content in load_actors().codes:
        return load_actors().name(content)
    return ARMS.get(content, content.replace("_", " ")) if isinstance(content, str) else str(content)


def middle(size: Distribution) -> float:
    """The value that half of all draws lie below."""
    return drawn_value(CODES[size.kind], size.centre, size.spread, size.low, size.high, 0.5)
