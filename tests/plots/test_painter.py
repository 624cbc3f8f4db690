"""Pictures drawn in a second process are those drawn in this one."""

import sys
from dataclasses import replace

import pytest

from sim.io.background import Background, BackgroundError
from sim.plots import painter
from sim.plots.painter import Painter, is_worth_it
from sim.plots.registry import plots_of
from sim.runs.run import run


@pytest.fixture(scope="module")
def short_run():
    """A run with all that a picture may show, of which some is known only after the answer."""
    return run("skydagger-delivery", members=64, until="2027Q4")


def files_of(painted: Painter, folder):
    painted.write(folder)
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_equal_pictures_have_equal_bytes_wherever_they_are_drawn(short_run, tmp_path):
    with Background() as other:
        far, near = Painter(("svg",), other), Painter(("svg",))
        for one in (far, near):
            one.paint_all("run", short_run)
        drawn = files_of(far, tmp_path / "far")
    assert drawn == files_of(near, tmp_path / "near")
    assert set(drawn) == {f"{plot.name}.svg" for plot in plots_of("run", short_run)}


def test_what_the_second_process_cannot_draw_is_drawn_in_this_one(short_run, tmp_path):
    class Broken:
        def submit(self, *_):
            return self

        def result(self):
            raise BackgroundError("has ended")

    far, near = Painter(("svg",), Broken()), Painter(("svg",))
    for one in (far, near):
        one.paint_all("run", short_run)
    assert files_of(far, tmp_path / "far") == files_of(near, tmp_path / "near")


def test_no_picture_is_asked_for_twice(short_run, tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(painter, "drawn", lambda names, *_: drawn.extend(names) or {})
    one = Painter(("svg",))
    one.paint_all("run", short_run)
    one.paint_all("run", short_run)
    assert len(drawn) == len(set(drawn)) == len(plots_of("run", short_run))


def test_without_formats_nothing_is_drawn(short_run, tmp_path, monkeypatch):
    monkeypatch.setattr(painter, "drawn", lambda *_: pytest.fail("drew"))
    one = Painter(())
    one.paint_all("run", short_run)
    one.write(tmp_path)
    assert not list(tmp_path.iterdir())


def test_pictures_drawn_before_all_is_known_are_those_drawn_after_it(short_run, tmp_path):
    early, late = Painter(("svg",)), Painter(("svg",))
    early.paint_all("run", replace(short_run, uncertainty=None, channels=None))
    early.paint_all("run", short_run)
    late.paint_all("run", short_run)
    assert files_of(early, tmp_path / "early") == files_of(late, tmp_path / "late")


@pytest.mark.parametrize(("threads", "cores", "is_loaded", "wanted"), [
    (None, 2, False, True), (1, 8, False, False), (None, 1, False, False), (None, 2, True, False),
])  # fmt: skip
def test_a_second_process_is_for_a_core_to_spare_and_a_start_that_pays(threads, cores, is_loaded, wanted, monkeypatch):
    monkeypatch.setattr(painter.os, "cpu_count", lambda: cores)
    monkeypatch.delitem(sys.modules, "matplotlib.figure", raising=False)
    if is_loaded:
        monkeypatch.setitem(sys.modules, "matplotlib.figure", sys)
    assert is_worth_it(threads) == wanted
