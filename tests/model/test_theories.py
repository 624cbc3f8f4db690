"""Rival theories: what each fixes, the words that it rests on, and that no theory asserts what the others deny."""

from pathlib import Path

import numpy as np
import pytest

from sim.engines.compiled.engine import simulate
from sim.engines.simulate import prepared_scenario
from sim.io.errors import InputError
from sim.io.quarters import index_of
from sim.model.parameters import load_parameters
from sim.model.theories import theories, theory
from sim.model.variables import Series, all_series
from sim.runs.run import run
from sim.scenario.loading import load_scenario
from sim.scenario.overrides import apply_settings

QUARTERS = index_of("2030Q4") + 1
PLACES = {series: place for place, series in enumerate(all_series())}


def hazard_difference(name):
    worlds = [prepared_scenario(load_scenario(scenario), name) for scenario in ("skydagger-delivery", "baseline")]
    scenario, baseline = (
        simulate(world.parameters, world.script, members=range(200), seed=3, quarters=QUARTERS) for world in worlds
    )
    return (scenario - baseline)[PLACES[Series("hazard", "SRB", "XKX")]]


def test_each_theory_is_a_short_quotation_with_its_place():
    with Path(__file__).parents[2].joinpath("seeds", "sources.yaml").open(encoding="utf-8") as file:
        keys = file.read()
    for one in theories().values():
        assert len(one.quote.split()) <= 15
        assert one.locator
        assert f'"{one.document}":' in keys


def test_theories_fix_only_parameters_that_exist():
    for one in theories().values():
        load_parameters().with_overrides(one.parameters)


def test_without_deterrence_the_delivery_raises_the_hazard_and_with_strong_deterrence_it_may_not():
    quarter = index_of("2026Q2")
    spiral, deterrence = hazard_difference("spiral")[quarter], hazard_difference("deterrence")[quarter]
    assert np.mean(spiral > 0) > 0.9
    assert np.mean(deterrence > 0) < np.mean(spiral > 0) - 0.2


def test_in_the_theory_without_effect_the_delivery_moves_no_spending_relation_or_hazard():
    result = run("skydagger-delivery", members=32, until="2030Q4", theory="no-effect")
    for variable, actor, counterpart in (
        ("spending", "SRB", ""),
        ("spending", "XKX", ""),
        ("attitude", "SRB", "TUR"),
        ("tension", "SRB", "XKX"),
        ("hazard", "SRB", "XKX"),
    ):
        assert result.contrast(variable, actor, counterpart).first_difference is None


def test_what_the_user_sets_wins_over_the_theory():
    chosen = apply_settings(load_scenario("skydagger-delivery"), ["deterrence=0.3"])
    table = prepared_scenario(chosen, "spiral").parameters
    assert table.distributions[table.offset("deterrence")].centre == 0.3


def test_a_misspelt_theory_is_refused_with_the_nearest():
    with pytest.raises(InputError, match='did you mean "spiral"'):
        theory("spral")
