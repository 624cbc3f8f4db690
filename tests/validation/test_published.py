"""Published results: each holds, each can fail, and the fitting routine finds what was put in."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from sim.analysis.reaction_fit import ReactionFit, reaction_fit
from sim.analysis.richardson import LinearRace
from sim.data.tables import amount, sources
from sim.io import progress
from sim.io.errors import InputError
from sim.model.parameters import load_parameters
from sim.rules import tension
from sim.validation import checks, published_evidence, published_theory
from sim.validation.published import COMPUTED_BY, Check, Expected, applications, published_results
from sim.validation.published_evidence import odds_values, rate_values
from sim.validation.published_theory import exponential_fit, race_values
from tests.command_line import armsrace

FILE = Path(__file__).parents[2] / "seeds" / "published.yaml"
# What V11 told rested on a rule that the model no longer has; V9 were theorems, which tests/analysis/test_richardson.py tries.
IDS = [f"V{number}" for number in range(1, 17) if number not in (9, 11)]
RESULTS = {result.id: result for result in published_results()}


def verdict_of(id_, path=None):
    """Verdict of one result computed anew, from the project's file or from another."""
    (result,) = published_results(path, only=[id_])
    return result.verdict


def changed(tmp_path, after, old, new):
    """A copy of the file in which a text, the first behind another, is replaced."""
    text = FILE.read_text(encoding="utf-8")
    start = text.index(after)
    assert old in text[start:], old
    path = tmp_path / "published.yaml"
    path.write_text(text[:start] + text[start:].replace(old, new, 1), encoding="utf-8")
    return path


# ---- the suite -------------------------------------------------------------------------------------------------------


def test_suite_has_fourteen_results():
    assert list(RESULTS) == IDS


@pytest.mark.parametrize("id_", IDS)
def test_published_result_is_reproduced(id_):
    failing = [(one.part, one.line.quantity, one.got) for one in RESULTS[id_].comparisons if one.verdict == "fails"]
    assert failing == []
    assert RESULTS[id_].verdict == ("data only" if id_ in ("V15", "V16") else "holds")


def test_serbia_and_kosovo_are_shown_and_not_judged():
    (ours,) = applications()
    assert ours.verdict == "not judged"
    got = {(one.part[:8], one.line.quantity): one.got for one in ours.comparisons}
    for side in ("Serbia", "Kosovo"):
        low, high = got["constant", f"k of {side} 95 %"]
        assert low < 0.0 < high
    assert got["constant", "class of the race"].startswith("undetermined")


def test_every_result_can_be_cited_and_every_line_has_a_unit():
    for result in (*RESULTS.values(), *applications()):
        assert result.source in sources()
        assert result.locator
        assert all(one.line.unit for one in result.comparisons)


def test_remembered_numbers_are_called_unverified():
    assert RESULTS["V6"].status == "unverified"
    own = [one for one in RESULTS["V1"].comparisons if one.line.note == "his own line"]
    assert [one.status for one in own] == ["unverified", "unverified"]


def test_measures_that_disagree_about_turkey_are_shown():
    got = {(one.part[:8], one.line.quantity): one.got for one in RESULTS["V13"].comparisons}
    assert got["constant", "k of Türkiye 95 %"][0] < 0.0
    assert got["current ", "k of Türkiye 95 %"][0] > 0.0
    assert got["share of", "k of Türkiye 95 %"][0] > 0.0
    assert "not robust to the measure" in RESULTS["V13"].note


def test_tension_raises_the_hazard_of_the_model_by_no_more_than_the_record_allows():
    """exp(2.5 (1 - 0.35)) is 5.078; the upper end of the record is 5.087."""
    got = {one.line.quantity: one.got for one in RESULTS["V15"].comparisons[:3]}
    assert got["hazard at full tension over that at rest in the model"] == pytest.approx(5.078, abs=5e-4)
    assert got["hazard at full tension over that at rest in the model"] < got["its interval"][1]


# ---- nothing passes by itself ----------------------------------------------------------------------------------------


def wrong(number):
    return number + 0.01 * max(1.0, abs(number))


