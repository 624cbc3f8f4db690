"""The class page and the report in a real browser, with every host but this machine's own blocked.

The browser is the system's chromium, driven by playwright (`pip install -e ".[browser]"`). Where either is missing the tests are
skipped; where `ARMSRACE_CHROMIUM` names the browser it must work, and nothing is skipped. The audit of accessibility is
axe-core's, from a package of the same extra.
"""

import csv
import importlib
import json
import os
import re
import shutil
import threading
import time
from functools import partial
from importlib.resources import files

import pytest

from sim.classroom import engine_cache, routes, server, static_page
from sim.classroom.initial_payload import start
from sim.classroom.page import words
from sim.cli.main import main
from sim.plots import registry
from sim.scenario.loading import load_scenario

NAMED = os.environ.get("ARMSRACE_CHROMIUM")
CHROMIUM = (shutil.which("chromium") or shutil.which("chromium-browser")) if NAMED is None else NAMED
found = (
    importlib.import_module
    if NAMED
    else partial(pytest.importorskip, reason="no browser driver here: pip install -e '.[browser]'")
)
playwright, axe = found("playwright.sync_api"), found("axe_playwright_python")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium here: install it, or let ARMSRACE_CHROMIUM name one"),
]

FLAGS = (
    "--no-sandbox --disable-dev-shm-usage --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PATIENCE = 60.0  # seconds, for a machine that does other things too
PROJECTOR, OLD_PROJECTOR, PHONE = (1366, 768), (1024, 768), (390, 844)
FIRST = "skydagger-delivery"
PLAYED = "turns=TUR:arm-pristina,SRB:talk,XKX:talk,EU:mediate"
VIEWS = {
    "watch": "mode=watch",
    "difference": "mode=watch&view=change&at=2026Q4",
    "change": "mode=change&lever.deterrence=0.8",
    "understand": "mode=understand&starts=3,10;15,2",
    "theories": "mode=theories",
    "teams": f"mode=teams&{PLAYED}",
    "lessons": "mode=lessons",
    "lesson": "mode=watch&lesson=skydagger-delivery&step=1",
}
SMALL_TYPE = """() => [...document.querySelectorAll('body *')].filter(one => one.getClientRects().length
  && [...one.childNodes].some(part => part.nodeType === 3 && part.textContent.trim())
  && parseFloat(getComputedStyle(one).fontSize) < 18).map(one => one.outerHTML.slice(0, 80))"""


MEMBERS = 16  # worlds of a run: what is tried here is the page, not the model


@pytest.fixture(scope="module", autouse=True)
def quick():
    """Runs of few worlds, and none that another test has left."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(engine_cache, "MEMBERS", MEMBERS)
        patched.setattr(engine_cache, "_worlds", engine_cache.LruCache(engine_cache.WORLDS_KEPT))
        patched.setattr(routes, "_answers", engine_cache.LruCache(routes.ANSWERS_KEPT))
        yield


@pytest.fixture(scope="module")
def address(quick):
    made = server.Classroom("127.0.0.1", 0)
    threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield made.address
    made.shutdown()
    made.server_close()


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def tab(browser):
    """Opens pages, and fails the test if one of them complains or asks for anything outside this machine."""
    contexts, complaints, outside = [], [], []

    def opened(url, size=PROJECTOR, **options):
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        context.set_default_timeout(1000 * PATIENCE)
        contexts.append(context)
        page = context.new_page()

        def route(call):
            own = call.request.url.startswith(("http://127.0.0.1:", "file://", "data:", "blob:"))
            if not own:
                outside.append(call.request.url)
            call.continue_() if own else call.abort()

        page.route("**/*", route)
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog {dialog.message}") or dialog.dismiss())
        page.goto(url)
        return page

    opened.forgiven = ""  # a complaint that a test provokes
    yield opened
    for context in contexts:
        context.close()
    assert [text for text in complaints if not opened.forgiven or opened.forgiven not in text] == []
    assert outside == []


def until(page, condition, patience=PATIENCE):
    """Wait until an expression holds; asked from outside, since the page's policy lets no text be run inside."""
    end = time.monotonic() + patience
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        page.wait_for_timeout(40)


def ready(page):
    """Wait until the page shows what its mode opens with."""
    page.wait_for_selector("#main:not([aria-busy])")
    return page


def date(page):
    return page.locator("#date").inner_text().split()[0]


# ---- every mode ------------------------------------------------------------------------------------------------------


AUDIT = "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"


def violations(page):
    """What axe-core finds wrong, each with the first element that it names."""
    page.evaluate(files(axe).joinpath("axe.min.js").read_text(encoding="utf-8"))
    return [(one["id"], one["nodes"][0]["html"][:100]) for one in page.evaluate(AUDIT)["violations"]]


@pytest.mark.parametrize("view", VIEWS)
def test_every_mode_is_readable_fits_every_screen_and_bars_nobody(tab, address, view):
    page = ready(tab(f"{address}#{VIEWS[view]}", bypass_csp=True))
    for width, height in (PROJECTOR, OLD_PROJECTOR, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(50)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(SMALL_TYPE) == []
    page.set_viewport_size({"width": PROJECTOR[0], "height": PROJECTOR[1]})
    assert not page.locator("#notice .error").count()
    assert violations(page) == []


def test_modes_are_reached_by_their_number(tab, address):
    page = ready(tab(address))
    for number in "234561":
        page.keyboard.press(number)
        ready(page)
        assert page.locator("nav button[aria-current=page]").inner_text().startswith(number)


def test_all_controls_are_reached_with_the_tab_key(tab, address):
    page = ready(tab(f"{address}#mode=change"))
    wanted = page.evaluate(
        "document.querySelectorAll('button:not([disabled]), select, input:not([disabled]), summary').length"
    )
    reached = set()
    for _ in range(wanted + 15):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("(document.activeElement.dataset.mark ??= String(Math.random()))"))
    assert len(reached) >= wanted


# ---- watch -----------------------------------------------------------------------------------------------------------


def test_run_is_played_paused_stepped_scrubbed_and_rewound_with_the_date_in_sight(tab, address):
    page = ready(tab(f"{address}#mode=watch&at=2024Q1"))
    assert date(page) == "2024Q1"
    page.get_by_role("button", name="Play", exact=True).click()
    until(page, "State.at > '2025Q1'")
    page.get_by_role("button", name="Pause", exact=True).click()
    stopped = date(page)
    page.wait_for_timeout(300)
    assert date(page) == stopped
    page.get_by_role("button", name="Step on").click()
    assert date(page) > stopped
    page.get_by_role("button", name="Step back").click()
    assert date(page) == stopped
    page.get_by_role("slider", name="Date").focus()
    page.keyboard.press("End")
    assert date(page) == "2035Q4"
    page.get_by_role("button", name="Rewind").click()
    assert date(page) == "2022Q1"
    assert page.locator("#date").bounding_box()["y"] < PROJECTOR[1]


def test_letters_step_and_rewind(tab, address):
    page = ready(tab(f"{address}#mode=watch&at=2024Q1"))
    page.keyboard.press(".")
    assert date(page) == "2024Q2"
    page.keyboard.press(",")
    page.keyboard.press("n")  # of the record or of the scenario, whatever is listed
    assert date(page) == "2024Q2"
    page.get_by_label("Cover the future").focus()
    page.keyboard.press(".")
    assert date(page) == "2024Q3"  # nothing is typed into a tick box
    page.keyboard.press("r")
    assert date(page) == "2022Q1"


def test_playing_shows_twenty_pictures_a_second(tab, address):
    page = ready(tab(f"{address}#mode=watch&at=2022Q1"))
    best = 0
    for _ in range(5):  # the best second: what the page can do, whatever else the machine does
        page.evaluate("Player.go(Player.first); Player.play(); Player.frames = 0")
        page.wait_for_timeout(1000)
        best = max(best, page.evaluate("Player.frames"))
        page.evaluate("Player.pause()")
        if best >= 20:
            break
    assert best >= 20


def test_reduced_motion_moves_by_whole_quarters(tab, address):
    page = ready(tab(f"{address}#mode=watch&at=2022Q1", reduced_motion="reduce"))
    seen = page.evaluate(
        "async () => { const seen = []; const go = Player.go.bind(Player); Player.go = (to) => { seen.push(to); go(to); };"
        " Player.play(); await new Promise(done => setTimeout(done, 1100)); Player.pause(); return seen; }"
    )
    assert len(seen) > 3
    assert all(float(one).is_integer() for one in seen)


def test_later_quarters_are_covered_when_asked(tab, address):
    page = ready(tab(f"{address}#mode=watch&at=2025Q3"))
    delivery = page.locator(".events li", has_text="delivery: Türkiye to Kosovo, one-way drones")
    assert delivery.is_visible()
    page.get_by_label("Cover the future").check()
    assert not delivery.is_visible()
    page.keyboard.press("Escape")
    page.locator("#main").focus()
    page.keyboard.press(".")
    assert delivery.is_visible()
    assert "document 002, paragraph 2" in delivery.inner_text()
    assert delivery.locator(".tag").inner_text() == "on record"


def test_another_scenario_and_another_theory_are_shown(tab, address):
    page = ready(tab(address))
    page.get_by_label("Scenario").select_option("dialogue-and-mediation")
    until(page, "document.querySelector('#main details summary').textContent.includes('dialogue')")
    with page.expect_response("**/api/watch") as got:
        page.get_by_label("Theory").select_option("spiral")
    assert json.loads(got.value.request.post_data)["theory"] == "spiral"


def test_comparison_is_chosen_and_explained_and_forgotten_with_the_scenario(tab, address):
    page = ready(tab(f"{address}#mode=watch&scenario=serbian-drone-purchase&at=2026Q4"))
    with page.expect_response("**/api/watch") as got:
        page.get_by_label("compared with", exact=True).select_option("baseline")
    assert json.loads(got.value.request.post_data)["compare"] == "baseline"
    until(page, "location.hash.includes('compare=baseline') && document.activeElement.matches('.legend select')")
    page.emulate_media(media="print")
    assert page.locator(".legend .on-paper").inner_text().startswith("The documented history")
    page.emulate_media(media="screen")
    with page.expect_response("**/api/why") as got:
        page.get_by_role("button", name="against what it is compared with").click()
    assert json.loads(got.value.request.post_data)["against"] == "baseline"
    page.get_by_text("against “The documented history to October 2025").wait_for()
    with page.expect_response("**/api/watch") as got:
        page.get_by_label("Scenario").select_option("kfor-surge")
    assert "compare" not in json.loads(got.value.request.post_data)


def test_nothing_old_stands_under_a_new_title_while_the_model_is_at_work(tab, address):
    page = ready(tab(address))
    chart = page.locator("figure[data-panel=tension]")
    assert chart.is_visible()
    page.route("**/api/watch", lambda call: page.wait_for_timeout(900) or call.continue_())
    page.get_by_label("Scenario").select_option("kfor-surge")
    until(page, "document.getElementById('main').classList.contains('waiting')")
    assert not chart.is_visible()
    page.get_by_label("Show", exact=True).select_option("change")
    page.locator("#notice", has_text=words()["working"]).wait_for()
    until(page, "!document.getElementById('main').classList.contains('waiting')")
    assert chart.is_visible()
    assert not page.locator("#notice", has_text=words()["working"]).count()


# ---- change ----------------------------------------------------------------------------------------------------------


def test_slider_redraws_the_run_and_keeps_the_date(tab, address):
    page = ready(tab(f"{address}#mode=change&at=2027Q2"))
    page.wait_for_selector("#main[data-pictured]")
    before = page.locator("figure[data-panel=hazard] .sentence").inner_text()
    slider = page.get_by_role("slider", name="Deterrence: how much either side's arms lower the risk")
    slider.focus()
    page.keyboard.press("End")
    until(page, "JSON.parse(document.getElementById('main').dataset.pictured).deterrence === 1.2")
    assert page.locator("figure[data-panel=hazard] .sentence").inner_text() != before
    assert date(page) == "2027Q2"
    assert slider.get_attribute("aria-valuetext") == "1.2"
    page.wait_for_selector("[data-panel=effects]:not([aria-busy]) tbody")
    assert page.locator("[data-panel=effects] tbody tr").count() >= 8


def test_slider_that_is_dragged_ends_on_its_last_place(tab, address):
    page = ready(tab(f"{address}#mode=change"))
    page.wait_for_selector("#main[data-pictured]")
    page.get_by_role("slider", name="Number of munitions").focus()
    page.keyboard.press("Home")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    until(page, "JSON.parse(document.getElementById('main').dataset.pictured)['delivery-size'] === 16000")
    page.get_by_role("button", name="All as untouched").click()
    until(page, "document.getElementById('main').dataset.pictured === '{}'")


def test_every_slider_shows_unit_source_and_status(tab, address):
    page = ready(tab(f"{address}#mode=change"))
    for lever in page.locator(".lever").all():
        assert lever.locator(".word").inner_text() in ("pinned", "bounded", "assumed")
        lever.locator("summary").click()
        assert "Unit:" in lever.inner_text()


# ---- understand, theories --------------------------------------------------------------------------------------------


def test_click_starts_a_line_and_the_words_follow_the_sliders(tab, address):
    page = ready(tab(f"{address}#mode=understand"))
    assert "Stable" in page.locator(".verdict").inner_text()
    assert page.locator("[data-panel=words]").inner_text().endswith("The lines cross at A 4.0, B 4.0.")
    page.locator(".plane").click(position={"x": 400, "y": 100})
    until(page, "State.starts.length === 1 && document.querySelectorAll('.stage li').length === 1")
    page.get_by_label("Start: A").fill("1")
    page.get_by_role("button", name="Start here").click()
    until(page, "document.querySelectorAll('.stage li').length === 2")
    page.get_by_role("button", name="They run away").click()
    until(page, "document.querySelector('.verdict').textContent.includes('Runaway')")
    page.get_by_role("slider", name="Reaction of A").focus()
    page.keyboard.press("Home")
    until(page, "document.querySelector('.verdict').textContent.includes('Stable')")
    page.wait_for_selector(".bars")


def test_any_point_of_a_line_can_be_asked_why_it_moved(tab, address):
    page = ready(tab(f"{address}#mode=understand"))
    page.get_by_label("At the date below, explain").select_option("attitude.SRB.TUR")
    line = page.locator("figure[data-panel=why] svg").first
    box = line.bounding_box()
    with page.expect_response("**/api/why") as got:
        line.click(position={"x": 0.4 * box["width"], "y": 60})
    page.locator("section[data-panel=why] .bars").wait_for()
    asked = json.loads(got.value.request.post_data)
    assert (asked["variable"], asked["quarter"]) == ("attitude", date(page))
    assert "Serbia's attitude to Türkiye" in page.locator("section[data-panel=why]").inner_text()


def test_three_theories_stand_side_by_side_on_one_scale(tab, address):
    page = ready(tab(f"{address}#mode=theories"))
    page.wait_for_selector(".thirds > section")
    columns = page.locator(".thirds > section")
    assert columns.count() == 3
    tops = {round(one.locator("figure").nth(1).bounding_box()["y"]) for one in columns.all()}
    assert len(tops) == 1
    scales = [one.locator("figure").nth(1).locator("svg text").all_inner_texts() for one in columns.all()]
    assert scales[0] == scales[1] == scales[2]


# ---- teams -----------------------------------------------------------------------------------------------------------


def play_turn(page, **policies):
    if page.locator("#open-turn").count():
        page.locator("#open-turn").click()
    for team, policy in policies.items():
        page.locator("fieldset", has=page.locator("legend", has_text=team)).get_by_label(policy).check()
    with page.expect_response("**/api/game"):
        page.locator("#play-turn").click()


def test_class_plays_to_the_end_saves_loads_and_replays(tab, address, tmp_path):
    page = ready(tab(f"{address}#mode=teams"))
    page.get_by_label("The patron is").select_option("RUS")
    page.locator("fieldset", has=page.locator("legend", has_text="Ankara")).get_by_label("Our aim").fill("<b>peace</b>")
    play_turn(page, Ankara="Deliver 2,000 more", Belgrade="Come to the table", Moscow="Visit Belgrade")
    page.get_by_text("Belgrade: “Come to the table” found no partner").wait_for()
    assert not page.locator("#play-turn").count()  # the answer is read first
    play_turn(page, Belgrade="Come to the table", Pristina="Come to the table")
    page.get_by_text("The model's answer, 2027Q4").wait_for()
    assert not page.get_by_text("found no partner").count()
    for _ in range(3):
        play_turn(page)
    page.get_by_role("heading", name="the path of the class and what would have been").wait_for()
    assert page.get_by_text("Ankara: <b>peace</b>").count()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the game").click()
    record = tmp_path / "game.json"
    saved.value.save_as(record)
    told = json.loads(record.read_text())
    assert [turn["TUR"] for turn in told["turns"]] == ["arm-pristina", *["wait"] * 4]
    assert told["aims"] == {"TUR": "<b>peace</b>"}
    with page.expect_download() as file:
        page.get_by_role("button", name="Save as scenario").click()
    file.value.save_as(tmp_path / "game.yaml")
    assert load_scenario(tmp_path / "game.yaml").compare_to == "skydagger-delivery"
    other = ready(tab(f"{address}#mode=teams"))
    other.get_by_label("Open a saved game:").set_input_files(record)
    other.get_by_role("heading", name="the path of the class and what would have been").wait_for()
    other.get_by_role("button", name="Replay turn by turn").click()
    other.get_by_text("Replay: 0 of 5 turns").wait_for()
    other.get_by_role("button", name="Turn after").click()
    other.get_by_text("Replay: 1 of 5 turns").wait_for()
    other.get_by_text("found no partner").wait_for()


def test_new_game_can_be_taken_back(tab, address):
    page = ready(tab(f"{address}#mode=teams&{PLAYED}"))
    page.get_by_role("button", name="New game").click()
    page.get_by_role("heading", name="Turn 1 of 5").wait_for()
    page.get_by_role("button", name="Bring back the game put away").click()
    page.get_by_text("The model's answer, 2026Q4").wait_for()
    assert page.evaluate("State.turns[0].TUR") == "arm-pristina"


def test_opening_a_game_puts_away_the_one_in_play_even_over_a_reload(tab, address, tmp_path):
    file = tmp_path / "game.json"
    turns = [dict.fromkeys(("TUR", "SRB", "XKX", "USA"), "wait")]
    file.write_text(json.dumps({"format": "armsrace game 1", "patron": "USA", "turns": turns}), encoding="utf-8")
    page = ready(tab(f"{address}#mode=teams&{PLAYED}"))
    with page.expect_event("load"):  # before anything else can happen
        page.get_by_role("button", name="New game").evaluate("(button) => { button.click(); location.reload(); }")
    ready(page)
    assert page.evaluate("State.turns") == []
    page.get_by_label("Open a saved game:").set_input_files(file)
    page.locator("#notice", has_text="played with other simulations").wait_for()
    page.reload()
    ready(page)
    page.get_by_role("button", name="Bring back the game put away").click()
    until(page, "State.turns[0].TUR === 'arm-pristina'")
    page.get_by_role("button", name="Bring back the game put away").click()  # the two change places
    until(page, "State.turns[0].USA === 'wait'")


def test_game_that_was_put_away_under_other_rules_is_left_out(tab, address):
    page = ready(tab(f"{address}#mode=teams"))
    page.evaluate("sessionStorage.setItem(PUT_AWAY, JSON.stringify([{patron: 'ZZZ', turns: [], aims: {}}, 7]))")
    page.reload()
    ready(page)
    assert page.locator("#play-turn").is_visible()
    assert not page.get_by_role("button", name="Bring back").count()


def test_taking_back_keeps_one_copy_of_a_game_and_what_was_chosen(tab, address):
    page = ready(tab(f"{address}#mode=teams&{PLAYED}"))
    page.get_by_role("button", name="New game").click()
    page.locator("#play-turn").wait_for()
    for _ in range(3):
        play_turn(page, Belgrade="Buy armed drones from China")
    for left in (2, 1, 0):
        with page.expect_response("**/api/game"):
            page.get_by_role("button", name="Take back a turn").click()
        until(page, f"State.turns.length === {left}")
    assert page.evaluate("gamesPutAway().map((game) => game.turns.length)") == [1, 3]
    belgrade = page.locator("fieldset", has=page.locator("legend", has_text="Belgrade"))
    assert belgrade.get_by_label("Buy armed drones from China").is_checked()
    play_turn(page)
    page.locator("#open-turn").click()
    assert belgrade.get_by_label("Buy armed drones from China").is_checked()


def test_focus_goes_where_the_answer_is(tab, address):
    page = ready(tab(f"{address}#mode=teams"))
    page.locator("#play-turn").press("Enter")
    until(page, "document.activeElement.id === 'answer'")
    page.locator("#open-turn").press("Enter")
    until(page, "document.activeElement.id === 'turn'")


def test_what_was_chosen_but_not_sent_is_kept_when_the_page_is_left(tab, address):
    page = ready(tab(f"{address}#mode=teams"))
    belgrade = page.locator("fieldset", has=page.locator("legend", has_text="Belgrade"))
    belgrade.get_by_label("Buy armed drones from China").check()
    page.keyboard.press("1")
    ready(page)
    page.keyboard.press("5")
    ready(page)
    assert belgrade.get_by_label("Buy armed drones from China").is_checked()


def test_file_that_is_no_game_is_refused_in_words(tab, address, tmp_path):
    page = ready(tab(f"{address}#mode=teams"))
    file = tmp_path / "bad.json"
    for content in ("no JSON", '{"format": "armsrace game 1", "patron": "EU", "turns": [{"TUR": 1}]}', '{"turns": []}'):
        file.write_text(content, encoding="utf-8")
        page.evaluate("say('')")
        page.get_by_label("Open a saved game:").set_input_files([])
        page.get_by_label("Open a saved game:").set_input_files(file)
        page.locator("#notice", has_text=words()["not_a_game"]).wait_for()


# ---- lessons ---------------------------------------------------------------------------------------------------------


def test_lesson_leads_through_its_steps_and_reveals_panel_by_panel(tab, address):
    page = ready(tab(f"{address}#mode=lessons"))
    lesson = page.locator("section.stage", has_text="The Skydagger delivery")
    lesson.get_by_role("button", name="Start:").click()
    page.wait_for_selector("figure[data-panel=map] svg line")
    assert not page.locator("figure[data-panel=tension]").is_visible()
    page.get_by_role("button", name="Next", exact=True).click()
    page.locator("figure[data-panel=tension] svg path").first.wait_for()
    assert not page.locator("figure[data-panel=hazard]").is_visible()
    assert page.locator("#lesson-title").inner_text().startswith("2/6")
    assert not page.locator("header").is_visible()
    page.get_by_role("button", name="Fold the text").click()
    assert not page.locator("#said").is_visible()
    page.get_by_role("button", name="Leave the lesson").click()
    page.locator("figure[data-panel=hazard] svg path").first.wait_for()


def test_covered_future_is_covered_in_the_table_and_the_file_too(tab, address, tmp_path):
    page = ready(tab(f"{address}#mode=watch&at=2025Q3&hide=1"))
    chart = page.locator("figure[data-panel=tension]")
    chart.get_by_role("button", name="Table and CSV").click()
    assert chart.locator("tbody th").last.inner_text() == "2025Q3"
    page.locator("#main").focus()
    page.keyboard.press(".")
    assert chart.locator("tbody th").last.inner_text() == "2025Q4"
    with page.expect_download() as saved:
        chart.get_by_role("button", name="Save as CSV").click()
    saved.value.save_as(tmp_path / "tension.csv")
    assert (tmp_path / "tension.csv").read_text().splitlines()[-1].startswith("2025Q4")


def test_time_of_a_step_ends_where_the_step_says(tab, address):
    page = ready(tab(f"{address}#mode=lessons"))
    page.get_by_role("button", name="Start: The Skydagger delivery").click()
    ready(page)
    for _ in range(3):
        page.keyboard.press(".")
    page.keyboard.press("n")
    assert date(page) == "2025Q3"
    page.keyboard.press("2")  # a lesson's steps choose what to do
    page.wait_for_timeout(200)
    assert page.evaluate("State.mode") == "watch"


def test_late_answer_of_a_step_that_was_left_changes_nothing(tab, address):
    page = ready(tab(f"{address}#mode=understand&lesson=what-is-an-arms-race&step=2&race=1.2,1.2,0.9,0.9,0.5,0.5"))
    assert "Runaway" in page.locator(".verdict").inner_text()
    held = []
    page.route("**/api/race", lambda call: held.append(call) if not held else call.continue_())
    page.get_by_role("slider", name="Reaction of A").press("End")
    until(page, "true")
    page.get_by_role("button", name="Next", exact=True).click()
    until(page, "document.querySelector('.verdict')?.textContent.includes('Settles at nothing')")
    held[0].continue_()
    page.wait_for_timeout(400)
    assert "Settles at nothing" in page.locator(".verdict").inner_text()


def test_answer_about_another_point_is_not_shown_under_this_one(tab, address):
    page = ready(tab(f"{address}#mode=watch&at=2026Q4"))
    held = []
    page.route("**/api/why", lambda call: held.append(call) if not held else call.continue_())
    page.get_by_role("button", name="since a year before").click()
    until(page, "Watch.why.request !== undefined")
    page.get_by_label("At the date below, explain").select_option("tension.SRB.XKX")
    page.get_by_role("button", name="since a year before").click()
    page.get_by_text("Tension between Serbia and Kosovo").wait_for()
    with page.expect_response("**/api/why"):
        held[0].continue_()
    page.wait_for_timeout(200)
    assert page.locator("section[data-panel=why] p", has_text="military spending").count() == 0


def every_step_of_every_lesson_is_shown(page):
    for lesson in start()["lessons"]:
        for number in range(len(lesson["steps"])):
            page.evaluate("([id, number]) => { State.lesson = id; goToStep(number); }", [lesson["id"], number])
            ready(page)
            assert page.locator("#lesson-title").inner_text().startswith(f"{number + 1}/")
            assert not page.locator("#notice .error").count(), (lesson["id"], number)


def test_every_step_of_every_lesson_can_be_shown(tab, address):
    every_step_of_every_lesson_is_shown(ready(tab(f"{address}#mode=lessons")))


def test_teachers_page_prints_on_one_sheet(tab, address):
    page = ready(tab(f"{address}#mode=lessons"))
    for number in range(len(start()["lessons"])):
        page.get_by_role("button", name="Teacher's page:").nth(number).click()
        sheet = page.pdf(format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "12mm"))
        assert len(re.findall(rb"/Type /Page\b", sheet)) == 1
        page.get_by_role("button", name="All lessons").click()


