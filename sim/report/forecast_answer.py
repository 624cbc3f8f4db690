"""What a forecast says, in words: a table of the states, what drives it, and what it does not know."""

from collections.abc import Iterator
from pathlib import Path

from sim.analysis.forecast import IN_2023, IN_2024, OBSERVED_UNTIL, Forecast
from sim.analysis.output import FIGURES, FORECAST
from sim.data.actors import load_actors
from sim.data.tables import EVENTS_DOCUMENTED_UNTIL
from sim.ensembles.registry import PRIOR
from sim.io.formatting import PER_CENT, counted, fixed, signed, significant
from sim.io.terminal import paragraph, table
from sim.report.sources import ensemble_note

RIGHT = (1, 2, 3, 4, 5, 6, 7)


def forecast_answer(forecast: Forecast, out: Path) -> Iterator[str]:
    """The lines of the answer: a table, what it rests on, where the files are."""
    yield f"Military spending of the {load_actors().states_counted}, {IN_2023}"
    yield ""
    yield spending_table(forecast)
    yield ""
    yield from (paragraph(text) for text in notes(forecast))
    if note := ensemble_note(forecast.fit):
        yield paragraph(note)
    yield ""
    yield f"Table:   {out / FORECAST}"
    yield f"Picture: {out / FIGURES / 'forecast.png'}"


def spending_table(forecast: Forecast) -> str:
    """A row per state: the last observed year, and the first and the last year of the forecast."""
    shown = sorted({0, len(forecast.years) - 1})
    header = ["state", str(OBSERVED_UNTIL)]
    for place in shown:
        header += [str(forecast.years[place]), "90 % range", "in %"]
    rows = []
    for number, state in enumerate(forecast.states):
        cells = [load_actors().name(state), fixed(forecast.observed[number, -1])]
        for place in shown:
            low, _, median, _, high = forecast.spending[:, number, place]
            growth = signed(forecast.growth[2, number, place], 0)
            cells += [significant(median), f"{significant(low)}-{significant(high)}", growth]
        rows.append(cells)
    return table(header, rows, right=RIGHT)


def notes(forecast: Forecast) -> Iterator[str]:
    """What the numbers are, what drives them, and what they do not know."""
    spread = (
        "that of the prior, which is fitted to nothing"
        if forecast.fit == PRIOR
        else f"what the ensemble {forecast.fit} leaves open"
    )
    yield (
        f"{OBSERVED_UNTIL} is observed (SIPRI). The rest comes from {counted(forecast.members, 'simulation')} of the "
        f"{forecast.fit} ensemble, seed {forecast.seed}: that figure times the growth of each simulation since. Shown are the median and "
        f"the 90 % range, to three digits, and in per cent the real growth since {OBSERVED_UNTIL}."
    )
    yield (
        f"What drives it: budgets move towards goals pledged or announced before {OBSERVED_UNTIL + 1}, or stay where no change was "
        f"announced (armsrace trace burden_goal); economies grow; rivals react; and chance moves a budget by about "
        f"{fixed(PER_CENT * forecast.chance)} % a year, so that one state in one year proves little. The spread is {spread}."
    )
    yield (
        f"What it does not know: any figure of spending after {OBSERVED_UNTIL}. It does know the deliveries and incidents that the "
        f"documents tell, until {EVENTS_DOCUMENTED_UNTIL}. Score it with the rows in {IN_2024}, SIPRI's measure, or with growth if the "
        f"prices are others."
    )
