"""Designs: the points they stand for, the metrics they keep, and every mistake told with its line."""

import itertools
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from sim.cli.main import main
from sim.io.errors import InputError
from sim.io.quarters import index_of
from sim.model.network import network
from sim.model.parameters import load_parameters
from sim.model.variables import VARIABLES, Series
from sim.rules.draws import CODES, drawn_value
from sim.sweep.design import read_design
from sim.sweep.metrics import FLOWS, metric_values, metrics_of, series_meant
from sim.sweep.run import run_sweep
from sim.sweep.samplers import points_of

TENSION = Series("tension", "SRB", "XKX")
HEAD = "format_version: 1\nscenarios: [baseline, skydagger-delivery]\nuntil: 2026Q4\n"
METRICS = "metrics: [{variable: tension}]\n"


def design_of(folder: Path, design: str, vary: str, more: str = ""):
    file = folder / "trial.yaml"
    file.write_text(f"{HEAD}design: {design}\nvary: {vary}\n{more}{METRICS}", encoding="utf-8")
    return read_design(file)


# ---- points ----------------------------------------------------------------------------------------------------------


def test_a_grid_is_every_combination_the_last_input_fastest(tmp_path):
    design = design_of(tmp_path, "{kind: grid}", "{reaction.SRB: [0.1, 0.2], coupling: {from: 0, to: 1, steps: 3}}")
    assert points_of(design).T.tolist() == [list(one) for one in itertools.product([0.1, 0.2], [0.0, 0.5, 1.0])]
    assert design.points == 6 and design.runs == 12


def test_pairs_go_together(tmp_path):
    design = design_of(tmp_path, "{kind: pairs}", "{reaction.SRB: [0.1, 0.2], coupling: [1, 0]}")
    assert points_of(design).T.tolist() == [[0.1, 1.0], [0.2, 0.0]] and design.points == 2


def test_a_latin_hypercube_has_one_point_in_each_stratum_of_each_input(tmp_path):
    design = design_of(
        tmp_path,
        "{kind: latin-hypercube, points: 10}",
        "{reaction.SRB: {uniform: [1, 2]}, coupling: {uniform: [0, 1]}}",
    )
    points = points_of(design)
    for row, low in zip(points, (1.0, 0.0), strict=True):
        assert sorted(((row - low) * 10).astype(int)) == list(range(10))
    other = design_of(
        tmp_path,
        "{kind: latin-hypercube, points: 10, seed: 2}",
        "{reaction.SRB: {uniform: [1, 2]}, coupling: {uniform: [0, 1]}}",
    )
    assert (points_of(other) != points).all()


def test_sampled_values_are_quantiles_of_their_distribution(tmp_path):
    vary = "{reaction.SRB: prior, events.skydagger-order.n: {lognormal: [4000, 0.5]}}"
    design = design_of(tmp_path, "{kind: latin-hypercube, points: 1000}", vary)
    reaction, units = points_of(design)
    for values, one in zip((reaction, units), design.inputs, strict=True):
        d = one.distribution
        median = drawn_value(kind=CODES[d.kind], centre=d.centre, spread=d.spread, low=d.low, high=d.high, u=0.5)
        assert np.median(values) == pytest.approx(median, rel=0.01)
    assert np.std(np.log(units)) == pytest.approx(0.5, rel=0.02)


def test_a_sobol_design_changes_one_input_at_a_time_between_its_two_samples(tmp_path):
    vary = "{reaction.SRB: {uniform: [0, 1]}, reaction.XKX: {uniform: [0, 1]}, coupling: {uniform: [0, 1]}}"
    design = design_of(tmp_path, "{kind: sobol, n: 8}", vary)
    points = points_of(design).T.reshape(8, 5, 3)
    assert design.points == 40
    for a, *mixed, b in points:
        for place, one in enumerate(mixed):
            expected = a.copy()
            expected[place] = b[place]
            assert (one == expected).all()
    assert design_of(tmp_path, "{kind: sobol, n: 8, second_order: true}", vary).points == 64
    grouped = design_of(tmp_path, "{kind: sobol, n: 8, group_by: mechanism}", vary)
    assert points_of(grouped).shape == (3, grouped.points) == (3, 32)


