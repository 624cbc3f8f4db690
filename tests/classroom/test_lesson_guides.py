"""The numbers that teachers' pages name are those that the page shows, with the shipped fit and the page's own simulations.

`python -m tests.classroom.test_lesson_guides` prints every number, the step whose `expect` must hold it, and whether it does:
after a new fit, run it, and write into `scenarios/lessons/` what it calls missing.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest

from sim.classroom import answers, lessons, teams_game
from sim.classroom.requests import GameRequest, RaceRequest, RunRequest
from sim.classroom.richardson_plane import plane, region
from sim.classroom.teams_file import rules
from sim.io.quarters import index_of

FRIEND, DELIVERY, MEDIATOR, RACE = (
    "friend-of-both-sides",
    "skydagger-delivery",
    "what-can-a-mediator-do",
    "what-is-an-arms-race",
)
PURCHASE, TALKS = "serbian-drone-purchase", "dialogue-and-mediation"
WARMTH, KOSOVOS, TENSION, RISK = "attitude.SRB.TUR", "attitude.XKX.TUR", "tension.SRB.XKX", "hazard.SRB.XKX"
SPENDING = "spending.SRB"
LOW, MIDDLE, HIGH = 0, 2, 4
THEORIES = ("spiral", "deterrence", "no-effect")


@dataclass(frozen=True)
class Told:
    """A number of a guide: the lesson, the step (counted from 1), what it is, and the text that the step must hold."""

    lesson: str
    step: int
    what: str
    text: Callable[[], str]


def expected(lesson, step):
    """What a teacher's page says is to be seen in a step, counted from 1."""
    return lessons.lessons()[lesson].steps[step - 1].expect


def said(value, digits=2):
    return f"{value:.{digits}f}".replace("-", "−")


# ---- what the page shows ---------------------------------------------------------------------------------------------


@cache
def watched(scenario):
    return answers.watch(RunRequest(scenario=scenario))["series"]


@cache
def theories_of(scenario):
    return {one["name"]: one["series"] for one in answers.three_theories(RunRequest(scenario=scenario))["theories"]}


@cache
def with_slider(lever, position):
    return answers.change(RunRequest(scenario=DELIVERY, levers={lever: position}))["series"]


@cache
def effects_of(size):
    levers = {} if size is None else {"delivery-size": size}
    rows = answers.effects(RunRequest(scenario=DELIVERY, levers=levers))["effects"]
    return {tuple(row["what"]): row["after"][1] for row in rows}


@cache
def example_after(turns):
    example = rules().example
    return teams_game.answer(GameRequest(patron=example.patron, turns=example.turns[:turns]))["series"]


def mediators_alone():
    turn = {"TUR": "wait", "SRB": "wait", "XKX": "wait", "EU": "mediate"}
    return teams_game.answer(GameRequest(patron="EU", turns=[turn]))["series"]


def middle(series, line, quarter, level=MIDDLE):
    """A quantile of the difference in a quarter."""
    return series[line]["change"]["bands"][level][index_of(quarter)]


def spending_words():
    low, median, high = (said(middle(watched(DELIVERY), SPENDING, "2026Q4", level), 0) for level in (LOW, MIDDLE, HIGH))
    return f"by {median} million dollars ({low} to {high})"


# ---- the numbers -----------------------------------------------------------------------------------------------------

