"""What each mechanism does, as a reader sees it."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sim.io.formatting import PER_CENT, signed, signed_number
from sim.io.templates import lines
from sim.validation.ablations import DEAD, VERDICTS, WORKS, Ablation, Move

SHOWN = 3
MANY = 100.0  # from here on without decimals
TINY = 1e-4  # what is less is told as nearly nothing


def ablation_lines(ablations: Sequence[Ablation], members: int, seed: int, fit: str, until: str) -> Iterator[str]:
    """The whole answer: a table, what leaks or is dead, and the counts."""
    rows = [
        (mechanism.id, ablation.verdict, f"{mechanism.title}, in {mechanism.scenario}. [{largest_words(ablation)}]")
        for ablation in ablations
        for mechanism in [ablation.mechanism]
    ]
    verdicts = [ablation.verdict for ablation in ablations]
    return lines(
        "mechanisms.txt", until=until, members=members, seed=seed, fit=fit, rows=rows,
        faults=[fault_sentence(ablation) for ablation in ablations if ablation.verdict != WORKS],
        counts={word: verdicts.count(word) for word in VERDICTS},
    )  # fmt: skip


def largest_words(ablation: Ablation) -> str:
    """The largest relative changes, in words."""
    largest = sorted(ablation.moved, key=lambda move: -abs(move.relative))[:SHOWN]
    more = len(ablation.moved) - len(largest)
    parts = [*map(_move_words, largest), *([f"{more} more"] if more else []), f"{len(ablation.still)} the same"]
    return "; ".join(parts)


def _move_words(move: Move) -> str:
    if not move.median:
        return f"{move.series.name} in {PER_CENT * move.share:.0f} of 100 simulations"
    amount = signed(move.median, 0) if abs(move.median) >= MANY else signed_number(move.median, 2)
    return f"{move.series.name} {amount if abs(move.median) >= TINY else '~0'} in {move.quarter}"


def fault_sentence(ablation: Ablation) -> str:
    """What is wrong with a mechanism that does not work as stated."""
    name = ablation.mechanism.id
    if ablation.verdict == DEAD:
        return f"{name} is dead: nothing that is watched changes without it in {ablation.mechanism.scenario}."
    return f"{name} leaks: it also changes {', '.join(series.name for series in ablation.leaks)}."


def ablation_json(ablation: Ablation) -> dict[str, Any]:
    """An ablation for programs."""
    mechanism = ablation.mechanism
    return {
        "id": mechanism.id, "title": mechanism.title, "claims": list(mechanism.claims), "scenario": mechanism.scenario,
        "verdict": ablation.verdict,
        "moved": [{**asdict(move), "series": move.series.name} for move in ablation.moved],
        "same": [series.name for series in ablation.still],
        "leaks": [series.name for series in ablation.leaks],
    }  # fmt: skip
