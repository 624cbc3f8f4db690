"""The command line: which commands there are, what a mistake looks like, and the exit codes.

0 done; 1 something failed on our side; 2 the input is wrong; 3 a sweep finished with failed runs; 130 interrupted. A user's mistake
is one message on standard error and no traceback; `--debug`, anywhere on the line, shows it.
"""

import errno
import os
import signal
import sys
import threading
import traceback
from collections.abc import Sequence

from cyclopts import App
from cyclopts.exceptions import CoercionError, CycloptsError, UnusedCliTokensError

from sim.io.errors import InputError
from sim.io.terminal import complain, one_line

DONE, FAILED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130
SIGNAL_BASE = 128
DEBUG = "--debug"
COMMANDS = {
    "run": ("sim.cli.run:run", "Run a scenario against the one it is compared to, and say what moved."),
    "compare": ("sim.cli.compare:compare", "Compare several scenarios with one baseline, in the same worlds."),
    "explain": ("sim.cli.explain:explain", "Say why a number moved: its change, split into causes that add up to it."),
    "list": ("sim.cli.scenarios:list_", "List the scenarios of the library."),
    "show": ("sim.cli.scenarios:show", "Show what a scenario changes, and the sources it rests on."),
    "new": ("sim.cli.scenarios:new", "Write a commented scenario file, or design of a sweep, that runs as it is."),
    "validate": ("sim.cli.scenarios:validate", "Check scenario files and report every problem."),
    "figures": ("sim.cli.sources:figures", "Print the figures of the source documents as tables."),
    "trace": ("sim.cli.sources:trace", "Say where a number comes from and what uses it."),
    "check": ("sim.cli.check:check", "Test the claims of the documents, and published results, and say which hold."),
    "calibrate": ("sim.cli.calibrate:calibrate", "Fit the ensemble to the figures; say what they can and cannot tell."),
    "sweep": ("sim.cli.sweep:sweep", "Run scenarios over a design of parameters and event sizes: one table."),
    "sensitivity": ("sim.cli.sensitivity:sensitivity", "Say which inputs of a finished sweep matter."),
    "discover": ("sim.cli.discover:discover", "Find the region of the inputs of a sweep that leads to an outcome."),
    "regret": ("sim.cli.regret:regret", "Hold the scenarios of a finished sweep against each other in every world."),
    "forecast": ("sim.cli.forecast:forecast", "Forecast the spending of every state, to be scored later."),
    "stability": ("sim.cli.stability:stability", "Say whether the race settles, at which pace, how far from the edge."),
    "report": ("sim.cli.report:report", "Write the report of a run as a page, as Markdown or as a spreadsheet."),
    "replay": ("sim.cli.replay:replay", "Repeat a run from its manifest and compare it byte for byte."),
    "classroom": (
        "sim.cli.classroom:classroom",
        "Open the page for teaching in a browser, on this machine; no network needed.",
    ),
    "schema": ("sim.cli.scenarios:schema", "Print the JSON Schema of a scenario file, for editors."),
}
EPILOGUE = "Add --debug to any command to see the traceback of an error. Start with: armsrace list"


def application() -> App:
    """The commands; each is loaded when it is called."""
    app = App(
        name="armsrace",
        help="What-if questions about the arms dynamics around Kosovo, Serbia and Türkiye.",
        help_format="plaintext",
        help_epilogue=EPILOGUE,
        version=version_text,
        suppress_keyboard_interrupt=False,
    )
    for name, (path, text) in COMMANDS.items():
        app.command(path, name=name, help=text)
    return app


def version_text() -> str:
    """Versions of the code and of the model; results depend on the second."""
    from sim import __version__
    from sim.model.parameters import load_parameters

    return f"armsrace {__version__} (model {load_parameters().model_version})"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    tokens = [token for token in given if token != DEBUG]
    _use_replacement_marks()
    _end_in_order()
    try:
        app = application()
        code = app(tokens, exit_on_error=False, print_error=False, result_action="return_value")
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
        return _said(error, tokens)


def _end_in_order() -> None:
    """Let a request to stop, or a closed terminal, end the program as an exit does, so that drafts are removed."""

    def stop(number: int, _: object) -> None:
        raise SystemExit(SIGNAL_BASE + number)

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and threading.current_thread() is threading.main_thread():
            signal.signal(getattr(signal, name), stop)


def _said(error: BaseException, tokens: Sequence[str]) -> int:
    """Say what went wrong on standard error; returns the exit code."""
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
        complain("not enough memory; ask for fewer worlds with --members")
        return FAILED
    if isinstance(error, OSError) and (error.filename is not None or error.errno == errno.ENOSPC):
        where = f"{error.filename}: " if error.filename is not None else ""
        complain(f"{where}{error.strerror}; choose another place or free some space")
        return FAILED
    complain(
        f"this is a fault of the program: {type(error).__name__}: {error}",
        f"  please report it with what {DEBUG} prints",
    )
    return FAILED


def usage_problem(error: CycloptsError, tokens: Sequence[str] = ()) -> str:
    """What is wrong with a command line, in the words of this project."""
    if isinstance(error, CoercionError) and error.target_type is int and error.token is not None:
        return f'{error.token.keyword or "the argument"}: "{error.token.value}" is not a whole number'
    if isinstance(error, UnusedCliTokensError):
        for option, name, value in zip(tokens, tokens[1:], tokens[2:], strict=False):
            if option == "--set" and "=" not in name and value in (error.unused_tokens or ()):
                return f"write NAME=VALUE in one word: --set {name}={value}"
        return f"cannot place {', '.join(map(repr, error.unused_tokens or ()))}; quote a text that contains spaces"
    text = one_line(str(error)).removeprefix("Command ").rstrip(".")
    return text[:1].lower() + text[1:]


def _help_line(tokens: Sequence[str]) -> str:
    named = [token for token in tokens[:1] if token in COMMANDS]
    return " ".join(["armsrace", *named, "--help"])


def _use_replacement_marks() -> None:
    """A terminal without a letter of ours shows a mark in its place instead of stopping."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _forget_standard_output() -> None:
    """The reader of a pipe has gone: say nothing, and keep the interpreter from complaining when it ends."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - kept open until the interpreter ends
