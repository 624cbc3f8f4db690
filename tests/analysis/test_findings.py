"""What a run says in words: rows, certainty, assumed signs, stability, and the honest messages."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from sim.analysis.findings import largest_of_each
from sim.analysis.incidents import expected_incidents
from sim.analysis.results import Run, bands_of, contrast_of
from sim.analysis.topics import TOPICS
from sim.data.actors import load_actors
from sim.io.quarters import COUNT, index_of
from sim.io.terminal import shown, table
from sim.model.directions import ASSUMED, BALANCE, ESTIMATED, Direction, Push
from sim.model.variables import Series, all_series
from sim.report.caveats import caveats
from sim.report.next_steps import next_steps
from sim.report.run_answer import answer, ending
from sim.report.run_text import certainty, finding_line, incidents_sentence, stability_sentence
from sim.scenario.event_types import event_adapter
from sim.scenario.loading import load_scenario
from sim.scenario.overrides import apply_settings

MEMBERS = 100
DELIVERY = index_of("2025Q4")
STABLE = {"stable": 1.0, "marginal": 0.0, "runaway": 0.0}
SPENDING, ATTITUDE, HAZARD = Series("spending", "SRB"), Series("attitude", "SRB", "TUR"), Series("hazard", "SRB", "XKX")
INCIDENTS, ORDERS = Series("incidents", "SRB", "XKX"), Series("orders", "XKX", "TUR")
GREEK = Series("spending", "GRC")


@dataclass(frozen=True)
class Known:
    """Directions of which one label is known for everything."""

    label: str

    def of(self, _series, _quarters, way, **_):
        pushes = (Push("one", "the first channel", way, 0.75), Push("two", "the second channel", -way, 0.25))
        return Direction(self.label, pushes, otherwise=0.03 if self.label == BALANCE else 0.0)


def synthetic(
    changes=None,
    *,
    scenario="skydagger-delivery",
    settings=(),
    shares=STABLE,
    quarters=COUNT,
    baseline=True,
    label=ASSUMED,
):
    """A run in which every baseline series is 100 in every member, and the scenario adds what `changes` says."""
    chosen = apply_settings(load_scenario(scenario), settings)
    flat = np.full((quarters, MEMBERS), 100.0)
    contrasts = []
    for one in (SPENDING, ATTITUDE, HAZARD, INCIDENTS, ORDERS, GREEK):
        added = np.zeros_like(flat)
        for quarter, values in (changes or {}).get(one, {}).items():
            added[quarter:] = values
        contrasts.append(contrast_of(one, flat + added, flat if baseline else None))
    return Run(
        scenario=chosen, baseline=load_scenario("baseline") if baseline else None, members=MEMBERS, seed=3, quarters=quarters,
        engine="compiled", fit="prior", theory=None, settings=tuple(settings), contrasts=tuple(contrasts),
        stability={"share_of_members": shares, "eigenvalue_per_year": {"q05": -0.2, "q50": -0.1, "q95": -0.05}},
        keep="none", parameters_digest="", model_version="1.0", directions=Known(label),
    )  # fmt: skip


def event_of(**fields):
    return event_adapter().validate_python({"id": "mine", "at": "2026Q1", **fields})


def rows(run):
    return {row.what: row for row in run.findings}


def words(lines):
    """Lines as one text, wherever they end."""
    return " ".join("\n".join(lines).split())


def spread(low, high):
    return np.linspace(low, high, MEMBERS)


def test_an_attitude_is_told_for_the_quarter_in_which_it_moves_most():
    peak = index_of("2027Q2")
    run = synthetic(
        {ATTITUDE: {DELIVERY: spread(-0.02, -0.01), peak: spread(-0.6, -0.4), peak + 1: spread(-0.02, -0.01)}}
    )
    found = run.findings
    assert [row.when for row in found if row.topic.variable == "attitude"] == ["2025Q4", "2026Q4", "2030Q4", "2027Q2"]
    assert {row.topic.variable: row.when for row in largest_of_each(found).values()} == {"attitude": "2027Q2"}


def test_a_rise_of_spending_is_told_in_per_cent_with_its_range():
    row = rows(synthetic({SPENDING: {DELIVERY: spread(1.0, 3.0)}}))["Serbia's spending in 2026"]
    assert (
        finding_line(row)
        == "Serbia's spending in 2026: +2.0 % (90 % range +1.1 to +2.9), higher in all simulations, direction assumed"
    )


def test_simulations_that_disagree_leave_no_clear_direction():
    row = rows(synthetic({SPENDING: {DELIVERY: spread(-1.0, 3.0)}}))["Serbia's spending in 2030"]
    assert certainty(row) == "75 % higher, no clear direction"
    assert finding_line(row).endswith("higher in 75 % of simulations, no clear direction")


@pytest.mark.parametrize(
    ("low", "zeros", "words"),
    [
        (94, 6, "94 % higher, no clear direction"),
        (95, 5, "95 % higher, direction assumed"),
        (-23, 77, "23 % lower, 77 % unchanged, no clear direction"),
    ],
)
def test_a_direction_is_named_from_95_per_cent_on_and_unchanged_simulations_are_counted(low, zeros, words):
    values = np.concatenate([np.full(abs(low), float(np.sign(low))), np.zeros(zeros)])
    row = rows(synthetic({SPENDING: {DELIVERY: values}}))["Serbia's spending in 2030"]
    assert certainty(row) == words


@pytest.mark.parametrize(
    ("label", "words"),
    [
        (ASSUMED, "all higher, direction assumed"),
        (BALANCE, "all higher, balance of assumptions"),
        (ESTIMATED, "all higher, direction estimated"),
        ("", "all higher"),
    ],
)
def test_a_clear_direction_says_whose_word_it_is(label, words):
    row = synthetic({SPENDING: {DELIVERY: 1.0}}, label=label).findings[0]
    assert certainty(row) == words


def test_an_answer_explains_each_label_once_with_the_channels_behind_its_first_row():
    run = synthetic({SPENDING: {DELIVERY: 1.0}, HAZARD: {DELIVERY: 1.0}}, label=BALANCE)
    said = [note for note in caveats(run, run.findings) if note.startswith("Balance of assumptions")]
    assert len(said) == 1
    assert "goes up: the first channel (75 %); down: the second channel (25 %)" in said[0]
    assert "3 % of simulations go the other way" in said[0]


def test_a_direction_that_is_not_clear_is_nobodys_word():
    row = synthetic({SPENDING: {DELIVERY: spread(-1.0, 3.0)}}).findings[0]
    assert row.label == "no clear direction" and row.whose.label == ""


def test_unchanged_simulations_are_counted_in_a_sentence():
    values = np.concatenate([np.full(23, -1.0), np.zeros(77)])
    row = rows(synthetic({SPENDING: {DELIVERY: values}}))["Serbia's spending in 2030"]
    assert finding_line(row).endswith(
        "lower in 23 % of simulations, unchanged in 77 % of simulations, no clear direction"
    )


def test_the_rate_of_incidents_is_told_in_the_quarter_of_first_effect():
    assert "incident rate in 2025Q4" in rows(synthetic({HAZARD: {DELIVERY: spread(1.0, 3.0)}}))


def test_expected_incidents_name_the_baseline(tmp_path):
    text = words(answer(synthetic({INCIDENTS: {DELIVERY: 0.5}}), full=True))
    assert "from 2026Q1 to the end of 2030" in text and "against 2,000.00 in baseline; change +10.00" in text
    assert "drawn from 2026Q1 on; earlier quarters are on record." in text


def test_a_changed_run_says_what_was_changed(tmp_path):
    run = synthetic({SPENDING: {DELIVERY: 1.0}}, settings=("reaction=0.4", "events.skydagger-order.n=2000"))
    text = words(ending(replace(run, theory="deterrence"), "skydagger-delivery", tmp_path))
    changed = f"changed with the scenario and without: reaction (all {len(load_actors().states)})=0.4, changed in skydagger-delivery only:"
    assert f"seed 3, theory deterrence, {changed} events.skydagger-order.n=2000." in text


def test_a_setting_that_replaces_a_theory_is_said_to():
    run = replace(synthetic(settings=("deterrence=0.1",)), theory="deterrence")
    said = "\n".join(caveats(run, ()))
    assert "--set deterrence=0.1 replaces what it fixes" in said and "deter strongly" not in said


def told(changes, **options):
    """What the first lines of an answer are about."""
    run = synthetic({one: {DELIVERY: values} for one, values in changes.items()}, **options)
    return [(row.topic.variable, row.topic.actor) for row in run.headlines]


def test_what_the_question_names_is_told_before_what_moves_more():
    """The scenario asks of Serbia's spending, the relation of Ankara and Belgrade, and the risk."""
    changes = {SPENDING: spread(0.4, 0.6), HAZARD: spread(0.1, 0.3), GREEK: spread(7.0, 9.0)}
    assert told(changes) == [("hazard", "SRB"), ("hazard", "SRB"), ("spending", "SRB"), ("spending", "GRC")]


