"""Every claim has a row, every test can fail, and the verdicts are those recorded."""

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.data.actors import load_actors
from sim.data.claims import EXECUTABLE, KINDS, claims
from sim.data.tables import sources
from sim.ensembles.registry import PRIOR
from sim.io.errors import InputError
from sim.model.distributions import Distribution
from sim.model.parameters import load_parameters
from sim.model.variables import Series
from sim.scenario.fields import series_by_name
from sim.scenario.loading import load_scenario
from sim.scenario.mechanisms import resting_on, without_mechanisms
from sim.validation.ablations import DEAD, LEAKS, WORKS, Ablation, Bench, ablations, bench
from sim.validation.claims_text import (
    changes,
    claim_json,
    claim_lines,
    counts,
    counts_sentence,
    evidence_sentence,
    why_or_what,
)
from sim.validation.experiments import Expectation, Turn, experiments
from sim.validation.simulation_cache import SimulationCache, differences
from sim.validation.verdicts import FAILS, HOLDS, UNDETERMINED, evidence_of, flips_without, outcomes
from tests.command_line import armsrace

SEEDS = Path(__file__).parents[2] / "seeds"
ROWS = {claim.id: claim for claim in claims()}
EXPERIMENTS = experiments()
IDS = [
    *(f"A{n:02}" for n in range(1, 30)), *(f"S{n:02}" for n in range(1, 24)), *(f"M{n:02}" for n in range(1, 116)),
    *(f"R{n:02}" for n in range(1, 13)), *(f"C{n:02}" for n in range(1, 22)), *(f"B{n:02}" for n in range(6)),
]  # fmt: skip
KIND_OF = dict(zip("ASMRCB", KINDS, strict=True))
TENSION = Series("tension", "SRB", "XKX")
MEMBERS = 60


def expectation(sign, band=0.0, among="all", members=0.9, possible=False):
    return Expectation.model_construct(
        variable=TENSION, at="2025Q4", sign=sign, band=band, among=among, members=members, possible=possible
    )


def copied(tmp_path, name, old, new, count=1):
    """A copy of a seeds file in which a text is replaced."""
    text = (SEEDS / name).read_text(encoding="utf-8")
    assert text.count(old) >= 1, old
    path = tmp_path / name
    path.write_text(text.replace(old, new, count), encoding="utf-8")
    return path


# ---- the claims ------------------------------------------------------------------------------------------------------


def test_every_claim_of_the_documents_has_one_row():
    assert list(ROWS) == IDS


def test_the_kind_of_a_claim_follows_its_letter():
    assert all(claim.kind == KIND_OF[claim.id[0]] for claim in claims())


def test_every_document_of_a_claim_has_its_place_and_is_one_of_the_five():
    for claim in claims():
        documents = claim.source.split(";")
        assert set(documents) <= {"000", "001", "002", "003", "004"} & set(sources()), claim.id
        places = [part.partition(": ")[0] for part in claim.locator.split("; ") if part[:3].isdigit()]
        assert places == documents, claim.id


def test_what_other_documents_say_names_the_document_and_the_place():
    for claim in claims():
        for text in (claim.agrees, claim.contradicts):
            first = text.partition(": ")
            assert not text or (first[0] in sources() and first[2]), (claim.id, text)


def test_rival_claims_contradict_each_other_in_both_rows():
    for one, other in (("M01", "M64"), ("M77", "M01"), ("M10", "M41"), ("M41", "M10"), ("M22", "M25")):
        homes = ROWS[other].source.split(";")
        assert any(f"{home}: " in f"{ROWS[one].contradicts}; " for home in homes), (one, other)


def test_every_experiment_is_asked_for_and_every_executable_claim_has_one():
    assert {claim.experiment for claim in claims() if claim.test == EXECUTABLE} == set(EXPERIMENTS)


def test_at_least_sixty_mechanisms_and_eleven_levers_are_executable():
    executable = [claim.kind for claim in claims() if claim.test == EXECUTABLE]
    assert executable.count("mechanism") >= 60
    assert {claim.id for claim in claims() if claim.kind == "lever" and claim.test != EXECUTABLE} == {"R06"}


