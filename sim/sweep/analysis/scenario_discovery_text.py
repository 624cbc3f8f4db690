"""What a discovery found (templates/discovery_answer.txt): the box as a sentence and a table, and the other boxes of the peeling."""

from collections.abc import Iterator, Sequence

from sim.io.formatting import number, per_cent
from sim.io.templates import lines, phrase
from sim.sweep.analysis.loading import Sweep
from sim.sweep.analysis.scenario_discovery import Box, Discovery
from sim.sweep.analysis.sensitivity_text import sweep_words

OTHERS = 6
SURE = 0.05


def discovery_answer(sweep: Sweep, discovery: Discovery) -> Iterator[str]:
    """The lines of the answer, without the files."""
    box = discovery.box
    yield from lines(
        "discovery_answer.txt",
        discovery=discovery,
        box=box,
        sweep_words=sweep_words(sweep),
        box_sentence=box_sentence(discovery),
        limits=[_limit_cells(sweep, box, name) for name in box.limits],
        doubtful=[name for name, value in box.chance.items() if value > SURE],
        is_trimmed=len(box.limits) < len(discovery.boxes[box.number].limits),
        others=[_box_cells(passed) for passed in _others(discovery)],
    )


def box_sentence(discovery: Discovery) -> str:
    """Coverage and density of the box in a sentence."""
    return phrase("sweep_words.txt", "box", discovery.box)


def _limit_cells(sweep: Sweep, box: Box, name: str) -> list[str]:
    """A cut of a box beside the range of the sweep, and how often chance alone makes one as good."""
    low, high = ("" if end is None else number(end) for end in box.limits[name])
    whole = " to ".join(number(end) for end in sweep.range_of(name))
    if not box.chance:
        return [name, low, high, whole]
    chance = box.chance[name]
    return [name, low, high, whole, "< 0.001" if chance < 0.001 else f"{chance:.3f}"]


def _others(discovery: Discovery) -> Sequence[Box]:
    """Some boxes between the whole space and the last, and the one chosen."""
    last = len(discovery.boxes) - 1
    picked = {round(last * step / (OTHERS - 1)) for step in range(OTHERS)} | {discovery.box.number}
    return [discovery.boxes[place] for place in sorted(picked)]


def _box_cells(box: Box) -> list[str]:
    shares = (per_cent(share) for share in (box.coverage, box.density, box.mass))
    return [str(box.number), *shares, ", ".join(box.limits) or "-"]
