"""Regret in words: a table for each outcome, who is good enough by all of them, and whose direction it is."""

from collections.abc import Iterator, Sequence

from sim.printing import paragraph, table
from sim.regret import Standing, Standings, enough_by_all
from sim.sensitivity_words import number
from sim.words import in_a_hundred

MOST = 8  # outcomes that are printed and drawn
NOT_OURS = "Which direction is preferred is no finding. "
REGRET = (
    "The last four columns count worlds of 100: best of all scenarios, better and worse than the baseline, good enough. Regret: by how "
    "much a scenario falls short of the best of these scenarios in the same world, in the unit of the outcome. It treats each scenario "
    "as a choice, also where nobody could choose it."
)


def regret_lines(tables: Sequence[Standings]) -> Iterator[str]:
    """The tables of regret and what to think of them."""
    for one in tables[:MOST]:
        aim = one.aim
        unit = f", {aim.unit}" if aim.unit else ""
        yield paragraph(f"{aim.name}{unit}: {aim.prefer} is preferred; good enough is {aim.enough}")
        yield standing_table(one)
        for row in one.rows:
            if row.marks:
                yield paragraph(fails_words(row), indent="  ", hanging="    ")
        yield ""
    if len(tables) > MOST:
        yield paragraph(f"{len(tables) - MOST} more outcomes are in regret.csv; --metric NAME shows one here.")
    if len(tables) > 1:
        shares = enough_by_all(tables)
        told = "; ".join(
            f"{choice} {in_a_hundred(share)}" for choice, share in shares.items() if choice != tables[0].baseline
        )
        yield paragraph(f"Good enough by all {len(tables)} at once, worlds of 100: {told}.")
    yield paragraph(REGRET)
    yield paragraph(direction_words(tables))


def standing_table(one: Standings) -> str:
    """A row for each scenario: the outcome, the regret, and worlds of a hundred."""
    header = ["scenario", "median", "regret", "at 95 %", "worst", "best", "better", "worse", "enough"]
    rows = []
    for row in one.rows:
        is_baseline = row.choice == one.baseline
        shares = ["-" if is_baseline else in_a_hundred(share) for share in (row.better, row.worse)]
        name = f"{row.choice} (baseline)" if is_baseline and row.choice != "baseline" else row.choice
        numbers = map(number, (row.value[2], row.regret[2], row.regret[4], row.worst))
        rows.append([name, *numbers, in_a_hundred(row.best), *shares, in_a_hundred(row.enough)])
    return table(header, rows, right=range(1, len(header)))


def fails_words(row: Standing) -> str:
    """What the worlds have in common in which a scenario fails."""
    told = ", ".join(f"{mark} ({number(mark.failing)} against {number(mark.others)})" for mark in row.marks)
    return f"{row.choice} fails more where {told}; medians of failing and other worlds."


def direction_words(tables: Sequence[Standings]) -> str:
    """Whose directions they are, and how to change them."""
    ours = [table.aim.name for table in tables if table.aim.is_convention]
    if not ours:
        return f"{NOT_OURS}The directions are the ones you gave."
    return (
        f"{NOT_OURS}That lower is preferred for {', '.join(ours)} is a convention of this program and may be turned round: "
        f"--prefer '{ours[0]}=higher'."
    )