def test_claims_that_are_not_tested_say_why_in_words():
    assert all(len(claim.reason.split()) >= 4 for claim in claims() if claim.test != EXECUTABLE)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("M02,mechanism,", "M02,mechanisms,", '"mechanisms" is unknown; did you mean "mechanism"?'),
        (",data-only,", ",data only,", 'did you mean "data-only"?'),
        ("M02,mechanism,", "M01,mechanism,", "M01 stands here twice"),
        (",executable,M64,", ",executable,,", "experiment is missing; a claim that is executable needs it"),
        ("id,kind,claim,", "id,kind,text,", "no such column; the table needs it"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(tmp_path, old, new, told):
    with pytest.raises(InputError, match="claims") as caught:
        claims(copied(tmp_path, "claims.csv", old, new))
    assert told in str(caught.value)
    assert "line " in str(caught.value)


# ---- the experiments -------------------------------------------------------------------------------------------------


def test_settings_that_turn_a_verdict_are_legal_and_differ_from_the_defaults():
    table = load_parameters()
    for id_, one in EXPERIMENTS.items():
        for turn in filter(None, (one.fails_when, one.holds_when)):
            assert all(table.problem(key, value) is None for key, value in turn.parameters.items()), id_
        assert one.recorded != HOLDS or any(is_new(table, *pair) for pair in one.fails_when.parameters.items()), id_


def is_new(table, key, value):
    """Whether a value is another than that of some row that it sets."""
    return any(table.checked(key, value) != table.distributions[row] for row in table.rows_of(key))


def test_the_two_sides_of_every_experiment_differ():
    for id_, one in EXPERIMENTS.items():
        scenario, against = one.worlds[:2]
        assert (scenario.events, scenario.parameters) != (against.events, against.parameters), id_


def test_what_does_not_hold_says_why_in_two_sentences_at_least():
    for id_, one in EXPERIMENTS.items():
        if one.recorded != HOLDS:
            assert one.comment.count(".") + one.comment.count(";") >= 2, id_
            assert one.holds_when is not None, id_


def test_actors_and_variables_of_experiments_are_known():
    codes = load_actors().codes
    for one in EXPERIMENTS.values():
        for part in one.expect:
            assert part.variable in series_by_name().values()
            assert {part.variable.actor, part.variable.counterpart} - {""} <= set(codes)


def test_one_event_of_an_experiment_is_read_as_in_a_scenario_file():
    event = next(event for event in EXPERIMENTS["M109"].worlds[0].events if event.id == "order")
    assert event.type == "order"
    assert isinstance(event.n, Distribution)
    assert "experiments.yaml:" in event.origin


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("variable: tension.SRB.XKX", "variable: tention.SRB.XKX", "is not recorded; did you mean"),
        ("parameters: {coupling: 0}", "parameters: {coupling: 7}", "7 is outside 0-1"),
        ("parameters: {coupling: 0}", "parameters: {cupling: 0}", 'did you mean "coupling"?'),
        ("scenario: skydagger-delivery", "scenario: skydager-delivery", 'did you mean "skydagger-delivery"?'),
        ('sign: "0", band: 0.5', 'sign: "0"', 'the sign "0" needs a band'),
        ('sign: "not +", band: 0.01', 'sign: "not +"', 'the sign "not +" needs a band'),
        ("type: supplement, actor: XKX", "type: supplement, actor: XKK", "is not one of the twelve states"),
        ("remove: [framework-kosovo]", "remove: [framework]", 'no inherited event has the id "framework"'),
        ("recorded: holds", "recorded: true", "holds"),
        ("    shows: the delivery", "    show: the delivery", "unknown field"),
        ("both: {chance: 0}", "both: {chanse: 0}", "chance"),
        ("at: 2025Q4", "at: 2025Q5", "2025Q5"),
    ],
)
def test_a_wrong_experiment_is_told_with_its_line_and_its_place(tmp_path, old, new, told):
    with pytest.raises(InputError, match="experiments") as caught:
        experiments(copied(tmp_path, "experiments.yaml", old, new))
    assert told in str(caught.value)
    assert all(problem.line for problem in caught.value.problems)


def test_all_that_is_wrong_with_the_experiments_is_told_at_once(tmp_path):
    path = copied(tmp_path, "experiments.yaml", "parameters: {coupling: 0}", "parameters: {coupling: 7}", count=2)
    with pytest.raises(InputError) as caught:
        experiments(path)
    assert len(caught.value.problems) == 2


