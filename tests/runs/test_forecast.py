"""The forecast: the last figure times a member's growth, written once, whole, and the same every time."""

import csv
import json
import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.analysis.forecast import Forecast
from sim.analysis.results import LEVEL_NAMES
from sim.cli.main import main
from sim.data.actors import load_actors
from sim.data.tables import OBSERVED_YEARS, amount, observed_paths
from sim.engines import simulate
from sim.engines.compiled.engine import drawn_parameters
from sim.engines.options import RunOptions
from sim.engines.simulate import prepared_scenario, simulated
from sim.ensembles.registry import DEFAULT_FIT
from sim.io import progress
from sim.io.errors import InputError
from sim.io.writing import WholeFolder
from sim.model.network import network
from sim.model.parameters import load_parameters
from sim.plots import style
from sim.plots.forecast import PLOT
from sim.report.forecast_answer import forecast_answer
from sim.runs import forecast as forecasts
from sim.runs.forecast import GROWTH, IN_2023, IN_2024, forecast, relative_spending
from sim.runs.run import run
from sim.scenario.loading import load_scenario

STATES = network().states
OBSERVED = np.array([path.spending for path in observed_paths()])
SMALL = {"ensemble": "prior", "members": 40}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.fixture(scope="module")
def small() -> Forecast:
    return forecast(**SMALL)


def made(levels=(0.9, 1.0, 1.25, 1.5, 2.0), years=(2024, 2025)) -> Forecast:
    """A forecast whose quantiles are the same multiples of the last figure in every state and year."""
    relative = np.broadcast_to(np.array(levels)[:, None, None], (5, len(STATES), len(years)))
    return Forecast("prior", 300, 7, years, OBSERVED, relative, chance=0.1, model_version="1.0")


def table(found, unit):
    return {
        (row["state"], row["year"]): [row[name] for name in LEVEL_NAMES] for row in found.rows() if row["unit"] == unit
    }


