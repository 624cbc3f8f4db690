"""What a run leaves behind: all of it or nothing, the same bytes every time, and nobody else's files touched."""

import hashlib
import itertools
import json
import shutil

import docx
import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim.analysis.store as store
import sim.engines.simulate as simulate
import sim.runs.output as output
import sim.runs.recording as recording
from sim.analysis.results import SUMMARY_COLUMNS
from sim.cli.main import main
from sim.engines.compiled import library
from sim.engines.simulate import prepared_scenario, simulated
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.errors import InputError
from sim.io.quarters import index_of
from sim.io.writing import DRAFT
from sim.model.variables import Series, all_series
from sim.plots import registry
from sim.report.cost_text import displaced
from sim.report.forms import printing
from sim.runs.manifest import read_manifest
from sim.runs.replay import differing_versions
from sim.runs.rerun import run_again
from sim.runs.run import run
from sim.runs.theories import run_theories
from sim.scenario.events.transfers import Order
from sim.scenario.loading import load_scenario

SMALL = {"members": 40, "until": "2027Q4", "pictures": "none", "trajectories": "headline"}
ORDER = ["variable", "actor", "counterpart", "quarter", "member"]


def digests(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.suffix in (".csv", ".parquet")
    }


def trajectories(folder):
    return pq.read_table(folder / "trajectories.parquet").to_pandas().astype(dict.fromkeys(ORDER[:4], str))


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    out = tmp_path_factory.mktemp("run") / "skydagger"
    return run("skydagger-delivery", out=out, command=["armsrace", "run", "skydagger-delivery"], **SMALL), out


def test_a_run_leaves_manifest_summary_and_trajectories(finished):
    _, out = finished
    assert {path.name for path in out.iterdir()} == {
        "manifest.json",
        "summary.csv",
        "trajectories.parquet",
        "answer_in_kind.csv",
        "race.csv",
        "findings.csv",
        "report.html",
        "report.json",
    }
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"] == ["armsrace", "run", "skydagger-delivery"]
    assert manifest["scenario"]["compare_to"] == "baseline"
    assert {"scenario_sha256", "parameters_sha256", "members", "seed", "engine", "model_version"} <= set(
        manifest["identity"]
    )
    assert {"numpy", "wasmtime", "mesa", "python"} <= set(manifest["versions"])


def test_trajectories_are_tidy_and_their_quantiles_are_those_of_the_summary(finished):
    _, out = finished
    table = trajectories(out)
    assert list(table.columns) == [*ORDER, "baseline", "scenario"]
    worlds = table[(table.variable == "spending") & (table.actor == "SRB") & (table.quarter == "2026Q4")]
    assert worlds["member"].tolist() == [*range(40)]
    summary = pd.read_csv(out / "summary.csv")
    assert tuple(summary.columns) == SUMMARY_COLUMNS
    rows = summary[(summary.variable == "spending") & (summary.actor == "SRB") & (summary.quarter == "2026Q4")]
    rows = rows.set_index("side")
    difference = worlds["scenario"] - worlds["baseline"]
    assert rows.loc["difference", "q50"] == pytest.approx(np.quantile(difference, 0.5), rel=1e-12)
    assert rows.loc["difference", "q95"] == pytest.approx(np.quantile(difference, 0.95), rel=1e-12)
    assert rows.loc["baseline", "mean"] == pytest.approx(worlds["baseline"].mean(), rel=1e-12)
    assert rows.loc["difference", "p_positive"] == (difference > 0).mean()


def test_headline_keeps_all_spending_and_everything_of_the_three(finished):
    _, out = finished
    kept = pq.read_table(out / "trajectories.parquet", columns=["variable", "actor"]).to_pandas().drop_duplicates()
    assert set(kept[kept.variable == "spending"]["actor"]) >= {"TUR", "SRB", "XKX", "GRC", "SVN"}
    assert {"threat", "capability", "uav", "loitering"} <= set(kept[kept.actor == "XKX"]["variable"])


