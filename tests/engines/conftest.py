"""Small worlds: a script of a few events, and every uncertain number at its best guess."""

from functools import cache

import pytest

from sim.model.parameters import load_parameters
from sim.model.schedule import script_of
from sim.scenario.loading import load_scenario

HEAD = "format_version: 1\ntitle: A try\nquestion: What if?\n"


@cache
def best_guess(**over):
    """Every uncertain number at its default, and no chance."""
    table = load_parameters()
    priors = zip(table.keys, table.distributions, strict=True)
    middle = {key: prior.centre + (0.5 * prior.spread if prior.kind == "uniform" else 0.0) for key, prior in priors}
    return table.with_overrides({**middle, "chance": 0.0}).with_overrides(over)


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