def test_whoever_moves_most_is_told():
    assert told({GREEK: 5.0}) == [("spending", "GRC")]
    assert synthetic({GREEK: {DELIVERY: 5.0}, SPENDING: {DELIVERY: 1.0}}).largest_effect.topic.actor == "GRC"


def test_a_number_that_the_file_sets_is_no_effect():
    run = synthetic({ATTITUDE: {DELIVERY: -0.5}, SPENDING: {DELIVERY: spread(-1.0, 3.0)}}, label="")
    assert run.largest_effect.topic.variable == "spending"


@pytest.mark.parametrize("width", [80, 100])
def test_the_first_screen_holds_the_verdict_and_at_least_four_numbers(monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    changes = {SPENDING: spread(0.4, 0.6), ATTITUDE: -0.5, HAZARD: spread(0.1, 0.3), GREEK: spread(7.0, 9.0)}
    lines = list(answer(synthetic({one: {DELIVERY: values} for one, values in changes.items()})))
    assert len(lines) <= 24 and "The largest effect: Serbia's attitude to Türkiye" in words(lines)
    assert sum(line.startswith(("Serbia's", "Incident", "Greece's")) for line in lines) >= 4


def test_a_short_answer_keeps_all_else_for_full(tmp_path):
    run = replace(
        synthetic({SPENDING: {DELIVERY: 1.0}}), reasons=("It is higher because of arms.", "In brackets: shares.")
    )
    short, full = (
        words((*answer(run, full=full), *ending(run, "skydagger-delivery", tmp_path, full=full)))
        for full in (False, True)
    )
    assert (
        "Why: It is higher because of arms. In brackets: shares. How sure: 100 simulations" in short
        and "Before you use this" not in short
    )
    assert "004 Emin & Ekinci (2024), Support to the Kosovo Security Force" in short and "Possible bias" not in short
    assert "Before you use this" in full and "Possible bias" in full


def own_parameter(quarter, settings=()):
    """A run whose scenario differs from its baseline in a parameter since the start, and in events."""
    chosen = synthetic({SPENDING: {1: spread(1.0, 2.0), quarter: spread(3.0, 4.0)}}, settings=settings)
    return replace(chosen, scenario=apply_settings(chosen.scenario, ("reaction.XKX=0.9",)))


def test_a_parameter_of_the_scenarios_own_is_named_and_hides_no_event(tmp_path):
    run = own_parameter(DELIVERY)
    assert run.first_effect == index_of("2025Q4")
    text = words((*answer(run, full=True), *ending(run, "skydagger-delivery", tmp_path)))
    assert "reaction.XKX differs from the baseline in every quarter since 2018Q1" in text
    assert "use --set reaction.XKX=0.9" in text and "Its own events begin to act in 2025Q4." in text
    assert "reaction.XKX = 0.9, set by skydagger-delivery and not so by baseline" in text


def test_the_next_commands_keep_the_options_of_the_run_and_repeat_none(tmp_path):
    run = synthetic({SPENDING: {DELIVERY: spread(1.0, 2.0)}}, settings=("reaction.SRB=0",))
    *_, steps = "\n".join(next_steps(run, "skydagger-delivery", tmp_path / "out", full=False)).split("Next:")
    assert (
        f"skydagger-delivery --members 100 --seed 3 --ensemble prior --set reaction.SRB=0 --out {tmp_path}/out --full"
        in steps
    )
    assert all(step.count("reaction.SRB=0") <= 1 for step in steps.split("\n"))
    assert f"armsrace explain {tmp_path}/out --actor SRB --quarter 2026Q4 --compare" in steps


def test_a_run_into_the_current_folder_leads_to_folders_beside_it(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    run = synthetic({SPENDING: {DELIVERY: spread(1.0, 2.0)}})
    steps = "\n".join(next_steps(run, "skydagger-delivery", Path(), full=True))
    assert f"--theory all --out {Path('..', 'here-theories')}" in steps
    assert f"--out {Path('..', 'here-no-reaction')}" in steps


def test_few_simulations_are_warned_of(tmp_path):
    run = synthetic({SPENDING: {DELIVERY: 1.0}})
    one = words(ending(replace(run, members=1), "skydagger-delivery", tmp_path))
    assert "1 simulation of" in one and "the ranges are rough" in one
    assert "the ranges are rough" not in words(ending(run, "skydagger-delivery", tmp_path))


def test_a_fall_counts_the_simulations_that_fall():
    row = rows(synthetic({ATTITUDE: {DELIVERY: spread(-0.9, -0.1)}}))["Serbia's attitude to Türkiye in 2025Q4"]
    assert certainty(row) == "all lower, direction assumed"


def test_an_order_on_paper_is_no_effect():
    run = synthetic({ORDERS: {index_of("2024Q4"): spread(1.0, 2.0)}, SPENDING: {DELIVERY: spread(1.0, 2.0)}})
    assert run.first_effect == DELIVERY


def test_rows_that_nothing_touches_are_left_out():
    assert set(rows(synthetic({SPENDING: {DELIVERY: 1.0}}))) == {
        "Serbia's spending in 2026",
        "Serbia's spending in 2030",
    }


def test_first_full_year_of_an_effect_in_a_first_quarter_is_that_year():
    assert "Serbia's spending in 2027" in rows(synthetic({SPENDING: {index_of("2027Q1"): 1.0}}))


def test_an_effect_after_2030_is_not_dated_before_it():
    assert set(rows(synthetic({SPENDING: {index_of("2032Q2"): 1.0}}))) == {"Serbia's spending in 2033"}


def test_a_run_that_ends_early_leaves_out_the_later_rows():
    assert set(rows(synthetic({SPENDING: {DELIVERY: 1.0}}, quarters=36))) == {"Serbia's spending in 2026"}


def test_expected_incidents_are_summed_over_the_quarters():
    run = synthetic({INCIDENTS: {DELIVERY: 0.5}})
    found = expected_incidents(run)
    assert (found.first, found.starts_late) == ("2026Q1", True)
    assert (found.scenario, found.baseline) == (pytest.approx(20 * 100.5), pytest.approx(20 * 100.0))


def test_incidents_of_a_later_effect_are_counted_from_it_on_with_the_range_of_the_change():
    run = synthetic({INCIDENTS: {index_of("2028Q1"): 0.5}})
    run = replace(run, incidents=bands_of(np.linspace(-1.0, 3.0, 101)[None]))
    found = expected_incidents(run)
    assert (found.first, found.starts_late) == ("2028Q1", False)
    said = incidents_sentence(run, "without")
    assert "change +6.00 (90 % range of single simulations −1 to +3)." in said and "on record" not in said


def test_topics_are_recorded_series():
    assert {topic.series for topic in TOPICS} <= set(all_series())


def test_size_message_is_computed_from_the_run():
    run = synthetic({SPENDING: {DELIVERY: 7.0}})
    assert "about 7.0 % (median); most of what Serbia spends is not explained" in caveats(run, run.findings)[0]


def test_size_message_makes_no_excuse_for_an_effect_larger_than_the_noise():
    run = synthetic({SPENDING: {DELIVERY: 40.0}})
    assert "most of what" not in caveats(run, run.findings)[0]


def test_rival_theories_are_quoted_for_arms_and_not_for_dialogue():
    said = "\n".join(caveats(synthetic(), ()))
    assert "fears of an arms race" in said and "pro-status quo" in said and "as a conflict" in said
    assert "rival ways" not in "\n".join(caveats(replace_baseline(synthetic(scenario="serbian-drone-purchase")), ()))
    assert "rival ways" not in "\n".join(caveats(replace_baseline(synthetic(scenario="dialogue-and-mediation")), ()))


def replace_baseline(run):
    return replace(run, baseline=load_scenario("skydagger-delivery"))


def test_the_missing_number_of_the_delivery_is_named():
    assert any("002-01" in note and "no number" in note for note in caveats(synthetic(), ()))


def test_all_simulations_are_stable_in_words():
    said = "In all 100 simulations spending in the region, left alone, is stable; half of any extra spending fades"
    assert stability_sentence(synthetic()).startswith(said)


def test_mixed_classes_are_counted():
    sentence = stability_sentence(synthetic(shares={"stable": 0.9, "marginal": 0.03, "runaway": 0.07}))
    assert "left alone, is stable in 90, on the edge in 3, runaway in 7" in sentence


@pytest.mark.parametrize("width", [80, 100])
def test_every_line_of_the_answer_fits_the_page(monkeypatch, tmp_path, width):
    monkeypatch.setenv("COLUMNS", str(width))
    run = synthetic({SPENDING: {DELIVERY: spread(1.0, 3.0)}, HAZARD: {DELIVERY: spread(-1.0, 1.0)}})
    lines = "\n".join(answer(run)).split("\n")
    assert max(len(line) for line in lines if not line.startswith("  armsrace")) <= width


def test_a_scenario_compared_with_nothing_gives_levels(tmp_path):
    text = "\n".join(answer(synthetic(scenario="baseline", baseline=False)))
    assert "these are levels" in text and "Serbia's spending, m US$/yr" in text and "share of simulations" not in text


def test_a_scenario_that_changes_nothing_is_said_to(tmp_path):
    assert "Nothing differs between the two" in "\n".join(answer(synthetic()))


def test_brackets_survive_and_control_characters_do_not():
    assert shown("[bold]a\x1b[2J\n") == "[bold]a\\x1b[2J\n"


def test_a_table_wraps_its_first_column_and_keeps_the_numbers_whole(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    text = table(("a long heading of words", "n"), [("one two three four five six seven", "1,234,567")], right=(1,))
    assert max(map(len, text.split("\n"))) <= 40 and "1,234,567" in text


def test_a_change_below_what_is_shown_is_said_to_be_small_and_not_nothing():
    run = synthetic({HAZARD: {DELIVERY: -0.004}, SPENDING: {DELIVERY: 0.0}})
    rate = next(row for row in run.findings if row.topic.variable == "hazard" and row.median)
    assert (rate.change, rate.way) == ("under 0.01 a year", "lower")
