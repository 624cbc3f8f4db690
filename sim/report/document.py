"""The content of a page as plain data and back, so that a page can be read again by a program."""

import json
import re
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter

from sim.report import fit_content
from sim.report.fit_content import Section
from sim.report.render import DATA

KINDS = {
    name: kind
    for name, kind in vars(fit_content).items()
    if isinstance(kind, type) and is_dataclass(kind)
}  # fmt: skip
KIND = "is"


def page_data(title: str, sections: tuple[Section, ...]) -> str:
    """The content of a page as one JSON document that may stand inside HTML."""
    text = json.dumps(
        {"title": title, "sections": _plain(sections)}, ensure_ascii=False, allow_nan=False, sort_keys=True
    )
    return text.replace("<", "\\u003c")


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        held = {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
        return {KIND: type(value).__name__, **held}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value.name if isinstance(value, Path) else value


def content_of(page: str, figures: Path) -> tuple[str, tuple[Section, ...]] | None:
    """Title and sections of a page that holds its content; None if it holds none.

    figures : the folder in which the pictures stand

    Raises ValueError, KeyError or TypeError for content that is not of this form.
    """
    found = re.search(rf'<script type="application/json" id="{DATA}">(.*?)</script>', page, flags=re.DOTALL)
    if found is None:
        return None
    try:
        data = json.loads(found.group(1))
        restored = data["title"], _restored(data["sections"], figures)
    except RecursionError:
        raise ValueError("nested too deep") from None
    return _content_type().validate_python(restored)


@cache
def _content_type() -> TypeAdapter[tuple[str, tuple[Section, ...]]]:
    """Checks every part of the content of a page, which may come from anywhere."""
    return TypeAdapter(tuple[str, tuple[Section, ...]], config=ConfigDict(strict=True, revalidate_instances="always"))


def _restored(value: Any, figures: Path) -> Any:
    if isinstance(value, list):
        return tuple(_restored(one, figures) for one in value)
    if not isinstance(value, dict):
        return value
    held = {name: _restored(one, figures) for name, one in value.items() if name != KIND}
    if "file" in held:
        held["file"] = figures / Path(held["file"]).name
    return KINDS[value[KIND]](**held)
