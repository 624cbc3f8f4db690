"""Files that are read: regular ones, of a size that fits, whatever they hold."""

import codecs
import json
import stat
from pathlib import Path
from typing import Any

from sim.io.errors import refusal

MAX_JSON = 20_000_000  # bytes of a document of our own, which may hold a hundred scenarios

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
        raise refusal(file, f"this is {kind}; save what it gives as a file, and name that")


def resolved(path: Path) -> Path:
    """The path without links; InputError for one that leads back to itself."""
    try:
        whole = path.resolve()
    except RuntimeError:  # Python before 3.13
        whole = path
    if whole.is_symlink():
        raise refusal(path, "is a link that leads back to itself; remove it, or choose another name")
    return whole


def read_bytes(file: Path, limit: int) -> bytes:
    """What a regular file holds. InputError for what is no file and for one of more bytes than the limit, OSError if it cannot be read."""
    refuse_special(file)
    with file.open("rb") as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        size = f"{limit // 1000} kB" if limit < 10_000_000 else f"{limit // 1_000_000} MB"
        raise refusal(file, f"larger than {size}; split it, or check that it is the right file")
    return content


def decoded(content: bytes, file: Path) -> str:
    """The text of a file in UTF-8, with or without a mark at its beginning; InputError says how to save any other."""
    if content.startswith(_UTF_16) or (b"\0" in content[:2] and content.count(b"\0") > len(content) // 4):
        raise refusal(file, "this is UTF-16 text; save the file with UTF-8 encoding (in Excel: CSV UTF-8)")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refusal(file, "not UTF-8 text; save the file with UTF-8 encoding", line=line) from None


_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_json(file: Path, limit: int = MAX_JSON) -> Any:
    """What a JSON file of so many bytes at most holds. InputError for what is no file and for a larger one, OSError if it cannot be
    read, ValueError if it is no JSON."""
    try:
        return json.loads(read_bytes(file, limit).decode("utf-8"))
    except RecursionError:
        raise ValueError("nested too deep") from None
