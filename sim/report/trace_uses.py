"""What uses a name, as the data declare it: equations, mechanisms, theories, scenarios, the fit, claims, published results."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any

from sim.data.claims import Claim, claims
from sim.data.region import region
from sim.data.tables import CONTEXT_USES, OBSERVED, OBSERVED_YEARS, Row, table
from sim.io.assets import data_file, is_there
from sim.io.errors import InputError
from sim.io.formatting import few_of
from sim.io.yaml_reader import read_yaml
from sim.model.parameter_table import Parameter
from sim.model.parameters import load_parameters
from sim.model.theories import theories
from sim.report.event_text import series_name
from sim.report.source_tables import EXPORTS, exports_row_of
from sim.scenario.loading import Scenario, list_scenarios, load_scenario

MOST = 12  # rows of a source that are named


@cache
def library() -> tuple[Scenario, ...]:
    """The scenarios of the library that can be read."""
    scenarios = []
    for listing in list_scenarios():
        with suppress(InputError):
            scenarios.append(load_scenario(listing.file))
    return tuple(scenarios)


@cache
def _declared(folder: str, name: str) -> dict[str, Any]:
    """The entries of `mechanisms`, `moments` or `experiments` as their files hold them; none where a region has no such file."""
    if not is_there(folder, f"{name}.yaml"):
        return {}
    entries: dict[str, Any] = read_yaml(data_file(folder, f"{name}.yaml")).data[name]
    return entries


# ---- parameters and variables ----------------------------------------------------------------------------------------


def parameter_uses(parameter: Parameter, key: str) -> Iterator[str]:
    """Equations and mechanisms that a parameter stands in, what sets it, and what cites its place."""
    yield _equations(parameter.rules)
    for name, mechanism in _declared("calibration", "mechanisms").items():
        if _overlapping(mechanism["off"].get("parameters", {}), key):
            yield f"mechanism {name}: {mechanism['title']} (armsrace check --mechanisms)"
    for name, theory in theories().items():
        if keys := _overlapping(theory.parameters, key):
            yield f"theory {name} sets {', '.join(keys)}"
    for scenario in library():
        if keys := _overlapping(scenario.parameters, key):
            yield f"scenario {scenario.id} sets {', '.join(keys)}"
    figures = [row["id"] for row in table("figures") if _cites(parameter.source, parameter.locator, row)]
    if figures:
        yield f"the same place is cited by figures {', '.join(figures)}"
    yield from _claims_citing(parameter.source, parameter.locator)


def _citing(parameter: Parameter, source: str) -> Iterator[str]:
    """The keys of a parameter that rest on a source: the whole of it, and the numbers that have a source of their own."""
    if source in parameter.source.split(";"):
        yield parameter.name
    yield from (f"{parameter.name}.{suffix}" for suffix, (own, _) in parameter.cited.items() if own == source)


def _equations(files: tuple[str, ...]) -> str:
    *earlier, last = (name.replace("_", " ") for name in files)
    names = f"{', '.join(earlier)} and {last}" if earlier else last
    return f"the equations of {names} ({', '.join(f'sim/rules/{name}.py' for name in files)})"


def _overlapping(keys: Iterable[str], key: str) -> list[str]:
    """Those keys that mean a number which another key means too: `reaction` and `reaction.SRB` overlap."""
    return [known for known in keys if f"{known}.".startswith(f"{key}.") or f"{key}.".startswith(f"{known}.")]


def variable_uses(name: str) -> Iterator[str]:
    """Mechanisms that move a recorded variable, and claims that are tested on it."""
    yield "every run, which records it"
    moved_by = [
        id_
        for id_, mechanism in _declared("calibration", "mechanisms").items()
        if any(series.partition(".")[0] == name for series in mechanism["moves"])
    ]
    if moved_by:
        yield f"mechanisms that move it: {', '.join(moved_by)} (armsrace check --mechanisms)"
    tested = [
        id_
        for id_, experiment in _declared("seeds", "experiments").items()
        if any(part["variable"].partition(".")[0] == name for part in experiment["expect"])
    ]
    if tested:
        yield f"claims that are tested on it: {', '.join(tested)} (armsrace check --claims)"


# ---- sources ---------------------------------------------------------------------------------------------------------


def document_uses(name: str) -> Iterator[str]:
    """Parameters and scenarios that cite a source."""
    parameters = [key for parameter in load_parameters().parameters for key in _citing(parameter, name)]
    if parameters:
        yield f"parameters {', '.join(parameters)}"
    for scenario in library():
        cited = [event.source for event in scenario.events if is_own(scenario, event)]
        cited += [document["document"] for document in scenario.documents]
        if name in cited:
            yield f"scenario {scenario.id}"
    for what in ("figures", "events"):
        rows = [row["id"] for row in table(what) if name in row["source"].split(";")]
        if rows:
            yield f"{len(rows)} {what}: {few_of(rows, MOST)}"


def claim_uses(claim: Claim) -> Iterator[str]:
    """Mechanisms that a claim stands behind, and the test of it."""
    if claim.experiment:
        yield f"the experiment {claim.experiment}, which tests it (armsrace check --claims {claim.id})"
    named = [id_ for id_, one in _declared("calibration", "mechanisms").items() if claim.id in one.get("claims", [])]
    if named:
        yield f"mechanisms {', '.join(named)} (armsrace check --mechanisms)"
    figures = [row["id"] for row in table("figures") if is_at(claim, row)]
    if figures:
        yield f"figures at the same place: {', '.join(figures)}"


def is_at(claim: Claim, row: Row) -> bool:
    """Whether a figure stands at a place that a claim names."""
    return any(_is_same(row["source"], row["locator"], *place) for place in _places(claim.locator))


def event_uses(row: Row) -> Iterator[str]:
    """Scenarios whose own events cite the place of a dated event, in its year, and claims that cite it."""
    for scenario in library():
        own = [event for event in scenario.events if is_own(scenario, event) and event.at[:4] == row["date"][:4]]
        ids = [event.id for event in own if _cites(event.source, str(event.locator or ""), row)]
        if ids:
            yield f"scenario {scenario.id}, citing the same place: {', '.join(ids)}"
    yield from _claims_citing(row["source"], row["locator"].removeprefix(f"{row['source']}: "))


def figure_uses(row: Row) -> Iterator[str]:
    """What the fit makes of a figure, and what cites the same place of the same document, or names the figure."""
    yield from _moments_with(row)
    for parameter in load_parameters().parameters:
        if _cites(parameter.source, parameter.locator, row):
            yield f"parameter {parameter.name} cites the same place"
    cell = EXPORTS.fullmatch(row["id"])
    for scenario in library():
        own = [event for event in scenario.events if is_own(scenario, event)]
        if cell is not None and _series_has(own, f"deliveries.{region().supplier}.{cell[1]}.arms", cell[2]):
            yield f"scenario {scenario.id}: series deliveries.{region().supplier}.{cell[1]}.arms, {cell[2]}, the same number"
        ids = [
            event.id for event in own if row["id"] in event.note or _cites(event.source, str(event.locator or ""), row)
        ]
        if ids and cell is None:
            yield f"scenario {scenario.id}, citing the same place: {', '.join(ids)}"
    if cell is None:
        yield from _claims_citing(row["source"], row["locator"])


def context_uses(row: Row) -> Iterator[str]:
    """What reads an outside number."""
    yield from _moments_with(row)
    family = row["id"].split("-")[0]
    if family in CONTEXT_USES and (family not in OBSERVED or row["date"] in map(str, OBSERVED_YEARS)):
        yield CONTEXT_USES[family]


def context_event_uses(row_id: str) -> Iterator[str]:
    """Scenarios whose own events name a row of the record beyond the documents, as their place or in their note."""
    for scenario in library():
        own = [event for event in scenario.events if is_own(scenario, event)]
        ids = [event.id for event in own if re.search(rf"\b{row_id}\b", f"{event.locator} {event.note}")]
        if ids:
            yield f"scenario {scenario.id}: {', '.join(ids)}"


def _moments_with(row: Row) -> Iterator[str]:
    names = [name for name, moment in _declared("calibration", "moments").items() if row["id"] in moment["figures"]]
    if names:
        yield f"the fit of the parameters: {', '.join(names)} (armsrace calibrate)"


def _claims_citing(source: str, locator: str) -> Iterator[str]:
    """Claims that cite a place of a document."""
    ids = [claim.id for claim in claims() if any(_is_same(source, locator, *place) for place in _places(claim.locator))]
    if ids:
        yield f"the same place is cited by claims {', '.join(ids)} (armsrace check --claims)"


def _places(locator: str) -> Iterator[tuple[str, str]]:
    """Document and place of each part of a claim's locator: `001: Title, paragraph 2; 002: paragraph 3`."""
    document = ""
    for part in locator.split("; "):
        head, colon, rest = part.partition(": ")
        document, place = (head, rest) if colon and head.isdigit() else (document, part)
        yield document, place


