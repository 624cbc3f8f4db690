"""Choosing another region, and checking its folder whole before anything is computed."""

import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from sim.io.assets import REGION, region_folder, shipped_regions
from sim.io.errors import InputError, Problem, guess, listed, refusal
from sim.io.log import LOG

ACTORS, ROLES, FIGURES, SOURCES = "seeds/actors.yaml", "seeds/region.yaml", "seeds/context.csv", "seeds/sources.yaml"
PARAMETERS, BASELINE = "calibration/parameters.yaml", "scenarios/baseline.yaml"
NEEDED = {
    ACTORS: "it says who takes part",
    ROLES: "it says who plays which part",
    PARAMETERS: "it holds the region's own numbers of the model",
    FIGURES: "it holds the spending and burden of every state from 2018 to 2023",
    SOURCES: "it says where the numbers come from",
    BASELINE: "it holds what happened, with which every question is compared",
}


def use_region(region: str | Path) -> None:
    """Make this program, and those that it starts, about another region; before anything else of `sim` is used.

    region : a folder, or the name of one that is shipped, such as "greece-turkiye"; docs/regions.md says what is in it

    What is odd though nothing is wrong is a warning of the logger "armsrace". Raises InputError with all that is missing or wrong; once
    the model was loaded for one region, for any other.
    """
    known = shipped_regions()
    folder = known.get(str(region)) or (Path(region).resolve() if Path(region).is_dir() else None)
    if folder is None:
        hint = guess(str(region), known) or f"; name a folder, or one that is shipped: {listed(known)}"
        raise refusal("--region", f'there is no region "{region}"{hint}')
    if "sim.data.actors" in sys.modules and region_folder() != folder:
        raise refusal(
            folder, "comes too late: this program has loaded another region already; start a new one for this"
        )
    os.environ[REGION] = str(folder)
    if problems := tuple(_problems(folder)):
        raise InputError(folder, problems)
    if folder not in known.values():
        _warn()


def _warn() -> None:
    from sim.validation.region_oddities import region_oddities

    for words in region_oddities():
        LOG.warning(words)


def _problems(folder: Path) -> Iterator[Problem]:
    """All that is missing or wrong, file by file. What cannot be read hides what rests on it, and nothing else."""
    missing = [name for name in NEEDED if not (folder / name).exists()]
    yield from (Problem(None, name, f"there is no such file; {NEEDED[name]}") for name in missing)
    found: dict[str, list[Problem]] = {}
    for reads, check in CHECKS:
        if not {*missing, *found} & set(reads):
            found |= _said_by(check, folder)
    for scenario in [] if missing or found else sorted(folder.glob("scenarios/*.yaml")):
        found |= _said_by(partial(_scenario, scenario), folder)
    for name, problems in found.items():
        for one in problems:
            yield Problem(one.line, f"{name}, {one.where}" if one.where else name, one.message)


def _said_by(check: Callable[[], object], folder: Path) -> dict[str, list[Problem]]:
    """What a check finds wrong, by file."""
    try:
        check()
    except InputError as error:
        return {Path(error.file).as_posix().removeprefix(f"{folder.as_posix()}/"): list(error.problems)}
    return {}


def _actors() -> None:
    from sim.data.actors import load_actors

    load_actors()


def _roles() -> None:
    """The roles, and that the scenarios that stand beside them are there."""
    from sim.data.region import region
    from sim.io.assets import data_file

    found, library = region(), data_file("scenarios")
    named = {"present": found.present, "example_scenario": found.example_scenario}
    known = [file.stem for file in library.glob("*.yaml")]
    if absent := {role: name for role, name in named.items() if name not in known}:
        problems = [
            Problem(None, role, f"there is no scenarios/{name}.yaml{guess(name, known)}")
            for role, name in absent.items()
        ]
        raise InputError(data_file(*ROLES.split("/")), problems)


def _parameters() -> None:
    from sim.model.parameters import load_parameters

    load_parameters()


def _figures() -> None:
    from sim.data.tables import observed_paths

    observed_paths()


def _ties() -> None:
    """The attitudes and threats that the model asks for by role."""
    from sim.io.assets import data_file
    from sim.model.network import FIRST, REPROACHED, SECOND, network

    net = network()
    needed = {
        "relation_base": ((FIRST, SECOND), (SECOND, FIRST), (FIRST, REPROACHED)),
        "threat_share": ((FIRST, SECOND), (SECOND, FIRST)),
    }
    known = {"relation_base": net.ties, "threat_share": net.rivals}
    absent = [(name, ".".join(pair)) for name, pairs in needed.items() for pair in pairs if pair not in known[name]]
    if absent:
        raise InputError(
            data_file(*PARAMETERS.split("/")),
            [
                Problem(None, f"parameters.{name}.default", f"needs {pair}, by the roles in {ROLES}")
                for name, pair in absent
            ],
        )


def _sources() -> None:
    """Every source that figures and parameters name."""
    from sim.data.tables import sources, table
    from sim.io.assets import data_file
    from sim.model.parameters import load_parameters

    known = sources()
    named = {(f"{FIGURES}, {row['id']}", row["source"]) for row in table("context")}
    for parameter in load_parameters().parameters:
        named |= {
            (f"{PARAMETERS}, {parameter.name}", key) for key, _ in ((parameter.source, ""), *parameter.cited.values())
        }
    if unknown := sorted(pair for pair in named if pair[1] not in known):
        problems = [
            Problem(None, "", f'{where} names "{key}", which is no key of it{guess(key, known)}; add it')
            for where, key in unknown
        ]
        raise InputError(data_file(*SOURCES.split("/")), problems)


def _scenario(file: Path) -> None:
    from sim.scenario.loading import load_scenario

    load_scenario(file)


CHECKS: tuple[tuple[tuple[str, ...], Callable[[], object]], ...] = (
    ((ACTORS,), _actors),
    ((ACTORS, ROLES), _roles),
    ((ACTORS, PARAMETERS), _parameters),
    ((ACTORS, FIGURES), _figures),
    ((ACTORS, ROLES, PARAMETERS), _ties),
    ((ACTORS, PARAMETERS, FIGURES, SOURCES), _sources),
)  # the files that each reads, and the check
