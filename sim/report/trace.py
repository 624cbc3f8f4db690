"""Where a number comes from and what uses it: parameters, figures, outside numbers, events, recorded variables."""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sim.analysis.parameter_text import evidence
from sim.data.claims import Claim, claims
from sim.data.context_events import ContextEvent, Range, context_events
from sim.data.tables import Row, rows_by_id, sources
from sim.ensembles.identifiability import ASSUMED, shipped
from sim.ensembles.registry import DEFAULT_FIT
from sim.ensembles.registry import chosen as ensemble_named
from sim.io.errors import InputError, Problem, nearest
from sim.io.terminal import bullet, entry, paragraph, table
from sim.model.distributions import Distribution
from sim.model.network import FIRST
from sim.model.parameter_table import Parameter
from sim.model.parameters import load_parameters
from sim.model.variables import VARIABLES, all_series
from sim.report import trace_uses as uses
from sim.report.citations import source_reference
from sim.report.event_text import band, event_words, number, prior_words, series_name
from sim.report.source_tables import number_words, whose
from sim.report.sources import source_words

MOST = 12  # series that are named
QUOTES = 3  # short quotes that a claim shows
SHOWN_VALUES = 14  # a parameter with more numbers shows those that differ from the most common one


@dataclass(frozen=True)
class Traced:
    """What is known of a name.

    kind   : parameter, figure, outside number, event, variable, document, or claim
    facts  : name and words, in the order in which they are printed
    values : numbers with their priors, for a parameter
    uses   : what uses it, as the data declare it
    limits : legal range of a parameter; None for an end that is open
    """

    name: str
    kind: str
    facts: dict[str, str]
    values: tuple[dict[str, Any], ...] = ()
    uses: tuple[str, ...] = ()
    limits: tuple[float | None, float | None] | None = None

    def plain(self) -> dict[str, Any]:
        """What `trace --format json` prints."""
        limits = {} if self.limits is None else {"range": list(self.limits)}
        ends = {"values": list(self.values), "used_by": list(self.uses)}
        return {"name": self.name, "kind": self.kind, **self.facts, **limits, **ends}

    def lines(self) -> Iterator[str]:
        yield paragraph(f"{self.name}: {self.kind}")
        yield from (entry(name, text) for name, text in self.facts.items() if text)
        if self.values:
            yield from ("", *_values_table(self.values))
        yield from ("", "Used by")
        yield from map(bullet, self.uses or ("nothing in the model reads it; it is kept to compare",))


def traced(name: str) -> Traced:
    """What is known of a name; InputError with the nearest names when nothing is."""
    for look in LOOKS:
        if (known := look(name)) is not None:
            return known
    turned = "_".join(reversed(name.split(".")))  # price.loitering for loitering_price
    near = turned if turned in load_parameters().starts else nearest(name, _all_names())
    hint = (
        f'; did you mean "{near}"?'
        if near
        else f"; write a parameter as name.COUNTRY, such as reaction.{FIRST}, and a figure by its id, such as 004-B116; "
        "armsrace show FILE tells the events of a file of your own"
    )
    raise InputError("trace", [Problem(None, "", f'nothing is called "{name}"{hint}')])


def _all_names() -> list[str]:
    rows = [id_ for name in ("figures", "context", "events") for id_ in rows_by_id(name)]
    rows += [event.id for event in context_events()]
    names = [*load_parameters().starts, *VARIABLES, *rows, *(claim.id for claim in claims()), *sources()]
    return names + [
        event.id for scenario in uses.library() for event in scenario.events if series_name(event.id) is None
    ]


# ---- parameters ------------------------------------------------------------------------------------------------------


