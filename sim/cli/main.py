"""The command line: which commands there are, what a mistake looks like, and the exit codes.

A command is a file of this folder with a function of the same name, whose docstring is its help. Its heavy libraries are loaded when
it is called.

0 done; 1 something failed on our side; 2 the input is wrong; 3 a sweep finished with failed runs; 130 interrupted. A user's mistake
is one message on standard error and no traceback; `--debug`, anywhere on the line, shows it.
"""

import errno
import gc
import os
import pkgutil
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from cyclopts import App
from cyclopts import exceptions as usage
from cyclopts.exceptions import CycloptsError

import sim.cli
from sim.io.assets import REGION as ENVIRONMENT
from sim.io.assets import take_data
from sim.io.errors import InputError, nearest, number_fault, refusal, shown_path, suggestion
from sim.io.log import printed
from sim.io.renamed import with_new_options
from sim.io.stops import SIGNAL_BASE, stops_obeyed
from sim.io.terminal import complain, one_line
from sim.io.writing import DISK_FAULTS

DONE, FAILED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130
COLLECTED_AFTER = (50_000, 10, 10)  # new objects, and rounds; most commands are over before Python's usual 700 pay off
DEBUG, PLUGIN, DATA, REGION = "--debug", "--plugin", "--data", "--region"
NAMES_FAULTS = (errno.ENAMETOOLONG, errno.ELOOP, errno.EEXIST, errno.ENOTDIR)  # the user's to mend
NAME_SHOWN = 200  # letters of the path of what the system refused
OPTIONS_MEANT = {
    **dict.fromkeys(("--simulations", "--runs", "--replications", "--samples", "-n"), ("--members",)),
    **dict.fromkeys(("--end", "--to", "--horizon"), ("--until",)),
    **dict.fromkeys(("--output", "--folder", "-o", "--dir"), ("--out",)),
    **dict.fromkeys(("--parameter", "--param", "--change"), ("--set",)),
    **dict.fromkeys(("--country", "--state", "--who"), ("--actor",)),
    **dict.fromkeys(("--force", "--replace"), ("--overwrite",)),
    **dict.fromkeys(("--json", "--csv", "--type"), ("--format",)),
}  # what users write for an option, and the options that they may mean
EPILOGUE = (
    "Add --debug to any command to see the traceback of an error, --plugin FILE to load a plug-in of your own (docs/plugins.md), "
    "--data FOLDER to put data of your own in the place of ours (docs/python.md), and --region FOLDER to ask about another region, such as "
    "greece-turkiye (docs/regions.md). "
    "Start with: armsrace list"
)


def commands() -> dict[str, Callable[..., Any]]:
    """Every command by its name; the function of a name that Python has already ends in _, such as `list_`."""
    names = [file.name for file in pkgutil.iter_modules(sim.cli.__path__) if file.name != "main"]
    modules = {name: import_module(f"sim.cli.{name}") for name in names}
    functions = {
        name: getattr(module, name, None) or getattr(module, f"{name}_", None) for name, module in modules.items()
    }
    return {name: function for name, function in functions.items() if callable(function)}


def application() -> App:
    """The commands, with their help."""
    app = App(
        name="armsrace",
        help="What-if questions about the arms dynamics around Kosovo, Serbia and Türkiye.",
        help_format="plaintext",
        help_epilogue=EPILOGUE,
        version=version_text,
        suppress_keyboard_interrupt=False,
    )
    for name, function in COMMANDS.items():
        app.command(function, name=name, help=_paragraphs(function.__doc__ or ""))
    return app


def _paragraphs(docstring: str) -> str:
    """A docstring with a line for each of its paragraphs."""
    return "\n\n".join(one_line(paragraph) for paragraph in docstring.split("\n\n"))


def version_text() -> str:
    """Versions of the code and of the model; results depend on the second."""
    from sim.model.parameters import load_parameters
    from sim.version import __version__

    return f"armsrace {__version__} (model {load_parameters().model_version})"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    with printed():
        tokens = with_new_options([token for token in given if token != DEBUG])
    _use_streams(tokens)
    os.environ["MPLBACKEND"] = "agg"  # pictures go to files; a notebook gives its children what only it can show
    if fault := _fault_of_place(given):
        complain(f"armsrace: {fault}")
        return WRONG_INPUT
    try:
        with printed(), stops_obeyed(to_the_end=arguments is None) as asked:
            return _code_of(given, tokens, asked)
    except KeyboardInterrupt as error:  # before the command began, or after it was done
        return _said(error, tokens)


