"""YAML files are read by the 1.2 core schema, and what cannot be read is refused with file, line and remedy."""

import errno
import json
import math
import os
import re
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sim.io.errors import InputError
from sim.io.yaml_reader import MAX_BYTES, parse_yaml, read_yaml


def refusal(text):
    with pytest.raises(InputError) as caught:
        parse_yaml(text, "mine.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    "word", ["NO", "no", "on", "Off", "yes", "Y", "1_000", "12:30:00", "2025-10-08", "1e", "0b1", "2025Q4", "=", "inf"]
)
def test_words_that_older_yaml_converts_stay_text(word):
    assert parse_yaml(f"a: {word}", "f").data == {"a": word}


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e3", 1000.0), ("-2.5E-1", -0.25), (".5", 0.5), ("1.", 1.0), ("010", 10), ("0o17", 15), ("0x1F", 31), ("+7", 7)],
)
def test_numbers_of_yaml_1_2_are_numbers(text, value):
    read = parse_yaml(f"a: {text}", "f").data["a"]
    assert read == value
    assert type(read) is type(value)


def test_true_false_and_null_are_the_only_other_words_with_a_meaning():
    data = parse_yaml("{a: true, b: False, c: null, d: ~, e: , f: 'true', g: \"null\"}", "f").data
    assert data == {"a": True, "b": False, "c": None, "d": None, "e": None, "f": "true", "g": "null"}


def test_infinity_and_not_a_number_are_floats_so_that_validation_can_refuse_them():
    data = parse_yaml("a: [.inf, -.INF, .nan]", "f").data["a"]
    assert data[:2] == [math.inf, -math.inf]
    assert math.isnan(data[2])


def test_number_with_thousands_of_digits_is_read_in_no_time_as_infinity():
    assert parse_yaml("a: " + "9" * 100_000, "f").data["a"] == math.inf


def test_keys_are_text_as_written():
    assert parse_yaml("{2018: 1, NO: 2, 2019: 3, true: 4}", "f").data == {"2018": 1, "NO": 2, "2019": 3, "true": 4}


PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), max_size=20)
SCALARS = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False)


@given(st.dictionaries(PRINTABLE, st.recursive(SCALARS | PRINTABLE, lambda inner: st.lists(inner, max_size=4))))
def test_every_json_text_is_read_as_json_reads_it(data):
    text = json.dumps({"first": 1, **data}, ensure_ascii=False)
    assert parse_yaml(text, "f").data == json.loads(text)


def test_line_of_a_value_and_of_the_nearest_value_around_an_absent_one():
    document = parse_yaml("title: x\nevents:\n  - id: a\n    at: 2025Q4\n  - {id: b}\n", "f")
    assert document.line(("title",)) == 1
    assert document.line(("events", 0, "at")) == 4
    assert document.line(("events", 1, "id")) == 5
    assert document.line(("events", 1, "buyer")) == 5
    assert document.line(("nothing",)) is None


def test_duplicate_key_is_refused_with_both_lines():
    message = refusal("a: 1\nb: {c: 1}\na: 2\nd:\n  e: 1\n  e: 2\n")
    assert message == (
        "mine.yaml: 2 problems\n"
        "  line 3  a     given twice, on lines 1 and 3; keep one\n"
        "  line 6  d.e   given twice, on lines 5 and 6; keep one"
    )


def test_quoted_and_bare_forms_of_a_key_are_duplicates():
    assert "given twice, on lines 1 and 2" in refusal('2018: 1\n"2018": 2\n')


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        ("a: 1\nb: &x 2\n", 2, "anchors and aliases (&x) are not allowed; write the value out"),
        ("a: 1\nb: *x\n", 2, "anchors and aliases (*x) are not allowed"),
        ("a:\n  <<: {b: 1}\n", 2, "merge keys (<<) are not allowed; write the values out, or use extends"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "are not allowed; write the value without the tag"),
        ("a: 1\nb: !local 1\n", 2, "tags (!local) are not allowed"),
        ("- 1\n- 2\n", 1, "the file must be lines of the form"),
        ("just words\n", 1, "the file must be lines of the form"),
        ("a: 1\n---\nb: 2\n", 2, "a second document starts here; keep one per file"),
        ("? [a, b]\n: 1\n", 1, "a key must be a plain word"),
        ("a: 1\nb: [1, 2\nc: 3\n", 3, "check indentation, brackets and quotes"),
        ("a: 1\nb: Kosovo: a question\n", 2, 'quote text with ": " in it'),
        ("a:\n\t- b\n", 2, "use spaces, not tabs"),
        ("a: @b\n", 1, "in quotes"),
    ],
)
def test_what_is_not_plain_yaml_is_refused_with_line_and_remedy(text, line, remedy):
    message = refusal(text)
    assert message.startswith("mine.yaml: 1 problem\n")
    assert f"line {line}  " in message
    assert remedy in message


