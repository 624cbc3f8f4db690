"""The run that a user points at, a folder of results or a scenario, ready to be run again."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.analysis.output import MANIFEST
from sim.engines.options import ALL, MEMBERS, check_options
from sim.engines.simulate import PreparedScenario, prepared_scenario
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.errors import InputError, Problem
from sim.io.quarters import index_of
from sim.runs.manifest import RunManifest, read_manifest
from sim.runs.run import prepared_scenarios
from sim.scenario.loading import Scenario


@dataclass(frozen=True)
class Again:
    """A run: its worlds, the baseline first if there is one, and what else decides its numbers."""

    worlds: tuple[PreparedScenario, ...]
    members: int
    seed: int
    last: int


def run_again(
    ref: str | Path, *, members: int | None, seed: int | None, settings: Sequence[str] = (), fit: str | None = None,
    theory: str | None = None, until: str = "2035Q4",
) -> Again:  # fmt: skip
    """The run of a folder, with as many members as it has unless told otherwise, or a new one of a scenario.

    Raises InputError if the folder holds no run, or one that this version of the model cannot repeat.
    """
    folder = Path(ref)
    if (folder / MANIFEST).is_file():
        return _of_folder(folder, members, seed, [*settings, *([fit] if fit else []), *([theory] if theory else [])])
    if folder.is_dir():
        raise InputError(
            folder, [Problem(None, "", "holds no run; name a folder that armsrace run wrote, or a scenario")]
        )
    chosen_fit, count, number = fit or DEFAULT_FIT, members or MEMBERS, 1 if seed is None else seed
    check_options(count, number, until, "compiled", chosen_fit, "none", theory)
    return Again(prepared_scenarios(ref, settings, theory, chosen_fit), count, number, index_of(until))


def _of_folder(folder: Path, members: int | None, seed: int | None, others: Sequence[str]) -> Again:
    manifest = read_manifest(folder)
    identity = manifest.identity
    if "parameters_sha256" not in identity or identity["theory"] == ALL:
        message = f"{MANIFEST} is not that of a single run; run the scenario again with armsrace run"
        raise InputError(folder, [Problem(None, "", message)])
    if others:
        message = (
            "the run in this folder has its own settings; leave out --set, --fit and --theory, or name its scenario"
        )
        raise InputError(folder, [Problem(None, "", message)])
    held = [(manifest.content.get(which), identity[which]) for which in ("baseline", "scenario")]
    scenarios = [_scenario(manifest, resolved, name) for resolved, name in held if resolved]
    worlds = tuple(prepared_scenario(one, identity["theory"], identity["fit"]) for one in scenarios)
    if worlds[-1].parameters.digest != identity["parameters_sha256"]:
        message = "was made with other numbers of the model or the ensemble than these; run it again with armsrace run"
        raise InputError(folder, [Problem(None, "", message)])
    count = identity["members"] if members is None else members
    number = identity["seed"] if seed is None else seed
    check_options(count, number, identity["until"], "compiled", identity["fit"], "none", identity["theory"])
    return Again(worlds, count, number, index_of(identity["until"]))


def _scenario(manifest: RunManifest, resolved: dict[str, Any], name: str) -> Scenario:
    """A scenario as the manifest keeps it, settings included."""
    alone = {key: value for key, value in resolved.items() if key != "compare_to"}
    with tempfile.TemporaryDirectory(prefix="armsrace-") as folder:
        file = Path(folder) / f"{name}.yaml"
        file.write_text(json.dumps(alone, ensure_ascii=False), encoding="utf-8")
        return replace(manifest.loaded(file), compare_to=resolved.get("compare_to"))
