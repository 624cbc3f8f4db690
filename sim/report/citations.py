"""How to cite the program, a scenario and what it rests on: in the style of the APA, and as BibTeX."""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sim.analysis.parameter_text import number_words
from sim.data.context_events import context_events
from sim.data.region import region, region_option
from sim.data.tables import sources
from sim.io import plugged
from sim.io.assets import data_file, is_shipped_region
from sim.io.templates import phrase
from sim.io.yaml_reader import read_yaml
from sim.model.parameters import load_parameters
from sim.report.sources import WORDS
from sim.scenario.levers import events_changed
from sim.scenario.loading import Scenario, list_scenarios, load_scenario
from sim.version import __version__

NO_SOURCE = ("assumed", "model-derived", "context-events")  # the last stands for the sources of its single rows
MONTHS = "January February March April May June July August September October November December".split()
OF_BODIES = re.compile(
    r"Bank|Institute|Bureau|Academy|Ministry|Government|Office|Project|project|Agency|NATO|Union|group|Council|\d|\(|government|ulletin"
)
NO_DATE = "n.d."
_DOI = re.compile(r"doi(?:\.org/|:)(10\.[0-9]+/\S+)")
_URL = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Reference:
    """One entry of a list of references.

    key     : of the entry, in the project and in BibTeX
    authors : of people "Given Names Family", of a body its name; empty where nobody is named
    date    : as far as it is known, "2024-09" for example; "" where it is unknown
    kind    : in brackets behind the title, "Computer software" for example; "" where the reader needs no word
    """

    key: str
    title: str
    authors: tuple[str, ...] = ()
    date: str = ""
    is_inferred: bool = False
    outlet: str = ""
    url: str = ""
    kind: str = ""

    def apa(self) -> str:
        """The entry in the style of the American Psychological Association, 7th edition, as plain text."""
        names = [_inverted(name) for name in self.authors]
        who = f"{', '.join(names[:-1])}, & {names[-1]}" if len(names) > 1 else "".join(names)
        title = f"{self.title}{f' [{self.kind}]' if self.kind else ''}"
        when = f"({'ca. ' if self.is_inferred else ''}{_date_words(self.date)})"
        head = [who.rstrip("."), f"{when}.", title] if who else [title, f"{when}."]
        first = f"{head[0]}. {head[1]} {head[2]}" if who else f"{head[0]}. {head[1]}".rstrip(".")
        said = " ".join(f"{part}{'' if part[-1] in '.?!' else '.'}" for part in (first, self.outlet) if part)
        return f"{said} {self.url}".rstrip()

    def bibtex(self) -> str:
        """The entry as BibTeX."""
        doi = _DOI.search(self.url)
        fields = {
            "author": " and ".join(name if _is_person(name) else f"{{{name}}}" for name in map(_escaped, self.authors)),
            "title": f"{{{_escaped(self.title)}}}",
            "year": self.date[:4],
            "month": self.date[5:7].lstrip("0"),
            "howpublished": _escaped(self.outlet),
            "doi": doi[1] if doi else "",
            "url": "" if doi else self.url,
            "note": "; ".join(filter(None, (self.kind, "date inferred" if self.is_inferred else ""))),
        }
        lines = [f"  {name} = {{{text}}}," for name, text in fields.items() if text]
        key = f"document{self.key}" if self.key.isdigit() else re.sub("[^A-Za-z0-9-]", "", self.key)
        return "\n".join([f"@misc{{{key},", *lines, "}"])


# ---- which there are -------------------------------------------------------------------------------------------------


@cache
def _program() -> dict[str, Any]:
    return read_yaml(data_file("CITATION.cff")).data


def tool() -> Reference:
    """The program, as CITATION.cff says it."""
    cited = _program()
    names = tuple(
        author.get("name") or f"{author['given-names']} {author['family-names']}" for author in cited["authors"]
    )
    version = f"Version {__version__}, model {load_parameters().model_version}"
    url = str(cited.get("doi", "") and f"https://doi.org/{cited['doi']}") or str(cited.get("repository-code", ""))
    return Reference(
        "armsrace",
        f"{cited['title']} ({version})",
        names,
        str(cited["date-released"])[:4],
        url=url,
        kind="Computer software",
    )