# ---- verdicts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sign", "band", "found", "verdict"),
    [
        ("+", 0.0, [1.0] * 9 + [-1.0], HOLDS),
        ("+", 0.0, [1.0] * 8 + [-1.0] * 2, UNDETERMINED),
        ("+", 0.0, [1.0] * 1 + [-1.0] * 9, FAILS),
        ("-", 0.0, [1.0] * 1 + [-1.0] * 9, HOLDS),
        ("+", 0.0, [0.0] * 10, FAILS),
        ("-", 0.0, [-1e-15] * 10, FAILS),
        ("0", 0.5, [0.4] * 9 + [-0.6], HOLDS),
        ("0", 0.5, [0.6] * 9 + [-0.4], FAILS),
        ("+", 0.5, [0.6] * 9 + [-0.6], HOLDS),
        ("+", 0.5, [0.4] * 9 + [0.6], FAILS),
        ("-", 0.5, [-0.4] * 9 + [-0.6], FAILS),
        ("not +", 0.5, [0.4] * 5 + [-9.0] * 4 + [0.6], HOLDS),
        ("not +", 0.5, [0.6] * 9 + [-0.6], FAILS),
        ("not -", 0.5, [-0.4] * 5 + [9.0] * 4 + [-0.6], HOLDS),
    ],
)
def test_a_verdict_follows_the_share_of_members_that_agree(sign, band, found, verdict):
    assert evidence_of(expectation(sign, band), np.array(found)).verdict == verdict


def test_members_in_which_nothing_moves_are_left_out_where_the_experiment_says_so():
    found = np.array([0.0] * 90 + [1.0] * 10)
    assert evidence_of(expectation("+"), found).verdict == FAILS
    evidence = evidence_of(expectation("+", among="moved"), found)
    assert (evidence.verdict, evidence.counted, evidence.share) == (HOLDS, 10, 1.0)
    assert evidence_of(expectation("+", among="moved"), np.zeros(100)).verdict == FAILS


@pytest.mark.parametrize(("raised", "verdict"), [(100, FAILS), (90, FAILS), (89, HOLDS), (50, HOLDS), (0, HOLDS)])
def test_what_need_not_be_fails_only_where_the_opposite_would_hold(raised, verdict):
    found = np.array([1.0] * raised + [0.0] * (100 - raised))
    assert evidence_of(expectation("not +", 0.01, possible=True), found).verdict == verdict
    assert (evidence_of(expectation("+", 0.01), found).verdict == HOLDS) == (verdict == FAILS)


def test_evidence_gives_the_median_and_ninety_per_cent_of_members():
    evidence = evidence_of(expectation("+"), np.arange(101.0))
    assert (evidence.low, evidence.median, evidence.high) == (5.0, 50.0, 95.0)


@pytest.fixture(scope="module")
def tested():
    """A handful of experiments, among them the rivals, on few members."""
    simulations = SimulationCache(MEMBERS, seed=1, fit=PRIOR)
    names = ["M01", "M02", "M10", "M32", "M36", "M41", "M64", "M09", "M70", "R01", "R07", "A13"]
    return outcomes([EXPERIMENTS[name] for name in names], simulations)


@pytest.mark.parametrize("id_", ["M01", "M02", "M09", "M10", "M32", "M36", "M41", "M64", "M70", "R01", "A13"])
def test_a_claim_has_the_verdict_recorded_and_can_fail(tested, id_):
    outcome = tested[id_]
    assert outcome.verdict == outcome.experiment.recorded
    assert outcome.can_fail
    assert outcome.can_hold


def test_rival_claims_are_tested_with_one_margin():
    """Whoever claims the opposite is held to the same size of move, in the same unit."""
    for one, other in (("M01", "M64"), ("M22", "M25"), ("M77", "C02")):
        first, second = (EXPERIMENTS[id_].expect[0] for id_ in (one, other))
        assert (first.variable, first.band, first.relative) == (second.variable, second.band, second.relative)
        assert (first.members, first.among) == (second.members, second.among)


def test_tension_rises_at_once_and_need_not_be_raised_a_year_on(tested):
    (at_once,), (later,) = tested["M01"].evidence, tested["M64"].evidence
    """A year on nine tenths of the rise are gone; what is left exceeds the margin in some simulations and not in others."""
    assert at_once.share == 1.0
    assert 1.0 - later.expectation.members < later.share < later.expectation.members
    assert later.low > 0.0
    assert later.median < 0.2 * at_once.median


def told_of(id_, outcome):
    return claim_lines([ROWS[id_]], {id_: outcome}, members=MEMBERS, seed=1, fit=PRIOR)


