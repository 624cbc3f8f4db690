"""What a user is told when an input is wrong."""

from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.io.errors import InputError, Problem, nearest, shown_path, suggestion
from sim.io.schema import schema_problems
from sim.io.yaml_reader import Document


def test_message_lists_line_dotted_path_and_remedy_in_columns():
    error = InputError(
        "scenarios/mine.yaml",
        [
            Problem(14, "events[0].payement", 'unknown field; did you mean "payment"?'),
            Problem(22, "parameters.burden_max", "4.0 is outside 0-0.15 (share of GDP); write 0.04 for 4 per cent"),
        ],
    )
    assert str(error) == (
        "scenarios/mine.yaml: 2 problems\n"
        '  line 14  events[0].payement      unknown field; did you mean "payment"?\n'
        "  line 22  parameters.burden_max   4.0 is outside 0-0.15 (share of GDP); write 0.04 for 4 per cent"
    )


def test_one_problem_is_singular_and_a_whole_file_problem_has_no_columns():
    assert str(InputError("a.yaml", [Problem(None, "", "no such file")])) == "a.yaml: 1 problem\n  no such file"


def test_problems_come_in_the_order_of_the_file():
    error = InputError("a.yaml", [Problem(9, "b", "later"), Problem(10, "c", "last"), Problem(2, "a", "first")])
    assert [problem.line for problem in error.problems] == [2, 9, 10]
    assert str(error).splitlines()[1:] == ["  line 2   a   first", "  line 9   b   later", "  line 10  c   last"]


def test_control_characters_of_a_hostile_file_do_not_reach_the_terminal():
    assert "\x1b" not in str(InputError("a.yaml", [Problem(1, "\x1b[2J", "bell\x07")]))


def test_path_below_the_current_directory_is_shown_relative(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert shown_path(tmp_path / "scenarios" / "mine.yaml") == "scenarios/mine.yaml"
    assert shown_path(Path("mine.yaml")) == "mine.yaml"
    assert shown_path(tmp_path.parent / "other.yaml") == str(tmp_path.parent / "other.yaml")
    assert shown_path("--set") == "--set"


def test_nearest_ignores_case_and_keeps_silent_when_nothing_is_near():
    assert nearest("srb", ["TUR", "SRB"]) == "SRB"
    assert nearest("zzz", ["TUR", "SRB"]) is None


@pytest.mark.parametrize(
    ("word", "choices", "expected"),
    [
        ("payement", ["payment", "buyer"], '; did you mean "payment"?'),
        ("cash", ["budget", "credit", "grant"], "; choose budget, credit or grant"),
        ("cash", ["budget"], "; choose budget"),
        ("cash", [str(number) for number in range(100)], ""),
        ("cash", [], ""),
    ],
)
def test_suggestion_names_the_nearest_choice_or_the_few_there_are(word, choices, expected):
    assert suggestion(word, choices) == expected


class Trade(BaseModel):
    model_config = ConfigDict(strict=True)
    title: Annotated[str, Field(min_length=1)] = "x"
    number: int = 1
    share: Annotated[float, Field(gt=0.0)] = 0.5
    level: Annotated[float, Field(ge=0.0, le=1.5)] = 0.5


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"title": ""}, "is empty; write something"),
        ({"title": 5}, '5 is not text; write it in quotes: "5"'),
        ({"number": 2.5}, "2.5 is not a whole number"),
        ({"share": 0.0}, "0.0 must be above 0"),
        ({"level": -0.25}, "-0.25 must be at least 0"),
        ({"level": 2.0}, "2.0 must be at most 1.5"),
    ],
)
def test_a_value_that_a_field_cannot_hold_is_refused_in_our_words(entry, message):
    with pytest.raises(ValidationError) as caught:
        Trade.model_validate(entry)
    (problem,) = schema_problems(caught.value.errors(), Document("a.yaml", entry, {(next(iter(entry)),): 3}), Trade)
    assert (problem.line, problem.where, problem.message) == (3, next(iter(entry)), message)
