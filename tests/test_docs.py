"""The documentation says what the shipped fit says."""

from pathlib import Path

from sim.fit_report import report_markdown
from sim.fits import DEFAULT_FIT, fit_folder

ROOT = Path(__file__).parent.parent


def test_the_page_of_the_calibration_is_that_of_the_shipped_fit():
    written = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")
    assert written.strip() == report_markdown(fit_folder(DEFAULT_FIT)).strip()


def test_the_shipped_fit_is_small_enough_to_ship_and_large_enough_to_use():
    folder = fit_folder(DEFAULT_FIT)
    assert sum(file.stat().st_size for file in folder.iterdir()) < 3_000_000
