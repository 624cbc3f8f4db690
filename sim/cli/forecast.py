"""`armsrace forecast`: what every state will spend, written down before it is known."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from sim.cli.run import RESULTS, Fit, Format, Members, Overwrite, Seed
from sim.cli.warmup import announce_preparation
from sim.data.actors import load_actors
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.errors import InputError, Problem
from sim.io.progress import watched
from sim.io.terminal import paragraph, say, table

if TYPE_CHECKING:
    from sim.analysis.forecast import Forecast

Until = Annotated[str, Parameter(help="Last year of the forecast, 2024 to 2035.")]
Out = Annotated[Path, Parameter(help="Folder to write.")]

RIGHT, DIGITS = (1, 2, 3, 4, 5, 6, 7), 3


def forecast(
    *,
    fit: Fit = DEFAULT_FIT,
    members: Members = 4000,
    seed: Seed = 1,
    until: Until = "2025",
    out: Out = RESULTS / "forecast",
    form: Format = "text",
    overwrite: Overwrite = False,
) -> None:
    """Forecast the military spending of every state, to be scored later.

    Writes forecast.csv (median, 50 % and 90 % of worlds, in constant US$ of 2023 and of 2024, and as growth since 2023), a picture
    and a manifest to a folder. No figure of spending after 2023 goes in.
    """
    last = year(until)
    from sim.report.caveats import ensemble_note
    from sim.runs import forecast as forecasts

    options = {"fit": fit, "members": members, "seed": seed, "until": last, "out": out}
    command = command_line({**options, "overwrite": overwrite})
    announce_preparation()
    with watched() as progress:
        found = forecasts.forecast(**options, overwrite=overwrite, progress=progress, command=command)  # type: ignore[arg-type]
    if form == "json":
        sys.stdout.write(json.dumps(document(found, out), ensure_ascii=False, allow_nan=False) + "\n")
        return
    say(*answer(found, out))
    if note := ensemble_note(fit):
        say("", paragraph(note))


def year(text: str) -> int:
    """The year that a word of the command line stands for."""
    from sim.io.quarters import is_year

    if not is_year(text):
        hint = "write the year alone" if is_year(text[:4]) else "write it as 2025"
        raise InputError("options", [Problem(None, "until", f'"{text}" is not a year; {hint}')])
    return int(text)


def command_line(options: dict[str, Any]) -> list[str]:
    """The whole command, defaults included, as the manifest keeps it."""
    words = ["armsrace", "forecast"]
    for name, value in options.items():
        if not isinstance(value, bool):
            words += [f"--{name}", str(value)]
        elif value:
            words += [f"--{name}"]
    return words


def document(found: "Forecast", out: Path) -> dict[str, Any]:
    """What `forecast --format json` prints."""
    from sim import __version__
    from sim.runs.forecast import OBSERVED_UNTIL, rows

    return {
        "fit": found.fit,
        "members": found.members,
        "seed": found.seed,
        "until": found.years[-1],
        "observed_until": OBSERVED_UNTIL,
        "version": __version__,
        "model_version": found.model_version,
        "forecast": list(rows(found)),
        "out": str(out),
    }


# ---- the answer in words ---------------------------------------------------------------------------------------------


def answer(found: "Forecast", out: Path) -> Iterator[str]:
    """The lines of the answer: a table, what it rests on, where the files are."""
    from sim.runs.forecast import IN_2023

    yield f"Military spending of the {load_actors().states_counted}, {IN_2023}"
    yield ""
    yield spending_table(found)
    yield ""
    yield from (paragraph(text) for text in notes(found))
    yield ""
    yield f"Table:   {out / 'forecast.csv'}"
    yield f"Picture: {out / 'figures' / 'forecast.png'}"


def spending_table(found: "Forecast") -> str:
    """A row per state: the last observed year, and the first and the last year of the forecast."""
    from sim.analysis.findings import signed
    from sim.runs.forecast import OBSERVED_UNTIL

    shown = sorted({0, len(found.years) - 1})
    header = ["state", str(OBSERVED_UNTIL)]
    for place in shown:
        header += [str(found.years[place]), "5-95 %", "in %"]
    rows = []
    for number, state in enumerate(found.states):
        cells = [load_actors().name(state), f"{found.observed[number, -1]:,.0f}"]
        for place in shown:
            low, _, median, _, high = found.spending[:, number, place]
            growth = signed(found.growth[2, number, place], 0)
            cells += [rounded(median), f"{rounded(low)}-{rounded(high)}", growth]
        rows.append(cells)
    return table(header, rows, right=RIGHT)


def rounded(value: float) -> str:
    """A forecast as precise as it deserves.

    >>> rounded(24338.9), rounded(171.625), rounded(1809.9)
    ('24,300', '172', '1,810')
    """
    return f"{float(f'{value:.{DIGITS}g}'):,.0f}"


def notes(found: "Forecast") -> Iterator[str]:
    """What the numbers are, what drives them, and what they do not know."""
    from sim.data.tables import EVENTS_DOCUMENTED_UNTIL
    from sim.runs.forecast import IN_2024, OBSERVED_UNTIL

    worlds = "1 world" if found.members == 1 else f"{found.members:,} worlds"
    yield (
        f"{OBSERVED_UNTIL} is observed (SIPRI). The rest comes from {worlds} of the {found.fit} ensemble, seed {found.seed}: that figure "
        f"times a world's growth since. Shown are the middle world and the range of 90 of 100 worlds, to three digits, and in per cent "
        f"the real growth since {OBSERVED_UNTIL}."
    )
    yield (
        f"What drives it: budgets move towards goals pledged or announced before {OBSERVED_UNTIL + 1}, whose size is assumed; economies "
        f"grow; rivals react; and chance moves a budget by about {100.0 * found.chance:.0f} % a year, so that one state in one year proves "
        f"little. The spread is {spread_words(found.fit)}."
    )
    yield (
        f"What it does not know: any figure of spending after {OBSERVED_UNTIL}. It does know the deliveries and incidents that the "
        f"documents tell, until {EVENTS_DOCUMENTED_UNTIL}. Score it with the rows in {IN_2024}, SIPRI's measure, or with growth if the "
        f"prices are others."
    )


def spread_words(fit: str) -> str:
    """Where the spread of the worlds comes from."""
    return "that of the prior, which is fitted to nothing" if fit == "prior" else f"what the fit {fit} leaves open"
