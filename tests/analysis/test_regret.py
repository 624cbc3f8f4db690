"""Scenarios as choices: regret worked by hand, directions that are the user's, and where each choice fails."""

import json

import numpy as np
import pytest

from sim.analysis.regret import (
    COLUMNS,
    Aim,
    Preferences,
    Remarks,
    aims_of,
    distance,
    enough_by_all,
    marks,
    standings,
    table_rows,
)
from sim.cli.main import main
from sim.io.errors import InputError
from sim.sweep.analysis.regret_text import regret_lines
from tests.finished_sweeps import spread_out, write_sweep

VALUES = {
    "baseline": np.array([3.0, 3.0, 3.0, 3.0]),
    "calm": np.array([1.0, 3.0, 5.0, 2.0]),
    "loud": np.array([2.0, 4.0, 3.0, 2.0]),
}
LOW = Aim("tension", "0 to 1", "lower")


def table(aim=LOW, inputs=None, values=VALUES):
    return standings(aim, values, "baseline", inputs or {}, 4)


# ---- worked by hand --------------------------------------------------------------------------------------------------


def test_regret_is_the_distance_to_the_best_choice_of_the_same_world():
    calm = table().of("calm")  # best of each world: 1, 3, 3, 2; its regret: 0, 0, 2, 0
    assert (calm.worst, calm.best) == (2.0, 0.75)
    assert calm.regret[2] == 0.0 and table().of("baseline").regret[2] == pytest.approx(0.5)  # 2, 0, 0, 1
    assert (calm.better, calm.worse, calm.enough) == (0.5, 0.25, 0.75)
    assert calm.fails.tolist() == [False, False, True, False]


def test_turning_the_direction_round_turns_the_answer_round():
    calm = table(Aim("tension", "", "higher")).of("calm")  # best of each world: 3, 4, 5, 3
    assert (calm.worst, calm.best, calm.better, calm.worse) == (2.0, 0.25, 0.25, 0.5)


@pytest.mark.parametrize(("prefer", "limit", "share"), [("lower", 2.0, 0.5), ("higher", 2.5, 0.5), ("lower", 0.5, 0.0)])
def test_threshold_says_what_is_good_enough(prefer, limit, share):
    found = table(Aim("tension", "", prefer, limit))
    assert found.of("calm").enough == share


def test_good_enough_by_all_counts_worlds_not_outcomes():
    other = {"baseline": np.zeros(4), "calm": np.array([1.0, 0.0, 0.0, 0.0]), "loud": np.zeros(4)}
    both = [table(), table(Aim("spending", "", "lower"), values=other)]
    assert enough_by_all(both) == {"baseline": 1.0, "calm": 0.5, "loud": 0.75}


def test_rounding_is_no_regret():
    values = {"baseline": np.array([0.3, 0.3]), "same": np.array([0.1 + 0.2, 0.3])}
    found = standings(LOW, values, "baseline", {}, 2)
    assert found.of("same").best == found.of("baseline").best == 1.0
    assert found.of("same").worse == 0.0


def test_a_millionth_of_the_range_is_no_verdict_and_a_thousandth_is():
    base = np.linspace(0.0, 100.0, 50)
    for shift, share in ((5e-5, 0.0), (0.1, 1.0)):
        found = standings(LOW, {"baseline": base, "other": base + shift}, "baseline", {}, 50).of("other")
        assert (found.worse, found.best, found.worst > 0.0) == (share, 1.0 - share, share > 0.0)


def test_dust_on_an_outcome_that_is_the_same_in_all_worlds_is_no_verdict():
    base = np.full(9, 39_147.0)
    found = standings(LOW, {"baseline": base, "other": base + 2e-5}, "baseline", {}, 9).of("other")
    assert (found.worse, found.worst) == (0.0, 0.0)


# ---- where a choice fails --------------------------------------------------------------------------------------------


def test_input_that_makes_a_choice_fail_is_named_and_others_are_not():
    inputs = {"reaction": np.linspace(0.0, 1.0, 200), "idle": np.tile([0.0, 1.0], 100)}
    (mark,) = marks(inputs["reaction"] > 0.8, inputs, 200)
    assert (mark.name, mark.distance) == ("reaction", 1.0)
    assert str(mark) == "reaction high" and mark.failing > 0.8 > mark.others


def test_number_that_a_choice_sets_itself_is_no_reason_of_its_failures():
    inputs = {"reaction.XKX": np.linspace(0.0, 1.0, 200), "reaction.SRB": np.linspace(1.0, 0.0, 200)}
    values = {"baseline": np.zeros(200), "set": inputs["reaction.XKX"] - 0.5}
    free = standings(LOW, values, "baseline", inputs, 200).of("set")
    assert {mark.name for mark in free.marks} == set(inputs)
    fixed = standings(LOW, values, "baseline", inputs, 200, {"set": ["reaction.XKX"]}).of("set")
    assert {mark.name for mark in fixed.marks} == {"reaction.SRB"}
    assert not standings(LOW, values, "baseline", inputs, 200, {"set": ["reaction"]}).of("set").marks


