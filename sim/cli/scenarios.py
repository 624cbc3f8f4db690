"""The scenario library: `list`, `show`, `new`, `validate`, `schema`."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from sim.io.errors import InputError, Problem, shown_path
from sim.io.terminal import bullet, complain, entry, paragraph, say

if TYPE_CHECKING:
    from sim.scenario.loading import Scenario

Format = Annotated[
    Literal["text", "json"], Parameter(name="--format", help="Words for a reader, or one JSON document for a program.")
]
Reference = Annotated[
    str, Parameter(help="A scenario of the library (see: armsrace list), or the path of a scenario file.")
]
Resolved = Annotated[
    bool,
    Parameter(
        negative=(),
        show_default=False,
        help="Print the whole scenario as YAML, with everything it extends. Default: changes only.",
    ),
]
NewId = Annotated[
    str,
    Parameter(
        name="ID", help="Id of the new scenario: lower-case letters, digits and hyphens; the file is ID.yaml here."
    ),
]
Extends = Annotated[str, Parameter(help="The scenario that the new one builds on and is compared with.")]
NewDesign = Annotated[
    str | None,
    Parameter(name="--design", help="Write the design of a sweep instead, to NAME.yaml here. Default: a scenario."),
]
Files = Annotated[list[str], Parameter(name="FILE", help="Scenario files, or ids of the library.")]
SchemaOut = Annotated[Path | None, Parameter(help="File to write; an existing one is replaced. Default: print it.")]

NO_GROUP = "Other"
NO_COSTS = "The file does not say what this costs."
NOT_DOCUMENTS = ("assumed", "model-derived")


def list_(*, form: Format = "text") -> None:
    """List the scenarios of the library by question, with the titles."""
    from sim.report.event_text import groups_in_order
    from sim.scenario.loading import list_scenarios

    listings = list_scenarios()
    if form == "json":
        rows = [{"id": one.id, "title": one.title, "group": one.group, "file": str(one.file)} for one in listings]
        _print_json({"scenarios": rows})
        return
    width = max((len(one.id) for one in listings), default=0)
    for group in groups_in_order(one.group for one in listings):
        say(group or NO_GROUP)
        say(*(entry(one.id, one.title, width) for one in listings if one.group == group), "")
    say(paragraph("What begins in 2026 comes after the delivery of Skydagger and is compared with skydagger-delivery."))
    say("Next: armsrace show ID (what it changes), armsrace run ID (what that does)")


def show(scenario: Reference, /, *, resolved: Resolved = False, form: Format = "text") -> None:
    """Show the question of a scenario, what it changes, and the sources it rests on."""
    from sim.scenario.loading import load_scenario

    chosen = load_scenario(scenario)
    base = None if chosen.compare_to is None else load_scenario(chosen.compare_to)
    if form == "json":
        _print_json(description(chosen, base))
    elif resolved:
        say(
            f"# {chosen.id}, with everything it extends: {' <- '.join(reversed(chosen.chain))}",
            _yaml(chosen.resolved()).rstrip(),
        )
    else:
        say(*_shown(chosen, base))


def description(chosen: "Scenario", base: "Scenario | None") -> dict[str, Any]:
    """What `show --format json` prints: the resolved scenario and what it changes."""
    changed, removed = _event_changes(chosen, base)
    return {
        "id": chosen.id,
        "chain": list(chosen.chain),
        "baseline": None if base is None else base.id,
        "resolved": chosen.resolved(),
        "changes": {
            "parameters": {key: _plain(value) for key, value in _parameter_changes(chosen, base).items()},
            "events": [event.plain() for event in changed],
            "removed": [event.id for event in removed],
        },
    }


def _shown(chosen: "Scenario", base: "Scenario | None") -> list[str]:
    from sim.report.sources import citation

    lines = [paragraph(chosen.title), ""]
    lines += [entry("question", chosen.question), entry("group", chosen.group or NO_GROUP)]
    lines += [
        entry("extends", " <- ".join(reversed(chosen.chain[:-1])) or "nothing"),
        entry("compared to", base.id if base else "nothing"),
    ]
    lines += [entry("expected", chosen.expects), entry("comment", chosen.comment)]
    lines += [entry("costs", chosen.costs or NO_COSTS), ""]
    changed, removed = _event_changes(chosen, base)
    lines.append(f"Changes against {base.id}" if base else "What it sets, beyond the declared parameters")
    lines += [bullet(f"{key} = {_amount(value)}") for key, value in _parameter_changes(chosen, base).items()]
    known = [*chosen.events, *removed]
    lines += [bullet(f"{_event_words(event, known)} {badge(event)}") for event in _with_series_joined(changed)]
    lines += [bullet(f"without {event.id}: {_event_words(event, known)}") for event in _with_series_joined(removed)]
    if not (changed or removed or _parameter_changes(chosen, base)):
        lines.append("  nothing")
    if chosen.documents:
        lines += ["", "Documents", *(bullet(citation(document)) for document in chosen.documents)]
    steps = [f"armsrace run {_typed(chosen)}", f"armsrace show {_typed(chosen)} --resolved"]
    steps += [f"armsrace trace {name}" for name in _traceable(chosen, [*changed, *removed])]
    return [*lines, "", "Next:", *(f"  {step}" for step in steps)]


def _traceable(chosen: "Scenario", events: list[Any]) -> list[str]:
    """One name to trace: an event that the library knows, or a parameter that the scenario sets."""
    from sim.report.event_text import series_name
    from sim.report.trace_uses import library

    known = {event.id for scenario in library() for event in scenario.events}
    names = [event.id for event in events if series_name(event.id) is None and event.id in known]
    return [*names, *chosen.parameters][:1]


def _typed(chosen: "Scenario") -> str:
    """What a user types for the scenario."""
    from sim.io.assets import data_file

    return chosen.id if chosen.file.parent == data_file("scenarios") else shown_path(chosen.file)


def _parameter_changes(chosen: "Scenario", base: "Scenario | None") -> dict[str, Any]:
    theirs = base.parameters if base else {}
    back = {key: "as declared" for key in theirs if key not in chosen.parameters}
    return {key: value for key, value in chosen.parameters.items() if theirs.get(key) != value} | back


def _event_changes(chosen: "Scenario", base: "Scenario | None") -> tuple[list[Any], list[Any]]:
    """Events that are new or different, and events of the base that do not happen, in time order."""
    theirs = {event.id: event for event in base.events} if base else {}
    ours = {event.id for event in chosen.events}
    changed = [event for event in chosen.events if event.id not in theirs or theirs[event.id].plain() != event.plain()]
    return changed, [event for event in theirs.values() if event.id not in ours]


def _with_series_joined(events: list[Any]) -> list[Any]:
    """Events in order, with only the first entry of every series; its words say how many there are."""
    from sim.report.event_text import SeriesSummary, series_name

    kept: list[Any] = []
    seen: dict[str, SeriesSummary] = {}
    for event in events:
        name = series_name(event.id)
        if name is None:
            kept.append(event)
        elif name in seen:
            seen[name].entries.append(event)
        else:
            seen[name] = SeriesSummary(name, [event])
            kept.append(seen[name])
    return kept


def _event_words(event: Any, others: list[Any]) -> str:
    from sim.report.event_text import event_words

    return event_words(event, others)


def badge(event: Any) -> str:
    """Where an event is known from: a document, other press or data, or nobody but us."""
    from sim.report.source_tables import exports_row_of

    row = exports_row_of(getattr(event, "name", ""), getattr(event, "entries", ()))
    if row is not None:
        return f"[004, Table 1, row {row}]"
    source, locator = getattr(event, "source", None), getattr(event, "locator", "")
    if source is None or source in NOT_DOCUMENTS:
        return "[assumed]"
    return f"[{source}{', ' + locator if locator else ''}]"


def _amount(value: Any) -> str:
    from sim.report.event_text import amount

    return value if isinstance(value, str) else amount(value)


def _plain(value: Any) -> Any:
    return value.plain() if hasattr(value, "plain") else value


def new(id_: NewId | None = None, /, *, extends: Extends = "baseline", design: NewDesign = None) -> None:
    """Write a commented scenario file that runs as it is, to ID.yaml in the current directory; or a design of a sweep."""
    import re

    from sim.scenario.fields import SLUG_PATTERN
    from sim.scenario.loading import list_scenarios, load_scenario
    from sim.scenario.template import template

    if design is not None:
        _new_design(design, id_)
        return
    if id_ is None:
        message = (
            "name the new scenario: armsrace new my-scenario; or a design of a sweep: armsrace new --design my-sweep"
        )
        raise InputError("new", [Problem(None, "ID", message)])
    if not re.fullmatch(SLUG_PATTERN, id_):
        raise InputError(
            "new",
            [Problem(None, "ID", f'"{id_}" is not an id; use lower-case letters, digits and hyphens: my-scenario')],
        )
    if id_ in {one.id for one in list_scenarios()}:
        taken = f"{id_} is a scenario of the library; choose another name"
        raise InputError("new", [Problem(None, "ID", taken)])
    file = Path(f"{id_}.yaml")
    text = template(id_)
    if extends != "baseline":
        load_scenario(extends)
        text = text.replace("extends: baseline", f"extends: {extends}").replace(
            "compare_to: baseline", f"compare_to: {extends}"
        )
        text = text.replace("id: example-order", f"id: {id_}-order").replace(
            "armsrace show baseline", f"armsrace show {extends}"
        )
        text = text.replace("in the baseline", f"in {extends}")
    _write_new(file, text)
    try:
        load_scenario(file)
    except InputError:
        file.unlink()
        raise
    say(f"{file} is written.", "Next:", f"  armsrace validate {file}", f"  armsrace run {file}")


def _new_design(name: str, id_: str | None) -> None:
    """Write a commented design file, to NAME.yaml in the current directory."""
    import re

    from sim.scenario.fields import SLUG_PATTERN
    from sim.sweep.template import design_template

    if id_ is not None:
        raise InputError("new", [Problem(None, "ID", "write a scenario or a design, not both at once")])
    if not re.fullmatch(SLUG_PATTERN, name):
        message = f'"{name}" is not a name; use lower-case letters, digits and hyphens: my-sweep'
        raise InputError("new", [Problem(None, "design", message)])
    file = Path(f"{name}.yaml")
    _write_new(file, design_template(name))
    say(f"{file} is written.", "Next:", f"  armsrace sweep {file} --dry-run", f"  armsrace sweep {file}")


def _write_new(file: Path, text: str) -> None:
    """Write a file that must not exist yet."""
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise InputError(file, [Problem(None, "", "exists already and is left as it is; choose another id")]) from None
    except OSError as error:
        raise InputError(file, [Problem(None, "", f"cannot be written ({error.strerror})")]) from None


def validate(files: Files, /) -> int:
    """Check scenario files, with all they extend and compare to, and report every problem of every file."""
    from sim.scenario.loading import load_scenario

    amiss = 0
    for name in files:
        try:
            chosen = load_scenario(name)
            if chosen.compare_to is not None:
                load_scenario(chosen.compare_to)
            say(f"{name}: ok")
        except InputError as error:
            amiss += 1
            complain(str(error))
    return 2 if amiss else 0


def schema(*, out: SchemaOut = None) -> None:
    """Print the JSON Schema of a scenario file; editors use it to complete and to check."""
    from sim.scenario.json_schema import scenario_json_schema

    text = json.dumps(scenario_json_schema(), indent=1, ensure_ascii=False) + "\n"
    if out is None:
        sys.stdout.write(text)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            out, [Problem(None, "", f"cannot be written ({error.strerror}); choose another file")]
        ) from None
    say(f"{out} is written.")


def _yaml(content: Any) -> str:
    import yaml

    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100))


def _print_json(content: Any) -> None:
    sys.stdout.write(json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n")