LEVELS = [  # lesson, step, scenario, line, quarter, ours or theirs
    *((FRIEND, 2, DELIVERY, WARMTH, quarter, "ours") for quarter in ("2022Q1", "2022Q2", "2023Q2", "2024Q1", "2025Q4", "2023Q4")),
    (DELIVERY, 1, DELIVERY, WARMTH, "2025Q3", "ours"),
    (DELIVERY, 1, DELIVERY, KOSOVOS, "2025Q3", "ours"),
    (DELIVERY, 1, DELIVERY, "attitude.SRB.XKX", "2025Q3", "ours"),
    (DELIVERY, 1, DELIVERY, "threat.XKX", "2025Q3", "ours"),
    (DELIVERY, 1, DELIVERY, "threat.SRB", "2025Q3", "ours"),
    *((DELIVERY, 2, DELIVERY, WARMTH, quarter, "ours") for quarter in ("2025Q4", "2026Q1", "2026Q4")),
    (DELIVERY, 2, DELIVERY, WARMTH, "2025Q4", "theirs"),
    *((DELIVERY, 2, DELIVERY, TENSION, "2025Q4", whose) for whose in ("ours", "theirs")),
    *((MEDIATOR, 1, TALKS, TENSION, quarter, "ours") for quarter in ("2023Q2", "2025Q4")),
    *((MEDIATOR, 2, TALKS, TENSION, "2026Q4", whose) for whose in ("ours", "theirs")),
]  # fmt: skip
CHANGES = [  # lesson, step, scenario, line, quarter, level, digits
    *((FRIEND, 3, PURCHASE, WARMTH, "2026Q4", level, 2) for level in (LOW, MIDDLE, HIGH)),
    *((FRIEND, 3, PURCHASE, KOSOVOS, "2026Q4", level, 2) for level in (LOW, MIDDLE, HIGH)),
    *((FRIEND, 3, PURCHASE, line, "2027Q4", MIDDLE, 2) for line in (WARMTH, KOSOVOS)),
    *((MEDIATOR, 2, TALKS, TENSION, "2026Q4", level, 2) for level in (LOW, MIDDLE, HIGH)),
    (MEDIATOR, 2, TALKS, RISK, "2026Q4", MIDDLE, 2),
]
IN_THEORIES = [
    *((FRIEND, 5, PURCHASE, line, "2026Q4") for line in (WARMTH, KOSOVOS, RISK)),
    (DELIVERY, 5, DELIVERY, RISK, "2026Q4"),
    *((MEDIATOR, 5, TALKS, line, "2027Q4") for line in (TENSION, RISK)),
    (RACE, 6, DELIVERY, RISK, "2027Q1"),
]
OF_SLIDERS = [
    (MEDIATOR, 3, "dialogue", 1, TENSION, "2027Q1", MIDDLE),
    (MEDIATOR, 3, "dialogue", 1, RISK, "2027Q1", MIDDLE),
    (MEDIATOR, 3, "kfor", 8, RISK, "2027Q1", MIDDLE),
    (MEDIATOR, 3, "kfor", 8, TENSION, "2027Q1", MIDDLE),
    (MEDIATOR, 3, "guarantee", 0, RISK, "2027Q1", MIDDLE),
]
OF_THE_EXAMPLE = [
    *((FRIEND, 4, 4, quarter, line) for quarter in ("2029Q3", "2029Q4") for line in (WARMTH, KOSOVOS)),
    (MEDIATOR, 4, 3, "2028Q4", TENSION),
]


def numbers():
    """Every number of the guides; nothing is run before its text is asked for."""
    for lesson, step, scenario, line, quarter, whose in LEVELS:
        yield Told(
            lesson, step, f"{scenario}: {line} {quarter}, {'with' if whose == 'ours' else 'compared'}",
            lambda s=scenario, r=line, q=quarter, w=whose: said(watched(s)[r][w][MIDDLE][index_of(q)]),
        )  # fmt: skip
    for lesson, step, scenario, line, quarter, level, digits in CHANGES:
        yield Told(
            lesson, step, f"{scenario}: difference of {line} {quarter}, quantile {level}",
            lambda s=scenario, r=line, q=quarter, v=level, d=digits: said(abs(middle(watched(s), r, q, v)), d),
        )  # fmt: skip
    for lesson, step, scenario, line, quarter in IN_THEORIES:
        for theory in THEORIES[:2]:  # under the third nothing moves by another's arms, and the text says so
            yield Told(
                lesson, step, f"{scenario}: difference of {line} {quarter} under {theory}",
                lambda s=scenario, r=line, q=quarter, t=theory: said(abs(middle(theories_of(s)[t], r, q))),
            )  # fmt: skip
    for lesson, step, lever, position, line, quarter, level in OF_SLIDERS:
        yield Told(
            lesson, step, f"slider {lever} at {position}: difference of {line} {quarter}",
            lambda n=lever, p=position, r=line, q=quarter, v=level: said(abs(middle(with_slider(n, p), r, q, v))),
        )  # fmt: skip
    for size in (500, None, 16000):
        key, tension = (*SPENDING.split("."), "", "%", 2026), (*TENSION.split("."), "", 2026)
        yield Told(
            DELIVERY,
            4,
            f"{size or 'usual'} munitions: spending",
            lambda n=size, k=key: f"{said(effects_of(n)[k], 1)} %",
        )
        yield Told(
            DELIVERY, 4, f"{size or 'usual'} munitions: tension", lambda n=size, k=tension: said(effects_of(n)[k])
        )
    for lesson, step, turns, quarter, line in OF_THE_EXAMPLE:
        yield Told(
            lesson, step, f"example of the game after turn {turns}: difference of {line} {quarter}",
            lambda n=turns, r=line, q=quarter: said(abs(middle(example_after(n), r, q))),
        )  # fmt: skip
    yield Told(
        MEDIATOR, 4, "mediators alone, in their quarter",
        lambda: f"lower tension by {said(-middle(mediators_alone(), TENSION, '2026Q1'))} in their quarter",
    )  # fmt: skip
    yield Told(
        MEDIATOR, 4, "mediators alone, at the year's end",
        lambda: f"and by {said(-middle(mediators_alone(), TENSION, '2026Q4'))} at the year's end",
    )  # fmt: skip
    yield Told(
        RACE, 5, "simulations in which the race of the region settles",
        lambda: f"settles in {100 * region(RunRequest(scenario=DELIVERY))['shares']['stable']:.0f} of 100 simulations",
    )  # fmt: skip
    yield Told(DELIVERY, 3, "difference of spending 2026Q4", spending_words)
    yield Told(
        DELIVERY, 3, "simulations in which the risk is higher in 2026Q4",
        lambda: f"({100 * watched(DELIVERY)[RISK]['change']['higher'][index_of('2026Q4')]:.0f} in 2026Q4)",
    )  # fmt: skip
    for level in ("q05", "q50", "q95"):
        yield Told(
            RACE, 5, f"reaction once around, {level}",
            lambda v=level: said(region(RunRequest(scenario=DELIVERY))["radius"][v]),
        )  # fmt: skip