def test_a_morris_design_moves_one_input_a_step_along_its_levels(tmp_path):
    design = design_of(
        tmp_path, "{kind: morris, n: 5, levels: 4}", "{reaction.SRB: {uniform: [0, 3]}, reaction.XKX: prior}"
    )
    points = points_of(design)
    assert points.shape == (2, 15) and set(points[0]) <= {0.0, 1.0, 2.0, 3.0} and np.isfinite(points).all()
    for path in points.T.reshape(5, 3, 2):
        assert ((np.diff(path, axis=0) != 0.0).sum(axis=1) == 1).all()


def test_rows_come_from_a_file_of_points(tmp_path):
    (tmp_path / "points.csv").write_text(
        "reaction.SRB,events.skydagger-order.n\n0.1,2000\n0.2,3e3\n\n", encoding="utf-8"
    )
    design = design_of(tmp_path, "{kind: rows, file: points.csv}", "{}")
    assert points_of(design).tolist() == [[0.1, 0.2], [2000.0, 3000.0]]


def test_a_design_of_many_points_is_counted_without_making_them(tmp_path):
    steps = "{from: 0, to: 1, steps: 1000000}"
    assert design_of(tmp_path, "{kind: grid}", f"{{reaction.SRB: {steps}, coupling: {steps}}}").points == 10**12


# ---- what varies and what is fixed -----------------------------------------------------------------------------------


def table_of(folder, design, vary, more=""):
    chosen = design_of(folder, design, vary, more)
    return run_sweep(chosen, out=folder / "out").frame()


def test_a_longer_name_wins_over_a_shorter_one(tmp_path):
    from sim.sweep.simulate import plan_of

    design = design_of(
        tmp_path, "{kind: grid}", "{reaction: [0, 1], reaction.SRB: [2]}", "fixed: {reaction.XKX: 0.5}\n"
    )
    world = plan_of(design).scenarios[0]
    table = load_parameters()
    by_row = dict(zip(world.rows.tolist(), world.inputs.tolist(), strict=True))
    assert by_row[table.rows_of("reaction.SRB")[0]] == 1
    assert table.rows_of("reaction.XKX")[0] not in by_row
    assert sorted(by_row) == sorted(set(table.rows_of("reaction")) - set(table.rows_of("reaction.XKX")))


def test_an_event_size_moves_only_the_scenario_that_has_the_event(tmp_path):
    frame = table_of(tmp_path, "{kind: grid}", "{events.skydagger-order.n: [0, 20000]}")
    by_point = frame.pivot(index="point", columns="scenario", values="tension.SRB.XKX.2026Q4")
    assert by_point["baseline"].nunique() == 1 and by_point["skydagger-delivery"].nunique() == 2


def test_variants_of_one_scenario_stand_under_their_own_names(tmp_path):
    file = tmp_path / "trial.yaml"
    file.write_text(
        "format_version: 1\nscenarios:\n  - baseline\n  - {name: calm, scenario: baseline, set: {chance: 0}}\n"
        "  - {name: deterred, scenario: baseline, theory: deterrence}\n"
        "until: 2026Q4\ndesign: {kind: grid}\nvary: {coupling: [1]}\n" + METRICS.replace("tension", "hazard"),
        encoding="utf-8",
    )
    frame = run_sweep(file, out=tmp_path / "out").frame()
    assert list(frame["scenario"]) == ["baseline", "calm", "deterred"]
    assert frame["hazard.SRB.XKX.2026Q4"].nunique() == 3


# ---- metrics ---------------------------------------------------------------------------------------------------------


def metric(when, series=TENSION, start=0, end=72, name=None):
    return list(metrics_of([series], when, name=name, start=start, end=end))


def values(when, recorded, **options):
    return [metric_values(one, lambda _: np.array(recorded).reshape(-1, 1))[0] for one in metric(when, **options)]


def test_moments_pick_their_quarters():
    ramp = np.arange(72.0)
    assert values("every", ramp) == ramp.tolist()
    assert values("every 4", ramp, start=index_of("2026Q1")) == [
        35.0,
        39.0,
        43.0,
        47.0,
        51.0,
        55.0,
        59.0,
        63.0,
        67.0,
        71.0,
    ]
    assert values("last", ramp) == [71.0] and values("2018Q2", ramp) == [1.0]
    assert values(2018, ramp) == [1.5] and values([2018, "2019"], ramp) == [1.5, 5.5]
    assert values("max", ramp, start=3, end=6) == [5.0] and values("min", ramp, start=3, end=6) == [3.0]
    assert values("mean", ramp, start=3, end=6) == [4.0] and values("sum", ramp, start=3, end=6) == [12.0]


