"""Three definitions of a race, each by hand, and what a run says of them."""

import numpy as np

from sim.analysis.dyads import mutual_rivals
from sim.analysis.race_verdict import DEFINITIONS, share_explosive, share_growing_fast, years_judged
from sim.analysis.stability import Reaction
from sim.io.quarters import index_of
from sim.model.network import network
from sim.runs.run import run

STATES = network().states


def budgets(*growths):
    """One simulation's budgets after growths over the year before, from 100 on; (years, 1)."""
    return 100.0 * np.cumprod([1.0, *(1.0 + growth for growth in growths)])[:, None]


def reaction(strength):
    """Serbia and Kosovo alone answer each other, in one simulation."""
    size, places = len(STATES), [STATES.index("SRB"), STATES.index("XKX")]
    shares = np.zeros((1, size, size))
    shares[0, places[0], places[1]] = shares[0, places[1], places[0]] = 1.0
    full = np.full((1, size), strength)
    return Reaction(full, np.zeros((1, size)), np.ones((1, size)), shares, np.zeros((1, size)), np.full((1, size), 0.1))


def test_both_budgets_must_grow_fast_in_the_same_three_years_running():
    fast = budgets(0.08001, 0.09, 0.2, 0.0)
    assert share_growing_fast(fast, fast) == 1.0
    assert share_growing_fast(fast, budgets(0.08001, 0.0799, 0.2, 0.3)) == 0.0
    assert share_growing_fast(fast, budgets(0.0, 0.2, 0.2, 0.2)) == 0.0


def test_a_window_of_two_years_has_no_three_years_running():
    fast = budgets(0.1, 0.1)
    assert share_growing_fast(fast, fast) == 0.0


def test_a_share_of_simulations_grows_fast():
    fast, slow = budgets(0.1, 0.1, 0.1), budgets(0.1, 0.1, 0.0)
    both = np.concatenate([fast, slow, slow, slow], axis=1)
    assert share_growing_fast(both, both) == 0.25


def test_two_states_run_away_where_their_reactions_outweigh_their_fatigue():
    assert share_explosive(reaction(1.5), ("SRB", "XKX")) == 1.0
    assert share_explosive(reaction(0.5), ("SRB", "XKX")) == 0.0
    assert share_explosive(reaction(1.5), ("GRC", "TUR")) == 0.0  # who do not answer each other here


def test_two_states_that_both_disarm_before_a_rival_run_no_race():
    assert share_explosive(reaction(-1.5), ("SRB", "XKX")) == 0.0
    assert reaction(-1.5).stability_eigenvalue().item() > 0.0  # the product of two falls is a rise


def test_growth_is_looked_at_from_the_first_effect_that_is_not_on_record_to_the_horizon():
    assert years_judged(index_of("2025Q4"), index_of("2035Q4") + 1) == range(2026, 2031)
    assert years_judged(index_of("2027Q2"), index_of("2035Q4") + 1) == range(2027, 2031)
    assert years_judged(None, index_of("2028Q4") + 1) == range(2026, 2029)


def test_a_run_has_a_verdict_on_every_two_mutual_rivals_and_calm_reactions_are_no_race():
    finished = run("serbian-drone-purchase", members=200, ensemble="prior", split=False)
    assert [one.states for one in finished.verdicts] == list(mutual_rivals())
    north = finished.verdicts[0]
    assert [one.definition for one in north.measures] == list(DEFINITIONS)
    growth, explosive, kind = north.measures
    assert (growth.verdict, explosive.verdict, kind.verdict) == ("no", "no", "possible")
    assert kind.scenario > kind.baseline
    assert growth.baseline is not None


def test_the_strongest_reactions_are_explosive_only_beside_a_guarantee_and_overstatement():
    """Else a state's own arms calm it as much as its rival's alarm it."""
    options = {"members": 20, "ensemble": "prior", "split": False, "until": "2027Q4"}

    def verdict(*settings):
        return (
            run("baseline", settings=("reaction=10", "fatigue=0", *settings), **options).verdicts[0].measures[1].verdict
        )

    assert verdict("guarantee_worth=0") == "no"
    assert verdict("guarantee_worth=2000", "exaggeration=3") == "yes"


def test_a_run_alone_and_a_short_one_say_what_they_cannot_say():
    alone = run("baseline", members=10, ensemble="prior", split=False, until="2027Q4").verdicts[0]
    growth, explosive, kind = alone.measures
    assert (growth.verdict, growth.what) == ("unknown", "the run is too short to say")
    assert explosive.baseline is None
    assert (kind.verdict, kind.what) == ("unknown", "nothing to compare with")
