"""Options that several commands share, the command line as a manifest keeps it, and an answer that comes before the pictures."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter, Token
from cyclopts.exceptions import CoercionError

from sim.io import plugged
from sim.io.errors import InputError, Problem
from sim.io.progress import Progress, watched
from sim.io.terminal import emit

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


def option(text: str, name: str | None = None, **more: Any) -> Parameter:
    """An option with its help; its name is that of the argument unless another is given."""
    return Parameter(name=name, help=text, **more)


def whole(text: str, name: str | None = None) -> Parameter:
    """An option that takes a whole number."""
    return Parameter(name=name, converter=whole_number, help=text)


def flag(text: str) -> Parameter:
    """An option that is there or not."""
    return Parameter(negative=(), show_default=False, help=text)


def repeated(name: str, text: str, **more: Any) -> Parameter:
    """An option that may be given several times."""
    return Parameter(name=name, negative=(), show_default=False, help=text, **more)


def check_settings(_: object, settings: tuple[str, ...]) -> None:
    """InputError for slips of the pen that the settings themselves cannot tell from other values."""
    problems = [Problem(None, setting, fault) for setting in settings if (fault := _slip(setting))]
    if problems:
        raise InputError("--set", problems)


def _slip(setting: str) -> str:
    """What is wrong with the value of a setting at first sight, or nothing.

    >>> _slip("reaction.SRB="), _slip("reaction.SRB=0.4")
    ('no value after =', '')
    """
    _, sign, value = (part.strip() for part in setting.partition("="))
    return "no value after =" if sign and not value else ""


# ---- what is simulated, and how --------------------------------------------------------------------------------------

ScenarioRef = Annotated[
    str, option("A scenario of the library (see: armsrace list), or the path of a scenario file.", name="SCENARIO")
]
Members = Annotated[
    int, whole("Number of simulations, each with its own draw of the uncertain parameters, 1 to 1000000.")
]
Seed = Annotated[int, whole("Seed of every draw; the same seed gives the same numbers.")]
Until = Annotated[str, option("Last quarter of the run, 2018Q4 to 2035Q4.")]
Settings = Annotated[
    tuple[str, ...],
    repeated(
        "--set",
        "Change one number in scenario and baseline, written NAME=VALUE, for example reaction.SRB=0.4; may be repeated. Default: none.",
        validator=check_settings,
    ),
]
Engine = Annotated[
    Literal["compiled", "agents"],
    option("The fast engine, or the Mesa agents, which give the same numbers more slowly."),
]
Ensemble = Annotated[
    str,
    option(
        "The ensemble that the simulations are drawn from: a fit that ships with the program, a folder that armsrace calibrate wrote, or "
        "prior, which is what is plausible before any fit to data."
    ),
]
Theory = Annotated[str | None, option("A rival theory: spiral, deterrence or no-effect. Default: none.")]
Theories = Annotated[
    str | None,
    option(
        "A rival theory: spiral (arms raise tension and threat, and deter nobody), deterrence (arms of either side also "
        "deter, strongly), no-effect (another's arms move neither spending nor relations nor tension), or all, which shows the three side "
        "by side. Default: none, the priors decide."
    ),
]
Threads = Annotated[int | None, whole("Number of threads. Default: one for each processor.")]

# ---- what is preferred -----------------------------------------------------------------------------------------------

Prefer = Annotated[
    tuple[str, ...],
    repeated(
        "--prefer",
        "Whether lower or higher is preferred: NAME=lower or NAME=higher, NAME an outcome or a variable; may be repeated. Default: "
        "lower tension, hazard, incidents, perceived threat, spending and burden, higher cooperation, which is a convention; other "
        "outcomes are left out.",
    ),
]
Threshold = Annotated[
    tuple[str, ...],
    repeated(
        "--threshold",
        "What is good enough: NAME=NUMBER; may be repeated. Default: no worse than the baseline in the same simulation.",
    ),
]
# ---- of a finished sweep ---------------------------------------------------------------------------------------------

SweepFolder = Annotated[Path, option("Folder of a finished sweep.", name="FOLDER")]
Metrics = Annotated[tuple[str, ...], repeated("--metric", "An outcome; may be repeated. Default: all.")]

# ---- what comes out --------------------------------------------------------------------------------------------------

Format = Annotated[
    Literal["text", "json"], option("Words for a reader, or one JSON document for a program.", name="--format")
]
Full = Annotated[bool, flag("Print every number, where its uncertainty comes from, and every caveat.")]
Overwrite = Annotated[
    bool,
    flag(
        "Replace the run of another scenario, or with other plug-ins, too. Default: only the last run of the same scenario."
    ),
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
            words += [word for word in values for word in (option, str(word))]
    return [*words, *(word for name in plugged.FILES for word in ("--plugin", name))]


@contextmanager
def answering(
    form: str, document: Callable[[Any], Any], lines: Callable[[Any], Iterable[str]]
) -> Iterator[tuple[Progress | None, Callable[[Any], None]]]:
    """A bar of progress, and what ends it and prints the answer, before pictures and report are made.

    document, lines : of what was found, see `emit`
    """
    with ExitStack() as waiting:
        progress = waiting.enter_context(watched())

        def listener(found: Any) -> None:
            waiting.close()
            with suppress(BrokenPipeError):  # whoever stops reading still gets the folder
                emit(form, lambda: document(found), lambda: lines(found))

        yield progress, listener
