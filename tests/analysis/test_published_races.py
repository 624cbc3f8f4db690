"""Races of `seeds/published.yaml` by exact arithmetic: it gives what their sources print, and the laboratory gives the same."""

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.analysis.richardson import Integrator, LinearRace
from sim.io.yaml_reader import read_yaml

Floats = NDArray[np.float64]
Given = dict[str, Any]

FLOORED: tuple[Integrator, ...] = ("euler", "rk4")
FILE = Path(__file__).parents[2] / "seeds" / "published.yaml"
PARTS: dict[str, dict[str, Any]] = {
    f"{id_}: {part['name']}": part
    for id_, result in read_yaml(FILE).data["results"].items()
    for part in result["parts"]
    if part["kind"] == "race"
}


def given(id_: str, number: int = 0) -> Given:
    """What a part of a result is computed from."""
    parts = [part for name, part in PARTS.items() if name.startswith(f"{id_}: ")]
    found: Given = parts[number]["given"]
    return found


def race_of(said: Given) -> LinearRace:
    return LinearRace.pair(reaction=said["reaction"], fatigue=said["fatigue"], grievance=said["grievance"])


def path_in_steps(said: Given) -> Floats:
    """Euler path with step 1, without rounding."""
    (k, el), (a, b), (g, h), state = (
        [Fraction(str(number)) for number in said[name]] for name in ("reaction", "fatigue", "grievance", "start")
    )
    path = [state]
    for _ in range(said["steps"]):
        x, y = path[-1]
        growth = [k * y - a * x + g, el * x - b * y + h]
        if not said.get("scrapping", True):
            growth = [max(Fraction(0), speed) for speed in growth]
        path.append([x + growth[0], y + growth[1]])
    return np.array(path, dtype=float)


def eigenvalues_of(said: Given) -> tuple[float, float]:
    (k, el), (a, b) = said["reaction"], said["fatigue"]
    root = math.sqrt((a - b) ** 2 + 4.0 * k * el)
    return (-a - b + root) / 2.0, (-a - b - root) / 2.0


def equilibrium_of(said: Given) -> tuple[float, float]:
    (k, el), (a, b), (g, h) = said["reaction"], said["fatigue"], said["grievance"]
    determinant = a * b - k * el
    return (b * g + k * h) / determinant, (a * h + el * g) / determinant


def path_in_time(said: Given) -> Floats:
    """Closed form of a race of two with real, different, nonzero eigenvalues (Sylvester), at whole times."""
    (k, el), (a, b) = said["reaction"], said["fatigue"]
    (fast, slow), (x_rest, y_rest) = eigenvalues_of(said), equilibrium_of(said)
    u, v = said["start"][0] - x_rest, said["start"][1] - y_rest
    time = np.arange(said["steps"] + 1.0)
    grown, shrunk = np.exp(fast * time) / (fast - slow), np.exp(slow * time) / (fast - slow)
    x = grown * ((-a - slow) * u + k * v) - shrunk * ((-a - fast) * u + k * v)
    y = grown * (el * u + (-b - slow) * v) - shrunk * (el * u + (-b - fast) * v)
    return np.column_stack([x_rest + x, y_rest + y])


def path_of(said: Given) -> Floats:
    return path_in_steps(said) if said.get("integrator") == "euler" else path_in_time(said)


def found(quantity: str, said: Given) -> Any:
    """A quantity of the file, by other means than the laboratory's."""
    (k, el), (a, b) = said["reaction"], said["fatigue"]
    rest, fast = equilibrium_of(said), eigenvalues_of(said)[0]
    if quantity.startswith("arms after "):
        return path_of(said)[int(quantity.removeprefix("arms after "))]
    match quantity:
        case "equilibrium":
            return rest
        case "eigenvalues":
            return eigenvalues_of(said)
        case "factors per step":
            return [1.0 + one for one in eigenvalues_of(said)]
        case "m n - a b":
            return a * b - k * el
        case "class of the race":
            return "stable" if fast < 0.0 else "runaway"
        case "sign of the equilibrium":
            return "negative for both" if max(rest) < 0.0 else "not negative for both"
        case "outcome":
            return "mutual disarmament" if fast < 0.0 and min(rest) < 0.0 else "another"
        case "arms at the end":
            return np.maximum(rest, 0.0)  # both disarm: the floor holds
    raise AssertionError(f"{quantity} is not worked here")


# ---- every race of the file ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PARTS)
def test_exact_arithmetic_gives_every_number_that_is_printed(name: str) -> None:
    for line in PARTS[name]["lines"]:
        ours = found(line["quantity"], PARTS[name]["given"])
        if isinstance(line["value"], str):
            assert ours == line["value"], line["quantity"]
        else:
            distance = np.abs(np.asarray(ours) - np.asarray(line["value"])).max()
            assert distance <= 1.000001 * line["tolerance"] + 1e-12, line["quantity"]


