"""Regret in words: a table for each outcome, who is good enough by all of them, and whose direction it is."""

from collections.abc import Iterator, Sequence

from sim.analysis.findings import in_a_hundred
from sim.analysis.regret import HIGHER, LOWER, NO_REMARKS, Remarks, Standing, Standings, enough_by_all, together
from sim.io.terminal import entry, paragraph, table
from sim.sweep.analysis.sensitivity_text import number

MOST = 8  # outcomes that are printed and drawn
NOT_OURS = "Which direction is preferred is no finding. "
REGRET = (
    "In the tables of one outcome, best (of all scenarios), better and worse (than the baseline) and enough (good enough) count worlds of "
    "100. Regret: by how much a scenario falls short of the best of these scenarios in the same world, in the unit of the outcome. It "
    "treats each scenario as a choice, also where nobody could choose it. What differs by less than a millionth of the outcome's range "
    "counts as the same."
)
WEIGHTED = (
    "Mean regret of each outcome, in ranges that hold 90 of 100 worlds of all scenarios, times its weight; the columns add up to the last. "
    "The weights are nobody's finding: all are 1 unless --weight NAME=NUMBER says otherwise, and another weight can turn the order round."
)
COSTS = "What they cost, in the words of their files; no outcome above holds what the model does not count:"
NO_COSTS = "its file does not say"
LITTLE = 1e-4  # smaller numbers are not written out


def regret_lines(tables: Sequence[Standings], remarks: Remarks = NO_REMARKS) -> Iterator[str]:
    """The tables of regret and what to think of them."""
    for one in tables[:MOST]:
        aim = one.aim
        unit = f", {aim.unit}" if aim.unit else ""
        yield paragraph(f"{aim.name}{unit}: {aim.prefer} is preferred; good enough is {aim.enough}")
        yield standing_table(one, remarks)
        for row in one.rows:
            if row.marks:
                yield paragraph(fails_words(row), indent="  ", hanging="    ")
        yield ""
    if len(tables) > MOST:
        yield paragraph(f"{len(tables) - MOST} more outcomes are in regret.csv; --metric NAME shows one here.")
    if len(tables) > 1:
        shares = enough_by_all(tables)
        shares_words = "; ".join(
            f"{choice} {in_a_hundred(share)}{marks_words(choice, tables, remarks)}"
            for choice, share in shares.items()
            if choice != tables[0].baseline
        )
        yield paragraph(f"Good enough by all {len(tables)} at once, worlds of 100: {shares_words}.")
        yield ""
        yield from weighted_lines(tables)
    yield from cost_lines(tables, remarks)
    yield paragraph(REGRET)
    yield paragraph(direction_words(tables))


def marks_words(choice: str, tables: Sequence[Standings], remarks: Remarks) -> str:
    """In how many outcomes the direction of a choice is not found but put in, or open."""
    signs = [remarks.sign(choice, one.aim.name) for one in tables]
    counts = ", ".join(f"{sign} in {signs.count(sign)}" for sign in dict.fromkeys(signs) if sign)
    return f" (sign {counts})" if counts else ""


def weighted_lines(tables: Sequence[Standings]) -> Iterator[str]:
    """All outcomes together, with the weights in sight."""
    weights = "; ".join(f"({number}) {one.aim.name} {one.aim.weight:g}" for number, one in enumerate(tables, 1))
    yield paragraph(f"All outcomes together, each with its weight: {weights}")
    header = ["scenario", *(f"({number})" for number in range(1, len(tables) + 1)), "all"]
    rows = [[one.choice, *(f"{part:.2f}" for part in one.parts), f"{one.total:.2f}"] for one in together(tables)]
    yield table(header, rows, right=range(1, len(header)))
    yield paragraph(WEIGHTED)
    yield ""


def cost_lines(tables: Sequence[Standings], remarks: Remarks) -> Iterator[str]:
    """What each choice costs, or that nobody said."""
    names = [row.choice for row in tables[0].rows if row.choice in remarks.costs]
    if names:
        yield COSTS
        width = max(map(len, names))
        yield from (entry(name, remarks.costs[name] or NO_COSTS, width) for name in names)


def standing_table(one: Standings, remarks: Remarks = NO_REMARKS) -> str:
    """A row for each scenario: the outcome, the regret, worlds of a hundred, and whose word the direction is."""
    header = ["scenario", "median", "regret", "at 95 %", "worst", "best", "better", "worse", "enough"]
    signs = [remarks.sign(row.choice, one.aim.name) for row in one.rows]
    rows = []
    for row in one.rows:
        is_baseline = row.choice == one.baseline
        shares = ["-" if is_baseline else in_a_hundred(share) for share in (row.better, row.worse)]
        name = f"{row.choice} (baseline)" if is_baseline and row.choice != "baseline" else row.choice
        numbers = map(readable, (row.value[2], row.regret[2], row.regret[4], row.worst))
        rows.append([name, *numbers, in_a_hundred(row.best), *shares, in_a_hundred(row.enough)])
    right = range(1, len(header))
    if any(signs):
        header, rows = [*header, "sign"], [[*cells, sign] for cells, sign in zip(rows, signs, strict=True)]
    return table(header, rows, right=right)


def readable(value: float) -> str:
    """A number to three digits, without powers of ten.

    >>> readable(1234.5), readable(0.0), readable(0.00005), readable(-0.00005)
    ('1,234', '0', '<0.0001', '>-0.0001')
    """
    if 0.0 < abs(value) < LITTLE:
        return f"<{LITTLE:.4f}" if value > 0.0 else f">-{LITTLE:.4f}"
    return number(value)


def fails_words(row: Standing) -> str:
    """What the worlds have in common in which a scenario fails."""
    marks = ", ".join(f"{mark} ({number(mark.failing)} against {number(mark.others)})" for mark in row.marks)
    return f"{row.choice} fails more where {marks}; medians of failing and other worlds."


def direction_words(tables: Sequence[Standings]) -> str:
    """Whose directions they are, and how to change them."""
    by_way = {
        way: [table.aim.name for table in tables if table.aim.is_convention and table.aim.prefer == way]
        for way in (LOWER, HIGHER)
    }
    ways = " and ".join(f"{way} is preferred for {', '.join(names)}" for way, names in by_way.items() if names)
    if not ways:
        return f"{NOT_OURS}The directions are the ones you gave."
    name, way = next((names[0], other) for names, other in zip(by_way.values(), (HIGHER, LOWER), strict=True) if names)
    return f"{NOT_OURS}That {ways} is a convention of this program and may be turned round: --prefer '{name}={way}'."
