"""What a file may say is read off the model that it is read as, however deep a field lies."""

from typing import Annotated, Literal

import pytest
from pydantic import Discriminator, Field, Tag

from sim.io.errors import InputError
from sim.io.schema import Schema, allowed_fields, validated
from sim.io.yaml_reader import parse_yaml


class Drone(Schema):
    kind: Literal["drone"]
    range_km: float = 0.0


class Tank(Schema):
    kind: Literal["tank"]
    calibre: float = Field(0.0, alias="bore")


class Named(Schema):
    name: str


class Arsenal(Schema):
    title: str = ""
    by_state: dict[str, list[Annotated[Drone | Tank, Field(discriminator="kind")]]] = Field({})
    makers: list[str | Named] = Field([])
    first: Named | None = None
    tagged: Annotated[
        Annotated[Drone, Tag("flies")] | Annotated[Tank, Tag("rolls")], Discriminator(lambda _: "rolls")
    ] = Field(None)


@pytest.mark.parametrize(
    ("steps", "fields"),
    [
        (("titel",), ["title", "by_state", "makers", "first", "tagged"]),
        (("by_state", "SRB", 0, "drone", "rage"), ["kind", "range_km"]),
        (("by_state", "title", 0, "tank", "calibre"), ["kind", "bore"]),
        (("makers", 1, "Named", "nam"), ["name"]),
        (("first", "nam"), ["name"]),
        (("tagged", "flies", "rage"), ["kind", "range_km"]),
        (("makers", 0, "str", "x"), []),
    ],
)
def test_fields_beside_an_unknown_one_are_those_of_the_model_at_its_place(steps, fields):
    assert allowed_fields(Arsenal, steps) == fields


def test_a_misspelt_field_deep_in_a_file_is_told_with_its_line_and_the_field_that_was_meant():
    text = "title: x\nby_state:\n  SRB:\n    - kind: tank\n      boer: 155.0\n"
    with pytest.raises(InputError) as caught:
        validated(Arsenal, parse_yaml(text, "arms.yaml"))
    (problem,) = caught.value.problems
    assert (problem.line, problem.where) == (5, "by_state.SRB 1, boer")
    assert problem.message == 'unknown field; did you mean "bore"?'


def test_a_document_refuses_what_only_its_reader_knows_all_at_once_and_nothing_without_faults():
    document = parse_yaml("a: 1\nb:\n  - 2\n", "numbers.yaml")
    document.refuse([])
    with pytest.raises(InputError) as caught:
        document.refuse([(("b", 0), "too large"), (("a",), "too small")])
    assert [(problem.line, problem.where, problem.message) for problem in caught.value.problems] == [
        (1, "a", "too small"), (3, "b 1", "too large"),
    ]  # fmt: skip
