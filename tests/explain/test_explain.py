"""Explanations add up, agree with the engine, and say what removing a cause would do."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from sim.cli.main import main
from sim.engines.compiled.encoding import row_of
from sim.engines.compiled.layout import FIRST, GRUDGE_OF, NONE, SECOND, STATES, SUPPLIERS, TIES
from sim.engines.simulate import PreparedScenario, prepared_scenario, simulated
from sim.ensembles.registry import PRIOR
from sim.explain import arms as causes_arms
from sim.explain import relations, security, spending, supplier_choice, supplier_history
from sim.explain import threat as causes_threat
from sim.explain.attribution import (
    Attributed,
    Cause,
    apply,
    apply_sequentially,
    constant,
    logarithmic_mean,
    rebased,
    single_cause,
    sum_of,
)
from sim.explain.changes import EXPLAINED_VARIABLES, NUMBERS, UNACCOUNTED, moment, parts_of_change
from sim.explain.explain import INTERACTION, Explanation, Question, asked, changes, explained
from sim.explain.recorded_run import WHERE, Record, entry, record
from sim.explain.text import CauseRow, cause_words, explanation_lines, gathered, rows
from sim.io.errors import InputError
from sim.io.formatting import decimals_for
from sim.io.quarters import index_of, name_of
from sim.model.variables import Series, all_series
from sim.plots.waterfall import PLOT
from sim.report.next_steps import after_an_explanation
from sim.rules.capability import capability_change
from sim.rules.elementary import exp
from sim.rules.relations import bounded, cooperation_anchor
from sim.rules.spending import desired_gap
from sim.runs.run import prepared_scenarios, run
from sim.scenario.levers import levers
from sim.scenario.loading import list_scenarios, load_scenario

SHIPPED = [one.id for one in list_scenarios()]
# arms, mediation, and dialogue at the end of its scale; the rest of the library is a study
TRIED = ("skydagger-delivery", "dialogue-and-mediation", "euro-atlantic-stall")


def tried_first(names: list[str]) -> list[object]:
    """Scenarios to try one by one, those that are tried in every run first."""
    return [*TRIED, *(pytest.param(name, marks=pytest.mark.study) for name in names if name not in TRIED)]


EACH = tried_first(SHIPPED)
COMPARED = tried_first([name for name in SHIPPED if load_scenario(name).compare_to])
MEMBERS, LAST = 48, index_of("2027Q4")
EXPLAINED = [one for one in all_series() if one.variable in EXPLAINED_VARIABLES]
EXACT = 1e-9


@cache
def network_of(name: str) -> PreparedScenario:
    return prepared_scenario(load_scenario(name), None, PRIOR)


@cache
def record_of(name: str) -> Record:
    world = network_of(name)
    return record(world.parameters, world.script, members=range(MEMBERS), seed=1, quarters=LAST + 1)


def arms(event: str, value: float) -> tuple[Cause, np.ndarray]:
    return Cause("arms", "XKX", "uav", event), np.array([value])


# ---- parts -----------------------------------------------------------------------------------------------------------


def test_parts_of_a_sum_are_its_terms() -> None:
    risen = Attributed(np.array([0.75]), dict([arms("a", 0.5), arms("b", 0.25)]))
    found = apply(
        desired_gap, reaction=2.0, threat_rise=risen, yielding=9.0, grievance=single_cause(np.array([-0.5]), Cause("own")),
        insecurity_outside=0.0,
    )  # fmt: skip
    assert found.value == 1.0
    assert {cause.event or cause.channel: float(part[0]) for cause, part in found.parts.items()} == pytest.approx(
        {"a": 1.0, "b": 0.5, "own": -0.5}
    )


def test_parts_of_a_rule_that_bends_add_up_to_its_change() -> None:
    x = Attributed(np.array([3.0]), dict([arms("a", 2.5), arms("b", -1.5)]))
    for split in (apply(exp, x=x), apply_sequentially(exp, x=x)):
        assert sum_of(split.parts) == pytest.approx(np.exp(3.0) - np.exp(2.0), rel=1e-13)


def test_a_newer_cause_leaves_the_parts_of_older_ones_alone() -> None:
    def change(*parts: tuple[Cause, np.ndarray]) -> Attributed:
        capability = Attributed(10.0 + sum(part for _, part in parts), dict(parts))
        return apply_sequentially(
            capability_change,
            capability=capability,
            capability_start=1.0,
            trend_growth=0.0,
            years=0.0,
            guarantee=0.0,
            alone=0.0,
        )

    alone, joined = change(arms("a", 5.0)), change(arms("a", 5.0), arms("b", 7.0))
    cause = arms("a", 0.0)[0]
    assert joined.parts[cause] == alone.parts[cause]
    assert sum_of(joined.parts) == pytest.approx(np.log(2.2), rel=1e-13)


def test_parts_that_cancel_keep_their_slopes() -> None:
    level = Attributed(np.array([0.5]), dict([arms("a", 0.25), arms("b", -0.25)]))
    parts = apply(cooperation_anchor, base=0.0, trade_weight=4.0, trade_gap=level).parts
    assert [float(part[0]) for part in parts.values()] == pytest.approx([1.0, -1.0], rel=1e-6)


def test_what_the_end_of_a_scale_cuts_off_is_shared_by_all_parts() -> None:
    level = Attributed(np.array([1.5]), dict([arms("a", 1.0), arms("b", 0.5)]))
    assert [float(part[0]) for part in apply(bounded, level=level).parts.values()] == pytest.approx([2 / 3, 1 / 3])


def test_another_reference_is_a_part_of_its_own() -> None:
    moved = rebased(constant(np.array([3.0])), 2.0, Cause("wear"))
    assert moved.reference == 2.0 and moved.parts[Cause("wear")] == 1.0


@pytest.mark.parametrize(("one", "other"), [(2.0, 3.0), (3.0, 2.0), (5.0, 5.0), (1e-8, 4.0)])
def test_logarithmic_mean_turns_logarithms_into_numbers(one: float, other: float) -> None:
    mean = logarithmic_mean(np.array(one), np.array(other))
    assert mean * np.log(other / one) == pytest.approx(other - one, abs=1e-12)
    assert min(one, other) <= mean <= max(one, other)


# ---- the ledger and the engine ---------------------------------------------------------------------------------------


def ledgers(told: Record, quarter: int) -> Iterator[tuple[str, Attributed, np.ndarray]]:
    """Every number that is carried by cause, and the same number as the engine has it."""
    for i in range(STATES):
        grown = causes_threat.growth_of_arms(told, i, quarter)
        yield f"capability {i}", causes_arms.capability(told, i)[quarter], told.row("capability", i, quarter)
        yield f"growth of arms {i}", grown, told.row("capability_change", i, quarter)
        yield f"threat {i}", causes_threat.threat(told, i)[quarter], told.row("threat", i, quarter)
        yield f"rise of threat {i}", causes_threat.threat_rise(told, i, quarter), told.row("threat_rise", i, quarter)
        yield f"desired gap {i}", spending.desired_gap(told, i, quarter), told.row("desired_gap", i, quarter)
        yield f"gap {i}", spending.log_spending_gap(told, i)[quarter], told.row("log_spending_gap", i, quarter)
    for e in range(TIES):
        tie = relations.tie(told, e)[quarter]
        yield f"cooperation {e}", tie.cooperation_last, told.row("cooperation", e, quarter)
        yield f"rhetoric {e}", tie.rhetoric, told.row("rhetoric", e, quarter)
        yield f"attitude {e}", tie.attitude_last, told.row("attitude", e, quarter)
    for i in (FIRST, SECOND):
        yield f"held {i}", supplier_history.held_in_all(told, i, quarter), told.row("held_in_all", i, quarter)
        for s in range(SUPPLIERS):
            place = i * SUPPLIERS + s
            yield (
                f"influence {place}",
                supplier_history.soft_power(told, i, s)[quarter],
                told.row("soft_power", place, quarter),
            )
            yield (
                f"in force {place}",
                supplier_history.agreements(told, i, s)[quarter][0],
                told.row("in_force", place, quarter),
            )
            if GRUDGE_OF[i, s] != NONE:
                held = told.row("memory", int(GRUDGE_OF[i, s]), quarter)
                yield f"memory {place}", relations.memory(told, i, s)[quarter], held
    yield "tension", security.tension(told)[quarter][1], told.row("tension", 0, quarter)
    yield "hazard", security.hazard(told, quarter), told.row("hazard", 0, quarter)


@pytest.mark.parametrize("name", EACH)
def test_ledger_has_no_residual_against_the_engine(name: str) -> None:
    told = record_of(name)
    for quarter in (0, 19, 23, 31, 32, LAST):
        for what, split, value in ledgers(told, quarter):
            np.testing.assert_allclose(split.value, value, rtol=0, atol=EXACT, err_msg=f"{what} {name_of(quarter)}")
            start = dict(ledgers_at_start(told))[what]
            np.testing.assert_allclose(split.reference, start, rtol=0, atol=EXACT, err_msg=f"reference of {what}")


@cache
def ledgers_at_start(told: Record) -> tuple[tuple[str, np.ndarray], ...]:
    return tuple((what, split.reference) for what, split, _ in ledgers(told, 0))


def test_shares_of_the_choice_follow_from_the_utilities() -> None:
    told = record_of("skydagger-delivery")
    for buyer in (FIRST, SECOND):
        terms = [supplier_choice.appeal(told, buyer, s, LAST).value for s in range(SUPPLIERS)]
        weights = np.exp(np.array([*terms, told.zeros]))
        for s in range(SUPPLIERS):
            share = told.row("choice", buyer * SUPPLIERS + s, LAST)
            np.testing.assert_allclose(weights[s] / weights.sum(axis=0), share, rtol=0, atol=EXACT)


def test_limit_of_spending_acts_only_where_the_largest_burden_is_reached() -> None:
    told = record_of("skydagger-delivery")
    for quarter in (24, 32, LAST):
        parts = spending.log_spending(told, FIRST, quarter).parts
        is_free = told.row("burden", FIRST, quarter) < told.param("burden_max") * (1 - 1e-12)
        assert np.abs(parts[Cause("burden_cap", "SRB")][is_free]).max() < EXACT


# ---- explanations add up ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EACH)
def test_parts_add_up_in_every_world_of_every_scenario(name: str) -> None:
    told = record_of(name)
    for series in EXPLAINED:
        for since, quarter in ((31, 32), (32, LAST)):
            before, after = moment(told, series, since), moment(told, series, quarter)
            parts = EXPLAINED_VARIABLES[series.variable].change(before, after, series)
            np.testing.assert_allclose(sum_of(parts), after.value - before.value, rtol=EXACT, atol=EXACT)
            assert NUMBERS not in parts and UNACCOUNTED not in parts_of_change(before, after, series)


@pytest.mark.parametrize(
    "series", [Series("spending", "SRB"), Series("hazard", "SRB", "XKX"), Series("tension", "SRB", "XKX")]
)
def test_what_a_mechanism_does_that_explanations_do_not_know_is_not_laid_to_a_cause(series: Series) -> None:
    told, tenth = record_of("skydagger-delivery"), 1.1
    rows, place = told.rows.copy(), WHERE[row_of(series)]
    rows[place, 32:] *= tenth
    edited = replace(told, rows=rows, cache={})
    whole, parts = (parts_of_change(moment(one, series, 31), moment(one, series, 32), series) for one in (told, edited))
    assert UNACCOUNTED not in whole
    missed = rows[place, 32] - told.rows[place, 32]
    if series.variable != "tension":  # explained by its logarithm
        missed = np.log(tenth) * logarithmic_mean(rows[place, 31], rows[place, 32])
    np.testing.assert_allclose(parts[UNACCOUNTED], missed, rtol=1e-6)
    for limit in ("burden_cap", "limit"):
        assert not any(np.any(part) for cause, part in parts.items() if cause.channel == limit)


@pytest.mark.parametrize("among", [TRIED, pytest.param(tuple(SHIPPED), marks=pytest.mark.study)], ids=["few", "all"])
def test_parts_add_up_for_two_hundred_quarters_actors_and_members_at_random(among: tuple[str, ...]) -> None:
    draw = np.random.default_rng(5)
    for _ in range(200):
        told = record_of(among[draw.integers(len(among))])
        series = EXPLAINED[draw.integers(len(EXPLAINED))]
        since, quarter = np.sort(draw.choice(LAST + 1, 2, replace=False))
        member = draw.integers(MEMBERS)
        before, after = moment(told, series, int(since)), moment(told, series, int(quarter))
        parts = EXPLAINED_VARIABLES[series.variable].change(before, after, series)
        total = sum(float(part[member]) for part in parts.values())
        assert total == pytest.approx(after.value[member] - before.value[member], rel=EXACT, abs=EXACT), series


@pytest.mark.parametrize("name", COMPARED)
def test_parts_of_a_comparison_add_up_in_every_pair(name: str) -> None:
    base, full = record_of(str(load_scenario(name).compare_to)), record_of(name)
    for series in EXPLAINED:
        before, after = moment(base, series, LAST), moment(full, series, LAST)
        parts = EXPLAINED_VARIABLES[series.variable].change(before, after, series)
        np.testing.assert_allclose(sum_of(parts), after.value - before.value, rtol=EXACT, atol=EXACT)


def asked_about(name: str, variable: str, actor: str, counterpart: str, quarter: str, since: str | None) -> Explanation:
    worlds = prepared_scenarios(name, (), None, PRIOR)
    is_compared = since is None
    question = asked(variable, actor, counterpart, quarter, since, is_compared=is_compared, last=LAST)
    return explained(question, worlds, members=MEMBERS, seed=1)


@cache
def tension_under_dialogue() -> Explanation:
    return asked_about("dialogue-and-mediation", "tension", "SRB", "XKX", "2027Q1", None)


def changes_of(told: Record, series: Series, since: str, quarter: str) -> dict[Cause, float]:
    """Mean parts of a change."""
    before, after = moment(told, series, index_of(since)), moment(told, series, index_of(quarter))
    parts = EXPLAINED_VARIABLES[series.variable].change(before, after, series)
    return {cause: float(part.mean()) for cause, part in parts.items()}


@cache
def record_with(*events: str) -> Record:
    """The history with Skydagger, and events in the first quarter of 2026."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "world.yaml"
        lines = "\n".join(f"  - {{id: e{n}, at: 2026Q1, {event}}}" for n, event in enumerate(events))
        head = "format_version: 1\ntitle: A try\nquestion: What if?\nextends: skydagger-delivery\nevents:\n"
        file.write_text(head + lines + "\n", encoding="utf-8")
        world = prepared_scenario(load_scenario(file), None, PRIOR)
    return record(world.parameters, world.script, members=range(MEMBERS), seed=1, quarters=LAST + 1)


