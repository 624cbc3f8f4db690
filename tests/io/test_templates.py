"""Templates: a writer's marks are obeyed, nobody else's are; what is missing is an error; every sentence of a template is used."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, UndefinedError

from sim.io import templates
from sim.io.templates import FOLDER, Block, Verbatim, blocks, lines, phrase, points

SIM = Path(__file__).resolve().parents[2] / "sim"
TEXTS = sorted(FOLDER.glob("*.txt"))


@pytest.fixture
def written(tmp_path, monkeypatch):
    """What writes a template that is filled in for the length of a test."""
    monkeypatch.setattr(templates, "FOLDER", tmp_path)
    templates._environment.cache_clear()
    yield lambda text: (tmp_path / "t.txt").write_text(text, encoding="utf-8")
    templates._environment.cache_clear()


def test_each_line_is_a_paragraph_and_a_backslash_joins_two(written):
    written("one \\\n  two\n\n- three\n! four\n> five\n## six: seven\n")
    assert [(block.mark, block.text) for block in blocks("t.txt")] == [
        ("", "one two"), ("", ""), ("-", "three"), ("!", "four"), (">", "five"), ("##", "six: seven"),
    ]  # fmt: skip


def test_terms_are_set_off_by_the_writer_only(written):
    written("A *world* is {{ what }}.\n")
    assert list(blocks("t.txt", what="*mine*")) == [Block("A world is *mine*.", terms=("world",))]


@pytest.mark.parametrize(
    "value", ["- a point", "! a warning", "## a: heading", "two\nlines", "\x01-\x01 hidden", "{{ 1 }}"]
)
def test_a_value_is_text_whatever_it_looks_like(written, value):
    written("{{ value }}\nend\n")
    first, last = blocks("t.txt", value=value)
    assert (first.mark, first.terms, last.text) == ("", (), "end")
    assert "\n" not in first.text and "\x01" not in first.text


def test_a_name_that_nobody_gives_is_an_error_and_no_blank(written):
    written("{{ nobody }}\n")
    with pytest.raises(UndefinedError, match="nobody"):
        list(blocks("t.txt"))


def test_what_is_no_text_keeps_its_place(written):
    written("before\n{% for thing in things_given %}\n{{ thing }}\n{% endfor %}\nafter\n")
    first, table, last = blocks("t.txt", things_given=[Verbatim("a  b\nc  d")])
    assert (first.text, table, last.text) == ("before", "a  b\nc  d", "after")


def test_lines_fit_the_page(written, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    written("{{ words }}\n- {{ words }}\n> {{ words }}\n{{ table(['a', 'b'], [('1', '2')]) }}\n")
    printed = "\n".join(lines("t.txt", words="word " * 30)).split("\n")
    assert max(map(len, printed)) <= 40 and printed[-1] == "1  2"
    assert "    word word" in "\n".join(printed)


def test_points_leave_out_empty_lines(written):
    written("- one\n\n{% if false %}\n- two\n{% endif %}\n- three\n")
    assert points("t.txt") == ("one", "three")


def test_a_macro_is_one_line(written):
    written("{% macro told(n) %}\n{{ n | counted('world') }}\nof {{ n }}\n{% endmacro %}\n")
    assert phrase("t.txt", "told", 2) == "2 worlds of 2"


# ---- the templates that are shipped ----------------------------------------------------------------------------------


@cache
def code() -> tuple[str, ...]:
    """The texts of all modules that fill in a template."""
    sources = (file.read_text(encoding="utf-8") for file in SIM.rglob("*.py"))
    return tuple(source for source in sources if "sim.io.templates" in source or "sections_of" in source)


@cache
def words_of_code() -> frozenset[str]:
    """Every text that stands in one of these modules by itself."""
    nodes = (node for source in code() for node in ast.walk(ast.parse(source)))
    return frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def others(file: Path) -> str:
    return "\n".join(other.read_text(encoding="utf-8") for other in TEXTS if other != file)


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.stem)
def test_every_template_says_what_it_is_for_and_is_used(file):
    text = file.read_text(encoding="utf-8")
    assert text.startswith("{#") or len(text.splitlines()) == 1
    assert file.name in words_of_code() or f'"{file.name}"' in others(file)


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.stem)
def test_every_macro_is_used(file):
    text = file.read_text(encoding="utf-8")
    macros = re.findall(r"{%-? macro (\w+)\(", text)
    asked_for = {macro for macro in macros if len(re.findall(rf"\b{macro}\(", text + others(file))) > 1}
    assert set(macros) - asked_for - words_of_code() == set()


@pytest.mark.parametrize("file", sorted(FOLDER.iterdir()), ids=lambda file: file.name)
def test_templates_are_no_programs(file):
    """Loops and simple questions: no arithmetic beyond a count, nothing called that is no filter, macro or layout."""
    text = file.read_text(encoding="utf-8")
    if file.suffix in (".txt", ".html", ".md"):
        Environment(autoescape=True).parse(text)
    statements = " ".join(re.findall(r"{[{%].*?[%}]}", text, flags=re.DOTALL))
    assert not re.search(r"{%-? *(do|call|filter|namespace)\b", statements)
    assert not re.search(r"\w +[*] +\w", statements)
