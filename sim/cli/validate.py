"""`armsrace validate`: whether scenario files are right."""

from typing import Annotated

from sim.cli.options import option
from sim.io.errors import InputError
from sim.io.terminal import complain, say

Files = Annotated[list[str], option("Scenario files, or ids of the library.", name="FILE")]
WRONG_INPUT = 2


def validate(files: Files, /) -> int:
    """Check scenario files and report every problem.

    What they extend and compare to is checked, too. Exit code 2 says that there are problems.
    """
    from sim.scenario.loading import load_scenario

    code = 0
    for name in files:
        try:
            chosen = load_scenario(name)
            if chosen.compare_to is not None:
                load_scenario(chosen.compare_to)
            say(f"{name}: ok")
        except InputError as error:
            code = WRONG_INPUT
            complain(str(error))
    return code