def _parameter(name: str) -> Traced | None:
    parameters = load_parameters()
    if name not in parameters.starts:
        return None
    declared, rows = parameters.parameter(name), parameters.rows_of(name)
    values = tuple(_value(parameters.keys[row], parameters.distributions[row]) for row in rows)
    source, locator = declared.cited.get(name.partition(".")[2], (declared.source, declared.locator))
    facts = {
        "meaning": declared.meaning, "symbol": declared.symbol, "unit": declared.unit, "group": declared.group,
        "range": _range(declared), "status": declared.status, "source": source_words(source),
        "locator": locator, "own sources": _own_sources(declared, name), "note": declared.note,
        "learned": _learned_words([parameters.keys[row] for row in rows]),
    }  # fmt: skip
    low, high = (None if math.isinf(end) else end for end in (declared.low, declared.high))
    return Traced(name, "parameter", facts, values, tuple(uses.parameter_uses(declared, name)), (low, high))


def parameter_rows() -> Iterator[dict[str, Any]]:
    """A row for every number of the model."""
    for declared in load_parameters().parameters:
        for key, suffix, prior in zip(declared.keys, declared.suffixes, declared.priors, strict=True):
            source, locator = declared.cited.get(suffix, (declared.source, declared.locator))
            fitted = _fitted(key)
            yield {
                "key": key, "meaning": declared.meaning, "unit": declared.unit, "group": declared.group,
                "default": _middle(prior), "prior": prior_words(prior), "low": declared.low, "high": declared.high,
                "status": declared.status, "learned": fitted["word"] if prior.kind != "fixed" else "fixed",
                "fitted": None if fitted["fitted"] is None else fitted["fitted"][1], "source": source, "locator": locator,
            }  # fmt: skip


def parameter_lines() -> Iterator[str]:
    """The numbers as a table for a reader."""
    rows = [(row["key"], number(row["default"]), row["unit"], row["prior"], row["learned"]) for row in parameter_rows()]
    yield table(("number", "default", "unit", "prior", "known"), rows, right=(1,))
    yield f"Next: armsrace trace reaction.{FIRST}; any of them goes into --set, parameters: and vary:"


def _own_sources(declared: Parameter, name: str) -> str:
    """Which numbers of a whole parameter have a source of their own, and which."""
    return "; ".join(f"{suffix}: {source}" for suffix, (source, _) in declared.cited.items() if name == declared.name)


def _range(declared: Parameter) -> str:
    ends = ["no limit" if math.isinf(end) else number(end) for end in (declared.low, declared.high)]
    return f"{ends[0]} to {ends[1]}, ends included"


def _value(key: str, prior: Distribution) -> dict[str, Any]:
    low, high = band(prior)
    return {
        "key": key, "default": _middle(prior), "prior": prior_words(prior), "low": low, "high": high, **_fitted(key),
    }  # fmt: skip


def _fitted(key: str) -> dict[str, Any]:
    """What the shipped fit says of a number."""
    row = shipped().get(key)
    if row is None:
        return {"fitted": None, "word": ASSUMED, "sd_ratio": None, "informed_by": []}
    fitted = [row.posterior.low, row.posterior.middle, row.posterior.high]
    return {"fitted": fitted, "word": row.word, "sd_ratio": row.sd_ratio, "informed_by": list(row.moments)}


def _learned_words(keys: list[str]) -> str:
    """What the figures taught of some numbers, in a sentence."""
    known = [row for key in keys if (row := shipped().get(key)) is not None]
    if not known:
        return "nothing: it is not fitted, so its value is an assumption of the model" if shipped() else ""
    counts = Counter(row.word for row in known)
    said = (
        ", ".join(f"{count} {evidence(word)}" for word, count in counts.items())
        if len(known) > 1
        else evidence(known[0].word)
    )
    moments = list(dict.fromkeys(name for row in known for name in row.moments))
    from_what = f", by {', '.join(moments[:4])}" if moments and set(counts) != {ASSUMED} else ""
    return f"{said}{from_what} (fit {DEFAULT_FIT}; see armsrace calibrate --report {DEFAULT_FIT})"


def _middle(prior: Distribution) -> float:
    return prior.centre + prior.spread / 2.0 if prior.kind == "uniform" else prior.centre


