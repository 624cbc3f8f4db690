"""The page: one file with its style, its scripts, its words and the whole model inside, which opens anywhere and asks for nothing."""

import base64
import hashlib
import html
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sim.classroom.content import content
from sim.io.writing import written_whole
from sim.scenario.loading import Scenario

FOLDER = Path(__file__).parent / "page"
WORKER = "model.js"
LIBRARY = "htm-preact.js"
SCRIPTS = (
    "words.js", "numbers.js", "runs.js", "state.js", "chart.js", "bars.js", "map.js", "race.js", "explore.js", "lesson.js",
    "teams.js", "guide.js", "main.js",
)  # fmt: skip
STYLE = "page.css"


@cache
def part(name: str) -> str:
    """A part of the page as text."""
    return (FOLDER / name).read_text(encoding="utf-8")


def languages() -> dict[str, dict[str, str]]:
    """The catalogues of words by language, English first."""
    names = sorted((file.stem for file in FOLDER.glob("??.json")), key=lambda name: (name != "en", name))
    return {name: json.loads(part(f"{name}.json")) for name in names}


def page_text(own: Sequence[Scenario] = ()) -> str:
    """The page as the text of one file, with scenarios of one's own."""
    style, script = part(STYLE), "\n".join(part(name) for name in (LIBRARY, WORKER, *SCRIPTS))
    blocks = {"data": content(own), "catalogues": languages(), "join": {}}
    data = "".join(json_block(name, block) for name, block in blocks.items()) + text_block("worker", part(WORKER))
    text = part("page.html")
    marks = {
        "POLICY": _policy(style, script), "TITLE": html.escape(languages()["en"]["title"]), "STYLE": f"<style>{style}</style>",
        "DATA": data, "SCRIPTS": f"<script>{script}</script>",
    }  # fmt: skip
    for mark, filling in marks.items():
        text = text.replace(f"<!--{mark}-->", filling)
    return text


def with_join(text: str, join: dict[str, str]) -> str:
    """The page that also says how others come to it: the address, the digits, and a picture of the address for phones."""
    return text.replace(json_block("join", {}), json_block("join", join))


def json_block(id_: str, data: Any) -> str:
    """Data inside the page; numbers without end are written as such that JavaScript reads so."""
    text = json.dumps(_finite(data), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text_block(id_, text.replace(f'"{ENDLESS}"', "1e999").replace(f'"-{ENDLESS}"', "-1e999"), "application/json")


ENDLESS = "\x00endless"


def _finite(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _finite(one) for name, one in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(one) for one in data]
    if data in (float("inf"), float("-inf")):
        return ENDLESS if data > 0 else f"-{ENDLESS}"
    return data


def text_block(id_: str, text: str, kind: str = "text/plain") -> str:
    """Text that the page's scripts read. `<` of JSON is written as its escape, so that no text can end the block."""
    if kind == "application/json":
        text = text.replace("<", "\\u003c")
    return f'<script type="{kind}" id="{id_}">{text}</script>'


def _policy(style: str, script: str) -> str:
    """A policy that lets exactly this style, this script and the model run, and nothing be fetched."""
    allowed = f"style-src {_digest(style)}; script-src {_digest(script)} 'wasm-unsafe-eval'; worker-src blob:"
    policy = f"default-src 'none'; img-src data: blob:; {allowed}; base-uri 'none'; form-action 'none'"
    return f'<meta http-equiv="Content-Security-Policy" content="{policy}">'


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def write_page(target: Path, own: Sequence[Scenario] = ()) -> int:
    """Write the page whole or not at all; returns its size in bytes."""
    text = page_text(own).encode()
    with written_whole(target) as draft:
        draft.write_bytes(text)
    return len(text)