def test_a_toss_of_a_coin_reads_as_one(tested):
    outcome = tested["R07"]
    (evidence,) = outcome.evidence
    told = {
        share: " ".join("\n".join(told_of("R07", replace(outcome, evidence=(replace(evidence, share=share),)))).split())
        for share in (0.51, 0.49, 0.7)
    }  # fmt: skip
    assert "about as many simulations go the claim's way as do not (51 %)" in told[0.51]
    assert "about as many simulations go the claim's way as do not (49 %)" in told[0.49]
    assert "70 % of simulations go the claim's way" in told[0.7]


def test_a_share_of_some_worlds_names_them(tested):
    evidence = replace(tested["M01"].evidence[0], expectation=expectation("+", among="moved"), share=0.93, counted=14)
    outcomes_ = {"M01": replace(tested["M01"], evidence=(evidence,))}
    assert "93 % of the 14 that move]" in why_or_what(ROWS["M01"], outcomes_)
    assert "93 % of the 14 of 60 simulations in which anything moves" in evidence_sentence(evidence)
    plain = claim_json(ROWS["M01"], outcomes_)["experiment"]["evidence"][0]
    assert plain["share_of"] == "the 14 of 60 simulations in which anything moves"
    assert (plain["counted"], plain["members"]) == (14, 60)


def test_no_comment_tells_a_number_or_a_direction_of_what_came_out():
    """Numbers are printed beside it, and change with the options."""
    for id_, one in EXPERIMENTS.items():
        assert not re.search(
            r"in (most|half|a minority|about half|some) (of )?(the )?worlds|more than half of the worlds", one.comment
        ), id_
        assert not re.search(r"\d+ (%|per cent)|about one per cent", one.comment), id_


def test_trade_falls_in_all_worlds_and_by_little_in_nearly_all(tested):
    assert tested["M10"].evidence[0].share == 1.0
    assert -0.03 < tested["M41"].evidence[0].median < 0.0


def test_the_same_worlds_are_simulated_once():
    simulations = SimulationCache(2, fit=PRIOR)
    base, other = load_scenario("baseline"), load_scenario("baseline")
    assert simulations.ask(base, {TENSION: 3}) == simulations.ask(other, {TENSION: 7})
    simulations.run()
    key = simulations.ask(base, {TENSION: 2})
    assert simulations.path(key, TENSION).shape == (8, 2)


def test_a_second_pair_is_taken_off():
    simulations = SimulationCache(3, fit=PRIOR)
    scenario, base = load_scenario("skydagger-delivery"), load_scenario("baseline")
    keys = [simulations.ask(one, {TENSION: 31}) for one in (scenario, base)]
    simulations.run()
    once = differences(simulations, keys, TENSION, (31,))
    assert (once > 0.0).all()
    assert (differences(simulations, [*keys, *keys], TENSION, (31,)) == 0.0).all()
    share = differences(simulations, keys, TENSION, (31,), relative=True)
    assert share == pytest.approx(once / simulations.path(keys[1], TENSION)[31])


def test_a_claim_that_no_longer_fails_where_it_should_is_a_change(tested):
    outcome = tested["M01"]
    harmless = replace(outcome, turned=outcome.evidence)
    assert not harmless.is_as_recorded
    assert changes([ROWS["M01"]], {"M01": harmless}) == ["M01 should fail when coupling=0, and does not"]
    turned = replace(outcome, experiment=outcome.experiment.model_copy(update={"recorded": FAILS}))
    assert changes([ROWS["M01"]], {"M01": turned}) == ["M01 holds, recorded: fails"]


def with_prior(outcome, *shares):
    """An outcome whose parts have these shares in simulations from the prior."""
    parts = zip(outcome.evidence, shares, strict=True)
    return replace(outcome, prior=tuple(replace(part, share=share) for part, share in parts))


@pytest.mark.parametrize(("share", "word"), [(1.0, "holds by assumption"), (0.98, "holds"), (0.5, "holds")])
def test_a_claim_holds_by_assumption_only_if_no_simulation_of_the_prior_says_otherwise(tested, share, word):
    assert with_prior(tested["M01"], share).word == word


@pytest.mark.parametrize(("share", "word"), [(0.0, "fails by assumption"), (0.05, "fails"), (0.9, "fails")])
def test_a_claim_fails_by_assumption_only_if_no_simulation_of_the_prior_agrees(tested, share, word):
    failing = replace(tested["M01"].evidence[0], share=0.0)
    outcome = replace(tested["M01"], evidence=(failing,), turned=(failing,))
    assert with_prior(outcome, share).word == word


