"""The pictures of a run: the same bytes every time, one look per actor for ever, and no claim that the bands do not bear."""

import os
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import yaml

from sim.analysis.results import Bands, Run, contrast_of
from sim.data.actors import load_actors
from sim.io.quarters import index_of
from sim.model.directions import BALANCE, Direction
from sim.model.variables import Series
from sim.plots import draw as marks
from sim.plots import style
from sim.plots.panels import verdict
from sim.plots.registry import Plot, plots, write_plots
from sim.plots.style import BASELINE, DYAD, STYLES
from sim.plots.timeline import event_words, named_events
from sim.scenario.event_types import event_adapter, event_models
from tests.plots.colour_vision import BLINDNESSES, lab
from tests.plots.pictures_read import Figure, canvas_of, overlaps

QUARTERS, MEMBERS, CHANGE = 44, 8, 31
NAMES = ("spending", "relation", "risk", "stocks", "overview")
DRAWN = tuple(plots()[name] for name in NAMES)
SVG = "{http://www.w3.org/2000/svg}"
SERIES = (
    *(Series("spending", state) for state in ("SRB", "XKX", "TUR")),
    *(Series(part, "SRB", "TUR") for part in ("relation", "rhetoric", "attitude", "supplier_choice")),
    *(Series(part, "SRB", "XKX") for part in ("tension", "hazard")),
    *(Series(arms, state) for arms in ("uav", "loitering") for state in ("SRB", "XKX")),
    *(Series("deliveries", "SRB", seller) for seller in ("TUR", "RUS", "CHN")),
    Series("deliveries", "XKX", "TUR"),
)
HISTORY = (
    {"id": "tb2", "at": "2022Q2", "type": "order", "supplier": "TUR", "buyer": "XKX", "class": "uav", "n": 5,
     "unit_price_musd": 6, "payment": "budget"},
    {"id": "tb2-arrives", "at": "2023Q2", "type": "deliver", "ref": "tb2"},
    {"id": "banjska", "at": "2023Q3", "type": "incident", "severity": "lethal"},
)  # fmt: skip
CHANGES = (
    {"id": "visit", "at": "2026Q1", "type": "visit", "actor": "EU", "target": "SRB"},
    {"id": "series.dialogue.2026Q1", "at": "2026Q1", "type": "dialogue", "level": 0.5},
    {"id": "series.dialogue.2027Q1", "at": "2027Q1", "type": "dialogue", "level": 0.7},
)


@dataclass(frozen=True)
class Story:
    """A scenario as far as pictures look at it."""

    title: str
    events: tuple[object, ...]
    parameters: dict[str, float] = field(default_factory=dict)


def story(title: str, *events: dict[str, object]) -> Story:
    read = [event_adapter().validate_python(event) for event in events]
    return Story(title, tuple(sorted(read, key=lambda event: event.quarter)))


def synthetic(
    *, compared: bool, quarters: int = QUARTERS, title: str = "Mediation at US$ 5 & more", effect: float = 1.0
) -> Run:
    """A small run whose scenario raises everything from one quarter on."""
    chance = np.random.default_rng(7)
    contrasts = []
    for number, one in enumerate(SERIES, 1):
        base = number * (1.0 + 0.1 * chance.random((quarters, MEMBERS)))
        changed = base + effect * (np.arange(quarters)[:, None] >= CHANGE) * chance.random((quarters, MEMBERS))
        contrasts.append(contrast_of(one, changed, base if compared else None))
    return Run(
        scenario=story(title, *HISTORY, *CHANGES),
        baseline=story("What happened anyway", *HISTORY) if compared else None,
        members=MEMBERS, seed=3, quarters=quarters, engine="compiled", fit="prior", theory=None, settings=(),
        contrasts=tuple(contrasts),
        stability={}, keep="none", parameters_digest="", model_version="1.0",
    )  # fmt: skip


def write_figures(run: Run, folder: Path) -> tuple[Path, ...]:
    return write_plots([plot for plot in DRAWN if plot.is_drawn(run)], run, folder, ("png", "svg"))


def figure_of(name: str, run: Run) -> Figure:
    with style.our_style():
        return plots()[name].draw(run).figure


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    return write_figures(synthetic(compared=True), tmp_path_factory.mktemp("comparison") / "figures")


