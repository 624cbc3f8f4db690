"""A run from question to folder: what it writes, that it writes it whole or not at all, and that the bytes repeat."""

import csv
import hashlib
import itertools
import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim import runner
from sim.errors import InputError
from sim.quarters import index_of
from sim.results import LEVEL_NAMES, LEVELS, SUMMARY_COLUMNS
from sim.runner import run, simulated, world_for
from sim.scenario import load_scenario
from sim.variables import Series, all_series

QUICK = {"members": 9, "seed": 7, "until": "2026Q2", "pictures": False}
FILES = {"manifest.json", "summary.csv", "trajectories.parquet"}
COLUMNS = ["scenario", "member", "quarter", "actor", "counterpart", "variable", "value"]


def quick(out, scenario="skydagger-delivery", **options):
    return run(scenario, out=out, **{**QUICK, **options})


def names(folder):
    return {path.name for path in folder.iterdir()}


def digests(folder):
    """SHA-256 of every file but the manifest, which holds times and paths."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def summary(folder):
    with (folder / "summary.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {tuple(row[name] for name in ("variable", "actor", "counterpart", "world", "quarter")): row for row in rows}


def trajectories(folder):
    return pq.read_table(folder / "trajectories.parquet").to_pandas()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One quick run, to be read only."""
    target = tmp_path_factory.mktemp("runs") / "skydagger"
    quick(target, command=["armsrace", "run", "skydagger-delivery"])
    return target


# ---- what is written ---------------------------------------------------------------------------------------------------


def test_a_run_leaves_a_manifest_a_summary_and_trajectories(folder):
    assert names(folder) == FILES
    assert names(folder.parent) == {"skydagger"}


def test_manifest_says_what_was_run_with_what(folder):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest) == {
        "format_version", "identity", "scenario", "baseline", "versions", "platform", "command", "written", "seconds",
    }  # fmt: skip
    identity = manifest["identity"]
    assert {"scenario_sha256", "baseline_sha256", "parameters_sha256", "model_version"} <= set(identity)
    assert (identity["scenario"], identity["baseline"]) == ("skydagger-delivery", "baseline")
    assert (identity["members"], identity["seed"], identity["until"]) == (9, 7, "2026Q2")
    assert (identity["engine"], identity["fit"], identity["keep"]) == ("compiled", "prior", "headline")
    assert manifest["scenario"] == load_scenario("skydagger-delivery").resolved()
    assert manifest["baseline"] == load_scenario("baseline").resolved()
    assert manifest["command"] == ["armsrace", "run", "skydagger-delivery"]
    assert {"balkan-armsrace", "python", "numpy", "numba", "mesa"} <= set(manifest["versions"])
    assert manifest["seconds"] > 0.0


def test_trajectories_are_tidy_and_hold_every_member_of_both_worlds_once(folder):
    schema = pq.read_schema(folder / "trajectories.parquet")
    assert schema.names == COLUMNS
    assert str(schema.field("member").type) == "int32" and str(schema.field("value").type) == "double"
    frame = trajectories(folder)
    headline = [one for one in all_series() if one.is_headline]
    assert len(frame) == 2 * 9 * 34 * len(headline)
    assert not frame.duplicated(COLUMNS[:-1]).any()
    assert set(frame["scenario"]) == {"baseline", "skydagger-delivery"}
    assert sorted(set(frame["member"])) == list(range(9))
    assert set(zip(frame["variable"], frame["actor"], frame["counterpart"], strict=True)) == {
        (one.variable, one.actor, one.counterpart) for one in headline
    }
    assert frame["value"].notna().all()


def test_trajectories_are_what_the_engine_gives(folder):
    frame = trajectories(folder)
    world = world_for(load_scenario("skydagger-delivery"))
    attitude = Series("attitude", "SRB", "TUR")
    (engine,) = simulated(world, range(9), seed=7, quarters=34, series=[attitude])
    picked = frame.query(
        "scenario == 'skydagger-delivery' and variable == 'attitude' and actor == 'SRB' and counterpart == 'TUR'"
    )
    for quarter in ("2018Q1", "2025Q4", "2026Q2"):
        written = picked[picked["quarter"] == quarter].sort_values("member")["value"].to_numpy()
        assert np.array_equal(written, engine[index_of(quarter)])


