"""The run that a user points at, a folder of results or a scenario, ready to be run again."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.analysis.output import MANIFEST
from sim.engines.options import ALL, RunOptions, run_options
from sim.engines.simulate import PreparedScenario, equations_digest, prepared_scenario, prepared_scenarios
from sim.io.errors import refusal
from sim.io.writing import temp_store
from sim.runs.manifest import RunManifest, read_manifest
from sim.scenario.loading import Scenario

OF_ITS_OWN = ("settings", "ensemble", "theory")  # what the run of a folder has and nobody else may choose


@dataclass(frozen=True)
class Again:
    """A run: its scenarios, the baseline first if there is one, and what else decides its numbers."""

    pair: tuple[PreparedScenario, ...]
    options: RunOptions


def run_again(ref: str | Path, **asked: Any) -> Again:
    """The run of a folder, or a new one of a scenario.

    asked : fields of `RunOptions` that are wanted otherwise; None, or no setting, leaves them as they are

    Raises InputError if the folder holds no run, or one that this version of the model cannot repeat.
    """
    folder = Path(ref)
    changes = {name: value for name, value in asked.items() if value not in (None, ())}
    if (folder / MANIFEST).is_file():
        return _of_folder(folder, changes)
    if folder.is_dir():
        raise refusal(folder, "holds no run; name a folder that armsrace run wrote, or a scenario")
    options = run_options(None, changes)
    return Again(prepared_scenarios(ref, options.settings, options.theory, options.ensemble), options)


def _of_folder(folder: Path, changes: dict[str, Any]) -> Again:
    manifest = read_manifest(folder)
    identity = manifest.identity
    if "parameters_sha256" not in identity or identity["theory"] == ALL:
        message = f"{MANIFEST} is not that of a single run; run the scenario again with armsrace run"
        raise refusal(folder, message)
    if any(name in changes for name in OF_ITS_OWN):
        message = "the run in this folder has its own settings; leave out --set, --ensemble and --theory, or name its scenario"
        raise refusal(folder, message)
    manifest.check_plugins()
    held = [(manifest.content.get(which), identity[which]) for which in ("baseline", "scenario")]
    scenarios = [_scenario(manifest, resolved, name) for resolved, name in held if resolved]
    pair = tuple(prepared_scenario(scenario, identity["theory"], identity["ensemble"]) for scenario in scenarios)
    if pair[-1].parameters.digest != identity["parameters_sha256"]:
        message = "was made with other numbers of the model or the ensemble than these; run it again with armsrace run"
        raise refusal(folder, message)
    if identity["engine"] == "compiled" and identity.get("equations") != equations_digest():
        raise refusal(folder, "was made with other equations of the model than these; run it again with armsrace run")
    return Again(pair, run_options(manifest.options(), {**changes, "engine": "compiled"}))


def _scenario(manifest: RunManifest, resolved: dict[str, Any], name: str) -> Scenario:
    """A scenario as the manifest keeps it, settings included."""
    alone = {key: value for key, value in resolved.items() if key != "compare_to"}
    with temp_store() as folder:
        file = folder / f"{name}.yaml"
        file.write_text(json.dumps(alone, ensure_ascii=False), encoding="utf-8")
        return replace(manifest.loaded(file), compare_to=resolved.get("compare_to"))
