"""The model inside the page against the model of the command line: the same choices, the same bits."""

import json
import random
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from sim.analysis.results import bands_of
from sim.analysis.richardson import LinearRace
from sim.classroom import page
from sim.classroom.content import content
from sim.classroom.model_data import MEMBERS, SEED
from sim.classroom.sliders import UNTOUCHED, levers, moved, with_events
from sim.engines.simulate import prepared_scenario, simulated
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.quarters import COUNT
from sim.model.theories import theories
from sim.model.variables import Series
from sim.scenario.loading import list_scenarios, load_scenario

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="no Node here")
SCRIPT = Path(__file__).with_name("page_in_node.js")
SERIES = (Series("hazard", "SRB", "XKX"), Series("attitude", "SRB", "TUR"), Series("spending", "XKX"))
NAMES = [series.name for series in SERIES]
OWN = [
    {"type": "deliver", "supplier": "TUR", "buyer": "SRB", "class": "uav", "payment": "budget", "at": "2027Q1", "n": 6},
    {"type": "deliver", "supplier": "USA", "buyer": "XKX", "class": "arms", "payment": "grant", "at": "2026Q2", "value_musd": 12.5},
    {"type": "statement", "actor": "SRB", "target": "TUR", "at": "2027Q1", "tone": -0.75},
    {"type": "guarantee", "state": "XKX", "at": "2028Q1", "level": 0.5, "until": "2028Q4"},
    {"type": "supplement", "actor": "SRB", "at": "2026Q1", "change": 0.2},
    {"type": "incident", "severity": "lethal", "at": "2029Q3"},
    {"type": "visit", "actor": "EU", "target": "XKX", "at": "2026Q3"},
]  # fmt: skip
TURNS = (
    "TUR:arm-pristina,SRB:talk,XKX:wait,EU:mediate;"
    "TUR:sell,SRB:buy-ankara,XKX:buy-ankara,EU:accession;"
    "TUR:wait,SRB:missing,XKX:missing,EU:wait"
)
LEFT_OUT = ((2, "SRB"), (2, "XKX"), (1, "TUR"), (1, "SRB"), (0, "SRB"))


def tasks() -> list[dict]:
    """Choices: scenarios as shipped, sliders and theories at random, events of one's own, a game, and races."""
    draw = random.Random(1)
    known = [listing.id for listing in list_scenarios()]
    shipped = [
        {"choice": {"scenario": name}}
        for name in ("baseline", "skydagger-delivery", "turkish-arms-stop", "no-turkish-arms")
    ]
    both = {
        "choice": {"scenario": "skydagger-delivery", "levers": {"delivery-size": "8000", "delivery-date": "2026Q4"}}
    }
    some = [
        {"choice": {"scenario": draw.choice(known), "levers": chosen(draw), "theory": draw.choice([None, *theories()])}}
        for _ in range(6)
    ]
    own = {"choice": {"scenario": "baseline", "levers": {"deterrence": "0.8"}}, "own": OWN}
    game = {"choice": {"scenario": "skydagger-delivery"}, "patron": "EU", "turns": TURNS}
    races = [
        {
            "race": {"reaction": [0.9, 0.4], "fatigue": [0.5, 0.8], "grievance": [1, -0.5], "start": [3, 10]},
            "steps": 50,
        },
        {"race": {"reaction": [1.2, 1.2], "fatigue": [1, 1], "grievance": [-1, -1], "start": [3, 3]}, "steps": 120},
    ]
    left_out = [{**game, "except": {"turn": turn, "code": code}} for turn, code in LEFT_OUT]
    words = [{"words": language} for language in ("en", "tr", "sr", "sr-cyrl")]
    return [*shipped, both, *some, own, game, *left_out, *words, *races]


def chosen(draw: random.Random) -> dict[str, str]:
    return {lever.id: str(draw.choice(lever.positions)) for lever in levers().values() if draw.random() < 0.6}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """What the page's scripts recorded of every task, and what they told of it."""
    folder = tmp_path_factory.mktemp("page")
    blocks = {name: page.json_block(name, block).partition(">")[2].removesuffix("</script>") for name, block in
              (("data", content()), ("catalogues", page.languages()), ("join", {}))}  # fmt: skip
    wanted = [{**task, "series": NAMES} for task in tasks()]
    parts = [
        page.part(name)
        for name in ("model.js", "words.js", "numbers.js", "state.js", "chart.js", "runs.js", "race.js", "teams.js")
    ]
    for name, data in (("scripts", parts), ("blocks", blocks), ("tasks", wanted)):
        (folder / name).write_text(json.dumps(data), encoding="utf-8")
    command = ["node", SCRIPT, *(folder / name for name in ("scripts", "blocks", "tasks", "out"))]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr[-2000:]
    told = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    values = np.frombuffer((folder / "out").read_bytes()).reshape(-1, len(NAMES), COUNT, MEMBERS)
    runs = iter(values)
    return [(task, one, next(runs) if "choice" in task else None) for task, one in zip(wanted, told, strict=True)]