def test_same_seed_gives_same_bytes_on_one_thread_and_on_two(finished, tmp_path):
    _, out = finished
    run("skydagger-delivery", out=tmp_path / "again", threads=1, **SMALL)
    assert digests(tmp_path / "again") == digests(out)


def test_another_seed_gives_other_worlds(finished, tmp_path):
    _, out = finished
    run("skydagger-delivery", out=tmp_path / "other", seed=2, **SMALL)
    assert digests(tmp_path / "other")["summary.csv"] != digests(out)["summary.csv"]


def test_members_in_chunks_give_the_same_summary_and_the_same_trajectories(finished, tmp_path, monkeypatch):
    _, out = finished
    for module in (simulate, recording):
        monkeypatch.setattr(module, "CHUNK", 16)
    run("skydagger-delivery", out=tmp_path / "chunks", **SMALL)
    assert digests(tmp_path / "chunks") == digests(out)
    monkeypatch.setattr(store, "WHOLE_UP_TO", 20)
    run("skydagger-delivery", out=tmp_path / "years", **SMALL)
    assert digests(tmp_path / "years")["summary.csv"] == digests(out)["summary.csv"]
    pd.testing.assert_frame_equal(trajectories(tmp_path / "years"), trajectories(out))


def test_trajectories_are_written_when_they_are_asked_for_of_every_series(tmp_path):
    small = {"members": 2, "until": "2018Q4", "pictures": "none"}
    run("skydagger-delivery", out=tmp_path / "usual", **small)
    assert not (tmp_path / "usual" / "trajectories.parquet").exists()
    run("skydagger-delivery", out=tmp_path / "all", trajectories="all", **small)
    kept = trajectories(tmp_path / "all")
    assert {"burden", "trade"} <= set(kept["variable"]) and "SVN" in set(kept[kept.variable == "burden"]["actor"])
    run("baseline", out=tmp_path / "alone", trajectories="all", **small)
    assert list(trajectories(tmp_path / "alone").columns) == [*ORDER, "scenario"]


def test_a_run_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(output, "write_summary", full)
    with pytest.raises(OSError, match="No space"):
        run("skydagger-delivery", out=tmp_path / "new", members=2, until="2018Q4", pictures="none")
    assert list(tmp_path.iterdir()) == []


def test_a_run_of_other_equations_is_another_run(tmp_path, monkeypatch):
    small = {"members": 2, "until": "2018Q4", "pictures": "none", "split": False, "out": tmp_path / "run"}
    run("baseline", **small)
    monkeypatch.setattr(library, "current_digest", lambda: "of other equations")
    with pytest.raises(InputError, match="made with other equations"):
        run_again(tmp_path / "run")
    assert "equations" in differing_versions(read_manifest(tmp_path / "run"))


def test_a_type_of_event_that_writes_something_else_makes_another_scenario(monkeypatch):
    before = load_scenario("skydagger-delivery").digest
    assert load_scenario("skydagger-delivery").digest == before
    monkeypatch.setattr(Order, "effects", lambda _: ())
    assert load_scenario("skydagger-delivery").digest != before


def test_a_manifest_says_where_files_commit_and_machine_and_no_path(tmp_path):
    out = tmp_path / "run"
    command = ["armsrace", "run", "baseline", "--out", str(out)]
    options = {"members": 3, "until": "2018Q4", "pictures": "none", "split": False, "settings": {"reaction.SRB": 0.4}}
    run("baseline", out=out, command=command, **options)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["files"] == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in out.iterdir()
        if path.name != "manifest.json"
    }
    assert str(tmp_path) not in json.dumps(manifest)
    assert manifest["python"] == "sim.run('baseline', members=3, until='2018Q4', settings=('reaction.SRB=0.4',))"
    assert {"commit", "system", "processor"} <= set(manifest)


def test_a_scenario_that_is_compared_to_nothing_gives_levels_and_no_differences():
    result = run("baseline", members=4, until="2019Q4")
    row = next(result.rows())
    assert row["scenario"] > 0
    assert [row[name] for name in ("baseline", "difference", "low", "high", "p_positive")] == [None] * 5


