"""How a claim is tested: `seeds/experiments.yaml`, read with a frozen schema.

An experiment compares two worlds that share every draw, and says what should differ and in which direction. It also
names a setting under which it must fail: a test that cannot fail tests nothing.
"""

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from sim.analysis.findings import quarters_named
from sim.io import quarters
from sim.io.assets import data_file
from sim.io.errors import InputError, Problem, Steps
from sim.io.schema import Schema, validated
from sim.io.yaml_reader import read_yaml
from sim.model.parameters import load_parameters
from sim.scenario.fields import RecordedSeries, Text
from sim.scenario.loading import Scenario
from sim.scenario.overrides import with_parameters
from sim.scenario.variants import Variant, variant_scenario

AGREE = 0.9
SIDES = ("scenario", "against")


# ---- what is written -------------------------------------------------------------------------------------------------


def _when(value: Any) -> str:
    text = str(value)
    return text if quarters.is_year(text) else quarters.name_of(quarters.index_of(text))


def _legal(parameters: dict[str, Any]) -> dict[str, Any]:
    if faults := load_parameters().faults(parameters):
        raise ValueError("; ".join(f"{key}: {fault}" for key, fault in faults))
    return parameters


class Expectation(Schema):
    """What should differ, and how.

    at       : a quarter, or a year for the mean of its quarters
    sign     : "+" or "-", "0" for a difference within the band, "not +" or "not -" for one that does not leave it there
    band     : largest difference that counts as none, in the variable's unit or as a share
    relative : whether the difference is taken as a share of the other side
    among    : "moved" counts only members in which anything differs, for what happens in few of them
    members  : share of members that must agree
    possible : whether the claim is that it may be so: it fails only where the opposite is so in that share of members
    """

    variable: RecordedSeries
    at: Annotated[str, BeforeValidator(_when)]
    sign: Literal["+", "-", "0", "not +", "not -"]
    band: float = Field(0.0, gt=0.0)
    relative: bool = False
    among: Literal["all", "moved"] = "all"
    members: float = Field(AGREE, gt=0.5, le=1.0)
    possible: bool = False

    @model_validator(mode="after")
    def _has_band(self) -> Self:
        if self.sign not in ("+", "-") and not self.band:
            raise ValueError(f'the sign "{self.sign}" needs a band, the largest difference that counts as none')
        return self

    @property
    def share_needed(self) -> float:
        """Share of members from which the claim holds; of a claim of possibility, a share that must be exceeded."""
        return round(1.0 - self.members, 9) if self.possible else self.members

    @property
    def quarters(self) -> tuple[int, ...]:
        """The quarters whose mean is taken."""
        return tuple(quarters_named(self.at))


class Turn(Schema):
    """Parameters, on both sides of every comparison, that turn the verdict, and why."""

    parameters: Annotated[dict[str, Any], Field(min_length=1), AfterValidator(_legal)]
    because: Text


class PairFile(Schema):
    """Two worlds to compare."""

    scenario: str | Variant
    against: str | Variant


class ExperimentFile(PairFile):
    """One experiment as written; `less` is a comparison whose difference is taken off."""

    shows: Text
    less: PairFile | None = None
    both: Annotated[dict[str, Any], AfterValidator(_legal)] = Field({})
    expect: list[Expectation] = Field(min_length=1)
    fails_when: Turn
    holds_when: Turn | None = None
    recorded: Literal["holds", "fails", "undetermined"]
    comment: str = ""

    @model_validator(mode="after")
    def _is_explained(self) -> Self:
        if self.recorded == "holds" and self.holds_when is not None:
            raise ValueError("holds_when is not needed where the claim is recorded as holding; take it out")
        if self.recorded != "holds" and not self.comment:
            raise ValueError("say in comment why the claim does not hold")
        return self


class _File(Schema):
    format_version: Literal[1]
    experiments: dict[str, ExperimentFile]


# ---- what is meant ---------------------------------------------------------------------------------------------------


class Experiment(ExperimentFile):
    """Two worlds to compare, or two comparisons to subtract, and what is expected of the difference.

    worlds : scenario and against, then those of the comparison that is taken off, if any
    """

    id: str
    worlds: tuple[Any, ...]

    def worlds_under(self, turn: Turn | None) -> tuple[Scenario, ...]:
        """The worlds, all of them with a setting if one is given."""
        return self.worlds if turn is None else tuple(with_parameters(world, turn.parameters) for world in self.worlds)


@cache
def experiments(path: Path | None = None) -> dict[str, Experiment]:
    """The experiments by their ids; InputError lists all that is wrong with the file."""
    document = read_yaml(path or data_file("seeds", "experiments.yaml"))
    file = validated(_File, document)
    by_id: dict[str, Experiment] = {}
    problems: list[Problem] = []
    for id_, content in file.experiments.items():
        sides: list[tuple[Steps, Any]] = [((name,), getattr(content, name)) for name in SIDES]
        if content.less is not None:
            sides += [(("less", name), getattr(content.less, name)) for name in SIDES]
        worlds = []
        for steps, side in sides:
            try:
                scenario = variant_scenario(document, ("experiments", id_, *steps), side)
                worlds.append(with_parameters(scenario, content.both))
            except InputError as error:
                problems += error.problems
        by_id[id_] = Experiment.model_construct(id=id_, worlds=tuple(worlds), **vars(content))
    if problems:
        raise InputError(document.file, problems)
    return by_id