# ---- keep ------------------------------------------------------------------------------------------------------------


def test_address_brings_the_page_back(tab, address):
    page = ready(tab(f"{address}#mode=change&at=2027Q2"))
    page.wait_for_selector("#main[data-pictured]")
    page.get_by_role("slider", name="Strength of KFOR").focus()
    page.keyboard.press("Home")
    until(page, "location.hash.includes('lever.kfor=1')")
    again = ready(tab(page.url))
    until(again, "JSON.parse(document.getElementById('main').dataset.pictured || '{}').kfor === 1")
    assert date(again) == "2027Q2"


def test_saved_scenario_of_the_page_is_a_scenario_file(tab, address, tmp_path):
    page = ready(tab(f"{address}#mode=change&lever.kfor=8&lever.deterrence=0.5"))
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as scenario").click()
    saved.value.save_as(tmp_path / "class.yaml")
    scenario = load_scenario(tmp_path / "class.yaml")
    assert scenario.parameters["deterrence"] == 0.5
    assert any(event.id == "class-kfor" for event in scenario.events)


def test_table_and_csv_hold_the_numbers_of_the_chart(tab, address, tmp_path):
    page = ready(tab(f"{address}#mode=watch"))
    chart = page.locator("figure[data-panel=tension]")
    chart.get_by_role("button", name="Table and CSV").click()
    chart.locator("tbody").wait_for()
    assert chart.locator("tbody tr").count() == 56
    with page.expect_download() as saved:
        chart.get_by_role("button", name="Save as CSV").click()
    saved.value.save_as(tmp_path / "tension.csv")
    rows = list(csv.DictReader((tmp_path / "tension.csv").read_text().splitlines()[1:]))
    assert len(rows) == 72
    assert {"q05", "q50", "q95", "compared_q50", "change_q50", "share_higher"} <= set(rows[0])


