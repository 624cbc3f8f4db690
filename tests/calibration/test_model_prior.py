"""The prior of the reaction is what the panel says in the model's terms."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from sim.calibration.panel.model_prior import (
    main_rival,
    model_answer,
    panel_answer,
    prior_of_adjustment,
    prior_of_reaction,
)
from sim.calibration.panel.tables import read_tables
from sim.model.network import network
from sim.model.parameters import load_parameters


@pytest.mark.parametrize("state", network().states)
def test_the_prior_is_the_panel_in_the_models_terms(state: str) -> None:
    table = load_parameters()
    prior = table.distributions[table.rows_of(f"reaction.{state}")[0]]
    mean, spread = prior_of_reaction(read_tables(), state)
    assert prior.centre == pytest.approx(mean, abs=0.06)
    if main_rival(state) is None:
        assert prior.kind == "fixed"
    else:
        assert prior.spread == pytest.approx(spread, abs=0.06)


@pytest.mark.parametrize("state", network().states)
def test_the_speed_of_adjustment_is_the_panel_s_less_fatigue(state: str) -> None:
    table = load_parameters()
    prior = table.distributions[table.rows_of(f"adjustment.{state}")[0]]
    median, spread = prior_of_adjustment(read_tables(), state)
    assert prior.centre == pytest.approx(median, abs=0.006)
    assert prior.kind == "fixed" or prior.spread == pytest.approx(spread, abs=0.01)


def test_the_answers_solve_their_equations() -> None:
    solved = solve_ivp(
        lambda _, y: [0.35 * (y[1] - 1.5 * y[0]), 0.125 * (1.0 - y[1])], (0.0, 5.0), [0.0, 0.0], rtol=1e-9, atol=1e-12
    )
    assert model_answer(adjustment=0.35, fatigue=0.5, renewal=0.125) == pytest.approx(float(solved.y[0, -1]), rel=1e-6)
    years = np.linspace(0.0, 5.0, 20001)
    answer = np.trapezoid(0.02 * np.exp(-0.1 * years), years)
    assert panel_answer(reaction=0.02, restraint=0.1) == pytest.approx(float(answer), rel=1e-6)
