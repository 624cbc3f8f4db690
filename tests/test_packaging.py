"""What is shipped is what is tracked, it starts fast, and the README's commands are the ones that are checked."""

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import sim
from sim.cli.main import COMMANDS, main

ROOT = Path(__file__).resolve().parents[1]
DOCS = (ROOT / "docs").glob("*.md")
DATA_FOLDERS = ("scenarios", "seeds", "calibration")
IS_CLONE = shutil.which("git") is not None and (ROOT / ".git").exists()
README = (ROOT / "README.md").read_text(encoding="utf-8")
HEAVY = ("matplotlib", "mesa", "numpy", "pandas", "pyarrow", "wasmtime", "pydantic", "rich", "scipy")

SAFELY: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # 3.11.4 and later ask for it
IS_INSTALLED = any(importlib.metadata.distributions(name="balkan-armsrace"))
needs_git = pytest.mark.skipif(not IS_CLONE, reason="not a clone")


def output(*command: str, cwd: Path = ROOT, path: Path | None = None) -> str:
    """What a command prints; python means this interpreter, which looks in `path` first."""
    words = [sys.executable if word == "python" else word for word in command]
    outside = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    given = outside | {"PYTHONIOENCODING": "utf-8", "COLUMNS": "100"} | ({"PYTHONPATH": str(path)} if path else {})
    done = subprocess.run(
        words,
        cwd=cwd,
        env=given,
        check=False,
        text=True,
        encoding="utf-8",
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def shipped_files(folder: Path) -> list[str]:
    """Files that git tracks, or would track once they are added."""
    names = output("git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "-z", cwd=folder).split(
        "\0"
    )
    return [name for name in names if name and (folder / name).is_file()]


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone, with files lying about that git ignores."""
    copy = tmp_path_factory.mktemp("tree") / "clone"
    for name in shipped_files(ROOT):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    output("git", "init", "--quiet", cwd=copy)
    for ignored in (
        "seeds/__pycache__/old.pyc",
        "scenarios/.venv/notes.yaml",
        "sim/rules/stale.pyc",
        "results/mine/summary.csv",
    ):
        (copy / ignored).parent.mkdir(parents=True, exist_ok=True)
        (copy / ignored).write_text("left behind")
    return copy


def built(kind: str, folder: Path, target: Path) -> Path:
    output("python", "-m", "build", f"--{kind}", "--no-isolation", "--outdir", str(target), cwd=folder)
    (file,) = target.iterdir()
    return file


@pytest.fixture(scope="session")
def wheel(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("wheel", tree, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)
    return folder


def contents(wheel_file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel_file) as packed:
        return {name: packed.read(name) for name in packed.namelist() if not name.endswith("/RECORD")}


@needs_git
def test_wheel_ships_exactly_the_tracked_files(wheel: Path) -> None:
    tracked = shipped_files(ROOT)
    program = {name for name in tracked if name.startswith("sim/")}
    data = {f"sim/_data/{name}" for name in tracked if name.split("/")[0] in (*DATA_FOLDERS, "CITATION.cff")}
    assert {name for name in contents(wheel) if ".dist-info/" not in name} == program | data


@needs_git
def test_wheel_carries_both_licences(wheel: Path) -> None:
    licences = {name.rsplit("/", maxsplit=1)[1] for name in contents(wheel) if "/licenses/" in name}
    assert licences == {"LICENSE", "LICENSE-DATA"}


@needs_git
def test_wheel_from_the_source_archive_is_the_same(tree: Path, wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(built("sdist", tree, tmp_path / "sdist")) as packed:
        packed.extractall(tmp_path, **SAFELY)
    (source,) = tmp_path.glob("balkan_armsrace-*")
    assert contents(built("wheel", source, tmp_path / "again")) == contents(wheel)


@needs_git
def test_installed_wheel_has_the_library_away_from_the_checkout(unpacked: Path, tmp_path: Path) -> None:
    where = output("python", "-c", "import sim; print(sim.__file__)", cwd=tmp_path, path=unpacked).strip()
    assert Path(where).is_relative_to(unpacked)
    command = ("python", "-m", "sim", "list")
    assert output(*command, cwd=tmp_path, path=unpacked) == output(*command, cwd=tmp_path, path=ROOT)


# ---- versions --------------------------------------------------------------------------------------------------------

MACHINES = [
    {"sys_platform": system, "platform_machine": machine, "os_name": kind, "python_version": python}
    for system, machine, kind in (
        ("linux", "x86_64", "posix"),
        ("linux", "aarch64", "posix"),
        ("darwin", "arm64", "posix"),
        ("darwin", "x86_64", "posix"),
        ("win32", "AMD64", "nt"),
    )
    for python in ("3.11", "3.12", "3.13")
]


def pins(machine: dict[str, str]) -> dict[str, list[str]]:
    """Versions that constraints.txt pins on a machine, by the name of the library."""
    versions: dict[str, list[str]] = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            pin = Requirement(line)
            if pin.marker is None or pin.marker.evaluate(machine):
                ((_, version),) = ((one.operator, one.version) for one in pin.specifier if one.operator == "==")
                versions.setdefault(canonicalize_name(pin.name), []).append(version)
    return versions


def asked_for() -> list[Requirement]:
    """What pyproject.toml asks for, with every extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [entry for group in project["optional-dependencies"].values() for entry in group]
    every = map(Requirement, [*project["dependencies"], *extras])
    return [one for one in every if canonicalize_name(one.name) != project["name"]]


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: "-".join(machine.values()))
def test_every_machine_gets_one_version_of_each_library_within_its_range(machine: dict[str, str]) -> None:
    full = machine | {
        "python_full_version": f"{machine['python_version']}.5",
        "platform_python_implementation": "CPython",
    }
    pinned = pins(full)
    assert all(len(versions) == 1 for versions in pinned.values())
    for one in asked_for():
        assert pinned[canonicalize_name(one.name)][0] in one.specifier, one