def _values_table(values: tuple[dict[str, Any], ...]) -> Iterator[str]:
    """The numbers; of very many equal ones only the odd ones out, and a line for the rest."""
    usual, count = Counter((value["default"], value["prior"]) for value in values).most_common(1)[0]
    is_short = len(values) <= SHOWN_VALUES or 2 * count < len(values)
    shown = values if is_short else [value for value in values if (value["default"], value["prior"]) != usual]
    rows = [_value_row(value["key"], value) for value in shown]
    if len(shown) < len(values):
        alike = next(value for value in values if (value["default"], value["prior"]) == usual)
        rows.append((*_value_row(f"the other {count}", alike)[:3], "", "", alike["prior"]))
    headings = ("number", "value", "prior 90 % range", "fitted median and 90 % range", "evidence", "prior")
    is_fitted = any(value["fitted"] for value in shown)
    columns = range(len(headings)) if is_fitted else (0, 1, 2, 5)
    kept = [tuple(row[column] for column in columns) for row in rows]
    yield table([headings[column] for column in columns], kept, wrap=(len(columns) - 1,))


def _value_row(name: str, value: dict[str, Any]) -> tuple[str, ...]:
    low, middle, high = ("-", "-", "-") if value["fitted"] is None else (number(end, 3) for end in value["fitted"])
    fitted = "-" if value["fitted"] is None else f"{middle} ({low} to {high})"
    return name, number(value["default"]), _band_words(value), fitted, evidence(value["word"]), value["prior"]


def _band_words(value: dict[str, Any]) -> str:
    return "-" if value["low"] == value["high"] else f"{number(value['low'], 3)} to {number(value['high'], 3)}"


# ---- figures and outside numbers -------------------------------------------------------------------------------------


def _figure(name: str) -> Traced | None:
    row = rows_by_id("figures").get(name)
    if row is None:
        return None
    facts = {
        "what": row["quantity"], "whose": whose(row), "value": number_words(row), "date": row["date"], **_source(row),
        "flag": row["flag"], "conflicts": row["conflicts_with"], "words": row["fragment"], "note": row["note"],
    }  # fmt: skip
    return Traced(name, "figure of a source document", facts, uses=tuple(uses.figure_uses(row)))


def _context(name: str) -> Traced | None:
    row = rows_by_id("context").get(name)
    if row is None:
        return None
    facts = {
        "what": row["quantity"], "whose": whose({**row, "counterpart": ""}),
        "value": f"{float(row['value']):,.12g} {row['unit']}" if row["value"] else "blank: unknown, not zero",
        "date": row["date"], **_source(row), "note": row["note"],
    }  # fmt: skip
    return Traced(name, "outside number", facts, uses=tuple(uses.context_uses(row)))


def _source(row: Row) -> dict[str, str]:
    words = "; ".join(map(source_words, row["source"].split(";")))
    return {"status": row.get("status", ""), "source": words, "locator": row["locator"]}


# ---- events, variables, documents ------------------------------------------------------------------------------------


def _record_event(name: str) -> Traced | None:
    row = rows_by_id("events").get(name)
    if row is None:
        return None
    end = f" to {row['date_end']}" if row["date_end"] else ""
    facts = {
        "what": row["event"], "who": whose({"subject": row["actors"], "counterpart": ""}),
        "date": f"{row['date']}{end} ({row['date_precision']})", **_source(row), "note": row["note"],
    }  # fmt: skip
    return Traced(name, "dated event of the documents", facts, uses=tuple(uses.event_uses(row)))


def _context_event(name: str) -> Traced | None:
    row = next((event for event in context_events() if event.id == name), None)
    if row is None:
        return None
    end = f" to {row.date_end}" if row.date_end else ""
    facts = {
        "what": row.event, "who": whose({"subject": ";".join(row.actors), "counterpart": ""}),
        "date": f"{row.date}{end} ({row.date_precision})", **_context_figures(row), "follows": row.follows,
        "status": row.status, "source": f"{row.source} {row.url}".strip(), "locator": row.locator, "note": row.note,
    }  # fmt: skip
    kind = f"{row.kind} on record outside the documents (context)"
    return Traced(name, kind, facts, uses=tuple(uses.context_event_uses(name)))


