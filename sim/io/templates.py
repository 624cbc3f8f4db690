"""Sentences stand in templates, one file for a page, an answer or a subject, below sim/report/templates; this fills them in.

A line of a template is a paragraph; one that ends in a backslash goes on in the next. Marks before its words say what it is:

    - a point of a list          ! a warning          > a sentence whose later lines are set in
    ## anchor: a heading         (nothing) an empty line, which stays one where lines are printed

Values come in by name, `{{ name }}`; numbers go through a filter of `sim.io.formatting`: `{{ change | signed(2) }}`. Sentences
that several texts need are macros, in files whose names end in `_words.txt`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, is_dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.io import formatting
from sim.io.terminal import bullet, entry, grouped_table, one_line, paragraph, shown, table

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).resolve().parents[1] / "report" / "templates"
FILTERS: tuple[Callable[..., str], ...] = (
    formatting.capital,
    formatting.counted,
    formatting.few_of,
    formatting.fixed,
    formatting.in_a_hundred,
    formatting.number,
    formatting.per_cent,
    formatting.readable,
    formatting.readable_change,
    formatting.share_words,
    formatting.signed,
    formatting.signed_number,
    formatting.years,
)
MARKS = re.compile(r"^(\s*)(-|!|>|##) ", flags=re.MULTILINE)
TERMS = re.compile(r"\*([^*\n]+)\*")
CONTINUED = re.compile(r"\\\n\s*")
# What stands for marks, terms and things in a text on the way; no value holds them, since control characters are written out.
MARK, TERM, THING = "\x01", "\x02", "\x03"
NAMES: dict[str, Any] = {}  # what texts call those who play a part in the region; filled by `sim.data.region`
NAMED = re.compile(r"<(\w+)>")  # one of them, in a file of wordings
TERM_SET_OFF = re.compile(f"{TERM}(.*?){TERM}")


@dataclass(frozen=True)
class Block:
    """A paragraph, point, warning or heading.

    mark  : "", "-", "!", ">" or "##"
    terms : words of it that it explains
    """

    text: str
    mark: str = ""
    terms: tuple[str, ...] = ()


class Verbatim(str):
    """Lines that are printed as they are."""

    __slots__ = ()


def blocks(name: str, /, **values: Any) -> Iterator[Any]:
    """The paragraphs of a template in order, and between them whatever a value that is neither text nor number stands for."""
    things: list[Any] = []
    template = _environment().get_template(name)
    for line in template.render(**values, things=things).removesuffix("\n").split("\n"):
        parts = line.split(THING)
        if len(parts) == 3 and not (parts[0] + parts[2]).strip():
            yield things[int(parts[1])]
            continue
        mark, _, text = line.lstrip().removeprefix(MARK).rpartition(MARK)
        yield Block(one_line(TERM_SET_OFF.sub(r"\1", text)), mark, tuple(TERM_SET_OFF.findall(text)))


def lines(name: str, /, **values: Any) -> Iterator[str]:
    """A template as lines for a terminal; `table`, `grouped_table`, `entry` and `paragraph` in it are those of `sim.io.terminal`."""
    layouts = {layout.__name__: _verbatim(layout) for layout in (table, grouped_table, entry, paragraph)}
    for block in blocks(name, verbatim=Verbatim, **layouts, **values):
        if not isinstance(block, Block):
            yield str(block)
        elif block.mark == "-":
            yield bullet(block.text)
        else:
            yield paragraph(block.text, hanging="    " if block.mark == ">" else None)


def _verbatim(layout: Callable[..., str]) -> Callable[..., Verbatim]:
    return lambda *arguments, **options: Verbatim(layout(*arguments, **options))


def points(name: str, /, **values: Any) -> tuple[str, ...]:
    """The texts of a template, without its empty lines."""
    return tuple(block.text for block in blocks(name, **values) if block.text)


def phrase(name: str, macro: str, /, *arguments: Any, **options: Any) -> str:
    """The text of a macro; line ends in it are spaces."""
    return one_line(getattr(_environment().get_template(name).module, macro)(*arguments, **options))


@cache
def wordings(name: str, /) -> Any:
    """What a YAML file of names and patterns holds."""
    import yaml

    return _named_throughout(yaml.safe_load((FOLDER / name).read_text(encoding="utf-8")))


def _named_throughout(held: Any) -> Any:
    """The same with the region's names in every text of it."""
    if isinstance(held, dict):
        return {key: _named_throughout(value) for key, value in held.items()}
    if isinstance(held, list):
        return [_named_throughout(value) for value in held]
    return with_names(held) if isinstance(held, str) else held


def with_names(text: str) -> str:
    """A text in which `<first>` and the like are what the region calls them."""
    return NAMED.sub(lambda found: str(NAMES.get(found[1], found[0])), text)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FunctionLoader, StrictUndefined, pass_context

    environment = Environment(
        loader=FunctionLoader(_source),
        undefined=StrictUndefined,
        autoescape=False,  # these are texts; a page escapes them when it is written
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=pass_context(_finalized),
    )
    environment.globals["region"] = NAMES
    environment.filters |= {function.__name__: function for function in FILTERS}
    return environment


def _source(name: str) -> str | None:
    """A template, in which no value can be taken for its marks and terms."""
    file = FOLDER / name
    if not file.is_file():
        return None
    text = CONTINUED.sub("", file.read_text(encoding="utf-8"))
    return TERMS.sub(rf"{TERM}\1{TERM}", MARKS.sub(rf"\1{MARK}\2{MARK}", text))


def _finalized(context: Any, value: Any) -> Any:
    """A value as it stands in a text: on one line; a thing that is no text keeps its place."""
    if isinstance(value, Verbatim) or is_dataclass(value):
        context["things"].append(value)
        return f"{THING}{len(context['things']) - 1}{THING}"
    text = one_line(str(value))
    return text if TERM in text or THING in text else shown(text)  # what a macro made may hold terms and things