def _fault_of_place(given: Sequence[str]) -> str:
    """What is wrong with where and how the program was called, before anything else can be."""
    for token in given:
        try:
            token.encode()
        except UnicodeEncodeError:
            return f"{token!a} is not UTF-8; rename the file, or write the option in UTF-8"
    try:
        Path.cwd()
    except OSError:
        return "the folder that this was started in is gone; change to one that is there"
    return ""


def _code_of(given: Sequence[str], tokens: Sequence[str], asked: Sequence[int]) -> int:
    """Call the command; returns the exit code.

    asked : the signal that asked to stop, if one did
    """
    usual = gc.get_threshold()
    gc.set_threshold(*COLLECTED_AFTER)
    try:
        app = application()
        code = app(
            without_additions(in_a_region(tokens)), exit_on_error=False, print_error=False, result_action="return_value"
        )
        sys.stdout.flush()
        return code if isinstance(code, int) else DONE
    except BrokenPipeError:
        _forget_standard_output()
        return DONE
    except BaseException as error:  # the last place where anything can be turned into words
        if isinstance(error, SystemExit):
            raise
        if DEBUG in given:
            traceback.print_exc()
        if asked and not isinstance(error, KeyboardInterrupt):
            return SIGNAL_BASE + asked[0]
        code = _said(error, tokens)
        _drop_what_cannot_be_printed()
        return code
    finally:
        gc.set_threshold(*usual)


def in_a_region(tokens: Sequence[str]) -> list[str]:
    """The words of a command line without those that name a region, which is chosen and checked."""
    left, named = _without(tokens, REGION)
    if chosen := (named or [os.environ.get(ENVIRONMENT, "")])[-1]:
        from sim.validation.region import use_region

        use_region(chosen)
    elif named:
        raise refusal(REGION, "needs a folder, or the name of a region that is shipped")
    return left


def _without(tokens: Sequence[str], option: str) -> tuple[list[str], list[str]]:
    """The words of a command line without an option that any command takes, and what stands behind it."""
    left: list[str] = []
    named: list[str] = []
    words = iter(tokens)
    for word in words:
        name, sign, value = word.partition("=")
        if name == option:
            named.append(value if sign else next(words, ""))
        else:
            left.append(word)
    return left, named


def without_additions(tokens: Sequence[str]) -> list[str]:
    """The words of a command line without those that name a user's data, which are taken, and plug-ins, which are loaded."""
    left, folders = _without(tokens, DATA)
    for folder in folders:
        take_data(folder)
    left, files = _without(left, PLUGIN)
    for file in files:
        from sim.plugins import plug

        plug(file)
    return left


def _said(error: BaseException, tokens: Sequence[str]) -> int:
    """Say what went wrong on standard error; returns the exit code."""
    if isinstance(error, CycloptsError) and isinstance(error.__cause__, InputError):
        error = error.__cause__  # of a check of ours
    if isinstance(error, KeyboardInterrupt):
        complain(str(error) or "interrupted; nothing was written")
        return INTERRUPTED
    if isinstance(error, InputError):
        complain(str(error))
        return WRONG_INPUT
    if isinstance(error, CycloptsError):
        complain(f"armsrace: {usage_problem(error, tokens)}", f"  try: {_help_line(tokens)}")
        return WRONG_INPUT
    if isinstance(error, MemoryError):
        complain("not enough memory; ask for fewer simulations with --members")
        return FAILED
    if isinstance(error, OSError) and (error.filename is not None or error.errno in DISK_FAULTS):
        complain(_refused_by_system(error))
        return WRONG_INPUT if error.errno in NAMES_FAULTS else FAILED
    if isinstance(error, SyntaxError) and error.filename is not None:
        complain(f"{error.filename}:{error.lineno}: {error.msg}: {(error.text or '').strip()}")
        return WRONG_INPUT
    if isinstance(error, ArithmeticError) and (place := _place_in_equations(error)):
        complain(
            f"{place}: {error}",
            "  If you edited an equation, it divides by zero or grows beyond all bounds; --engine agents names the line of a division.",
            f"  If you did not, please report it, with what {DEBUG} prints.",
        )
        return FAILED
    complain(
        f"internal error: {type(error).__name__}: {error}",
        f"  please report it, with what {DEBUG} prints",
    )
    return FAILED


