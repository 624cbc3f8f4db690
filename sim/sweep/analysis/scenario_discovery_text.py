"""What a discovery found, in words: the box as a sentence and a table, and the other boxes of the peeling."""

from collections.abc import Iterator, Sequence

from sim.io.terminal import paragraph, table
from sim.sweep.analysis.loading import Sweep
from sim.sweep.analysis.scenario_discovery import Box, Discovery
from sim.sweep.analysis.sensitivity_text import number, sweep_words

PER_CENT = 100.0
OTHERS = 6
SURE = 0.05


def discovery_answer(sweep: Sweep, discovery: Discovery) -> Iterator[str]:
    """The lines of the answer, without the files."""
    box = discovery.box
    yield paragraph(f"Where does {discovery.question} come about? {sweep_words(sweep)}.")
    yield ""
    share = per_cent(discovery.met / discovery.cases)
    yield paragraph(f"It does in {discovery.met:,} of {discovery.cases:,} runs ({share}).{_left_out(discovery)}")
    yield paragraph(box_sentence(discovery))
    yield ""
    if box.limits:
        yield limit_table(sweep, box)
        yield ""
    yield from (paragraph(text) for text in cautions(discovery))
    yield ""
    yield paragraph(
        f"Other boxes of the peeling, from the whole space inwards (--box N shows one; above is box {box.number}{_trimmed(discovery)}):"
    )
    yield box_table(others(discovery))


def _left_out(discovery: Discovery) -> str:
    """What was not looked at."""
    missing = f" {discovery.left_out:,} runs without an outcome are left out." if discovery.left_out else ""
    return missing + (" The cases are a part of the runs, taken by lot." if discovery.thinned else "")


def _trimmed(discovery: Discovery) -> str:
    """Whether cuts were taken away from the box."""
    fewer = len(discovery.box.limits) < len(discovery.boxes[discovery.box.number].limits)
    return " without the cuts that earn nothing" if fewer else ""


def per_cent(share: float) -> str:
    """A share in per cent.

    >>> per_cent(0.256), per_cent(0.0041)
    ('26 %', '0.41 %')
    """
    return f"{PER_CENT * share:.0f} %" if share >= 0.01 or share == 0.0 else f"{PER_CENT * share:.2g} %"


def box_sentence(discovery: Discovery) -> str:
    """Coverage and density of the box in a sentence."""
    box = discovery.box
    if not box.limits:
        return "No region of the inputs stands out: the best box is the whole space."
    return (
        f"Where {limits_words(box)}, it does in {per_cent(box.density)} of the runs (density). This region holds {per_cent(box.coverage)} "
        f"of all such runs (coverage), and {per_cent(box.mass)} of all runs."
    )


def limits_words(box: Box) -> str:
    """The region in words, for example "reaction.SRB is above 0.52 and fatigue.SRB is between 0.1 and 0.3"."""
    return " and ".join(f"{name} is {_ends(low, high)}" for name, (low, high) in box.limits.items())


def _ends(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"between {number(low)} and {number(high)}"
    return f"above {number(low)}" if low is not None else f"below {number(high or 0.0)}"


def limit_table(sweep: Sweep, box: Box) -> str:
    """The cuts of a box beside the range of the sweep."""
    header = ["input", "from", "to", "range of the sweep", *(["by chance"] if box.chance else [])]
    rows = []
    for name, (low, high) in box.limits.items():
        whole = " to ".join(map(number, sweep.range_of(name)))
        cells = [name, "" if low is None else number(low), "" if high is None else number(high), whole]
        rows.append([*cells, *([_chance(box.chance[name])] if box.chance else [])])
    return table(header, rows, right=(1, 2, 4))


def _chance(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def cautions(discovery: Discovery) -> Iterator[str]:
    """What a careful reader should know."""
    doubtful = [name for name, value in discovery.box.chance.items() if value > SURE]
    if doubtful:
        yield f"The cut of {', '.join(doubtful)} may be chance: more than 1 of 20 tables without any effect have one as good."
    if discovery.box.limits and not discovery.box.chance:
        yield "Members of a point share its inputs, so that the runs are no independent cases and no chance of a cut is given."
    yield (
        "A box says where in the ranges of the sweep such runs lie, not how likely such a world is: that depends on how likely the inputs "
        "are."
    )


def others(discovery: Discovery) -> Sequence[Box]:
    """Some boxes between the whole space and the last, and the one chosen."""
    last = len(discovery.boxes) - 1
    picked = {round(last * step / (OTHERS - 1)) for step in range(OTHERS)} | {discovery.box.number}
    return [discovery.boxes[number] for number in sorted(picked)]


def box_table(boxes: Sequence[Box]) -> str:
    """Boxes with their coverage, density and inputs."""
    rows = [
        [str(one.number), *map(per_cent, (one.coverage, one.density, one.mass)), ", ".join(one.limits) or "-"]
        for one in boxes
    ]
    return table(["box", "coverage", "density", "of all runs", "inputs cut"], rows, right=(0, 1, 2, 3), wrap=(4,))
