"""The model as C: what is translated, and the digest that tells whether compiled code is still that of today's equations."""

import hashlib
import inspect
import re
from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import sim.rules
from sim.engines.compiled.block import chances_of_block, simulate_block
from sim.engines.compiled.race import race_path
from sim.model.random_numbers import uniform
from sim.rules import elementary
from sim.translator.source import c_source

EXPORTED: dict[str, Callable[..., Any]] = {
    function.__name__: function for function in (simulate_block, chances_of_block, race_path)
}
NOT_TRANSLATED = {"richardson"}  # takes the logarithm of the C library; `race_path` translates what it needs of it
PRELUDE = """
/* Three operations on the bits of a number, exact in any implementation; see sim/rules/elementary.py. */
union bits { double number; int64_t whole; };
static inline double bits_doubled(double value, double times) {
    union bits power = {.whole = ((int64_t)times + 1023) << 52};
    return value * power.number;
}
static inline double bits_significand(double value) {
    union bits of = {.number = value};
    of.whole = (of.whole & INT64_C(0x000FFFFFFFFFFFFF)) | INT64_C(0x3FE0000000000000);
    return of.number;
}
static inline double bits_exponent(double value) {
    union bits of = {.number = value};
    return (double)((of.whole >> 52) - 1022);
}
"""
REPLACED: dict[Callable[..., Any], str] = {
    elementary.doubled: "bits_doubled",
    elementary.significand: "bits_significand",
    elementary.exponent: "bits_exponent",
}


def rule_name(rule: Callable[..., Any]) -> str:
    """Name of a rule in the translated model, where it is called for many at once."""
    return f"each_{rule.__module__.rsplit('.', 1)[-1]}_{rule.__name__}"


def rules() -> dict[str, Callable[..., Any]]:
    """Every rule, and the draw, by its name in the translated model."""
    modules = [module.name for module in iter_modules(sim.rules.__path__) if module.name not in NOT_TRANSLATED]
    functions: list[Callable[..., Any]] = [
        function
        for module in modules
        for function in vars(import_module(f"sim.rules.{module}")).values()
        if inspect.isfunction(function) and function.__module__ == f"sim.rules.{module}"
    ]
    return {rule_name(function): function for function in (*functions, uniform)}


def model_as_c() -> str:
    """The C file of the engine and of every rule. Raises Untranslatable for what lies outside the subset."""
    return c_source(EXPORTED, rules(), REPLACED, lanes=("LANES", "asked"), prelude=PRELUDE)


def code_digest(text: str) -> str:
    """Digest of a C file but for its comments, so that a docstring may change without compiling anew."""
    return hashlib.sha256(re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).encode()).hexdigest()[:32]
