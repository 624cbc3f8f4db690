"""Small worlds: a script of a few events."""

import pytest

from sim.model.schedule import script_of
from sim.scenario.loading import load_scenario

HEAD = "format_version: 1\ntitle: A try\nquestion: What if?\n"


@pytest.fixture
def script(tmp_path):
    """The script of a scenario, or of an empty history, with events in the second quarter of 2026 unless they say."""

    def made(*events, extends=""):
        lines = [
            f"  - {{id: e{n}, {'' if event.startswith('at:') else 'at: 2026Q2, '}{event}}}"
            for n, event in enumerate(events)
        ]
        file = tmp_path / "world.yaml"
        base = f"extends: {extends}\n" if extends else ""
        file.write_text(HEAD + base + ("events:\n" + "\n".join(lines) if lines else "") + "\n", encoding="utf-8")
        return script_of(load_scenario(file).events)

    return made