@pytest.mark.parametrize("id_", IDS)
def test_every_judged_line_fails_when_the_code_gives_another_answer(id_):
    judged = [one for one in RESULTS[id_].comparisons if one.line.judged]
    assert judged
    for one in judged:
        numbers = one.got if isinstance(one.got, tuple) else (one.got,)
        if isinstance(one.got, str):
            other = "another word"
        elif one.line.contains is not None or one.line.above is not None:
            other = (1.0, 2.0) if one.line.contains is not None else (-1.0, 2.0)
        else:
            far = 1.01 * (one.line.tolerance or 0.0)
            other = tuple(wrong(number) + far for number in numbers)
            other = other if isinstance(one.got, tuple) else other[0]
        assert Check(one.part, one.line, other, "").verdict == "fails", one.line.quantity


@pytest.mark.parametrize("value", [float("nan"), (float("nan"), float("nan")), ()])
def test_not_a_number_never_holds(value):
    line = Expected(quantity="q", unit="1", value=[0.0, 0.0] if isinstance(value, tuple) else 0.0, tolerance=1e9)
    assert Check("p", line, value, "").verdict == "fails"
    for line in (Expected(quantity="q", unit="1", contains=0.0), Expected(quantity="q", unit="1", above=0.0)):
        if value != ():
            assert Check("p", line, value, "").verdict == "fails"


@pytest.mark.parametrize(
    ("id_", "old", "new"),
    [
        ("V1", "slope: 0.73, level: 194", "slope: 0.731, level: 194"),
        ("V2", "reaction: [0.25, 0.25]", "reaction: [0.2501, 0.25]"),
        ("V3", "reaction: [0.05, 0.1]", "reaction: [0.1, 0.05]"),
        ("V4", "fatigue: [1.5, 4.5]", "fatigue: [4.5, 1.5]"),
        ("V5", "grievance: [1, -1]", "grievance: [-1, 1]"),
        ("V6", "reaction: [0.3333333333333333, 0.5]", "reaction: [0.5, 0.3333333333333333]"),
        ("V7", "start: [1, 1], steps: 30", "start: [1, 1.001], steps: 30"),
        ("V8", "integrator: rk4, floor: 0}", "integrator: rk4}"),
        ("V10", "fatigue: [0, 0]}", "fatigue: [0, 0.001]}"),
        ("V12", "troops: [0, 10]", "troops: [0, 9]"),
        ("V13", "measure: constant", "measure: current"),
        ("V14", "states: [IND, PAK]", "states: [PAK, IND]"),
        ("V15", "[[2049, 180], [75, 20]]", "[[2049, 180], [75, 21]]"),
        ("V16", "onsets: 14", "onsets: 13"),
    ],
)
def test_another_coefficient_fails(tmp_path, id_, old, new):
    assert verdict_of(id_, changed(tmp_path, f"  {id_}:\n", old, new)) == "fails"


def test_another_budget_of_1911_fails(monkeypatch):
    def other(name, row):
        return amount(name, row) + (0.1 if row == "richardson-DEU-1911" else 0.0)

    monkeypatch.setattr(published_theory, "amount", other)
    assert verdict_of("V1") == "fails"


def test_pakistan_that_does_not_follow_india_fails(monkeypatch):
    """Greece's spending stands in India's place: nothing to follow."""

    def other(name, row):
        return amount(name, row.replace("wdi-milex-IND", "wdi-milex-GRC"))

    monkeypatch.setattr(published_evidence, "amount", other)
    assert verdict_of("V14") == "fails"


def test_capped_hazard_fails(monkeypatch):
    rule = tension.hazard
    monkeypatch.setattr(tension, "hazard", lambda **given: rule(**{**given, "hazard_max": 0.3}))
    assert verdict_of("V12") == "fails"


def test_other_parameters_of_the_model_fail(monkeypatch):
    other = load_parameters().with_overrides({"hazard_troops": 0.14})
    monkeypatch.setattr(published_evidence, "load_parameters", lambda: other)
    assert verdict_of("V12") == "fails"


