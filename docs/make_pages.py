"""The pages that are made from the code and kept in git, so that a clone can be read as it is: `python docs/make_pages.py`.

A page begins with words written by hand; what stands below its mark is written here.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from blackboard_page import blackboard_lines
from glossary_page import glossary_lines
from parameters_page import parameter_lines
from scenario_page import scenario_lines

from sim.calibration.panel import page as reactions
from sim.calibration.panel.tables import read_tables
from sim.calibration.spending import page as backtests
from sim.calibration.spending.record import read_record

HERE = Path(__file__).parent
MARK = "<!-- What follows is written by docs/make_pages.py. -->\n"
KEPT: dict[str, Callable[[], Iterable[str]]] = {
    "blackboard": blackboard_lines,
    "schema": scenario_lines,
    "glossary": glossary_lines,
    "parameters": parameter_lines,
    "reactions": lambda: [reactions.page_body(read_tables())],
    "backtests": lambda: [backtests.page_body(read_record())],
}


def page(name: str) -> str:
    """A page as it should be: its own words, and below them what the code says."""
    words = (HERE / f"{name}.md").read_text(encoding="utf-8").partition(MARK)[0]
    return words + MARK + "\n" + "\n".join(KEPT[name]()).rstrip("\n") + "\n"


if __name__ == "__main__":
    for name in KEPT:
        (HERE / f"{name}.md").write_text(page(name), encoding="utf-8", newline="\n")
