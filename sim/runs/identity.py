"""What decides the bytes of a run, and the manifest that says so."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.data import region
from sim.engines.options import ENGINES, RunOptions
from sim.engines.simulate import PreparedScenario, equations_digest
from sim.io import plugged
from sim.io.provenance import provenance
from sim.model.parameter_table import ParameterTable
from sim.scenario.loading import Scenario

PACKAGES = ("matplotlib", "mesa", "numpy", "pyarrow", "scipy", "wasmtime")


def identity_of(
    table: ParameterTable, options: Mapping[str, Any], **scenarios: Scenario | Sequence[Scenario] | None
) -> dict[str, Any]:
    """Everything that decides numbers and files; two folders with the same identity have the same bytes.

    options   : what is kept of the options
    scenarios : by the part they play, such as `baseline`; each is told by its id and its SHA-256
    """
    ids = {name: _each(scenario, "id") for name, scenario in scenarios.items()}
    digests = {f"{name}_sha256": _each(scenario, "digest") for name, scenario in scenarios.items()}
    return {
        **ids,
        **digests,
        "parameters_sha256": table.digest,
        "equations": equations_digest(options.get("engine", ENGINES[0])),
        "model_version": table.model_version,
        **plugged.in_identity(),
        **region.in_identity(),
        **{name: list(value) if isinstance(value, tuple) else value for name, value in options.items()},
    }


def identity_of_run(pair: Sequence[PreparedScenario], options: RunOptions, **changes: Any) -> dict[str, Any]:
    """The identity of a scenario's run against its baseline, where it has one."""
    baseline = pair[0].scenario if len(pair) > 1 else None
    kept = {**options.identity(), **changes}
    return identity_of(pair[-1].parameters, kept, scenario=pair[-1].scenario, baseline=baseline)


def _each(scenarios: Scenario | Sequence[Scenario] | None, name: str) -> Any:
    """A property of a scenario, or a list of those of several; None where there is none."""
    if scenarios is None or isinstance(scenarios, Scenario):
        return getattr(scenarios, name, None)
    return [getattr(scenario, name) for scenario in scenarios]


def manifest_of(
    identity: Mapping[str, Any], began: float, command: Sequence[str] | None, **content: Any
) -> dict[str, Any]:
    """What made a folder; began is a `time.perf_counter()`."""
    return {"format_version": 1, "identity": identity, **content, **provenance(PACKAGES, began, command)}


def python_call(name: str, scenario: Scenario, options: RunOptions) -> str:
    """The call from Python that makes a run again, without paths."""
    fields = {
        field: value
        for field, value in vars(options).items()
        if field != "threads" and value != getattr(RunOptions, field)
    }
    return f"sim.{name}({', '.join([repr(scenario.id), *(f'{field}={value!r}' for field, value in fields.items())])})"


def held_scenarios(scenario: Scenario, baseline: Scenario | None) -> dict[str, Any]:
    """The scenarios of a run as its manifest keeps them, with everything they extend."""
    return {"scenario": scenario.resolved(), "baseline": None if baseline is None else baseline.resolved()}
