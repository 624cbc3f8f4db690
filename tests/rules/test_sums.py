"""The model's sums: what each of their terms does, and what they are when nothing is the matter. Worked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules import capability, patrons, spending, supplier_history, tension, transfers
from tests.rules.numbers_tried import level, logarithm, money, share, steady

# every argument of a sum with a value of its own, so that two that change places show, and the sum worked by hand
WORKED = {
    spending.desired_gap: (
        {"reaction": 2.0, "threat_rise": 0.3, "yielding": 0.7, "grievance": -0.07, "insecurity_outside": 0.013},
        0.6 - 0.07 + 0.013,
    ),
    tension.restrained_tension: (
        {"tension_weight": 3.0, "tension": 0.2, "troops_weight": 0.13, "troops": 2.0, "deterrence": 0.4, "arms": 0.7},
        0.6 - 0.26 - 0.28,
    ),
    tension.hazard_exponent: (
        {"restrained_tension": 0.06, "threat_weight": 0.9, "threat_rise": 0.3, "guarantee_weight": 0.33, "guarantee_lost": 0.5,
         "election_weight": 0.15, "election": 1.0, "moral_hazard": 0.4, "backing": 0.7},
        0.06 + 0.27 + 0.165 + 0.15 + 0.28,
    ),
    tension.tension_damping: (
        {"dialogue_weight": 1.2, "dialogue": 0.3, "forum_weight": 0.7, "transparency": 0.2}, 0.36 + 0.14,
    ),
    tension.tension_shock: (
        {"delivery_weight": 0.25, "provocation": 1.2, "words_weight": 0.3, "words": 0.1}, 0.3 + 0.03,
    ),
    tension.troops_deployed: (
        {"agreed": 4.5, "reserve_scripted": 0.6, "reserve_called": 0.25, "reinforcement": -0.1}, 5.25,
    ),
    capability.perceived_capability: ({"capital": 200.0, "uav": 55.0, "loitering": 12.0}, 267.0),
    transfers.offer_merit: (
        {"appeal": 1.1, "relation_weight": 0.9, "attitude": -0.3, "price_weight": 0.7, "deal_burden": 0.6, "premium": -0.2},
        1.1 - 0.27 - 0.28,
    ),
    transfers.offer_utility: (
        {"merit": 0.75, "memory_weight": 1.5, "memory": 0.2, "standard_weight": 0.3, "standard": 0.8, "standing": 0.07,
         "demonstration": 0.6, "example": 0.25, "embargo_weight": 9.0, "embargo": 0.1},
        0.75 - 0.3 + 0.24 + 0.07 + 0.15 - 0.9,
    ),
    transfers.deal_gain: (
        {"base": 1.5, "profit_weight": 0.4, "profit": 0.7, "influence_weight": 0.6, "influence": 1.1, "relation_weight": 2.0,
         "attitude": -0.3},
        1.5 + 0.28 + 0.66 - 0.6,
    ),
    supplier_history.standing: (
        {"influence_weight": 0.5, "influence": 0.3, "lock_in": 0.8, "dependence": 0.2, "agreements": 0.09, "support_weight": 0.4,
         "support": 1.5},
        0.15 + 0.16 + 0.09 + 0.2,
    ),
    supplier_history.tied_purchases: ({"tied_share": 0.6, "grants": 9.0, "grants_usual": 1.0, "years": 0.25}, 1.2),
    capability.guarantee: (
        {"worth": 4000.0, "cover": 0.9, "commitment": 0.5, "presence_share": 0.25, "presence": 1.2}, 3600.0 * (0.375 + 0.3),
    ),
    patrons.grant_anchor: (
        {"base": 3.0, "response": 0.1, "threat_rise": 0.4, "spending": 150.0, "boost": 1.5}, (3.0 + 6.0) * 1.5,
    ),
    patrons.dialogue_intensity: (
        {"agreed": 0.3, "mediation": 0.2, "accession_weight": 0.5, "accession": 0.1, "tension_weight": 0.7, "tension": 0.2},
        (0.3 + 0.2 + 0.05) * (1.0 - 0.14),
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", WORKED, ids=lambda rule: rule.__name__)
def test_a_sum_is_what_its_terms_give_by_hand(rule):
    arguments, expected = WORKED[rule]
    assert rule(**arguments) == pytest.approx(expected, rel=1e-14)


@steady
@given(reaction=level, weights=st.tuples(share, share, share, share))
def test_where_nothing_is_the_matter_nothing_presses(reaction, weights):
    """Neither on a budget nor on the north: every cause at its reference, whatever the weights."""
    quiet = dict.fromkeys(("threat_rise", "grievance", "insecurity_outside"), 0.0)
    assert spending.desired_gap(reaction=reaction, yielding=0.7, **quiet) == 0.0
    one, other, third, fourth = weights
    restrained = tension.restrained_tension(
        tension_weight=one, tension=0.0, troops_weight=other, troops=0.0, deterrence=third, arms=0.0
    )
    north = {"threat_weight": one, "guarantee_weight": other, "election_weight": third, "moral_hazard": fourth}
    quiet = dict.fromkeys(("threat_rise", "guarantee_lost", "election", "backing"), 0.0)
    assert tension.hazard_exponent(restrained_tension=restrained, **north, **quiet) == 0.0


@steady
@given(reaction=st.floats(-5.0, 5.0), rise=logarithm)
def test_a_state_whose_reaction_is_negative_spends_less_under_threat_but_half_at_least(reaction, rise):
    wanted = spending.desired_gap(
        reaction=reaction, threat_rise=rise, yielding=0.7, grievance=0.0, insecurity_outside=0.0
    )
    assert wanted == max(reaction * rise, -0.7)


@steady
@given(agreed=st.floats(0.0, 100.0), reinforcement=st.floats(-200.0, 10.0))
def test_no_peacekeepers_are_fewer_than_none(agreed, reinforcement):
    kept = tension.troops_deployed(agreed=agreed, reserve_scripted=0.0, reserve_called=0.0, reinforcement=reinforcement)
    assert kept == max(0.0, agreed + reinforcement)


@steady
@given(
    gain=st.floats(-20.0, 20.0),
    stake=st.floats(0.0, 5.0),
    weight=st.floats(0.0, 5.0),
    embargo_weight=st.floats(0.0, 30.0),
)
def test_friends_at_stake_and_an_embargo_only_make_consent_less_likely(gain, stake, weight, embargo_weight):
    def consent(at_stake, embargo):
        return transfers.consent_probability(
            gain=gain, friendship_weight=weight, stake=at_stake, embargo_weight=embargo_weight, embargo=embargo
        )

    assert 0.0 <= consent(stake, 1.0) <= consent(stake, 0.0) <= consent(0.0, 0.0) <= 1.0
    assert transfers.consent_probability(
        gain=0.0, friendship_weight=weight, stake=0.0, embargo_weight=embargo_weight, embargo=0.0
    ) == pytest.approx(0.5)


@steady
@given(influence_weight=share, lock_in=share, support_weight=share)
def test_without_past_dealings_a_supplier_has_no_standing(influence_weight, lock_in, support_weight):
    start = {"influence": 0.0, "dependence": 0.0, "agreements": 0.0, "support": 1.0}
    weights = {"influence_weight": influence_weight, "lock_in": lock_in, "support_weight": support_weight}
    assert supplier_history.standing(**weights, **start) == 0.0


@steady
@given(usual=money, less=share, tied=share)
def test_grants_up_to_those_of_the_start_tie_nothing(usual, less, tied):
    assert supplier_history.tied_purchases(tied_share=tied, grants=less * usual, grants_usual=usual, years=0.25) == 0.0
