"""Regions of inputs that lead to an outcome: a planted box is found, and said in words; the workbench may be missing."""

import builtins
import json
import warnings

import numpy as np
import pytest

from sim.cli.main import main
from sim.io.errors import InputError
from sim.sweep.analysis.loading import experiments_outcomes, load_sweep
from sim.sweep.analysis.scenario_discovery import Box, condition_of, discover, trimmed
from sim.sweep.analysis.scenario_discovery_text import box_sentence
from tests.finished_sweeps import spread_out, write_sweep

pytest.importorskip("ema_workbench", reason="the extra discover is not installed")
NAMES = ("reaction.SRB", "reaction.XKX", "fatigue.SRB", "events.order.n")


def planted(points, _):
    """High where the first input is above 0.6 and the last below 0.4."""
    return np.where((points[:, 0] > 0.6) & (points[:, 3] < 0.4), 1.0, 0.0) + 0.1 * points[:, 1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("sweeps") / "box"
    return write_sweep(place, spread_out(1500, 4), {"base": {"tension": planted}}, names=NAMES)


def found_in(folder, *where):
    sweep = load_sweep(folder)
    return discover(sweep, [condition_of(text, sweep) for text in where], sweep.scenarios[0])


def test_planted_box_is_recovered(folder):
    box = found_in(folder, "tension > 0.5").box
    assert set(box.limits) == {"reaction.SRB", "events.order.n"}
    (low, none), (nothing, high) = box.limits["reaction.SRB"], box.limits["events.order.n"]
    assert (none, nothing) == (None, None)
    assert low == pytest.approx(0.6, abs=0.03) and high == pytest.approx(0.4, abs=0.03)
    assert box.coverage > 0.95 and box.density > 0.95
    assert max(box.chance.values()) < 1e-6


def test_peeling_starts_with_everything_and_ends_dense(folder):
    found = found_in(folder, "tension >= 0.5")
    first, last = found.boxes[0], found.boxes[-1]
    assert (first.coverage, first.mass, first.limits) == (1.0, 1.0, {})
    assert first.density == pytest.approx(found.met / found.cases)
    assert last.density > 0.99 and last.coverage < 1.0


def test_cuts_that_earn_nothing_are_taken_away():
    inputs = {"a": np.linspace(0.0, 1.0, 100), "b": np.tile([0.0, 1.0], 50)}
    box = Box(5, 1.0, 1.0, 0.3, {"a": (0.7, None), "b": (-1.0, None)}, {"a": 0.01, "b": 0.9})
    kept = trimmed(box, inputs, inputs["a"] > 0.7)
    assert kept.limits == {"a": (0.7, None)} and kept.chance == {"a": 0.01}
    assert (kept.coverage, kept.density, kept.mass) == (1.0, 1.0, 0.3)


def test_several_conditions_must_all_hold(folder):
    both = found_in(folder, "tension > 0.5", "tension < 1.05")
    assert set(both.box.limits) == {"reaction.SRB", "events.order.n", "reaction.XKX"}
    assert both.met < found_in(folder, "tension > 0.5").met


def test_difference_to_another_scenario_can_be_asked_for(tmp_path):
    models = {"a": {"y": lambda x, _: 9 * x[:, 1] + (x[:, 0] > 0.5)}, "b": {"y": lambda x, _: 9 * x[:, 1]}}
    sweep = load_sweep(write_sweep(tmp_path / "s", spread_out(400, 2), models))
    found = discover(sweep, [condition_of("y > 0.5", sweep)], "a", "b")
    assert list(found.box.limits) == ["x1"] and found.met == 200


def test_runs_that_share_their_inputs_claim_no_chance(tmp_path):
    place = write_sweep(tmp_path / "s", spread_out(200, 4), {"base": {"tension": planted}}, members=2, failed=[0])
    found = found_in(place, "tension > 0.5")
    assert found.box.chance == {} and (found.cases, found.left_out) == (399, 1)


def test_short_name_is_taken_where_it_fits_one_metric_and_refused_with_those_it_fits(tmp_path):
    names = [*(f"tension.SRB.XKX.20{year}Q4" for year in range(26, 46)), "crisis"]
    model = {name: lambda x, _: x[:, 0] for name in names}
    sweep = load_sweep(write_sweep(tmp_path / "s", spread_out(20, 2), {"a": model}))
    assert condition_of("tension.2030Q4 > 0.6", sweep).metric == "tension.SRB.XKX.2030Q4"
    with pytest.raises(InputError, match=r'"tension" fits 20 metrics; name one: tension.SRB.XKX.2026Q4, .* and 8 more'):
        condition_of("tension > 0.6", sweep)
    with pytest.raises(InputError, match=r"crisis"):
        condition_of("crises > 0.6", sweep)
    with pytest.raises(InputError, match=r'no metric "spending"; there are: .* and 9 more'):
        condition_of("spending > 0.6", sweep)


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("tension > 7", "holds in only 0 of 1,500 runs"),
        ("tension < 7", "holds in all of 1,500 runs"),
        ("tensoin > 1", 'did you mean "tension"[?]'),
        ("tension = 1", "write METRIC > NUMBER"),
        ("tension > 1.2.3", "write METRIC > NUMBER"),
    ],
)
def test_condition_that_leads_nowhere_is_refused_with_the_range(folder, where, words):
    with pytest.raises(InputError, match=words):
        found_in(folder, where)


def test_workbench_reads_our_pair(folder):
    from ema_workbench.analysis.prim import setup_prim

    experiments, outcomes = experiments_outcomes(folder)
    experiments = experiments.drop(columns=["policy", "model"])
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about its own future
        box = setup_prim((experiments, outcomes), lambda one: one["tension"] > 0.5, threshold=0.5).find_box()
    assert box.density > 0.9 and {"reaction.SRB", "events.order.n"} <= set(box.box_lims[-1].columns)


def test_command_writes_boxes_picture_and_sentence(folder, capsys):
    assert main(["discover", str(folder), "--where", "tension > 0.5"]) == 0
    text = capsys.readouterr().out
    assert "reaction.SRB is above 0.6" in text and "events.order.n is below 0.4" in text
    out = folder / "discover"
    assert {file.name for file in out.iterdir()} == {"boxes.csv", "discover.json", "box.png", "box.svg"}
    assert main(["discover", str(folder), "--where", "tension > 0.5", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["box"]["limits"]["reaction.SRB"]["high"] is None and document["cases"] == 1500
    assert "(density)" in box_sentence(found_in(folder, "tension > 0.5"))


def test_without_the_workbench_one_message_says_what_to_install(folder, capsys, monkeypatch):
    real = builtins.__import__

    def refuse(name, *rest):
        if name.startswith("ema_workbench"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    assert main(["discover", str(folder), "--where", "tension > 0.5"]) == 2
    assert "pip install 'balkan-armsrace[discover]'" in capsys.readouterr().err


def test_condition_and_scenario_must_be_said(folder, tmp_path, capsys):
    assert main(["discover", str(folder)]) == 2
    assert "--where" in capsys.readouterr().err
    two = write_sweep(tmp_path / "s", spread_out(30, 4), {"a": {"y": planted}, "b": {"y": planted}})
    assert main(["discover", str(two), "--where", "y > 0.5"]) == 2
    assert "choose with --scenario a or b" in capsys.readouterr().err