def test_an_undetermined_claim_is_no_assumption(tested):
    between = replace(tested["M01"].evidence[0], share=0.5)
    assert with_prior(replace(tested["M01"], evidence=(between,)), 1.0).word == UNDETERMINED


def test_what_the_prior_allows_is_looked_at_without_luck_and_decides_the_word(tested):
    assert all(part.members == 60 and part.is_moved for part in tested["M01"].prior)
    assert tested["M01"].word == "holds by assumption"


def test_a_mechanism_goes_with_the_only_document_that_says_one_of_its_claims():
    for document in ("000", "001", "002", "003", "004"):
        for entry in resting_on(document).values():
            assert entry.claims and all(ROWS[id_].documents == {document} for id_ in entry.claims)
    supported = {id_ for one in ROWS.values() if len(one.documents) > 1 for id_ in [one.id]}
    alone = {
        id_
        for document in ("000", "002", "003", "004")
        for entry in resting_on(document).values()
        for id_ in entry.claims
    }
    assert alone and not alone & supported


def test_a_document_that_agrees_counts_as_one_that_says_it():
    claim = next(one for one in ROWS.values() if one.agrees.startswith("000: ") and "000" not in one.source)
    assert "000" in claim.documents


def test_without_a_document_its_mechanisms_are_at_their_neutral_values_and_nothing_else_changes():
    scenario = load_scenario("skydagger-delivery")
    document = next(one for one in ("004", "002", "000", "003") if resting_on(one))
    neutral = {key: value for entry in resting_on(document).values() for key, value in entry.off.parameters.items()}
    without = without_mechanisms(scenario, document)
    assert without.parameters == {**scenario.parameters, **neutral}
    assert without.events == scenario.events


def test_a_verdict_that_needs_a_mechanism_of_one_document_flips_without_it():
    def needs(experiment, off):
        return set(experiment.fails_when.parameters) <= set(off) and experiment.recorded == "holds"

    documents = [document for document in ("000", "002", "003", "004") if resting_on(document)]
    for document in documents:
        off = {key for entry in resting_on(document).values() for key in entry.off.parameters}
        chosen = [one for one in EXPERIMENTS.values() if needs(one, off)][:2]
        if chosen:
            flips = flips_without(document, chosen, SimulationCache(40, fit=PRIOR))
            assert set(flips) == {one.id for one in chosen} and all(before == HOLDS for before, _ in flips.values())
            return
    pytest.fail("no experiment rests on a mechanism of one document: test another way")


def test_counts_are_told_in_words(tested):
    chosen = [ROWS[id_] for id_ in ("M01", "M02", "M32", "M65", "M28")]
    assert counts(chosen, tested) == {
        HOLDS: 0, "holds by assumption": 2, FAILS: 0, "fails by assumption": 1, UNDETERMINED: 0, "data only": 1,
        "out of scope": 1,
    }  # fmt: skip
    words = "5 claims: 2 hold by assumption, 1 fails by assumption, 1 is data only, 1 is out of scope."
    assert counts_sentence(chosen, tested) == words


# ---- mechanisms ------------------------------------------------------------------------------------------------------


def some(*names):
    whole = bench()
    return Bench(tuple(one for one in whole.mechanisms if one.id in names), whole.watched, whole.until, whole.least)


def test_every_patron_and_the_peacekeepers_are_taken_out_in_turn():
    names = {one.id for one in bench().mechanisms}
    assert {"russia", "china", "united-states", "european-union", "iran", "turkiye", "kfor"} <= names


def test_a_mechanism_moves_what_it_may_and_nothing_else():
    for one in ablations(some("support", "deterrence", "encirclement"), SimulationCache(20, fit=PRIOR)):
        assert one.verdict == WORKS, one.leaks
        assert Series("gdp", "SRB") in one.still
    assert [move.series.name for move in one.moved] != []


def test_a_mechanism_without_effect_is_dead_and_one_with_too_much_leaks():
    support, deterrence = some("support").mechanisms[0], some("deterrence").mechanisms[0]
    watched, least = bench().watched, bench().least
    dead = replace(support, off=support.on)
    broad = replace(deterrence, moves=deterrence.moves[:1])
    found = ablations(Bench((dead, broad), watched, "2026Q4", least), SimulationCache(5, fit=PRIOR))
    assert [one.verdict for one in found] == [DEAD, LEAKS]
    assert isinstance(found[0], Ablation)
    assert len(found[0].still) == len(watched)


