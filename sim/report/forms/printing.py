"""A report as PDF: the page, printed by a browser of this system."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from sim.analysis.output import sealed
from sim.io.errors import InputError, refusal
from sim.io.writing import temp_store

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
USUAL_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
    "C:/Program Files/Microsoft/Edge/Application/msedge.exe",
)
SECONDS = 120
BY_HAND = "open report.html in any browser and print it to a file"


def browsers() -> Iterator[str]:
    """Browsers of this system that can print without a window."""
    yield from (path for name in BROWSERS if (path := shutil.which(name)))
    yield from (place for place in USUAL_PLACES if Path(place).is_file())


def write_pdf(page: str, target: Path) -> None:
    """Print a page; InputError where no browser is found, or where it cannot print."""
    browser = next(browsers(), None)
    if browser is None:
        raise refusal("options", f"no Chrome, Chromium or Edge was found to print with; {BY_HAND}", "format")
    with temp_store() as folder:
        source, made = folder / "report.html", folder / "report.pdf"
        source.write_text(page, encoding="utf-8", newline="\n")
        command = [
            browser, "--headless", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={folder / 'profile'}",
            f"--print-to-pdf={made}", source.as_uri(),
        ]  # fmt: skip
        if not _prints(command, made) and not _prints([command[0], "--no-sandbox", *command[1:]], made):
            raise _failed(browser)
        target.write_bytes(sealed(made.read_bytes(), "pdf"))


def _prints(command: list[str], made: Path) -> bool:
    """Whether the browser leaves a file; one that runs as root, as in a container, does so without its sandbox only."""
    try:
        subprocess.run(command, check=False, capture_output=True, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return made.is_file()


def _failed(browser: str) -> InputError:
    return refusal("options", f"{browser} could not print the page; {BY_HAND}", "format")
