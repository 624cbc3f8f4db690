"""Documents, sources, theories and ensembles as they are cited; the sentences stand in templates/source_words.txt."""

from pathlib import PurePath
from typing import TYPE_CHECKING

from sim.data.actors import actor_name
from sim.data.tables import sources
from sim.ensembles.registry import newcomers
from sim.io.templates import phrase

if TYPE_CHECKING:
    from sim.analysis.results import Run

WORDS = "source_words.txt"


def rests_on(run: "Run", *, leaning: bool = True) -> tuple[str, ...]:
    """The scenario's documents: place, what they say, and whose voices they carry."""
    return tuple(citation(document, leaning=leaning) for document in run.scenario.documents)


def citation(document: dict[str, str], leaning: bool = True) -> str:
    """One document with its place, in words."""
    key = document["document"]
    source = {"title": "", "leaning": ""} | sources().get(key, {})
    where = ", ".join(str(part) for part in (source.get("outlet"), source.get("date")) if part)
    facts = {"locator": "", "says": ""} | document
    return phrase(WORDS, "citation", key, source, where, facts, source["leaning"] if leaning else "")


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
    """Which actors a fit does not know, if it was made before they came into the model."""
    names = [actor_name(code) for code in newcomers(fit)]
    return phrase(WORDS, "newcomers", fit_label(fit), names) if names else ""