@pytest.mark.parametrize("name", [name for name, part in PARTS.items() if part["given"].get("integrator") != "rk4"])
def test_the_laboratory_follows_the_exact_path_and_ends_where_it_ends(name: str) -> None:
    said = PARTS[name]["given"]
    race, is_stepwise = race_of(said), said.get("integrator") == "euler"
    path = race.trajectory(
        said["start"],
        steps=said["steps"],
        integrator="euler" if is_stepwise else "exact",
        scrapping=said.get("scrapping", True),
    )
    tolerance = 1e-12 if is_stepwise else 1e-9
    np.testing.assert_allclose(path, path_of(said), rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(race.equilibrium(), equilibrium_of(said), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(race.eigenvalues.real, eigenvalues_of(said), rtol=1e-9)


# ---- what single races show ------------------------------------------------------------------------------------------


def test_bongers_race_is_the_sum_of_two_exponentials() -> None:
    """Bongers, Gomez & Torres (2019), ch. 1: x = 4 + 5 e^(-t/4) +- e^(-3t/4) from (10, 8)."""
    race = race_of(given("V2"))
    path = race.trajectory(given("V2")["start"], steps=20)
    for time in range(21):
        joint, gap = 5.0 * math.exp(-0.25 * time), math.exp(-0.75 * time)
        np.testing.assert_allclose(path[time], [4 + joint + gap, 4 + joint - gap], rtol=1e-9)
    assert race.outcome() == "stable"
    assert race.half_life == pytest.approx(math.log(2.0) / 0.25, rel=1e-12)


def test_a_gang_that_sees_ten_per_cent_too_much_runs_away_by_the_month_and_is_marginal_by_the_year() -> None:
    """Pruyt (2013), exercise 6.6: the default band is per year, and these rates are per month."""
    race = race_of(given("V3"))
    assert race.race_class(tolerance=0.005 / 12) == "runaway"
    assert race.race_class() == "marginal"
    assert race.doubling_time == pytest.approx(math.log(2.0) / (math.sqrt(0.011) - 0.1), rel=1e-9)


def test_misperception_alone_flips_stability() -> None:
    """Pruyt (2013), exercise 6.6: all that differs is how the first gang sees the other's arms."""
    high, half = given("V3", 0), given("V3", 1)
    assert {key for key in high if high[key] != half[key]} == {"reaction"}
    assert high["reaction"][1] == half["reaction"][1]
    assert race_of(half).outcome(tolerance=0.005 / 12) == "stable"


def test_a_gang_that_scraps_nothing_keeps_its_surplus() -> None:
    """Pruyt (2013), exercise 6.6, from a start where the max(0, ...) binds."""
    said = {**given("V3", 1), "start": [5, 1], "steps": 60}
    path = race_of(said).trajectory(said["start"], steps=60, integrator="euler", scrapping=False)
    np.testing.assert_allclose(path, path_in_steps(said), rtol=1e-12)
    assert np.all(path[:, 0] == 5.0)
    assert path[-1, 1] == pytest.approx(5.5, abs=0.02)


def test_a_race_may_swing_into_its_equilibrium_in_steps() -> None:
    """USMA/Fox discrete worksheet: a factor of each sign, both smaller than one."""
    race = race_of(given("V5"))
    assert race.is_euler_stable(step=1.0)
    assert race.outcome() == "stable"  # a nation at exactly zero has not gone negative


def test_an_unanswered_race_approaches_each_nations_own_target() -> None:
    """USMA/Fox discrete worksheet: with reactions of zero each ends at its grievance over its fatigue."""
    said = given("V5", 1)
    path = race_of(said).trajectory(said["start"], steps=200, integrator="euler")
    targets = np.array(said["grievance"]) / np.array(said["fatigue"])
    np.testing.assert_allclose(path[200], targets, rtol=1e-12)


def test_negative_equilibrium_means_mutual_disarmament() -> None:
    """US-USSR repository, second set: without a floor arms go to the negative equilibrium, with one to zero."""
    said = given("V8")
    race = race_of(said)
    assert (race.race_class(), race.outcome()) == ("stable", "mutual disarmament")
    unfloored = race.trajectory(said["start"], steps=400)
    np.testing.assert_allclose(unfloored[-1], equilibrium_of(said), rtol=1e-9)
    for integrator in FLOORED:
        floored = race.trajectory(
            said["start"], steps=said["steps"], step=said["step"], integrator=integrator, floor=0.0
        )
        assert floored.min() == 0.0
        assert floored[-1].tolist() == [0.0, 0.0]


def test_one_negative_equilibrium_is_enough_to_call_it_disarmament() -> None:
    """Richardson (1960): the first keeps its own 2, the second disarms out of goodwill."""
    race = LinearRace.pair(reaction=(0.0, 0.5), fatigue=(1.0, 0.5), grievance=(2.0, -10.0))
    np.testing.assert_allclose(race.equilibrium(), [2.0, -18.0], rtol=1e-12)
    assert race.outcome() == "mutual disarmament"