def test_a_guarantee_withdrawn_is_what_kosovos_threat_and_the_hazard_rise_by() -> None:
    told = record_with("type: guarantee, state: XKX, level: 0")
    parts = changes_of(told, Series("threat", "XKX"), "2025Q4", "2026Q1")
    (withdrawn,) = (cause for cause in parts if cause.event == "e0")
    assert withdrawn.channel == "commitment" and parts[withdrawn] > 0.2
    assert parts[withdrawn] > 0.5 * sum(abs(part) for part in parts.values())
    feared = changes_of(told, Series("hazard", "SRB", "XKX"), "2025Q4", "2026Q1")
    assert sum(part for cause, part in feared.items() if cause.event == "e0") > 0.0


def test_a_purchase_adds_to_capability_and_its_instalments_take_as_much_from_it_until_it_is_worth_no_more() -> None:
    """What is due for a delivery stands against the delivery itself: its own part shrinks, no other cause's."""
    bought = "type: deliver, supplier: FRA, buyer: SRB, class: armour, value_musd: 300, payment: "
    paid, given = (record_with(bought + payment) for payment in ("budget", "grant"))

    def of_the_delivery(told: Record, quarter: str) -> float:
        parts = causes_arms.capability(told, FIRST)[index_of(quarter)].parts
        return sum(float(part.mean()) for cause, part in parts.items() if cause.event == "e0")

    assert of_the_delivery(paid, "2026Q1") == pytest.approx(300.0, rel=1e-9)
    assert of_the_delivery(given, "2026Q1") == pytest.approx(300.0, rel=1e-9)
    assert 0.0 < of_the_delivery(paid, "2027Q4") < 0.75 * of_the_delivery(given, "2027Q4")