@pytest.mark.parametrize("key", [("spending", "SRB", ""), ("attitude", "SRB", "TUR"), ("tension", "SRB", "XKX")])
def test_summary_is_the_quantiles_of_the_trajectories_and_of_their_paired_differences(folder, key):
    variable, actor, counterpart = key
    frame, table = trajectories(folder), summary(folder)
    chosen = frame[(frame["variable"] == variable) & (frame["actor"] == actor) & (frame["counterpart"] == counterpart)]
    for quarter in ("2019Q3", "2025Q4", "2026Q2"):
        values = {
            world: part.sort_values("member")["value"].to_numpy()
            for world, part in chosen[chosen["quarter"] == quarter].groupby("scenario", observed=True)
        }
        worlds = {"baseline": values["baseline"], "scenario": values["skydagger-delivery"]}
        worlds["difference"] = worlds["scenario"] - worlds["baseline"]
        for world, members in worlds.items():
            row = table[(*key, world, quarter)]
            expected = np.quantile(members, LEVELS, method="linear")
            np.testing.assert_allclose([float(row[name]) for name in LEVEL_NAMES], expected, rtol=1e-12, atol=1e-15)
            assert float(row["mean"]) == pytest.approx(members.mean(), rel=1e-12)
            assert float(row["p_positive"]) == (members > 0.0).mean()


def test_summary_covers_every_series_even_where_trajectories_do_not(folder):
    table = summary(folder)
    assert len(table) == len(all_series()) * 3 * 34
    assert tuple(next(iter(table.values()))) == SUMMARY_COLUMNS
    assert ("relation", "GRC", "TUR", "difference", "2026Q2") in table


@pytest.mark.parametrize(("keep", "count"), [("all", len(all_series())), ("none", 0)])
def test_all_or_no_trajectories_are_kept_on_demand(tmp_path, folder, keep, count):
    quick(tmp_path / "run", keep=keep)
    if count:
        assert len(trajectories(tmp_path / "run")) == 2 * 9 * 34 * count
    else:
        assert names(tmp_path / "run") == FILES - {"trajectories.parquet"}
    assert (tmp_path / "run" / "summary.csv").read_bytes() == (folder / "summary.csv").read_bytes()


def test_pictures_are_drawn_unless_they_are_not_wanted(tmp_path, folder):
    quick(tmp_path / "run", pictures=True, keep="none", members=4)
    pictures = {path.suffix for path in (tmp_path / "run" / "figures").iterdir()}
    assert pictures == {".png", ".svg"}
    assert not (folder / "figures").exists()


def test_a_run_without_a_folder_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert quick(None).contrasts
    assert list(tmp_path.iterdir()) == []


def test_a_scenario_that_is_compared_to_nothing_leaves_one_world(tmp_path):
    finished = quick(tmp_path / "run", scenario="baseline")
    assert finished.baseline is None
    assert {key[3] for key in summary(tmp_path / "run")} == {"scenario"}
    assert set(trajectories(tmp_path / "run")["scenario"]) == {"baseline"}
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["baseline"] is None and manifest["identity"]["baseline"] is None
    assert all(row["difference"] is None and row["baseline"] is None for row in finished.rows())


# ---- the same bytes ----------------------------------------------------------------------------------------------------


def test_same_seed_gives_same_bytes_on_any_number_of_threads(tmp_path, folder):
    for threads in (1, 2):
        quick(tmp_path / str(threads), threads=threads)
        assert digests(tmp_path / str(threads)) == digests(folder)


def test_same_seed_gives_same_bytes_on_both_engines(tmp_path, folder):
    quick(tmp_path / "agents", engine="agents")
    assert digests(tmp_path / "agents") == digests(folder)


