"""Contestants that take turns in one process, so that a busy machine slows all of them alike."""

import statistics
import time
from collections.abc import Callable


def rates(contestants: dict[str, Callable[[], int]], rounds: int) -> dict[str, float]:
    """Median of what each contestant does per second; a call returns how much it did, and a first one is not counted."""
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for contestant in contestants.values():
        contestant()
    for _ in range(rounds):
        for name, contestant in contestants.items():
            began = time.perf_counter()
            done = contestant()
            found[name].append(done / (time.perf_counter() - began))
    return {name: statistics.median(values) for name, values in found.items()}