def test_numbers_of_an_explanation_are_those_of_the_run() -> None:
    found = asked_about("skydagger-delivery", "spending", "SRB", "", "2026Q1", "2025Q3")
    series = (Series("spending", "SRB"),)
    values = simulated(network_of("skydagger-delivery"), range(MEMBERS), seed=1, quarters=LAST + 1, series=series)[0]
    assert found.before == pytest.approx(values[index_of("2025Q3")].mean(), rel=1e-12)
    assert found.after == pytest.approx(values[index_of("2026Q1")].mean(), rel=1e-12)
    assert sum(part.value for part in found.parts) == pytest.approx(found.change, abs=1e-9)


def test_what_differs_alone_and_together_adds_up() -> None:
    found = tension_under_dialogue()
    assert [name for name, _ in found.alone][-1] == "together"
    assert sum(value for _, value in found.alone) == pytest.approx(found.change, abs=1e-12)


def test_what_both_worlds_share_is_named_interaction() -> None:
    events = {part.cause.event for part in tension_under_dialogue().parts}
    assert events <= {"", "series.dialogue", "mediators-in-belgrade", "mediators-in-pristina"}
    channels = {part.cause.channel for part in tension_under_dialogue().parts}
    assert INTERACTION.channel in channels and not channels & {"chance", "economy", "plan"}


