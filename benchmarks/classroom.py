"""The class page under load: `python benchmarks/classroom.py pupils` and `python benchmarks/classroom.py slider`.

pupils : thirty clients ask what pupils ask, each thinking between two questions, until 3,000 questions (or as many
         as are named) are answered; prints errors, quantiles of the time to an answer, and the server's memory by the minute
slider : a browser moves sliders and plays; prints the time from slider to picture, the answer's part of it, the time to
         the table below, and pictures a second. Needs playwright and chromium
"""

import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PORT = 8899
PUPILS, QUESTIONS = 30, 3000
THINKING = (2.0, 9.0)  # seconds between two questions of one pupil
SCENARIOS = ("skydagger-delivery", "dialogue-and-mediation", "serbian-drone-purchase")
LEVERS = {
    "reaction-serbia": (0, 0.1, 0.2, 0.6, 0.8, 1.2, 1.6),
    "deterrence": (0, 0.3, 0.5, 0.8, 1.2),
    "dialogue": (0.25, 0.5, 0.75, 1),
    "kfor": (1, 2, 3, 6, 8),
    "delivery-size": (0, 500, 1000, 2000, 8000, 16000),
}
FOLLOWED_BY = {"/api/change": ("/api/effects",)}  # what the page asks next by itself
MOVED_TOGETHER = (("reaction-serbia", "kfor"), ("dialogue", "delivery-size"))
PATIENCE = 120.0


def steps(seed: int) -> Iterator[int]:
    """Whole numbers without a pattern that matters, the same in every run."""
    number = seed + 12345
    while True:
        number = (1103515245 * number + 12345) % 2**31
        yield number >> 8


def question(draw: Iterator[int]) -> tuple[str, dict[str, object]]:
    """What a pupil asks next: mostly sliders, one or two of them moved, sometimes another run, theories or a race."""
    kind = next(draw) % 10
    scenario = SCENARIOS[next(draw) % 2] if kind > 6 else SCENARIOS[0]
    if kind == 9:
        return "/api/theories", {"scenario": scenario}
    if kind == 8:
        reaction = [next(draw) % 20 / 10, next(draw) % 20 / 10]
        return "/api/race", {"reaction": reaction, "fatigue": [1.0, 0.8], "grievance": [1.0, 2.0], "starts": [[3, 10]]}
    if kind == 7:
        return "/api/watch", {"scenario": scenario}
    names = [list(LEVERS)[next(draw) % len(LEVERS)] for _ in range(1 + next(draw) % 2)]
    return "/api/change", {
        "scenario": scenario,
        "levers": {name: LEVERS[name][next(draw) % len(LEVERS[name])] for name in names},
    }


def answered(path: str, body: dict[str, object] | None = None) -> tuple[int, int]:
    """Status and length of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=PATIENCE)
    try:
        if body is None:
            connection.request("GET", path)
        else:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, len(answer.read())
    finally:
        connection.close()


def is_ready() -> bool:
    """Whether the engine is loaded, as the page asks before all else."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=PATIENCE)
    try:
        connection.request("GET", "/api/ready")
        return bool(json.loads(connection.getresponse().read())["ready"])
    finally:
        connection.close()


def memory(process: int) -> float:
    """Resident memory of a process, MB; nan where it cannot be read."""
    try:
        pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        return float("nan")


def pupil(seed: int, count: int, taken: list[float], errors: list[str]) -> None:
    """One client: asks, thinks, asks again."""
    draw = steps(seed)
    for _ in range(count):
        time.sleep(THINKING[0] + (next(draw) % 1000) / 1000 * (THINKING[1] - THINKING[0]))
        asked, body = question(draw)
        for path in (asked, *FOLLOWED_BY.get(asked, ())):
            began = time.perf_counter()
            try:
                status, length = answered(path, body)
                if status != 200 or length < 100:
                    errors.append(f"{path} {status}")
            except OSError as error:
                errors.append(f"{path} {error}")
            taken.append(time.perf_counter() - began)


