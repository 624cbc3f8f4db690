"""The page: its parts as files of this package, and the page as it is served."""

import html
import json
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "page"
SCRIPTS = (
    "words.js", "elements.js", "state.js", "server.js", "chart.js", "map.js", "table.js", "keep.js", "why.js", "player.js",
    "watch.js", "change.js", "race.js", "theories.js", "teams.js", "lessons.js", "main.js",
)  # fmt: skip
STYLE = "page.css"
WORDS = "en.json"
KINDS = {".js": "text/javascript", ".css": "text/css"}


@cache
def part(name: str) -> str:
    """A part of the page as text."""
    return (FOLDER / name).read_text(encoding="utf-8")


@cache
def words() -> dict[str, str]:
    """The catalogue of everything that the page says, by key."""
    catalogue: dict[str, str] = json.loads(part(WORDS))
    return catalogue


def served() -> str:
    """The page as the server gives it, with links to its parts."""
    links = f'<link rel="stylesheet" href="/{STYLE}">'
    scripts = "".join(f'<script src="/{name}" defer></script>' for name in SCRIPTS)
    return filled(links, scripts, json_block("words", words())).replace("<!--POLICY-->\n", "")


def filled(style: str, scripts: str, data: str) -> str:
    """The page with its style, its data and its scripts in place."""
    title = html.escape(words()["title"])
    text = part("page.html")
    for mark, content in (("TITLE", title), ("STYLE", style), ("DATA", data), ("SCRIPTS", scripts)):
        text = text.replace(f"<!--{mark}-->", content)
    return text


def json_block(id_: str, data: object) -> str:
    """Data inside the page. `<` is written as its escape, so that no text can end the block."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" id="{id_}">{text}</script>'


def file_named(path: str) -> tuple[str, str] | None:
    """Kind and text of a part that the served page links to; None for anything else, wherever it may be."""
    name = path.removeprefix("/")
    if name not in (*SCRIPTS, STYLE):
        return None
    return KINDS[Path(name).suffix], part(name)
