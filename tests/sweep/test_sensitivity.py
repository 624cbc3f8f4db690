"""Which inputs of a sweep matter: indices against their analytic values, what a design allows, when a ranking can be trusted."""

import csv
import json
import shutil

import numpy as np
import pandas as pd
import pytest

from sim.cli.main import main
from sim.io.errors import InputError
from sim.sweep.analysis.design_layout import independent, lots, ranked, saltelli
from sim.sweep.analysis.design_layout import trajectories as trajectory_layout
from sim.sweep.analysis.information import information
from sim.sweep.analysis.loading import experiments_outcomes, load_sweep
from sim.sweep.analysis.sensitivity import NoVarianceError, fitting, sensitivity
from sim.sweep.analysis.sensitivity_text import verdict, verdict_sentence
from tests.finished_sweeps import (
    G_FIRST,
    G_TOTAL,
    ISHIGAMI_FIRST,
    ISHIGAMI_TOTAL,
    exchanged,
    g_function,
    ishigami,
    spread_out,
    trajectories,
    write_sweep,
)

PI = np.pi
NAMES = ("reaction.SRB", "fatigue.SRB", "reaction.XKX", "events.order.n")
GROUPS = {
    "reaction.SRB": ("SRB", "spending"),
    "fatigue.SRB": ("SRB", "spending"),
    "reaction.XKX": ("XKX", "spending"),
    "events.order.n": ("all", "events"),
}


def found_in(folder, points, model=g_function, methods=(), **options):
    return sensitivity(
        load_sweep(write_sweep(folder, points, {"base": {"y": model}}, **options)), "y", "base", None, methods
    )


def by_name(found, measure, by="input"):
    return {row.name: row for row in found.of(measure, by)}


def assert_within(found, measure, names, truth, slack=1.0):
    rows = by_name(found, measure)
    for name, value in zip(names, truth, strict=True):
        assert abs(rows[name].value - value) <= slack * rows[name].half + 1e-3, (measure, name, rows[name], value)


# ---- against analytic values -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("second_order", [False, True])
def test_sobol_indices_of_ishigami_lie_within_their_intervals_of_the_truth(tmp_path, second_order):
    points = exchanged(1024, 3, -PI, PI, second_order=second_order)
    found = found_in(tmp_path / "s", points, ishigami, kind="sobol")
    assert found.measures == ("first", "total")
    assert_within(found, "first", ("x1", "x2", "x3"), ISHIGAMI_FIRST)
    assert_within(found, "total", ("x1", "x2", "x3"), ISHIGAMI_TOTAL)
    assert max(row.half for row in found.of("total")) < 0.15


def test_what_two_inputs_do_together_is_kept_and_shown_where_the_design_tells(tmp_path, capsys):
    folder = write_sweep(tmp_path, exchanged(1024, 3, -PI, PI, second_order=True), {"base": {"y": ishigami}})
    pairs = {row.name: row for row in sensitivity(load_sweep(folder), "y", "base").pairs}
    assert set(pairs) == {"x1 x x2", "x1 x x3", "x2 x x3"}
    truth = {"x1 x x2": 0.0, "x1 x x3": 0.2437, "x2 x x3": 0.0}  # Ishigami with a = 7, b = .1
    for name, value in truth.items():
        assert abs(pairs[name].value - value) <= 1.5 * pairs[name].half + 1e-3, name
    assert main(["sensitivity", str(folder)]) == 0
    assert "second index): x1 x x3 0.2" in capsys.readouterr().out
    with (folder / "sensitivity" / "sensitivity.csv").open(newline="") as table:
        assert sum(row["measure"] == "second" for row in csv.DictReader(table)) == 3


def test_a_design_of_one_simulation_says_so(tmp_path, capsys):
    for members, is_said in ((1, True), (2, False)):
        folder = write_sweep(
            tmp_path / str(members), spread_out(128, 2, 0, 1), {"a": {"y": a_line}, "b": {"y": g_model}},
            members=members,
        )  # fmt: skip
        for command in (["sensitivity", str(folder)], ["regret", str(folder), "--prefer", "y=lower"]):
            assert main(command) == 0
            assert ("one and the same simulation" in " ".join(capsys.readouterr().out.split())) is is_said