def _refused_by_system(error: OSError) -> str:
    """What the system refused, and what to do about it."""
    name = shown_path(str(error.filename))[-NAME_SHOWN:] if error.filename is not None else ""
    where = f"{name}: " if name else ""
    remedy = {
        errno.ENAMETOOLONG: "choose a shorter name",
        errno.ELOOP: "links there lead to each other; choose another place",
        **dict.fromkeys(
            (errno.EEXIST, errno.ENOTDIR), "something else stands where a folder is needed; choose another place"
        ),
        errno.EISDIR: "a folder stands where a file is needed; move it",
        errno.EACCES: "choose another place, or close the program that has it open",
        errno.EPERM: "choose another place",
        errno.EMFILE: "close other programs, or raise the limit of open files (ulimit -n)",
    }.get(error.errno or 0, "choose another place or free some space")
    return f"{where}{error.strerror}; {remedy}"


def _place_in_equations(error: ArithmeticError) -> str:
    """File and line of the rule that failed, or what compiled rules are called together; "" if the failure is elsewhere."""
    if isinstance(error, FloatingPointError):
        return "the model"
    last = traceback.extract_tb(error.__traceback__)[-1:]
    return next((f"{at.filename}:{at.lineno}" for at in last if Path(at.filename).parent.name == "rules"), "")


def usage_problem(error: CycloptsError, tokens: Sequence[str] = ()) -> str:
    """What is wrong with a command line, in the words of this project."""
    if isinstance(error, usage.CoercionError) and error.target_type is int and error.token is not None:
        fault = number_fault(error.token.value).replace("not a number", "not a whole number")
        return f"{error.token.keyword or 'the argument'}: {fault}"
    if isinstance(error, usage.UnusedCliTokensError):
        for option, name, value in zip(tokens, tokens[1:], tokens[2:], strict=False):
            if option == "--set" and "=" not in name and value in (error.unused_tokens or ()):
                return f"write NAME=VALUE in one word: --set {name}={value}"
        return f"cannot place {', '.join(map(repr, error.unused_tokens or ()))}; quote a text that contains spaces"
    text = str(error).removeprefix("Command ").rstrip(".")
    return one_line(_in_our_words(error) or text[:1].lower() + text[1:])


def _in_our_words(error: CycloptsError) -> str | None:
    """The usual mistakes; None for one that only the parser of the command line can describe."""
    if isinstance(error, usage.UnknownCommandError):
        word = (error.unused_tokens or [""])[0]
        return f'unknown command "{word}"{_near(word, COMMANDS) or "; armsrace --help lists the commands"}'
    if isinstance(error, usage.UnknownOptionError):
        word = error.token.keyword or error.token.value
        names = (name for argument in error.argument_collection for name in argument.names)
        options = [name for name in names if name.startswith("-")]
        meant = next((option for option in OPTIONS_MEANT.get(word, ()) if option in options), None)
        return f"unknown option {word}{f'; did you mean {meant}?' if meant else _near(word, options)}"
    if isinstance(error, usage.MissingArgumentError) and error.argument is not None:
        name = error.keyword or error.argument.name
        return f"{name} needs a value" if name.startswith("-") else f"{name} is missing"
    if isinstance(error, usage.CoercionError) and error.token is not None and get_origin(error.target_type) is Literal:
        choices = suggestion(error.token.value, map(str, get_args(error.target_type)))
        return f'{error.token.keyword or "the argument"}: "{error.token.value}" is not allowed here{choices}'
    return None


def _near(word: str, names: Iterable[str]) -> str:
    near = nearest(word, names)
    return f"; did you mean {near}?" if near else ""


def _help_line(tokens: Sequence[str]) -> str:
    named = [token for token in tokens[:1] if token in COMMANDS]
    return " ".join(["armsrace", *named, "--help"])


def _use_streams(tokens: Sequence[str]) -> None:
    """A stream that is closed takes what is said to it; what a program reads is UTF-8, whatever the console has; and a terminal
    without a letter of ours shows a mark in its place instead of stopping."""
    sys.stdout, sys.stderr = (
        open(os.devnull, "w", encoding="utf-8") if stream is None else stream  # noqa: SIM115 - as long as the program
        for stream in (sys.stdout, sys.stderr)
    )
    words = {word for token in tokens for word in token.split("=", 1)}
    is_for_programs = tokens[:1] == ["schema"] or ("--format" in words and not words.isdisjoint(("json", "csv")))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if is_for_programs and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")


def _forget_standard_output() -> None:
    """The reader of a pipe has gone: say nothing, and keep the interpreter from complaining when it ends."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - kept open until the interpreter ends


def _drop_what_cannot_be_printed() -> None:
    """What standard output still holds and the system refuses, so that the interpreter does not try again when it ends."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        _forget_standard_output()


COMMANDS = commands()
