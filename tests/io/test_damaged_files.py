"""Files of every format that is read, damaged at random: a short run of `benchmarks/fuzz.py`, which tries hundreds of thousands."""

import json
import random
import time

import pytest

from sim.io.yaml_reader import MAX_BYTES

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


def test_what_reading_takes_counts_and_what_was_held_before_does_not(tmp_path):
    held = bytearray(300_000_000)
    held[::4096] = b"x" * len(held[::4096])
    del held
    (file := tmp_path / "a.csv").write_text("a,b", encoding="utf-8")
    small, large = fuzz.Format("a", file, int), fuzz.Format("a", file, lambda: b"x" * 200_000_000)
    assert [fuzz.tried(one, b"", number=7) for one in (small, large)] == ["", ""]
    assert small.largest[0] < 50
    assert large.largest == pytest.approx((200, 7), rel=0.1)


def test_waiting_for_others_is_no_fault_and_working_is(tmp_path):
    (file := tmp_path / "a.csv").write_text("a,b", encoding="utf-8")

    def work():
        end = time.process_time() + 0.4
        while time.process_time() < end:
            sum(range(1000))

    with fuzz.signals_heard():
        assert fuzz.tried(fuzz.Format("a", file, lambda: time.sleep(0.4)), b"x", 0.2) == ""
        assert "more than five seconds" in fuzz.tried(fuzz.Format("a", file, work), b"x", 0.2)


def test_a_branch_is_repeated_to_more_than_a_reader_takes_and_not_to_more_than_a_machine_holds():
    tree = {"a": {"b": {"c": "d" * 20_000}}}
    sizes = [len(json.dumps(fuzz.Damage(random.Random(seed)).tree(tree), default=str)) for seed in range(200)]
    assert MAX_BYTES < max(sizes) < 12_000_000
