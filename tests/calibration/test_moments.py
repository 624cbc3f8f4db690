"""What the ensemble is fitted to: figures that exist, values worked by hand, faults that are located, predictions."""

import math
import os
import subprocess
import sys
from functools import cache

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.calibration import moments
from sim.calibration.likelihood import observed
from sim.calibration.moments import (
    AtLeast,
    Choice,
    Incidents,
    LeadTime,
    Level,
    Ordering,
    YearlyExports,
    date_span,
    figure,
    load_moments,
)
from sim.calibration.predictions import Predictor
from sim.calibration.stages import NormalScale
from sim.cli.main import main
from sim.data.tables import rows_by_id
from sim.engines.compiled.engine import chances_of_followed, drawn_parameters, simulate
from sim.engines.simulate import prepared_scenario
from sim.io.assets import data_file
from sim.io.errors import InputError
from sim.io.quarters import index_of
from sim.model.parameters import load_parameters
from sim.model.schedule import script_of
from sim.model.variables import Series
from sim.scenario.loading import load_scenario

SHIPPED = load_moments()


def moment(name):
    return SHIPPED.moments[name]


# ---- what is declared --------------------------------------------------------------------------------------------------


def test_every_kind_of_moment_is_used():
    kinds = {type(one) for one in SHIPPED.moments.values()}
    assert kinds == {Level, AtLeast, Ordering, Choice, LeadTime, Incidents, YearlyExports}


def test_every_figure_exists_also_of_what_is_left_out():
    names = [name for one in (*SHIPPED.moments.values(), *SHIPPED.not_fitted) for name in one.figures]
    assert len(names) > 90
    for name in names:
        assert figure(name)["id"] == name


def test_each_moment_names_the_document_of_its_figures():
    for name, one in SHIPPED.moments.items():
        for row in one.figures:
            source = figure(row)["source"]
            is_outside = any(row in rows_by_id(table) for table in ("context", "context_events"))
            assert one.document == ("outside" if is_outside else source), (name, row)


def test_no_figure_counts_twice_in_moments_of_one_kind():
    for kind in (Level, AtLeast, Incidents, YearlyExports):
        used = [row for one in SHIPPED.moments.values() if isinstance(one, kind) for row in one.figures]
        assert len(used) == len(set(used))


def test_exports_are_the_printed_row_of_their_buyer_in_the_order_of_the_years():
    for one in SHIPPED.moments.values():
        if isinstance(one, YearlyExports):
            assert one.figures == [f"004-T1-{one.buyer}-{year}" for year in range(2018, 2024)]
            assert {figure(row)["counterpart"] for row in one.figures} == {one.buyer}


def test_every_moment_says_why_its_error_is_what_it_is():
    assert all(one.what and one.why for one in SHIPPED.moments.values())
    assert all(one.reason for one in SHIPPED.not_fitted)


# ---- observed values, worked from the printed figures ------------------------------------------------------------------


def test_a_tb2_costs_what_romania_paid_for_eighteen():
    """321 million dollars for 18."""
    assert moment("price-uav").observed() == pytest.approx(17.8333, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("spending-2023-TUR", 20_000.0),  # printed: 20 billion dollars
        ("spending-2023-SRB", 2_500.0),  # 2.5 billion
        ("spending-2023-XKX", 100.0),  # 100 million
        ("grant-TUR-XKX", 1.0),  # one million
        ("troops-kfor", 4.5),  # about 4,500
        ("trade-steady", 1.0),  # two billion in both years
    ],
)
def test_levels_are_in_the_units_of_the_model(name, value):
    assert moment(name).observed() == pytest.approx(value)


def test_more_than_a_hundred_per_cent_is_at_least_twice_as_much():
    assert moment("budget-growth-XKX").observed() == pytest.approx(2.0)
    assert moment("equipment-XKX").observed() == pytest.approx(31.014978)


@pytest.mark.parametrize(
    ("name", "shortest", "longest"),
    [
        ("lead-uav-XKX", 4 / 12, 17 / 12),  # between 31 December 2022 and 1 May 2023; 1 January 2022 and 31 May 2023
        ("lead-uav-ALB", 14 / 12, 27 / 12),  # March 2024
        ("lead-loitering-XKX", 9 / 12 + 7 / 372, 10 / 12 + 8 / 372),  # December 2024 and 8 October 2025
    ],
)
def test_lead_times_lie_between_what_the_printed_dates_leave_open(name, shortest, longest):
    assert moment(name).observed() == pytest.approx((shortest, longest), abs=1e-9)