def armsrace(capsys, *arguments):
    code = main(["forecast", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def content(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


# ---- the numbers -----------------------------------------------------------------------------------------------------


def test_forecast_of_worlds_without_growth_is_the_last_figure() -> None:
    still = made(levels=(1.0,) * 5)
    for place, state in enumerate(STATES):
        assert table(still, IN_2023)[state, 2025] == pytest.approx([OBSERVED[place, -1]] * 5, rel=1e-5)
        assert table(still, GROWTH)[state, 2025] == [0.0] * 5


def test_a_world_that_grows_by_a_quarter_spends_a_quarter_more() -> None:
    serbia = float(OBSERVED[STATES.index("SRB"), -1])
    assert table(made(), IN_2023)["SRB", 2024] == pytest.approx(
        [serbia * factor for factor in (0.9, 1.0, 1.25, 1.5, 2.0)], rel=1e-5
    )
    assert table(made(), GROWTH)["SRB", 2024] == pytest.approx([-10.0, 0.0, 25.0, 50.0, 100.0])


def test_the_rows_to_score_are_in_the_published_measure() -> None:
    still = made(levels=(1.0,) * 5)
    assert all(
        table(still, IN_2024)[state, 2024][2] == pytest.approx(amount("context", f"milex-{state}-2023"), rel=1e-5)
        for state in STATES
    )


def test_constant_dollars_of_2024_are_those_of_2023_times_the_price_index(small: Forecast) -> None:
    in_2023, in_2024 = table(small, IN_2023), table(small, IN_2024)
    for cell, values in in_2023.items():
        assert in_2024[cell] == pytest.approx([1.0295 * value for value in values], rel=2e-5)


def test_quantiles_are_ordered_and_apart(small: Forecast) -> None:
    assert (np.diff(small.relative, axis=0) > 0.0).all()


def test_every_state_and_year_stands_in_each_unit_once(small: Forecast) -> None:
    cells = [(row["state"], row["year"], row["unit"]) for row in small.rows()]
    assert len(set(cells)) == len(cells) == len(STATES) * 2 * 3


def test_growth_is_that_of_the_members_own_calendar_years() -> None:
    chosen = prepared_scenario(load_scenario(forecasts.SCENARIO), fit="prior")
    recorded = simulated(
        chosen, [0, 1, 2], seed=5, quarters=32, series=[forecasts.Series("spending", state) for state in STATES]
    )
    years = recorded.reshape(len(STATES), 8, 4, 3).sum(axis=2)
    relative = relative_spending(chosen, RunOptions(members=3, seed=5, until="2025Q4"), years=(2024, 2025))
    np.testing.assert_allclose(
        relative, np.stack([years[:, 6] / years[:, 5], years[:, 7] / years[:, 5]], axis=1), rtol=1e-12
    )


def test_members_do_not_depend_on_how_many_are_simulated_at_once(monkeypatch) -> None:
    chosen = prepared_scenario(load_scenario(forecasts.SCENARIO), fit="prior")
    options = RunOptions(members=10, seed=2, until="2025Q4")
    whole = relative_spending(chosen, options, years=(2025,))
    monkeypatch.setattr(simulate, "CHUNK", 4)
    steps = []
    parts = relative_spending(chosen, options, years=(2025,), progress=lambda *step: steps.append(step))
    np.testing.assert_array_equal(parts, whole)
    assert steps == [("simulating", done, 10) for done in (4, 8, 10)]


def test_a_longer_horizon_leaves_the_earlier_years_as_they_were(small: Forecast) -> None:
    longer = forecast(**SMALL, until=2035)
    assert longer.years[-1] == 2035
    np.testing.assert_array_equal(longer.relative[:, :, :2], small.relative)


def test_another_seed_gives_other_worlds(small: Forecast) -> None:
    assert (forecast(**SMALL, seed=2).relative != small.relative).all()


def test_the_chance_told_is_that_of_the_worlds(small: Forecast) -> None:
    assert 0.06 < small.chance < 0.15


# ---- the ensemble ----------------------------------------------------------------------------------------------------


def test_a_fit_gives_its_name_its_draws_and_its_chance(here, small: Forecast) -> None:
    (here / "mine").mkdir()
    priors = load_parameters()
    values = drawn_parameters(priors, members=[0, 1, 2], seed=9)
    draws = {key: values[priors.rows_of(key)[0]] for key in priors.uncertain}
    draws |= {"growth_common": [0.005, 0.01, 0.015], "burden_goal.SRB": [0.03, 0.03, 0.03]}
    pq.write_table(pa.table(draws), here / "mine" / "draws.parquet")
    manifest = {"format_version": 1, "id": "steady", "parameters_sha256": priors.digest}
    (here / "mine" / "manifest.json").write_text(json.dumps(manifest))
    found = forecast(ensemble="mine", members=40, out=here / "one", pictures=False)
    own = [priors.distributions[row].centre for row in priors.rows_of("growth_spread")]
    assert found.fit == "steady"
    assert found.chance == pytest.approx(np.median([math.hypot(spread, 0.01) for spread in own]), rel=0.01)
    serbia, middle = STATES.index("SRB"), LEVEL_NAMES.index("q50")
    assert (
        found.relative[middle, serbia, -1] > 1.05 * small.relative[middle, serbia, -1]
    )  # towards a goal of 3 per cent
    identity = json.loads((here / "one" / "manifest.json").read_text(encoding="utf-8"))["identity"]
    assert identity["ensemble"] == "steady" and identity["parameters_sha256"] != priors.digest


# ---- wrong input -----------------------------------------------------------------------------------------------------

BAD = {
    "a year that is observed": (["--until", "2023"], "2023 is outside 2024-2035; spending until 2023 is observed"),
    "a year beyond the model": (["--until", "2036"], "2036 is outside 2024-2035"),
    "a quarter": (["--until", "2025Q4"], '"2025Q4" is not a year; write the year alone'),
    "no year": (["--until", "soon"], '"soon" is not a year; write it as 2025'),
    "no worlds": (["--members", "0"], "0 is outside 1-1000000"),
    "negative seed": (["--seed", "-1"], "-1 is outside 0-"),
    "misspelt fit": (["--ensemble", "priro"], 'did you mean "prior"?'),
    "misspelt option": (["--untl", "2025"], "did you mean --until?"),
    "folder of something else": (["--out", "thesis"], "is not empty and holds no run"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gives_one_message_and_exit_code_2_and_writes_nothing(capsys, here, name) -> None:
    arguments, message = BAD[name]
    (here / "thesis").mkdir()
    (here / "thesis" / "chapter.txt").write_text("years of work")
    before = sorted(here.rglob("*"))
    code, out, err = armsrace(capsys, *arguments)
    assert (code, out) == (2, "") and message in err and "Traceback" not in err
    assert sorted(here.rglob("*")) == before


def test_all_wrong_options_are_reported_at_once(capsys) -> None:
    _, _, err = armsrace(capsys, "--members", "0", "--until", "2040", "--ensemble", "nosuch")
    assert all(word in err for word in ("3 problems", "members", "until", "nosuch"))


@pytest.mark.parametrize("until", [True, 2025.5, "2025"])
def test_a_year_is_a_whole_number(until) -> None:
    with pytest.raises(InputError, match="is not a year"):
        forecast(**SMALL, until=until)


# ---- the folder ------------------------------------------------------------------------------------------------------


def test_same_seed_gives_same_bytes_of_table_and_pictures(here) -> None:
    forecast(**SMALL, out=here / "one")
    forecast(**SMALL, out=here / "two")
    one, two = content(here / "one"), content(here / "two")
    assert sorted(one) == ["figures/forecast.png", "figures/forecast.svg", "forecast.csv", "manifest.json"]
    manifests = [json.loads(files.pop("manifest.json")) for files in (one, two)]
    assert one == two
    for manifest in manifests:
        manifest.pop("written"), manifest.pop("seconds")
    assert manifests[0] == manifests[1]


def test_the_file_holds_the_table(here, small: Forecast) -> None:
    forecast(**SMALL, out=here / "one", pictures=False)
    with (here / "one" / "forecast.csv").open(encoding="utf-8", newline="") as stream:
        read = list(csv.DictReader(stream))
    assert read == [{name: str(value) for name, value in row.items()} for row in small.rows()]


def test_a_forecast_takes_the_place_of_the_last_one_and_of_no_other_run_unless_told(here) -> None:
    forecast(**SMALL, out=here / "one", pictures=False)
    before = content(here / "one")
    forecast(**SMALL, seed=2, out=here / "one", pictures=False)
    assert content(here / "one")["forecast.csv"] != before["forecast.csv"]
    run("skydagger-delivery", members=2, until="2018Q4", out=here / "two", pictures="none")
    with pytest.raises(
        InputError, match="holds another run, that of skydagger-delivery; choose another folder with --out"
    ):
        forecast(**SMALL, out=here / "two", pictures=False)
    forecast(**SMALL, out=here / "two", pictures=False, overwrite=True)


def test_a_forecast_in_a_taken_place_is_refused_before_anything_is_simulated(here, monkeypatch) -> None:
    run("baseline", members=2, until="2018Q4", out=here / "one", pictures="none")
    monkeypatch.delattr(forecasts, "simulate_pairs")
    with pytest.raises(InputError, match="holds another run"):
        forecast(**SMALL, seed=2, out=here / "one")


def test_a_run_that_came_in_between_is_left_alone(here, monkeypatch) -> None:
    def overtaken(*arguments):
        monkeypatch.undo()
        run("baseline", members=2, until="2018Q4", out=here / "one", pictures="none")
        return forecasts.simulate_pairs(*arguments)

    monkeypatch.setattr(forecasts, "simulate_pairs", overtaken)
    with pytest.raises(InputError, match="holds another run"):
        forecast(**SMALL, seed=2, out=here / "one", pictures=False)
    assert (
        json.loads((here / "one" / "manifest.json").read_text(encoding="utf-8"))["identity"]["scenario"] == "baseline"
    )
    assert [path.name for path in here.iterdir()] == ["one"]


def test_other_figures_or_prices_make_it_another_forecast(monkeypatch) -> None:
    digest = forecasts.figures_digest()
    monkeypatch.setattr(forecasts, "price_level", lambda: 1.5)
    assert forecasts.figures_digest() != digest
    monkeypatch.undo()
    paths = observed_paths()
    monkeypatch.setattr(forecasts, "observed_paths", lambda: (replace(paths[0], spending=(1.0,) * 6), *paths[1:]))
    assert forecasts.figures_digest() != digest


def test_a_strangers_file_in_the_folder_is_not_lost(here) -> None:
    forecast(**SMALL, out=here / "one", pictures=False)
    (here / "one" / "actual.csv").write_text("mine")
    with pytest.raises(InputError, match=r'also "actual\.csv", which would be lost'):
        forecast(**SMALL, out=here / "one", overwrite=True, pictures=False)


def test_a_failure_leaves_nothing_behind(here, monkeypatch) -> None:
    def fails(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(forecasts, "simulate_pairs", fails)
    with pytest.raises(KeyboardInterrupt):
        forecast(**SMALL, out=here / "new" / "deep" / "one")
    assert list(here.iterdir()) == []


def test_a_withdrawn_folder_takes_only_its_own_empty_parents_away(here) -> None:
    (here / "old").mkdir()
    draft = WholeFolder(here / "old" / "new" / "one")
    (here / "old" / "new" / "note.txt").write_text("meanwhile")
    draft.withdraw()
    assert [file.name for file in (here / "old" / "new").iterdir()] == ["note.txt"]
    WholeFolder(here / "old" / "other" / "one").withdraw()
    assert [file.name for file in (here / "old").iterdir()] == ["new"]


def test_the_manifest_says_how_to_repeat_and_what_to_score(capsys, here) -> None:
    assert armsrace(capsys, "--ensemble", "prior", "--members", "40", "--until", "2026")[0] == 0
    manifest = json.loads((here / "results" / "forecast" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["format_version"] == 1
    assert manifest["identity"].items() >= {"ensemble": "prior", "members": 40, "seed": 1, "until": 2026}.items()
    assert len(manifest["identity"]["parameters_sha256"]) == 64
    assert manifest["score_against"] == {
        "quantity": "military expenditure", "unit": "million constant 2024 USD", "source": "sipri-milex-2026",
    }  # fmt: skip
    said = ["--ensemble", "prior", "--members", "40", "--seed", "1", "--until", "2026", "--out", "results/forecast"]
    assert manifest["command"] == ["armsrace", "forecast", *(str(Path(word)) if "/" in word else word for word in said)]
    assert {"balkan-armsrace", "numpy", "python"} <= set(manifest["versions"]) and manifest["written"]


# ---- what is said ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("years", [(2024,), (2024, 2025), tuple(range(2024, 2036))])
def test_the_answer_fits_80_columns_and_names_every_state(years) -> None:
    found = made(levels=(0.9, 1.0, 2.25, 2.5, 3.0), years=years)
    text = "\n".join(forecast_answer(found, Path("results/forecast")))
    assert max(map(len, text.splitlines())) <= 80
    lines = " ".join(text.split())
    for state in STATES:
        assert all(word in lines for word in load_actors().name(state).split())
    assert str(years[-1]) in lines and "+125" in lines


def test_the_answer_shows_observed_figure_forecast_range_and_growth() -> None:
    line = next(
        line for line in "\n".join(forecast_answer(made(), Path("x"))).splitlines() if line.startswith("Greece")
    )
    assert line.split() == ["Greece", *"7,014 8,770 6,310-14,000 +25 8,770 6,310-14,000 +25".split()]


def test_the_answer_says_what_drives_it_and_what_it_does_not_know() -> None:
    text = " ".join(" ".join(forecast_answer(made(), Path("x"))).split())
    assert (
        "goals pledged or announced before 2024, or stay where no change was announced" in text
        and "about 10 % a year" in text
    )
    assert "does not know: any figure of spending after 2023" in text and "until 2025Q4" in text
    assert "the prior, which is fitted to nothing" in text
    fitted = " ".join(" ".join(forecast_answer(replace(made(), fit=DEFAULT_FIT), Path("x"))).split())
    assert f"what the ensemble {DEFAULT_FIT} leaves open" in fitted and "fitted to nothing" not in fitted


def test_json_is_one_document_with_the_rows_of_the_table(capsys, monkeypatch, small: Forecast) -> None:
    monkeypatch.setattr(progress, "QUIET_FOR", float("inf"))  # a busy machine may be slow
    code, out, err = armsrace(capsys, "--ensemble", "prior", "--members", "4e1", "--format", "json", "--out", "one")
    document = json.loads(out)
    assert (code, err) == (0, "") and out.count("\n") == 1
    assert document["forecast"] == list(small.rows())
    assert document.items() >= {"ensemble": "prior", "members": 40, "seed": 1, "until": 2025, "out": "one"}.items()


def test_help_names_every_option_and_its_default(capsys) -> None:
    _, out, _ = armsrace(capsys, "--help")
    words = " ".join(out.split())
    assert all(f"--{name}" in words for name in ("ensemble", "members", "seed", "until", "out", "format", "overwrite"))
    assert "default: 4000" in words and "default: 2025" in words and "default: results" in words


# ---- the picture -----------------------------------------------------------------------------------------------------


def drawn(found: Forecast) -> Figure:
    with style.our_style():
        return PLOT.draw(found).figure


def test_the_picture_shows_every_observed_figure_and_a_fan_that_starts_at_the_last() -> None:
    found = made()
    panels = drawn(found).axes
    assert [axes.get_title(loc="left") for axes in panels] == [load_actors().name(state) for state in STATES]
    for place, axes in enumerate(panels):
        *edges, median, dots = axes.get_lines()
        np.testing.assert_array_equal(dots.get_xydata(), np.column_stack([OBSERVED_YEARS, OBSERVED[place]]))
        last = OBSERVED[place, -1]
        np.testing.assert_allclose(median.get_xydata(), [(2023, last), (2024, 1.25 * last), (2025, 1.25 * last)])
        assert [edge.get_ydata()[-1] / last for edge in edges] == pytest.approx([0.9, 2.0])
        low, high = axes.get_ylim()
        assert low == 0.0 and high > 2.0 * last and high > OBSERVED[place].max()


def test_the_title_is_a_question_and_a_note_says_what_the_forecast_is_and_is_not(here) -> None:
    _, svg = PLOT.write(made(), here)
    words = ["".join(element.itertext()) for element in ET.parse(svg).iter(f"{SVG}text")]
    assert f"What will {load_actors().states_counted} spend on their military in 2024 and 2025?" in words
    assert any("the figure of 2023 (SIPRI) times its growth since" in text for text in words)
    assert any("no spending after 2023" in text for text in words) and not any("…" in text for text in words)
    assert words.count("2025: +25 % (−10 to +100)") == len(STATES)


@pytest.mark.parametrize("last", [2024, 2025, 2035])
def test_words_stay_in_the_picture_and_lie_on_no_other(last) -> None:
    figure = drawn(made(levels=(0.5, 0.9, 1.9, 2.5, 4.5), years=tuple(range(2024, last + 1))))
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    outside = {
        tick.label1
        for axes in figure.axes
        for tick in axes.yaxis.get_major_ticks()
        if tick.get_loc() > axes.get_ylim()[1]
    }
    named = [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
    assert all(text.get_fontsize() >= style.TYPE for text in named)
    boxes = [text.get_window_extent(renderer) for text in named if text not in outside]
    for number, box in enumerate(boxes):
        assert box.x0 >= 0 and box.x1 <= figure.bbox.x1 and box.y0 >= 0 and box.y1 <= figure.bbox.y1
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])


def test_the_picture_fits_a_screen_of_1366_pixels() -> None:
    assert drawn(made()).bbox.width <= 1366


def test_a_forecast_is_scored_against_figures_of_ones_own(capsys, here) -> None:
    last = OBSERVED[STATES.index("SRB"), -1]
    (here / "came.csv").write_text(
        f'state,year,unit,value\nSRB,2024,{IN_2023},{last * 1.05}\nSRB,2025,"{GROWTH}",500\n', encoding="utf-8"
    )
    code, out, _ = armsrace(capsys, "--fit", "prior", "--members", "40", "--score", "came.csv", "--format", "json")
    found = json.loads(out)
    near, far = found["scores"]
    assert code == 0 and not (here / "results").exists()
    assert near["inside_90"] and not far["inside_90"] and far["crps"] > near["crps"] / last
    assert near["no_change"] == pytest.approx(0.05 * last) and 0.0 <= near["rise"] <= 1.0
    assert near["brier"] == pytest.approx((near["rise"] - 1.0) ** 2)
    assert found["mean_inside_90"] == 0.5
    (here / "wrong.csv").write_text("state,year,unit,value\nSRX,2040,US$,1\n", encoding="utf-8")
    code, _, err = armsrace(capsys, "--score", "wrong.csv")
    assert code == 2 and 'did you mean "SRB"' in err and "2040 is not forecast" in err