@pytest.mark.skipif(not IS_INSTALLED, reason="asks what the installed libraries need")
def test_what_the_libraries_need_is_pinned_too() -> None:
    pinned, waiting, seen = pins({}), [(one.name, one.extras) for one in asked_for()], set()
    while waiting:
        name, extras = waiting.pop()
        found = next(iter(importlib.metadata.distributions(name=name)), None)
        if (name, *extras) in seen or found is None:
            continue
        seen.add((name, *extras))
        assert canonicalize_name(name) in pinned, f"{name} is not in constraints.txt"
        needs = map(Requirement, found.requires or ())
        waiting += [
            (need.name, need.extras)
            for need in needs
            if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in ("", *extras))
        ]
    assert len(seen) > 50


# ---- start -----------------------------------------------------------------------------------------------------------


def test_importing_the_package_loads_no_library() -> None:
    loaded = output("python", "-c", "import sim, sys; dir(sim); print(*sys.modules)").split()
    assert not {name.split(".")[0] for name in loaded} & {*HEAVY, "cyclopts", "yaml"}


def test_every_promised_name_is_there() -> None:
    assert all(getattr(sim, name) is not None for name in sim.__all__)


@pytest.mark.parametrize("command", ["--help", "list"])
def test_command_line_loads_no_heavy_library(command: str) -> None:
    program = f"import sys; from sim.cli.main import main; main([{command!r}]); print(*sys.modules)"
    loaded = output("python", "-c", program).splitlines()[-1].split()
    assert not {name.split(".")[0] for name in loaded} & set(HEAVY[:6])


def test_help_answers_in_under_half_a_second() -> None:
    """Of a processor's time where the system counts it: a machine that is busy with other tests is not slow to answer."""

    def clock() -> float:
        used = os.times()
        return used.children_user + used.children_system if os.name == "posix" else time.perf_counter()

    taken = []
    for _ in range(5):
        began = clock()
        output("python", "-m", "sim", "--help")
        taken.append(clock() - began)
    assert 0.0 < min(taken) < 0.5


# ---- README ----------------------------------------------------------------------------------------------------------


def blocks(language: str, page: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)


def test_readme_begins_with_two_commands_of_one_line() -> None:
    first, second = blocks("sh")[:2]
    assert first.count("\n") == second.count("\n") == 1
    assert first.startswith("python3 -m venv .venv && ")
    assert "armsrace run skydagger-delivery" in first
    assert "-m pytest" in second


def test_continuous_integration_runs_the_readmes_test_command() -> None:
    checks = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    steps = blocks("sh")[1].strip().split(" && ")
    places = [checks.find(step.replace(".venv", '"$venv"')) for step in steps]
    assert min(places) >= 0, "change .ci/run together with the README"
    assert places == sorted(places)


