"""The digest of the equations tells models apart, and nothing else."""

import shutil
from pathlib import Path

import pytest

import sim
from sim.io.assets import OWN, data_file
from sim.io.errors import InputError
from sim.io.provenance import EQUATIONS, sources_digest


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the package, in which the digest looks."""
    package = shutil.copytree(Path(sim.__path__[0]), tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(sim, "__path__", [str(package)])
    return package


@pytest.mark.parametrize(
    "file", ["rules/spending.py", "engines/compiled/engine.py", "model/schedule.py", "data/tables.py"]
)
def test_another_equation_has_another_digest(copy, file):
    before = sources_digest()
    (copy / file).write_text((copy / file).read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert sources_digest() != before


def test_another_report_leaves_the_digest_as_it_is(copy):
    before = sources_digest()
    (copy / "report" / "trace.py").write_text("", encoding="utf-8")
    assert sources_digest() == before


def test_other_files_and_a_text_count_where_they_are_named(tmp_path):
    file = tmp_path / "parameters.yaml"
    file.write_text("a", encoding="utf-8")
    digests = {sources_digest(), sources_digest(EQUATIONS, [file]), sources_digest(salt="numpy 1")}
    assert len(digests) == 3


def test_a_folder_of_ones_own_stands_in_for_what_it_holds_and_for_nothing_else(tmp_path, monkeypatch):
    ours = data_file("seeds", "context.csv")
    (tmp_path / "seeds").mkdir()
    own = tmp_path / "seeds" / "context.csv"
    own.write_bytes(ours.read_bytes())
    monkeypatch.setenv(OWN, str(tmp_path))
    assert data_file("seeds", "context.csv") == own
    assert data_file("seeds", "actors.yaml").parent == ours.parent
    monkeypatch.setenv(OWN, str(tmp_path / "nothing"))
    with pytest.raises(InputError, match="ARMSRACE_DATA names this"):
        data_file("seeds", "context.csv")
