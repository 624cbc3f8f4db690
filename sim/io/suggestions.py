"""Names that the user gives for columns of a sweep: short forms of them, and what is offered for a wrong one."""

import difflib
from collections.abc import Iterable

from sim.io.errors import near_names, suggestion
from sim.io.formatting import few_of

MOST = 12  # names that one message lists


def meant_by(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """The names that a word may stand for: itself, or those that begin alike and hold its other parts in this order.

    >>> meant_by("tension.2030Q4", ["tension.SRB.XKX.2026Q4", "tension.SRB.XKX.2030Q4", "crisis"])
    ('tension.SRB.XKX.2030Q4',)
    """
    names, (first, *others) = tuple(known), word.split(".")

    def is_short_for(name: str) -> bool:
        begins, *rest = name.split(".")
        left = iter(rest)
        return begins == first and all(part in left for part in others)

    return (word,) if word in names else tuple(filter(is_short_for, names))


def names_offered(word: str, known: Iterable[str]) -> str:
    """The end of a message: the near names, or where none is near the most alike of all.

    >>> names_offered("tensoin", ["burden", "tension"]), names_offered("gdp", ["burden", "tension"])
    ('; did you mean "tension"?', '; there are: burden and tension')
    """
    names = sorted(known, key=lambda name: -_likeness(word, name))
    if near_names(word, names):
        return suggestion(word, names)
    return f"; there are: {few_of(names, MOST)}" if names else ""


def _likeness(word: str, name: str) -> float:
    """How alike two names are, 0 to 1, in whole or in any of the parts of the name."""
    return max(difflib.SequenceMatcher(None, word.lower(), part.lower()).ratio() for part in (name, *name.split(".")))