def test_rows_for_calendar_years_carry_per_cent(finished):
    result, _ = finished
    years = [row for row in result.rows() if row["quarter"] == "2026" and row["actor"] == "SRB"]
    assert len(years) == 1
    contrast = result.contrast("spending", "SRB")
    place = result.years.index(2026)
    assert years[0]["difference_per_cent"] == contrast.yearly_per_cent.median[place]
    assert years[0]["low"] <= years[0]["difference"] <= years[0]["high"]


def test_settings_reach_both_worlds():
    """Without reaction in both worlds, the delivery threatens Serbia as before and leaves its spending as it is."""
    reacting = run("skydagger-delivery", members=20, until="2027Q4")
    deaf = run("skydagger-delivery", members=20, until="2027Q4", settings=("reaction.SRB=0",))
    assert reacting.contrast("spending", "SRB").first_difference == index_of("2025Q4")
    assert deaf.contrast("threat", "SRB").first_difference == index_of("2025Q4")
    assert deaf.contrast("spending", "SRB").first_difference is None


def test_a_setting_of_an_event_that_only_the_scenario_has_leaves_the_baseline_alone():
    result = run("skydagger-delivery", members=4, until="2026Q4", settings=("events.skydagger-order.n=10000",))
    contrast = result.contrast("loitering", "XKX")
    assert contrast.scenario.median[-5] > 9000
    assert contrast.baseline.median[-5] == 0


def test_all_faulty_options_are_reported_at_once():
    with pytest.raises(InputError) as caught:
        run("baseline", members=0, seed=-1, until="2017Q4", engine="abacus", trajectories="some")
    text = str(caught.value)
    assert "5 problems" in text
    for words in ("members", "seed", "2017Q4", "abacus", "some"):
        assert words in text


def test_both_engines_leave_the_same_summary(tmp_path):
    small = {"members": 2, "until": "2019Q4", "pictures": "none"}
    run("skydagger-delivery", out=tmp_path / "compiled", **small)
    run("skydagger-delivery", out=tmp_path / "agents", engine="agents", **small)
    assert digests(tmp_path / "compiled") == digests(tmp_path / "agents")


def test_expected_series_are_recorded():
    result = run("baseline", members=1, until="2018Q4")
    assert Series("troops", "NATO") in result.by_series


def test_trajectories_hold_what_the_engine_gives_bit_for_bit_and_every_member_once(finished):
    _, out = finished
    table = trajectories(out)
    headline = [one for one in all_series() if one.is_headline]
    assert len(table) == 40 * 40 * len(headline)  # members, quarters to the end of 2027
    assert not table.duplicated(ORDER).any()
    attitude = Series("attitude", "SRB", "TUR")
    written = table[(table.variable == "attitude") & (table.actor == "SRB") & (table.counterpart == "TUR")]
    for column, name in (("baseline", "baseline"), ("scenario", "skydagger-delivery")):
        world = prepared_scenario(load_scenario(name), fit=DEFAULT_FIT)
        (expected,) = simulated(world, range(40), seed=1, quarters=40, series=[attitude])
        for quarter in ("2018Q1", "2025Q4", "2027Q4"):
            values = written[written.quarter == quarter].sort_values("member")[column].to_numpy()
            assert np.array_equal(values, expected[index_of(quarter)])


def test_summary_covers_every_series_even_where_trajectories_do_not(finished):
    _, out = finished
    summary = pd.read_csv(out / "summary.csv", keep_default_na=False)
    found = set(zip(summary["variable"], summary["actor"], summary["counterpart"], strict=True))
    assert found == {(one.variable, one.actor, one.counterpart) for one in all_series()}
    assert len(summary) == len(found) * 3 * 40


