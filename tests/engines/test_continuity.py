"""What is drawn from 2026 on goes on as the record of the years before left off."""

import numpy as np
import pytest

from sim.engines.simulate import prepared_scenario, simulated
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.quarters import PER_YEAR, index_of
from sim.model.variables import all_series
from sim.scenario.loading import load_scenario

MEMBERS = 300
AFTER_CONTRACTS = "2030Q1"
RECORD, DRAWN = ("2018Q1", "2025Q4"), ("2026Q1", "2035Q4")
NEAR = {"incidents": (0.6, 1.6), "troops": (0.8, 1.25), "deliveries": (0.5, 2.0), "orders": (0.5, 2.0)}


@pytest.fixture(scope="module")
def yearly():
    """Mean over simulations of the sum, or of the mean of troops, in each year: variable -> (years,)."""
    prepared = prepared_scenario(load_scenario("skydagger-delivery"), fit=DEFAULT_FIT)
    series = [one for one in all_series() if one.variable in NEAR]
    recorded = simulated(prepared, range(MEMBERS), seed=1, quarters=index_of(DRAWN[1]) + 1, series=series)
    sums = {}
    for variable in NEAR:
        rows = [place for place, one in enumerate(series) if one.variable == variable]
        quarterly = recorded[rows].sum(axis=0).mean(axis=-1).reshape(-1, PER_YEAR)
        sums[variable] = quarterly.mean(axis=1) if variable == "troops" else quarterly.sum(axis=1)
    return sums


def mean_of(years, span):
    first, last = (index_of(quarter) // PER_YEAR for quarter in span)
    return float(np.mean(years[first : last + 1]))


@pytest.mark.parametrize("variable", NEAR)
def test_nothing_jumps_where_the_record_ends(yearly, variable):
    """Drawn years against the eight on record.

    Arms only from when the large contract of the record, the Serbian fighters, is delivered. A single order makes a large part of
    eight years' arms, hence the wide limits of money; the jumps that this test was made against were from 10 to 246 million
    (Chinese arms) and from .25 to .63 incidents a year.
    """
    low, high = NEAR[variable]
    drawn = (AFTER_CONTRACTS if variable == "deliveries" else DRAWN[0], DRAWN[1])
    assert low < mean_of(yearly[variable], drawn) / mean_of(yearly[variable], RECORD) < high


@pytest.mark.parametrize("variable", ["incidents", "troops"])
def test_the_first_two_drawn_years_are_like_the_last_four_on_record(yearly, variable):
    low, high = NEAR[variable]
    first = mean_of(yearly[variable], ("2026Q1", "2027Q4"))
    assert low < first / mean_of(yearly[variable], ("2022Q1", "2025Q4")) < high