def test_delivery_and_its_order_are_one_difference() -> None:
    found = levers(load_scenario("baseline"), load_scenario("skydagger-delivery"))
    assert found == [("skydagger-order", frozenset({"skydagger-order", "skydagger-delivery"}))]


def test_blocks_of_members_change_nothing() -> None:
    worlds = prepared_scenarios("skydagger-delivery", (), None, PRIOR)
    question = Question(Series("hazard", "SRB", "XKX"), 33, 31)
    one, other = (explained(question, worlds, members=10, seed=1, chunk=size) for size in (10, 7))
    assert [(part.cause, part.value) for part in one.parts] == [(part.cause, part.value) for part in other.parts]


# ---- removing a cause ------------------------------------------------------------------------------------------------


def without(world: PreparedScenario, name: str) -> PreparedScenario:
    """A world without one entry of its scenario."""
    kept = tuple(
        event
        for event in world.scenario.events
        if name not in (event.id, getattr(event, "ref", None)) and not event.id.startswith(f"{name}.")
    )
    return prepared_scenario(replace(world.scenario, events=kept), None, PRIOR)


def removals(draws: int, seed: int) -> Iterator[tuple[str, Question, str, float, float, float]]:
    """Change, part of an entry, and what removing the entry takes off, for questions at random."""
    draw = np.random.default_rng(seed)
    for _ in range(draws):
        name = SHIPPED[draw.integers(len(SHIPPED))]
        series = EXPLAINED[draw.integers(len(EXPLAINED))]
        quarter = int(draw.integers(8, LAST))
        question = Question(series, quarter, int(max(0, quarter - draw.choice([1, 4, 8]))))
        world = network_of(name)
        before, after, parts = changes(question, (world,), range(MEMBERS), 1)
        change = float((after - before).mean())
        for event in sorted({cause.event for cause in parts} - {""}):
            part = float(sum(one.mean() for cause, one in parts.items() if cause.event == event))
            if abs(part) > 0.1 * abs(change) and abs(part) > EXACT:
                left = simulated(without(world, event), range(MEMBERS), seed=1, quarters=quarter + 1, series=(series,))[
                    0
                ]
                taken = change - float((left[quarter] - left[question.since or 0]).mean())
                yield name, question, event, change, part, taken