def test_exact_path_of_another_race_fails(monkeypatch):
    monkeypatch.setattr(LinearRace, "growth", lambda race, arms: np.asarray(arms) @ race.jacobian + race.grievance)
    assert [verdict_of(id_) for id_ in ("V3", "V5", "V6")] == ["fails", "fails", "fails"]


# ---- the file --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: race", "kind: racing", '"racing" is not a kind of computation'),
        ("source: bongers2019", "source: bongers2020", 'did you mean "bongers2019"?'),
        ("value: 0.731015, tolerance: 5.0e-7", "value: 0.731015", "expects nothing, or two things"),
        ("value: 0.731015, tolerance: 5.0e-7", "value: 0.7, tolerance: 1, above: 0", "expects nothing, or two things"),
        ("title: Two nations", "titel: Two nations", 'did you mean "title"?'),
        ("quantity: slope, unit: 1/yr", "quantity: slope, unti: 1/yr", 'did you mean "unit"?'),
    ],
)
def test_mistake_in_the_file_is_named_with_its_line(tmp_path, old, new, said):
    with pytest.raises(InputError) as caught:
        published_results(changed(tmp_path, "results:", old, new))
    assert said in str(caught.value)
    assert "line " in str(caught.value)


def test_every_kind_is_used():
    kinds = set(re.findall(r"^ +kind: (\w+)$", FILE.read_text(encoding="utf-8"), re.MULTILINE))
    assert kinds == set(COMPUTED_BY)


# ---- the fit ---------------------------------------------------------------------------------------------------------

TRUE = {"k": 0.31, "a": 0.47, "l": 0.12, "b": 0.26, "c": 0.9, "d": 0.4}


def synthetic(years, noise, seed=1960):
    """Two spending series that obey the equations with asymmetric coefficients, from 1901 on."""
    draw = np.random.default_rng(seed)
    x, y = np.log(80.0), np.log(30.0)
    first, second = {}, {}
    for year in range(1901, 1901 + years):
        first[year], second[year] = float(np.exp(x)), float(np.exp(y))
        u, v = noise * draw.normal(size=2)
        x, y = x + TRUE["k"] * y - TRUE["a"] * x + TRUE["c"] + u, y + TRUE["l"] * x - TRUE["b"] * y + TRUE["d"] + v
    return first, second


def test_fit_recovers_asymmetric_coefficients_without_noise():
    fit = reaction_fit(*synthetic(25, 0.0))
    np.testing.assert_allclose(fit.reactions, [TRUE["k"], TRUE["l"]], rtol=1e-6)
    np.testing.assert_allclose(fit.restraints, [TRUE["a"], TRUE["b"]], rtol=1e-6)
    np.testing.assert_allclose(fit.elasticities, [0.31 / 0.47, 0.12 / 0.26], rtol=1e-6)
    root = np.sqrt((0.47 - 0.26) ** 2 + 4 * 0.31 * 0.12)
    np.testing.assert_allclose(fit.eigenvalues, [(-0.73 + root) / 2, (-0.73 - root) / 2], rtol=1e-6)
    assert (fit.race_class, fit.changes, fit.freedom) == ("stable", 24, 21)


def test_fit_of_long_noisy_series_comes_near_and_its_intervals_hold_the_truth():
    fit = reaction_fit(*synthetic(3000, 0.1))
    for side, (reaction, restraint) in enumerate([(TRUE["k"], TRUE["a"]), (TRUE["l"], TRUE["b"])]):
        low, high = fit.reaction_interval(side)
        assert low < reaction < high
        assert high - low < 0.08
        assert abs(fit.restraints[side] - restraint) < 4.0 * fit.covariance[3 * side, 3 * side] ** 0.5
    low, high = fit.stability_interval()
    assert low < -0.1454 < high < 0.0


