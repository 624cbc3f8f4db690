"""Options of every command that runs the model, their limits, and what is wrong with some."""

from sim.ensembles.registry import PRIOR, fit_folder
from sim.io.errors import InputError, Problem, suggestion
from sim.io.quarters import QUARTERS_PER_YEAR, index_of

SEED_MAX = 2**63 - 1
MEMBERS_MAX = 1_000_000
MEMBERS = 1000
KEEP = ("headline", "all", "none")
ENGINES = ("compiled", "agents")
CHUNK = 1024
ALL = "all"  # in place of a theory: every one, side by side


def check_options(
    members: int, seed: int, until: str, engine: str, fit: str, keep: str, theory_name: str | None = None
) -> None:
    """All that is wrong with the options at once."""
    problems = []
    for name, number, least, most in (("members", members, 1, MEMBERS_MAX), ("seed", seed, 0, SEED_MAX)):
        if not hasattr(number, "__index__"):
            problems.append(Problem(None, name, f"{number!r} is not a whole number"))
        elif isinstance(number, bool) or not least <= number <= most:
            problems.append(Problem(None, name, f"{number} is outside {least}-{most}"))
    for name, value, allowed in (("engine", engine, ENGINES), ("keep", keep, KEEP)):
        if value not in allowed:
            problems.append(
                Problem(None, name, f'"{value}" is not one of {", ".join(allowed)}{suggestion(value, allowed)}')
            )
    try:
        if index_of(until) < QUARTERS_PER_YEAR - 1:
            problems.append(
                Problem(None, "until", f"{until} is too early; a run needs at least the year 2018 (2018Q4)")
            )
    except ValueError as error:
        problems.append(Problem(None, "until", str(error)))
    try:
        if fit != PRIOR:
            fit_folder(fit)
    except InputError as error:
        problems += error.problems
    if theory_name == ALL:
        message = (
            f'"{ALL}" compares the theories and makes no single run; in Python, call sim.runs.theories.run_theories'
        )
        problems.append(Problem(None, "theory", message))
    if problems:
        raise InputError("options", problems)