def test_billion_laughs_is_refused_at_once():
    lines = ['a0: &a0 ["lol", "lol"]'] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    start = time.process_time()
    message = refusal("\n".join(lines))
    assert time.process_time() - start < 1.0
    assert "line 1  a0" in message
    assert "anchors and aliases (&a0) are not allowed" in message


@pytest.mark.parametrize("depth", [21, 900, 1_100, 200_000])
@pytest.mark.parametrize("opening", ["[", "{b: "])
def test_deep_nesting_is_refused_at_once_in_our_words(opening, depth):
    """Parsers look ahead, and some give up at a depth of their own before they have told of the first bracket."""
    start = time.process_time()
    message = refusal("a: " + opening * depth)
    assert time.process_time() - start < 1.0
    assert "line 1" in message
    assert "nested more than 20 deep; no file of this project needs that" in message
    assert "not valid YAML" not in message


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("a: " + "[" * 30, "nested more than 20 deep"),
        ("a: 1\nb: [1, 2\nc: 3\n", "check indentation, brackets and quotes"),
        ("a: 1\nb: Kosovo: a question\n", 'quote text with ": " in it'),
        ("a:\n\t- b\n", "use spaces, not tabs"),
        ("a: @b\n", "in quotes"),
        ("a: \x01", "remove the invisible character"),
    ],
)
def test_what_to_do_does_not_depend_on_the_parsers_words(monkeypatch, text, remedy):
    parse = yaml.parse

    def in_other_words(stream, Loader):  # noqa: N803 - as the library calls it
        try:
            return iter(list(parse(stream, Loader=Loader)))
        except yaml.YAMLError as error:
            error.problem = error.reason = "quite another sentence"
            raise

    monkeypatch.setattr(yaml, "parse", in_other_words)
    assert remedy in refusal(text)


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n"])
def test_empty_file_says_what_it_needs(text):
    assert refusal(text) == "mine.yaml: 1 problem\n  the file is empty; it needs at least `format_version: 1`"


def test_missing_file_suggests_its_neighbour(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "baseline.yaml").write_text("a: 1\n")
    with pytest.raises(InputError) as caught:
        read_yaml(tmp_path / "basline.yaml")
    assert str(caught.value) == 'basline.yaml: 1 problem\n  no such file; did you mean "baseline.yaml"?'


def test_missing_folder_is_named(tmp_path):
    with pytest.raises(InputError, match="there is no folder"):
        read_yaml(tmp_path / "nowhere" / "a.yaml")


def test_folder_is_not_a_file(tmp_path):
    with pytest.raises(InputError, match="this is a folder; name a file in it"):
        read_yaml(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file_says_so(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text("a: 1\n")
    file.chmod(0)
    with pytest.raises(InputError, match=f"cannot be read: {re.escape(os.strerror(errno.EACCES))}"):
        read_yaml(file)


def test_file_that_is_not_utf_8_is_refused_with_its_line(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_bytes("a: 1\nb: Türkiye\n".encode("latin-1"))
    with pytest.raises(InputError, match="line 2  not UTF-8 text; save the file with UTF-8 encoding"):
        read_yaml(file)


def test_byte_order_mark_is_no_part_of_the_first_key(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_yaml(file).data == {"a": 1}


def test_file_that_is_too_large_is_refused_before_it_is_parsed(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text("a: " + "x" * MAX_BYTES)
    with pytest.raises(InputError, match="larger than 1000 kB; split it"):
        read_yaml(file)


def test_control_character_is_refused():
    assert "remove the invisible character" in refusal("a: \x01")
