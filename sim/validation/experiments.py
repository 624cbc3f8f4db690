"""How a claim is tested: `seeds/experiments.yaml`, read with a frozen schema.

An experiment compares two worlds that share every draw, and says what should differ and in which direction. It also
names a setting under which it must fail: a test that cannot fail tests nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from sim.io import quarters
from sim.io.assets import data_file
from sim.io.errors import InputError, Problem, Steps, dotted, suggestion
from sim.io.yaml_reader import Document, read_yaml, validated
from sim.model.parameters import load_parameters
from sim.model.variables import Series, all_series
from sim.scenario.fields import Schema, Text
from sim.scenario.loading import Scenario
from sim.scenario.overrides import with_parameters
from sim.scenario.variants import Variant, variant_scenario

AGREE = 0.9
SIDES = ("scenario", "against")
Verdict = Literal["holds", "fails", "undetermined"]


def _when(value: Any) -> str:
    text = str(value)
    if quarters.is_year(text):
        return text
    return quarters.name_of(quarters.index_of(text))


class ExpectationFile(Schema):
    """What should differ: the difference of the two sides in one variable, in a quarter or a year's mean."""

    variable: Text
    at: Annotated[str, BeforeValidator(_when)]
    sign: Literal["+", "-", "0", "not +", "not -"]
    band: float | None = Field(None, gt=0.0)
    relative: bool = False
    among: Literal["all", "moved"] = "all"
    members: float = Field(AGREE, gt=0.5, le=1.0)
    possible: bool = False


class TurnFile(Schema):
    """Parameters, on both sides of every comparison, that turn the verdict."""

    parameters: dict[str, Any] = Field(min_length=1)
    because: Text


class PairFile(Schema):
    """A comparison whose difference is taken off."""

    scenario: str | Variant
    against: str | Variant


class ExperimentFile(Schema):
    """One experiment as written."""

    shows: Text
    scenario: str | Variant
    against: str | Variant
    less: PairFile | None = None
    both: dict[str, Any] = Field({})
    expect: list[ExpectationFile] = Field(min_length=1)
    fails_when: TurnFile
    holds_when: TurnFile | None = None
    recorded: Verdict
    comment: str = ""


class _File(Schema):
    format_version: Literal[1]
    experiments: dict[str, ExperimentFile]


@dataclass(frozen=True)
class Expectation:
    """What should differ, and how.

    at       : a quarter, or a year for the mean of its quarters
    sign     : "+" or "-", "0" for a difference within the band, "not +" or "not -" for one that does not leave it there
    band     : largest difference that counts as none, in the variable's unit or as a share
    relative : whether the difference is taken as a share of the other side
    among    : "moved" counts only members in which anything differs, for what happens in few of them
    members  : share of members that must agree
    possible : whether the claim is that it may be so: it fails only where the opposite is so in that share of members
    """

    series: Series
    at: str
    sign: str
    band: float
    relative: bool
    among: str
    members: float
    possible: bool = False

    @property
    def share_needed(self) -> float:
        """Share of members from which the claim holds; of a claim of possibility, a share that must be exceeded."""
        return round(1.0 - self.members, 9) if self.possible else self.members

    @property
    def quarters(self) -> tuple[int, ...]:
        """The quarters whose mean is taken."""
        names = quarters.quarters_of_year(self.at) if quarters.is_year(self.at) else (self.at,)
        return tuple(quarters.index_of(name) for name in names)


@cache
def series_by_name() -> dict[str, Series]:
    """The recorded series by the name that data files use: tension.SRB.XKX."""
    return {series_name(one): one for one in all_series()}


def series_name(series: Series) -> str:
    """Variable, actor and counterpart in one word."""
    return ".".join(filter(None, (series.variable, series.actor, series.counterpart)))


@dataclass(frozen=True)
class Turn:
    """A setting that turns the verdict, and why."""

    parameters: dict[str, Any]
    because: str


@dataclass(frozen=True)
class Experiment:
    """Two worlds to compare, or two comparisons to subtract, and what is expected of the difference.

    worlds : scenario and against, then those of the comparison that is taken off, if any
    """

    id: str
    shows: str
    worlds: tuple[Scenario, ...]
    expect: tuple[Expectation, ...]
    fails_when: Turn
    holds_when: Turn | None
    recorded: str
    comment: str

    def worlds_under(self, turn: Turn | None) -> tuple[Scenario, ...]:
        """The worlds, all of them with a setting if one is given."""
        return self.worlds if turn is None else tuple(with_parameters(one, turn.parameters) for one in self.worlds)


