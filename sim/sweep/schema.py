"""The fields of a design file, as frozen pydantic models: what is varied, over which scenarios, what is kept."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from sim.engines.options import MEMBERS_MAX, SEED_MAX
from sim.ensembles.registry import DEFAULT_FIT, chosen
from sim.io.quarters import LAST
from sim.io.schema import Schema
from sim.model.network import FIRST
from sim.scenario.fields import Quarter, whole

POINTS_MAX = 100_000_000
LEVELS_MAX = 100
Count = Annotated[int, whole(1, POINTS_MAX), Field(description="a whole number")]
GroupBy = Literal["actor", "mechanism"]
Seed = Annotated[int | None, whole(0, SEED_MAX)]


class Grid(Schema):
    """Every combination of the listed values."""

    other_names = ("factorial", "full", "full-factorial")

    kind: Literal["grid"]


class Pairs(Schema):
    """The first values of all lists together, then the second ones, and so on."""

    kind: Literal["pairs"]


class LatinHypercube(Schema):
    """Points spread evenly over each input's distribution, by chance over the combinations."""

    other_names = ("lhs", "latin_hypercube", "latin hypercube", "random", "monte-carlo", "hypercube")

    kind: Literal["latin-hypercube"]
    points: Count
    seed: Seed = None


class Sobol(Schema):
    """Saltelli's design for Sobol indices: n (D + 2) points, or n (2 D + 2) with the second order."""

    kind: Literal["sobol"]
    n: Count
    second_order: bool = False
    group_by: GroupBy | None = None
    seed: Seed = None


class Morris(Schema):
    """n trajectories for Morris screening: n (D + 1) points."""

    kind: Literal["morris"]
    n: Count
    levels: Annotated[int, whole(2, LEVELS_MAX)] = 4
    group_by: GroupBy | None = None
    seed: Seed = None


class Rows(Schema):
    """One point for each row of a CSV file, whose columns are named like inputs."""

    kind: Literal["rows"]
    file: Annotated[str, Field(min_length=1)]


class Ensemble(Schema):
    """One point for each draw of the fitted ensemble, all its parameters together."""

    kind: Literal["ensemble"]
    points: Count


AnyKind = Grid | Pairs | LatinHypercube | Sobol | Morris | Rows | Ensemble
AnyDesign = Annotated[AnyKind, Field(discriminator="kind")]


class ScenarioEntry(Schema):
    """A scenario under a name of its own, with numbers or a theory that differ from the others'."""

    name: Annotated[str, Field(min_length=1)]
    scenario: Annotated[str, Field(min_length=1)]
    theory: str | None = None
    set: dict[str, Any] = Field(default_factory=dict)


class MetricEntry(Schema):
    """What is kept of each run."""

    also_called: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("name", "metric", "outcome", "series"), "variable"),
        **dict.fromkeys(("state", "country", "who"), "actor"),
        **dict.fromkeys(("at", "year", "quarter", "time", "date"), "when"),
        **dict.fromkeys(("start", "since"), "from"),
    }

    variable: str | None = Field(default=None, description="what is recorded, such as tension or spending")
    expression: str | None = Field(
        default=None, description=f"or what is made of what is recorded, such as spending.{FIRST} / gdp.{FIRST}"
    )
    function: Callable[..., Any] | str | None = Field(
        default=None, exclude=True, description="of a plug-in, by its name there"
    )
    needs: list[str] = Field(default_factory=list)
    unit: str = ""
    actor: str | list[str] | None = None
    counterpart: str | None = None
    when: Any = "last"
    name: Annotated[str | None, Field(min_length=1)] = None
    start: Annotated[str | None, Field(alias="from")] = None
    until: str | None = None


class DesignFile(Schema):
    """A whole design file."""

    also_called: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("scenario", "options", "policies"), "scenarios"),
        **dict.fromkeys(("simulations", "runs", "replications", "n", "size"), "members"),
        **dict.fromkeys(("parameters", "inputs", "factors", "varied", "uncertainties"), "vary"),
        **dict.fromkeys(("outcomes", "outcome", "outputs", "metric", "results", "measures"), "metrics"),
        **dict.fromkeys(("constants", "set", "fix", "settings"), "fixed"),
        **dict.fromkeys(("sampling", "sampler", "method", "experiment"), "design"),
        **dict.fromkeys(("end", "horizon", "last"), "until"),
        **dict.fromkeys(("ensemble",), "fit"),
    }

    format_version: Literal[1]
    title: str = ""
    comment: str = ""
    scenarios: Annotated[
        list[str | ScenarioEntry], Field(min_length=1, description="a list such as [baseline, skydagger-delivery]")
    ]
    members: Annotated[int, whole(1, MEMBERS_MAX)] = 1
    seed: Annotated[int, whole(0, SEED_MAX)] = 1
    until: Quarter = LAST
    fit: Annotated[str, AfterValidator(chosen)] = Field(DEFAULT_FIT, validate_default=True)
    theory: str | None = None
    common_random_numbers: bool = True
    design: AnyDesign = Field(description="how points are chosen, such as {kind: latin-hypercube, points: 128}")
    vary: dict[str, Any] | list[str] = Field(default_factory=dict)
    fixed: dict[str, Any] = Field(default_factory=dict)
    metrics: Annotated[
        list[MetricEntry], Field(min_length=1, description="a list such as [{variable: tension, when: 2030Q4}]")
    ]