def a_line(points, member):
    return points[:, 0] - points[:, 1] + 0.1 * member


def test_a_table_that_was_changed_is_refused(swept, tmp_path, capsys):
    folder = tmp_path / "copy"
    shutil.copytree(swept, folder)
    frame = pd.read_parquet(folder / "runs.parquet")
    frame[frame.columns[-1]] *= 2
    frame.to_parquet(folder / "runs.parquet")
    for command in ("sensitivity", "regret"):
        assert main([command, str(folder)]) == 2
        assert "was changed since the sweep wrote it" in capsys.readouterr().err


def test_sobol_indices_of_the_g_function_lie_within_their_intervals_of_the_truth(tmp_path):
    found = found_in(tmp_path / "s", exchanged(512, 4), kind="sobol", names=NAMES)
    assert_within(found, "first", NAMES, G_FIRST)
    assert_within(found, "total", NAMES, G_TOTAL)


def test_first_indices_from_a_latin_hypercube_agree_with_the_truth(tmp_path):
    found = found_in(tmp_path / "s", spread_out(3000, 3, -PI, PI), ishigami)
    assert_within(found, "first", ("x1", "x2", "x3"), ISHIGAMI_FIRST, slack=1.5)
    assert by_name(found, "first")["x3"].value < found.floors["first"]
    assert [row.name for row in found.of("pawn")][:2] == ["x2", "x1"]


def test_morris_effects_of_a_line_are_its_slopes(tmp_path):
    found = found_in(
        tmp_path / "s", trajectories(10, 3), lambda x, _: 5 * x[:, 0] - 2 * x[:, 1], kind="morris", levels=4
    )
    rows = by_name(found, "effect")
    assert [rows[name].value for name in ("x1", "x2", "x3")] == pytest.approx([5.0, 2.0, 0.0], abs=1e-9)
    assert by_name(found, "spread")["x1"].value == pytest.approx(0.0, abs=1e-9)


def test_a_product_shows_in_the_spread_of_the_effects(tmp_path):
    found = found_in(tmp_path / "s", trajectories(20, 3), lambda x, _: x[:, 0] * x[:, 1] + x[:, 2], kind="morris")
    spread = by_name(found, "spread")
    assert spread["x1"].value > 0.2 and spread["x3"].value == pytest.approx(0.0, abs=1e-9)


# ---- groups ----------------------------------------------------------------------------------------------------------


def test_a_group_lies_between_its_first_indices_and_its_totals_summed(tmp_path):
    found = found_in(tmp_path / "s", exchanged(512, 4), kind="sobol", names=NAMES, groups=GROUPS)
    alone, in_all = by_name(found, "first", "actor")["SRB"], by_name(found, "total", "actor")["SRB"]
    assert (alone.how, in_all.how) == ("at least", "at most")
    assert alone.value == pytest.approx(G_FIRST[:2].sum(), abs=alone.half)
    truth = 1.0 - G_TOTAL[2:].sum()  # nearly: the two others hardly interact
    assert alone.value - alone.half <= truth <= in_all.value + in_all.half
    assert by_name(found, "first", "actor")["XKX"].how == ""


def test_inputs_varied_together_get_an_index_of_their_own(tmp_path):
    points = exchanged(512, 4, groups=["s", "s", "k", "e"])
    found = found_in(tmp_path / "s", points, kind="sobol", names=NAMES, groups=GROUPS)
    rows = by_name(found, "first")
    assert list(rows) == ["SRB (2 inputs)", "reaction.XKX", "events.order.n"]
    assert rows["SRB (2 inputs)"].how == "" and rows["SRB (2 inputs)"].value > 0.9


def test_mechanisms_take_the_largest_where_values_cannot_be_summed(tmp_path):
    found = found_in(tmp_path / "s", trajectories(10, 4), kind="morris", names=NAMES, groups=GROUPS)
    row = by_name(found, "effect", "mechanism")["spending"]
    assert row.how == "largest" and row.value == found.of("effect")[0].value


# ---- what a design allows --------------------------------------------------------------------------------------------