HOSTILE = (
    "mode=<script>alert(1)</script>&scenario=%3Cimg src=x onerror=alert(1)%3E",
    "mode=change&lever.deterrence=1e999&lever.<b>=2&at=9999Q9",
    "mode=teams&turns=TUR:<svg onload=alert(1)>,SRB:x;;;",
    "mode=understand&race=1,2,NaN,4,5,1e400&starts=a,b;1",
    "mode=watch&lesson=skydagger-delivery&step=99999",
    "mode=teams&patron=SRB&turns=constructor:wait",
)


def test_hostile_addresses_open_a_plain_page(tab, address):
    page = tab("about:blank")
    for fragment in HOSTILE:
        page.goto("about:blank")
        page.goto(f"{address}#{fragment}")
        ready(page)
        assert page.locator("nav button[aria-current=page]").count() == 1
        assert not page.locator("#notice .error").count()


# ---- the page as a file ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def file(tmp_path_factory, quick):
    """The page as a file, with all that the lessons and one look at each mode ask for."""
    told = {FIRST} | {step["scenario"] for lesson in start()["lessons"] for step in lesson["steps"]}
    wanted = [one for one in static_page.questions() if one[1] is None or one[1].get("scenario", FIRST) in told]
    target = tmp_path_factory.mktemp("export") / "class.html"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(static_page, "questions", lambda: iter(wanted))
        static_page.write_page(target)
    return target.as_uri()


