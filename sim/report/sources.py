"""Documents, sources, theories and ensembles as they are cited; the sentences stand in templates/source_words.txt."""

import textwrap
from pathlib import PurePath
from typing import TYPE_CHECKING

from sim.data.actors import actor_name
from sim.data.region import in_identity, region
from sim.data.tables import sources
from sim.ensembles.registry import PRIOR, newcomers
from sim.io.templates import phrase
from sim.io.terminal import page_width

if TYPE_CHECKING:
    from sim.analysis.results import Run

WORDS = "source_words.txt"


def rests_on(run: "Run") -> tuple[str, ...]:
    """The scenario's documents: place, what they say, and whose voices they carry."""
    return tuple(map(citation, run.scenario.documents))


def citation(document: dict[str, str]) -> str:
    """One document with its place, in words."""
    key = document["document"]
    source = {"title": "", "leaning": ""} | sources().get(key, {})
    where = ", ".join(str(part) for part in (source.get("outlet"), source.get("date")) if part)
    facts = {"locator": "", "says": ""} | document
    return phrase(WORDS, "citation", key, source, where, facts, source["leaning"])


def short_citations(run: "Run") -> list[str]:
    """The scenario's documents on a line each: id, short name and places."""
    places: dict[str, list[str]] = {}
    for document in run.scenario.documents:
        places.setdefault(document["document"], []).append(document.get("locator", ""))
    return [
        shortened(f"{key} {', '.join(filter(None, (short_name(key), '; '.join(filter(None, where)))))}")
        for key, where in places.items()
    ]


def shortened(text: str) -> str:
    """A text on one line of a list; what is cut off is left out after a word."""
    return textwrap.shorten(text, page_width() - 2, placeholder=" ...")


def short_name(key: str) -> str:
    """A source as it is cited in a sentence: the authors of a document, else its outlet or its title, and the year.

    >>> short_name("004"), short_name("003"), short_name("000"), short_name("context-events")
    ('Emin & Ekinci (2024)', 'Vuckovic (2024)', 'info-blog.org (2025)', 'The record beyond the five documents (2025)')
    """
    source = {"author": "", "outlet": "", "title": "", "date": "", "kind": ""} | sources().get(key, {})
    author = str(source["author"] or "")
    is_signed = source["kind"] == "document" and author and "(" not in author
    people = " & ".join(name.split()[-1] for name in author.split(" and ")) if is_signed else ""
    title = str(source["title"] or "").replace("(no title printed; ", "untitled, ").partition(" (")[0].rstrip(")")
    who = people or str(source["outlet"] or "").partition(" (")[0] or title or key
    return f"{who} ({str(source['date'])[:4]})" if source["date"] else who


def source_words(key: str) -> str:
    """Title, author, outlet and date of a source."""
    source = sources().get(key)
    if not isinstance(source, dict):
        return key
    if key == "assumed":
        return phrase(WORDS, "assumed")
    parts = (source.get("title"), source.get("author"), source.get("outlet"), source.get("date"))
    return f"{key}: {', '.join(str(part) for part in parts if part)}"


def fit_label(fit: str) -> str:
    """The name of a fit, of a folder its last part."""
    return PurePath(fit).name or fit


def ensemble_note(fit: str) -> str:
    """Which actors a fit does not know, if it was made before they came into the model; that a region other than ours has no fit."""
    if fit == PRIOR and in_identity():
        return phrase(WORDS, "unfitted", region().title)
    names = [actor_name(code) for code in newcomers(fit)]
    return phrase(WORDS, "newcomers", fit_label(fit), names) if names else ""