def test_eleven_incidents_are_counted_in_the_quarters_in_which_they_began():
    """Of the record beyond the documents: two in early 2018, two in May 2023, Banjska in September."""
    counts = moment("incidents-north").observed()
    assert len(counts) == 32  # 2018Q1 to 2025Q4
    happened = {"2018Q1": 2, "2019Q2": 1, "2021Q3": 1, "2021Q4": 1, "2022Q3": 1, "2022Q4": 1, "2023Q2": 2, "2023Q3": 1,
                "2024Q4": 1}  # fmt: skip
    assert {quarter: count for quarter, count in enumerate(counts) if count} == {
        index_of(quarter): count for quarter, count in happened.items()
    }


def test_all_incidents_on_record_in_the_quarters_that_are_fitted_are_counted():
    recorded = [row for row in rows_by_id("context_events").values() if row["kind"] == "incident"]
    assert {row["id"] for row in recorded if row["date"] >= "2018"} == set(moment("incidents-north").figures)


def test_exports_to_kosovo_are_those_printed_in_million_dollars():
    printed = (0.452568, 0.577176, 0.638750, 2.384261, 12.919237, 31.014978)
    assert moment("exports-XKX").observed() == pytest.approx(printed)


def test_choices_are_one_or_zero_and_orders_and_bounds_hold():
    assert observed(moment("interest-before")).tolist() == [1.0]
    assert observed(moment("interest-after")).tolist() == [0.0]
    assert observed(moment("relation-condemned")).tolist() == [1.0]
    assert observed(moment("budget-growth-XKX")).tolist() == [1.0]
    assert observed(moment("price-uav")) == pytest.approx([math.log(321 / 18)])


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", 2024.0, 2025.0),
        ("2024-12", 2024 + 11 / 12, 2025.0),
        ("2024-02-29", 2024 + 1 / 12 + 28 / 348, 2024 + 2 / 12),
        ("2023-02-28", 2023 + 1 / 12 + 27 / 336, 2023 + 2 / 12),
        ("2023-01-01", 2023.0, 2023 + 1 / 372),
    ],
)
def test_a_printed_date_is_as_wide_as_it_is_precise(text, first, last):
    assert date_span(text) == pytest.approx((first, last), abs=1e-9)


# ---- faults ------------------------------------------------------------------------------------------------------------

TEXT = data_file("calibration", "moments.yaml").read_text(encoding="utf-8")
SPENDING = "{series: spending, actor: TUR, at: 2023}"
FAULTS = {
    "a wrong figure": ("[000-01]", "[000-99]", "moments.spending-2023-TUR", 'row "000-99"; did you mean'),
    "no figure": ("[000-01]", "[]", "moments.spending-2023-TUR", "figures cannot be read"),
    "a figure too few": ("[004-B168, 004-B169]", "[004-B168]", "moments.price-uav", "figures cannot be read"),
    "a figure without a number": ("[000-01]", "[004-B120]", "moments.spending-2023-TUR", "figures cannot be read"),
    "an unknown series": (SPENDING, SPENDING.replace("ing,", "in,"), "moments.spending-2023-TUR", "spendin TUR"),
    "an unknown actor": (SPENDING, SPENDING.replace("TUR", "TRU"), "moments.spending-2023-TUR", "spending TRU"),
    "an unknown parameter": ("uav_price", "uav_prise", "moments.price-uav", 'did you mean "uav_price"?'),
    "a parameter of many numbers": ("uav_price", "lead_time", "moments.price-uav", 'parameter "lead_time"; did you'),
    "two things at once": ("actor: TUR, at", "parameter: chance, at", "moments.spending-2023-TUR", "exactly one of"),
    "a time beyond the end": ("TUR, at: 2023}", "TUR, at: 2050}", "moments.spending-2023-TUR", "2050 is outside"),
    "a time that is none": ("TUR, at: 2023}", "TUR, at: 2023Q5}", "moments.spending-2023-TUR", "2023Q5"),
    "no time": ("TUR, at: 2023}", "TUR}", "moments.spending-2023-TUR", "not a year, a quarter or two quarters"),
    "an unknown kind": ("kind: level", "kind: levle", "moments.spending-2023-TUR", 'did you mean "level"?'),
    "a misspelt field": ("error: 0.25", "eror: 0.25", "moments.spending-2023-TUR.eror", 'did you mean "error"?'),
    "a misspelt field of a factor": ("actor: TUR", "aktor: TUR", ".of 1, aktor", 'did you mean "actor"?'),
    "an error of nothing": ("error: 0.25", "error: 0", "moments.spending-2023-TUR.error", "0 must be above 0"),
    "an error in words": ("error: 0.25", "error: large", "spending-2023-TUR.error", '"large" is not a number'),
    "a value below zero": ("factor: 1.0e-6", "factor: -1.0e-6", "moments.spending-2023-TUR", "above zero"),
    "an unknown buyer": ("buyer: ALB", "buyer: ALX", "moments.exports-ALB", '"ALX" is not a buyer'),
    "the seller as a buyer": ("buyer: ALB", "buyer: TUR", "moments.exports-ALB", '"TUR" is not a buyer'),
    "a year too few": ("004-T1-ALB-2018, ", "", "moments.exports-ALB", "each year 2018-2023"),
    "an incident outside": (
        "2018Q1, 2025Q4]",
        "2018Q1, 2023Q2]",
        "moments.incidents-north",
        "lies outside its quarters",
    ),
    "a date in words": ("ordered: 2024-12", "ordered: winter", "moments.lead-loitering-XKX", "winter"),
    "an unknown class": ("class: uav", "class: uva", "moments.lead-uav-XKX.class", "uva"),
    "an unknown consent": ("consent: uav,", "consent: uva,", "moments.consent-XKX-uav.of 1, consent", "uva"),
    "a consent to nobody": ("consent: uav, buyer: XKX", "consent: uav", "moments.consent-XKX-uav", "unknown buyer"),
    "a choice in words": ("done: true", "done: perhaps", "moments.interest-before.done", "not true or false"),
    "an unknown prior": (
        "{lognormal: [0.5,",
        "{lognromal: [0.5,",
        "observation.background_spread",
        'did you mean "lognormal"?',
    ),
    "a prior out of range": ("{lognormal: [0.5,", "{lognormal: [50,", "observation.background_spread", "50 is outside"),
    "a moment given twice": ("spending-2023-SRB:", "spending-2023-TUR:", "spending-2023-TUR", "given twice"),
    "no moments": ("\nmoments:", "\nmomnets:", "momnets", 'did you mean "moments"?'),
}


