"""Options of every command that runs the model: their limits, what is wrong with some, and what follows from them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from operator import index
from typing import Any, TypedDict

from sim.ensembles.registry import DEFAULT_FIT, PRIOR, chosen, fit_folder
from sim.io.errors import InputError, Problem, guess
from sim.io.quarters import LAST, PER_YEAR, index_of
from sim.io.renamed import now_called

SEED_MAX = 2**63 - 1
MEMBERS_MAX = 1_000_000
MEMBERS = 1000
KEEP = ("none", "headline", "all")
ENGINES = ("compiled", "agents")
CHUNK = 1024  # members that are simulated at once
ALL = "all"  # in place of a theory: every one, side by side

Settings = Mapping[str, Any] | Sequence[str]


def as_settings(settings: Settings) -> tuple[str, ...]:
    """Settings as the command line has them.

    >>> as_settings({"reaction.SRB": 0.4, "spread": {"uniform": [0, 1]}})
    ('reaction.SRB=0.4', 'spread={"uniform": [0, 1]}')
    """
    if isinstance(settings, str):
        return (settings,)
    if isinstance(settings, Mapping):
        return tuple(f"{name}={json.dumps(value, default=float)}" for name, value in settings.items())
    return tuple(settings)


@dataclass(frozen=True)
class RunOptions:
    """How scenarios are simulated; whoever makes one gets an InputError with all that is wrong.

    members  : simulations of each scenario, each with its own draw of the uncertain parameters
    seed     : of every draw; the same seed gives the same bytes
    until    : last quarter
    engine   : "compiled", or "agents" for the Mesa model, which gives the same numbers more slowly
    ensemble : a shipped fit, a folder that `armsrace calibrate` wrote, or "prior", which draws every uncertain parameter
               from its prior
    theory   : a rival theory of `calibration/theories.yaml`, or None
    settings : `NAME=VALUE` each, or a mapping of names to values, applied to every scenario that has the name
    trajectories : whose are written, simulation by simulation: "none", the "headline" series', or "all"
    threads  : at most so many at once; None takes every processor
    """

    members: int = MEMBERS
    seed: int = 1
    until: str = LAST
    engine: str = ENGINES[0]
    ensemble: str = DEFAULT_FIT
    theory: str | None = None
    settings: tuple[str, ...] = ()
    trajectories: str = KEEP[0]
    threads: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "ensemble", chosen(self.ensemble))
        if problems := list(_problems(self)):
            raise InputError("options", problems)
        plain = {"members": index(self.members), "seed": index(self.seed), "settings": as_settings(self.settings)}
        for name, value in plain.items():
            object.__setattr__(self, name, value)

    @property
    def quarters(self) -> int:
        """Quarters that are simulated."""
        return index_of(self.until) + 1

    def identity(self) -> dict[str, Any]:
        """What a manifest keeps of the options: all that decides a run's numbers and files."""
        return {**{name: getattr(self, name) for name in IDENTITY}, "settings": list(self.settings)}


IDENTITY = tuple(field.name for field in fields(RunOptions) if field.name != "threads")  # what decides a run's bytes


class RunFields(TypedDict, total=False):
    """The fields of `RunOptions` one by one."""

    members: int
    seed: int
    until: str
    engine: str
    ensemble: str
    theory: str | None
    settings: Settings
    trajectories: str
    threads: int | None


def run_options(options: RunOptions | None, given: Mapping[str, Any]) -> RunOptions:
    """Options that are given as a whole, field by field, or both; InputError for a name that none has."""
    known = (*IDENTITY, "threads")
    unknown = [
        Problem(None, name, now_called(name) or f"is no option{guess(name, known)}")
        for name in given
        if name not in known
    ]
    if unknown:
        raise InputError("options", unknown)
    return RunOptions(**given) if options is None else replace(options, **given)


# ---- what is wrong ---------------------------------------------------------------------------------------------------


def _problems(options: RunOptions) -> Iterator[Problem]:
    yield from _whole("members", options.members, 1, MEMBERS_MAX)
    yield from _whole("seed", options.seed, 0, SEED_MAX)
    for name, value, allowed in (("engine", options.engine, ENGINES), ("trajectories", options.trajectories, KEEP)):
        if value not in allowed:
            message = f'"{value}" is not one of {", ".join(allowed)}{guess(value, allowed)}'
            yield Problem(None, name, message)
    yield from end_problems(options.until)
    yield from fit_problems(options.ensemble)
    if options.theory == ALL:
        message = (
            f'"{ALL}" compares the theories and makes no single run; in Python, call sim.runs.theories.run_theories'
        )
        yield Problem(None, "theory", message)
    if options.threads is not None and options.threads < 1:
        yield Problem(None, "threads", f"{options.threads} is below 1; leave it out to use every processor")


def _whole(name: str, number: Any, least: int, most: int) -> Iterator[Problem]:
    if not hasattr(number, "__index__"):
        yield Problem(None, name, f"{number!r} is not a whole number")
    elif isinstance(number, bool) or not least <= number <= most:
        yield Problem(None, name, f"{number} is outside {least}-{most}")


def end_problems(until: str) -> Iterator[Problem]:
    """What is wrong with the last quarter of a run."""
    try:
        if index_of(until) < PER_YEAR - 1:
            yield Problem(None, "until", f"{until} is too early; a run needs at least the year 2018 (2018Q4)")
    except ValueError as error:
        yield Problem(None, "until", str(error))


def fit_problems(fit: str) -> Iterator[Problem]:
    """What is wrong with the name of an ensemble."""
    try:
        if fit != PRIOR:
            fit_folder(fit)
    except InputError as error:
        yield from error.problems
