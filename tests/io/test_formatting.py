"""Numbers as people read them: one minus, no sign on nothing, no count of worlds that is rounded up."""

import ast
import math
from pathlib import Path

import pytest

from sim.io.formatting import (
    MINUS,
    decimals_for,
    fixed,
    in_a_hundred,
    number,
    per_cent,
    readable,
    signed,
    signed_number,
    significant,
    true_minus,
)

SIM = Path(__file__).resolve().parents[2] / "sim"
WRITERS = [lambda x: fixed(x, 2), lambda x: signed(x, 2), number, signed_number, readable, significant]


@pytest.mark.parametrize(
    ("share", "words"), [(1.0, "all"), (0.9999, "99"), (0.57, "57"), (0.0001, "under 1"), (0.0, "none")]
)
def test_counts_of_worlds_are_never_rounded_up(share, words):
    assert in_a_hundred(share) == words


def test_what_rounds_to_zero_has_no_sign():
    assert signed(-0.004, 2) == "0.00"


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("value", [-1234.5, -3.21, -0.5])
def test_a_minus_is_a_true_one_whoever_writes_it(write, value):
    assert write(value).startswith(MINUS) and "-" not in write(value)


@pytest.mark.parametrize("write", WRITERS)
def test_nothing_is_written_without_a_sign(write):
    assert write(-0.0) == write(0.0) and write(0.0).strip("0.") == ""


@pytest.mark.parametrize(
    ("value", "words"), [(0.0004, "+0.00"), (0.006, "+0.01"), (-0.006, "−0.01"), (1234.567, "+1,234.57")]
)
def test_a_change_has_a_sign_where_anything_of_it_is_left(value, words):
    assert signed(value, 2) == (words if words != "+0.00" else "0.00")


@pytest.mark.parametrize(
    ("value", "digits", "words"),
    [
        (999.7, 3, "1,000"),
        (99.96, 3, "100"),
        (12345.6, 3, "12,346"),
        (0.5, 3, "0.5"),
        (948.0, 2, "950"),
        (3.5e-5, 3, "3.5 × 10^−5"),
    ],
)
def test_a_number_keeps_its_digits_and_no_power_of_ten_above_one(value, digits, words):
    assert number(value, digits) == words


@pytest.mark.parametrize(
    ("value", "words"), [(0.35, "0.350"), (999.6, "1,000"), (-4512.3, "−4,510"), (1.234e-7, "1.23 × 10^−7")]
)
def test_significant_digits_are_all_shown(value, words):
    assert significant(value) == words


def test_what_is_no_number_is_a_dash_and_no_crash():
    assert number(math.nan) == "-" and decimals_for([]) == 5


def test_small_shares_keep_two_digits():
    assert [per_cent(share) for share in (0.0, 0.0041, 0.256, 1.0)] == ["0 %", "0.41 %", "26 %", "100 %"]


def test_only_the_formatting_module_makes_a_true_minus():
    """Whoever writes one himself would sooner or later write another."""
    replaced = [
        file.relative_to(SIM).as_posix()
        for file in SIM.rglob("*.py")
        if file.name != "formatting.py"
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "replace" and len(node.args) == 2
        if getattr(node.args[1], "value", None) == MINUS
    ]
    assert replaced == [] and true_minus("-1") == f"{MINUS}1"
