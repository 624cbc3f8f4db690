"""The pictures of a run in its report: titles, where each stands, and what it shows in words (templates/picture_words.txt)."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.data.actors import actor_name
from sim.io.formatting import signed
from sim.io.quarters import index_of, name_of
from sim.io.templates import phrase
from sim.model.network import KOSOVO, SERBIA, TURKEY, network
from sim.plots.timeline import named_events
from sim.report.document import Image
from sim.report.run_text import channel_sentence, finding_line, horizon_year, yearly_levels
from sim.report.stability_text import AT

if TYPE_CHECKING:
    from sim.analysis.results import Run

TITLES = {
    "overview": "What the scenario changes, around the moment of change",
    "channels": "Risk of incidents: the spiral against deterrence",
    "tornado": "What the result rests on: each uncertain number from its lowest to its highest fifth",
    "spending": "Military spending of three states",
    "relation": "How Serbia sees Türkiye",
    "risk": "Tension, and the risk of incidents",
    "stocks": "Drones and deliveries",
    "states": "Military spending of twelve states",
    "events": "What happens, and when",
    "network": "The region: attitudes, arms, threat",
    "phase-SRB-XKX": "Serbia and Kosovo alone: phase portrait",
}
SECTIONS = {
    "moves": ("overview", "spending", "relation", "risk", "stocks", "states"),
    "why": ("channels",),
    "rests": ("tornado", "events", "network"),
    "stability": ("phase-SRB-XKX",),
}
MOST = 8  # events or lines that are told of a picture
BARS = 4


def images_of(run: "Run", figures: Path, section: str) -> tuple[Image, ...]:
    """The pictures of a section of the report, as far as they were drawn."""
    names = [name for name in SECTIONS[section] if (figures / f"{name}.png").is_file()]
    return tuple(Image(TITLES[name], picture_words(run, name), f"{name}.png") for name in names)


def picture_words(run: "Run", name: str) -> str:
    """What a picture shows, by the name of its file."""
    if name not in FACTS:
        return phrase("picture_words.txt", "phase_portrait")
    return phrase("picture_words.txt", name, **FACTS[name](run))


def _levels(run: "Run", variable: str, whom: Iterable[tuple[str, str]], digits: int) -> dict[str, Any]:
    """Medians and 90 % of worlds in the horizon year."""
    levels = {actor_name(actor): yearly_levels(run, variable, actor, other, digits) for actor, other in whom}
    unit = next(unit for _, unit in levels.values())
    return {"unit": unit, "year": horizon_year(run), "actors": [(name, ends) for name, (ends, _) in levels.items()]}


def _spending(run: "Run", states: Iterable[str]) -> dict[str, Any]:
    return {"spending": _levels(run, "spending", [(state, "") for state in states], 0)}


def _network(run: "Run") -> dict[str, Any]:
    """The friendliest and the least friendly ties."""
    quarter = min(run.quarters - 1, index_of(AT))
    ties = sorted(network().ties, key=lambda tie: float(run.contrast("attitude", *tie).scenario.median[quarter]))
    named = [f"{actor_name(actor)} to {actor_name(other)}" for actor, other in ties]
    return {"quarter": name_of(quarter), "least": named[:3], "most": named[:-4:-1]}


def _bars(run: "Run") -> list[dict[str, str]]:
    """The number that each line rests on most, and the changes in its lowest and its highest fifth."""
    bars = []
    for row in run.shown_findings:
        shares = run.variance_shares(row)
        if shares is not None and shares.rests_on:
            first = shares.rests_on[0]
            low, high = (signed(row.topic.scale * end, row.topic.digits) for end in (first.low, first.high))
            bars.append({"what": row.what, "key": first.key, "word": first.word, "low": low, "high": high})
    return bars[:BARS]


FACTS: dict[str, Callable[["Run"], dict[str, Any]]] = {
    "spending": lambda run: _spending(run, (SERBIA, KOSOVO, TURKEY)),
    "relation": lambda run: {"attitude": _levels(run, "attitude", [(SERBIA, TURKEY)], 2)},
    "risk": lambda run: {name: _levels(run, name, [(SERBIA, KOSOVO)], 2) for name in ("tension", "hazard")},
    "stocks": lambda run: {"loitering": _levels(run, "loitering", [(KOSOVO, ""), (SERBIA, "")], 0)},
    "states": lambda run: _spending(run, network().states),
    "events": lambda run: {"own": [mark.words for mark in named_events(run)][:MOST]},
    "network": _network,
    "overview": lambda run: {"lines": [finding_line(row) for row in run.shown_findings[:MOST]]},
    "tornado": lambda run: {"bars": _bars(run)},
    "channels": lambda run: {"sentence": channel_sentence(run)},
}
