"""Rows of Markdown tables."""

from collections.abc import Iterator


def row(*cells: str) -> str:
    """A row of a Markdown table; what would be mark-up in it is shown."""
    shown = (" ".join(cell.split()).replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;") for cell in cells)
    return f"| {' | '.join(shown)} |"


def header(*cells: str) -> Iterator[str]:
    yield row(*cells)
    yield f"| {' | '.join('---' for _ in cells)} |"