def _cites(source: str | None, locator: str, row: Row) -> bool:
    return _is_same(source or "", locator, row["source"], row["locator"])


def _is_same(source: str, cited: str, document: str, place: str) -> bool:
    """Whether two citations are of one document, the first names a part of the second's place, and no paragraphs part them."""
    first = re.sub(r'"|^section ', "", re.split(r"[;,]", cited)[0]).strip().lower()
    is_section = source == document and len(first) > 3 and first in place.replace('"', "").lower()
    named, meant = _paragraphs(cited), _paragraphs(place)
    return is_section and (not named or not meant or not named.isdisjoint(meant))


def _paragraphs(place: str) -> set[int]:
    """The paragraphs that a place names.

    >>> sorted(_paragraphs("Title, paragraphs 2-4 and 7")), _paragraphs("Title, last paragraph")
    ([2, 3, 4, 7], set())
    """
    named = re.findall(r"paragraphs? (\d[\d, and-]*)", place)
    spans = re.findall(r"(\d+)(?:-(\d+))?", " ".join(named))
    return {number for first, last in spans for number in range(int(first), int(last or first) + 1)}


def is_own(scenario: Scenario, event: Any) -> bool:
    """Whether an event stands in the scenario's own file and not in one that it extends."""
    return str(event.origin).rsplit(":", 1)[0].endswith(scenario.file.name)


def _series_has(events: Iterable[Any], series: str, year: str) -> bool:
    entries = [event for event in events if series_name(event.id) == series and event.at.startswith(year)]
    return bool(entries) and exports_row_of(series, entries) is not None