def test_layouts_are_read_off_the_points():
    assert saltelli(exchanged(8, 3)).groups == ((0,), (1,), (2,))
    assert saltelli(exchanged(8, 3, second_order=True)).second_order
    assert trajectory_layout(trajectories(4, 3)).size == 4
    grid = np.stack(np.meshgrid([0.0, 1.0], [0.0, 1.0, 2.0]), axis=-1).reshape(-1, 2)
    for points in (spread_out(60, 3), spread_out(60, 1), grid):
        assert saltelli(points) is None and trajectory_layout(points) is None
        assert fitting(points) == ("rbd-fast", "pawn")


def test_only_a_and_b_of_exchanged_points_stand_on_their_own():
    points = exchanged(8, 3)
    assert independent(points).tolist() == [place for block in range(8) for place in (5 * block, 5 * block + 4)]


def test_ranks_know_order_only_and_break_ties_by_lot():
    values = np.array([[1.0], [1.0], [5.0], [1e9]])
    assert ranked(values, np.array([0.9, 0.1, 0.5, 0.5]))[:, 0].tolist() == [1.0, 0.0, 2.0, 3.0]
    assert ranked(np.exp(-values / 1e9), lots("ties", 4, 1))[3, 0] == 0.0


@pytest.mark.parametrize(
    ("points", "method", "words"),
    [
        (spread_out(120, 3), "sobol", "needs a design of the kind sobol"),
        (spread_out(120, 3), "morris", "needs a design of the kind morris"),
        (trajectories(40, 3), "pawn", "made of Morris' trajectories"),
        (spread_out(99, 3), "rbd-fast", "at least 100 points"),
        (exchanged(8, 3), "sobol", "at least 16 blocks"),
        (trajectories(3, 3), "morris", "at least 4 trajectories"),
    ],
)
def test_method_that_does_not_fit_is_refused_with_the_reason(tmp_path, points, method, words):
    with pytest.raises(InputError, match=words):
        found_in(tmp_path / "s", points, lambda x, _: x[:, 0], (method,))


def test_rbd_fast_and_pawn_take_points_of_any_other_design(tmp_path):
    found = found_in(tmp_path / "s", exchanged(256, 3, -PI, PI), ishigami, ("rbd-fast", "pawn"), kind="sobol")
    assert found.points == 512
    assert_within(found, "first", ("x1", "x2", "x3"), ISHIGAMI_FIRST, slack=1.5)
    levels = np.linspace(0.0, 1.0, 5)
    grid = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 3)
    found = found_in(tmp_path / "g", grid, lambda x, _: x[:, 0] + 3 * x[:, 2], kind="grid")
    assert found.of("pawn")[0].name == found.of("first")[0].name == "x3"


def test_failed_run_takes_its_whole_block_along(tmp_path):
    found = found_in(tmp_path / "s", exchanged(64, 3, -PI, PI), ishigami, kind="sobol", failed=[7])
    assert (found.points, found.left_out) == (63 * 5, 5)


def test_outcome_that_never_changes_is_refused(tmp_path):
    with pytest.raises(NoVarianceError):
        found_in(tmp_path / "s", spread_out(120, 3), lambda x, _: np.full(len(x), 0.1) + 1e-15 * x[:, 0])


def test_inputs_that_go_together_are_named(tmp_path):
    points = spread_out(200, 3)
    points[:, 1] = points[:, 0] + 0.1 * points[:, 1]
    found = found_in(tmp_path / "s", points, lambda x, _: x[:, 0], kind="rows")
    assert any("x1 and x2 go together" in note for note in found.notes)
    assert not found_in(tmp_path / "l", spread_out(200, 3), lambda x, _: x[:, 0]).notes


def test_members_are_averaged_and_their_share_of_the_variance_told(tmp_path):
    def model(x, member):
        return x[:, 0] + (0.5 if member else -0.5)

    found = found_in(tmp_path / "s", spread_out(200, 2), model, members=2)
    points, luck = 1 / 12, 1 / 4  # variances
    assert found.within == pytest.approx(luck / (points + luck), rel=0.01)
    assert found.mean == pytest.approx(0.5, abs=0.01)