@pytest.mark.parametrize("which", FAULTS)
def test_a_faulty_file_is_refused_with_file_line_place_and_remedy(tmp_path, which):
    old, new, where, words = FAULTS[which]
    assert old in TEXT
    file = tmp_path / "mine.yaml"
    file.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_moments(file)
    title, *rows = str(caught.value).splitlines()
    assert "mine.yaml" in title
    assert any(row.startswith("  line ") and where in row and words in row for row in rows), rows


def test_all_faults_are_reported_at_once(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(TEXT.replace("[000-01]", "[000-99]").replace("parameter: uav_price", "parameter: uav_prise"))
    with pytest.raises(InputError, match="2 problems"):
        load_moments(file)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        load_moments(tmp_path / "moments.yaml")


def test_the_digest_changes_with_the_file_and_with_the_figures(tmp_path, monkeypatch):
    file = tmp_path / "mine.yaml"
    file.write_text(TEXT.replace("error: 0.25", "error: 0.26", 1), encoding="utf-8")
    assert load_moments(file).digest != SHIPPED.digest
    same = tmp_path / "same.yaml"
    same.write_text(f"# a comment changes nothing\n{TEXT}", encoding="utf-8")
    assert load_moments(same).digest == SHIPPED.digest
    other = tmp_path / "figures.yaml"
    other.write_text(TEXT, encoding="utf-8")
    corrected = {**figure("000-03"), "value": "2600000000"}
    monkeypatch.setattr(moments, "figure", lambda name: corrected if name == "000-03" else figure(name))
    assert load_moments(other).digest != SHIPPED.digest


# ---- predictions -------------------------------------------------------------------------------------------------------

MEMBERS = np.arange(70)
SEED = 9


@cache
def replayed():
    """The replay, its scale, and what 70 members of the prior predict."""
    world = prepared_scenario(load_scenario(SHIPPED.scenario))
    scale = NormalScale.of(world.parameters, SHIPPED.observation)
    predictor = Predictor(world.parameters, world.script, SHIPPED, SEED)
    scores = scale.prior_scores(SEED, MEMBERS)
    return predictor, scale, scores, predictor.predict(*scale.values(scores), MEMBERS)


def predicted(name):
    replay, _, _, predictions = replayed()
    return predictions[replay.rows[name]]


def test_every_member_predicts_a_number_for_every_moment():
    replay, _, _, predictions = replayed()
    assert predictions.shape == (replay.size, len(MEMBERS))
    assert np.isfinite(predictions).all()
    assert [rows.start for rows in replay.rows.values()] == sorted(rows.start for rows in replay.rows.values())
    assert sum(rows.stop - rows.start for rows in replay.rows.values()) == replay.size


def test_a_member_predicts_the_same_alone_and_in_company():
    replay, scale, scores, predictions = replayed()
    values, observation = scale.values(scores[:, [37]])
    alone = replay.predict(values, observation, MEMBERS[[37]])[:, 0]
    assert alone == pytest.approx(predictions[:, 37], rel=1e-12, abs=1e-14)  # logarithms of arrays round by position


def test_nothing_is_drawn_by_lot_in_the_replay():
    """The same parameters predict the same, whatever the member's number, up to the sizes of the script's events."""
    replay, scale, scores, _ = replayed()
    both = replay.predict(*scale.values(scores[:, [5, 5]]), np.array([5, 66]))
    differing = {name for name, rows in replay.rows.items() if not np.allclose(*both[rows].T, rtol=1e-3, atol=0.03)}
    assert differing <= {"relation-low-2025", "grant-TUR-XKX"}  # sizes of the Skydagger order and of American vehicles


def given(key):
    return drawn_parameters(load_parameters(), members=MEMBERS, seed=SEED)[load_parameters().rows_of(key)[0]]


def test_members_of_the_prior_take_the_parameters_that_runs_draw():
    """The normal scores, turned back into values, are the draws of a run with that seed."""
    _, scale, scores, _ = replayed()
    values, _ = scale.values(scores)
    for row, key in enumerate(scale.keys[: scale.of_model]):
        assert values[row] == pytest.approx(given(key), rel=1e-9, abs=1e-12), key


def test_scores_of_zero_are_medians_and_higher_scores_higher_values():
    _, scale, _, _ = replayed()
    steps = np.tile([-8.5, -1.0, 0.0, 1.0, 8.5], (len(scale.keys), 1))
    values = np.concatenate(scale.values(steps))
    assert (np.diff(values, axis=1) >= 0.0).all() and (np.diff(values[:, 1:4], axis=1) > 0.0).all()
    place = {key: row for row, key in enumerate(scale.keys)}
    assert values[place["reaction.XKX"], [1, 2]] == pytest.approx([1.7 - 2.5, 1.7])  # signed: it may be below zero
    assert values[place["lead_time.uav"], [1, 2]] == pytest.approx([1.5 * math.exp(-0.5), 1.5])
    assert values[place["uav_perceived_value"], [1, 2]] == pytest.approx([1.0 + 0.5 * math.exp(-0.57), 1.5])
    assert values[place["deterrence"], 2] == pytest.approx(0.33)
    assert values[place["background_spread"], 2] == pytest.approx(0.5)
    assert values[place["background_growth"], [1, 2]] == pytest.approx([0.0, 0.1], abs=1e-12)


def test_scores_of_the_prior_are_standard_normal():
    _, scale, _, _ = replayed()
    scores = scale.prior_scores(4, np.arange(6_000))
    assert np.abs(scores.mean(axis=1)).max() < 5.0 / math.sqrt(6_000)
    assert np.abs(scores.std(axis=1) - 1.0).max() < 5.0 / math.sqrt(12_000)


def test_level_of_a_parameter_is_its_logarithm():
    assert np.exp(predicted("price-uav")[0]) == pytest.approx(given("uav_price"), rel=1e-12)


def recorded(*wanted, chance=0.0):
    world = prepared_scenario(load_scenario(SHIPPED.scenario))
    table = world.parameters.with_overrides({"chance": chance})
    return simulate(table, world.script, members=MEMBERS, seed=SEED, quarters=index_of("2025Q4") + 1, series=wanted)


def test_predictions_are_what_a_run_without_chance_records():
    """Logarithms of yearly means, differences of attitudes, means of probabilities: from the run's own records."""
    spending, attitude, choice, grants, troops = recorded(
        Series("spending", "XKX"),
        Series("attitude", "SRB", "TUR"),
        Series("supplier_choice", "SRB", "TUR"),
        Series("patron_support", "TUR", "XKX"),
        Series("troops", "NATO"),
    )
    of_2021, of_2023 = (
        spending[index_of(f"{year}Q1") : index_of(f"{year}Q4") + 1].mean(axis=0) for year in (2021, 2023)
    )
    close = {"rel": 1e-6, "abs": 1e-8}
    assert predicted("spending-2023-XKX")[0] == pytest.approx(np.log(of_2023), **close)
    assert predicted("budget-growth-XKX")[0] == pytest.approx(np.log(of_2023 / of_2021), **close)
    assert predicted("equipment-XKX")[0] == pytest.approx(np.log(given("procurement_share.XKX") * of_2023), **close)
    before, lowest, later, last = (attitude[index_of(name)] for name in ("2022Q4", "2023Q2", "2023Q4", "2025Q4"))
    assert predicted("relation-condemned")[0] == pytest.approx(before - lowest, **close)
    assert predicted("relation-recovered")[0] == pytest.approx(later - 0.5 * (lowest + before), **close)
    assert predicted("relation-low-2025")[0] == pytest.approx(later - last, **close)
    years = slice(index_of("2020Q4"), index_of("2022Q4") + 1)
    assert predicted("interest-before")[0] == pytest.approx(choice[years].mean(axis=0), **close)
    assert predicted("interest-after")[0] == pytest.approx(choice[index_of("2023Q3")], **close)
    of_2024 = grants[index_of("2024Q1") : index_of("2024Q4") + 1].mean(axis=0)
    assert predicted("grant-TUR-XKX")[0] == pytest.approx(np.log(of_2024), **close)
    assert predicted("troops-kfor")[0] == pytest.approx(np.log(troops[index_of("2023Q4")]), **close)


def test_expected_incidents_are_the_hazard_over_a_quarter():
    (hazard,) = recorded(Series("hazard", "SRB", "XKX"))
    assert hazard.shape == predicted("incidents-north").shape == (32, len(MEMBERS))
    assert predicted("incidents-north") == pytest.approx(0.25 * hazard, rel=1e-6)


def test_an_incident_does_not_raise_the_hazard_that_it_is_weighed_against():
    """The hazard of a quarter is that before its incidents: without them it is the same, and lower from the next one on."""
    scenario = load_scenario(SHIPPED.scenario)
    world = prepared_scenario(scenario)
    silent = script_of([event for event in scenario.events if event.type != "incident"])
    options = {"members": MEMBERS, "seed": SEED, "quarters": 32, "series": [Series("hazard", "SRB", "XKX")]}
    table = world.parameters.with_overrides({"chance": 0.0})
    (with_clashes,), (without,) = (simulate(table, script, **options) for script in (world.script, silent))
    first = int(np.argmax((with_clashes != without).any(axis=1)))
    assert first == index_of("2018Q2")  # after the first incidents on record, of 2018Q1
    assert (with_clashes[first] > without[first]).all()


def test_lead_times_are_predicted_by_their_median_and_spread():
    assert predicted("lead-uav-XKX")[0] == pytest.approx(np.log(given("lead_time.uav")), rel=1e-9, abs=1e-12)
    assert predicted("lead-loitering-XKX")[0] == pytest.approx(np.log(given("lead_time.loitering")), abs=1e-9)
    assert predicted("lead-uav-XKX")[1] == pytest.approx(given("lead_spread"))
    assert predicted("lead-uav-ALB").tolist() == predicted("lead-uav-XKX").tolist()


def test_exports_are_predicted_by_how_often_and_how_large_orders_are():
    _, scale, scores, _ = replayed()
    rate, size, spread, background, growth = predicted("exports-MNE")
    choice, consent = chances_of_followed(
        drawn_parameters(load_parameters(), members=MEMBERS, seed=SEED), [("MNE", "arms")]
    )
    expected = given("request_rate.arms") * given("request_factor.MNE") * choice[0] * consent[0]
    assert rate == pytest.approx(expected, rel=1e-9)
    shares = given("request_share.arms") * given("procurement_share.MNE") * given("spending_scale.MNE")
    assert np.exp(size) == pytest.approx(shares, rel=1e-9)
    assert spread == pytest.approx(given("request_spread.arms"))
    values = np.concatenate(scale.values(scores))
    assert background.tolist() == values[scale.keys.index("background_spread")].tolist()
    assert growth.tolist() == values[scale.keys.index("background_growth")].tolist()


def test_chances_of_a_deal_are_those_of_the_run_at_its_start():
    """The first quarter of the record has moved a little from the start."""
    wanted = [Series("supplier_choice", "SRB", "TUR"), Series("supplier_choice", "XKX", "TUR")]
    choices, consents = chances_of_followed(
        drawn_parameters(load_parameters(), members=MEMBERS, seed=SEED), [("SRB", "uav"), ("XKX", "uav")]
    )
    first = np.array([series[0] for series in recorded(*wanted)])
    assert np.abs(choices - first).max() < 0.04
    assert np.corrcoef(choices[0], first[0])[0, 1] > 0.98
    assert ((consents > 0.0) & (consents < 1.0)).all()


def test_chances_of_a_member_are_the_same_alone_in_company_and_in_any_order_of_requests():
    table = drawn_parameters(load_parameters(), members=MEMBERS, seed=SEED)
    choices, consents = chances_of_followed(table, [("SRB", "uav"), ("MKD", "arms")])
    turned = chances_of_followed(table[:, [41]], [("MKD", "arms"), ("SRB", "uav")])
    assert turned[0][::-1, 0].tolist() == choices[:, 41].tolist()
    assert turned[1][::-1, 0].tolist() == consents[:, 41].tolist()
    assert not np.allclose(choices[0], choices[1])


# ---- one's own ---------------------------------------------------------------------------------------------------------

OWN = """\
format_version: 1
scenario: skydagger-delivery
moments:
  mine:
    {what: what I measured, document: mine, figures: [my-01], kind: level, of: [{series: spending, actor: SRB, at: 2023}], factor: 1.0e-6,
     error: 0.02, why: a test}
"""
SHORT = """\
import sys
from sim.calibration import run, stages
from sim.cli.main import main
run.QUICK = stages.Effort(members=1_000, groups=2, particles=40, sets=1, set_members=400, set_particles=20)
sys.exit(main(sys.argv[1:]))
"""


def test_figures_parameters_and_targets_of_ones_own_are_fitted(tmp_path):
    """A spending that is a fifth above the record is laid to the record's error, whose prior is made wide; nothing else moves."""
    (tmp_path / "data" / "seeds").mkdir(parents=True)
    figures = data_file("seeds", "figures.csv").read_text(encoding="utf-8")
    observed = 1e6 * float(rows_by_id("context")["milex-SRB-2023"]["value"])
    own = f"my-01,military spending,SRB,,{1.2 * observed},,,USD,2023,reported,000,my table,,,,\n"
    (tmp_path / "data" / "seeds" / "figures.csv").write_text(figures + own, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    declared = data_file("calibration", "parameters.yaml").read_text(encoding="utf-8")
    (tmp_path / "parameters.yaml").write_text(f"# mine\n{declared}", encoding="utf-8")
    words = [
        "calibrate",
        "--quick",
        "--moments",
        "own.yaml",
        "--parameters",
        "parameters.yaml",
        "--data",
        "data",
        "--out",
        "fit",
    ]
    done = subprocess.run(
        [sys.executable, "-c", SHORT, *words], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(data_file("seeds").parent)},
    )  # fmt: skip
    assert done.returncode == 0 and "Pinned: spending_scale.SRB." in done.stdout, done.stderr
    draws = pq.read_table(tmp_path / "fit" / "draws.parquet").column("spending_scale.SRB").to_numpy()
    assert draws.mean() == pytest.approx(1.2, abs=0.03)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("my-01", "my-02", "no figure, event or context row"),
        ("actor: SRB", "actor: SRX", "no recorded series spending SRX"),
        ("error: 0.02", "error: 0", "must be above 0"),
        ("kind: level", "kind: levle", 'did you mean "level"'),
    ],
)
def test_a_mistake_in_targets_of_ones_own_is_told_with_its_line(tmp_path, capsys, old, new, told):
    (tmp_path / "own.yaml").write_text(
        OWN.replace("my-01", "000-03").replace(old.replace("my-01", "000-03"), new), encoding="utf-8"
    )
    assert main(["calibrate", "--quick", "--moments", str(tmp_path / "own.yaml"), "--out", str(tmp_path / "fit")]) == 2
    said = capsys.readouterr().err
    assert told in said and "line " in said
    assert main(["calibrate", "--quick", "--parameters", str(tmp_path / "none.yaml")]) == 2
    assert "is no file; it was to stand in for calibration/parameters.yaml" in capsys.readouterr().err
    assert not (tmp_path / "fit").exists()


def test_rows_of_table_1_need_what_small_trade_is_drawn_from(tmp_path):
    content = data_file("calibration", "moments.yaml").read_text(encoding="utf-8")
    (tmp_path / "own.yaml").write_text(content.replace("background_growth:", "another:"), encoding="utf-8")
    with pytest.raises(InputError, match="needs background_growth under observation"):
        load_moments(tmp_path / "own.yaml")