def test_a_year_of_what_is_counted_by_quarter_is_a_sum():
    assert values(2018, np.arange(72.0), series=Series("incidents", "SRB", "XKX")) == [6.0]
    assert set(FLOWS) == {name for name, one in VARIABLES.items() if "in the quarter" in f"{one.unit} {one.meaning}"}


def test_a_condition_gives_the_time_when_it_first_holds_or_nothing():
    wave = np.array([0.1, 0.6, 0.2, 0.7])
    assert values("first above 0.5", wave, end=4) == [2018.25]
    assert values("first above 0.5", wave, start=2, end=4) == [2018.75]
    assert values("first below 0.15", wave, end=4) == [2018.0]
    assert np.isnan(values("first above 0.9", wave, end=4)).all()


def test_columns_are_named_by_what_they_are_unless_told():
    assert [one.name for one in metric("last")] == ["tension.SRB.XKX.2035Q4"]
    assert [one.name for one in metric("first above 0.5")] == ["tension.SRB.XKX.first-above-0.5"]
    assert [one.name for one in metric("max", name="worst")] == ["worst"]
    assert [one.name for one in metric([2026, 2027], name="t")] == ["t.2026", "t.2027"]


def test_a_run_gives_the_same_metric_alone_and_among_others():
    many = np.random.default_rng(1).normal(size=(72, 64))
    for when in ("mean", "sum", 2026):
        (one,) = metric(when)
        together = metric_values(one, lambda _: many)
        assert all(metric_values(one, lambda _, k=k: many[:, k : k + 1])[0] == together[k] for k in range(64))


def test_all_actors_or_a_list_of_them():
    assert [one.actor for one in series_meant("spending", "all", None)] == list(network().states)
    assert [one.actor for one in series_meant("spending", ["SRB", "TUR"], None)] == ["SRB", "TUR"]
    assert series_meant("tension", None, None) == (TENSION,)
    assert len(series_meant("attitude", "SRB", "all")) > 1