def test_another_seed_gives_another_summary(tmp_path, folder):
    quick(tmp_path / "run", seed=8)
    assert digests(tmp_path / "run")["summary.csv"] != digests(folder)["summary.csv"]


def ordered(folder):
    frame = trajectories(folder)
    text = {name: frame[name].astype(str) for name in COLUMNS if name not in ("member", "value")}
    return frame.assign(**text).sort_values(COLUMNS[:-1]).reset_index(drop=True)


@pytest.mark.parametrize("chunk", [4, 8])
def test_members_simulated_in_chunks_give_the_same_summary_and_the_same_trajectories(
    tmp_path, folder, monkeypatch, chunk
):
    monkeypatch.setattr(runner, "CHUNK", chunk)
    quick(tmp_path / "run")
    assert (tmp_path / "run" / "summary.csv").read_bytes() == (folder / "summary.csv").read_bytes()
    assert ordered(tmp_path / "run").equals(ordered(folder))


def test_very_many_members_reduced_year_by_year_give_the_same_summary(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(runner, "CHUNK", 4)
    monkeypatch.setattr(runner, "REDUCED_AT_ONCE", 5)
    finished = quick(tmp_path / "run")
    assert (tmp_path / "run" / "summary.csv").read_bytes() == (folder / "summary.csv").read_bytes()
    assert finished.first_difference == index_of("2024Q4")
    assert finished.years == tuple(range(2018, 2026))


def test_a_member_is_the_same_in_a_larger_ensemble(tmp_path, folder):
    quick(tmp_path / "run", members=12)
    larger = ordered(tmp_path / "run")
    assert larger[larger["member"] < 9].reset_index(drop=True).equals(ordered(folder))


def test_progress_counts_every_member_of_both_worlds():
    told = []
    quick(None, members=70, progress=lambda *step: told.append(step))
    counts = [done for _, done, _ in told]
    assert {(what, total) for what, _, total in told} == {("simulating", 140)}
    assert counts == sorted(counts) and counts[-1] == 140


# ---- settings ----------------------------------------------------------------------------------------------------------


def test_a_setting_holds_in_both_worlds_where_both_have_the_name(tmp_path):
    settings = ["reaction.SRB=0", "events.skydagger-order.n=2000", "events.banjska.severity=standoff"]
    quick(tmp_path / "run", settings=settings)
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))
    for side in ("scenario", "baseline"):
        assert manifest[side]["parameters"]["reaction.SRB"] == 0.0
        (banjska,) = [event for event in manifest[side]["events"] if event["id"] == "banjska"]
        assert banjska["severity"] == "standoff"
    (order,) = [event for event in manifest["scenario"]["events"] if event["id"] == "skydagger-order"]
    assert order["n"] == 2000
    assert manifest["identity"]["settings"] == settings


def test_a_state_that_cannot_react_does_not(tmp_path):
    """Serbian spending answers the delivery by its reaction and by insecurity only."""
    finished = quick(None, settings=["reaction.SRB=0", "fatal_share=0"])
    assert (finished.contrast("spending", "SRB").difference.quantiles == 0.0).all()
    assert finished.contrast("attitude", "SRB", "TUR").difference.median[index_of("2025Q4")] < 0.0


# ---- folders -----------------------------------------------------------------------------------------------------------


def test_the_same_run_may_be_repeated_into_its_folder(tmp_path):
    quick(tmp_path / "run")
    before = digests(tmp_path / "run")
    (tmp_path / "run" / "summary.csv").write_text("damaged")
    quick(tmp_path / "run")
    assert digests(tmp_path / "run") == before
    assert names(tmp_path) == {"run"}


DIFFERENT = {
    "seed": {"seed": 8}, "members": {"members": 5}, "until": {"until": "2026Q3"}, "engine": {"engine": "agents"},
    "kept": {"keep": "none"}, "scenario": {"scenario": "dialogue-and-mediation"}, "settings": {"settings": ["chance=0"]},
}  # fmt: skip