def test_difference_of_two_scenarios_is_paired(tmp_path):
    models = {"a": {"y": lambda x, _: 100 * x[:, 1] + x[:, 0]}, "b": {"y": lambda x, _: 100 * x[:, 1]}}
    sweep = load_sweep(write_sweep(tmp_path / "s", spread_out(200, 2), models))
    assert sensitivity(sweep, "y", "a").of("first")[0].name == "x2"
    assert sensitivity(sweep, "y", "a", "b").of("first")[0].name == "x1"


def test_swings_show_direction_and_bend(tmp_path):
    found = found_in(tmp_path / "s", spread_out(500, 2), lambda x, _: x[:, 0] + 4 * (x[:, 1] - 0.5) ** 2)
    rising, bent = found.swings
    assert rising.low < rising.middle < rising.high
    assert bent.middle < min(bent.low, bent.high) - 0.4


# ---- whether a ranking can be trusted --------------------------------------------------------------------------------


def test_wide_intervals_are_called_too_wide_and_the_points_named_do(tmp_path):
    def model(x, _):
        return x[:, 0] + 0.85 * x[:, 1] + 0.3 * np.sin(40 * x[:, 2])

    few = found_in(tmp_path / "few", exchanged(16, 3), model, kind="sobol")
    said = verdict(few)
    assert not said.is_settled and said.wanted > few.points
    n = said.wanted // 5
    assert n & (n - 1) == 0, "a power of two, as Sobol designs want it"
    assert f"About {said.wanted:,} points in all would do, n: {n} in the design" in verdict_sentence(few)
    blocks = 2 ** int(np.ceil(np.log2(said.wanted / 5)))
    assert verdict(found_in(tmp_path / "more", exchanged(2 * blocks, 3), model, kind="sobol")).is_settled


def test_equal_inputs_are_called_equal_and_not_promised_an_order(tmp_path):
    found = found_in(tmp_path / "s", exchanged(512, 2), lambda x, _: x[:, 0] + x[:, 1], kind="sobol")
    assert verdict(found).equal and verdict(found).is_settled
    told = verdict_sentence(found)
    assert told.startswith("As good as equal") and "settled" not in told


def test_noise_has_no_leader(tmp_path):
    found = found_in(tmp_path / "s", spread_out(150, 3), lambda x, _: np.random.default_rng(1).random(len(x)))
    assert not verdict(found).has_leader
    assert "no input stands out" in verdict_sentence(found)


# ---- the folder of a sweep -------------------------------------------------------------------------------------------


def test_table_is_the_workbench_pair_in_one_call(tmp_path):
    models = {"a": {"y": g_function}, "b": {"y": g_function}}
    folder = write_sweep(tmp_path / "s", spread_out(20, 4), models, members=2, failed=[3])
    experiments, outcomes = experiments_outcomes(folder)
    assert len(experiments) == 78 and outcomes["y"].shape == (78,)
    assert list(experiments) == ["x1", "x2", "x3", "x4", "scenario", "policy", "model"]
    assert set(experiments["policy"]) == {"a", "b"}
    assert np.allclose(outcomes["y"], g_function(experiments[["x1", "x2", "x3", "x4"]].to_numpy()))


def test_a_scenario_with_other_numbers_is_called_no_choice(tmp_path, capsys):
    folder = write_sweep(tmp_path / "s", spread_out(64, 2), {"a": {"y": a_line}, "b": {"y": g_model}})
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["scenarios"] = [{"name": "a"}, {"name": "b", "parameters": {"coupling": 0.0}, "theory": "spiral"}]
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert main(["regret", str(folder), "--prefer", "y=lower"]) == 0
    words = " ".join(capsys.readouterr().out.split())
    assert "b is no choice alone: it differs from a in numbers of the world (coupling, the theory spiral)" in words


def test_the_workbench_saves_the_pair(tmp_path):
    workbench = pytest.importorskip("ema_workbench")
    folder = write_sweep(tmp_path / "s", spread_out(20, 2), {"a": {"y.2026": g_model}})
    workbench.save_results(experiments_outcomes(folder), str(tmp_path / "saved.tar.gz"))
    _, outcomes = workbench.load_results(str(tmp_path / "saved.tar.gz"))
    assert len(outcomes["y.2026"]) == 20


