"""Several scenarios against one baseline: the same worlds as single runs, every outcome, bands, shares and regret."""

import csv
import json

import numpy as np
import pytest
from openpyxl import load_workbook

from sim.analysis.comparison import INCIDENTS, OUTCOMES, topics_compared
from sim.analysis.regret import Preferences
from sim.cli.main import main
from sim.io.errors import InputError
from sim.model.theories import theories
from sim.report.comparison_text import comparison_answer, comparison_ending
from sim.report.document import Band, BulletList, Image, Table, TableRow, read_report
from sim.runs.comparison import chosen_scenarios, compare, start_of
from sim.runs.run import run
from sim.scenario.loading import load_scenario

SMALL = {"members": 24, "until": "2027Q4"}
SCENARIOS = ("skydagger-delivery", "dialogue-and-mediation")


@pytest.fixture(scope="module")
def found():
    return compare(SCENARIOS, **SMALL)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    out = tmp_path_factory.mktemp("compare") / "out"
    assert main(["compare", *SCENARIOS, "--members", "24", "--until", "2027Q4", "--out", str(out)]) == 0
    return out


def test_scenario_is_exactly_its_single_run(found):
    alone = run("skydagger-delivery", split=False, **SMALL)
    for one in found.contrasts["skydagger-delivery"]:
        other = alone.by_series[one.series]
        assert np.array_equal(one.difference.quantiles, other.difference.quantiles)
        assert np.array_equal(one.baseline.quantiles, other.baseline.quantiles)


def test_scenarios_of_different_origin_are_held_against_the_librarys_baseline(found):
    assert found.baseline.id == "baseline"
    base, chosen = chosen_scenarios(["dialogue-and-mediation", "serbian-drone-purchase"], None)
    assert base.id == "skydagger-delivery" and len(chosen) == 2


def test_baseline_among_the_scenarios_is_no_scenario_of_its_own():
    base, chosen = chosen_scenarios(["baseline", "skydagger-delivery", "skydagger-delivery"], "baseline")
    assert (base.id, [one.id for one in chosen]) == ("baseline", ["skydagger-delivery"])
    with pytest.raises(InputError, match="at least one scenario besides"):
        chosen_scenarios(["baseline"], "baseline")


def test_finding_is_the_paired_difference_over_the_window(found):
    assert (found.window, found.when) == ((31, 40), "2025Q4-2027Q4")
    place = [topic.series.name for topic in OUTCOMES].index("tension.SRB.XKX")
    finding = found.findings["skydagger-delivery"][place]
    assert finding.p_positive == 1.0 and finding.low > 0.0 and finding.label == "direction assumed"
    assert found.bands["skydagger-delivery"][place][2] == finding.median


def test_window_can_be_chosen(found):
    later = compare(SCENARIOS, since="2027Q1", **SMALL)
    assert later.when == "2027"
    place = [topic.series.name for topic in OUTCOMES].index("tension.SRB.XKX")
    assert later.findings["skydagger-delivery"][place].median < found.findings["skydagger-delivery"][place].median
    with pytest.raises(InputError, match="lies after the end"):
        start_of("2030Q1", "2027Q4")


def test_every_direction_is_a_convention_until_told(found):
    assert [(one.aim.name, one.aim.prefer) for one in found.regrets] == [
        ("spending.SRB", "lower"),
        ("spending.XKX", "lower"),
        ("tension.SRB.XKX", "lower"),
        ("threat.XKX", "lower"),
        ("hazard.SRB.XKX", "lower"),
        ("relation.SRB.TUR", "higher"),
        ("relation.SRB.XKX", "higher"),
    ]  # the capability of Kosovo has no direction: what lowers it protects one side and exposes the other
    assert all(one.aim.is_convention for one in found.regrets)
    told = compare(SCENARIOS, preferences=Preferences(prefer=("relation.SRB.TUR=lower",)), **SMALL)
    assert told.regrets[-2].aim.name == "relation.SRB.TUR" and not told.regrets[-2].aim.is_convention


def test_setting_reaches_all_scenarios_that_know_it():
    still = compare(SCENARIOS, settings=["coupling=0"], **SMALL)
    spending = still.findings["skydagger-delivery"][0]
    assert spending.p_positive == spending.p_negative == 0.0
    with pytest.raises(InputError, match="no event has the id"):
        compare(SCENARIOS, settings=["events.nothing.n=1"], **SMALL)


def test_the_verdict_comes_first_and_fits_the_screen(found):
    lines = "\n".join(comparison_answer({"": found})).split("\n")
    assert len(lines) <= 24
    text = " ".join(" ".join(lines).split())
    for words in (
        "None of them starts an arms race between Serbia and Kosovo",
        "The largest effect of skydagger-delivery: Serbia's attitude to Türkiye in 2025Q4, ",
        "Serious incidents in 2025Q4-2027Q4 (medians; ",
        "fewer with dialogue-and-mediation",
    ):
        assert words in text
    assert "regret" not in text and "Kosovo's perceived threat" not in text


