"""`armsrace reactions`: whether rivals answer each other's military spending, learnt from a panel of states."""

from pathlib import Path
from typing import Annotated

from sim.cli.options import RESULTS, Format, command_words, flag, option, whole
from sim.io.errors import InputError, Problem, refusal
from sim.io.progress import watched
from sim.io.terminal import emit
from sim.io.writing import check_free, written_together

MOST_CHECKS = 10000

Panel = Annotated[
    Path | None,
    option(
        "CSV file of spending: country_iso3, year, and milex_constant2023_musd (the year of your prices) or spending, in million US$. "
        "Default: none; the estimates that ship with the program are printed."
    ),
]
Dyads = Annotated[
    Path | None,
    option("CSV file of rivalries, a row for each pair: one, other, first_year, last_year. Goes with --panel."),
]
Source = Annotated[
    str | None,
    option("Source of the panel, as the tables and the page name it. Default: the name of its file."),
]
Checks = Annotated[
    int,
    whole(
        "Placebo lists and simulated panels of each kind, which say what the estimates are worth: 300 take about half an hour."
    ),
]
Out = Annotated[Path, option("Folder to write, if a panel is given.")]
Overwrite = Annotated[bool, flag("Replace the files of earlier estimates in the folder. Default: leave them alone.")]
PAGE = "reactions.html"


def reactions(
    *,
    panel: Panel = None,
    dyads: Dyads = None,
    source: Source = None,
    checks: Checks = 0,
    out: Out = RESULTS / "reactions",
    overwrite: Overwrite = False,
    form: Format = "text",
) -> None:
    """Say whether rivals answer each other's military spending, and how strongly.

    Without files it prints the estimates that ship with the program: for every directed dyad how much a state's spending grows when its
    rival spends more, with the probability that this is negative. With your own copy of a panel it estimates them anew and writes
    dyads.csv, estimates.csv (every other way of estimating), checks.csv and reactions.html to a folder.

    Example: armsrace reactions --panel spending.csv --dyads rivals.csv --checks 300
    """
    problems = [
        Problem(None, f"--{name}", f"is missing; --{given} goes with a file for --{name}")
        for name, file, given, other in (("panel", panel, "dyads", dyads), ("dyads", dyads, "panel", panel))
        if file is None and other is not None
    ]
    if not 0 <= checks <= MOST_CHECKS:
        problems.append(Problem(None, "--checks", f"{checks} is outside 0-{MOST_CHECKS}"))
    elif checks and panel is None:
        problems.append(Problem(None, "--checks", "--checks needs a panel; the shipped estimates have theirs already"))
    if problems:
        raise InputError("options", problems)
    from sim.calibration.panel import page
    from sim.calibration.panel.tables import FILES, document, read_tables, write_tables

    files: tuple[Path, ...] = ()
    left_out: tuple[str, ...] = ()
    if panel is None or dyads is None:
        tables = read_tables()
    else:
        from sim.calibration.panel.inputs import read_rivalries, read_spending
        from sim.calibration.panel.study import estimated, unused

        check_free((out / name for name in (*FILES, PAGE)), overwrite)
        spending = read_spending(panel)
        rivalries = read_rivalries(dyads, spending)
        try:
            with watched() as progress:
                tables = estimated(spending, rivalries, source or panel.name, checks=checks, progress=progress)
        except InputError:
            raise
        except ValueError as error:  # numpy's for columns that are one is of this kind
            raise refusal(panel, f"cannot be estimated: {error}") from None
        left_out = unused(tables, rivalries)
        command = command_words("reactions", panel=panel, dyads=dyads, source=source, checks=checks, out=out)
        with written_together(out, (*FILES, PAGE)) as draft:
            write_tables(tables, draft)
            page.write_page(tables, draft / PAGE, " ".join(command))
        files = tuple(out / name for name in (*FILES, PAGE))
    emit(form, lambda: document(tables, files), lambda: page.answer(tables, files, left_out))