def test_a_number_is_worth_knowing_where_it_decides_which_scenario_is_better(tmp_path):
    """One scenario costs x1, the other a half, whatever x2 is: who knows x1 saves an eighth, the mean of x1 - 1/2 where it is above."""
    models = {"a": {"y": lambda x, _: x[:, 0] - 0.001}, "b": {"y": lambda x, _: np.full(len(x), 0.5)}}
    folder = write_sweep(tmp_path / "s", spread_out(512, 2), models)
    known = information(load_sweep(folder), "y")
    found = known.frame().set_index("input")
    assert found.index[0] == "x1" and known.choice == "a"
    assert found.loc["x1", "gain"] == pytest.approx(1 / 8, abs=0.01)
    assert found.loc["x1", "changed"] == pytest.approx(0.5, abs=0.1)
    assert found.loc["x2", "gain"] <= found["without_effect"].iloc[0] < 0.02
    with pytest.raises(InputError, match="lower or higher"):
        information(load_sweep(folder), "y", "best")
    alone = load_sweep(write_sweep(tmp_path / "t", spread_out(64, 2), {"a": {"y": g_model}}))
    with pytest.raises(InputError, match="one scenario only"):
        information(alone, "y")


@pytest.mark.parametrize("damage", ["no folder", "a run", "unfinished", "no table", "all failed"])
def test_folder_that_is_no_finished_sweep_is_refused_in_words(tmp_path, damage):
    folder = write_sweep(
        tmp_path / "s", spread_out(12, 2), {"a": {"y": g_model}}, failed=range(12) if damage == "all failed" else ()
    )
    manifest = json.loads((folder / "manifest.json").read_text())
    words = {
        "no folder": "holds no sweep", "a run": "is no sweep", "unfinished": "is unfinished", "no table": "0 of 1 chunks",
        "all failed": "no run succeeded",
    }[damage]  # fmt: skip
    if damage == "no folder":
        folder = tmp_path / "nothing"
    elif damage == "no table":
        (folder / "runs.parquet").unlink()
    else:
        del manifest["inputs" if damage == "a run" else "seed"]
        manifest["complete"] = damage != "unfinished"
        (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InputError, match=words):
        load_sweep(folder)


def g_model(points, member):
    return points[:, 0]


# ---- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    models = {
        name: {"tension": lambda x, _, k=k: x[:, 0] + k * x[:, 3] * x[:, 1], "same": lambda x, _: np.ones(len(x))}
        for name, k in (("baseline", 0.0), ("delivery", 1.0))
    }
    metrics = [{"name": "tension", "variable": "tension", "unit": "0 to 1"}]
    folder = tmp_path_factory.mktemp("sweeps") / "drones"
    return write_sweep(folder, exchanged(32, 4), models, kind="sobol", names=NAMES, groups=GROUPS, metrics=metrics)


