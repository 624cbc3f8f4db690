"""Every number, event and rule names a source that `seeds/sources.yaml` knows, or says in a known word that it has none."""

import re
from pathlib import Path

import pytest

from sim.data import tables
from sim.data.tables import sources
from sim.io.errors import InputError
from sim.io.yaml_reader import read_yaml

ROOT = Path(__file__).parents[2]
YAML_FILES = sorted(
    [*(ROOT / "calibration").glob("*.yaml"), *(ROOT / "scenarios").glob("*.yaml"), ROOT / "seeds/published.yaml"]
)
PYTHON_FILES = sorted((ROOT / "sim").rglob("*.py"))

# What a rule rests on when it rests on no publication: the beginning of its source line.
WITHOUT_SOURCE = (
    "Poisson process",
    "definition",
    "exact arithmetic",
    "exact transition of an Ornstein-Uhlenbeck process",
    "exponential decay",
    "geometric random walk",
    "model",
    "moments of an Ornstein-Uhlenbeck process",
    "multinomial logit",
    "perpetual inventory",
    "random walk",
    "solution of dx/dt",
)
OTHER_DOCUMENTS = {"outside"}  # what a moment rests on that rests on no document: rows of context.csv
FREE = re.compile(r"[A-Z][\w&. ]+ \([0-9]{4}\)")  # a classic quoted by its authors and year
KEY = re.compile(r"[a-z]+(?:-[a-z]+)*-?[0-9]{4}\b|[a-z]+(?:-[a-z]+)+")
DOCUMENT = re.compile(r"\bdocuments? ([0-9]{3}(?:(?:, | and )[0-9]{3})*)")


def keys_in(data):
    """What stands under `source` or `document`, wherever in a file."""
    if isinstance(data, dict):
        for name, value in data.items():
            if name in ("source", "document") and isinstance(value, str):
                yield from value.split(";")
            else:
                yield from keys_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from keys_in(value)


def source_lines(file):
    """What stands behind `Source:` and `Source throughout:` in the docstrings of a file."""
    return re.findall(
        r"^ *(?:\"{3})?(?:.*\. )?Source(?: throughout)?: (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE
    )


def cited(text):
    """Keys and documents that a source line names; the first word, where it is no known word and no classic."""
    documents = [number for found in DOCUMENT.findall(text) for number in re.findall(r"[0-9]{3}", found)]
    if text.startswith(WITHOUT_SOURCE) or FREE.match(text):
        return documents
    first = KEY.match(text)
    return [first[0] if first else text, *re.findall(r"\b[a-z-]+[0-9]{4}\b", text)[1:], *documents]


@pytest.mark.parametrize("file", YAML_FILES, ids=lambda file: file.stem)
def test_every_source_in_a_data_file_is_known(file):
    assert [key for key in keys_in(read_yaml(file).data) if key not in sources() and key not in OTHER_DOCUMENTS] == []


@pytest.mark.parametrize("file", PYTHON_FILES, ids=lambda file: file.stem)
def test_every_source_of_a_rule_is_known_or_said_to_be_none(file):
    assert [line for line in source_lines(file) if not set(cited(line)) <= set(sources())] == []


def test_source_lines_are_read_as_meant():
    assert cited("freebsd-msun, e_exp.c.") == ["freebsd-msun"]
    assert cited("nordhaus2012, one point") == ["nordhaus2012"]
    assert cited("hultman-kathman-shannon, deaths") == ["hultman-kathman-shannon"]
    assert cited('model; the "golden age", documents 001 and 002.') == ["001", "002"]
    assert cited("somebody1999") == ["somebody1999"]
    assert cited("delmoral2006, pinski2015.") == ["delmoral2006", "pinski2015"]
    assert cited("Somebody said so") == ["Somebody said so"]
    assert len([line for file in PYTHON_FILES for line in source_lines(file)]) > 60


def test_remembered_sources_say_so():
    for key in ("nato-vilnius2023", "wichura1988", "salmon2011", "freebsd-msun", "georgiou1996", "abramowitz-stegun"):
        assert "memory" in sources()[key]["note"]


@pytest.mark.parametrize("text", [None, "", "n/a", "0", "nan"])
def test_a_figure_that_every_simulation_needs_is_missed_by_name(text, monkeypatch):
    rows = {name: row for name, row in tables.rows_by_id("context").items() if name != "milex-SRB-2020"}
    if text is not None:
        rows["milex-SRB-2020"] = {"value": text}
    monkeypatch.setattr(tables, "rows_by_id", lambda _: rows)
    with pytest.raises(
        InputError, match=r"context\.csv: 1 problem\n\s+milex-SRB-2020\s+every simulation needs it"
    ) as caught:
        tables.observed_paths.__wrapped__()
    assert ("no such row" if text is None else f'"{text}" is no positive number') in str(caught.value)