def test_file_shows_every_mode_slider_and_lesson_without_a_network(tab, file):
    page = ready(tab(file, offline=True))
    for view, state in VIEWS.items():
        page.evaluate("(state) => { stateFromText(state); openMode(); }", state)
        ready(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= PROJECTOR[0], view
        assert not page.locator("#notice .error").count(), view
    file_offers_only_what_it_holds(page)
    file_moves_one_slider_at_a_time(page)
    every_step_of_every_lesson_is_shown(page)


def file_offers_only_what_it_holds(page):
    page.evaluate("State.lesson = ''; State.mode = 'watch'; State.scenario = 'skydagger-delivery'; openMode()")
    ready(page)
    page.get_by_label("Theory").select_option("spiral")
    page.get_by_label("Scenario").select_option("serbian-drone-purchase")
    ready(page)
    assert not page.get_by_label("Theory").count()
    assert not page.locator("#notice .error").count()
    for mode in ("understand", "change", "teams"):
        page.evaluate(f"State.mode = '{mode}'; openMode()")
        ready(page)
        assert not page.locator("#notice .error").count(), mode
    assert page.get_by_text("Replay: 0 of 5 turns").is_visible()
    page.get_by_role("button", name="Turn after").click()
    page.get_by_text("Replay: 1 of 5 turns").wait_for()


def file_moves_one_slider_at_a_time(page):
    page.evaluate("State.lesson = ''; State.mode = 'change'; openMode()")
    ready(page)
    for name, id_ in (
        ("Strength of KFOR", "kfor"),
        ("Deterrence: how much either side's arms lower the risk", "deterrence"),
    ):
        page.get_by_role("slider", name=name).focus()
        page.keyboard.press("End")
        until(page, f"Object.keys(JSON.parse(document.getElementById('main').dataset.pictured)).join() === '{id_}'")
    page.wait_for_selector("[data-panel=effects]:not([aria-busy]) tbody")
    assert not page.locator("#notice .error").count()


# ---- the report ------------------------------------------------------------------------------------------------------


def test_report_of_a_run_needs_no_other_host_bars_nobody_and_fits_the_screen(tab, tmp_path, monkeypatch):
    few = {"overview", "states", "network"}  # one is shown like another, and drawing takes its time
    some = {name: plot for name, plot in registry.plots().items() if name in few}
    monkeypatch.setattr(registry, "plots", lambda: some)
    run = [
        "run",
        FIRST,
        "--members",
        "32",
        "--until",
        "2026Q4",
        "--trajectories",
        "none",
        "--out",
        str(tmp_path / "run"),
    ]
    assert main(run) == 0
    page = tab((tmp_path / "run" / "report.html").as_uri(), bypass_csp=True)
    assert page.locator("h1").count() == 1
    assert page.locator("img").count() > len(few)  # and the one that says why
    assert page.evaluate("document.documentElement.scrollWidth") <= PROJECTOR[0]
    assert violations(page) == []
