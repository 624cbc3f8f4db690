"""`armsrace forecast`: what every state will spend, written down before it is known."""

from pathlib import Path
from typing import Annotated

from sim.cli.options import RESULTS, Ensemble, Format, Members, Overwrite, Seed, command_words, flag, option
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.errors import InputError, Problem, refusal
from sim.io.progress import watched
from sim.io.terminal import emit
from sim.io.writing import check_free

Until = Annotated[str, option("Last year of the forecast, 2024 to 2035.")]
Out = Annotated[Path, option("Folder to write.")]

Backtest = Annotated[
    bool,
    flag(
        "Score forecasts of years that are known instead: spending from 2008 on, and incidents. Takes some minutes; of the other "
        "options --members, --out, --overwrite and --format go with it."
    ),
]
Score = Annotated[
    Path | None,
    option(
        "Score the forecast against figures that are known by now, in a table with the columns state, year, unit, value; the units are "
        "those of forecast.csv. Prints coverage, CRPS and Brier score, and writes nothing."
    ),
]
TABLES = "backtest"


def forecast(
    *,
    ensemble: Ensemble = DEFAULT_FIT,
    members: Members = 4000,
    seed: Seed = 1,
    until: Until = "2025",
    out: Out = RESULTS / "forecast",
    backtest: Backtest = False,
    score: Score = None,
    form: Format = "text",
    overwrite: Overwrite = False,
) -> None:
    """Forecast the military spending of every state, to be scored later.

    Writes forecast.csv (median, 50 % and 90 % ranges, in constant US$ of 2023 and of 2024, and as growth since 2023), a picture
    and a manifest to a folder. No figure of spending after 2023 goes in.

    With --backtest it scores forecasts from what was known at the end of 2008 to 2022 against no change, drift and other rivals, and
    writes backtest.csv, incidents.csv and derived.csv (what the series say of spreads and plans) to the folder backtest of --out.
    """
    if backtest:
        given = {"ensemble": ensemble != DEFAULT_FIT, "seed": seed != 1, "until": until != "2025"}
        _backtest(members, out, form, overwrite, [name for name, is_given in given.items() if is_given])
        return
    last = _year(until)
    if score is not None:
        _score(score, ensemble, members, seed, last, form)
        return
    from sim.report.forecast_answer import forecast_answer
    from sim.runs import forecast as forecasts

    command = command_words(
        "forecast", ensemble=ensemble, members=members, seed=seed, until=last, out=out, overwrite=overwrite
    )
    with watched() as progress:
        made = forecasts.forecast(
            ensemble=ensemble, members=members, seed=seed, until=last, out=out, overwrite=overwrite, progress=progress, command=command
        )  # fmt: skip
    emit(form, lambda: forecasts.document(made, out), lambda: forecast_answer(made, out))


def _score(file: Path, fit: str, members: int, seed: int, last: int, form: Format) -> None:
    """Score the forecast against a user's figures."""
    from sim.calibration.spending import own_scores
    from sim.model.network import network
    from sim.runs.forecast import FIRST, draws_by_unit, units

    figures = own_scores.figures_in(file, network().states, range(FIRST, last + 1), units())
    with watched() as progress:
        years, draws, before = draws_by_unit(fit, members, seed, last, progress)
    scores = own_scores.scored(figures, years, draws, before)
    emit(form, lambda: own_scores.document(scores), lambda: own_scores.answer(scores))


def _backtest(members: int, out: Path, form: Format, overwrite: bool, given: list[str]) -> None:
    """Score the forecasts of known years; InputError if an option was given that does nothing here."""
    from sim.calibration.spending import page, record
    from sim.engines.options import RunOptions

    RunOptions(members=members)
    if given:
        raise InputError(
            "options", [Problem(None, f"--{name}", "does not go with --backtest; leave it out") for name in given]
        )
    check_free((out / TABLES / name for name in record.FILES), overwrite)
    with watched() as progress:
        made = record.made_record(members, members, progress=progress)
    files = record.write_record(made, out / TABLES)
    emit(form, lambda: record.document(made, files), lambda: page.answer(made, files))


def _year(text: str) -> int:
    """The year that a word of the command line stands for."""
    from sim.io.quarters import is_year

    if not is_year(text):
        hint = "write the year alone" if is_year(text[:4]) else "write it as 2025"
        raise refusal("options", f'"{text}" is not a year; {hint}', "until")
    return int(text)