@cache
def experiments(path: Path | None = None) -> dict[str, Experiment]:
    """The experiments by their ids; InputError lists all that is wrong with the file."""
    document = read_yaml(path or data_file("seeds", "experiments.yaml"))
    file = validated(_File, document, _fields)
    found, problems = {}, []
    for id_, content in file.experiments.items():
        reader = _Reader(document, id_, content)
        experiment = reader.experiment()
        problems += reader.problems
        if experiment is not None:
            found[id_] = experiment
    if problems:
        raise InputError(document.file, problems)
    return found


class _Reader:
    """Reads one experiment: what the schema cannot see."""

    def __init__(self, document: Document, id_: str, content: ExperimentFile) -> None:
        self.document = document
        self.id = id_
        self.content = content
        self.steps: Steps = ("experiments", id_)
        self.problems: list[Problem] = []

    def experiment(self) -> Experiment | None:
        content = self.content
        worlds = [self.world((name,), getattr(content, name)) for name in SIDES]
        if content.less is not None:
            worlds += [self.world(("less", name), getattr(content.less, name)) for name in SIDES]
        expect = [self.expectation(number, one) for number, one in enumerate(content.expect)]
        turns = [self.turn(name, getattr(content, name)) for name in ("fails_when", "holds_when")]
        self.check(turns)
        if self.problems:
            return None
        return Experiment(
            id=self.id, shows=content.shows, worlds=tuple(one for one in worlds if one is not None),
            expect=tuple(one for one in expect if one is not None), fails_when=turns[0] or Turn({}, ""),
            holds_when=turns[1], recorded=content.recorded, comment=content.comment,
        )  # fmt: skip

    def report(self, steps: Steps, message: str) -> None:
        where = (*self.steps, *steps)
        self.problems.append(Problem(self.document.line(where), dotted(where), message))

    def world(self, steps: Steps, side: str | Variant) -> Scenario | None:
        """One side, as a scenario."""
        where = (*self.steps, *steps)
        try:
            return with_parameters(variant_scenario(self.document, where, side), self.content.both)
        except InputError as error:
            is_both = error.file != self.document.file
            both = (*self.steps, "both")
            self.problems += [
                Problem(self.document.line(both), f"{dotted(both)}.{one.where}", one.message) if is_both else one
                for one in error.problems
            ]
            return None

    def expectation(self, number: int, file: ExpectationFile) -> Expectation | None:
        steps: Steps = ("expect", number)
        known = series_by_name()
        if file.variable not in known:
            self.report((*steps, "variable"), f'"{file.variable}" is not recorded{suggestion(file.variable, known)}')
            return None
        if file.sign not in ("+", "-") and file.band is None:
            self.report(steps, f'the sign "{file.sign}" needs a band, the largest difference that counts as none')
            return None
        return Expectation(
            known[file.variable], file.at, file.sign, file.band or 0.0, file.relative, file.among, file.members, file.possible
        )  # fmt: skip

    def turn(self, name: str, file: TurnFile | None) -> Turn | None:
        if file is None:
            return None
        table = load_parameters()
        for key, value in file.parameters.items():
            message = table.problem(key, value)
            if message is not None:
                self.report((name, "parameters", key), message)
        return Turn(dict(file.parameters), file.because)

    def check(self, turns: list[Turn | None]) -> None:
        if self.content.recorded == "holds" and turns[1] is not None:
            self.report(("holds_when",), "not needed where the claim is recorded as holding; take it out")
        if self.content.recorded != "holds" and not self.content.comment:
            self.report(("recorded",), "say in comment why the claim does not hold")


def _fields(steps: Steps) -> Iterator[str]:
    """Names of the fields that are allowed where an unknown one was found."""
    inner: Mapping[str, type[BaseModel]] = {
        "expect": ExpectationFile, "fails_when": TurnFile, "holds_when": TurnFile, "less": PairFile,
        "scenario": Variant, "against": Variant,
    }  # fmt: skip
    model: type[BaseModel] = _File if len(steps) < 2 else ExperimentFile
    for step in steps[2:-1]:
        model = inner.get(str(step), model)
    yield from model.model_fields
