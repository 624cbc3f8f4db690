"""The folder of an analysis: written whole or not at all, inside the sweep's folder unless another is named."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.io.errors import InputError, Problem
from sim.analysis.output import RunFolder, write_json

PICTURES = 12  # outcomes that are drawn, at most


@contextmanager
def analysis_folder(target: Path, document: str) -> Iterator[Path]:
    """A draft folder that takes the place of an earlier analysis; InputError if the folder holds anything else.

    document : name of the file that marks a folder of this kind of analysis
    """
    target = target.resolve()
    if target.exists() and not target.is_dir():
        raise InputError(target, [Problem(None, "", "is a file; choose a folder with --out")])
    if target.is_dir() and any(target.iterdir()) and not (target / document).is_file():
        raise InputError(target, [Problem(None, "", "holds something else; choose another folder with --out")])
    try:
        folder = RunFolder(target)
    except OSError as error:
        message = f"cannot be written ({error.strerror}); choose another folder with --out"
        raise InputError(target, [Problem(None, "", message)]) from None
    try:
        yield folder.draft
        folder.finish()
    finally:
        folder.withdraw()


def replaced_words(target: Path, document: str) -> list[str]:
    """A line that says whose files are about to be replaced; nothing where there are none."""
    if not (target / document).is_file():
        return []
    return [f"Replaced: the earlier {Path(document).stem} in {target}; --out FOLDER keeps both."]


def write_table(file: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file; numbers that are not there are blank."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([blank_if_missing(cell) for cell in row] for row in rows)


def write_document(file: Path, content: Any) -> None:
    """Write JSON, numbers that are not there as null."""
    write_json(plain(content), file)


def plain(content: Any) -> Any:
    """Content as JSON takes it: numbers that are not there become null, tuples lists."""
    if isinstance(content, dict):
        return {str(key): plain(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [plain(one) for one in content]
    return None if is_missing(content) else content


def blank_if_missing(cell: Any) -> Any:
    return "" if cell is None or is_missing(cell) else cell


def is_missing(value: Any) -> bool:
    """Whether a value is a float that is no number."""
    return isinstance(value, float) and value != value


def file_name(text: str) -> str:
    """A name that every file system takes.

    >>> file_name("tension.SRB.XKX.2026Q1, a minus b")
    'tension.SRB.XKX.2026Q1-a-minus-b'
    """
    kept = "".join(mark if mark.isalnum() or mark in "._-" else " " for mark in text)
    return "-".join(kept.split())[:120]