def pupils(process: int, questions: int) -> None:
    """The load of a class."""
    taken: list[float] = []
    errors: list[str] = []
    before = memory(process)
    began = time.perf_counter()
    threads = [
        threading.Thread(target=pupil, args=(number, questions // PUPILS, taken, errors)) for number in range(PUPILS)
    ]
    for one in threads:
        one.start()
    by_minute = []
    while any(one.is_alive() for one in threads):
        time.sleep(60)
        by_minute.append(f"{memory(process):.0f}")
    for one in threads:
        one.join()
    ordered = sorted(taken)
    print(
        f"{PUPILS} pupils, {len(taken)} questions in {time.perf_counter() - began:.0f} s, {len(errors)} errors {errors[:3]}"
    )
    high = ordered[int(0.95 * len(ordered))]
    print(f"seconds to an answer: median {statistics.median(taken):.3f}, 95 % {high:.3f}, most {ordered[-1]:.3f}")
    print(f"memory of the server, MB: {before:.0f} at the start, then by the minute {', '.join(by_minute)}")
    print(f"load of the machine: {os.getloadavg()}")


def walk(page: Any, pair: tuple[str, str]) -> Iterator[tuple[int, int]]:
    """Every place of two sliders once, one of them moved at a time, so that no answer is there beforehand."""
    slow, fast = (int(page.locator(f'[data-lever="{lever}"]').get_attribute("max")) + 1 for lever in pair)
    untouched = tuple(int(page.locator(f'[data-lever="{lever}"]').input_value()) for lever in pair)
    for place in range(slow):
        others = range(fast) if place % 2 == 0 else reversed(range(fast))
        yield from ((place, other) for other in others if (place, other) != untouched)


def move(page: Any, lever: str, place: int) -> None:
    """Move a slider to one of its places, and wait until picture and table are there."""
    count = page.evaluate("performance.getEntriesByName('slider to table').length")
    page.locator(f'[data-lever="{lever}"]').evaluate(
        "(range, place) => { range.value = place; range.dispatchEvent(new Event('input')); }", place
    )
    end = time.monotonic() + PATIENCE
    while page.evaluate("performance.getEntriesByName('slider to table').length") == count:
        if time.monotonic() > end:
            sys.exit("the page shows nothing")
        page.wait_for_timeout(50)


def spread(times: list[float]) -> str:
    """Median and the deciles at both ends."""
    ordered = sorted(times)
    low, high = (ordered[int(share * len(ordered))] for share in (0.1, 0.9))
    return f"median {statistics.median(ordered):.0f} ({low:.0f} to {high:.0f} in eight of ten) of {len(ordered)}"


def slider() -> None:
    """From slider to picture, and pictures a second, in a browser."""
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=os.environ.get("ARMSRACE_CHROMIUM", "/usr/bin/chromium"), args=flags
        )
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(f"http://127.0.0.1:{PORT}/#mode=change")
        page.wait_for_selector("#main[data-pictured]", timeout=PATIENCE * 1000)
        page.wait_for_timeout(2000)
        for pair in MOVED_TOGETHER:
            at = None
            for places in walk(page, pair):
                for lever, place, before in zip(pair, places, at or (None, None), strict=True):
                    if place != before:
                        move(page, lever, place)
                at = places
            page.get_by_role("button", name="All as untouched").click()
            page.wait_for_timeout(1000)
        for name in ("slider to picture", "slider to table"):
            times = page.evaluate(f"performance.getEntriesByName('{name}').map(one => one.duration)")
            print(f"{name}, ms: {spread(times)}")
        answers = page.evaluate(
            "performance.getEntriesByType('resource').filter(one => one.name.endsWith('/api/change')).map(one => one.duration)"
        )
        print(f"of that the answer, ms: {spread(answers)}")
        page.goto("about:blank")
        page.goto(f"http://127.0.0.1:{PORT}/#mode=watch&at=2022Q1")
        page.wait_for_selector("#player:not([hidden])", timeout=PATIENCE * 1000)
        page.get_by_role("button", name="Play", exact=True).click()
        page.evaluate("Player.frames = 0")
        page.wait_for_timeout(5000)
        print(f"playing: {page.evaluate('Player.frames') / 5:.0f} pictures a second")
        browser.close()
    print(f"load of the machine: {os.getloadavg()}")


def main() -> None:
    command = [sys.executable, "-m", "sim", "classroom", "--no-open", "--port", str(PORT)]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            while True:
                try:
                    answered("/")
                    break
                except OSError:
                    time.sleep(0.02)
            print(f"the page answers after {time.perf_counter() - began:.2f} s")
            while not is_ready():
                time.sleep(0.1)
            print(f"the engine is warm after {time.perf_counter() - began:.2f} s")
            slider() if "slider" in sys.argv else pupils(process.pid, int((*sys.argv[2:], QUESTIONS)[0]))
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