def test_pictures_are_drawn_when_they_are_wanted_and_change_no_number(tmp_path, monkeypatch):
    draw_few(monkeypatch)
    small = {"members": 4, "until": "2026Q4"}
    endings = {"svg": {".svg"}, "all": {".svg", ".png", ".pdf"}}
    for pictures, known in endings.items():
        run("skydagger-delivery", out=tmp_path / pictures, pictures=pictures, **small)
        assert {path.suffix for path in (tmp_path / pictures / "figures").iterdir()} == known
    assert (tmp_path / "svg" / "report.html").read_bytes() == (tmp_path / "all" / "report.html").read_bytes()
    run("skydagger-delivery", out=tmp_path / "without", pictures="none", **small)
    assert not (tmp_path / "without" / "figures").exists()
    assert digests(tmp_path / "all") == digests(tmp_path / "without")


def test_the_answer_is_told_before_anything_is_written(tmp_path):
    told = []
    finished = run(
        "skydagger-delivery", out=tmp_path / "run", members=2, until="2018Q4", pictures="none",
        listener=lambda made: told.append((made, (tmp_path / "run").exists())),
    )  # fmt: skip
    assert told == [(finished, False)]


def test_the_answer_does_not_wait_for_what_its_spread_is_due_to():
    told = []
    finished = run("skydagger-delivery", members=64, until="2026Q4", listener=told.append)
    assert finished.uncertainty and told[0].uncertainty is None
    assert told[0].headlines == finished.headlines


def test_a_run_without_a_folder_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("skydagger-delivery", members=2, until="2018Q4").contrasts
    assert list(tmp_path.iterdir()) == []


def test_a_member_is_the_same_in_a_larger_ensemble(finished, tmp_path):
    _, out = finished
    run("skydagger-delivery", out=tmp_path / "larger", **{**SMALL, "members": 45})
    large = trajectories(tmp_path / "larger")
    pd.testing.assert_frame_equal(trajectories(out), large[large["member"] < 40].reset_index(drop=True))


def test_progress_counts_every_member_of_both_worlds():
    told = []
    run("skydagger-delivery", members=70, until="2018Q4", progress=lambda *step: told.append(step))
    counts = [done for _, done, _ in told]
    assert {(what, total) for what, _, total in told} == {("simulating", 140)}
    assert counts == sorted(counts) and counts[-1] == 140


def test_a_damaged_run_is_repaired_by_repeating_it_with_overwrite(finished, tmp_path):
    _, out = finished
    shutil.copytree(out, tmp_path / "run")
    (tmp_path / "run" / "summary.csv").write_text("damaged", encoding="utf-8")
    run("skydagger-delivery", out=tmp_path / "run", **SMALL, overwrite=True)
    assert digests(tmp_path / "run") == digests(out)


TINY = {"members": 2, "until": "2018Q4", "pictures": "none"}
DIFFERENT = {
    "seed": {"seed": 8}, "members": {"members": 3}, "until": {"until": "2019Q1"}, "engine": {"engine": "agents"},
    "settings": {"settings": ["chance=0"]}, "theory": {"theory": "deterrence"},
}  # fmt: skip


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    out = tmp_path_factory.mktemp("tiny") / "run"
    run("skydagger-delivery", out=out, **TINY)
    return out


@pytest.mark.parametrize("what", DIFFERENT)
def test_a_run_of_the_same_scenario_takes_the_place_of_the_last_whatever_else_differs(tiny, tmp_path, what):
    shutil.copytree(tiny, tmp_path / "run")
    before = (tmp_path / "run" / "manifest.json").read_bytes()
    run("skydagger-delivery", out=tmp_path / "run", **TINY | DIFFERENT[what])
    after = (tmp_path / "run" / "manifest.json").read_bytes()
    assert json.loads(after)["identity"] != json.loads(before)["identity"]
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_run_of_another_scenario_or_of_every_theory_replaces_none_unasked(tiny, tmp_path):
    shutil.copytree(tiny, tmp_path / "run")
    before = digests(tmp_path / "run")
    for make, scenario in ((run, "dialogue-and-mediation"), (run_theories, "skydagger-delivery")):
        with pytest.raises(InputError, match="holds another run, that of skydagger-delivery"):
            make(scenario, out=tmp_path / "run", **TINY)
    assert digests(tmp_path / "run") == before


