"""The rival theories side by side: the same worlds under each, no side taken, and files that a table program reads."""

import json
import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from sim.analysis.theories import COLUMNS
from sim.cli.main import main
from sim.io import progress
from sim.io.errors import InputError
from sim.model.theories import theories
from sim.model.variables import Series
from sim.plots import style
from sim.plots.panels import count_words
from sim.plots.theories import PLOT, SIGNS, THEORY_STYLES, under_theories
from sim.report.theories_answer import ending, rival_answer
from sim.runs.run import run
from sim.runs.theories import run_theories
from tests.plots.pictures_read import drawn_texts

SMALL = {"members": 24, "until": "2027Q4", "seed": 4}
MOVED = (Series("spending", "SRB"), Series("spending", "XKX"), Series("tension", "SRB", "XKX"))
HAZARD = Series("hazard", "SRB", "XKX")


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    out = tmp_path_factory.mktemp("theories") / "run"
    return run_theories("skydagger-delivery", out=out, command=["armsrace", "run"], **SMALL), out


# ---- the worlds ------------------------------------------------------------------------------------------------------


def test_every_theory_is_run_in_the_order_of_its_file(compared):
    found, _ = compared
    assert list(found.runs) == list(theories()) == ["spiral", "deterrence", "no-effect"]


def test_each_theory_is_exactly_its_single_run(compared):
    found, _ = compared
    alone = run("skydagger-delivery", theory="deterrence", **SMALL)
    assert list(alone.rows()) == list(found.runs["deterrence"].rows())


def test_without_effect_spending_and_tension_do_not_move_at_all(compared):
    found, _ = compared
    for one in MOVED:
        difference = found.runs["no-effect"].by_series[one].difference
        assert not difference.quantiles.any() and not difference.mean.any()
        assert found.runs["spiral"].by_series[one].difference.mean.any()


def test_theories_differ_in_the_hazard_and_share_the_number_delivered(compared):
    found, _ = compared
    lines = {(line["spiral"].topic.variable, line["spiral"].when): line for line in found.rows}
    hazard, arms = lines["hazard", "2026"], lines["loitering", "2025Q4"]
    assert hazard["spiral"].p_positive > hazard["deterrence"].p_positive > hazard["no-effect"].p_positive == 0.0
    assert len({row.median for row in arms.values()}) == 1


def test_lines_stand_at_the_same_times_under_every_theory(compared):
    found, _ = compared
    for line in found.rows:
        assert list(line) == list(found.runs)
        assert len({(row.topic, row.when) for row in line.values()}) == 1


@pytest.fixture(scope="module")
def overridden():
    return run_theories(
        "skydagger-delivery",
        members=4,
        until="2026Q1",
        settings=("deterrence=0.3", "deterrence_alone=0", "moral_hazard=0.2", "coupling=1"),
    )


def test_settings_win_over_theories(overridden):
    first, *others = (one.contrast("hazard", "SRB", "XKX").difference.quantiles for one in overridden.runs.values())
    assert all(np.array_equal(first, other) for other in others)


def test_worlds_that_do_not_differ_have_no_lines(tmp_path):
    found = run_theories("skydagger-delivery", members=2, until="2020Q4", out=tmp_path / "run", pictures="none")
    assert found.first_effect is None and found.rows == ()
    assert "Nothing differs" in "\n".join(rival_answer(found))


# ---- files -----------------------------------------------------------------------------------------------------------


def test_a_comparison_leaves_manifest_tables_and_one_picture(compared):
    _, out = compared
    assert {path.name for path in out.iterdir()} == {
        "manifest.json",
        "report.html",
        "report.json",
        "summary.csv",
        "theories.csv",
        "figures",
    }
    assert {path.name for path in (out / "figures").iterdir()} == {"theories.svg"}