def test_everything_else_is_told_in_full(found, tmp_path):
    text = " ".join(" ".join(comparison_answer({"": found}, full=True)).split())
    assert "is a convention of this program" in text and "Kosovo's perceived threat" in text
    ending = " ".join(" ".join(comparison_ending({"": found}, SCENARIOS, tmp_path)).split())
    for words in (
        "Why: ",
        "with the same draws and the same luck",
        "Direction assumed: we assumed the direction; only the size is a result.",
        "dialogue-and-mediation Open dialogue and mediation between Belgrade and Pristina. Counted: nothing.",
        "Cite: The armsrace authors (2026), armsrace",
        f"armsrace cite {tmp_path}",
        "--full",
    ):
        assert words in ending


def test_what_a_run_moves_most_is_in_the_table_of_every_comparison(found, written):
    alone = run("skydagger-delivery", split=False, **SMALL).largest_effect
    assert found.runs["skydagger-delivery"].largest_effect == alone
    for full in (False, True):
        text = " ".join(" ".join(comparison_answer({"": found}, full=full)).split())
        assert f"{alone.what}, moved most by skydagger-delivery" in text and alone.band in text
    with (written / "comparison.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["when"] == alone.when]
    assert float(rows[0]["change_median"]) == alone.median and rows[0]["outcome"] == alone.topic.series.name
    tables = [part for part in read_report(written / "report.json").sections[0].parts if isinstance(part, Table)]
    assert [alone.change, alone.band] in [[cell.text for cell in row.cells[1:3]] for row in _rows(tables[0])]


def _rows(table):
    return [row for row in table.rows if isinstance(row, TableRow)]


def test_every_number_of_the_table_has_its_unit_and_its_range(written):
    with (written / "comparison.csv").open(encoding="utf-8") as stream:
        rows = {(row["outcome"], row["scenario"]): row for row in csv.DictReader(stream)}
    spending = rows["spending.SRB", "skydagger-delivery"]
    assert (spending["level_unit"], spending["change_unit"]) == ("million 2023 US$ per year", "%")
    incidents = rows["incidents.SRB.XKX", "skydagger-delivery"]
    assert incidents["level_unit"] == incidents["change_unit"] == "number in the window"
    for row in rows.values():
        for group in ("baseline", "scenario", "change"):
            low, median, high = (float(row[f"{group}_{end}"]) for end in ("low", "median", "high"))
            assert low <= median <= high
    assert 500 < float(spending["baseline_low"]) < 5000 and abs(float(spending["change_high"])) < 50


def test_three_scenarios_under_every_theory_are_a_table_that_fits_the_page(monkeypatch):
    three = (*SCENARIOS, "turkish-restraint")
    compared = {name: compare(three, theory=name, members=8, until="2026Q4") for name in theories()}
    for full in (False, True):
        lines = "\n".join(comparison_answer(compared, full=full)).split("\n")
        assert max(map(len, lines)) <= 100
        head = next(place for place, line in enumerate(lines) if line.split() == ["what", "changes", *theories()])
        assert [line for line in lines[head:] if line in three] == list(three)
        assert sum(line.startswith("  Serious") for line in lines[head:]) == len(three)
        assert any("spending, %" in line for line in lines) or not full


def test_a_table_by_theory_holds_numbers_for_a_spreadsheet(theories_written):
    with (theories_written / "by_theory.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    still = next(row for row in rows if row["outcome"] == "tension.SRB.XKX")
    assert still["scenario"] == SCENARIOS[0] and float(still["no-effect_median"]) == 0.0 < float(still["spiral_median"])
    assert main(["report", str(theories_written), "--format", "xlsx"]) == 0
    sheet = load_workbook(theories_written / "report.xlsx").worksheets[1]
    assert [cell.value for cell in sheet[1]][:6] == ["scenario", "outcome", "what", "when", "unit", "spiral_median"]
    assert sheet.cell(2, 6).data_type == "n"


def test_incidents_are_counted_over_the_one_window_and_agree_with_those_drawn(found):
    many = {"members": 300, "until": "2030Q4", "seed": 3}
    expected = compare(["skydagger-delivery"], since="2026Q1", **many).levels["baseline"][-1, 0]
    drawn = run("skydagger-delivery", split=False, **many).by_series[INCIDENTS.series].baseline.mean[32:52].sum()
    assert expected == pytest.approx(drawn, rel=0.15)  # the median of expectations, and the mean of what is drawn
    rows = dict(zip(SCENARIOS, found.outcomes[-1], strict=True))
    assert rows["skydagger-delivery"].median > 0.0 > rows["dialogue-and-mediation"].median


def test_whom_a_scenario_is_about_gets_lines():
    topics = {
        topic.series.name for topic in topics_compared(load_scenario("baseline"), [load_scenario("republika-srpska")])
    }
    assert "spending.BIH" in topics and "spending.BIH" not in {topic.series.name for topic in OUTCOMES}


@pytest.fixture(scope="module")
def theories_written(tmp_path_factory):
    out = tmp_path_factory.mktemp("compare") / "theories"
    command = ["compare", *SCENARIOS, "--theory", "all", "--members", "16", "--until", "2027Q4", "--out", str(out)]
    assert main(command) == 0
    return out


def test_theories_stand_side_by_side(theories_written, capsys):
    with (theories_written / "comparison.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["theory"] for row in rows} == set(theories()) and {row["scenario"] for row in rows} == set(SCENARIOS)
    still = [row for row in rows if (row["theory"], row["outcome"]) == ("no-effect", "tension.SRB.XKX")]
    assert float(still[0]["change_median"]) == 0.0
    report = read_report(theories_written / "report.json")
    (effects, *_) = (part for part in report.sections[0].parts if isinstance(part, Table))
    assert effects.header == ("what changes", *theories())
    assert [row.text for row in effects.rows if isinstance(row, Band)] == list(SCENARIOS)  # a block for each
    assert not (theories_written / "regret.csv").exists()


def test_the_answer_under_every_theory_says_where_they_part(capsys):
    compared = {name: compare(SCENARIOS, theory=name, members=8, until="2026Q4") for name in theories()}
    text = " ".join(" ".join(comparison_answer(compared)).split())
    assert text.index("The theories disagree on") < text.index("Medians, mean of")


def test_a_report_holds_effects_and_costs_and_cites(written):
    report = read_report(written / "report.json")
    tables = {part.caption: part for section in report.sections for part in section.parts if isinstance(part, Table)}
    assert tables["What the scenarios change"].file == "comparison.csv"
    costs = [[cell.text for cell in row.cells] for row in tables["Effects and costs side by side"].rows]
    assert [row[0] for row in costs] == list(SCENARIOS) and costs[1][3].startswith("Counted: nothing.")
    cited = " ".join(
        point for part in report.sections[-2].parts if isinstance(part, BulletList) for point in part.points
    )
    assert "[Computer software]" in cited and "Scenario dialogue-and-mediation of armsrace" in cited
    pictures = {part.file for section in report.sections for part in section.parts if isinstance(part, Image)}
    assert pictures == {"comparison.svg", "paths.svg", "regret.svg"}


def test_a_spreadsheet_of_a_comparison_has_a_sheet_and_a_chart_for_each_outcome(written):
    assert main(["report", str(written), "--format", "xlsx"]) == 0
    book = load_workbook(written / "report.xlsx")
    drawn = next(sheet for sheet in book.worksheets if "tension" in sheet.title)
    header = [cell.value for cell in drawn[1]]
    assert header[:3] == ["quarter", "baseline, median", f"change, {SCENARIOS[0]}, median"] and drawn._charts
    assert all(cell.data_type == "n" for cell in drawn[2][1:])


def test_folder_holds_tables_pictures_and_manifest(written, found):
    assert {file.name for file in written.iterdir()} - {"report.xlsx"} == {
        "comparison.csv",
        "report.html",
        "report.json",
        "contrasts.csv",
        "regret.csv",
        "answer_in_kind.csv",
        "manifest.json",
        "figures",
    }
    pictures = {file.name for file in (written / "figures").iterdir()}
    assert pictures == {f"{name}.{kind}" for name in ("comparison", "paths", "regret") for kind in ("png", "svg")}
    with (written / "comparison.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(SCENARIOS) * (len(found.topics) + len(found.moments))
    assert float(rows[0]["change_median"]) == found.findings[SCENARIOS[0]][0].median
    manifest = json.loads((written / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"][:2] == ["armsrace", "compare"] and set(manifest["scenarios"]) == {"baseline", *SCENARIOS}


def test_same_comparison_gives_the_same_bytes_and_another_is_refused(written, capsys):
    before = {
        file: file.read_bytes() for file in written.rglob("*.*") if file.name not in ("manifest.json", "report.xlsx")
    }
    command = ["compare", *SCENARIOS, "--members", "24", "--until", "2027Q4", "--out", str(written)]
    assert main([*command, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {
        file: file.read_bytes() for file in written.rglob("*.*") if file.name not in ("manifest.json", "report.xlsx")
    } == before
    contrast = document["scenarios"]["skydagger-delivery"]["contrasts"][0]
    assert {"variable", "baseline", "scenario", "difference", "low", "high", "p_positive"} <= set(contrast)
    assert main(["compare", SCENARIOS[0], *command[3:]]) == 2
    assert "holds another run, the comparison of" in capsys.readouterr().err


def test_command_needs_a_scenario_and_knows_the_nearest(capsys):
    assert main(["compare"]) == 2
    assert "at least one scenario" in capsys.readouterr().err
    assert main(["compare", "skydager-delivery"]) == 2
    assert "skydagger-delivery" in capsys.readouterr().err
