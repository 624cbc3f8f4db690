"""What plug-ins brought along: filled by `sim.plugins`, read where each kind is used. Without plug-ins all of it is empty."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

FILES: dict[str, tuple[Path, str]] = {}  # name -> file and SHA-256
RULES: dict[str, Callable[..., float]] = {}  # file of sim/rules and name -> what stands there now
EVENTS: list[type[Any]] = []
METRICS: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {}  # name -> function and the series that it needs
AGENTS: dict[str, type[Any]] = {}  # code -> class


def digests() -> dict[str, str]:
    """The SHA-256 of every plug-in, by name."""
    return {name: digest for name, (_, digest) in FILES.items()}


def in_identity() -> dict[str, Any]:
    """What an identity says of plug-ins; nothing where there are none."""
    return {"plugins": digests()} if FILES else {}