def draw_few(monkeypatch):
    """One picture stands for all: drawing takes its time."""
    few = {"network": registry.plots()["network"]}
    monkeypatch.setattr(registry, "plots", lambda: few)


@pytest.mark.parametrize("form", ["md", "docx", "xlsx", "pdf"])
def test_a_report_that_somebody_went_on_writing_is_never_lost(tmp_path, capsys, monkeypatch, form):
    draw_few(monkeypatch)
    monkeypatch.setattr(printing, "browsers", lambda: iter(["printer"]))
    monkeypatch.setattr(printing, "_prints", lambda _, made: made.write_bytes(b"%PDF-1.4\n%\xe2\xe3\n%%EOF\n"))
    given = {"members": 2, "until": "2026Q1", "out": tmp_path / "run"}
    run("skydagger-delivery", **given)
    command = ["report", str(tmp_path / "run"), "--format", form]
    assert main(command) == main(command) == 0  # nobody has changed it
    run("skydagger-delivery", **given)
    assert main(command) == 0
    report = tmp_path / "run" / f"report.{form}"
    rewrite(report)
    written = report.read_bytes()
    with pytest.raises(InputError, match=f'also "report.{form}", which would be lost'):
        run("skydagger-delivery", **given)
    assert main(command) == 2 and "is there already" in capsys.readouterr().err
    assert report.read_bytes() == written


def test_what_a_killed_command_left_in_the_folder_of_a_run_is_in_nobodys_way(tmp_path):
    given = {"members": 2, "until": "2026Q1", "out": tmp_path / "run", "pictures": "none"}
    run("skydagger-delivery", **given)
    for folder in (tmp_path / "run", tmp_path / "run" / "figures"):
        folder.mkdir(exist_ok=True)
        (folder / f"{DRAFT}explained-1").mkdir()
        (folder / f"{DRAFT}explained.svg-1").touch()
    run("skydagger-delivery", **given)
    assert not list((tmp_path / "run").rglob(f"{DRAFT}*"))


def test_a_file_of_a_run_that_somebody_changed_is_not_lost(tmp_path, monkeypatch):
    draw_few(monkeypatch)
    given = {"members": 2, "until": "2026Q1", "out": tmp_path / "run"}
    run("skydagger-delivery", **given)
    question = "--variable attitude --actor XKX --counterpart TUR --quarter 2026Q1 --compare"
    for words in (f"explain {tmp_path / 'run'} {question}", f"report {tmp_path / 'run'} --format html"):
        assert main(words.split()) == 0
    run("skydagger-delivery", **given)  # what the program itself wrote again is no change
    for name in ("report.html", "report.json", "findings.csv", "figures/network.svg"):
        file = tmp_path / "run" / name
        written = file.read_bytes()
        file.write_bytes(written + b"my own words\n")
        with pytest.raises(InputError, match=f'"{name}" was changed since, and would be lost'):
            run("skydagger-delivery", **given)
        assert file.read_bytes() == written + b"my own words\n"
        file.write_bytes(written)
    file.write_bytes(b"mine")
    run("skydagger-delivery", **given, overwrite=True)
    assert file.read_bytes() == written


def test_a_page_that_somebody_changed_is_written_again_when_asked_only(tmp_path, capsys, monkeypatch):
    draw_few(monkeypatch)
    given = {"members": 2, "until": "2026Q1", "out": tmp_path / "run"}
    run("skydagger-delivery", **given)
    command = ["report", str(tmp_path / "run"), "--format", "html"]
    page = tmp_path / "run" / "report.html"
    assert main(command) == 0
    written = page.read_bytes()
    page.write_bytes(written.replace(b"</h1>", b", with my own words</h1>"))
    assert main(command) == 0 and "The report is there already" in capsys.readouterr().out
    assert b", with my own words</h1>" in page.read_bytes()
    assert main([*command, "--overwrite"]) == 0 and page.read_bytes() == written


