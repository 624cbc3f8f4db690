"""The class page without a browser: what the model answers, who is let in, and what is refused in words."""

import http.client
import json
import re
import socket
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import yaml

from sim.classroom import (
    answers,
    engine_cache,
    explanation,
    lessons,
    page,
    richardson_plane,
    save_scenario,
    series_view,
    server,
    sliders,
    static_page,
    teams_game,
)
from sim.classroom.access import Guard, guard_for, is_loopback
from sim.classroom.initial_payload import start
from sim.classroom.requests import GameRequest, RaceRequest, RunRequest, WhyRequest, read_request
from sim.classroom.teams_file import read_rules, rules
from sim.classroom.timeline import timeline_rows
from sim.cli.main import main
from sim.data.tables import sources
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.assets import data_file
from sim.io.errors import InputError, Problem
from sim.io.quarters import index_of
from sim.model.directions import ASSUMED, BALANCE
from sim.model.network import network
from sim.model.theories import theories
from sim.model.variables import Series
from sim.runs import run as runner
from sim.scenario.loading import list_scenarios, load_scenario

DELIVERY = "skydagger-delivery"
TENSION = "tension.SRB.XKX"
SCRIPTS = "\n".join(page.part(name) for name in page.SCRIPTS)


# ---- a server, and somebody who asks ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def classroom():
    made = server.Classroom("127.0.0.1", 0)
    threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def asked(classroom, method, path, body=None, **headers):
    """Status, headers and text of an answer; a mapping is sent as JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", classroom.server_address[1], timeout=60)
    try:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, dict):
            body = json.dumps(body)
            given = {"Content-Type": "application/json", **given}
        connection.request(method, path, body, given)
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read().decode()
    finally:
        connection.close()


def refused(classroom, *request, **headers):
    """Status and message of a refusal, which is JSON and never a traceback."""
    status, _, text = asked(classroom, *request, **headers)
    assert status >= 400
    assert "Traceback" not in text
    return status, json.loads(text)["error"]


def test_page_comes_with_a_policy_that_lets_nothing_in_from_outside(classroom):
    status, headers, text = asked(classroom, "GET", "/")
    assert status == 200
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert not re.findall(r"https?://", text.split('id="words"')[0])


def test_every_part_that_the_page_links_to_is_there(classroom):
    _, _, text = asked(classroom, "GET", "/")
    links = re.findall(r'(?:src|href)="(/[^"]+)"', text)
    assert len(links) == len(page.SCRIPTS) + 1
    for link in links:
        assert asked(classroom, "GET", link)[0] == 200


OUTSIDE = ("/../server.py", "/%2e%2e/server.py", "/page.html", "/etc/passwd", "//etc/passwd", "/en.json", "/words.js/")


@pytest.mark.parametrize("path", OUTSIDE)
def test_nothing_else_is_served(classroom, path):
    assert refused(classroom, "GET", path)[0] == 404


def test_a_whole_run_comes_in_one_answer(classroom):
    status, _, text = asked(classroom, "POST", "/api/watch", {"scenario": DELIVERY})
    told = json.loads(text)
    assert status == 200
    assert [len(level) for level in told["series"][TENSION]["ours"]] == [72] * 5
    assert len(text) < 400_000


def test_strange_hosts_and_sites_are_turned_away(classroom):
    port = classroom.server_address[1]
    assert refused(classroom, "GET", "/", None, Host=f"evil.example:{port}")[0] == 403
    assert refused(classroom, "GET", "/", None, Host="127.0.0.1")[0] == 403
    assert refused(classroom, "POST", "/api/watch", {"scenario": DELIVERY}, Origin="http://evil.example")[0] == 403
    assert asked(classroom, "GET", "/", None, Host=f"localhost:{port}")[0] == 200
    same = f"http://127.0.0.1:{port}"
    assert asked(classroom, "POST", "/api/watch", {"scenario": DELIVERY}, Origin=same)[0] == 200


BAD_BODIES = {
    "not JSON": ("{", "is not JSON"),
    "a list": ("[]", "must be a JSON object"),
    "no number": ('{"scenario": NaN}', "NaN is no number"),
    "too deep": ("[" * 50_000, "is not JSON"),
    "unknown field": ('{"scenario": "skydagger-delivery", "x": 1}', "unknown field"),
    "no scenario": ("{}", "missing"),
    "unknown scenario": ('{"scenario": "skydagger-delivry"}', 'did you mean "skydagger-delivery"?'),
    "a path": ('{"scenario": "../../etc/passwd"}', "there is no scenario"),
    "unknown slider": ('{"scenario": "skydagger-delivery", "levers": {"deterence": 1}}', 'did you mean "deterrence"?'),
    "extreme slider": ('{"scenario": "skydagger-delivery", "levers": {"deterrence": 1e308}}', "is no position of this slider"),
    "script in a field": ('{"scenario": "<script>alert(1)</script>"}', "there is no scenario"),
    "unknown theory": ('{"scenario": "skydagger-delivery", "theory": "hawkish"}', "is not one of"),
    "a truth for a number": ('{"scenario": "skydagger-delivery", "levers": {"coupling": true}}', "coupling"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_BODIES)
def test_bad_bodies_are_answered_with_what_is_wrong(classroom, name):
    body, wanted = BAD_BODIES[name]
    status, message = refused(classroom, "POST", "/api/change", body, Content_Type="application/json")
    assert status == 400
    assert wanted in message
    assert len(message) < 600


def test_bodies_that_are_too_long_or_of_another_kind_are_refused(classroom):
    long = json.dumps({"scenario": "x" * 200_000})
    assert refused(classroom, "POST", "/api/watch", long, Content_Type="application/json")[0] == 413
    assert refused(classroom, "POST", "/api/watch", '{"scenario": "baseline"}', Content_Type="text/plain")[0] == 415
    assert refused(classroom, "GET", "/api/watch")[0] == 405
    assert refused(classroom, "DELETE", "/api/watch")[0] == 501


def test_sockets_left_open_do_not_keep_others_out(classroom):
    port = classroom.server_address[1]
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(300)]
    try:
        for one in idle[:50]:
            one.sendall(b"POST /api/watch HTTP/1.1\r\nHost: x\r\n")
        began = time.perf_counter()
        assert asked(classroom, "GET", "/")[0] == 200
        assert time.perf_counter() - began < 2.0
    finally:
        for one in idle:
            one.close()


def test_slow_senders_are_cut(classroom, monkeypatch):
    monkeypatch.setattr(server, "PATIENCE", 0.3)
    with socket.create_connection(("127.0.0.1", classroom.server_address[1])) as slow:
        slow.settimeout(5)
        slow.sendall(b"GET / HTTP/1.1\r\n")
        time.sleep(0.8)
        try:
            left = slow.recv(100)
        except ConnectionError:
            left = b""
        assert left == b""


def test_a_fault_of_ours_is_one_line_and_the_server_stays(classroom, monkeypatch, capsys):
    from sim.classroom import routes

    def broken(_):
        raise RuntimeError("<b>secret</b>")

    monkeypatch.setitem(routes.POST, "/api/watch", broken)
    status, message = refused(classroom, "POST", "/api/watch", {"scenario": DELIVERY})
    assert status == 500
    assert "secret" not in message
    assert "Traceback" not in capsys.readouterr().err
    assert asked(classroom, "GET", "/")[0] == 200


def test_lesson_that_cannot_be_read_ends_the_command_with_its_line(monkeypatch, capsys):
    def broken():
        raise InputError("lesson.yaml", [Problem(7, "lesson.steps[0].at", "is wrong")])

    monkeypatch.setattr("sim.classroom.initial_payload.start", broken)
    assert main(["classroom", "--no-open", "--port", "0"]) == 2
    assert "lesson.yaml" in (said := capsys.readouterr().err)
    assert "line 7" in said or ":7" in said


# ---- who is let in ---------------------------------------------------------------------------------------------------


def test_only_loopback_goes_without_a_token():
    assert all(is_loopback(host) for host in ("127.0.0.1", "::1", "localhost"))
    assert not any(is_loopback(host) for host in ("0.0.0.0", "192.168.1.5", "::"))
    assert guard_for("127.0.0.1", 1).token == ""
    one, other = guard_for("0.0.0.0", 1).token, guard_for("0.0.0.0", 1).token
    assert len(one) >= 12
    assert one != other


def test_open_page_asks_for_its_token_and_takes_numbers_only_as_hosts():
    guard = Guard("0.0.0.0", 8000, "right")
    assert guard.lets("right")
    assert not guard.lets("wrong")
    assert not guard.lets(None)
    assert guard.refusal("192.168.1.5:8000", None) is None
    assert guard.refusal("rebound.example:8000", None) is not None
    assert guard.refusal("192.168.1.5:8000", "http://192.168.1.6:8000") is not None


def test_questions_without_the_token_are_refused_and_the_page_itself_is_not(classroom, monkeypatch):
    port = classroom.server_address[1]
    monkeypatch.setattr(classroom, "guard", Guard("127.0.0.1", port, "right"))
    assert asked(classroom, "GET", "/")[0] == 200
    assert refused(classroom, "GET", "/api/start")[0] == 401
    assert asked(classroom, "GET", "/api/start", None, X_Armsrace_Token="right")[0] == 200


# ---- what the model answers ------------------------------------------------------------------------------------------


def test_page_shows_the_numbers_that_the_command_prints():
    told = answers.watch(RunRequest(scenario=DELIVERY))["series"]
    run = runner.run(DELIVERY, members=engine_cache.MEMBERS, seed=engine_cache.SEED, fit=DEFAULT_FIT, split=False)
    contrast = run.contrast("tension", "SRB", "XKX")
    assert np.allclose(told[TENSION]["ours"], contrast.scenario.quantiles, atol=5e-4)
    assert np.allclose(told[TENSION]["change"]["bands"], contrast.difference.quantiles, atol=5e-4)
    assert np.allclose(told[TENSION]["change"]["higher"], contrast.difference.p_positive, atol=5e-4)


def test_untouched_sliders_change_nothing():
    told = answers.change(RunRequest(scenario=DELIVERY, levers={"deterrence": "untouched"}))
    assert all(not np.any(row["change"]["bands"]) for row in told["series"].values())
    told = answers.effects(RunRequest(scenario=DELIVERY, levers={"deterrence": "untouched"}))
    assert len(told["effects"]) >= 8
    assert all(row["before"] == row["after"] for row in told["effects"])


def test_slider_moves_what_it_says_and_keeps_the_rest():
    told = answers.change(RunRequest(scenario=DELIVERY, levers={"kfor": 1}))["series"]
    first, place = index_of("2026Q1"), series_view.lines().index(Series("troops", "NATO"))
    fewer, as_ever = (engine_cache.members_of(_pair(moved)[0])[place, first:] for moved in ({"kfor": 1}, {}))
    assert np.all(np.median(fewer, axis=-1) >= 1.0)  # reserves and reinforcements come on top
    assert np.all(np.median(fewer - as_ever, axis=-1) < 0.0)
    assert not np.any(np.array(told["hazard.SRB.XKX"]["change"]["bands"])[:, :first])
    assert np.all(np.array(told["hazard.SRB.XKX"]["change"]["bands"])[2, first:] > 0.0)


def test_promise_that_is_withdrawn_raises_the_threat_that_kosovo_perceives_and_the_risk():
    told, first = answers.change(RunRequest(scenario=DELIVERY, levers={"guarantee": 0}))["series"], index_of("2026Q1")
    assert np.all(np.array(told["hazard.SRB.XKX"]["change"]["bands"])[0, first:] > 0.0)
    place = series_view.lines().index(Series("threat", "XKX"))
    without, kept = (engine_cache.members_of(_pair(moved)[0])[place, first:] for moved in ({"guarantee": 0}, {}))
    assert np.all(without > kept)


def test_more_emulation_brings_serbia_more_of_what_kosovo_was_given():
    place = series_view.lines().index(Series("loitering", "SRB"))
    more, none = (
        engine_cache.members_of(_pair({"emulation": value})[0])[place, index_of("2030Q4")].mean() for value in (3, 0)
    )
    assert more > none > 0.0


def test_larger_delivery_leaves_a_larger_mark():
    before, small, large = (
        dict(answers._effects(*_pair(positions)))
        for positions in ({}, {"delivery-size": 500}, {"delivery-size": 16000})
    )
    key = ("tension", "SRB", "XKX", "", 2026)
    assert small[key][1] < before[key][1] < large[key][1]


def _pair(positions):
    ours = engine_cache.scenario_of(DELIVERY)
    return engine_cache.asked(ours, positions), engine_cache.asked(engine_cache.compared_with(ours), positions)


@pytest.mark.parametrize("id_", sliders.levers())
def test_every_position_of_every_slider_can_be_run(id_):
    scenario = engine_cache.scenario_of(DELIVERY)
    lever = sliders.levers()[id_]
    assert sliders.UNTOUCHED in lever.positions
    digests = {sliders.moved(scenario, sliders.checked({id_: one})).digest for one in lever.positions}
    assert len(digests) == len(lever.positions)


@pytest.mark.parametrize("id_", sliders.levers())
def test_every_slider_says_its_unit_source_and_how_well_it_is_known(id_):
    told = sliders.lever_row(sliders.levers()[id_])
    assert told["word"] in ("pinned", "bounded", "assumed")
    assert told["unit"]
    assert told["source"] in sources() or told["event"]


def test_three_theories_are_the_theories_of_the_command():
    told = answers.three_theories(RunRequest(scenario=DELIVERY))["theories"]
    assert [one["name"] for one in told] == ["spiral", "deterrence", "no-effect"]
    quiet = told[2]["series"]["spending.SRB"]["change"]
    assert not np.any(quiet["bands"])
    assert all(one["quote"] and one["locator"] for one in told)


@pytest.mark.parametrize(
    ("scenario", "labels"),
    [(DELIVERY, ["", ASSUMED, BALANCE]), ("dialogue-and-mediation", ["", ASSUMED, ASSUMED]), ("baseline", [""] * 3)],
)
def test_whose_word_a_direction_is_is_told_as_by_a_run(scenario, labels):
    """Nothing is said of spending: how it reacts is an estimate of either sign, and too few simulations agree."""
    series = answers.watch(RunRequest(scenario=scenario))["series"]
    assert [series[name]["label"] for name in ("spending.SRB", TENSION, "hazard.SRB.XKX")] == labels


@pytest.mark.parametrize(
    ("tie", "quarter", "said"),
    [
        (("attitude", "SRB", "TUR"), "2026Q4", "Direction assumed: we assumed the direction; only the size"),
        (("hazard", "SRB", "XKX"), "2025Q4", "Balance of assumptions: effects whose directions we assumed"),
        (("spending", "SRB", ""), "2026Q4", "No clear direction: fewer than 95 % of simulations move the same way."),
    ],
)
def test_an_explanation_says_what_the_direction_rests_on(tie, quarter, said):
    variable, actor, counterpart = tie
    asked = WhyRequest(
        scenario=DELIVERY, variable=variable, actor=actor, counterpart=counterpart, quarter=quarter, compare=True
    )
    assert explanation.why(asked)["sentences"][-1].startswith(said)


def test_asking_twice_runs_once(monkeypatch):
    answers.effects(RunRequest(scenario=DELIVERY))
    runs = []
    simulated = engine_cache.simulated
    monkeypatch.setattr(
        engine_cache, "simulated", lambda *given, **options: runs.append(1) or simulated(*given, **options)
    )
    request = RunRequest(scenario=DELIVERY, levers={"kfor": 8, "dialogue": 0.75})
    answers.change(request)
    first = len(runs)
    answers.effects(request)
    both = len(runs)
    answers.change(request)
    answers.effects(request)
    assert (first, both, len(runs)) == (1, 2, 2)


def test_lines_are_the_same_numbers_without_the_map():
    scenario = engine_cache.scenario_of(DELIVERY)
    bare, whole = (
        engine_cache.members_of(engine_cache.asked(scenario, {}, has_map=wanted)) for wanted in (False, True)
    )
    assert np.array_equal(bare, whole[: len(series_view.lines())])


def test_shelf_keeps_the_last_things_and_makes_each_once():
    shelf = engine_cache.LruCache(2)
    made = []
    for key in "aabcab":
        shelf.get(key, lambda key=key: made.append(key) or key)
    assert made == ["a", "b", "c", "a", "b"]


def test_shelf_asked_by_many_at_once_makes_one_thing():
    shelf, made = engine_cache.LruCache(2), []

    def slowly():
        time.sleep(0.05)
        made.append(1)
        return 1

    threads = [threading.Thread(target=shelf.get, args=("a", slowly)) for _ in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert made == [1]


def events_of(scenario):
    return timeline_rows(scenario, engine_cache.compared_with(scenario))


def test_what_is_ordered_arrives_when_it_is_due():
    rows = events_of(load_scenario("serbian-drone-purchase"))
    (arrival,) = [row for row in rows if row["words"] == "delivery: Türkiye to Serbia, armed drones"]
    assert (arrival["at"], arrival["standing"], arrival["of"]) == ("2026Q4", "what-if", "scenario")
    romania = [row for row in rows if row["words"] == "delivery: Türkiye to Romania, armed drones"]
    assert [row["standing"] for row in romania] == ["assumed"]  # the order is on record, the delivery is not


def test_events_name_their_document_and_the_place_in_it():
    rows = events_of(load_scenario(DELIVERY))
    (delivery,) = [row for row in rows if row["of"] == "scenario" and row["words"].startswith("delivery")]
    assert (delivery["at"], delivery["source"], delivery["locator"]) == ("2025Q4", "002", "paragraph 2")
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)


def test_standing_of_an_event_is_told_apart():
    rows = {(row["at"], row["words"]): row["standing"] for row in events_of(load_scenario("dialogue-and-mediation"))}
    assert rows["2025Q4", "delivery: Türkiye to Kosovo, one-way drones"] == "on record"
    assert rows["2023Q4", "dialogue of Belgrade and Pristina at 0.4"] == "assumed"
    assert rows["2026Q4", "unrest in Serbia at 0.4"] == "assumed"
    assert rows["2026Q1", "dialogue of Belgrade and Pristina at 0.5"] == "what-if"
    assert rows["2026Q1", "visit: European Union to Serbia"] == "what-if"  # a document names the idea


def test_history_holds_no_what_if():
    for id_ in ("baseline", DELIVERY):
        assert {row["standing"] for row in events_of(load_scenario(id_))} == {"on record", "assumed"}


# ---- the race of two -------------------------------------------------------------------------------------------------


def plane(reaction, fatigue, grievance, *starts):
    return richardson_plane.plane(
        RaceRequest(reaction=reaction, fatigue=fatigue, grievance=grievance, starts=list(starts))
    )


def test_settling_race_leads_every_start_to_where_the_lines_cross():
    told = plane([0.5, 0.25], [1.0, 1.0], [3.0, 2.0], [20.0, 0.0], [0.0, 20.0])
    # a x = k y + g, b y = l x + h: x = 0.5 y + 3 and y = 0.25 x + 2 cross at x = 4 / 0.875, y = 2 + x / 4
    crossing = [4.0 / 0.875, 2.0 + 1.0 / 0.875]
    assert told["outcome"] == "stable"
    assert np.allclose(told["balance"], crossing, atol=0.01)
    assert all(np.allclose(path[-1], crossing, atol=0.05) for path in told["paths"])


def test_path_says_when_it_leaves_the_picture_for_good():
    gone = plane([1.2, 1.2], [0.9, 0.9], [0.5, 0.5], [18.0, 18.0])["ends"]
    assert gone == [{"years": pytest.approx(0.4, abs=0.11), "is_out": True}]
    assert plane([0.5, 0.25], [1.0, 1.0], [3.0, 2.0], [20.0, 0.0])["ends"] == [{"years": 40.0, "is_out": False}]


def test_race_runs_away_when_reactions_outweigh_fatigues():
    told = plane([1.2, 1.0], [0.9, 0.8], [1.0, 1.0], [5.0, 5.0])
    assert told["class"] == "runaway"
    assert told["doubling"] > 0.0
    assert told["paths"][0][-1][0] > 20.0


def test_goodwill_disarms():
    assert plane([0.5, 0.4], [1.0, 1.0], [-2.0, -1.0])["outcome"] == "mutual disarmament"


def test_race_at_the_ends_of_its_sliders_is_answered():
    for rates in ([0.0, 0.0], [10.0, 10.0]):
        told = plane(rates, rates[::-1], [-100.0, 100.0], [1000.0, 0.0])
        assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_region_settles_without_reaction_and_not_with_a_huge_one():
    quiet = richardson_plane.region(RunRequest(scenario=DELIVERY, levers={"coupling": 0}))
    assert quiet["shares"]["stable"] == 1.0
    assert sum(richardson_plane.region(RunRequest(scenario=DELIVERY))["shares"].values()) == pytest.approx(
        1.0, abs=0.002
    )


# ---- the game --------------------------------------------------------------------------------------------------------

WAIT = {"TUR": "wait", "SRB": "wait", "XKX": "wait", "EU": "wait"}


def test_every_policy_of_every_team_is_a_legal_event():
    for patron in ("EU", "RUS", "USA"):
        teams = teams_game._teams(patron)
        for code, team in teams.items():
            for policy in team.policies:
                turn = {**dict.fromkeys(teams, "wait"), code: policy.id}
                if policy.needs:
                    other, wanted = policy.needs.split(".")
                    turn[other] = wanted
                teams_game.played(GameRequest(patron=patron, turns=[turn] * rules().turns))


DRAWN = ("tension.SRB.XKX", "hazard.SRB.XKX", "attitude.SRB.TUR", "attitude.XKX.TUR", "spending.SRB", "spending.XKX")


@pytest.mark.parametrize("patron", ["EU", "RUS", "USA"])
def test_no_policy_is_without_effect_on_all_that_the_page_draws(patron, monkeypatch):
    monkeypatch.setattr(answers, "labels_of", lambda *_: {})  # whose word a direction is takes most of an answer's time
    teams = teams_game._teams(patron)
    for code, team in teams.items():
        for policy in team.policies:
            if policy.id in ("wait", "sell"):  # a license is worth what is bought under it
                continue
            turn = {**dict.fromkeys(teams, "wait"), code: policy.id}
            if policy.needs:
                turn.update([policy.needs.split(".")])
            told = teams_game.answer(GameRequest(patron=patron, turns=[turn]))["series"]
            assert any(np.any(told[line]["change"]["bands"]) for line in DRAWN), (code, policy.id)


def test_class_that_waits_gets_what_would_have_been():
    told = teams_game.answer(GameRequest(patron="EU", turns=[WAIT] * 5))["series"]
    assert all(not np.any(row["change"]["bands"]) for row in told.values())


def test_turn_changes_nothing_before_it():
    turns = [WAIT, {**WAIT, "TUR": "arm-pristina"}]
    change = np.array(teams_game.answer(GameRequest(patron="EU", turns=turns))["series"][TENSION]["change"]["bands"])
    assert not np.any(change[:, : index_of("2027Q1")])
    assert change[2, index_of("2027Q1")] > 0.0


def test_coming_to_the_table_alone_comes_to_nothing():
    alone = GameRequest(patron="EU", turns=[{**WAIT, "SRB": "talk"}])
    both = GameRequest(patron="EU", turns=[{**WAIT, "SRB": "talk", "XKX": "talk"}])
    assert teams_game.unmet(alone) == [["SRB"]]
    assert teams_game.unmet(both) == [[]]
    assert teams_game.played(alone).digest == load_scenario(DELIVERY).digest
    assert teams_game.played(both).digest != teams_game.played(alone).digest


def test_sale_needs_a_seller_and_a_buyer():
    asked_only = GameRequest(patron="EU", turns=[{**WAIT, "SRB": "buy-ankara"}])
    sold = GameRequest(patron="EU", turns=[{**WAIT, "SRB": "buy-ankara", "TUR": "sell"}])
    assert teams_game.unmet(asked_only) == [["SRB"]]
    assert teams_game.unmet(sold) == [[]]
    (delivery,) = [event for event in teams_game.played(sold).events if event.id.startswith("turn-")]
    assert (delivery.supplier, delivery.buyer, delivery.at) == ("TUR", "SRB", "2026Q3")


def test_example_of_a_game_can_be_played():
    example = teams_game.described()["example"]
    assert len(example["turns"]) == rules().turns
    teams_game.played(GameRequest(**example))


BAD_RULES = {
    "troops: 6.0": ("troops: 600.0", "team 4 (Brussels), policy 4 (reinforce), event 1, troops"),
    "needs: XKX.talk": ("needs: XKX.tlk", 'did you mean "XKX.talk"?'),
    "scenario: skydagger-delivery": ("scenario: skydagger", "there is no scenario"),
    "turns: 5": ("turns: 20", "would end after 2035Q4"),
    "{TUR: wait, SRB: talk,": ("{TUR: wat, SRB: talk,", "TUR: choose one of wait"),
    "quarters: 4": ("quaters: 4", 'did you mean "quarters"?'),
    "title: Visit Pristina": ("title: ''", "title"),
}


@pytest.mark.parametrize("given", BAD_RULES)
def test_what_is_wrong_with_the_game_is_said_with_its_line(tmp_path, given):
    text = data_file("scenarios", "classroom", "teams.yaml").read_text(encoding="utf-8")
    line = text[: text.index(given)].count("\n") + 1
    put, wanted = BAD_RULES[given]
    file = tmp_path / "teams.yaml"
    file.write_text(text.replace(given, put, 1), encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_rules(file)
    assert wanted in str(error.value)
    assert line in [one.line for one in error.value.problems]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (GameRequest(patron="SRB"), "is no patron"),
        (GameRequest(patron="EU", turns=[{"TUR": "wait"}]), "choose one of"),
        (GameRequest(patron="EU", turns=[{**WAIT, "GRC": "wait"}]), "no such team"),
        (GameRequest(patron="EU", turns=[WAIT] * 6), "6 turns; the game has 5"),
    ],
)
def test_impossible_games_are_refused(asked, message):
    with pytest.raises(InputError, match=message):
        teams_game.played(asked)


# ---- keep ------------------------------------------------------------------------------------------------------------


def kept(tmp_path, positions, theory=None):
    untouched = engine_cache.scenario_of(DELIVERY)
    changed = engine_cache.asked(untouched, positions, theory).scenario
    file = tmp_path / "class.yaml"
    text = save_scenario.scenario_text(
        changed, untouched, untouched, "A class", save_scenario.comment_of(positions), theory
    )
    file.write_text(text, encoding="utf-8")
    return file, changed


def by_id(scenario):
    """Events by id: those of one quarter may stand in another order."""
    return {event.id: event.plain() for event in scenario.events}


def test_saved_scenario_runs_and_gives_the_difference_that_the_page_showed(tmp_path):
    positions = {"delivery-size": 2000, "delivery-date": "2026Q4", "deterrence": 0.8, "dialogue": 0.5}
    file, changed = kept(tmp_path, positions)
    again = load_scenario(file)
    assert by_id(again) == by_id(changed)
    assert again.parameters == changed.parameters
    run = runner.run(file, members=engine_cache.MEMBERS, seed=engine_cache.SEED, split=False)
    told = answers.change(RunRequest(scenario=DELIVERY, levers=positions))["series"][TENSION]
    found = run.contrast("tension", "SRB", "XKX").difference.quantiles
    assert np.allclose(told["change"]["bands"], found, atol=5e-4)


def test_saved_scenario_passes_validate_and_says_with_which_theory_it_is_run(tmp_path, capsys):
    file, _ = kept(tmp_path, {"kfor": 8, "delivery-size": 0}, "spiral")
    assert main(["validate", str(file)]) == 0
    assert file.read_text(encoding="utf-8").splitlines()[0].endswith("armsrace run FILE --theory spiral")


@pytest.mark.parametrize(
    ("scenario", "compare", "theory"),
    [(DELIVERY, None, None), ("serbian-drone-purchase", "baseline", None), (DELIVERY, None, "deterrence")],
)
def test_scenario_saved_from_watch_gives_what_watch_showed(classroom, tmp_path, scenario, compare, theory):
    chosen = load_scenario(scenario).compare_to if compare is None else compare
    body = {"scenario": scenario, "theory": theory, "compare": chosen}
    status, _, text = asked(classroom, "POST", "/api/scenario-file", body)
    assert status == 200
    file = tmp_path / "watched.yaml"
    file.write_text(text, encoding="utf-8")
    run = runner.run(file, members=engine_cache.MEMBERS, seed=engine_cache.SEED, theory=theory, split=False)
    request = RunRequest(scenario=scenario, theory=theory, compare=compare)
    told = answers.watch(request)["series"][TENSION]
    assert np.any(told["change"]["bands"])
    assert np.allclose(told["change"]["bands"], run.contrast("tension", "SRB", "XKX").difference.quantiles, atol=5e-4)


def test_run_without_comparison_is_saved_without_one(classroom):
    _, _, text = asked(classroom, "POST", "/api/scenario-file", {"scenario": "baseline", "compare": ""})
    assert "compare_to" not in yaml.safe_load(text)


def test_comparison_can_be_chosen_and_the_events_follow():
    told = answers.watch(RunRequest(scenario="serbian-drone-purchase", compare="baseline"))
    own = [row["words"] for row in told["events"] if row["of"] == "scenario"]
    assert told["compared"] == load_scenario("baseline").title
    assert any("Kosovo, one-way drones" in words for words in own)  # the baseline does not have that delivery
    assert answers.watch(RunRequest(scenario=DELIVERY, compare=""))["series"][TENSION]["change"] is None
    with pytest.raises(InputError, match="there is no scenario"):
        answers.watch(RunRequest(scenario=DELIVERY, compare="../baseline"))


def test_saved_game_is_a_scenario_that_can_be_read(tmp_path):
    request = GameRequest(patron="RUS", turns=[{"TUR": "sell", "SRB": "buy-ankara", "XKX": "talk", "RUS": "arm-belgrade"}] * 2)  # fmt: skip
    played = teams_game.played(request)
    file = tmp_path / "game.yaml"
    file.write_text(
        save_scenario.scenario_text(
            played, *[engine_cache.scenario_of(DELIVERY)] * 2, "Game", teams_game.turn_names(request.turns), None
        ),
        encoding="utf-8",
    )
    assert by_id(load_scenario(file)) == by_id(played)


# ---- lessons ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id_", lessons.lessons())
def test_lessons_take_a_school_hour_and_ask_in_every_step(id_):
    lesson = lessons.lessons()[id_]
    assert lesson.minutes == 45
    assert all(step.question.endswith(("?", ".")) for step in lesson.steps)
    assert any("?" in step.question for step in lesson.steps)
    assert all((lesson.guide.goals, lesson.guide.before, lesson.guide.care))


BAD_LESSON = """format_version: 1
lesson:
  title: Bad
  number: 9
  question: What?
  minutes: 45
  sources: [{document: "999", locator: nowhere, says: nothing}]
  steps:
    - {title: One, minutes: 5, mode: watch, scenario: skydagger-delivry, at: 2050Q1, say: Look, do: Look, expect: Nothing}
    - {title: Two, minutes: 5, mode: wach, sliders: [kfr], say: Look, do: Look, expect: Nothing}
  guide: {goals: [], before: [], care: []}
