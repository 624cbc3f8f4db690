"""Several scenarios against one baseline: the same worlds as single runs, every outcome, bands, shares and regret."""

import csv
import json

import numpy as np
import pytest

from sim.analysis.comparison import OUTCOMES
from sim.analysis.regret import Preferences
from sim.cli.main import main
from sim.io.errors import InputError
from sim.report.comparison_text import comparison_answer
from sim.runs.comparison import chosen_scenarios, compare, start_of
from sim.runs.run import run

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
    assert all(one.aim.is_convention and one.aim.weight == 1.0 for one in found.regrets)
    wanted = Preferences(prefer=("relation.SRB.TUR=lower",), weight=("relation.SRB.TUR=3",))
    told = compare(SCENARIOS, preferences=wanted, **SMALL)
    assert told.regrets[-2].aim.name == "relation.SRB.TUR" and not told.regrets[-2].aim.is_convention
    assert told.regrets[-2].aim.weight == 3.0


def test_setting_reaches_all_scenarios_that_know_it():
    still = compare(SCENARIOS, settings=["coupling=0"], **SMALL)
    spending = still.findings["skydagger-delivery"][0]
    assert spending.p_positive == spending.p_negative == 0.0
    with pytest.raises(InputError, match="no event has the id"):
        compare(SCENARIOS, settings=["events.nothing.n=1"], **SMALL)


def test_answer_counts_simulations_and_names_the_convention(found, tmp_path):
    text = " ".join(" ".join(comparison_answer(found, tmp_path)).split())
    for words in (
        "with the same draws and the same luck",
        "Balance of assumptions: effects whose",
        "is a convention of this program",
        "Direction assumed: we assumed the direction; only the size is a result.",
        "dialogue-and-mediation Counted: nothing. The money of mediators",
        "Kosovo's perceived threat",
    ):
        assert words in text


def test_folder_holds_tables_pictures_and_manifest(written, found):
    assert {file.name for file in written.iterdir()} == {
        "comparison.csv",
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
    assert len(rows) == len(SCENARIOS) * len(OUTCOMES)
    assert float(rows[0]["difference"]) == found.findings[SCENARIOS[0]][0].median
    manifest = json.loads((written / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"][:2] == ["armsrace", "compare"] and set(manifest["scenarios"]) == {"baseline", *SCENARIOS}


def test_same_comparison_gives_the_same_bytes_and_another_is_refused(written, capsys):
    before = {file: file.read_bytes() for file in written.rglob("*.*") if file.name != "manifest.json"}
    command = ["compare", *SCENARIOS, "--members", "24", "--until", "2027Q4", "--out", str(written)]
    assert main([*command, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {file: file.read_bytes() for file in written.rglob("*.*") if file.name != "manifest.json"} == before
    contrast = document["scenarios"]["skydagger-delivery"]["contrasts"][0]
    assert {"variable", "baseline", "scenario", "difference", "low", "high", "p_positive"} <= set(contrast)
    assert main([*command, "--seed", "2"]) == 2
    assert "--overwrite" in capsys.readouterr().err


def test_command_needs_a_scenario_and_knows_the_nearest(capsys):
    assert main(["compare"]) == 2
    assert "at least one scenario" in capsys.readouterr().err
    assert main(["compare", "skydager-delivery"]) == 2
    assert "skydagger-delivery" in capsys.readouterr().err
