"""The numbers that teachers' pages name are those that the page shows, with the shipped fit and the page's own worlds."""

import pytest

from sim.classroom import answers, lessons, teams_game
from sim.classroom.requests import GameRequest, RaceRequest, RunRequest
from sim.classroom.teams_file import rules
from sim.io.quarters import index_of

FRIEND, DELIVERY, MEDIATOR = "friend-of-both-sides", "skydagger-delivery", "what-can-a-mediator-do"
PURCHASE, TALKS = "serbian-drone-purchase", "dialogue-and-mediation"
WARMTH, KOSOVOS, TENSION, RISK = "attitude.SRB.TUR", "attitude.XKX.TUR", "tension.SRB.XKX", "hazard.SRB.XKX"
SPENDING = "spending.SRB"
LOW, MIDDLE, HIGH = 0, 2, 4


def expected(lesson, step):
    """What a teacher's page says is to be seen in a step, counted from 1."""
    return lessons.lessons()[lesson].steps[step - 1].expect


def watched(scenario):
    return answers.watch(RunRequest(scenario=scenario))["series"]


def said(value, digits=2):
    return f"{value:.{digits}f}".replace("-", "−")


LEVELS = [  # lesson, step, scenario, line, quarter, ours or theirs
    *((FRIEND, 2, DELIVERY, WARMTH, quarter, "ours") for quarter in ("2022Q1", "2022Q2", "2023Q2", "2024Q1", "2025Q4", "2023Q4")),
    (DELIVERY, 1, DELIVERY, WARMTH, "2025Q3", "ours"),
    (DELIVERY, 1, DELIVERY, KOSOVOS, "2025Q3", "ours"),
    (DELIVERY, 1, DELIVERY, "attitude.SRB.XKX", "2025Q3", "ours"),
    *((DELIVERY, 2, DELIVERY, WARMTH, quarter, "ours") for quarter in ("2025Q4", "2026Q1", "2026Q4")),
    (DELIVERY, 2, DELIVERY, WARMTH, "2025Q4", "theirs"),
    *((DELIVERY, 2, DELIVERY, TENSION, "2025Q4", whose) for whose in ("ours", "theirs")),
    *((MEDIATOR, 1, TALKS, TENSION, quarter, "ours") for quarter in ("2023Q2", "2025Q4")),
    *((MEDIATOR, 2, TALKS, TENSION, "2026Q4", whose) for whose in ("ours", "theirs")),
]  # fmt: skip


@pytest.mark.parametrize(("lesson", "step", "scenario", "line", "quarter", "whose"), LEVELS)
def test_levels_are_those_of_the_page(lesson, step, scenario, line, quarter, whose):
    value = watched(scenario)[line][whose][MIDDLE][index_of(quarter)]
    assert said(value) in expected(lesson, step)


CHANGES = [  # lesson, step, scenario, line, quarter, level, digits
    *((FRIEND, 3, PURCHASE, WARMTH, "2026Q4", level, 2) for level in (LOW, MIDDLE, HIGH)),
    *((FRIEND, 3, PURCHASE, KOSOVOS, "2026Q4", level, 2) for level in (LOW, MIDDLE, HIGH)),
    *((FRIEND, 3, PURCHASE, line, "2027Q4", MIDDLE, 2) for line in (WARMTH, KOSOVOS)),
    *((DELIVERY, 3, DELIVERY, SPENDING, "2026Q4", level, 0) for level in (LOW, MIDDLE, HIGH)),
    *((MEDIATOR, 2, TALKS, TENSION, "2026Q4", level, 2) for level in (LOW, MIDDLE, HIGH)),
    (MEDIATOR, 2, TALKS, RISK, "2026Q4", MIDDLE, 2),
]  # fmt: skip


@pytest.mark.parametrize(("lesson", "step", "scenario", "line", "quarter", "level", "digits"), CHANGES)
def test_differences_are_those_of_the_page(lesson, step, scenario, line, quarter, level, digits):
    value = watched(scenario)[line]["change"]["bands"][level][index_of(quarter)]
    assert said(abs(value), digits) in expected(lesson, step)


def test_shares_of_worlds_in_which_the_risk_rises():
    higher = watched(DELIVERY)[RISK]["change"]["higher"]
    text = expected(DELIVERY, 3)
    assert higher[index_of("2025Q4")] == 1.0
    assert f"({100 * higher[index_of('2026Q4')]:.0f} in 2026Q4)" in text
    assert all(0.05 < share < 0.95 for share in higher[index_of("2026Q3") :])
    assert higher[index_of("2026Q2")] > 0.95