# ---- the command -----------------------------------------------------------------------------------------------------


def test_check_prints_verdicts_and_counts(capsys):
    code, out, _ = armsrace(capsys, "check", "--kind", "framing", "--members", "20", "--ensemble", "prior")
    assert code == 0
    assert "B04  out of scope" in out
    assert out.endswith("6 claims: 6 are out of scope.\n")


def test_check_tells_some_claims_in_full(capsys):
    options = ["--members", "60", "--ensemble", "prior"]
    code, out, _ = armsrace(capsys, "check", "--claims", "M01", "M64", "M65", *options)
    assert code == 0
    for text in (
        "M01 holds by assumption. Selling drones",
        "Fails when coupling=0",
        "M64 holds.",
        "more than 10 % needed",
        "M65 data only.",
    ):
        assert text in out


def test_check_in_json_carries_evidence_and_settings(capsys):
    options = ["--members", "60", "--ensemble", "prior", "--format", "json"]
    code, out, _ = armsrace(capsys, "check", "--claims", "M01", "M65", *options)
    content = json.loads(out)
    first, second = content["claims"]
    assert code == 0
    assert (content["members"], content["summary"]["holds by assumption"], content["changes"]) == (60, 1, [])
    assert first["experiment"]["fails_when"]["verdict"] == FAILS
    assert first["experiment"]["evidence"][0]["share"] == 1.0
    assert first["experiment"]["by_assumption"] is True
    assert (second["verdict"], "experiment" in second) == ("data only", False)


def test_check_ends_with_one_when_a_verdict_is_not_the_one_recorded(capsys, monkeypatch):
    changed = EXPERIMENTS["M01"].model_copy(update={"recorded": FAILS})
    monkeypatch.setattr("sim.validation.checks.experiments", lambda: {**EXPERIMENTS, "M01": changed})
    code, out, _ = armsrace(capsys, "check", "--claims", "M01", "--members", "20", "--ensemble", "prior")
    assert code == 1
    assert "M01 holds, recorded: fails" in out


def test_check_of_mechanisms_in_json_says_what_stayed_the_same(capsys, monkeypatch):
    monkeypatch.setattr("sim.validation.checks.bench", lambda: some("support"))
    code, out, _ = armsrace(
        capsys, "check", "--mechanisms", "--members", "20", "--ensemble", "prior", "--format", "json"
    )  # fmt: skip
    (one,) = json.loads(out)["mechanisms"]
    assert (code, one["verdict"], one["leaks"]) == (0, WORKS, [])
    assert "gdp.SRB" in one["same"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--claims", "M999"], '"M999" is no claim'),
        (["--published", "--mechanisms"], "choose one"),
        (["--published", "--claims", "M01"], "choose one"),
        (["--claims", "M01", "--kind", "actor"], "none of these claims is a actor"),
        (["--kind", "levers"], "levers"),
        (["--members", "0"], "0 is outside 1-1000000"),
        (["--ensemble", "nobody"], '"nobody" is not one of'),
    ],
)
def test_a_wrong_question_is_told_in_one_message(capsys, arguments, told):
    code, out, err = armsrace(capsys, "check", *arguments)
    assert (code, out) == (2, "")
    assert told in err


def test_no_cell_of_the_claims_quotes_a_sentence():
    """Claims are told in our own words: no quotation marks around more than a few words."""
    with (SEEDS / "claims.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert all(len(part.split()) <= 5 for part in row["claim"].split('"')[1::2]), row["id"]


def test_a_turn_lays_its_parameters_over_every_world():
    worlds = EXPERIMENTS["C13"].worlds_under(Turn(parameters={"coupling": 0.25}, because="for the test"))
    assert len(worlds) == 4
    assert all(world.parameters["coupling"] == 0.25 for world in worlds)


def test_check_refuses_what_is_no_document(capsys):
    code, _, err = armsrace(capsys, "check", "--without", "005")
    assert code == 2 and '"005" is no document; choose one of 000, 001, 002, 003, 004' in err


def test_check_without_a_document_on_which_nothing_rests_alone_says_so(capsys):
    document = next(one for one in ("000", "001", "002", "003", "004") if not resting_on(one))
    code, out, _ = armsrace(capsys, "check", "--without", document, "--members", "2", "--ensemble", "prior")
    assert code == 0 and "No mechanism rests on it alone" in out