@pytest.fixture(scope="module")
def level(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    return write_figures(synthetic(compared=False), tmp_path_factory.mktemp("level"))


def texts(svg: Path) -> list[str]:
    return ["".join(element.itertext()) for element in ET.parse(svg).iter(f"{SVG}text")]


# ---- files -----------------------------------------------------------------------------------------------------------


def test_comparison_gives_five_picture_pairs_and_a_single_world_four(
    comparison: tuple[Path, ...], level: tuple[Path, ...]
) -> None:
    assert [file.name for file in comparison] == [f"{name}.{end}" for name in NAMES for end in ("png", "svg")]
    assert [file.name for file in level] == [f"{name}.{end}" for name in NAMES[:4] for end in ("png", "svg")]
    assert all(file.is_file() for file in (*comparison, *level))


def test_same_bytes_in_a_new_process_without_a_home_and_nothing_printed(
    comparison: tuple[Path, ...], tmp_path: Path
) -> None:
    (tmp_path / "matplotlibrc").write_text("font.size: 30\naxes.facecolor: red\n", encoding="utf-8")
    code = "from tests.plots.test_pictures import *; write_figures(synthetic(compared=True), Path('pictures'))"
    root = Path(__file__).parents[2]
    where = {
        "HOME": "/dev/null/home",
        "PYTHONPATH": f"{root}{os.pathsep}{root / 'tests'}",
        "TMPDIR": str(tmp_path),
        "PYTHONHASHSEED": "5",
    }
    hidden = ("MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
    environment = {key: value for key, value in os.environ.items() if key not in hidden} | where
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    for file in comparison:
        assert (tmp_path / "pictures" / file.name).read_bytes() == file.read_bytes()


def test_no_picture_names_a_path_or_a_time(comparison: tuple[Path, ...]) -> None:
    for file in comparison:
        content = file.read_bytes()
        for word in (str(Path.cwd()), str(Path.home()), str(file.parent), "/tmp", "<dc:date>", "Software"):
            assert word.encode() not in content, (file.name, word)


def test_pictures_fit_a_screen_of_1366_pixels(comparison: tuple[Path, ...]) -> None:
    for file in comparison[::2]:
        width, height = struct.unpack(">II", file.read_bytes()[16:24])
        assert width == 1320
        assert 600 < height < 1150


@pytest.mark.parametrize("quarters", [4, 32])
def test_short_runs_have_their_pictures_too(quarters: int) -> None:
    with style.our_style():
        for plot in DRAWN:
            canvas_of(plot.draw(synthetic(compared=True, quarters=quarters)).figure)


def test_settings_and_titles_of_any_kind_are_drawn_as_they_are(tmp_path: Path) -> None:
    run = replace(synthetic(compared=False, title="Ω $x^2$ <b>武</b> \x07 " * 20), settings=("reaction.SRB=0.4",))
    svg = plots()["spending"].write(run, tmp_path)[1]
    line = next(text for text in texts(svg) if text.startswith("Scenario:"))
    assert "$x^2$ <b>武</b>" in line
    assert line.endswith("…, with reaction.SRB=0.4")
    assert len(line) <= style.CHARACTERS


# ---- what is written in them -----------------------------------------------------------------------------------------


def test_svg_text_is_text_and_says_what_made_the_picture(comparison: tuple[Path, ...]) -> None:
    for svg in comparison[1::2]:
        words = texts(svg)
        assert "Scenario: Mediation at US$ 5 & more" in words
        assert "Compared with: What happened anyway" in words
        assert any(
            re.fullmatch(
                r"armsrace \S+, model 1\.0, 8 simulations, seed 3, prior ensemble; all curves are modelled; bands 50 % and 90 %",
                w,
            )
            for w in words
        )


def test_no_type_is_smaller_than_twelve_points(comparison: tuple[Path, ...]) -> None:
    for svg in comparison[1::2]:
        sizes = [
            float(size or short)
            for size, short in re.findall(
                r"font-size: ([\d.]+)px|font: (?:\w+ )?([\d.]+)px", svg.read_text(encoding="utf-8")
            )
        ]
        assert len(sizes) > 10
        assert min(sizes) >= 12.0


@pytest.mark.parametrize("plot", DRAWN, ids=NAMES)
def test_every_value_axis_carries_its_unit(plot: Plot) -> None:
    units = {"million 2023 US$ per year", "million 2023 US$ in the year", "per cent, by calendar year", "units"}
    units |= {"scale −1 to 1", "scale 0 to 1", "per year", "probability"}
    with style.our_style():
        for axes in plot.draw(synthetic(compared=True)).figure.axes:
            label = axes.get_ylabel().replace("\n", " ")
            assert label in units if axes.get_yticks().size else not label


def test_last_row_of_panels_names_the_calendar_year() -> None:
    with style.our_style():
        for plot in DRAWN:
            panels = plot.draw(synthetic(compared=True)).figure.axes
            lowest = min(axes.get_position().y0 for axes in panels)
            last = [axes for axes in panels if axes.get_position().y0 < lowest + 0.01]
            assert {axes.get_xlabel() for axes in last} == {"calendar year"}


@pytest.mark.parametrize("plot", DRAWN, ids=NAMES)
@pytest.mark.parametrize("compared", [True, False])
def test_no_words_overlap_and_none_leave_the_picture(plot: Plot, compared: bool) -> None:
    if not plot.is_drawn(synthetic(compared=compared)):
        return
    with style.our_style():
        assert overlaps(plot.draw(synthetic(compared=compared)).figure) == []


# ---- what is claimed -------------------------------------------------------------------------------------------------


def bands(higher: list[float], lower: list[float]) -> Bands:
    """Bands of which only the shares of worlds above and below zero matter."""
    none = np.zeros(len(higher))
    return Bands(np.zeros((5, len(higher))), none, np.array(higher), np.array(lower))


def test_sign_is_named_only_where_95_of_100_worlds_move_the_same_way() -> None:
    times = ["2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3"]
    found = verdict(bands([0.0, 0.95, 1.0, 0.9, 0.0], [0.0, 0.05, 0.0, 0.1, 0.96]), times)
    assert found == "higher 2025Q4–2026Q1, lower in 2026Q3"
    assert verdict(bands([0.94] * 5, [0.06] * 5), times) == "no clear direction"
    assert verdict(bands([0.5] * 5, [0.0] * 5), times) == "no clear direction"
    assert verdict(bands([0.0] * 5, [0.0] * 5), times) == "none in any simulation"


def test_stretches_of_the_same_sign_are_named_together() -> None:
    times = ["2026Q1", "2026Q2", "2026Q3", "2026Q4", "2027Q1"]
    assert verdict(bands([1.0, 0.5, 1.0, 0.5, 1.0], [0.0] * 5), times) == "higher 2026Q1–2027Q1, with gaps"


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_tiny_difference_does_not_fill_its_panel(sign: float) -> None:
    with style.our_style():
        axes = Figure().add_subplot()
        marks.value_axis(axes, [sign * np.array([0.0, 0.001])], "probability", zero=True, least=0.05)
        low, high = axes.get_ylim()
    assert high - low >= 0.05 and low <= 0.0 <= high


def test_whose_word_a_direction_is_stands_behind_it() -> None:
    assert verdict(bands([1.0], [0.0]), ["2026"], "direction assumed") == "higher in 2026 (direction assumed)"
    assert verdict(bands([0.5], [0.5]), ["2026"], "direction assumed") == "no clear direction"


class Asked:
    """Directions that keep what they were asked, and know one answer."""

    def __init__(self) -> None:
        self.questions: list[tuple[Series, list[int], int, bool]] = []

    def of(self, series: Series, quarters: Sequence[int], way: int, *, relative: bool = False) -> Direction:
        self.questions.append((series, list(quarters), way, relative))
        return Direction(BALANCE)


def test_pictures_ask_for_the_direction_at_the_time_of_the_largest_clear_change() -> None:
    directions = Asked()
    title = str(
        figure_of("risk", replace(synthetic(compared=True), directions=directions)).axes[3].get_title(loc="left")
    )
    assert " ".join(title.split()) == "Difference: higher 2025Q4–2028Q4 (balance of assumptions)"
    series, quarters, way, is_relative = directions.questions[-1]
    assert (series.variable, way, is_relative, len(quarters)) == ("hazard", 1, False, 1)


def test_run_without_effect_says_so() -> None:
    run = synthetic(compared=True, effect=0.0)
    titles = [axes.get_title(loc="left") for axes in figure_of("overview", run).axes]
    assert all(title.endswith("\nnone in any simulation") for title in titles)


def test_difference_that_cannot_be_seen_is_called_hardly_any() -> None:
    run = synthetic(compared=True, effect=1e-4)
    titles = [axes.get_title(loc="left") for axes in figure_of("overview", run).axes]
    assert titles[2].endswith("\nhardly any")


def test_time_line_names_what_the_scenario_changes_and_nothing_else() -> None:
    run = synthetic(compared=True)
    assert [mark.words for mark in named_events(run)] == [
        "2026Q1  visit: European Union to Serbia",
        "2026Q1  dialogue of Belgrade and Pristina at 0.5",
        "2027Q1  dialogue of Belgrade and Pristina at 0.7",
    ]
    swapped = replace(run, scenario=run.baseline, baseline=run.scenario)
    assert named_events(swapped)[0].words == "2026Q1  left out: visit: European Union to Serbia"


def test_order_with_a_date_is_named_when_made_and_when_it_arrives() -> None:
    order = HISTORY[0] | {"id": "more", "at": "2026Q2", "due": "2027Q1"}
    run = replace(synthetic(compared=True), scenario=story("More", *HISTORY, order))
    words = ["2026Q2  order: Türkiye to Kosovo, armed drones", "2027Q1  delivery: Türkiye to Kosovo, armed drones"]
    assert [mark.words for mark in named_events(run)] == words
    assert [mark.words for mark in named_events(replace(run, quarters=index_of("2027Q1")))] == words[:1]


def test_time_line_of_a_single_world_names_drones_and_incidents() -> None:
    words = [mark.words for mark in named_events(synthetic(compared=False))]
    assert words == ["2023Q2  delivery: Türkiye to Kosovo, armed drones", "2023Q3  lethal incident"]


def test_event_after_the_end_of_the_run_is_not_on_the_time_line() -> None:
    assert named_events(synthetic(compared=True, quarters=index_of("2026Q1"))) == []


def test_every_type_of_event_has_words() -> None:
    examples = [yaml.safe_load(model.example_line()) for model in event_models().values()]
    events = {example["id"]: event_adapter().validate_python(example) for example in examples}
    words = {id_: event_words(event, events) for id_, event in events.items()}
    assert all(words.values()) and not any(set("{}") & set(text) for text in words.values())
    assert words["deliver-with-ref"] == "delivery: France to Serbia, artillery"
    trade = {"id": "t", "at": "2026Q1", "type": "trade_shock", "parties": ["TUR", "SRB"], "change": -0.5}
    assert event_words(event_adapter().validate_python(trade), {}) == "trade of Türkiye and Serbia −50 %"


def test_what_happens_again_in_the_same_words_is_one_mark() -> None:
    trade = {"type": "trade_shock", "parties": ["TUR", "SRB"], "change": {"uniform": [0.0, 0.1]}}
    yearly = [trade | {"id": f"t{year}", "at": f"{year}Q1"} for year in (2025, 2026, 2027)]
    run = replace(synthetic(compared=True), scenario=story("Trade", *HISTORY, *yearly))
    words = [mark.words for mark in named_events(run)]
    assert words == ["2025Q1  trade of Türkiye and Serbia +5 %, 3 times to 2027Q1"]


def test_forum_says_whether_kosovo_sits_at_the_table() -> None:
    forum = {"id": "f", "at": "2026Q1", "type": "forum", "members": ["TUR", "SRB", "XKX"], "level": 0.5}
    words = "regional forum at 0.5: 3 states, Kosovo {} them"
    assert event_words(event_adapter().validate_python(forum), {}) == words.format("among")
    without = forum | {"members": ["TUR", "SRB", "ALB"]}
    assert event_words(event_adapter().validate_python(without), {}) == words.format("not among")


def test_lines_in_a_panel_mark_what_its_own_state_receives() -> None:
    order = HISTORY[0] | {"id": "more", "at": "2026Q2", "due": "2027Q1"}
    run = replace(synthetic(compared=True), scenario=story("More", *HISTORY, order, CHANGES[0]))
    assert [mark.receiver for mark in named_events(run)] == ["", "", "XKX"]


def test_series_is_named_again_only_when_its_level_changes() -> None:
    levels = {"2026Q1": 5.5, "2027Q1": 5.5, "2028Q1": 4.0}
    events = [{"id": f"series.kfor.troops.{at}", "at": at, "type": "kfor", "troops": n} for at, n in levels.items()]
    run = replace(synthetic(compared=True), scenario=story("KFOR", *HISTORY, *events))
    assert [mark.words for mark in named_events(run)] == ["2026Q1  KFOR at 5.5 thousand", "2028Q1  KFOR at 4 thousand"]


# ---- styles ----------------------------------------------------------------------------------------------------------

APART = 10.0  # CIE76, about four just noticeable differences


def test_simulated_colours_agree_with_known_values() -> None:
    np.testing.assert_allclose(lab("#FF0000", "none"), [53.24, 80.09, 67.20], atol=0.02)
    assert np.abs(lab("#FFFFFF", "deuteranopia") - [100.0, 0.0, 0.0]).max() < 0.1


def test_every_actor_has_a_colour_a_dash_and_a_marker_of_its_own() -> None:
    assert set(STYLES) == set(load_actors().codes)
    for part in ("colour", "dash", "marker"):
        assert len({getattr(one, part) for one in STYLES.values()}) == len(STYLES), part


@pytest.mark.parametrize("blindness", BLINDNESSES)
def test_every_pair_of_actor_colours_stays_apart(blindness: str) -> None:
    """All actors, the dyad and the black baseline, and each of them from the white ground."""
    colours = {code: one.colour for code, one in STYLES.items()} | {"dyad": DYAD.colour, "baseline": BASELINE.colour}
    seen = {name: lab(colour, blindness) for name, colour in (colours | {"ground": "#FFFFFF"}).items()}
    near = {
        (one, other): round(float(np.linalg.norm(seen[one] - seen[other])), 1)
        for one, other in combinations(seen, 2)
        if np.linalg.norm(seen[one] - seen[other]) < APART
    }
    assert near == {}


def test_colours_of_the_three_states_are_fixed_for_ever() -> None:
    assert [STYLES[state].colour for state in ("SRB", "XKX", "TUR")] == ["#0072B2", "#D55E00", "#009E73"]