def _context_figures(row: ContextEvent) -> dict[str, str]:
    if row.kind == "incident":
        return {"killed": _figures(row.killed), "injured": _figures(row.injured), "counts as": row.severity}
    value = f"{_figures(row.value)} million US$ of {row.value_year}" if row.value else ""
    return {"class": row.weapon_class, "number": _figures(row.number), "value": value, "payment": row.payment}


def _figures(figures: Range | None) -> str:
    return "" if figures is None else " to ".join(f"{figure:,.12g}" for figure in dict.fromkeys(figures))


def _scenario_event(name: str) -> Traced | None:
    holders = [(scenario, event) for scenario in uses.library() for event in scenario.events if event.id == name]
    if not holders:
        return None
    scenario, event = next((pair for pair in holders if uses.is_own(*pair)), holders[0])
    facts = {
        "what": event_words(event, scenario.events, ensemble_named(DEFAULT_FIT)),
        "status": "assumed" if event.source in (None, "assumed") else "from a source; the note says what is assumed",
        "source": source_words(event.source) if event.source else "",
        "locator": event.locator,
        "written in": event.origin,
    }
    return Traced(name, "event of a scenario", facts, uses=tuple(f"scenario {holder.id}" for holder, _ in holders))


def _variable(name: str) -> Traced | None:
    variable = VARIABLES.get(name)
    if variable is None:
        return None
    series = [" - ".join(filter(None, (row.actor, row.counterpart))) for row in all_series() if row.variable == name]
    recorded = ", ".join(series[:MOST]) + (f" and {len(series) - MOST} more" if len(series) > MOST else "")
    facts = {"meaning": variable.meaning, "unit": variable.unit, "recorded": recorded}
    return Traced(name, "recorded variable", facts, uses=tuple(uses.variable_uses(name)))


def _document(name: str) -> Traced | None:
    source = sources().get(name)
    if not isinstance(source, dict):
        return None
    known = {key: str(value) for key, value in source.items() if value is not None}
    how = "; ".join(filter(None, (known.get("date_status"), known.get("date_note"))))
    known["date"] = known.get("date", "unknown") + (f" ({how})" if how else "")
    known.setdefault("outlet", "not printed")
    names = ("title", "author", "outlet", "date", "url", "leaning", "weight", "note")
    facts = {name: known.get(name, "") for name in names}
    facts["possible bias"] = facts.pop("leaning")
    facts["cite as"] = source_reference(name).apa() if known.get("kind") != "assumption" else ""
    facts |= {f"says ({claim.id})": claim.claim for claim in claims() if name in claim.documents}
    kind = "source document" if known.get("kind") == "document" else "outside source"
    return Traced(name, kind, facts, uses=tuple(uses.document_uses(name)))


def _claim(name: str) -> Traced | None:
    row = next((claim for claim in claims() if claim.id == name), None)
    if row is None:
        return None
    facts = {
        "claim": row.claim, "source": "; ".join(map(source_words, row.source.split(";"))), "locator": row.locator,
        "quoted there": _fragments_at(row), "agrees": row.agrees, "contradicts": row.contradicts,
        "test": f"{row.test}{f': {row.experiment}' if row.experiment else ''}", "reason": row.reason, "note": row.note,
    }  # fmt: skip
    return Traced(name, "claim of the documents, in our words", facts, uses=tuple(uses.claim_uses(row)))


def _fragments_at(row: Claim) -> str:
    """Short quotes of the figures that stand at the places of a claim, each with its id."""
    figures = [figure for figure in rows_by_id("figures").values() if uses.is_at(row, figure) and figure["fragment"]]
    return "; ".join(f'"{figure["fragment"]}" ({figure["id"]})' for figure in figures[:QUOTES])


LOOKS: tuple[Callable[[str], Traced | None], ...] = (
    _parameter, _figure, _context, _record_event, _context_event, _scenario_event, _variable, _document, _claim,
)  # fmt: skip