def recorded(scenario, theory=None):
    """The same by the command line's engine."""
    world = prepared_scenario(scenario, theory, DEFAULT_FIT)
    return simulated(world, np.arange(MEMBERS), seed=SEED, quarters=COUNT, series=SERIES)


def positions(choice) -> dict:
    texts = choice.get("levers", {})
    places = {lever.id: {str(value): value for value in lever.positions} for lever in levers().values()}
    return {id_: places[id_][texts[id_]] for id_ in levers() if texts.get(id_, UNTOUCHED) != UNTOUCHED}


def test_scenarios_sliders_and_theories_give_the_same_bits(ran):
    for task, _, values in ran:
        if "choice" not in task or "turns" in task:
            continue
        choice = task["choice"]
        scenario = moved(load_scenario(choice["scenario"]), positions(choice))
        scenario = with_events(scenario, [{"id": f"own-{n + 1}", **row} for n, row in enumerate(task.get("own", []))])
        assert recorded(scenario, choice.get("theory")).tobytes() == values.tobytes(), choice


def game_without(ran, *card):
    """The game's runs with one team's card of one turn left out, or whole."""
    wanted = {"turn": card[0], "code": card[1]} if card else None
    return next(values for task, _, values in ran if "turns" in task and task.get("except") == wanted)


def test_what_two_do_together_goes_with_the_card_of_either(ran):
    whole, by_one, by_other = game_without(ran), game_without(ran, 2, "SRB"), game_without(ran, 2, "XKX")
    tension = NAMES.index("hazard.SRB.XKX")
    moved_by = [np.median(whole[tension] - one[tension], axis=-1) for one in (by_one, by_other)]
    assert all(np.abs(one).max() > 0.02 for one in moved_by)
    assert 0.5 < np.abs(moved_by[0]).max() / np.abs(moved_by[1]).max() < 2


def test_a_licence_moves_what_is_bought_under_it(ran):
    assert np.abs(game_without(ran) - game_without(ran, 1, "TUR")).max() > 0
    assert np.abs(game_without(ran) - game_without(ran, 0, "SRB")).max() > 0, "coming alone has its price"


def told_in(ran, language):
    return next(told for task, told, _ in ran if task.get("words") == language)


def test_numbers_of_sliders_are_written_as_the_language_writes_them(ran):
    usual = {lever: words for lever, words, *_ in told_in(ran, "tr")["levers"]}
    assert "4.000" in usual["delivery-size"] and "4,5" in usual["kfor"]
    assert not any(re.search(r"\d,\d{3}|\d\.\d\b(?!\d)", words) for words in usual.values()), usual
    assert not any("Q4" in word for words in told_in(ran, "sr")["levers"] for word in words)


def test_names_and_small_words_of_sources_are_in_the_page_s_language(ran):
    for language in ("tr", "sr", "sr-cyrl"):
        assert not any(re.search(r"\band\b|unsigned", short) for short in told_in(ran, language)["sources"])
    assert "Arsenije Vučković 2024" in told_in(ran, "sr")["sources"]
    cyrillic = told_in(ran, "sr-cyrl")
    assert "Вучковић" in cyrillic["all"] and "Екинџи" in cyrillic["all"]
    assert any("Недим Емин и Мехмет Угур Екинџи" in short for short in cyrillic["sources"])


def test_a_saved_file_gives_the_same_bits(ran, tmp_path):
    file = tmp_path / "saved.yaml"
    for task, told, values in ran:
        if values is None:
            continue
        file.write_text(told["file"], encoding="utf-8")
        assert recorded(load_scenario(file), task["choice"].get("theory")).tobytes() == values.tobytes(), told["file"]


def test_medians_and_bands_are_those_of_a_run(ran):
    _, told, values = ran[1]
    assert np.array_equal(np.array(told["bands"]).T, bands_of(values[0]).quantiles)


def test_the_race_is_that_of_the_laboratory(ran):
    for task, told, _ in ran[-2:]:
        race = task["race"]
        pair = LinearRace.pair(race["reaction"], race["fatigue"], race["grievance"])
        path = pair.trajectory(race["start"], steps=task["steps"], step=0.1, integrator="rk4", floor=0.0)
        assert np.allclose(told["race"]["path"], path, rtol=1e-9, atol=1e-9)
        assert (told["race"]["margin"] > 0) == (pair.stability_eigenvalue < 0)
    assert told["verdict"].startswith("They disarm")
