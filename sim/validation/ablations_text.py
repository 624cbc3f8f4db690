"""What each mechanism does, as a reader sees it."""

from collections.abc import Iterator, Sequence
from typing import Any

from sim.io.formatting import signed, signed_number
from sim.io.terminal import paragraph, table
from sim.validation.ablations import DEAD, LEAKS, VERDICTS, WORKS, Ablation, Move
from sim.validation.experiments import series_name

SHOWN = 3
MANY = 100.0  # from here on without decimals
TINY = 1e-4  # what is less is told as nearly nothing
PER_CENT = 100.0
LEGEND = (
    "Each line takes one mechanism or patron out of the scenario where it shows, and holds forty series (variable.ACTOR.COUNTERPART) "
    "against the same worlds with it; nothing is drawn by lot after the record. In square brackets: what the mechanism does to the middle "
    "world, with it minus without it, in the quarter where the two differ most, the largest relative changes first; then how many series "
    "more it moves, and how many stay the same to the last bit. ~0 is less than 0.0001. A mechanism that changes nothing is dead; one that "
    "changes a series that it should not leaks (calibration/mechanisms.yaml says which it may)."
)


def ablation_lines(found: Sequence[Ablation], members: int, seed: int, fit: str, until: str) -> Iterator[str]:
    """The whole answer: a table, what leaks or is dead, and the counts."""
    yield paragraph(f"What each mechanism does up to {until}, {members} worlds, seed {seed}, ensemble {fit}")
    yield paragraph(LEGEND)
    yield ""
    rows = [
        (one.mechanism.id, one.verdict, f"{one.mechanism.title}, in {one.mechanism.scenario}. [{largest_words(one)}]")
        for one in found
    ]
    yield table(("mechanism", "verdict", "what it is, and the largest changes"), rows, wrap=(2,))
    for one in found:
        if one.verdict != WORKS:
            yield paragraph(amiss_sentence(one))
    yield ""
    yield paragraph(counts_sentence(found))


def largest_words(ablation: Ablation) -> str:
    """The largest relative changes, in words."""
    largest = sorted(ablation.moved, key=lambda move: -abs(move.relative))[:SHOWN]
    more = len(ablation.moved) - len(largest)
    parts = [*map(_move_words, largest), *([f"{more} more"] if more else []), f"{len(ablation.still)} the same"]
    return "; ".join(parts)


def _move_words(move: Move) -> str:
    if not move.median:
        return f"{series_name(move.series)} in {PER_CENT * move.share:.0f} of 100 worlds"
    amount = signed(move.median, 0) if abs(move.median) >= MANY else signed_number(move.median, 2)
    return f"{series_name(move.series)} {amount if abs(move.median) >= TINY else '~0'} in {move.quarter}"


def amiss_sentence(ablation: Ablation) -> str:
    """What is wrong with a mechanism that does not work as stated."""
    name = ablation.mechanism.id
    if ablation.verdict == DEAD:
        return f"{name} is dead: nothing that is watched changes without it in {ablation.mechanism.scenario}."
    return f"{name} leaks: it also changes {', '.join(map(series_name, ablation.leaks))}."


def counts_sentence(found: Sequence[Ablation]) -> str:
    """How many work, are dead and leak."""
    verdicts = [one.verdict for one in found]
    words = {WORKS: "work", DEAD: "are dead", LEAKS: "leak"}
    return (
        f"{len(found)} mechanisms and patrons: {', '.join(f'{verdicts.count(one)} {words[one]}' for one in VERDICTS)}."
    )


def plain_ablation(ablation: Ablation) -> dict[str, Any]:
    """An ablation for programs."""
    return {
        "id": ablation.mechanism.id,
        "title": ablation.mechanism.title,
        "claims": list(ablation.mechanism.claims),
        "scenario": ablation.mechanism.scenario,
        "verdict": ablation.verdict,
        "moved": [
            {
                "series": series_name(move.series), "quarter": move.quarter, "median": move.median,
                "relative": move.relative, "share": move.share,
            }
            for move in ablation.moved
        ],
        "same": [series_name(series) for series in ablation.still],
        "leaks": [series_name(series) for series in ablation.leaks],
    }  # fmt: skip
