"""Options that several commands share, and the command line as a manifest keeps it."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter, Token
from cyclopts.exceptions import CoercionError

from sim.io.errors import InputError, Problem

RESULTS = Path("results")


def whole_number(_: object, tokens: Sequence[Token]) -> int:
    """The number that a word of the command line stands for, 1e6 too; nothing is rounded."""
    (token,) = tokens
    for read in (int, float):
        try:
            number = read(token.value)
        except ValueError:
            continue
        if isinstance(number, int) or number.is_integer():
            return int(number)
    raise CoercionError(token=token, target_type=int)


def check_settings(_: object, settings: tuple[str, ...]) -> None:
    """InputError for slips of the pen that the settings themselves cannot tell from other values."""
    problems = [Problem(None, setting, fault) for setting in settings if (fault := _slip(setting))]
    if problems:
        raise InputError("--set", problems)


def _slip(setting: str) -> str:
    """What is wrong with the value of a setting at first sight, or nothing.

    >>> _slip("reaction.SRB=0,4"), _slip("reaction.SRB="), _slip("reaction.SRB=0.4")
    ('write 0.4 with a point', 'no value after =', '')
    """
    _, sign, value = (part.strip() for part in setting.partition("="))
    if sign and not value:
        return "no value after ="
    if re.fullmatch(r"[-+]?[0-9]*,[0-9]+", value):
        return f"write {value.replace(',', '.')} with a point"
    return ""


# ---- what is simulated, and how --------------------------------------------------------------------------------------

ScenarioRef = Annotated[
    str,
    Parameter(name="SCENARIO", help="A scenario of the library (see: armsrace list), or the path of a scenario file."),
]
Members = Annotated[
    int,
    Parameter(
        converter=whole_number,
        help="Number of worlds, each with its own draw of the uncertain parameters, 1 to 1000000.",
    ),
]
Seed = Annotated[
    int,
    Parameter(converter=whole_number, help="Seed of every draw; the same seed gives the same numbers."),
]
Until = Annotated[str, Parameter(help="Last quarter of the run, 2018Q4 to 2035Q4.")]
Settings = Annotated[
    tuple[str, ...],
    Parameter(
        name="--set",
        negative=(),
        show_default=False,
        validator=check_settings,
        help="Change one number in both worlds, written NAME=VALUE, for example reaction.SRB=0.4; may be repeated. Default: none.",
    ),
]
Engine = Annotated[
    Literal["compiled", "agents"],
    Parameter(help="The fast engine, or the Mesa agents, which give the same numbers more slowly."),
]
Fit = Annotated[
    str,
    Parameter(
        help="The ensemble that the worlds are drawn from: a fit that ships with the program, a folder that armsrace calibrate wrote, or "
        "prior, which is what is plausible before any fit to data."
    ),
]
Theory = Annotated[str | None, Parameter(help="A rival theory: spiral, deterrence or no-effect. Default: none.")]
Threads = Annotated[
    int | None, Parameter(converter=whole_number, help="Number of threads. Default: one for each processor.")
]

# ---- what is preferred -----------------------------------------------------------------------------------------------

Prefer = Annotated[
    tuple[str, ...],
    Parameter(
        name="--prefer",
        negative=(),
        show_default=False,
        help="Whether lower or higher is preferred: NAME=lower or NAME=higher, NAME an outcome or a variable; may be repeated. Default: "
        "lower tension, hazard, incidents, perceived threat, spending and burden, higher cooperation, which is a convention; other "
        "outcomes are left out.",
    ),
]
Threshold = Annotated[
    tuple[str, ...],
    Parameter(
        name="--threshold",
        negative=(),
        show_default=False,
        help="What is good enough: NAME=NUMBER; may be repeated. Default: no worse than the baseline in the same world.",
    ),
]
Weight = Annotated[
    tuple[str, ...],
    Parameter(
        name="--weight",
        negative=(),
        show_default=False,
        help="How much the regret of an outcome counts where all are taken together: NAME=NUMBER, 0 leaves it out; may be repeated. "
        "Default: 1 for each.",
    ),
]

# ---- of a finished sweep ---------------------------------------------------------------------------------------------

SweepFolder = Annotated[Path, Parameter(name="FOLDER", help="Folder of a finished sweep.")]
Metrics = Annotated[
    tuple[str, ...],
    Parameter(name="--metric", negative=(), show_default=False, help="An outcome; may be repeated. Default: all."),
]

# ---- what comes out --------------------------------------------------------------------------------------------------

Format = Annotated[
    Literal["text", "json"], Parameter(name="--format", help="Words for a reader, or one JSON document for a program.")
]
Overwrite = Annotated[
    bool, Parameter(negative=(), show_default=False, help="Replace another run in the folder. Default: leave it alone.")
]


def command_words(command: str, *arguments: str, **options: Any) -> list[str]:
    """The whole command, defaults included, as a manifest keeps it; what is not given is left out.

    >>> command_words("run", "baseline", seed=1, theory=None, overwrite=True, settings=("rivalry=0",))
    ['armsrace', 'run', 'baseline', '--seed', '1', '--overwrite', '--set', 'rivalry=0']
    """
    words = ["armsrace", command, *arguments]
    for name, value in options.items():
        option = f"--{'set' if name == 'settings' else name}"
        if isinstance(value, bool):
            words += [option] if value else []
        else:
            values = value if isinstance(value, tuple) else () if value is None else (value,)
            words += [word for one in values for word in (option, str(one))]
    return words
