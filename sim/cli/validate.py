"""`armsrace validate`: whether scenario files are right."""

from typing import Annotated

from sim.cli.options import option
from sim.io.errors import InputError
from sim.io.terminal import complain, paragraph, say

Files = Annotated[list[str], option("Scenario files, or ids of the library.", name="FILE")]
WRONG_INPUT = 2


def validate(files: Files, /) -> int:
    """Check scenario files and report every problem, and what is odd though nothing is wrong.

    Odd is a file that extends nothing, is compared with nothing or changes nothing, an event before the record ends, and a purchase that
    costs more than its buyer can pay in a year.

    What they extend and compare to is checked, too. Exit code 2 says that there are problems.
    """
    from sim.report.oddities import oddities
    from sim.scenario.loading import load_scenario

    code = 0
    for name in files:
        try:
            chosen = load_scenario(name)
            base = None if chosen.compare_to is None else load_scenario(chosen.compare_to)
            say(f"{name}: ok", *(paragraph(f"warning: {words}") for words in oddities(chosen, base)))
        except InputError as error:
            code = WRONG_INPUT
            complain(str(error))
    return code
