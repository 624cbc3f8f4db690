"""What a spread is owed to: chance moves nothing where there is none, parameters nothing where all are known."""

import csv
import json

import numpy as np
import pytest

from sim.analysis import variance_shares
from sim.analysis.variance_shares import (
    COLUMNS,
    GROUPS,
    LEAST,
    OTHER_CHANCE,
    SpreadParts,
    VarianceShares,
    scaled,
    shares,
    standard_errors,
)
from sim.engines import simulate
from sim.engines.options import ALL
from sim.engines.simulate import parameters_for
from sim.io.errors import InputError
from sim.model.parameters import load_parameters
from sim.model.theories import theories
from sim.model.variables import Series
from sim.report.run_answer import answer, ending, share_cells
from sim.runs import causes, recording
from sim.runs.output import document
from sim.runs.run import run

SMALL = {"members": LEAST, "until": "2027Q4"}
NAMES = ("parameters", "chance", "theories")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    out = tmp_path_factory.mktemp("split") / "run"
    return run("skydagger-delivery", out=out, pictures="none", **SMALL), out


def drawn(*, members=4000, parameters=0.0, chance=0.0, means=(0.0, 0.0, 0.0), seed=5):
    """Changes of one cell with known standard deviations, already on the scale of the shares: (1, 5, members)."""
    numbers = np.random.default_rng(seed)
    world = parameters * numbers.standard_normal(members)
    rows = [world + chance * numbers.standard_normal(members) for _ in range(2)]
    return np.array([[*rows, *(world + mean for mean in means)]])


# ---- the arithmetic of shares ----------------------------------------------------------------------------------------


def test_shares_are_those_of_the_known_variances():
    """Variances 4 and 1, and theories at 0, 0 and 3, whose variance is 2."""
    (found,) = shares(drawn(members=200_000, parameters=2.0, chance=1.0, means=(0.0, 0.0, 3.0)))
    assert found == pytest.approx([4 / 7, 1 / 7, 2 / 7], abs=0.01)


def test_shares_are_of_their_sum():
    assert shares(drawn(parameters=1.0, chance=2.0, means=(0.0, 1.0, 5.0))).sum() == pytest.approx(1.0, abs=1e-12)


def test_a_world_without_chance_owes_nothing_to_it():
    (found,) = shares(drawn(parameters=1.0, means=(0.0, 0.0, 0.0)))
    assert found.tolist() == [1.0, 0.0, 0.0]


def test_worlds_that_are_all_alike_owe_nothing_to_parameters_within_the_error():
    values = drawn(chance=1.0)
    found, error = shares(values)[0], standard_errors(values)[0]
    assert 0.0 <= found[0] <= 3.0 * error[0] + 0.02 and found[1] > 0.95


def test_a_covariance_below_zero_counts_as_nothing():
    once = np.linspace(-1.0, 1.0, 64)
    (found,) = shares(np.array([[once, -once, once * 0, once * 0, once * 0]]))
    assert found.tolist() == [0.0, 1.0, 0.0]


def test_theories_are_the_whole_of_it_where_worlds_do_not_differ():
    (found,) = shares(drawn(means=(1.0, 2.0, 4.0)))
    assert found.tolist() == [0.0, 0.0, 1.0]


def test_where_nothing_differs_there_is_no_share():
    assert np.isnan(shares(drawn())).all()


def test_order_of_the_theories_does_not_matter():
    values = drawn(parameters=1.0, chance=0.5, means=(0.0, 1.0, 3.0))
    np.testing.assert_allclose(shares(values), shares(values[:, [0, 1, 4, 2, 3]]), rtol=1e-12)


def test_shares_do_not_depend_on_the_unit_of_the_change():
    changes = np.exp(drawn(parameters=1.0, chance=0.5, means=(0.0, 0.5, 1.0)))
    np.testing.assert_allclose(shares(scaled(changes)), shares(scaled(1e6 * changes)), rtol=1e-9)


def test_shares_do_not_depend_on_the_sign_of_the_change():
    changes = np.exp(drawn(parameters=1.0, chance=0.5, means=(0.0, 0.5, 1.0)))
    np.testing.assert_allclose(shares(scaled(changes)), shares(scaled(-changes)), rtol=1e-12)


def test_one_extreme_world_does_not_decide():
    """Of the changes themselves, one that comes out a thousand times as large would owe all of the spread to chance."""
    changes = np.exp(drawn(members=256, parameters=1.0, chance=0.5))
    (before,) = shares(scaled(changes))
    changes[0, 0, 7] *= 1e3
    assert shares(changes)[0, 1] > 0.9
    assert shares(scaled(changes))[0, 1] - before[1] < 0.2