def in_short(verb: str, scenarios: Sequence[str], members: int, seed: int, folder: str = "") -> str:
    """How to cite a run or a comparison, on one line.

    folder : of the run, which knows the unknown numbers that its answer names, or of the comparison
    """
    program, names, subjects = (
        tool(),
        " ".join(scenarios),
        shlex.join([*([folder] if folder else scenarios), *region_option()]),
    )
    plugins = f", with the plug-in {' and '.join(plugged.FILES)}" if plugged.FILES else ""
    return (
        f"Cite: {program.authors[0]} ({program.date}), armsrace {__version__} (model {load_parameters().model_version}), "
        f"{verb} {names}, {members:,} simulations, seed {seed}{plugins}; with its sources: armsrace cite {subjects}"
    )


def scenario_reference(scenario: Scenario) -> Reference:
    """A scenario: one of the library is the program's, one of a user's region that author's, any other its user's."""
    program = tool()
    if is_shipped_region() and any(
        (listing.id, listing.title) == (scenario.id, scenario.title) for listing in list_scenarios()
    ):
        outlet = f"Scenario {scenario.id} of armsrace, version {__version__}"
        return Reference(
            f"armsrace-{scenario.id}", scenario.title, program.authors, program.date, outlet=outlet, url=program.url
        )
    outlet = f"Scenario {scenario.id}.yaml for armsrace, version {__version__}, SHA-256 {scenario.digest[:12]}"
    author = ("" if is_shipped_region() else region().author) or "[Your name]"
    return Reference(scenario.id, scenario.title, (author,), "", outlet=outlet)


def sources_of(scenario: Scenario, base: Scenario | None) -> list[Reference]:
    """The documents that a scenario names, and the sources of the events and of the record that it adds or changes."""
    changed = events_changed(scenario, base)
    keys = [document["document"] for document in scenario.documents]
    keys += [key for event in changed for key in (event.source or "").split(";")]
    rows = {row for event in changed for row in re.findall(r"\bX[0-9]{3}\b", f"{event.locator} {event.note}")}
    known = filter(_is_citable, dict.fromkeys(keys))
    return [*map(source_reference, known), *_of_the_record(rows)]


def source_reference(key: str) -> Reference:
    """A key of seeds/sources.yaml."""
    source = sources()[key]
    outlet = str(source.get("outlet") or "")
    url = str(source.get("url") or "") or next(iter(_URL.findall(outlet)), "").rstrip(".,;")
    if doi := _DOI.search(outlet):
        url = f"https://doi.org/{doi[1]}"
    outlet = re.sub(r"[,;]?\s*(doi:\S+|https?://\S+|\((not printed|named) [^)]*\))", "", outlet).strip()
    outlet = re.sub(r",? Vol\. (\d+), No\. (\d+), pp\. ", r", \1(\2), ", outlet)
    return Reference(
        key, _title(str(source["title"])), _authors(str(source.get("author") or "")), str(source.get("date") or ""),
        is_inferred=source.get("date_status") == "inferred", outlet=outlet, url=url,
        kind="Data set" if source.get("kind") == "dataset" else "",
    )  # fmt: skip


def _of_the_record(rows: set[str]) -> Iterator[Reference]:
    for row in context_events():
        if row.id in rows:
            yield Reference(row.id, row.event.rstrip("."), date=row.date, outlet=row.source, url=row.url)


def reference_lines(
    scenarios: Sequence[Scenario], base: Scenario | None = None, *, numbers: Sequence[str]
) -> Iterator[tuple[str, list[Reference]]]:
    """Headings with their references: the program, the scenarios, and what they rest on, each once.

    base    : what the scenarios are compared with; None takes of each what its file names
    numbers : keys of the unknown numbers whose sources are asked for, too
    """
    yield "The program", [tool()]
    if not scenarios:
        yield "The documents that the model rests on", list(map(source_reference, documents_read()))
        return
    few = len(scenarios) == 1
    yield "The scenario" if few else "The scenarios", list(map(scenario_reference, scenarios))
    references = {
        source.key: source for scenario in scenarios for source in sources_of(scenario, base or _base(scenario))
    }
    if references:
        yield f"What the scenario{' rests' if few else 's rest'} on", list(references.values())
    keys = dict.fromkeys(key for number in numbers for key in _source_of(number, scenarios)[1].split(";"))
    if more := [source_reference(key) for key in keys if _is_citable(key) and key not in references]:
        yield "Where the unknown numbers come from that carry most of the spread", more


