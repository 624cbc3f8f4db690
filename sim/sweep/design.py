"""A sweep's design as read from its file: all problems at once, each with its line."""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.engines.options import end_problems, fit_problems
from sim.ensembles.registry import PRIOR as NO_FIT
from sim.io import plugged
from sim.io.errors import FORMAT_VERSION, InputError, Problem, Steps, refusal, shown_value, stop_at_enough, suggestion
from sim.io.quarters import index_of
from sim.io.renamed import with_new_fields
from sim.io.schema import schema_problems
from sim.io.yaml_reader import Document, parse_yaml, read_yaml
from sim.model.network import FIRST
from sim.model.parameter_table import ParameterTable
from sim.model.parameters import load_parameters
from sim.model.theories import theory
from sim.scenario.loading import Scenario, file_below, id_of, load_scenario
from sim.scenario.overrides import apply_settings
from sim.sweep.inputs import (
    EVENTS,
    DesignInput,
    declared_or_drawn,
    fault_of,
    holders_of,
    listed_values,
    named_input,
    read_rows,
    setting,
)
from sim.sweep.metrics import NO_SERIES, DesignMetric, formula_of, metrics_of, series_meant
from sim.sweep.schema import DesignFile, Ensemble, Grid, LatinHypercube, MetricEntry, Morris, Pairs, Rows, Sobol

SAMPLED = (LatinHypercube, Sobol, Morris)


@dataclass(frozen=True)
class Side:
    """One scenario of a sweep, with the fixed numbers, under its name in the table."""

    name: str
    scenario: Scenario
    theory: str | None