"""


def test_all_that_is_wrong_with_a_lesson_is_said_with_its_line(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(BAD_LESSON, encoding="utf-8")
    with pytest.raises(InputError) as first:
        lessons.read_lesson(file)
    assert [one.line for one in first.value.problems] == [10]
    file.write_text(BAD_LESSON.replace("wach", "watch"), encoding="utf-8")
    with pytest.raises(InputError) as second:
        lessons.read_lesson(file)
    said = str(second.value)
    for part in (
        'did you mean "skydagger-delivery"?',
        "2050Q1",
        'no source "999"',
        "the steps take 10",
        'did you mean "kfor"?',
    ):
        assert part in said


# ---- the page itself -------------------------------------------------------------------------------------------------


def test_page_makes_no_mark_up_from_text():
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", SCRIPTS)


def test_page_holds_no_equation_of_the_model():
    assert not re.findall(r"Math\.(?:exp|pow|sqrt|random)\b", SCRIPTS)


def test_every_word_of_the_page_is_in_the_catalogue_and_nothing_else_is():
    words = page.words()
    used = set(re.findall(r'\bT\("([^"]+)"', SCRIPTS)) | set(re.findall(r'signButton\("[^"]+", "([^"]+)"', SCRIPTS))
    patterns = [
        re.compile(re.sub(r"\\\$\\\{[^`]*?\\\}", ".+", re.escape(one)))
        for one in re.findall(r"\bT\(`([^`]+)`", SCRIPTS)
    ]
    assert used <= set(words)
    chosen = set(re.findall(r'"(\w+)"', SCRIPTS))
    spare = {
        key
        for key in words
        if key not in used and key not in chosen and not any(one.fullmatch(key) for one in patterns)
    }
    assert not spare


def test_every_number_that_a_theory_sets_has_words():
    assert {f"sets_{name}" for one in theories().values() for name in one.parameters} <= set(page.words())


def test_text_in_a_data_block_cannot_end_it():
    block = page.json_block("x", {"text": "</script><script>alert(1)</script>"})
    assert block.count("</script>") == 1
    assert json.loads(block.split(">", 1)[1].rsplit("<", 1)[0])["text"].startswith("</script>")


def places_on_map():
    return {one["code"]: one["place"] for one in start()["actors"] if one["place"] is not None}


def test_every_actor_on_the_map_has_a_place_of_its_own():
    places = places_on_map()
    spots = [(row["x"], row["y"]) for row in places.values()]
    assert len(set(spots)) == len(spots)
    assert set(network().states) <= set(places)


def test_no_line_of_the_map_runs_over_a_third_actor():
    places = {code: np.array([row["x"], row["y"]], dtype=float) for code, row in places_on_map().items()}
    for one, other in {tuple(sorted(tie)) for tie in start()["ties"]}:
        if one not in places or other not in places:
            continue
        along = places[other] - places[one]
        for code, place in places.items():
            if code in (one, other):
                continue
            share = np.clip((place - places[one]) @ along / (along @ along), 0.0, 1.0)
            assert np.linalg.norm(place - places[one] - share * along) > 3.0, (one, other, code)


def test_start_names_every_scenario_of_the_library():
    assert {one["id"] for one in start()["scenarios"]} == {one.id for one in list_scenarios()}


# ---- the page as a file ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def few():
    """The questions of a small export, so that tests need not wait."""
    plane = {**static_page.PLANES[0], "starts": static_page.STARTS, "span": static_page.SPAN}
    watch = {"scenario": DELIVERY, "levers": {}, "theory": None}
    return [("/api/start", None), ("/api/watch", watch), ("/api/race", plane)]


def test_exported_page_fetches_nothing_and_runs_only_its_own_script(few, monkeypatch):
    monkeypatch.setattr(static_page, "questions", lambda: iter(few))
    text = static_page.exported()
    assert re.search(r"script-src 'sha256-[^']+'; base-uri", text)
    assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=\"(?!data:)", text)
    carried = json.loads(re.search(r'id="answers">(.*?)</script>', text, flags=re.DOTALL)[1])
    assert static_page.key_of(few[1]) in carried


def test_exported_answers_are_the_servers(few):
    path, body = few[1]
    assert static_page.key_of((path, body)) == '/api/watch {"levers":{},"scenario":"skydagger-delivery","theory":null}'
    assert static_page.key_of(("/x", {"b": [1.0, 0.5], "a": 2.0})) == '/x {"a":2,"b":[1,0.5]}'


def test_export_covers_every_example_of_the_plane_and_of_the_lessons():
    shipped = {json.dumps(static_page._plain(one), sort_keys=True) for one in static_page.PLANES}
    steps = [step for lesson in lessons.lessons().values() for step in lesson.steps]
    in_lessons = {json.dumps(static_page._plain(step.race.model_dump()), sort_keys=True) for step in steps if step.race}
    assert in_lessons <= shipped
    presets = re.search(r"const PRESETS = \{(.*?)\n\};", SCRIPTS, flags=re.DOTALL)[1]
    written = re.findall(r"\{ reaction: (\[.*?\]), fatigue: (\[.*?\]), grievance: (\[.*?\]) \}", presets)
    names = ("reaction", "fatigue", "grievance")
    assert {
        json.dumps(dict(zip(names, map(json.loads, row), strict=True)), sort_keys=True) for row in written
    } == shipped


def test_export_asks_for_each_question_once():
    keys = [static_page.key_of(one) for one in static_page.questions()]
    assert len(keys) == len(set(keys))


def test_export_leaves_other_files_alone(tmp_path, capsys):
    target = tmp_path / "notes.html"
    target.write_text("mine", encoding="utf-8")
    assert main(["classroom", "--export", str(target)]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert main(["classroom", "--export", str(tmp_path / "nowhere" / "page.html")]) == 2
    assert target.read_text(encoding="utf-8") == "mine"


# ---- the command -----------------------------------------------------------------------------------------------------


def test_port_that_is_taken_is_named_with_a_remedy(classroom, capsys):
    port = classroom.server_address[1]
    assert main(["classroom", "--no-open", "--port", str(port)]) == 2
    assert "leave it out to take one that is free" in capsys.readouterr().err
    assert main(["classroom", "--no-open", "--port", "70000"]) == 2


def test_without_a_port_another_is_taken_if_ours_is_not_free(monkeypatch):
    from sim.classroom import opening

    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        monkeypatch.setattr(opening, "PORT", holder.getsockname()[1])
        made = opening.server_at("127.0.0.1", None)
        made.server_close()
    assert made.address.startswith("http://127.0.0.1:")


def test_nothing_but_loopback_is_listened_on(classroom):
    assert classroom.server_address[0] == "127.0.0.1"


def test_unknown_wish_is_no_object():
    with pytest.raises(InputError, match="JSON object"):
        read_request(RunRequest, None)


def test_numbers_on_the_way_to_the_page_keep_four_digits():
    assert series_view.rounded(np.array([1234.567, 0.001])) == [1235.0, 0.0]
    assert series_view.rounded(np.array([0.123456, -0.0])) == [0.1235, 0.0]
    assert series_view.rounded(np.array([])) == []


def test_page_folder_holds_only_what_the_page_is_made_of():
    files = {file.name for file in Path(page.FOLDER).iterdir()}
    assert files == {*page.SCRIPTS, page.STYLE, page.WORDS, "page.html"}


# ---- why did it move -------------------------------------------------------------------------------------------------


def test_causes_of_a_change_add_up_to_it():
    request = {"scenario": DELIVERY, "variable": "attitude", "actor": "SRB", "counterpart": "TUR", "quarter": "2025Q4"}
    for compare in (False, True):
        told = explanation.why(WhyRequest(**request, compare=compare))
        assert explanation.why(WhyRequest(**request, compare=compare, against="baseline")) == told  # its own comparison
        assert sum(row["value"] for row in told["rows"]) == pytest.approx(told["change"], rel=1e-3)
        names = [row["words"] for row in told["rows"]]
        assert len(set(names)) == len(names)
        assert told["since"] == (None if compare else "2024Q4")
        assert "Serbia's attitude to Türkiye" in told["sentences"][0]


def test_delivery_is_named_as_a_cause_of_the_quarrel():
    request = WhyRequest(
        scenario=DELIVERY, variable="attitude", actor="SRB", counterpart="TUR", quarter="2025Q4", compare=True
    )
    first = explanation.why(request)["rows"][0]
    assert first["words"] == "deliveries from Türkiye to Kosovo"
    assert first["value"] < 0.0


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [("quarter", "2025Q5", "not a quarter"), ("variable", "wealth", "is not one of"), ("actor", "XXX", "XXX")],
)
def test_points_that_cannot_be_explained_are_refused(field, value, message):
    request = {"scenario": DELIVERY, "variable": "spending", "actor": "SRB", "quarter": "2026Q4", field: value}
    with pytest.raises(InputError, match=message):
        explanation.why(WhyRequest(**request))