# ---- mistakes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("design", "vary", "line", "told"),
    [
        ("{kind: gird}", "{coupling: [1]}", 4, 'did you mean "grid"'),
        ("{kind: latin-hypercube}", "{coupling: [1]}", 4, "points"),
        ("{kind: latin-hypercube, points: 0}", "{coupling: prior}", 4, "outside 1-"),
        ("{kind: grid, n: 3}", "{coupling: [1]}", 4, "unknown field"),
        ("{kind: grid}", "{reacton.SRB: [1]}", 5, 'did you mean "reaction.SRB"'),
        ("{kind: grid}", "{reaction.SRB: [1, 11]}", 5, "11.0 is outside -10 to 10"),
        ("{kind: grid}", "{reaction.SRB: [yes]}", 5, '"yes" is not a number'),
        ("{kind: grid}", "{reaction.SRB: {uniform: [0, 1]}}", 5, "needs a sampled design"),
        ("{kind: grid}", "{}", 5, "name what varies"),
        ("{kind: pairs}", "{reaction.SRB: [1, 2], coupling: [1]}", 5, "reaction.SRB has 2, coupling has 1"),
        ("{kind: sobol, n: 8}", "{reaction.SRB: [0, 1]}", 5, "is no distribution"),
        ("{kind: sobol, n: 8}", "{coupling: prior}", 5, "has no prior"),
        ("{kind: sobol, n: 8}", "{reaction: prior}", 5, "several numbers with different distributions"),
        ("{kind: sobol, n: 8}", "{reaction.SRB: {unifrom: [0, 1]}}", 5, 'did you mean "uniform"'),
        ("{kind: grid}", "{events.skydager-order.n: [1]}", 5, 'did you mean "skydagger-order"'),
        ("{kind: grid}", "{events.skydagger-order.payment: [1]}", 5, "is no size and cannot be varied"),
        ("{kind: grid}", "{events.skydagger-order.n: [-1]}", 5, "outside 0-1000000"),
        ("{kind: rows, file: none.csv}", "{}", 4, 'there is no file "none.csv"'),
        ("{kind: ensemble, points: 3}", "[coupling]", 5, "no number that the fit draws"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(tmp_path, design, vary, line, told):
    with pytest.raises(InputError) as caught:
        design_of(tmp_path, design, vary)
    assert caught.value.problems[0].line == line
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("{variable: tensoin}", 'did you mean "tension"'),
        ("{variable: spending}", "needs an actor"),
        ("{variable: spending, actor: SBR}", 'did you mean "SRB"'),
        ("{variable: attitude, actor: SRB}", "needs a counterpart"),
        ("{variable: tension, when: 2027}", "after the end of the sweep"),
        ("{variable: tension, when: 2026Q7}", "is not a quarter"),
        ("{variable: tension, when: sometimes}", "write one of: every"),
        ("{variable: tension, when: []}", "empty list; write one or more of: every"),
        ("{variable: tension, when: first above x}", '"x" is not a number'),
        ("{variable: tension, from: 2026Q1, until: 2025Q1}", "lies after `until`"),
        ("{variable: tension}, {variable: tension}", 'two columns would be called "tension.SRB.XKX.2026Q4"'),
        ("{variable: tension, wehn: last}", 'did you mean "when"'),
    ],
)  # fmt: skip
def test_a_mistake_in_a_metric_is_told_with_its_line(tmp_path, entry, told):
    file = tmp_path / "trial.yaml"
    file.write_text(f"{HEAD}design: {{kind: grid}}\nvary: {{coupling: [1]}}\nmetrics:\n  [{entry}]\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_design(file)
    assert caught.value.problems[0].line in (6, 7)
    assert told in str(caught.value)


def test_all_mistakes_are_told_at_once(tmp_path, capsys):
    file = tmp_path / "trial.yaml"
    file.write_text(
        "format_version: 1\nscenarios: [baseline]\nuntil: 2026Q4\ndesign: {kind: grid}\nvary:\n  coupling: [2]\n  chance: [x]\n"
        "metrics:\n  - {variable: tension}\n",
        encoding="utf-8",
    )
    assert main(["sweep", str(file)]) == 2
    err = capsys.readouterr().err
    assert "2 problems" in err and "line 6" in err and "line 7" in err and "Traceback" not in err


def test_a_theory_may_be_called_a_reading_for_a_release(tmp_path, caplog):
    (tmp_path / "trial.yaml").write_text(
        "format_version: 1\nscenarios: [baseline, {name: calm, scenario: baseline, reading: no-effect}]\nreading: spiral\n"
        f"until: 2026Q4\ndesign: {{kind: pairs}}\nvary: {{reaction.SRB: [0.1]}}\n{METRICS}",
        encoding="utf-8",
    )
    design = read_design(tmp_path / "trial.yaml")
    assert [side.theory for side in design.sides] == ["spiral", "no-effect"]
    assert caplog.messages == ["reading is now called theory"] * 2
    with pytest.raises(InputError, match='did you mean "spiral"'):
        design_of(tmp_path, "{kind: pairs}", "{reaction.SRB: [0.1]}", "reading: spral\n")
    with pytest.raises(InputError, match=r"reading +unknown field"):
        design_of(tmp_path, "{kind: pairs}", "{reaction.SRB: [0.1]}", "reading: spiral\ntheory: spiral\n")


def test_a_wrong_cell_is_told_with_its_line_and_column(tmp_path):
    (tmp_path / "points.csv").write_text("reaction.SRB,coupling\n0.1,1\n0.2,much\n0.3\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        design_of(tmp_path, "{kind: rows, file: points.csv}", "{}")
    assert [(one.line, one.where) for one in caught.value.problems] == [(3, "coupling"), (4, "")]
    assert "points.csv" in str(caught.value)


def test_a_scenario_in_place_of_a_design_is_told_as_such(capsys):
    from sim.io.assets import data_file

    assert main(["sweep", str(data_file("scenarios", "baseline.yaml"))]) == 2
    assert "this is a scenario; `armsrace run` runs it" in capsys.readouterr().err


def test_the_page_about_sweeps_names_every_kind_of_design_and_every_field():
    from sim.sweep.schema import AnyKind, DesignFile

    page = (Path(__file__).parents[2] / "docs" / "sweeps.md").read_text(encoding="utf-8")
    kinds = [model.model_fields["kind"].annotation for model in get_args(AnyKind)]
    assert all(f"{{kind: {get_args(kind)[0]}" in page for kind in kinds)
    assert all(
        f"`{name}`" in page for name in DesignFile.model_fields if name not in ("format_version", "title", "comment")
    )