def test_errors_are_those_of_a_textbook_regression():
    first, second = synthetic(40, 0.1)
    fit = reaction_fit(first, second)
    x, y = np.log(list(first.values())), np.log(list(second.values()))
    explaining = np.column_stack([y[:-1], -x[:-1], np.ones(39)])
    inverse = np.linalg.inv(explaining.T @ explaining)
    coefficients = inverse @ explaining.T @ np.diff(x)
    residuals = np.diff(x) - explaining @ coefficients
    errors = np.sqrt(np.diag(inverse) * (residuals @ residuals) / 36)
    assert (fit.reactions[0], fit.restraints[0]) == pytest.approx(tuple(coefficients[:2]), rel=1e-8)
    assert np.sqrt(np.diag(fit.covariance)[[1, 0]]) == pytest.approx(errors[:2], rel=1e-8)
    low, high = fit.reaction_interval(0)
    assert (high - low) / 2 == pytest.approx(stats.t.ppf(0.975, 36) * errors[0], rel=1e-8)


def test_interval_of_the_eigenvalue_has_the_width_of_repeated_samples():
    found = [reaction_fit(*synthetic(200, 0.1, seed)) for seed in range(150)]
    spread = np.std([fit.stability_eigenvalue for fit in found])
    low, high = np.mean([fit.stability_interval() for fit in found], axis=0)
    assert (high - low) / 2 == pytest.approx(stats.t.ppf(0.975, found[0].freedom) * spread, rel=0.2)


def test_slope_of_the_eigenvalue_is_what_small_changes_show():
    """One entry at a time is uncertain: the interval's half width is then the eigenvalue's change per unit of that entry."""
    jacobian = np.array([[-0.47, 0.31], [0.12, -0.26]])

    def leading(matrix):
        return np.linalg.eigvals(matrix).real.max()

    for place in range(4):
        only = np.zeros((4, 4))
        only[place, place] = 1.0
        low, high = ReactionFit(jacobian, only, changes=33, freedom=30).stability_interval()
        nudge = 1e-6 * np.eye(4)[place].reshape(2, 2)
        slope = (leading(jacobian + nudge) - leading(jacobian - nudge)) / 2e-6
        assert (high - low) / 2 / stats.t.ppf(0.975, 30) == pytest.approx(slope, rel=1e-6)


def test_exchanging_the_states_exchanges_the_answer():
    first, second = synthetic(40, 0.1)
    fit, turned = reaction_fit(first, second), reaction_fit(second, first)
    assert turned.reactions == pytest.approx(fit.reactions[::-1], rel=1e-8)
    assert turned.stability_interval() == pytest.approx(fit.stability_interval(), rel=1e-6)


def test_unit_of_spending_does_not_matter():
    first, second = synthetic(40, 0.1)
    fit = reaction_fit({year: 7.0 * value for year, value in first.items()}, second)
    assert fit.reactions == pytest.approx(reaction_fit(first, second).reactions, rel=1e-8)


def test_missing_year_costs_the_changes_around_it():
    first, second = synthetic(40, 0.1)
    del second[1920]
    assert reaction_fit(first, second).changes == 37


def test_series_that_cannot_be_fitted_are_refused():
    first, second = synthetic(40, 0.1)
    with pytest.raises(ValueError, match="too few"):
        reaction_fit({year: first[year] for year in range(1901, 1906)}, second)
    with pytest.raises(ValueError, match="positive"):
        reaction_fit({**first, 1910: 0.0}, second)
    with pytest.raises(ValueError, match="lockstep"):
        reaction_fit(first, {year: 2.0 * value for year, value in first.items()})


def test_curve_through_exact_values_is_found():
    values = 195.0 + 4.3 * np.exp(0.77 * np.arange(5.0))
    assert exponential_fit(values) == pytest.approx((195.0, 4.3, 0.77), rel=1e-9)


def test_race_reads_reaction_of_the_first_nation_first():
    got = race_values(
        {"reaction": [0.5, 0.0], "fatigue": [1.0, 1.0], "grievance": [0.0, 1.0], "start": [0, 0], "steps": 1}
    )
    assert got["equilibrium"] == pytest.approx((0.5, 1.0))


# ---- intervals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("events", [0, 1, 5, 14, 60])
def test_interval_of_a_rate_is_the_gamma_posterior(events):
    expected = stats.gamma.ppf([0.025, 0.975], events + 0.5) / 19.0
    got = rate_values({"onsets": events, "years": 19.0, "level": 0.95})["its interval"]
    assert got == pytest.approx(tuple(expected), rel=1e-8)


