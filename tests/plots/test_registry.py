"""A picture is one file: it is drawn and stands in the report with its title and words, and none has the words of another."""

import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest

import sim.plots
from sim.plots import registry
from sim.plots.registry import Plot, plots, plots_of
from sim.report import images
from sim.runs.run import run

ROOT = Path(__file__).parents[2]
NEW = '''
"""Military burden of Serbia."""

from sim.plots import style
from sim.plots.registry import Plot


def burden(run):
    made = style.frame("Burden", [], [], "", 3.0)
    made.panel(1.0, 0.0, 5.0, 2.0).plot(run.contrast("burden", "SRB").scenario.median)
    return made


PLOT = Plot("burden", "run", burden, "What a budget weighs", lambda run: "Serbia & its burden.", section="moves", place=35)
'''


@pytest.fixture
def newcomer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One file more among those of the pictures."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "burden.py").write_text(NEW, encoding="utf-8")
    monkeypatch.setattr(sim.plots, "__path__", [*sim.plots.__path__, str(tmp_path / "more")])
    plots.cache_clear()
    yield
    sys.modules.pop("sim.plots.burden")
    plots.cache_clear()


@pytest.mark.slow
@pytest.mark.usefixtures("newcomer")
def test_picture_in_a_new_file_is_drawn_and_stands_in_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {"relation", "burden", "risk"}  # drawing all takes its time
    some = {name: plot for name, plot in plots().items() if name in few}
    monkeypatch.setattr(registry, "plots", lambda: some)
    finished = run("baseline", members=2, until="2019Q4", out=tmp_path / "run")
    assert (tmp_path / "run" / "figures" / "burden.svg").is_file()
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert 'alt="Serbia &amp; its burden."' in page
    places = [page.index(f'alt="{escape(some[name].words(finished))}"') for name in ("relation", "burden", "risk")]
    assert places == sorted(places), "not in its place"


def test_every_picture_has_a_file_of_its_own() -> None:
    assert len(plots()) == sum("\nPLOT = " in file.read_text() for file in (ROOT / "sim" / "plots").glob("*.py")) > 10


def test_no_two_pictures_of_a_report_share_title_section_and_place() -> None:
    for of in registry.REPORTED:
        told = [plot for plot in plots().values() if plot.of == of]
        assert len({plot.title for plot in told}) == len({(plot.section, plot.place) for plot in told}) == len(told) > 0


@pytest.mark.parametrize("missing", ["title", "words", "section"])
def test_picture_of_a_report_without_its_words_is_refused(missing: str) -> None:
    told = {"title": "Burden", "words": str, "section": "moves"}
    del told[missing]
    with pytest.raises(ValueError, match='picture "burden" stands in a report: it needs a title, words and a section'):
        Plot("burden", "run", lambda run: run, **told)


def test_two_pictures_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    twin = Plot("overview", "forecast", lambda run: run)
    monkeypatch.setattr("sim.plots.spending.PLOT", twin)
    with pytest.raises(ValueError, match="two pictures have one name"):
        plots.__wrapped__()


def test_picture_that_names_no_section_of_the_report_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    stray = Plot("stray", "run", lambda run: run, "Stray", str, section="nowhere")
    monkeypatch.setattr(registry, "plots", lambda: {"stray": stray})
    with pytest.raises(
        LookupError, match='picture "stray" stands in the section "nowhere"; the report has moves or why'
    ):
        images.images("run", None, ("moves", "why"))


def test_picture_that_a_run_does_not_bear_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    never = Plot("never", "run", lambda run: run, "Never", str, section="moves", is_drawn=lambda _: False)
    monkeypatch.setattr(registry, "plots", lambda: {"never": never})
    assert plots_of("run", None) == ()
