"""How the rules and the draws are compiled: the same function objects, registered with numba.

Nothing is rewritten for the compiler but the three exact operations on the bits of a number that `sim.rules.elementary`
names. Compiled code is kept between runs in a folder named after a hash of everything that goes into it, because numba
looks only at the file of the outermost function when it decides whether its cache is fresh.
"""

import inspect
import os
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import numba
import numpy as np
from numba.extending import overload, register_jitable
from platformdirs import user_cache_path

import sim.model.random_numbers
import sim.rules
from sim.io import provenance
from sim.io.assets import data_file
from sim.rules import elementary

RULE_MODULES = tuple(import_module(f"sim.rules.{module.name}") for module in iter_modules(sim.rules.__path__))
# Folders of `sim/` whose sources shape the compiled code.
COMPILED_SOURCES = ("data", "engines/compiled", "ensembles", "io", "model", "rules")
DATA_SOURCES = (("calibration", "parameters.yaml"), ("seeds", "actors.yaml"), ("seeds", "context.csv"))
CACHES_KEPT = 3
CACHE = "ARMSRACE_CACHE"  # of the environment: the folder of compiled code

EXPONENT_BIAS = 1023
FRACTION_BITS = 52
FRACTION_MASK = 0x000FFFFFFFFFFFFF
HALF_BITS = 0x3FE0000000000000


@overload(elementary.doubled)
def _doubled(value: Any, times: Any) -> Callable[..., Any]:
    def bits(value: Any, times: Any) -> Any:
        return value * np.int64((np.int64(times) + EXPONENT_BIAS) << FRACTION_BITS).view(np.float64)

    return bits


@overload(elementary.significand)
def _significand(value: Any) -> Callable[..., Any]:
    def bits(value: Any) -> Any:
        return np.int64((np.float64(value).view(np.int64) & FRACTION_MASK) | HALF_BITS).view(np.float64)

    return bits


@overload(elementary.exponent)
def _exponent(value: Any) -> Callable[..., Any]:
    def bits(value: Any) -> Any:
        return np.float64((np.float64(value).view(np.int64) >> FRACTION_BITS) - (EXPONENT_BIAS - 1))

    return bits


def register(module: ModuleType) -> None:
    """Make every public function of a module callable from compiled code, as it stands."""
    replaced = (elementary.doubled, elementary.significand, elementary.exponent)
    for function in vars(module).values():
        if inspect.isfunction(function) and function.__module__ == module.__name__ and function not in replaced:
            register_jitable(function)


def cache_folder() -> Path:
    """Folder for compiled code of exactly these sources; a temporary one if the user's cannot be written."""
    root = Path(os.environ.get(CACHE) or user_cache_path("armsrace")) / "compiled"
    try:
        folder = root / sources_digest()
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(folder)
    except OSError:
        os.environ[CACHE] = tempfile.mkdtemp(prefix="armsrace-")  # processes that this one starts share it
        folder = Path(os.environ[CACHE]) / "compiled" / sources_digest()
        folder.mkdir(parents=True)
        return folder
    _remove_old(root, folder)
    return folder


def cache_mark(name: str) -> Path:
    """A file beside the compiled code, for a task to note that all it needs is there."""
    return Path(numba.config.CACHE_DIR) / f"{name}.done"


def sources_digest() -> str:
    """Hash of all sources and data that shape the compiled code, and of the compiler's version."""
    versions = f"numba {numba.__version__} numpy {np.__version__}"
    data = [data_file(*parts) for parts in DATA_SOURCES]
    return provenance.sources_digest(COMPILED_SOURCES, data, versions)[:20]


def forget_compiled_code() -> Path:
    """Empty the folder of compiled code, as when it is damaged; returns the folder."""
    folder = Path(numba.config.CACHE_DIR)
    for file in folder.rglob("*"):
        if file.is_file():
            file.unlink(missing_ok=True)
    return folder


def _remove_old(root: Path, kept: Path) -> None:
    others = sorted((path for path in root.iterdir() if path != kept), key=lambda path: path.stat().st_mtime)
    for folder in others[: max(0, len(others) - CACHES_KEPT)]:
        for file in folder.rglob("*"):
            file.unlink(missing_ok=True) if file.is_file() else None


for _module in (*RULE_MODULES, sim.model.random_numbers):
    register(_module)
numba.config.CACHE_DIR = str(cache_folder())

compiled = numba.njit(nogil=True, error_model="numpy")
"""Decorator of everything that compiled code calls; only the outermost functions are kept in the cache."""
