"""How far states answered their rivals' drones in kind, and with air defence: a posterior from a few episodes on record.

Each episode is a rival that got armed aircraft or loitering munitions, and a state that did or did not order the same class, or air
defence against it, within `YEARS`. The chance of an order is that of the model's requests with the gap of the moment; what is not
known of a gap is assumed and said so in the table. The sign is left open.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Annotated, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from sim.calibration.panel.model_prior import default
from sim.data.context_events import context_events
from sim.io.assets import data_file
from sim.io.csv_reader import CsvRow, Name, read_rows
from sim.io.errors import InputError, Problem
from sim.model.parameters import CLASSES
from sim.rules.capability import drone_gap, system_gap
from sim.rules.spending import incident_probability
from sim.rules.transfers import request_rate

YEARS = 5.0
GRID = np.linspace(-3.0, 4.0, 1401)
PRIOR_SPREAD = 1.0  # of a normal prior around no emulation, per unit of the gap
LEAST = 1e-12  # a chance that rounding took to nought
DEALS_MADE = 0.8  # share of requests that end in an order: a supplier is chosen and consents

Array = NDArray[np.float64]


class Episode(CsvRow):
    """One state after a rival's acquisition.

    leader_event : row of context_events.csv by which the rival got drones
    follower     : the state that may answer, by its ISO code (XKX is Kosovo)
    weapon_class : what it may get
    rival_units  : drones of the rival
    share        : share of them that the state sees as meant for itself, as `threat_share`
    factor       : how often the state seeks deals relative to others, as `request_factor`
    answer_event : row by which it answered within five years, or empty
    """

    identity: ClassVar = ("leader_event", "follower", "weapon_class")

    leader_event: Name
    follower: Name
    weapon_class: Annotated[str, Field(alias="class")]
    rival_units: Annotated[float, Field(gt=0.0)]
    share: Annotated[float, Field(gt=0.0, le=1.0)]
    factor: Annotated[float, Field(gt=0.0)]
    answer_event: str
    note: str


@dataclass(frozen=True)
class Emulation:
    """What the episodes say of the emulation of one class [1 per unit of the gap]."""

    mean: float
    spread: float
    p_negative: float
    answered: int
    episodes: int


@cache
def episodes() -> tuple[Episode, ...]:
    """The episodes on record; InputError for a row that names no event or class."""
    file = data_file("calibration", "emulation") / "episodes.csv"
    rows = tuple(read_rows(file, Episode))
    known = {event.id for event in context_events()}
    problems = [
        Problem(None, "leader_event", f"{event} is no row of context_events.csv")
        for row in rows
        for event in (row.leader_event, row.answer_event)
        if event and event not in known
    ]
    problems += [
        Problem(None, "class", f'"{row.weapon_class}" is not one of {", ".join(CLASSES)}')
        for row in rows
        if row.weapon_class not in CLASSES
    ]
    if problems:
        raise InputError(file, problems)
    return rows


def emulation(weapon_classes: tuple[str, ...]) -> Emulation:
    """Posterior of the emulation that some classes share, on a grid, from a normal prior around none."""
    chosen = [row for row in episodes() if row.weapon_class in weapon_classes]
    log_density = -0.5 * (GRID / PRIOR_SPREAD) ** 2 + sum(_log_likelihood(row) for row in chosen)
    weights = np.exp(log_density - log_density.max())
    weights /= weights.sum()
    mean = float(weights @ GRID)
    return Emulation(
        mean=mean,
        spread=math.sqrt(float(weights @ (GRID - mean) ** 2)),
        p_negative=float(weights[GRID < 0.0].sum()),
        answered=sum(bool(row.answer_event) for row in chosen),
        episodes=len(chosen),
    )


def _log_likelihood(row: Episode) -> Array:
    """Of one episode, for every emulation of the grid."""
    chance = np.array([_chance(row, value) for value in GRID.tolist()])
    return np.log(np.clip(chance if row.answer_event else 1.0 - chance, LEAST, 1.0))


def _chance(row: Episode, value: float) -> float:
    """Probability of an order within five years."""
    rate = request_rate(
        base=default(f"request_rate.{row.weapon_class}"), factor=row.factor, threat_weight=0.0, threat_rise=0.0,
        emulation=value, gap=_gap(row), demand=0.0, insecurity=0.0,
    )  # fmt: skip
    return incident_probability(hazard=DEALS_MADE * rate, years=YEARS)


def _gap(row: Episode) -> float:
    if row.weapon_class == "air_defence":
        drones = row.share * row.rival_units * default("uav_price")
        return drone_gap(uav=drones, loitering=0.0, air_defence=0.0, scale=default("provocation_scale"))
    lot = default(f"request_units.{row.weapon_class}")
    return system_gap(units=0.0, rival_units=row.share * row.rival_units, lot=lot)