@pytest.mark.study
def test_removing_an_entry_moves_the_outcome_the_way_its_part_says() -> None:
    found = list(removals(draws=200, seed=4))
    agreeing = [part * taken > 0.0 for *_, part, taken in found]
    assert len(found) >= 200
    assert np.mean(agreeing) >= 0.95, [one for one, agrees in zip(found, agreeing, strict=True) if not agrees]


# ---- questions -------------------------------------------------------------------------------------------------------


def test_dyad_may_be_named_in_either_order() -> None:
    named = [
        asked("tension", *pair, "2026Q1", None, is_compared=True, last=LAST).series
        for pair in (("SRB", "XKX"), ("XKX", "SRB"))
    ]
    assert named[0] == named[1]


def test_variable_is_guessed_from_the_counterpart() -> None:
    assert asked(None, "SRB", "TUR", "2026Q1", None, is_compared=False, last=LAST).series.variable == "attitude"
    assert asked(None, "SRB", "", "2026Q1", None, is_compared=False, last=LAST).series.variable == "spending"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("spendin", "SRB", "", "2026Q1", None, False), 'did you mean "spending"'),
        (("spending", "RUS", "", "2026Q1", None, False), "spending is known for"),
        (("attitude", "SRB", "", "2026Q1", None, False), "name one with --counterpart"),
        (("spending", "Serbia", "", "2026Q1", None, False), 'did you mean "SRB"?'),
        (("attitude", "SRB", "Turkiye", "2026Q1", None, False), 'did you mean "TUR"?'),
        (("spending", "SRB", "", "2026Q9", None, False), "2026Q9"),
        (("spending", "SRB", "", "2031Q1", None, False), "after the end of the run"),
        (("spending", "SRB", "", "2018Q1", None, False), "no quarter before it"),
        (("spending", "SRB", "", "2026Q1", "2026Q1", False), "earlier --since"),
        (("spending", "SRB", "", "2026Q1", "2025Q1", True), "not both"),
    ],
)
def test_wrong_questions_are_told_what_to_do(words: tuple[str, str, str, str, str | None, bool], problem: str) -> None:
    *rest, is_compared = words
    with pytest.raises(InputError) as error:
        asked(*rest, is_compared=is_compared, last=LAST)  # type: ignore[arg-type]
    assert problem in str(error.value)


