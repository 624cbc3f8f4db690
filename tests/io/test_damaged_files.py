"""Files of every format that is read, damaged at random: a short run of `benchmarks/fuzz.py`, which tries hundreds of thousands."""

import random

import pytest

fuzz = pytest.importorskip("benchmarks.fuzz")


def test_a_damaged_file_of_any_format_is_read_or_refused_in_a_sentence():
    said = []
    assert not fuzz.fuzzed(400, seed=18, say=said.append), said


def test_what_is_damaged_is_another_file_and_the_same_seed_makes_the_same():
    tree = {"a": [1, 2, {"b": "c"}], "d": None}
    made = [[fuzz.Damage(random.Random(seed)).tree(tree) for seed in range(50)] for _ in range(2)]
    assert repr(made[0]) == repr(made[1])
    assert sum(one != tree for one in made[0]) > 40
    assert tree == {"a": [1, 2, {"b": "c"}], "d": None}


def test_an_exception_that_is_no_problem_of_the_file_is_a_fault(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("a,b", encoding="utf-8")
    assert "ZeroDivisionError" in fuzz.tried(fuzz.Format("a", file, lambda: 1 / 0), b"x")
    assert file.read_text(encoding="utf-8") == "a,b"
