"""Files that a user names: what is none is refused before it is opened, for a named pipe would be waited on for ever."""

import json
import stat
from pathlib import Path
from typing import Any

from sim.io.errors import InputError, Problem

_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def special_kind(file: Path) -> str:
    """What a path is that is neither a file nor a folder, such as "a named pipe"; "" for all others, missing ones too."""
    try:
        mode = file.stat().st_mode
    except (OSError, ValueError):
        return ""
    return next((name for is_one, name in _KINDS if is_one(mode)), "")


def refuse_special(file: Path) -> None:
    """InputError for what is neither a file nor a folder."""
    if kind := special_kind(file):
        message = f"this is {kind}; save what it gives as a file, and name that"
        raise InputError(file, [Problem(None, "", message)])


def read_json(file: Path) -> Any:
    """What a JSON file holds. InputError for what is no file, OSError if it cannot be read, ValueError if it is no JSON."""
    refuse_special(file)
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except RecursionError:
        raise ValueError("nested too deep") from None
