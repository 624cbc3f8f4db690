"""What uncertain numbers are called in sentences (templates/parameter_words.yaml), and how well the figures know them."""

from collections.abc import Sequence

from sim.analysis.drivers import Driver
from sim.data.actors import load_actors, named, whose
from sim.io.templates import phrase, wordings
from sim.model.parameters import CLASS_WORDS, load_parameters

FILE = "parameter_words.yaml"


def number_words(key: str) -> str:
    """What a parameter, or the size of an event, is called.

    >>> number_words("reaction.SRB"), number_words("emulation.uav"), number_words("events.skydagger-order.n")
    ('how strongly Serbia reacts', "how far states copy a rival's armed drones", 'the number in event skydagger-order')
    """
    if key.startswith("events."):
        event, _, size = key.removeprefix("events.").rpartition(".")
        sizes = wordings(FILE)["sizes"]
        return str(sizes.get(size, sizes["other"]).format(event))
    name, *suffixes = key.split(".")
    pattern = wordings(FILE)["parameters"].get(name)
    if pattern is None:
        meaning = load_parameters().parameter(name).meaning.partition(";")[0]
        return " ".join((meaning, *(f"({_index(suffix)})" for suffix in suffixes)))
    for place, suffix in enumerate(suffixes):
        pattern = pattern.replace(f"{{{place}'s}}", whose(suffix)).replace(f"{{{place}}}", _index(suffix))
    return str(pattern)


def _index(suffix: str) -> str:
    """An actor or a class of arms within a sentence."""
    return named(suffix) if suffix in load_actors().codes else CLASS_WORDS.get(suffix, suffix)


def evidence(word: str) -> str:
    """How well the figures know a number, as it is told.

    >>> evidence("pinned")
    'well determined'
    """
    return str(wordings(FILE)["evidence"][word])


def drivers_words(numbers: Sequence[Driver], most: int) -> str:
    """The numbers on which a difference depends most."""
    rows = [(number_words(one.key), one.correlation, evidence(one.word)) for one in numbers[:most]]
    return phrase("finding_words.txt", "drivers", rows)