def test_scenario_without_a_baseline_has_no_comparison() -> None:
    question = Question(Series("spending", "SRB"), 32, None)
    with pytest.raises(InputError, match="compared with nothing"):
        explained(question, prepared_scenarios("baseline", (), None, PRIOR), members=1, seed=1)


# ---- words and pictures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EACH)
def test_every_cause_has_words(name: str) -> None:
    told = record_of(name)
    for series in EXPLAINED:
        for term in moment(told, series, LAST).terms.values():
            for cause in term.parts:
                words = cause_words(cause)
                assert words and "{" not in words and words[0] != " " and "_" not in words, cause


def test_rows_add_up_to_the_change_as_shown() -> None:
    found = tension_under_dialogue()
    assert sum(row.value for row in rows(found)) == pytest.approx(found.change, abs=1e-12)


def test_sentences_say_what_moved_by_how_much_and_why() -> None:
    said = " ".join(" ".join(explanation_lines(tension_under_dialogue(), [])).split())
    assert said.startswith("Tension between Serbia and Kosovo in 2027Q1 is ")
    assert "is lower by " in said and " in dialogue-and-mediation than in skydagger-delivery (from " in said
    assert "dialogue of Belgrade and Pristina (series.dialogue)" in said


@pytest.mark.parametrize(("value", "digits"), [(250.0, 0), (12.0, 1), (1.5, 2), (0.25, 3), (0.0, 5)])
def test_changes_are_shown_with_about_three_figures(value: float, digits: int) -> None:
    assert decimals_for([value]) == digits


