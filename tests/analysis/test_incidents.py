"""The change of the risk falls into a spiral, deterrence, other channels and their interaction."""

import numpy as np
import pytest

from sim.analysis.incidents import PARTS, channels, rate_limit
from sim.io.quarters import index_of
from sim.report.run_answer import answer
from sim.runs.run import run

SMALL = {"members": 70, "until": "2027Q4"}


def invented(spiral=3.0, deterrence=-1.0, rest=0.25, together=0.5):
    both = rest + spiral + deterrence + together
    left = {"both": both, "spiral": rest + spiral, "deterrence": rest + deterrence, "neither": rest}
    return channels({way: np.full((2, 3), value) for way, value in left.items()})


def test_each_way_is_what_it_does_alone_and_the_rest_is_named():
    parts = {name: bands.mean.tolist() for name, bands in invented().parts.items()}
    assert parts == {"spiral": [3.0] * 2, "deterrence": [-1.0] * 2, "neither": [0.25] * 2, "interplay": [0.5] * 2}


def test_means_of_the_parts_add_up_to_the_change():
    found = run("skydagger-delivery", **SMALL).channels
    total = sum(found.parts[name].mean for name in PARTS)
    assert total == pytest.approx(found.total.mean, abs=1e-12)
    assert found.total.mean[index_of("2025Q4")] > 0.0


def test_the_spiral_raises_the_risk_and_deterrence_lowers_it():
    found = run("skydagger-delivery", theory="deterrence", **SMALL).channels
    after = index_of("2026Q4")
    assert found.parts["spiral"].mean[after] > 0.0 > found.parts["deterrence"].mean[after]


def test_under_the_spiral_theory_nothing_is_owed_to_deterrence():
    found = run("skydagger-delivery", theory="spiral", **SMALL).channels
    for name in ("deterrence", "interplay"):
        assert np.abs(found.parts[name].quantiles).max() < 1e-12


def test_the_total_is_that_of_the_run():
    result = run("skydagger-delivery", **SMALL)
    assert (result.channels.total.quantiles == result.contrast("hazard", "SRB", "XKX").difference.quantiles).all()


def test_few_worlds_and_a_scenario_without_baseline_have_no_channels():
    assert run("skydagger-delivery", **{**SMALL, "members": 10}).channels is None
    assert run("baseline", **SMALL).channels is None


def test_a_rate_that_many_simulations_have_at_its_limit_is_told_with_the_limit_of_the_run():
    few = {"members": 8, "until": "2026Q4", "split": False}
    limited = run("skydagger-delivery", settings=("hazard_max=0.5",), **few)
    assert rate_limit(limited)[1] == 0.5
    assert "at its limit, 0.5 a year" in " ".join(" ".join(answer(limited)).split())
    free = run("skydagger-delivery", settings=("hazard_max=50",), **few)
    assert rate_limit(free) is None and "at its limit" not in " ".join(answer(free))
