"""armsrace: what-if questions about the arms dynamics around Kosovo, Serbia and Türkiye.

    >>> from sim import load_scenario, run
    >>> table = run("skydagger-delivery", members=8).frame()  # doctest: +SKIP

Importing this package does nothing; each name is loaded when it is used.
"""

import time
from importlib import import_module
from typing import Any

__version__ = "0.2.0"
BEGAN = time.time()  # before anything else of the package is loaded
_HOMES = {
    "load_scenario": "sim.scenario.loading",
    "list_scenarios": "sim.scenario.loading",
    "load_parameters": "sim.model.parameters",
    "run": "sim.runs.run",
    "run_sweep": "sim.sweep.run",
    "Run": "sim.analysis.results",
    "RegionModel": "sim.engines.agents.model",
    "LinearRace": "sim.analysis.richardson",
    "load_sweep": "sim.sweep.analysis.loading",
    "experiments_outcomes": "sim.sweep.analysis.loading",
}
__all__ = ["__version__", *_HOMES]  # noqa: PLE0604 - the names are the keys above


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
