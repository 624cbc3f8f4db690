"""The pages that are made from the code and kept in git, so that a clone can be read as it is: `python docs/make_pages.py`.

A page begins with words written by hand; what stands below its mark is written here.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from backtests_page import backtest_lines
from blackboard_page import blackboard_lines
from glossary_page import glossary_lines
from parameters_page import parameter_lines
from reactions_page import reaction_lines
from scenario_page import scenario_lines

HERE = Path(__file__).parent
MARK = "<!-- What follows is written by docs/make_pages.py. -->\n"
KEPT: dict[str, Callable[[], Iterable[str]]] = {
    "blackboard": blackboard_lines,
    "schema": scenario_lines,
    "glossary": glossary_lines,
    "parameters": parameter_lines,
    "reactions": reaction_lines,
    "backtests": backtest_lines,
}


def page(name: str) -> str:
    """A page as it should be: its own words, and below them what the code says."""
    words = (HERE / f"{name}.md").read_text(encoding="utf-8").partition(MARK)[0]
    return words + MARK + "\n" + "\n".join(KEPT[name]()).rstrip("\n") + "\n"


if __name__ == "__main__":
    for name in KEPT:
        (HERE / f"{name}.md").write_text(page(name), encoding="utf-8", newline="\n")
