"""Lessons: what they say of the model holds, and a mistake in a file is named with its line."""

from pathlib import Path

import numpy as np
import pytest

from sim.classroom.lessons import CLAIM, lessons, read_lesson
from sim.classroom.model_data import MEMBERS, SEED
from sim.classroom.sliders import levers, moved, read_levers
from sim.classroom.teams import read_rules, rules
from sim.engines.simulate import prepared_scenario, simulated
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.assets import data_file
from sim.io.errors import InputError
from sim.io.quarters import index_of
from sim.model.variables import Series
from sim.scenario.loading import load_scenario

CLAIMS = [claim for lesson in lessons().values() for step in lesson.steps for claim in step.holds]
_worlds = {}


def members(scenario, series, lever="", position="", theory=None):
    """Members of a series in a world, run once."""
    key = scenario, lever, position, theory
    if key not in _worlds:
        world = load_scenario(scenario)
        if lever:
            world = moved(world, {lever: next(value for value in levers()[lever].positions if str(value) == position)})
        wanted = sorted({CLAIM.fullmatch(claim)[2] for claim in CLAIMS})
        recorded = [Series(*[*name.split("."), ""][:3]) for name in wanted]
        prepared = prepared_scenario(world, theory, DEFAULT_FIT)
        values = simulated(prepared, np.arange(MEMBERS), seed=SEED, quarters=index_of("2031Q1"), series=recorded)
        _worlds[key] = dict(zip(wanted, values, strict=True))
    return _worlds[key][series]


@pytest.mark.parametrize("id_", lessons())
def test_what_a_lesson_says_holds(id_):
    claims = [(step.scenario, claim) for step in lessons()[id_].steps for claim in step.holds]
    assert claims
    assert [
        f"{claim}: it is {found[0]:.3f}" for scenario, claim in claims if not (found := value(scenario, claim))[1]
    ] == []


def value(scenario, claim):
    """The number that a claim is about, and whether the claim holds."""
    what, series, quarter, change, sign, limit = CLAIM.fullmatch(claim).groups()
    lever, position = change.strip().split("=") if change else ("", "")
    theory = position if lever == "theory" else None
    move = (lever, position) if lever and not theory else ("", "")
    is_both = move[0] and not levers()[lever].add  # a number of the model is moved in both worlds, a choice in one
    base = scenario if move[0] and not is_both else load_scenario(scenario).compare_to
    ours = members(scenario, series, *move, theory)[index_of(quarter)]
    if what == "level":
        number = np.median(ours)
    else:
        theirs = members(base, series, *(move if is_both else ("", "")), theory)[index_of(quarter)]
        gap = ours - theirs
        shares = {"higher": 100 * (gap > 0).mean(), "lower": 100 * (gap < 0).mean()}
        number = {"without": np.median(theirs), "effect": np.median(gap), **shares}[what]
    return number, number > float(limit) if sign == ">" else number < float(limit)


def test_every_lesson_leaves_time_to_spare_and_reveals_something():
    for lesson in lessons().values():
        assert 30 <= sum(step.minutes for step in lesson.steps) <= lesson.minutes - 5
        assert all(step.bets for step in lesson.steps)
        assert all(
            (step.held is None) == (step.picture == "teams") for step in lesson.steps
        )  # a game settles its own bet


def assert_refused(read, file, folder, changed, said):
    """A file with one text changed is refused with its line, and in these words."""
    text = file.read_text(encoding="utf-8")
    assert changed[0] in text
    (folder / file.name).write_text(text.replace(*changed, 1), encoding="utf-8")
    with pytest.raises(InputError) as error:
        read(folder / file.name)
    assert said in str(error.value) and "line" in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("picture: map", "picture: maps", "picture"),
        ("lines: [attitude.SRB.TUR, tension", "lines: [attitude.SRB.TUK, tension", 'no series "attitude.SRB.TUK"'),
        ("minutes: 7", "minutes: 27", "make the steps shorter"),
        ("view: change", "control: theory", 'there is no "theory"'),
        ("held: 2", "held: 3", "held"),
        ('document: "002"', 'document: "999"', 'there is no source "999"'),
        ("effect tension.SRB.XKX 2026Q4 < 0.03", "effect tension 2026Q4 small", "write: level"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_lesson_is_named(tmp_path, old, new, said):
    assert_refused(
        read_lesson, data_file("scenarios", "lessons", "skydagger-delivery.yaml"), tmp_path, (old, new), said
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("scenario: skydagger-delivery", "scenario: skydager-delivery", 'there is no scenario "skydager-delivery"'),
        ("turns: 5", "turns: 19", "the last turn would end after"),
        ("needs: TUR.sell", "needs: TUR.sale", 'there is no policy "TUR.sale"'),
        ("{type: dialogue, level: 0.8}", "{type: dialogue, level: 8}", "level"),
        ("{type: dialogue, level: 0.8}", "{type: dialogue, level: 0.8, after: soon}", '"soon" is no quarter of a turn; write 0 to'),
        ("{type: dialogue, level: 0.8}", "{type: dialogue, level: 0.8, after: -1}", "-1 is no quarter of a turn"),
        ("{id: wait, title: Carry on as before}", "{id: pause, title: Carry on as before}", "a team must be able to carry on"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_game_is_named(tmp_path, old, new, said):
    assert_refused(read_rules, data_file("scenarios", "classroom", "teams.yaml"), tmp_path, (old, new), said)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "set: reaction.SRB",
            "set: reaction.SRBX",
            'line 11 lever 1 (reaction-serbia), set unknown parameter; did you mean "reaction.SRB"',
        ),
        ("set: reaction.SRB", "set: every 9", "line 11 lever 1 (reaction-serbia), set unknown parameter"),
        ("positions: [-1,", "positions: [-1e30,", "line 12 lever 1 (reaction-serbia), positions"),
        ("positions: [-1,", "positions: [soon,", "line 12 lever 1 (reaction-serbia), positions"),
    ],
)
def test_a_mistake_in_a_slider_is_named(tmp_path, old, new, told):
    text = data_file("scenarios", "classroom", "levers.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "levers.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_levers(tmp_path / "levers.yaml")
    assert told in " ".join(str(caught.value).split()), caught.value


def test_most_cards_of_the_game_move_what_is_drawn():
    """At least half of the cards that do something change a board line by an amount that can be seen, within their year."""
    from sim.classroom.sliders import with_events
    from sim.classroom.teams import _row

    names = (
        "attitude.SRB.TUR",
        "attitude.XKX.TUR",
        "attitude.SRB.XKX",
        "tension.SRB.XKX",
        "hazard.SRB.XKX",
        "threat.XKX",
    )
    drawn = [Series(*[*name.split("."), ""][:3]) for name in names]
    base, first = load_scenario(rules().scenario), index_of(rules().first)

    def run(scenario):
        return simulated(
            prepared_scenario(scenario, None, DEFAULT_FIT), np.arange(32), seed=SEED, quarters=first + 4, series=drawn
        )

    untouched, seen = run(base), []
    for team in rules().teams:
        for policy in team.policies:
            if policy.events:
                rows = [_row(event, f"card-{n}", first, first + 3) for n, event in enumerate(policy.events)]
                change = np.median(run(with_events(base, rows)) - untouched, axis=2)
                seen.append(np.abs(change).max() > 0.04)
    assert sum(seen) >= 0.5 * len(seen)


def test_the_files_are_where_the_page_looks():
    assert {Path(name).stem for name in lessons()} == {
        file.stem for file in data_file("scenarios", "lessons").glob("*.yaml")
    }