@pytest.mark.parametrize("what", DIFFERENT)
def test_another_run_is_never_replaced_unasked(tmp_path, what):
    quick(tmp_path / "run", members=2)
    before = digests(tmp_path / "run")
    with pytest.raises(InputError, match="holds another run"):
        quick(tmp_path / "run", **{"members": 2, **DIFFERENT[what]})
    assert digests(tmp_path / "run") == before and names(tmp_path) == {"run"}


def test_another_run_is_replaced_whole_when_asked(tmp_path):
    quick(tmp_path / "run", members=2)
    quick(tmp_path / "run", members=3, keep="none", overwrite=True)
    assert names(tmp_path / "run") == {"manifest.json", "summary.csv"}
    assert names(tmp_path) == {"run"}


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_that_holds_no_run_is_never_replaced(tmp_path, overwrite):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    with pytest.raises(InputError, match="holds no run"):
        quick(tmp_path / "thesis", overwrite=overwrite)
    assert names(tmp_path / "thesis") == {"chapter.txt"} and names(tmp_path) == {"thesis"}


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "run").mkdir()
    quick(tmp_path / "run", members=2)
    assert names(tmp_path / "run") == FILES


class BrokenError(Exception):
    """Something went wrong on the way."""


@pytest.mark.parametrize("where", ["simulated", "contrast_of", "write_summary", "write_json"])
@pytest.mark.parametrize("stands", [False, True], ids=["first run", "a run stands there"])
def test_a_run_that_fails_leaves_what_was_there_and_nothing_else(tmp_path, monkeypatch, where, stands):
    if stands:
        quick(tmp_path / "run", members=2)
    before = digests(tmp_path) if stands else {}
    steps = itertools.count()

    def fail(*arguments, **options):
        if next(steps) == 0 and where == "simulated":
            return simulated(*arguments, **options)
        raise BrokenError

    monkeypatch.setattr(runner, where, fail)
    with pytest.raises(BrokenError):
        quick(tmp_path / "run", members=3, overwrite=True)
    assert digests(tmp_path) == before
    assert names(tmp_path) == ({"run"} if stands else set())


def test_an_interrupted_run_leaves_nothing(tmp_path):
    def interrupt(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        quick(tmp_path / "run", progress=interrupt)
    assert names(tmp_path) == set()


# ---- wrong options -----------------------------------------------------------------------------------------------------


def test_all_that_is_wrong_with_the_options_is_said_at_once(tmp_path):
    with pytest.raises(InputError) as caught:
        run(
            "skydagger-delivery",
            members=0,
            seed=-1,
            until="2017Q4",
            engine="compild",
            fit="posterior",
            keep="everything",
            out=tmp_path / "run",
        )
    assert [problem.where for problem in caught.value.problems] == ["members", "seed", "engine", "fit", "keep", "until"]
    assert 'did you mean "compiled"' in str(caught.value)
    assert names(tmp_path) == set()


WRONG = {
    "too many members": ({"members": 1_000_001}, "1-1000000"),
    "a truth value": ({"members": True}, "members"),
    "a seed too large": ({"seed": 2**63}, "seed"),
    "less than a year": ({"until": "2018Q3"}, "too early"),
    "beyond the end": ({"until": "2036Q1"}, "outside 2018Q1-2035Q4"),
    "no quarter": ({"until": "2030"}, "not a quarter"),
    "an unknown parameter": ({"settings": ["reaktion.SRB=0.4"]}, 'did you mean "reaction.SRB"'),
    "a value out of range": ({"settings": ["reaction.SRB=40"]}, "outside 0-5"),
    "an unknown event": ({"settings": ["events.skydager-order.n=5"]}, 'did you mean "skydagger-order"'),
    "an unknown scenario": ({"scenario": "skydagger-delivry"}, 'did you mean "skydagger-delivery"'),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_options_are_refused_in_plain_words_before_anything_is_written(tmp_path, what):
    options, words = WRONG[what]
    with pytest.raises(InputError, match=words):
        quick(tmp_path / "run", **options)
    assert names(tmp_path) == set()