@pytest.mark.parametrize(
    ("lesson", "step", "scenario", "line", "quarter"),
    [
        (FRIEND, 5, PURCHASE, WARMTH, "2026Q4"),
        (FRIEND, 5, PURCHASE, KOSOVOS, "2026Q4"),
        (FRIEND, 5, PURCHASE, RISK, "2026Q4"),
        (DELIVERY, 5, DELIVERY, RISK, "2026Q4"),
        (MEDIATOR, 5, TALKS, TENSION, "2027Q4"),
        (MEDIATOR, 5, TALKS, RISK, "2027Q4"),
    ],
)
def test_theories_are_those_of_the_page(lesson, step, scenario, line, quarter):
    told = answers.three_theories(RunRequest(scenario=scenario))["theories"]
    text = expected(lesson, step)
    for theory in told:
        value = theory["series"][line]["change"]["bands"][MIDDLE][index_of(quarter)]
        assert abs(value) < 0.005 or said(abs(value)) in text


@pytest.mark.parametrize(
    ("lesson", "step", "levers", "line", "quarter"),
    [
        (MEDIATOR, 3, {"dialogue": 1}, TENSION, "2027Q1"),
        (MEDIATOR, 3, {"dialogue": 1}, RISK, "2027Q1"),
        (MEDIATOR, 3, {"kfor": 8}, RISK, "2027Q1"),
    ],
)
def test_sliders_do_what_the_guide_says(lesson, step, levers, line, quarter):
    told = answers.change(RunRequest(scenario=DELIVERY, levers=levers))["series"][line]["change"]["bands"]
    assert said(abs(told[MIDDLE][index_of(quarter)])) in expected(lesson, step)


def test_peacekeepers_lower_tension_in_most_worlds_by_almost_nothing():
    told = answers.change(RunRequest(scenario=DELIVERY, levers={"kfor": 8}))["series"][TENSION]["change"]
    place, text = index_of("2027Q1"), expected(MEDIATOR, 3)
    assert f"in {100 * told['lower'][place] - 0.5:.0f} of 100 simulations" in text
    assert said(abs(told["bands"][MIDDLE][place])) in text
    assert said(abs(told["bands"][LOW][place])) in text


def test_number_of_munitions_moves_what_the_guide_says():
    text = expected(DELIVERY, 4)
    for size in (500, None, 16000):
        request = RunRequest(scenario=DELIVERY, levers={} if size is None else {"delivery-size": size})
        after = {tuple(row["what"]): row["after"][1] for row in answers.effects(request)["effects"]}
        assert f"{said(after[*SPENDING.split('.'), '', '%', 2026], 1)} %" in text
        assert said(after[*TENSION.split("."), "", 2026]) in text


def test_mediators_alone_do_what_the_guide_says():
    turn = {"TUR": "wait", "SRB": "wait", "XKX": "wait", "EU": "mediate"}
    told = teams_game.answer(GameRequest(patron="EU", turns=[turn]))["series"][TENSION]["change"]["bands"][MIDDLE]
    at_once, later = (told[index_of(quarter)] for quarter in ("2026Q1", "2026Q4"))
    assert f"lower tension by {said(-at_once)} in their quarter" in expected(MEDIATOR, 4)
    assert said(abs(later)) == said(0.0)


def test_theories_of_the_last_step_of_the_arms_race():
    spiral, deterrence, _ = answers.three_theories(RunRequest(scenario=DELIVERY))["theories"]
    place = index_of("2027Q1")
    change = spiral["series"][RISK]["change"]
    assert f"{said(change['bands'][MIDDLE][place])} higher under Spiral" in expected("what-is-an-arms-race", 6)
    assert 0.05 < deterrence["series"][RISK]["change"]["higher"][place] < 0.95


def test_game_of_the_guides_is_the_example():
    example = rules().example
    years = (
        (4, "2029Q3", FRIEND, (WARMTH, KOSOVOS)),
        (4, "2029Q4", FRIEND, (WARMTH, KOSOVOS)),
        (3, "2028Q4", MEDIATOR, (TENSION,)),
    )
    for turns, quarter, lesson, lines in years:
        told = teams_game.answer(GameRequest(patron=example.patron, turns=example.turns[:turns]))["series"]
        for line in lines:
            value = told[line]["change"]["bands"][MIDDLE][index_of(quarter)]
            assert said(abs(value)) in expected(lesson, 4)


def test_reaction_at_which_the_race_of_the_lesson_settles():
    from sim.classroom.richardson_plane import plane, region

    race = lessons.lessons()["what-is-an-arms-race"].steps[2].race.model_dump()
    classes = [
        plane(RaceRequest(**{**race, "reaction": [tenths / 10, race["reaction"][1]]}))["class"]
        for tenths in range(12, 4, -1)
    ]
    assert classes == ["runaway"] * 6 + ["stable"] * 2  # 1.2 down to 0.7, then 0.6 and 0.5
    text = expected("what-is-an-arms-race", 5)
    told = region(RunRequest(scenario=DELIVERY))
    assert told["shares"]["stable"] == 1.0
    assert all(said(told["radius"][level]) in text for level in ("q05", "q50", "q95"))