def test_the_newest_versions_are_tried_after_the_tests_and_fail_nothing() -> None:
    tests, newest = (ROOT / ".ci" / "run").read_text(encoding="utf-8").split('echo "== tests"')[1].split("newest() {")
    assert "-m pytest" in tests
    assert "-c constraints.txt" not in newest
    assert newest.rstrip().splitlines()[-1].startswith("newest || echo ")


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", *sorted(f"docs/{file.name}" for file in DOCS)])
def test_every_installation_from_the_clone_takes_the_pinned_versions(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    commands = re.findall(r"pip (?:install|wheel) [^`;&\n]*", text)
    from_here = [command for command in commands if re.search(r" -e | \.$", command.rstrip())]
    assert from_here or page.startswith("docs/")
    assert all("-c constraints.txt" in command for command in from_here)


def test_windows_commands_are_the_same_commands() -> None:
    as_posix = [
        block.replace("; ", " && ")
        .replace(".venv\\Scripts\\", ".venv/bin/")
        .replace("python -m venv", "python3 -m venv")
        for block in blocks("powershell")
    ]
    assert as_posix == blocks("sh")[:2]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "results/README.md", "CHANGELOG.md"])
def test_pages_name_only_commands_that_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|bin/)armsrace ([a-z]+)", text))
    assert named <= set(COMMANDS)


def test_the_table_of_commands_names_every_command() -> None:
    table = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `armsrace ([a-z]+)", table, flags=re.MULTILINE)) == set(COMMANDS)


def test_readme_is_short() -> None:
    assert len(README.encode()) < 7_500


@pytest.mark.slow
@pytest.mark.skipif(not IS_INSTALLED, reason="the manifest of a run asks for the installed version")
def test_readme_shows_what_the_command_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr("sim.runs.output._write_pictures_and_report", lambda *_: None)  # nothing of them is printed
    assert main(["run", "skydagger-delivery", "--trajectories", "none"]) == 0
    lines = {" ".join(line.split()) for line in capsys.readouterr().out.splitlines()}
    (excerpt,) = blocks("text")
    missing = [line for line in excerpt.splitlines() if " ".join(line.split()) not in lines]
    assert not missing, "results moved: copy the lines from the command, and write a Results change line"


@pytest.mark.slow
def test_python_of_the_installation_page_runs_as_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (program,) = blocks("python", (ROOT / "docs" / "installation.md").read_text(encoding="utf-8"))
    monkeypatch.chdir(tmp_path)
    exec(compile(program, "installation.md", "exec"), {"__name__": "__main__"})
    assert "tension" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


# ---- papers ----------------------------------------------------------------------------------------------------------


def test_citation_has_the_version_of_the_code() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(cited["version"]) == sim.__version__
    assert cited["cff-version"] == "1.2.0"
    meta = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
    assert (meta["version"], meta["datePublished"]) == (sim.__version__, str(cited["date-released"]))
    assert meta["keywords"] == cited["keywords"] and meta["author"][0]["name"] == cited["authors"][0]["name"]


def test_changelog_begins_with_this_version() -> None:
    first = re.search(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert first is not None
    assert sim.__version__ in first[1]


def test_decisions_are_grouped_numbered_dated_and_short() -> None:
    text = (ROOT / "DECISIONS.md").read_text(encoding="utf-8")
    groups = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert 3 < len(groups) < 10
    entries = [entry for group in groups for entry in group.split("\n### ")[1:]]
    assert len(entries) < 45, "what no longer guides belongs to the history of commits"
    for number, entry in enumerate(entries, 1):
        heading, state, *lines = entry.strip().splitlines()
        assert heading.startswith(f"{number}. ")
        status = re.fullmatch(r"\*\d{4}-\d{2}-\d{2}, (?:stands|open|superseded by (\d+))\*", state)
        assert status is not None, heading
        assert status[1] is None or number < int(status[1]) <= len(entries), heading
        assert len([line for line in lines if line]) < 8, heading
        starts = [line.split("**")[1] for line in lines if line.startswith("**")]
        assert starts == ["Decided:", "Because", "Instead of", "Would change if"], heading


def test_readme_pictures_exist() -> None:
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", README)
    assert pictures
    assert all((ROOT / picture).is_file() for picture in pictures)
