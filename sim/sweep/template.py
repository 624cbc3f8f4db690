"""The commented design file that `armsrace new --design` writes; it runs as it is."""

from pathlib import Path

from sim.io.templates import with_names
from sim.scenario.template import check_slug, write_new


def write_new_design(name: str) -> Path:
    """Write NAME.yaml to the current directory; InputError for a name that is none, or a file that is there already."""
    check_slug(name, "design", "a name", "my-sweep")
    return write_new(name, design_template(name))


def design_template(name: str) -> str:
    """The text of a design file of this name."""
    text = Path(__file__).with_name("template.yaml").read_text(encoding="utf-8")
    return with_names(text).replace("DESIGN_ID", name)