def test_the_manifest_says_all_theories_and_what_each_rests_on(compared):
    _, out = compared
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["identity"]["theory"] == "all" and manifest["identity"]["trajectories"] == "none"
    assert manifest["identity"]["theories"] == {name: one.parameters for name, one in theories().items()}
    for name, one in theories().items():
        assert manifest["theories"][name]["quote"] == one.quote
        assert manifest["theories"][name]["document"] == one.document
    assert manifest["command"] == ["armsrace", "run"]


def test_the_summary_is_that_of_each_theory_below_the_other(compared, tmp_path):
    _, out = compared
    run("skydagger-delivery", theory="spiral", out=tmp_path / "run", pictures="none", **SMALL)
    alone = (tmp_path / "run" / "summary.csv").read_text(encoding="utf-8").splitlines()
    lines = (out / "summary.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == f"theory,{alone[0]}"
    assert lines[1 : len(alone)] == [f"spiral,{line}" for line in alone[1:]]
    assert len(lines) - 1 == 3 * (len(alone) - 1)


def test_the_table_is_tidy(compared):
    found, out = compared
    table = pd.read_csv(out / "theories.csv", keep_default_na=False)
    assert tuple(table.columns) == COLUMNS
    assert not table.duplicated(["theory", "variable", "actor", "counterpart", "quarter"]).any()
    assert set(table["theory"]) == set(theories()) and (table["unit"] != "").all()
    pd.testing.assert_frame_equal(found.frame(), table, check_dtype=False)
    row = table[(table.theory == "spiral") & (table.variable == "tension") & (table.quarter == "2025Q4")].iloc[0]
    difference = found.runs["spiral"].contrast("tension", "SRB", "XKX").difference
    assert row["difference"] == difference.median[31] and row["p_positive"] == difference.p_positive[31]


def test_same_seed_gives_the_same_bytes_on_any_number_of_threads(compared, tmp_path):
    _, out = compared
    run_theories("skydagger-delivery", out=tmp_path / "again", threads=1, **SMALL)
    for name in ("summary.csv", "theories.csv", "report.html", "figures/theories.svg"):
        assert (tmp_path / "again" / name).read_bytes() == (out / name).read_bytes(), name


def test_a_comparison_replaces_itself_and_no_other_run_unasked(tmp_path):
    small = {"members": 2, "until": "2018Q4", "pictures": "none", "out": tmp_path / "run"}
    run_theories("skydagger-delivery", **small)
    run_theories("skydagger-delivery", **small)
    with pytest.raises(InputError, match="holds another run"):
        run("skydagger-delivery", **small)
    run("skydagger-delivery", **small, overwrite=True)
    with pytest.raises(InputError, match="holds another run"):
        run_theories("skydagger-delivery", **small)
    run_theories("skydagger-delivery", **small, overwrite=True)
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == [
        "manifest.json",
        "summary.csv",
        "theories.csv",
    ]


def test_a_folder_with_a_split_is_replaced_like_any_run(tmp_path):
    given = {"members": 64, "until": "2026Q1", "pictures": "none", "trajectories": "none", "out": tmp_path / "run"}
    run("skydagger-delivery", **given)
    assert (tmp_path / "run" / "uncertainty.csv").is_file()
    run("skydagger-delivery", **{**given, "seed": 2}, overwrite=True)


def test_progress_counts_every_world_of_every_theory_once():
    told = []
    run_theories("skydagger-delivery", members=2, until="2018Q4", progress=lambda *step: told.append(step))
    assert {total for _, _, total in told} == {12}
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told) and told[-1][1] == 12


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scenario": "baseline"}, "is compared to nothing"),
        ({"trajectories": "all"}, "single simulations are kept of one theory at a time"),
        ({"members": 0}, "0 is outside"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_anything_is_run(tmp_path, options, message):
    given = {"scenario": "skydagger-delivery", "until": "2018Q4", "out": tmp_path / "run", **options}
    with pytest.raises(InputError, match=message):
        run_theories(**given)
    assert list(tmp_path.iterdir()) == []


# ---- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [40, 80, 100])
def test_every_line_of_the_answer_fits_the_page(compared, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    found, _ = compared
    lines = "\n".join(rival_answer(found)).split("\n")
    assert max(len(line) for line in lines if not line.startswith("  armsrace")) <= width


def test_the_verdict_and_a_few_numbers_fit_the_screen(compared, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    found, _ = compared
    lines = "\n".join(rival_answer(found)).split("\n")
    assert len(lines) <= 24
    assert lines[2].startswith("Under no theory does this start an arms race between Serbia and Kosovo")
    assert "The theories disagree on the direction of the incident rate in 2025Q4" in " ".join(" ".join(lines).split())


def test_the_ending_quotes_every_theory_with_its_document(compared):
    found, out = compared
    text = " ".join("\n".join(ending(found, "skydagger-delivery", out)).split())
    assert "The documents disagree about what arms do" in text
    for one in theories().values():
        assert f'"{one.quote}" ({one.document}, {one.locator})' in text


@pytest.mark.parametrize("width", [80, 100])
def test_the_hazard_is_told_in_shares_and_no_direction_is_asserted(compared, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    found, _ = compared
    text = "\n".join(rival_answer(found, full=True))
    told = " ".join(text.split())
    assert "The theories disagree about the direction of these" in told
    row = next(line["deterrence"] for line in found.rows if line["spiral"].topic.variable == "hazard")
    assert re.search(rf"{int(100 * row.p_positive)} % higher, {int(100 * row.p_negative)} % lower", told)
    assert "sign" not in text


def test_what_does_not_move_is_said_not_to(compared, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    found, _ = compared
    lines = "\n".join(rival_answer(found, full=True)).split("\n")
    row = lines[lines.index("Serbia's spending, %") + 1]
    assert row.startswith("  2026 ") and row.endswith("no change")


def test_a_theory_that_a_setting_replaces_is_said_to_be(overridden, tmp_path):
    text = " ".join("\n".join(ending(overridden, "skydagger-delivery", tmp_path)).split())
    assert text.count("replaced by --set deterrence=0.3") == 2 and text.count("replaced by --set coupling=1") == 1


def test_the_command_prints_one_json_document_and_chooses_a_folder_of_its_own(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(progress, "QUIET_FOR", float("inf"))  # a busy machine may be slow
    words = "run skydagger-delivery --theory all --members 3 --until 2026Q1 --format json"
    assert main(words.split()) == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert (found["theory"], found["out"], said.err) == ("all", "results/skydagger-delivery-theories", "")
    assert list(found["theories"]) == list(theories())
    for name, one in theories().items():
        told = found["theories"][name]
        assert (told["document"], told["quote"], told["parameters"]) == (one.document, one.quote, one.parameters)
        assert {"variable", "quarter", "difference", "p_positive"} <= set(told["contrasts"][0])
    assert set(found["comparison"][0]) == set(COLUMNS)
    manifest = json.loads((tmp_path / found["out"] / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"][:5] == ["armsrace", "run", "skydagger-delivery", "--members", "3"]
    assert "all" in manifest["command"]


# ---- the picture -----------------------------------------------------------------------------------------------------


def figure_of(found):
    with style.our_style():
        return under_theories(found).figure


def test_theories_are_told_apart_without_colour(compared):
    found, _ = compared
    assert (
        len({one.dash for one in THEORY_STYLES})
        == len({one.marker for one in THEORY_STYLES})
        == len(found.runs)
        == len(THEORY_STYLES)
    )
    for axes in figure_of(found).axes:
        ends = {text.get_text()[2:] for text in axes.texts} & set(found.runs)
        assert ends == set(found.runs)
        medians = [line for line in axes.lines if len(line.get_xdata()) > 2 and line.get_linestyle() != "None"]
        assert len({str(line._unscaled_dash_pattern) for line in medians}) == len(medians) == 3


def test_greys_stand_out_from_white():
    """3:1 at least, the contrast asked of marks in a picture."""
    for one in THEORY_STYLES:
        level = int(one.colour[1:3], 16) / 255.0
        luminance = level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4
        assert 1.05 / (luminance + 0.05) >= 3.0


def test_the_picture_quotes_the_documents_and_agrees_as_the_answer_does(compared):
    rivals, out = compared
    agreement = rivals.agreement
    found = [
        "".join(e.itertext())
        for e in ET.parse(out / "figures" / "theories.svg").iter("{http://www.w3.org/2000/svg}text")
    ]
    text = " ".join(found)
    for one in theories().values():
        assert f"document {one.document}" in text and one.quote.split()[0] in text
    assert agreement.split(" (")[0] in text and "Above each panel: per cent of simulations." in text
    assert "sign" not in text and "assumed" not in text


@pytest.mark.parametrize("until", ["2018Q4", "2027Q4"])
def test_no_words_overlap_and_none_leave_the_picture(until, compared):
    found = compared[0] if until == SMALL["until"] else run_theories("skydagger-delivery", members=2, until=until)
    figure = figure_of(found)
    FigureCanvasAgg(figure).draw()
    boxes = [(text.get_text(), text.get_window_extent()) for text in drawn_texts(figure)]
    width, height = figure.canvas.get_width_height()
    for words, box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, words
    for number, (words, box) in enumerate(boxes):
        for other_words, other in boxes[number + 1 :]:
            across = min(box.x1, other.x1) - max(box.x0, other.x0)
            down = min(box.y1, other.y1) - max(box.y0, other.y0)
            assert across <= 1.0 or down <= 2.0, (words, other_words)


def test_no_type_is_smaller_than_twelve_points_and_the_picture_fits_a_screen(compared):
    found, out = compared
    assert min(text.get_fontsize() for text in drawn_texts(figure_of(found))) >= 12.0
    width = ET.parse(out / "figures" / "theories.svg").getroot().attrib["width"]
    assert float(width.removesuffix("pt")) * 96 / 72 <= 1366


def test_no_range_stands_before_the_change(compared):
    found, _ = compared
    start = 2018 + found.first_effect / 4
    for axes in figure_of(found).axes[:3]:
        for collection in axes.collections:
            assert min(path.vertices[:, 0].min() for path in collection.get_paths()) >= start


def test_shares_above_a_panel_are_never_rounded_up():
    assert [count_words(share) for share in (1.0, 0.999, 0.5, 0.001, 0.0)] == ["100", "99", "50", "<1", "0"]


def test_ends_of_lines_are_named_inside_the_height_of_the_panel(compared):
    figure = figure_of(compared[0])
    FigureCanvasAgg(figure).draw()
    for axes in figure.axes:
        for text in axes.texts:
            if text.get_text()[2:] in theories():
                assert text.get_window_extent().y1 <= axes.bbox.y1 + 2.0


def test_the_picture_is_written_where_it_is_wanted(compared, tmp_path):
    written = PLOT.write(compared[0], tmp_path / "figures")
    assert [file.name for file in written] == ["theories.png", "theories.svg"] and all(f.is_file() for f in written)
    assert SIGNS.keys() == {one.marker for one in THEORY_STYLES}


def test_the_answer_has_a_row_of_the_baseline_under_each_theory(compared, monkeypatch):
    rivals, _ = compared
    line = next(one for one in rivals.headlines if next(iter(one.values())).topic.variable == "hazard")
    row = next(iter(line.values()))
    levels = rivals.baseline_level(line)
    for name, made in rivals.runs.items():
        contrast = made.by_series[row.topic.series]
        place = made.quarter_names.index(row.when) if "Q" in row.when else made.years.index(int(row.when))
        bands = contrast.baseline if "Q" in row.when else contrast.yearly_baseline
        assert levels[name] == bands.median[place]
    for full, width in ((False, 100), (True, 100), (True, 60)):
        monkeypatch.setenv("COLUMNS", str(width))
        text = re.sub(r"\s+(?:[\d.]+\s+)*", " ", "\n".join(rival_answer(rivals, full=full)))  # wrapped cells
        assert f"in {rivals.first.baseline.id}, a year" in text, (full, width)