def test_table_carries_whose_word_a_direction_is_and_what_a_choice_costs():
    remarks = Remarks({"calm": "Counted: nothing.", "loud": ""}, {("calm", "tension"): "direction assumed"})
    text = " ".join(" ".join(regret_lines([table(), table()], remarks)).split())
    assert "calm 75 (direction assumed in 2)" in text and "loud 75;" not in text
    assert "calm Counted: nothing. loud its file does not say" in text
    row = dict(zip(COLUMNS, table_rows([table()], remarks)[1], strict=True))
    assert (row["direction"], row["costs"]) == ("direction assumed", "Counted: nothing.")


def test_worlds_that_share_their_inputs_count_once():
    column = np.repeat(np.linspace(0.0, 1.0, 20), 50)
    fails = column > 0.5
    fails[::3] = False
    assert marks(fails, {"a": column}, 1000) and not marks(fails, {"a": column}, 10)


def test_distance_of_equal_samples_is_nothing():
    assert distance(np.array([1.0, 2.0, 2.0]), np.array([2.0, 1.0, 2.0])) == 0.0


# ---- whose direction it is -------------------------------------------------------------------------------------------

OUTCOMES = {"tension.mean": ("tension", "0 to 1"), "dependence.SRB.TUR": ("dependence", ""), "crisis": ("", "year")}


def test_convention_covers_few_outcomes_and_says_so():
    (aim,) = aims_of(OUTCOMES)
    assert (aim.name, aim.prefer, aim.is_convention) == ("tension.mean", "lower", True)


def test_user_decides_by_outcome_or_by_variable():
    aims = aims_of(OUTCOMES, Preferences(("tension=higher", "crisis=higher"), ("crisis=2030", "tension.mean=0.5")))
    assert [(aim.name, aim.prefer, aim.threshold, aim.is_convention) for aim in aims] == [
        ("tension.mean", "higher", 0.5, False),
        ("crisis", "higher", 2030.0, False),
    ]


@pytest.mark.parametrize(
    ("prefer", "threshold", "words"),
    [
        (["tensoin=lower"], [], 'did you mean "tension'),
        (["tension=less"], [], "neither lower nor higher"),
        (["tension"], [], "write NAME=VALUE"),
        ([], ["tension=much"], "is not a number"),
        ([], ["dependence=0.5"], "has no direction"),
    ],
)
def test_wrong_preference_is_refused_in_words(prefer, threshold, words):
    with pytest.raises(InputError, match=words):
        aims_of(OUTCOMES, Preferences(prefer, threshold))


# ---- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    def model(shift):
        return lambda x, member: 0.5 * x[:, 0] + shift * (x[:, 1] - 0.7) + 0.01 * member

    models = {
        name: {"tension": model(shift), "crisis": model(shift)} for name, shift in (("baseline", 0.0), ("talks", 0.4))
    }
    metrics = [
        {"name": "tension", "variable": "tension", "unit": "0 to 1", "when": "mean"},
        {"name": "crisis", "variable": "tension", "unit": "calendar year", "when": "first above 0.5"},
    ]
    place = tmp_path_factory.mktemp("sweeps") / "talks"
    return write_sweep(place, spread_out(300, 2), models, members=2, metrics=metrics, failed=[5])


def test_command_says_where_talks_fail(folder, capsys):
    import pandas as pd

    assert main(["regret", str(folder)]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "talks fails more where x2 high" in text
    assert "is a convention of this program" in text and "left out: crisis" in text
    out = folder / "regret"
    assert {file.name for file in out.iterdir()} == {
        "regret.csv",
        "regret.json",
        "worlds.parquet",
        "regret.png",
        "regret.svg",
    }
    worlds = pd.read_parquet(out / "worlds.parquet")
    assert len(worlds) == 599  # the failed run is in no scenario's table
    assert (worlds["fails: talks, tension"] == (worlds["x2"] > 0.7)).all()


def test_json_has_the_shares_of_the_table(folder, capsys):
    assert main(["regret", str(folder), "--prefer", "tension=higher", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    (outcome,) = document["outcomes"]
    talks = next(one for one in outcome["scenarios"] if one["scenario"] == "talks")
    assert not outcome["direction_is_a_convention"]
    assert talks["better_than_baseline"] == pytest.approx(0.3, abs=0.01) == document["good_enough_by_all"]["talks"]


def test_sweep_of_one_scenario_has_no_choices(tmp_path, capsys):
    place = write_sweep(tmp_path / "s", spread_out(10, 2), {"base": {"y": lambda x, _: x[:, 0]}})
    assert main(["regret", str(place)]) == 2
    assert "regret compares scenarios" in capsys.readouterr().err


def test_outcome_without_direction_asks_for_one(folder, capsys):
    assert main(["regret", str(folder), "--metric", "crisis"]) == 2
    assert "--prefer 'crisis=lower'" in capsys.readouterr().err