def rewrite(file):
    """Save a report again, as whoever writes in it does."""
    if file.suffix in (".md", ".pdf"):  # a reader of PDF adds what was noted at the end
        file.write_bytes(file.read_bytes() + b"my own words")
    elif file.suffix == ".docx":
        document = docx.Document(str(file))
        document.add_paragraph("my own words")
        document.save(str(file))
    else:
        book = openpyxl.load_workbook(file)
        book.active["A1"] = "my own words"
        book.save(file)


class BrokenError(Exception):
    """Something went wrong on the way."""


@pytest.mark.parametrize(
    ("module", "where"),
    [(simulate, "simulated"), (recording, "contrast_of"), (output, "write_summary"), (output, "write_manifest")],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_run_that_fails_anywhere_leaves_the_run_that_stood_there(tiny, tmp_path, monkeypatch, module, where):
    shutil.copytree(tiny, tmp_path / "run")
    before = digests(tmp_path / "run")
    steps = itertools.count()

    def fail(*arguments, **options):
        if where == "simulated" and next(steps) == 0:  # the second world fails
            return simulated(*arguments, **options)
        raise BrokenError

    monkeypatch.setattr(module, where, fail)
    with pytest.raises(BrokenError):
        run("skydagger-delivery", out=tmp_path / "run", **{**TINY, "members": 3}, overwrite=True)
    assert digests(tmp_path / "run") == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_an_interrupted_run_leaves_nothing_behind(tmp_path):
    def interrupt(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run("skydagger-delivery", out=tmp_path / "run", progress=interrupt, **TINY)
    assert list(tmp_path.iterdir()) == []


WRONG = {
    "too many members": ({"members": 1_000_001}, "1-1000000"),
    "a truth value": ({"members": True}, "members"),
    "a seed too large": ({"seed": 2**63}, "seed"),
    "less than a year": ({"until": "2018Q3"}, "too early"),
    "beyond the end": ({"until": "2036Q1"}, "outside 2018Q1-2035Q4"),
    "no quarter": ({"until": "2030"}, "not a quarter"),
    "a misspelt engine": ({"engine": "compild"}, 'did you mean "compiled"'),
    "an unknown fit": ({"ensemble": "posterior"}, "fit"),
    "an unknown parameter": ({"settings": ["reaktion.SRB=0.4"]}, 'did you mean "reaction.SRB"'),
    "a value out of range": ({"settings": ["reaction.SRB=40"]}, "outside -10 to 10"),
    "an unknown event": ({"settings": ["events.skydager-order.n=5"]}, 'did you mean "skydagger-order"'),
    "an unknown scenario": ({"scenario": "skydagger-delivry"}, 'did you mean "skydagger-delivery"'),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_options_are_refused_in_plain_words_before_anything_is_written(tmp_path, what):
    options, words = WRONG[what]
    with pytest.raises(InputError, match=words):
        run(**{"scenario": "skydagger-delivery", "out": tmp_path / "run", **TINY, **options})
    assert list(tmp_path.iterdir()) == []


def test_an_answer_says_what_the_buyers_budget_displaces_and_a_gift_displaces_nothing():
    small = {"members": 40, "ensemble": "prior", "split": False, "until": "2030Q4"}
    bought = displaced(run("serbian-drone-purchase", **small))
    assert bought.startswith("Costs counted: Serbia owes up to +")
    assert "equipment other than drones is −" in bought.split(";")[0]
    assert "Kosovo" not in displaced(run("grant-programme", **small)).split(" and its ")[0]


def test_nothing_is_simulated_twice_for_the_answers_in_kind(monkeypatch):
    asked = []
    plain = recording.simulate_pairs
    monkeypatch.setattr(recording, "simulate_pairs", lambda *given: asked.append(given) or plain(*given))
    run("serbian-drone-purchase", members=5, ensemble="prior", split=False, until="2027Q4")
    assert len(asked) == 1