def test_interval_of_an_odds_ratio_contains_one_when_rows_are_alike():
    low, high = odds_values({"table": [[30, 10], [60, 20]], "level": 0.95})["its interval"]
    assert low * high == pytest.approx(1.0)
    assert low < 1.0 < high


# ---- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def short(tmp_path, monkeypatch):
    """Only a few results, so that the command is quick; yields a function that breaks one of them."""
    few = tuple(RESULTS[id_] for id_ in ("V2", "V13", "V16"))
    monkeypatch.setattr(checks, "published_results", lambda: few)
    monkeypatch.setattr(checks, "applications", applications)

    def broken():
        first = few[0].comparisons[0]
        wrong_one = Check(first.part, first.line, (4.0, 4.1234567891), first.status)
        bad = few[0].model_copy(update={"comparisons": (wrong_one, *few[0].comparisons[1:])})
        monkeypatch.setattr(checks, "published_results", lambda: (bad, *few[1:]))

    return broken


def test_command_prints_every_result_and_ends_with_the_count(capsys, monkeypatch):
    monkeypatch.setattr(checks, "published_results", lambda: tuple(RESULTS.values()))
    monkeypatch.setattr(progress, "QUIET_FOR", float("inf"))  # a busy machine may be slow
    monkeypatch.setenv("COLUMNS", "100")
    code, out, err = armsrace(capsys, "check", "--published")
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "14 published results: 12 hold, 2 are data only"
    assert "3 fit an equation to what was spent (V1, V13, V14); the other 9 are arithmetic" in " ".join(out.split())
    assert max(map(len, out.splitlines())) <= 100
    for result in RESULTS.values():
        assert f"\n{result.id} {result.verdict}. " in out
    shown = sum(line.endswith(("  holds", "  fails", "  shown")) for line in out.splitlines())
    assert shown == sum(len(one.comparisons) for one in (*RESULTS.values(), *applications()))
    for result in RESULTS.values():
        for part in {one.part for one in result.comparisons}:
            assert f"\n{part}:\n" in out


def test_names_of_parts_stand_above_their_lines_on_a_narrow_page(capsys, short, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    _, out, _ = armsrace(capsys, "check", "--published")
    lines = out.splitlines()
    part = lines.index("the first nation tires sooner (0.7):")
    assert lines[part + 1].startswith("equilibrium")
    assert lines[part + 2].startswith("eigenvalues")


def test_command_fails_when_a_result_does(capsys, short):
    assert armsrace(capsys, "check", "--published")[0] == 0
    short()
    code, out, _ = armsrace(capsys, "check", "--published")
    assert code == 1
    assert "V2 fails. " in out
    assert "4, 4.1234567891" in out
    assert out.splitlines()[-1] == "3 published results: 1 holds, 1 fails (V2), 1 is data only"


def test_json_is_one_document_with_every_number(capsys, short):
    code, out, err = armsrace(capsys, "check", "--published", "--format", "json")
    document = json.loads(out)
    assert (code, err, document["summary"]) == (0, "", {"holds": 2, "fails": 0, "data only": 1})
    first = document["results"][0]
    assert (first["id"], first["verdict"], first["source"], first["locator"]) == (
        "V2",
        "holds",
        "bongers2019",
        "chapter 1",
    )
    assert first["comparisons"][0]["expected"]["value"] == [4.0, 4.0]
    assert first["comparisons"][0]["got"] == pytest.approx([4.0, 4.0])
    assert document["applications"][0]["id"] == "SRB-XKX"
    short()
    assert armsrace(capsys, "check", "--published", "--format", "json")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "--published", "--kind", "actor"], "choose one"),
        (["check", "--publishd"], "did you mean --published?"),
        (["check", "--published", "more"], "cannot place 'more'"),
        (["check", "--published", "--format", "xml"], '"xml" is not allowed here; choose text or json'),
    ],
)
def test_wrong_use_of_the_command_is_told_and_exits_with_two(capsys, arguments, said):
    code, out, err = armsrace(capsys, *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
