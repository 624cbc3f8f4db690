"""The page as one file: style, scripts and runs made beforehand inside it, so that it opens without a server."""

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.classroom import page
from sim.classroom.initial_payload import start
from sim.classroom.routes import GET, POST
from sim.classroom.sliders import UNTOUCHED
from sim.io.progress import Progress
from sim.io.writing import written_whole
from sim.model.theories import theories

Question = tuple[str, Any]
PLANES = (  # the examples of the phase plane, with starts, as the page and the lessons ask for them
    {"reaction": [0.5, 0.5], "fatigue": [1, 1], "grievance": [2, 2]},
    {"reaction": [1.2, 1.2], "fatigue": [0.9, 0.9], "grievance": [0.5, 0.5]},
    {"reaction": [0.5, 0.5], "fatigue": [1, 1], "grievance": [-2, -2]},
    {"reaction": [0.9, 0.2], "fatigue": [0.5, 0.8], "grievance": [1, 3]},
)
STARTS = [[3, 10], [15, 2], [18, 16], [1, 1]]
SPAN = 20


def questions() -> Iterator[Question]:
    """Everything that the page may ask without the program: each scenario, its theories, one slider at a time, examples."""
    yield "/api/start", None
    first = start()["first"]
    for scenario in start()["scenarios"]:
        id_ = scenario["id"]
        yield "/api/watch", _run(id_)
        yield "/api/theories", _run(id_)
    for name in theories():
        yield "/api/watch", {**_run(first), "theory": name}
    for levers in _one_at_a_time():
        yield "/api/change", {**_run(first), "levers": levers}
        yield "/api/effects", {**_run(first), "levers": levers}
    yield "/api/region", _run(first)
    example = start()["game"]["example"]
    for count in range(len(example["turns"]) + 1):
        yield "/api/game", {"patron": example["patron"], "turns": example["turns"][:count]}
    for plane in PLANES:
        yield "/api/race", {**plane, "starts": STARTS, "span": SPAN}


def _one_at_a_time() -> Iterator[dict[str, Any]]:
    """All sliders untouched, and each of them in each of its places."""
    yield {}
    for lever in start()["levers"]:
        yield from ({lever["id"]: place} for place in lever["positions"] if place != UNTOUCHED)


def _run(scenario: str) -> dict[str, Any]:
    return {"scenario": scenario, "levers": {}, "theory": None}


def key_of(question: Question) -> str:
    """Name of a question, as the page makes it: keys sorted, no blanks, whole numbers without a point."""
    path, body = question
    return f"{path} {json.dumps(_plain(body), sort_keys=True, separators=(',', ':'), ensure_ascii=False)}"


def _plain(value: Any) -> Any:
    """The value as JavaScript writes it, where 1.0 is 1."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def exported(progress: Progress | None = None) -> str:
    """The page with its answers, as the text of one file."""
    wanted = list(questions())
    answers = {}
    for number, (path, body) in enumerate(wanted):
        ask = GET[path] if body is None else POST[path]
        answers[key_of((path, body))] = json.loads(ask(body)[1])
        if progress is not None:
            progress("runs for the page", number + 1, len(wanted))
    style, script = page.part(page.STYLE), "\n".join(page.part(name) for name in page.SCRIPTS)
    data = page.json_block("words", page.words()) + page.json_block("answers", answers)
    text = page.filled(f"<style>{style}</style>", f"<script>{script}</script>", data)
    return text.replace("<!--POLICY-->", _policy(style, script))


def _policy(style: str, script: str) -> str:
    """A policy that lets exactly this style and this script run, and nothing be fetched."""
    allowed = f"style-src {_digest(style)}; script-src {_digest(script)}"
    content = f"default-src 'none'; img-src data:; {allowed}; base-uri 'none'; form-action 'none'"
    return f'<meta http-equiv="Content-Security-Policy" content="{content}">'


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def write_page(target: Path, progress: Progress | None = None) -> int:
    """Write the page whole or not at all; returns its size in bytes."""
    text = exported(progress).encode()
    with written_whole(target) as draft:
        draft.write_bytes(text)
    return len(text)
