"""The commented design file that `armsrace new --design` writes; it runs as it is."""

from pathlib import Path


def design_template(name: str) -> str:
    """The text of a design file of this name."""
    return Path(__file__).with_name("template.yaml").read_text(encoding="utf-8").replace("DESIGN_ID", name)