def number_lines(numbers: Sequence[str], scenarios: Sequence[Scenario]) -> list[str]:
    """A line for each unknown number: what it is, how it is known, and the source to cite for it."""
    facts = [(number, number_words(number), *_source_of(number, scenarios)) for number in numbers]
    return [
        phrase(
            WORDS,
            "number_source",
            words,
            number,
            status,
            " and ".join(map(_in_text, filter(_is_citable, source.split(";")))),
            locator,
        )
        for number, words, status, source, locator in facts
    ]


def _source_of(number: str, scenarios: Sequence[Scenario]) -> tuple[str, str, str]:
    """Status, keys of the sources and locator of a parameter, or of an event whose size is meant."""
    if number.startswith("events."):
        id_ = number.removeprefix("events.").rpartition(".")[0]
        events = (event for scenario in scenarios for event in scenario.events if event.id == id_)
        event = next(events, None)
        return (
            ("assumed in the scenario file", "", "")
            if event is None or not _is_citable(event.source or "")
            else ("assumed around what its source says", event.source or "", event.locator or "")
        )
    declared = load_parameters().parameter(number)
    return (declared.status, *declared.cited.get(number.partition(".")[2], (declared.source, declared.locator)))


def _in_text(key: str) -> str:
    """A source as a sentence names it: whoever wrote it, or its title, and the year."""
    reference = source_reference(key)
    names = [_inverted(name).partition(",")[0] for name in reference.authors]
    return f"{' & '.join(names) or reference.title} ({reference.date[:4] or NO_DATE})"


def _is_citable(key: str) -> bool:
    return key in sources() and key not in NO_SOURCE


def _base(scenario: Scenario) -> Scenario | None:
    return None if scenario.compare_to is None else load_scenario(scenario.compare_to)


def documents_read() -> list[str]:
    """The keys of the documents that were read."""
    return [key for key, source in sources().items() if isinstance(source, dict) and source.get("kind") == "document"]


# ---- words -----------------------------------------------------------------------------------------------------------


def _title(text: str) -> str:
    """A title; of a text without one a description in brackets, as the APA has it."""
    untitled = re.fullmatch(r"\(no title printed; (.*)\)", text)
    return f"[{untitled[1][0].upper()}{untitled[1][1:]}]" if untitled else text


def _authors(text: str) -> tuple[str, ...]:
    """The authors that a source names, each by itself; those that are nobody's name are left out."""
    if not text or "as printed" in text or "not named" in text:
        return ()
    plain = re.sub(r"\s*\((ed|eds)\.\)", "", text)
    parts = [part.strip() for part in re.split(r",| and |;", plain) if part.strip()]
    return tuple(parts) if all(map(_is_person, parts)) else (text,)


def _is_person(name: str) -> bool:
    words = name.split()
    return 2 <= len(words) <= 5 and not name.startswith("[") and not OF_BODIES.search(name) and words[0] != "The"


def _inverted(name: str) -> str:
    """A person's name as a list of references has it.

    >>> _inverted("Mehmet Uğur Ekinci"), _inverted("World Bank"), _inverted("Pierre Del Moral")
    ('Ekinci, M. U.', 'World Bank', 'Del Moral, P.')
    """
    if not _is_person(name):
        return name.strip("{}")
    words = name.split()
    start = next((place for place, word in enumerate(words[1:-1], 1) if word.lower() in PARTICLES), len(words) - 1)
    initials = " ".join(f"{word[0]}." for word in words[:start])
    return f"{' '.join(words[start:])}, {initials}"


PARTICLES = ("del", "de", "von", "van", "der", "la")


def _date_words(date: str) -> str:
    """A date as far as it is known.

    >>> _date_words("2024"), _date_words("2024-09"), _date_words("2024-09-06"), _date_words("")
    ('2024', '2024, September', '2024, September 6', 'n.d.')
    """
    year, *rest = date.split("-")
    if not year:
        return NO_DATE
    month = f", {MONTHS[int(rest[0]) - 1]}" if rest else ""
    return f"{year}{month}{f' {int(rest[1])}' if len(rest) > 1 else ''}"


def _escaped(text: str) -> str:
    return re.sub(r"([&%$#_])", r"\\\1", text)