@dataclass(frozen=True)
class Design:
    """A checked design: the file as it was read, and what it names."""

    name: str
    content: DesignFile
    sides: tuple[Side, ...]
    inputs: tuple[DesignInput, ...]
    fixed: tuple[str, ...]
    metrics: tuple[DesignMetric, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of what varies."""
        return tuple(input_.key for input_ in self.inputs)

    @property
    def quarters(self) -> int:
        return index_of(self.content.until) + 1

    @property
    def points(self) -> int:
        """How many points, without making them."""
        chosen, count = self.content.design, len(self.inputs)
        match chosen:
            case Grid():
                return math.prod(len(input_.values) for input_ in self.inputs)
            case Pairs() | Rows():
                return len(self.inputs[0].values)
            case LatinHypercube() | Ensemble():
                return chosen.points
        groups = len({input_.group(chosen.group_by) for input_ in self.inputs}) if chosen.group_by else count
        if isinstance(chosen, Sobol):
            return chosen.n * (2 * groups + 2 if chosen.second_order else groups + 2)
        return chosen.n * (groups + 1)

    @property
    def runs(self) -> int:
        """Simulations in all: points x members x scenarios."""
        return self.points * self.content.members * len(self.sides)

    def plain(self) -> dict[str, Any]:
        """Everything that decides the numbers of the sweep, but for the model itself."""
        spec = self.content.model_dump(mode="json", by_alias=True)
        values = hashlib.sha256(json.dumps([input_.values for input_ in self.inputs]).encode()).hexdigest()
        sides = [{"name": s.name, "sha256": s.scenario.digest, "theory": s.theory} for s in self.sides]
        own = [metric.plain() for metric in self.metrics if metric.formula is not None]
        return {**spec, "metrics": [*spec["metrics"], *own], "scenarios_resolved": sides, "values_sha256": values}


def read_design(
    given: str | Path | Mapping[str, Any], changes: Mapping[str, Any] | None = None, settings: Sequence[str] = ()
) -> Design:
    """A design; InputError lists all that is wrong with it.

    given    : its file, or what a file says as a mapping; in that, a scenario may be what `load_scenario` returned, and a metric
               may have a `function` of Python and the series that it `needs`
    changes  : fields that replace those of the file; None leaves one as it is
    settings : `NAME=VALUE`, numbers that are fixed beside those that the file fixes
    """
    if isinstance(given, Mapping):
        held: dict[str, Scenario] = {}
        document = Document("design", {"format_version": FORMAT_VERSION, **_plain_data(given, held)})
        return _Reader(document, held, changes or {}, _fixed(settings)).design()
    return _Reader(read_yaml(Path(given)), {}, changes or {}, _fixed(settings)).design()


def _plain_data(value: Any, held: dict[str, Scenario]) -> Any:
    """What a mapping of Python says as a file would: keys are texts, arrays lists, and scenarios their names, which are noted."""
    if isinstance(value, Scenario):
        held[value.id] = value
        return value.id
    if isinstance(value, Mapping):
        return {str(key): _plain_data(part, held) for key, part in value.items()}
    if hasattr(value, "tolist"):
        return value.tolist()
    return [_plain_data(part, held) for part in value] if isinstance(value, list | tuple) else value


def _fixed(settings: Sequence[str]) -> dict[str, Any]:
    """Settings of the command line as names and values."""
    fixed: dict[str, Any] = {}
    for written in settings:
        name, sign, text = (part.strip() for part in written.partition("="))
        if not sign or not name or not text:
            raise refusal("--set", f"write NAME=VALUE, for example reaction.{FIRST}=0.4", written)
        fixed[name] = parse_yaml(f"value: {text}", "--set").data["value"]
    return fixed


class _Reader:
    """Reads one design, collecting everything that is wrong with it; `held` are scenarios that it was given as such, by name."""

    def __init__(
        self, document: Document, held: Mapping[str, Scenario], changes: Mapping[str, Any], fixed: Mapping[str, Any]
    ) -> None:
        self.file = document.file
        self.folder = document.file.parent if isinstance(document.file, Path) else Path()
        self.document, self.held = document, held
        data = with_new_fields(self.document.data)
        for entry in data["scenarios"] if isinstance(data.get("scenarios"), list) else ():
            with_new_fields(entry)
        data.update({name: value for name, value in changes.items() if value is not None})
        if fixed:
            of_file = data.get("fixed")
            data["fixed"] = {**(of_file if isinstance(of_file, dict) else {}), **fixed}
        self.problems: list[Problem] = []
        self.table: ParameterTable = load_parameters()

    def report(self, steps: Steps, message: str) -> None:
        self.problems.append(self.document.problem(steps, message))
        stop_at_enough(self.file, self.problems)

    def give_up_on_problems(self) -> None:
        if self.problems:
            raise InputError(self.file, self.problems)

    def design(self) -> Design:
        content = self.content()
        self.check_options(content)
        sides = list(self.sides(content))
        self.give_up_on_problems()
        sides = self.with_fixed(content, sides)
        inputs = tuple(self.inputs(content, [side.scenario for side in sides]))
        metrics = tuple(islice(self.metrics(content), COLUMNS_MAX + 1))
        if len(metrics) > COLUMNS_MAX:
            self.report(
                ("metrics",), f"these are more than the {COLUMNS_MAX:,} columns that a table may have; keep fewer"
            )
            self.give_up_on_problems()
        self.check_names(content, inputs, metrics)
        self.give_up_on_problems()
        sides = [replace(side, scenario=_with_placeholders(side.scenario, inputs)) for side in sides]
        name = id_of(Path(content.title if isinstance(self.file, str) else self.file), "sweep")
        return Design(name, content, tuple(sides), inputs, tuple(content.fixed), metrics)

    def content(self) -> DesignFile:
        if "design" not in self.document.data and {"extends", "events", "question"} & set(self.document.data):
            self.report((), "this is a scenario; `armsrace run` runs it, and a design names it under scenarios")
            self.give_up_on_problems()
        try:
            return DesignFile.model_validate(self.document.data)
        except ValidationError as error:
            known = [fault for fault in error.errors() if fault["loc"][-1] != "str" or fault["loc"][0] != "scenarios"]
            problems = schema_problems(known or error.errors(), self.document, DesignFile)
            raise InputError(self.file, problems) from None

    def check_options(self, content: DesignFile) -> None:
        for problem in (*end_problems(content.until), *fit_problems(content.fit)):
            self.report((problem.where,), problem.message)
        if content.fit == NO_FIT and isinstance(content.design, Ensemble):
            self.report(("fit",), "an ensemble design takes the draws of a fit; name one, or choose another design")
        self.check_theory(("theory",), content.theory)

    def check_theory(self, steps: Steps, name: str | None) -> None:
        try:
            if name is not None:
                theory(name)
        except InputError as error:
            self.report(steps, error.problems[0].message)

    def sides(self, content: DesignFile) -> Iterator[Side]:
        seen: set[str] = set()
        for number, entry in enumerate(content.scenarios):
            steps: Steps = ("scenarios", number)
            ref = entry if isinstance(entry, str) else entry.scenario
            own = None if isinstance(entry, str) else entry.theory
            self.check_theory((*steps, "theory"), own)
            try:
                scenario = self.held.get(ref) or load_scenario(self.ref(ref))
            except (InputError, ValueError) as error:
                told = error.problems[0].message if isinstance(error, InputError) else str(error)
                self.report(steps, f"{shown_value(ref)}: {told}")
                continue
            name = scenario.id if isinstance(entry, str) else entry.name
            if name in seen:
                self.report(steps, f'"{name}" is named twice; write {{name: ..., scenario: {ref}}} with another name')
            seen.add(name)
            changes = {} if isinstance(entry, str) else entry.set
            yield Side(name, self.changed(scenario, changes, (*steps, "set")), own or content.theory)

    def ref(self, ref: str) -> str | Path:
        """A library id, or the path of a file beside the design or below it; ValueError for one elsewhere."""
        return file_below(ref, self.folder) if "/" in ref or ref.endswith((".yaml", ".yml")) else ref

    def changed(self, scenario: Scenario, changes: dict[str, Any], steps: Steps) -> Scenario:
        for key, value in changes.items():
            try:
                scenario = apply_settings(scenario, [setting(key, value)])
            except InputError as error:
                self.report((*steps, key), error.problems[0].message)
        return scenario

    def with_fixed(self, content: DesignFile, sides: list[Side]) -> list[Side]:
        """The scenarios with the numbers that the design fixes, each where its scenario knows it."""
        scenarios = [side.scenario for side in sides]
        for key in content.fixed:
            if not holders_of(key, scenarios):
                self.report(("fixed", key), "no scenario of this design has this event")
        changed = []
        for side in sides:
            known = {key: value for key, value in content.fixed.items() if holders_of(key, [side.scenario])}
            changed.append(replace(side, scenario=self.changed(side.scenario, known, ("fixed",))))
        self.problems = list(dict.fromkeys(self.problems))
        return changed

    def inputs(self, content: DesignFile, scenarios: list[Scenario]) -> Iterator[DesignInput]:
        match content.design:
            case Rows():
                yield from self.inputs_of_rows(content, scenarios)
            case Ensemble():
                yield from self.inputs_of_fit(content)
            case _:
                yield from self.written_inputs(content, scenarios)

    def written_inputs(self, content: DesignFile, scenarios: list[Scenario]) -> Iterator[DesignInput]:
        if not isinstance(content.vary, dict) or not content.vary:
            self.report(("vary",), f"name what varies: reaction.{FIRST}: ...; see `armsrace new --design NAME`")
            return
        for key, raw in content.vary.items():
            if key in content.fixed:
                self.report(("vary", key), "stands under fixed too; keep one")
                continue
            try:
                input_ = named_input(key, self.table, scenarios)
                if isinstance(content.design, SAMPLED):
                    yield replace(input_, distribution=declared_or_drawn(input_, raw, self.table, scenarios))
                else:
                    yield self.checked(replace(input_, values=listed_values(raw)), scenarios)
            except ValueError as error:
                self.report(("vary", key), str(error))

    def checked(self, input_: DesignInput, scenarios: list[Scenario]) -> DesignInput:
        """An input whose values are legal; they are, if the lowest and the highest are."""
        for value in dict.fromkeys((min(input_.values), max(input_.values))):
            if (fault := fault_of(input_.key, value, scenarios)) is not None:
                raise ValueError(fault)
        return input_

    def inputs_of_rows(self, content: DesignFile, scenarios: list[Scenario]) -> Iterator[DesignInput]:
        if content.vary:
            self.report(("vary",), "the columns of the file say what varies; leave vary out")
        assert isinstance(content.design, Rows)
        try:
            file = file_below(content.design.file, self.folder)
        except ValueError as error:
            self.report(("design", "file"), str(error))
            return
        faults = []
        for key, values in read_rows(file).items():
            try:
                yield self.checked(replace(named_input(key, self.table, scenarios), values=values), scenarios)
            except ValueError as error:
                faults.append(Problem(1, key, str(error)))
        if faults:
            raise InputError(file, faults)

    def inputs_of_fit(self, content: DesignFile) -> Iterator[DesignInput]:
        from sim.ensembles.registry import load_fit

        if self.problems:
            return
        keys = [
            key for key in load_fit(content.fit).keys if key in self.table.keys
        ]  # it draws errors of the figures, too
        for key in content.vary or keys:
            if key in keys:
                yield named_input(key, self.table, [])
            else:
                self.report(("vary",), f'"{key}" is no number that the fit draws{suggestion(key, keys)}')

    def metrics(self, content: DesignFile) -> Iterator[DesignMetric]:
        if self.problems:
            return
        for number, entry in enumerate(content.metrics):
            try:
                start = 0 if entry.start is None else index_of(entry.start)
                end = index_of(content.until if entry.until is None else entry.until) + 1
                if end > index_of(content.until) + 1:
                    raise ValueError(f"until {entry.until} lies after the end of the sweep, {content.until}")
                if isinstance(entry.when, list) and len(entry.when) > COLUMNS_MAX:
                    raise ValueError(
                        f"{len(entry.when):,} times are more than the {COLUMNS_MAX:,} columns that a table may have"
                    )
                yield from _columns(entry, start, end, index_of(content.until) + 1)
            except ValueError as error:
                self.report(("metrics", number), str(error))

    def check_names(
        self, content: DesignFile, inputs: tuple[DesignInput, ...], metrics: tuple[DesignMetric, ...]
    ) -> None:
        """Every column has a name of its own, and paired lists have one length."""
        names = [*LABELS, *(input_.key for input_ in inputs), *(metric.name for metric in metrics)]
        for twice in [name for name, count in Counter(names).items() if count > 1]:
            self.report(("metrics",), f'two columns would be called "{twice}"; give one a `name`')
        lengths = {input_.key: len(input_.values) for input_ in inputs}
        if isinstance(content.design, Pairs) and len(set(lengths.values())) > 1:
            counts = ", ".join(f"{key} has {count}" for key, count in lengths.items())
            self.report(("vary",), f"paired lists need one length; {counts}")


def _columns(entry: MetricEntry, start: int, end: int, last: int) -> Iterator[DesignMetric]:
    """The columns of one entry; ValueError says what is wrong with it."""
    given = [name for name in ("variable", "expression", "function") if getattr(entry, name) is not None]
    if len(given) != 1:
        raise ValueError(
            f"needs one of these: a variable, such as tension, or an expression, such as spending.{FIRST} / gdp.{FIRST}; "
            "a function of Python "
            "stands in no file, but a plug-in can bring it (METRICS)"
        )
    if entry.variable is not None:
        series = series_meant(entry.variable, entry.actor, entry.counterpart)
        yield from metrics_of(series, entry.when, name=entry.name, start=start, end=end)
        return
    if not entry.name or entry.actor or entry.counterpart:
        raise ValueError(f"a metric by {given[0]} needs a name of its own, and no actor or counterpart beside it")
    function, needs = entry.function, tuple(entry.needs)
    if isinstance(function, str):
        if function not in plugged.METRICS:
            near = suggestion(function, plugged.METRICS) or "; --plugin FILE loads one"
            raise ValueError(f'no plug-in has a metric "{function}"{near}')
        function, needs = plugged.METRICS[function]
    text = entry.expression or str(getattr(function, "__name__", "function"))
    formula = formula_of(text, entry.unit, function, needs, last)
    if formula.is_single:
        if "when" in entry.model_fields_set and entry.when != type(entry).model_fields["when"].default:
            raise ValueError("this expression is one number of each run; leave `when` out")
        yield DesignMetric(entry.name, NO_SERIES, "single", start, end, 0.0, "", formula)
        return
    yield from metrics_of([NO_SERIES], entry.when, name=entry.name, start=start, end=end, formula=formula)


COLUMNS_MAX = 5_000
LABELS = ("run", "point", "member", "scenario", "seed", "status", "error")


def _with_placeholders(scenario: Scenario, inputs: tuple[DesignInput, ...]) -> Scenario:
    """The scenario with a number in place of every size that varies, so that the size exists and may be replaced."""
    for input_ in inputs:
        if input_.key.startswith(EVENTS) and holders_of(input_.key, [scenario]):
            value = input_.values[0] if input_.values else input_.distribution.plain() if input_.distribution else 0.0
            scenario = apply_settings(scenario, [setting(input_.key, value)])
    return scenario