def test_no_change_stays_zero_on_the_scale_and_small_changes_keep_their_proportion():
    found = scaled(np.array([[[0.0, 0.001, 0.002, -1.0, 1.0, 2.0, 1000.0]]]))[0, 0]
    assert found[0] == 0.0
    assert found[2] / found[1] == pytest.approx(2.0, rel=1e-5)
    assert found[6] - found[5] == pytest.approx(np.log(500.0), abs=0.2)  # a very large one counts by its logarithm


def test_the_standard_error_is_that_of_repeated_samples():
    many = [shares(drawn(members=256, parameters=1.0, chance=1.0, seed=seed))[0, 0] for seed in range(200)]
    one = [standard_errors(drawn(members=256, parameters=1.0, chance=1.0, seed=seed))[0, 0] for seed in range(20)]
    assert np.mean(one) == pytest.approx(np.std(many), rel=0.25)


def test_a_share_that_rests_on_one_world_has_no_error_and_the_answer_says_so():
    values = drawn(members=LEAST)
    values[0, 0, 3] = 1.0
    assert shares(values)[0].tolist() == [0.0, 1.0, 0.0] and np.isnan(standard_errors(values)).all()
    rare = VarianceShares(Series("troops", "NATO"), "2030", "thousand", SpreadParts(0.0, 1.0, 0.0), None, LEAST)
    assert share_cells(rare) == ["0 ±?", "100 ±?", "0 ±?"]


def test_every_group_that_is_left_out_has_members():
    assert LEAST >= 2 * GROUPS


# ---- the split of a run ----------------------------------------------------------------------------------------------


def test_every_line_of_the_answer_has_its_split(finished):
    result, _ = finished
    for row in result.findings:
        assert result.variance_shares(row).members == LEAST


def test_every_later_calendar_year_has_its_split(finished):
    result, _ = finished
    years = {one.quarter for one in result.uncertainty if one.series.variable == "tension"}
    assert years == {"2025Q4", "2026", "2026Q4", "2027"}


def test_shares_of_a_run_add_up_to_one_and_have_errors(finished):
    result, _ = finished
    told = [one for one in result.uncertainty if one.shares]
    assert told
    for one in told:
        assert sum(one.shares) == pytest.approx(1.0, abs=2e-4)
        assert one.errors is None or min(one.errors) >= 0.0


def test_a_model_without_chance_owes_nothing_to_it():
    result = run("skydagger-delivery", settings=("chance=0",), **SMALL)
    assert {one.shares.chance for one in result.uncertainty if one.shares} == {0.0}
    spending = [one for one in result.uncertainty if one.series == Series("spending", "SRB")]
    assert all(one.shares.parameters > 0.0 for one in spending)


def test_a_model_whose_parameters_are_all_known_owes_nothing_to_them():
    """What is left is chance, and the choice between theories; the size of the delivery is fixed as well."""
    table = load_parameters()
    places = {key: row for row, key in enumerate(table.keys)}
    known = [f"{key}={table.distributions[places[key]].centre!r}" for key in table.uncertain]
    fixed = (*known, "events.skydagger-order.n=4000")
    result = run("skydagger-delivery", settings=fixed, members=256, until="2027Q4")
    told = [one for one in result.uncertainty if one.shares and one.errors]
    assert len(told) > 10
    for one in told:
        assert one.shares.parameters <= 3.0 * one.errors.parameters + 0.05, one


def test_the_number_delivered_is_owed_to_parameters_alone(finished):
    """Neither luck nor a theory changes how many munitions arrive."""
    result, _ = finished
    munitions = Series("loitering", "XKX")
    (one,) = (one for one in result.uncertainty if one.series == munitions and one.quarter == "2025Q4")
    assert one.shares == (1.0, 0.0, 0.0)


def test_theories_that_are_overridden_alike_owe_nothing_to_the_choice():
    result = run(
        "skydagger-delivery",
        settings=("deterrence=0.2", "deterrence_alone=0", "moral_hazard=0.1", "coupling=1"),
        **SMALL,
    )
    assert {one.shares.theories for one in result.uncertainty if one.shares} == {0.0}


def test_chance_is_drawn_again_and_nothing_else_and_nothing_is_simulated_twice(monkeypatch):
    seen = []
    true = simulate.simulated

    def watched(world, members, *, chance_seed=None, **options):
        seen.append((world.parameters.digest, len(members), options["seed"], chance_seed))
        return true(world, members, chance_seed=chance_seed, **options)

    for module in (simulate, causes):
        monkeypatch.setattr(module, "simulated", watched)
    result = run("skydagger-delivery", seed=7, threads=1, **SMALL)
    own = result.parameters_digest
    assert [row[2] for row in seen] == [
        7
    ] * 14  # the last four switch ways of the hazard off; one of the three is a theory
    assert [row[3] for row in seen] == [None, None, 7 ^ OTHER_CHANCE, 7 ^ OTHER_CHANCE, *[None] * 10]
    assert [row[0] for row in seen[:4]] == [own] * 4
    of_theories = [parameters_for(result.scenario, name, result.fit).digest for name in theories()]
    assert [row[0] for row in seen[5:11:2]] == of_theories
    assert [seen.count(row) for row in seen] == [
        2
    ] * 14  # once for each of the two worlds, whose parameters are the same