NUMBERS = tuple(numbers())


@pytest.mark.parametrize("told", NUMBERS, ids=lambda told: f"{told.lesson}-{told.step}-{told.what}")
def test_number_of_a_guide_is_the_page_s(told):
    assert told.text() in expected(told.lesson, told.step)


# ---- what the guides say without a number ----------------------------------------------------------------------------


def test_risk_rises_at_first_and_is_open_later():
    higher = watched(DELIVERY)[RISK]["change"]["higher"]
    assert higher[index_of("2025Q4")] > 0.95
    assert all(0.05 < share < 0.95 for share in higher[index_of("2026Q4") :])
    assert 1 / 3 < higher[index_of("2027Q4")] < 2 / 5  # "fewer than two of five"
    lower = theories_of(DELIVERY)["deterrence"][RISK]["change"]["lower"]
    assert 0.75 < lower[index_of("2026Q4")] < 0.8  # "nearly four of five"
    assert 0.85 < lower[index_of("2027Q1")] < 0.9  # "nearly nine of ten"
    spiral = theories_of(DELIVERY)["spiral"][RISK]["change"]["higher"]
    assert all(spiral[index_of(quarter)] > 0.95 for quarter in ("2026Q4", "2027Q1"))  # "nearly all"


def test_direction_of_spending_is_open():
    higher = watched(DELIVERY)[SPENDING]["change"]["higher"]
    assert 0.05 < higher[index_of("2026Q4")] < 0.95


def test_under_the_third_theory_another_s_arms_move_nothing():
    for scenario, line in ((PURCHASE, WARMTH), (PURCHASE, KOSOVOS), (PURCHASE, RISK), (DELIVERY, RISK)):
        assert not any(any(level) for level in theories_of(scenario)["no-effect"][line]["change"]["bands"])


def test_talks_help_under_every_theory():
    assert all(
        middle(theories_of(TALKS)[theory], line, "2027Q4") < 0.0 for theory in THEORIES for line in (TENSION, RISK)
    )


def test_reaction_at_which_the_race_of_the_lesson_settles():
    race = lessons.lessons()[RACE].steps[2].race.model_dump()
    classes = [
        plane(RaceRequest(**{**race, "reaction": [tenths / 10, race["reaction"][1]]}))["class"]
        for tenths in range(12, 4, -1)
    ]
    assert classes == ["runaway"] * 6 + ["stable"] * 2  # 1.2 down to 0.7, then 0.6 and 0.5


if __name__ == "__main__":
    for one in NUMBERS:
        text = one.text()
        state = "held   " if text in expected(one.lesson, one.step) else "MISSING"
        sys.stdout.write(f"{state}  {one.lesson} {one.step}: {one.what}: {text}\n")
