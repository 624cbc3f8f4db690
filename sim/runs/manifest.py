"""The manifest of a run, read again: which scenario it was, against what, with which options."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from sim.analysis.output import MANIFEST
from sim.data import region
from sim.engines.options import ALL, IDENTITY, RunOptions
from sim.io import plugged
from sim.io.errors import InputError, Problem, format_fault, refusal
from sim.io.files import read_json
from sim.io.renamed import OPTIONS
from sim.io.schema import validated
from sim.io.writing import temp_store
from sim.io.yaml_reader import Document
from sim.scenario.loading import Scenario, load_scenario

OTHER_SCENARIO = (
    "its scenario cannot be rebuilt: the manifest was changed, or written by a version that reads scenarios otherwise"
)
NOT_OF_THE_FILE = ("name", "theory", "sha256")  # of a scenario as a sweep's manifest keeps it
NAME = r"^[\w-]+$"  # of a scenario: it becomes the name of a file


class _Checked(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class _Subject(_Checked):
    """Which run a manifest is that of."""

    scenario: str = Field(pattern=NAME)
    baseline: str | None = Field(pattern=NAME)
    scenario_sha256: str


_TYPES = {**get_type_hints(RunOptions), "settings": list[str]}
_Identity = create_model(
    "_Identity", __base__=_Subject, **{name: _TYPES[name] for name in IDENTITY}
)  # what `replay` needs


class _Manifest(_Checked):
    """What the manifest of a run holds, as far as it is read again."""

    identity: _Identity  # type: ignore[valid-type]
    scenario: dict[str, Any]
    baseline: dict[str, Any] | None = None
    pictures: Literal["svg", "png", "pdf", "all", "none"] = "svg"
    versions: dict[str, str]


ScenarioName = Annotated[str, Field(pattern=NAME)]


class _ComparedIds(_Checked):
    scenario: list[ScenarioName]
    scenario_sha256: list[str]
    baseline: ScenarioName


class _HeldScenario(_Checked):
    model_config = ConfigDict(extra="allow")

    compare_to: ScenarioName | None = None


class _Compared(_Checked):
    """What the manifest of a comparison holds, as far as it is read again."""

    identity: _ComparedIds
    scenarios: dict[ScenarioName, _HeldScenario]


class _SweptScenario(_Checked):
    name: ScenarioName
    sha256: str


class _Swept(_Checked):
    """What the manifest of a sweep says of its scenarios."""

    scenarios: list[_SweptScenario]


@dataclass(frozen=True)
class RunManifest:
    """What a run's manifest says.

    file    : where it was read
    content : all of it
    """

    file: Path
    content: dict[str, Any]

    @property
    def identity(self) -> dict[str, Any]:
        """Everything that decides the numbers of the run."""
        identity: dict[str, Any] = self.content["identity"]
        return identity

    def check_plugins(self) -> None:
        """InputError where it was run with other plug-ins than those that are loaded."""
        asked = self.identity.get("plugins", {})
        if differing := plugged.differing(asked):
            words = f"with {', '.join(asked)}" if asked else "without plug-ins"
            raise refusal(
                self.file,
                f"was run {words}, and what is loaded now is not the same ({differing}); give --plugin as then",
            )

    def options(self) -> RunOptions:
        """How it was simulated; of a run under every theory, what is the same under all of them."""
        kept = {name: self.identity[name] for name in IDENTITY}
        return RunOptions(**{**kept, "theory": None if kept["theory"] == ALL else kept["theory"]})

    @property
    def versions(self) -> dict[str, str]:
        """Name and version of every package that the numbers and pictures came from."""
        return dict(self.content["versions"])

    @property
    def pictures(self) -> str:
        """The formats of its pictures; versions before this one did not say."""
        chosen: str = self.content.get("pictures", "svg")
        return chosen

    @contextmanager
    def scenario(self) -> Iterator[Scenario]:
        """The scenario as it was run, with what it was compared to, while the block lasts.

        InputError if this version of the program reads another scenario out of it.
        """
        with temp_store() as folder:
            yield self._rebuilt(folder)

    def _rebuilt(self, folder: Path) -> Scenario:
        resolved = dict(self.content["scenario"])
        baseline = self.content.get("baseline")
        if baseline is not None:
            name = self.identity["baseline"]
            _write(folder / f"{name}.yaml", baseline)
            resolved["compare_to"] = f"{name}.yaml"
        file = folder / f"{self.identity['scenario']}.yaml"
        _write(file, resolved)
        scenario = self.loaded(file)
        if scenario.digest != self.identity["scenario_sha256"]:
            raise refusal(self.file, OTHER_SCENARIO, "scenario")
        return scenario

    def loaded(self, file: Path) -> Scenario:
        """A scenario of the manifest from a file that it was written to; what is wrong with it is wrong with the manifest."""
        return _loaded(self.file, file)


def _write(file: Path, content: dict[str, Any]) -> None:
    """A scenario file; JSON is YAML too."""
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


@contextmanager
def scenarios_held(ref: str | Path) -> Iterator[list[Scenario]]:
    """The scenarios that the folder of a run, a comparison or a sweep holds, each with what it is compared to, while the block lasts.

    InputError where it holds none of these, or where this version reads other scenarios out of it.
    """
    file = Path(ref) / MANIFEST if Path(ref).is_dir() else Path(ref)
    content = read_json(file)
    identity = content.get("identity") if isinstance(content, dict) else None
    held = content.get("scenarios") if isinstance(identity, dict) else None
    if held is None:
        with read_manifest(ref).scenario() as scenario:
            yield [scenario]
        return
    if (fault := format_fault(content.get("format_version"))) is not None:
        raise refusal(file, fault, "format_version")
    region.refuse_other(file, identity)
    is_sweep = content.get("kind") == "sweep"
    with temp_store() as folder:
        yield list(_of_sweep(file, held, folder) if is_sweep else _of_comparison(file, content, folder))


def _of_comparison(file: Path, content: dict[str, Any], folder: Path) -> Iterator[Scenario]:
    """The scenarios of a comparison, each against its baseline."""
    compared = validated(_Compared, Document(file, content))
    base, ids = compared.identity.baseline, compared.identity.scenario
    if not {base, *ids} <= set(compared.scenarios):
        raise refusal(file, "names scenarios that it does not hold", "scenarios")
    files = {name: (name, compared.scenarios[name].compare_to) for name in (base, *ids)}
    for _, against in list(files.values()):  # what is not held stands for the baseline, which took its place
        files.setdefault(against or base, (base, None))
    for name, (held, against) in files.items():
        compare_to = {} if against is None else {"compare_to": f"{against}.yaml"}
        _write(folder / f"{name}.yaml", {**content["scenarios"][held], **compare_to})
    for name, digest in zip(ids, compared.identity.scenario_sha256, strict=False):
        yield _checked(file, folder / f"{name}.yaml", digest)


def _of_sweep(file: Path, held: Any, folder: Path) -> Iterator[Scenario]:
    """The scenarios of a sweep, each once; one that is run under several theories is one scenario."""
    swept = validated(_Swept, Document(file, {"scenarios": held}))
    entries = {entry["name"]: entry for entry in held}
    for name, entry in entries.items():
        against = entry.get("compare_to")
        beside = {"compare_to": f"{against}.yaml"} if against in entries else {}
        kept = {key: value for key, value in entry.items() if key not in NOT_OF_THE_FILE}
        _write(folder / f"{name}.yaml", {**kept, **beside})
    for one in {one.sha256: one for one in reversed(swept.scenarios)}.values():
        yield _checked(file, folder / f"{one.name}.yaml", one.sha256)


def _checked(manifest: Path, file: Path, digest: str) -> Scenario:
    """A scenario that was written to a file; InputError where it is not the one that was run."""
    scenario = _loaded(manifest, file)
    if scenario.digest != digest:
        raise refusal(manifest, OTHER_SCENARIO, "scenario")
    return scenario


def _loaded(manifest: Path, file: Path) -> Scenario:
    """A scenario from a file; what is wrong with it is wrong with the manifest."""
    try:
        return load_scenario(file)
    except InputError as error:
        where = [Problem(None, problem.where, problem.message) for problem in error.problems]
        raise InputError(manifest, where) from None


def numbers_named(ref: str | Path) -> list[str]:
    """The unknown numbers that the answer of a run names; of a comparison or a sweep none."""
    content = read_json(Path(ref) / MANIFEST if Path(ref).is_dir() else Path(ref))
    return [key for key in content.get("depends_on", ()) if isinstance(key, str)]


def is_run(ref: str | Path) -> bool:
    """Whether a word of the command line means the folder or the manifest of a run, a comparison or a sweep."""
    path = Path(ref)
    return (path / MANIFEST).is_file() or (path.name == MANIFEST and path.is_file())


def read_manifest(ref: str | Path) -> RunManifest:
    """The manifest of a run, by its own path or its folder's; InputError if it is none."""
    path = Path(ref)
    file = path / MANIFEST if path.is_dir() else path
    try:
        content = read_json(file)
        content["identity"] = {OPTIONS.get(name, name): value for name, value in content["identity"].items()}
        is_ours = set(content) >= {"identity", "scenario", "versions"} and "members" in content["identity"]
        fault = format_fault(content["format_version"])
    except FileNotFoundError:
        message = f"there is no {MANIFEST}; give the folder of a run, such as results/skydagger-delivery"
        raise InputError(path, [Problem(None, "", message)]) from None
    except InputError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        is_ours = False
    if not is_ours:
        raise InputError(file, [Problem(None, "", "is not the manifest of a run")])
    if fault is not None:
        raise InputError(file, [Problem(None, "format_version", fault)])
    validated(_Manifest, Document(file, content))  # a hostile name would be written to as a file
    region.refuse_other(file, content["identity"])
    return RunManifest(file, content)