def test_waterfall_has_the_same_bytes_every_time(tmp_path: Path) -> None:
    files = [PLOT.write(tension_under_dialogue(), tmp_path / name) for name in ("one", "two")]
    assert [file.read_bytes() for file in files[0]] == [file.read_bytes() for file in files[1]]
    assert {file.suffix for file in files[0]} == {".png", ".svg"}


# ---- the command -----------------------------------------------------------------------------------------------------


def test_command_prints_one_json_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--members", "20", "--ensemble", "prior", "--out", str(tmp_path), "--format", "json"]
    assert main(["explain", "skydagger-delivery", "--actor", "SRB", "--quarter", "2026Q1", *options]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"variable", "actor", "quarter", "change", "parts"} <= set(found)
    assert (found["variable"], found["actor"], found["quarter"], found["since"]) == (
        "spending",
        "SRB",
        "2026Q1",
        "2025Q4",
    )
    assert sum(part["value"] for part in found["parts"]) == pytest.approx(found["change"], abs=1e-9)
    assert all({"cause", "value"} <= set(part) for part in found["parts"])


def test_each_question_names_the_command_for_the_other() -> None:
    asked_since = asked(None, "SRB", "TUR", "2026Q1", None, is_compared=False, last=LAST)
    options = ("--members", "50")
    _, step = after_an_explanation(asked_since, "a folder", options, "baseline")
    command = "armsrace explain 'a folder' --actor SRB --counterpart TUR --quarter 2026Q1 --members 50"
    assert step.strip() == f"{command} --compare  why it differs from baseline then"
    _, back = after_an_explanation(replace(asked_since, since=None), "a folder", options, "baseline")
    assert back.strip() == f"{command}  why it moved since the quarter before"
    assert list(after_an_explanation(asked_since, "a folder", options, None)) == []


def test_command_explains_a_folder_as_it_was_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "run"
    made = run(
        "skydagger-delivery", members=20, seed=7, until="2027Q4", settings=("reaction.SRB=0.4",), ensemble=PRIOR, out=folder,
        pictures="none", split=False,
    )  # fmt: skip
    words = ["explain", str(folder), "--actor", "SRB", "--quarter", "2026Q2", "--compare", "--format", "json"]
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)
    difference = made.contrast("spending", "SRB").difference
    assert difference is not None
    assert found["change"] == pytest.approx(difference.mean[index_of("2026Q2")], rel=1e-9)
    assert (folder / "figures" / "explain-spending-SRB-2026Q2-against-baseline.png").is_file()


def test_causes_that_would_be_shown_as_nothing_are_told_as_one() -> None:
    shown = [
        CauseRow(words, "", value, 0.0, 0.0) for words, value in (("a", 4.0), ("b", 3.0), ("c", 0.002), ("d", -0.001))
    ]
    assert [row.words for row in gathered(shown)] == ["a", "b", "2 smaller causes together"]
    assert sum(row.value for row in gathered(shown)) == pytest.approx(7.001)
    assert gathered(shown[:3]) == shown[:3]


def test_folder_without_a_run_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(tmp_path), "--actor", "SRB", "--quarter", "2026Q1"]) == 2
    assert "holds no run" in capsys.readouterr().err


def test_entries_of_a_series_are_one() -> None:
    script = network_of("baseline").script
    names = {entry(item) for item in script.items}
    assert "series.unrest.SRB" in names and not any(name.endswith("Q4") for name in names)