def test_command_writes_tables_pictures_and_the_same_bytes_again(swept, capsys):
    asked = ["sensitivity", str(swept), "--scenario", "delivery", "--against", "none"]
    assert main([*asked, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["constant"] == ["same, delivery"]
    (outcome,) = document["outcomes"]
    assert outcome["measures"][0]["name"] == "reaction.SRB" and outcome["points"] == 192
    out = swept / "sensitivity"
    files = {file.name: file.read_bytes() for file in out.iterdir()}
    assert set(files) == {
        "sensitivity.csv", "swings.csv", "sensitivity.json", "tornado-tension-delivery.png", "tornado-tension-delivery.svg",
    }  # fmt: skip
    assert json.loads(files["sensitivity.json"]) == document
    with (out / "sensitivity.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["by"] for row in rows} == {"input", "actor", "mechanism"}
    assert main(asked) == 0
    assert {file.name: file.read_bytes() for file in out.iterdir()} == files
    text = capsys.readouterr().out
    assert "reaction.SRB" in text and "By mechanism:" in text and "The same at every point" in text
    assert f"Replaced: the earlier sensitivity in {out}" in text
    assert "Replaced" not in main_text(["sensitivity", str(swept), "--out", str(swept / "again")], capsys)


def main_text(command, capsys):
    """What a command that succeeds prints, on one line."""
    assert main(command) == 0
    return " ".join(capsys.readouterr().out.split())


def test_difference_to_the_baseline_is_shown_by_default_and_said(swept, capsys):
    text = main_text(["sensitivity", str(swept)], capsys)
    assert "tension, delivery minus baseline" in text and "tension, baseline" not in text
    assert "--against none shows levels" in text
    levels = main_text(["sensitivity", str(swept), "--against", "none"], capsys)
    assert "tension, baseline" in levels and "minus baseline" not in levels and "shows levels" not in levels


def test_size_of_an_event_is_no_input_of_a_scenario_without_the_event(tmp_path):
    models = {name: {"y": lambda x, _, k=k: x[:, 0] + k * x[:, 1]} for name, k in (("baseline", 0.0), ("sale", 1.0))}
    folder = write_sweep(tmp_path / "s", spread_out(120, 2), models, names=["reaction.SRB", "events.sale-order.n"])
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["scenarios"] = [{"name": "baseline", "events": []}, {"name": "sale", "events": [{"id": "sale-order"}]}]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    sweep = load_sweep(folder)
    alone = sensitivity(sweep, "y", "baseline")
    assert (
        {row.name for row in alone.rows if row.by == "input"} == {"reaction.SRB"} == {one.name for one in alone.swings}
    )
    assert "baseline has no events.sale-order.n" in alone.notes[0]
    both = {row.name for row in sensitivity(sweep, "y", "sale", "baseline").rows if row.by == "input"}
    assert both == {"reaction.SRB", "events.sale-order.n"}


def test_rounding_of_a_difference_is_no_variance(tmp_path):
    models = {"baseline": {"y": lambda x, _: 40_000 + 0 * x[:, 0]}, "sale": {"y": lambda x, _: 40_000 + 1e-5 * x[:, 0]}}
    sweep = load_sweep(write_sweep(tmp_path / "s", spread_out(120, 2), models))
    with pytest.raises(NoVarianceError):
        sensitivity(sweep, "y", "sale", "baseline")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--metric", "tensoin"], 'did you mean "tension"?'),
        (["--scenario", "deliver"], 'did you mean "delivery"?'),
        (["--metric", "same"], "the same at every point"),
        (["--scenario", "baseline", "--against", "baseline"], "nothing to subtract it from"),
        (["--method", "morris"], "choose sobol"),
    ],
)
def test_mistake_is_one_message_and_exit_code_two(swept, capsys, arguments, words):
    assert main(["sensitivity", str(swept), *arguments]) == 2
    assert words in capsys.readouterr().err


def test_folder_with_anything_else_in_it_is_left_alone(swept, tmp_path, capsys):
    (tmp_path / "diary.txt").write_text("mine")
    assert main(["sensitivity", str(swept), "--scenario", "delivery", "--out", str(tmp_path)]) == 2
    assert "holds something else" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["diary.txt"]


# ---- from the design to the ranking ----------------------------------------------------------------------------------

DESIGN = """\
format_version: 1
title: Who reacts
scenarios: [baseline]
members: 1
seed: 1
until: 2025Q4
design: {kind: sobol, n: 16}
vary:
  reaction.SRB: {uniform: [0, 1]}
  tension_words: {uniform: [0, 0.01]}
fixed: {chance: 0}
metrics:
  - {variable: spending, actor: SRB, when: last, name: spending}
"""


def test_sweep_of_the_model_is_read_as_it_is_written(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "who.yaml").write_text(DESIGN, encoding="utf-8")
    assert main(["sweep", "who.yaml", "--out", "swept"]) == 0
    capsys.readouterr()
    sweep = load_sweep("swept")
    assert [(one.actor, one.mechanism) for one in sweep.inputs] == [("SRB", "spending"), ("", "tension")]
    assert main(["sensitivity", "swept", "--format", "json"]) == 0
    (outcome,) = json.loads(capsys.readouterr().out)["outcomes"]
    assert outcome["points"] == 64 and outcome["unit"] == "million 2023 US$ per year"
    first = next(row for row in outcome["measures"] if row["measure"] == "total" and row["name"] == "reaction.SRB")
    assert first["value"] > 0.9
