"""`armsrace forecast`: what every state will spend, written down before it is known."""

from pathlib import Path
from typing import Annotated

from sim.cli.options import RESULTS, Fit, Format, Members, Overwrite, Seed, command_words, option
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.errors import refusal
from sim.io.progress import watched
from sim.io.terminal import emit

Until = Annotated[str, option("Last year of the forecast, 2024 to 2035.")]
Out = Annotated[Path, option("Folder to write.")]


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

    Writes forecast.csv (median, 50 % and 90 % ranges, in constant US$ of 2023 and of 2024, and as growth since 2023), a picture
    and a manifest to a folder. No figure of spending after 2023 goes in.
    """
    last = _year(until)
    from sim.report.forecast_answer import forecast_answer
    from sim.runs import forecast as forecasts

    command = command_words("forecast", fit=fit, members=members, seed=seed, until=last, out=out, overwrite=overwrite)
    with watched() as progress:
        made = forecasts.forecast(
            fit=fit, members=members, seed=seed, until=last, out=out, overwrite=overwrite, progress=progress, command=command
        )  # fmt: skip
    emit(form, lambda: forecasts.document(made, out), lambda: forecast_answer(made, out))


def _year(text: str) -> int:
    """The year that a word of the command line stands for."""
    from sim.io.quarters import is_year

    if not is_year(text):
        hint = "write the year alone" if is_year(text[:4]) else "write it as 2025"
        raise refusal("options", f'"{text}" is not a year; {hint}', "until")
    return int(text)