def test_few_simulations_are_not_split(tmp_path):
    result = run("skydagger-delivery", members=LEAST - 1, until="2026Q4", out=tmp_path / "run", pictures="none")
    assert result.uncertainty is None and not (tmp_path / "run" / "uncertainty.csv").exists()
    assert "fewer than 64 simulations" in document(result, tmp_path)["uncertainty"]["note"]
    assert "not said of fewer than 64 simulations" in " ".join("\n".join(answer(result, full=True)).split())


def test_a_scenario_that_is_compared_to_nothing_is_not_split():
    result = run("baseline", members=LEAST, until="2019Q4")
    assert result.uncertainty is None
    assert variance_shares.why_not(result) == "the scenario is compared with nothing"


def test_worlds_that_do_not_differ_are_not_run_again():
    result = run("skydagger-delivery", members=LEAST, until="2020Q4")
    assert result.uncertainty == ()
    assert variance_shares.why_not(result) == "nothing differs"


def test_the_split_can_be_left_out():
    assert run("skydagger-delivery", split=False, **SMALL).uncertainty is None


# ---- files and words -------------------------------------------------------------------------------------------------


def test_the_table_is_tidy_and_complete(finished):
    result, out = finished
    with (out / "uncertainty.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(result.uncertainty) == len({tuple(row[name] for name in COLUMNS[:4]) for row in rows})
    for row, one in zip(rows, result.uncertainty, strict=True):
        told = "" if one.shares is None else str(one.shares.parameters)
        assert (row["variable"], row["quarter"], row["share_parameters"]) == (one.series.variable, one.quarter, told)


def test_a_share_that_is_not_there_is_blank(finished):
    _, out = finished
    with (out / "uncertainty.csv").open(encoding="utf-8", newline="") as file:
        blank = [row for row in csv.DictReader(file) if row["share_chance"] == ""]
    assert all(row["share_parameters"] == row["se_theories"] == "" for row in blank)


def test_same_seed_gives_the_same_bytes_on_any_number_of_threads(finished, tmp_path):
    _, out = finished
    run("skydagger-delivery", out=tmp_path / "one", threads=1, pictures="none", **SMALL)
    assert (tmp_path / "one" / "uncertainty.csv").read_bytes() == (out / "uncertainty.csv").read_bytes()


def test_members_in_chunks_give_the_same_split(finished, monkeypatch):
    result, _ = finished
    monkeypatch.setattr(simulate, "CHUNK", 16)
    monkeypatch.setattr(recording, "CHUNK", 16)
    assert run("skydagger-delivery", **SMALL).uncertainty == result.uncertainty


def test_json_says_what_each_part_means(finished):
    result, out = finished
    found = json.loads(json.dumps(document(result, out), allow_nan=False))["uncertainty"]
    assert set(found["meaning"]) == set(NAMES) and found["note"] is None and found["members"] == LEAST
    assert "asinh" in found["scale"]
    assert found["rows"][0] == result.uncertainty[0].to_json()


def place_of(row):
    return row.topic.series, row.when


@pytest.mark.parametrize("width", [80, 100])
def test_the_answer_says_where_the_uncertainty_comes_from(finished, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    result, out = finished
    text = "\n".join(answer(result, full=True))
    told = " ".join(text.split())
    assert "Where the uncertainty comes from, in %" in told and "uncertainty.csv" in told
    for words in (
        "Unknown inputs: numbers of the model",
        "Luck: the same simulation",
        "Choice of theory: which of the",
    ):
        assert words in told
    lines = text.split("\n")
    assert max(len(line) for line in lines if not line.startswith("  armsrace")) <= width
    (spending,) = [line for line in lines if line.startswith("Serbia's spending in 2026  ") and "±" in line]
    one = next(one for one in result.uncertainty if (one.series, one.quarter) == (Series("spending", "SRB"), "2026"))
    assert f"{100 * one.shares.parameters:.0f} ±{100 * one.errors.parameters:.0f}" in spending
    largest = next(one for one in result.uncertainty if (one.series, one.quarter) == place_of(result.largest_effect))
    brief = " ".join("\n".join(ending(result, "skydagger-delivery", out)).split())
    assert f"comes from unknown inputs ({100 * largest.shares.parameters:.0f} %), luck (" in brief
    assert "it depends most on" in brief and "rank correlation" in brief
    assert "±" not in brief


def test_all_is_no_theory_of_a_single_run():
    with pytest.raises(InputError, match=r"sim\.runs\.theories\.run_theories"):
        run("skydagger-delivery", members=2, theory=ALL)


def test_half_a_member_is_refused_in_python_too():
    with pytest.raises(InputError, match=r"2\.9 is not a whole number"):
        run("skydagger-delivery", members=2.9)
