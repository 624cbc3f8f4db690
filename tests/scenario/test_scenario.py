"""Scenario files: what they mean once resolved, and what is refused with file, line and remedy."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from sim.io.errors import InputError
from sim.io.yaml_reader import parse_yaml, read_yaml
from sim.model.distributions import Distribution
from sim.model.parameters import CLASSES, load_parameters
from sim.report.citations import sources_of
from sim.scenario import schema as scenario_schema
from sim.scenario.event_types import event_models
from sim.scenario.fields import COUNTED_CLASSES
from sim.scenario.json_schema import scenario_json_schema
from sim.scenario.loading import list_scenarios, load_scenario
from sim.scenario.overrides import apply_settings, with_parameters
from sim.scenario.template import template

PARAMETERS = """\
format_version: 1
model_version: "1.0"
parameters:
  reaction:
    {symbol: k, unit: "1", group: g, meaning: m, index: [state], default: 0.25,
     range: [0, 5], status: assumed, source: assumed}
  burden_max:
    {symbol: b, unit: share of GDP, group: g, meaning: m, default: 0.06,
     range: [0, 0.15], status: assumed, source: assumed}
"""
BASE = """\
format_version: 1
title: Baseline
question: What happens anyway?
group: base
parameters: {reaction.SRB: 0.3, burden_max: 0.05}
series:
  kfor.troops: {2018Q1: 4.5}
  unrest.SRB: {2024Q4: 0.6, 2025Q1: 0.8}
  deliveries.TUR.XKX.arms: {2018: 0.4, 2019Q1: 0.1}
events:
  - {id: drones, at: 2022Q4, type: order, supplier: TUR, buyer: XKX, class: uav, n: 5, unit_price_musd: 5.5,
     payment: budget, due: 2023Q3}
  - {id: drones-arrive, at: 2023Q2, type: deliver, ref: drones, source: "004", locator: endnote 60}
  - {id: banjska, at: 2023Q3, type: incident, severity: lethal}
"""
HEAD = "format_version: 1\ntitle: Mine\nquestion: What if?\n"
CHILD = HEAD + "extends: baseline\ncompare_to: baseline\n"
GOOD_EVENTS = {
    "order": "supplier: TUR, buyer: XKX, class: loitering, n: {lognormal: [4000, 0.5]}, unit_price_musd: 0.003, "
    "payment: budget",
    "deliver": "supplier: CHN, buyer: SRB, class: air_defence, value_musd: 300, payment: credit",
    "grant": "patron: TUR, recipient: XKX, value_musd: 1",
    "agreement": "parties: [TUR, XKX]",
    "visit": "actor: TUR, target: SRB",
    "statement": "actor: SRB, target: TUR, tone: -1",
    "incident": "severity: standoff, count: 2",
    "election": "where: XKX",
    "embargo": "supplier: TUR, buyer: SRB, until: 2027Q1",
    "offer": "supplier: TUR, buyer: SRB, class: uav, n: 6, unit_price_musd: {uniform: [5, 20]}, payment: budget",
    "force_choice": "buyer: SRB, supplier: CHN",
    "kfor": "troops: 5.5",
    "dialogue": "level: {half_normal: 0.5}",
    "accession": "level: 0",
    "trade_shock": "parties: [SRB, TUR], change: -0.5",
    "supplement": "actor: SRB, change: {normal: [0.2, 0.05]}, until: 2026Q4",
    "unrest": "actor: SRB, level: 0.9",
    "release_reserve": "troops: 0.6, quarters: 2",
    "command": "nation: TUR, until: 2026Q3",
    "support": "patron: USA, recipient: XKX, level: {uniform: [0, 1]}",
    "insecurity": "level: 0.5, until: 2026Q4",
    "forum": "members: [SRB, ALB], level: 0.5",
}


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A library with one baseline, in the current directory."""
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "baseline.yaml").write_text(BASE)
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def table(tmp_path):
    file = tmp_path / "parameters.yaml"
    file.write_text(PARAMETERS)
    return load_parameters(file)


@pytest.fixture
def load(library, table):
    """Writes a scenario into the library and loads it."""

    def load_text(text, name="mine"):
        (library / f"{name}.yaml").write_text(text, encoding="utf-8")
        return load_scenario(name, table=table, library=library)

    return load_text


@pytest.fixture
def refusal(load):
    """The message about a scenario that must be refused."""

    def refusal_of(text, name="mine"):
        with pytest.raises(InputError) as caught:
            load(text, name)
        return str(caught.value)

    return refusal_of


def event(text, of_id="x", at="2026Q1"):
    return f"events:\n  - {{id: {of_id}, at: {at}, {text}}}\n"


def only(message):
    """Line, place and text of the only problem in a message about scenarios/mine.yaml."""
    title, *rows = message.splitlines()
    assert title == "scenarios/mine.yaml: 1 problem", message
    return rows[0]


# ---- what a scenario means -------------------------------------------------------------------------------------------


def test_child_inherits_and_its_own_values_win(load):
    scenario = load(
        CHILD
        + "parameters: {reaction.SRB: {lognormal: [0.4, 0.3]}}\n"
        + "series: {unrest.SRB: {2025Q1: 0.2}}\nremove: [banjska]\n"
        + event("type: election, where: XKX", at="2025Q4")
    )
    assert scenario.chain == ("baseline", "mine")
    assert scenario.compare_to == "baseline"
    assert scenario.parameters["burden_max"] == 0.05
    assert scenario.parameters["reaction.SRB"] == Distribution("lognormal", 0.4, 0.3, 0.0, 5.0)
    levels = {e.at: e.level.centre for e in scenario.events if e.type == "unrest"}
    assert levels == {"2024Q4": 0.6, "2025Q1": 0.2}
    ids = [e.id for e in scenario.events]
    assert "banjska" not in ids
    assert ids[-1] == "x"


def test_bare_parameter_of_a_child_replaces_those_of_single_states(load):
    assert load(CHILD + "parameters: {reaction: 0.9}\n").parameters == {"burden_max": 0.05, "reaction": 0.9}


def test_events_are_sorted_by_quarter_then_by_order_of_appearance(load):
    scenario = load(
        CHILD
        + event("type: election, where: SRB", "later", "2023Q3")
        + "  - {id: first, at: 2018Q1, type: dialogue, level: 0.1}\n"
    )
    quarters = [e.quarter for e in scenario.events]
    assert quarters == sorted(quarters)
    ids = [e.id for e in scenario.events]
    assert ids.index("series.kfor.troops.2018Q1") < ids.index("first")
    assert ids.index("banjska") < ids.index("later")


def test_year_of_deliveries_is_split_evenly_and_conserves_value(load):
    parts = [e for e in load(CHILD).events if e.type == "deliver" and e.id.startswith("series.")]
    assert [(e.at, e.value_musd.centre) for e in parts[:4]] == [(f"2018Q{q}", 0.1) for q in (1, 2, 3, 4)]
    assert sum(e.value_musd.centre for e in parts) == pytest.approx(0.4 + 0.1)
    assert {(e.supplier, e.buyer, e.weapon_class, e.payment) for e in parts} == {("TUR", "XKX", "arms", "budget")}


def test_event_knows_its_quarter_end_and_origin(load):
    order = next(e for e in load(CHILD).events if e.id == "drones")
    assert (order.quarter, order.end_quarter) == (19, 22)
    assert order.origin == "scenarios/baseline.yaml:11"


@pytest.mark.parametrize("kind", GOOD_EVENTS)
def test_every_type_of_event_is_read_and_written_back(load, kind):
    scenario = load(HEAD + event(f"type: {kind}, {GOOD_EVENTS[kind]}"))
    assert scenario.events[0].type == kind
    assert yaml.safe_load(event(f"type: {kind}, {GOOD_EVENTS[kind]}"))["events"][0] == scenario.events[0].plain()


def test_the_example_of_every_type_of_event_is_read_and_written_back(load):
    lines = "".join(f"  - {model.example_line()}\n" for model in event_models().values())
    events = load(f"{HEAD}events:\n{lines}").events
    assert [event.plain() for event in events] == yaml.safe_load(lines)
    assert [event.tag() for event in events] == list(event_models())


def test_resolved_scenario_is_a_file_that_means_the_same(load):
    scenario = load(CHILD + event("type: grant, patron: TUR, recipient: XKX, value_musd: {lognormal: [1, 0.2]}"))
    again = load(yaml.safe_dump(scenario.resolved(), sort_keys=False), "again")
    assert again.digest == scenario.digest
    assert again.chain == ("again",)
    assert [e.id for e in again.events] == [e.id for e in scenario.events]


def test_digest_follows_what_is_said_and_not_where(load, library, table):
    text = CHILD + event("type: kfor, troops: 5")
    digest = load(text).digest
    assert load(text, "other-name").digest == digest
    assert load(text.replace("troops: 5", "troops: 5.1")).digest != digest


def test_scenario_and_its_events_cannot_be_changed(load):
    scenario = load(CHILD)
    with pytest.raises(AttributeError):
        scenario.title = "x"
    with pytest.raises(ValidationError):
        scenario.events[0].at = "2020Q1"


def test_norway_stays_text_and_1e3_is_a_number(load):
    scenario = load(
        HEAD.replace("Mine", "NO")
        + event("type: order, supplier: TUR, buyer: XKX, class: uav, n: 1e3, unit_price_musd: 1, payment: grant")
    )
    assert scenario.title == "NO"
    assert scenario.events[0].n.centre == 1000.0


def test_scenario_can_be_a_file_outside_the_library(library, table, tmp_path):
    (tmp_path / "own.yaml").write_text(CHILD.replace("extends: baseline", "extends: base-of-own.yaml"))
    (tmp_path / "base-of-own.yaml").write_text(HEAD + "extends: baseline\n")
    scenario = load_scenario("own.yaml", table=table, library=library)
    assert scenario.chain == ("baseline", "base-of-own", "own")
    assert load_scenario(tmp_path / "own.yaml", table=table, library=library).digest == scenario.digest


def test_library_is_listed_by_id_title_and_group(library):
    (library / "broken.yaml").write_text("a: [")
    rows = list_scenarios(library)
    assert [(row.id, row.title, row.group) for row in rows] == [
        ("baseline", "Baseline", "base"),
        ("broken", "(cannot be read; see `armsrace validate`)", ""),
    ]


def test_template_runs_as_it_is(load):
    scenario = load(template("my-question"), "my-question")
    assert scenario.chain == ("baseline", "my-question")
    assert scenario.compare_to == "baseline"
    assert any(e.id == "example-order" for e in scenario.events)
    assert template("a").startswith("# yaml-language-server: $schema=")


# ---- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        (
            "type: visit, actr: TUR, actor: TUR, target: SRB",
            "event 1 (x), actr",
            'unknown field; did you mean "actor"?',
        ),
        ("type: visit, actor: TUR, target: SBR", "event 1 (x), target", '"SBR" is not an actor; did you mean "SRB"?'),
        ("type: visit, actor: TUR, target: Serbia", "event 1 (x), target", 'did you mean "SRB"?'),
        ("type: visit, actor: TUR, target: TUR", "event 1 (x)", "must be two different actors"),
        ("type: visit, actor: TUR", "event 1 (x), target", "missing; add target: TUR, SRB"),
        ("type: vist, actor: TUR, target: SRB", "event 1 (x)", 'unknown type "vist"; did you mean "visit"?'),
        ("actor: TUR, target: SRB", "event 1 (x)", "type is missing; add type: "),
        (
            "type: election, where: RUS",
            "event 1 (x), where",
            '"RUS" (Russia) is not one of the two sides of the north; choose XKX or SRB',
        ),
        ("type: incident, severity: lethal, count: 0", "event 1 (x), count", "0 is outside 1-100"),
        ("type: incident, severity: lethal, count: -3", "event 1 (x), count", "-3 is outside 1-100"),
        ("type: incident, severity: lethal, count: 1.5", "event 1 (x), count", "1.5 is not a whole number"),
        ("type: incident, severity: fatal", "event 1 (x), severity", "choose lethal or standoff"),
        (
            "type: unrest, actor: SRB, level: 1.2",
            "event 1 (x), level",
            "1.2 is outside 0-1 (share of the highest level)",
        ),
        ("type: unrest, actor: SRB, level: 60", "event 1 (x), level", "write 0.6 for 60 per cent"),
        ("type: unrest, actor: SRB, level: .nan", "event 1 (x), level", "nan is not a finite number"),
        ("type: kfor, troops: .inf", "event 1 (x), troops", "inf is not a finite number"),
        ("type: kfor, troops: 4500", "event 1 (x), troops", "4500 is outside 0-100 (thousand); write 4.5 for 4500"),
        ("type: kfor, troops: NO", "event 1 (x), troops", '"NO" is not a number'),
        ("type: statement, actor: SRB, target: TUR, tone: -2", "event 1 (x), tone", "-2 is outside -1 to 1"),
        ("type: trade_shock, parties: [SRB, TUR], change: -1", "event 1 (x), change", "-1 is outside"),
        ("type: agreement, parties: [SRB, SRB]", "event 1 (x)", "parties must be two different actors"),
        ("type: agreement, parties: [SRB]", "event 1 (x), party 2", "missing"),
        ("type: embargo, supplier: TUR, buyer: SRB, until: 2025Q4", "event 1 (x)", "until lies before at (2026Q1)"),
        (
            "type: embargo, supplier: TUR, buyer: SRB, until: 2036Q1",
            "event 1 (x), until",
            "2036Q1 is outside 2018Q1-2035Q4",
        ),
        ("type: kfor, troops: 5, source: 2", "event 1 (x), source", 'write it in quotes: "002"'),
        ("type: kfor, troops: 5, source: '02'", "event 1 (x), source", "is not a key of seeds/sources.yaml"),
        ("type: deliver, ref: dron", "event 1 (x), ref", 'no order has the id "dron"; did you mean "drones"?'),
    ],
)
def test_faulty_event_is_refused_with_line_place_and_remedy(refusal, text, place, remedy):
    head = CHILD + "remove: [drones-arrive]\n"
    row = only(refusal(head + event(text)))
    assert row.startswith(f"  line {head.count(chr(10)) + 2}  {place}")
    assert remedy in row


@pytest.mark.parametrize(
    ("amount", "remedy"),
    [
        ("class: uav, value_musd: 10", "uav is counted in units: give n, and no value_musd"),
        ("class: loitering, n: 10, value_musd: 3", "loitering is counted in units"),
        ("class: artillery, n: 6, unit_price_musd: 2", "artillery is given by value: give value_musd"),
        ("class: artillery", "artillery is given by value"),
        ("class: uav, n: -5, unit_price_musd: 5", "-5 is outside 0-1000000 (units)"),
        ("class: uav, n: 5, unit_price_musd: 0", "0 is outside"),
        ("class: uav, n: 5, unit_price_musd: 5500000", "write 5.5 for 5500000"),
        ("class: uavs, n: 5, unit_price_musd: 5", 'did you mean "uav"?'),
        ("class: uav, n: {lognormal: [-4, 0.5]}, unit_price_musd: 5", "-4 is outside 0-1000000 (units)"),
        ("class: uav, n: 5, unit_price_musd: 5, due: 2025Q1", "due lies before at"),
    ],
)
def test_amount_of_an_order_must_suit_its_class(refusal, amount, remedy):
    assert remedy in only(refusal(HEAD + event(f"type: order, supplier: TUR, buyer: XKX, {amount}, payment: budget")))


@pytest.mark.parametrize(
    ("at", "remedy"),
    [
        ("2017Q4", "2017Q4 is outside 2018Q1-2035Q4"),
        ("2036Q1", "2036Q1 is outside 2018Q1-2035Q4"),
        ("2026", '"2026" is not a quarter; write its quarter, too: 2026Q1'),
        ("2026Q5", '"2026Q5" is not a quarter'),
        ("2026-04-01", '"2026-04-01" is not a quarter'),
    ],
)
def test_event_outside_the_simulated_time_is_refused(refusal, at, remedy):
    row = only(refusal(HEAD + event("type: kfor, troops: 5", at=at)))
    assert row.startswith("  line 5  event 1 (x), at")
    assert remedy in row


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        ("titel: x", "titel", 'unknown field; did you mean "title"?'),
        ("parameters: {reacton.SRB: 1}", "parameters.reacton.SRB", 'did you mean "reaction.SRB"?'),
        ("parameters: {burden_max: 4.0}", "parameters.burden_max", "4.0 is outside 0-0.15 (share of GDP); write 0.04"),
        ("parameters: {burden_max: .inf}", "parameters.burden_max", "inf is not a finite number"),
        ("series: {unrest.SBR: {2024Q4: 0.6, 2025Q1: 1}}", "series.unrest.SBR", 'did you mean "SRB"?'),
        ("series: {unrst.SRB: {2024Q4: 0.6}}", "series.unrst.SRB", 'did you mean "unrest.SRB"?'),
        ("series: {unrest.SRB: {2024Q4: 1.6}}", "series.unrest.SRB.2024Q4", "1.6 is outside 0-1"),
        ("series: {unrest.SRB: {2017Q4: 0.6}}", "series.unrest.SRB.2017Q4", "2017Q4 is outside 2018Q1-2035Q4"),
        ("series: {unrest.SRB: {2024: 0.6}}", "series.unrest.SRB.2024", "write 2024Q1 for the whole of 2024"),
        ("series: {deliveries.TUR.XKX.arms: {2019: 1, 2019Q2: 2}}", "series.deliveries", "2019Q2 is given twice"),
        (
            "series: {deliveries.TUR.XKX.arms: {2019: -1}}",
            "series.deliveries.TUR.XKX.arms.2019",
            "-1 is outside 0-100000",
        ),
        ("series: {deliveries.TUR.XKX.uav: {2019: 1}}", "series.deliveries.TUR.XKX.uav", "uav is counted in units"),
        ("series: {deliveries.TUR.XKX.arms: {2036: 1}}", "series.deliveries", "2036 is outside 2018-2035"),
        ("remove: [drons]", "remove 1", 'no inherited event has the id "drons"; did you mean "drones"?'),
        ("remove: [drones]", "remove", '"drones-arrive" is the arrival of "drones"; remove it too'),
        ("documents: [{document: 2}]", "document 1, document", 'write it in quotes: "002"'),
        ("events:", "events", "nothing is not a list; leave the field out"),
        ("comment: 5", "comment", "5 is not text"),
        ("group: !!python/object:os.system x", "group", "write the value without the tag"),
        ("title: again", "title", "given twice, on lines 2 and 6; keep one"),
    ],
)
def test_faulty_field_is_refused_with_line_place_and_remedy(refusal, text, place, remedy):
    row = only(refusal(f"{CHILD}{text}\n"))
    assert row.startswith(f"  line 6  {place}")
    assert remedy in row


def test_duplicate_id_is_refused_in_one_file_and_across_the_chain(refusal):
    again = event("type: kfor, troops: 5", "banjska") + "  - {id: new, at: 2026Q1, type: kfor, troops: 5}\n" * 2
    lines = refusal(CHILD + again).splitlines()
    assert lines[0] == "scenarios/mine.yaml: 2 problems"
    assert lines[1].startswith("  line 7  event 1 (banjska), id")
    assert 'the id "banjska" is taken (inherited); list it under remove' in lines[1]
    assert lines[2].startswith("  line 9  event 3 (new), id")
    assert 'the id "new" is taken (event 2); choose another' in lines[2]


def test_removed_id_may_be_used_again(load):
    scenario = load(CHILD + "remove: [banjska]\n" + event("type: incident, severity: standoff", "banjska"))
    assert [e.severity for e in scenario.events if e.id == "banjska"] == ["standoff"]


def test_order_cannot_arrive_twice_nor_before_it_is_made(refusal):
    assert 'already arrives by "drones-arrive"; keep one' in only(refusal(CHILD + event("type: deliver, ref: drones")))
    early = event("type: deliver, ref: drones", at="2022Q3")
    assert "is made only in 2022Q4" in only(refusal(CHILD + "remove: [drones-arrive]\n" + early))


def test_all_problems_of_a_file_are_reported_at_once(refusal):
    message = refusal(
        CHILD
        + "titel: x\nparameters: {burden_max: 4.0}\nremove: [nothing]\nseries: {dialogue: {2024Q4: 2}}\n"
        + event("type: visit, actor: TUR, target: SBR")
        + "  - {id: y, at: 2017Q4, type: deliver, ref: zzz}\n"
    )
    lines = message.splitlines()
    assert lines[0] == "scenarios/mine.yaml: 7 problems"
    assert [line.split()[:2] for line in lines[1:]] == [["line", str(n)] for n in (6, 7, 8, 9, 11, 12, 12)]


def test_circle_of_extends_is_named(refusal, library):
    (library / "b.yaml").write_text(HEAD + "extends: c\n")
    (library / "c.yaml").write_text(HEAD + "extends: mine\n")
    message = refusal(HEAD + "extends: b\n")
    assert message.startswith("scenarios/c.yaml: 1 problem\n  line 4  extends")
    assert "in a circle: mine -> b -> c -> mine; take one link out" in message


def test_file_cannot_extend_itself(refusal):
    assert "in a circle: mine -> mine" in only(refusal(HEAD + "extends: mine\n"))


def test_endless_chain_is_refused(library, refusal):
    for number in range(30):
        (library / f"s{number}.yaml").write_text(HEAD + f"extends: s{number + 1}\n")
    assert "more than 20 files extend each other" in refusal(HEAD + "extends: s0\n")


def test_base_with_problems_is_reported_under_its_own_name(refusal, library):
    (library / "bad.yaml").write_text(HEAD + "titel: x\n")
    assert refusal(HEAD + "extends: bad\n").startswith("scenarios/bad.yaml: 1 problem\n  line 4  titel")


@pytest.mark.parametrize("field", ["extends", "compare_to"])
@pytest.mark.parametrize(
    ("target", "remedy"),
    [
        ("../outside.yaml", "leaves the folder of this file; copy that file here, or use a library id"),
        ("sub/../../outside.yaml", "leaves the folder of this file"),
        ("/etc/passwd", "leaves the folder of this file"),
        ('"..\\\\outside.yaml"', "leaves the folder of this file"),
        ('"C:\\\\outside.yaml"', "leaves the folder of this file"),
        ("~/outside.yaml", "leaves the folder of this file"),
        ("link.yaml", '"link.yaml" is a link that leaves its folder; copy the file itself here'),
        ("link", '"link.yaml" is a link that leaves its folder'),
        ("folder-link/outside.yaml", "is a link that leaves its folder"),
        ("baselin", 'there is no scenario "baselin" in the library; did you mean "baseline"?'),
        ("baselin.yaml", 'there is no file "baselin.yaml" in this folder; did you mean "baseline.yaml"?'),
        ('"a\\0b.yaml"', "null"),
    ],
)
def test_chain_never_leaves_its_folder(refusal, library, tmp_path, field, target, remedy):
    (tmp_path / "outside.yaml").write_text(BASE)
    (library / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (library / "folder-link").symlink_to(tmp_path)
    row = only(refusal(f"{HEAD}{field}: {target}\n"))
    assert row.startswith(f"  line 4  {field}")
    assert remedy in row


def test_missing_scenario_suggests_its_neighbour(library, table, tmp_path):
    with pytest.raises(InputError, match='no scenario "basline" in the library; did you mean "baseline"'):
        load_scenario("basline", table=table, library=library)
    with pytest.raises(InputError, match=r'basline\.yaml: 1 problem\n  no such file; did you mean "baseline.yaml"'):
        load_scenario("scenarios/basline.yaml", table=table, library=library)
    (tmp_path / "own.yaml").write_text(HEAD)
    with pytest.raises(InputError, match=r'did you mean the file "own\.yaml"'):
        load_scenario("own", table=table, library=library)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("", "the file is empty"),
        ("events: [", "not valid YAML"),
        ("a: &a [1]\nb: [*a, *a]", "anchors and aliases (&a) are not allowed"),
        ("- 1", "the file must be lines of the form"),
    ],
)
def test_file_that_is_no_scenario_at_all_is_refused(refusal, text, remedy):
    assert remedy in only(refusal(text))


# ---- settings --------------------------------------------------------------------------------------------------------


def test_settings_change_parameters_and_events(load, table):
    scenario = apply_settings(
        load(CHILD),
        ["reaction.SRB=0.4", "events.drones.n={lognormal: [8, 0.1]}", "events.banjska.at=2019Q1"],
        table=table,
    )
    assert scenario.parameters["reaction.SRB"] == 0.4
    by_id = {e.id: e for e in scenario.events}
    assert by_id["drones"].n == Distribution("lognormal", 8.0, 0.1, 0.0, 1e6)
    assert by_id["banjska"].origin == "--set"
    assert [e.quarter for e in scenario.events] == sorted(e.quarter for e in scenario.events)


def test_later_setting_wins(load, table):
    assert apply_settings(load(CHILD), ["reaction.SRB=1", "reaction=2"], table=table).parameters["reaction"] == 2.0
    assert "reaction.SRB" not in apply_settings(load(CHILD), ["reaction=2"], table=table).parameters


def test_settings_change_the_digest_and_leave_the_scenario_they_came_from(load, table):
    scenario = load(CHILD)
    before = scenario.digest
    assert with_parameters(scenario, {"reaction.SRB": 0.31}, table=table).digest != before
    assert scenario.digest == before


def test_all_settings_that_cannot_be_made_are_listed_under_set(load, table):
    settings = [
        "burden_max=4.0",
        "reacton.SRB=1",
        "events.drone.n=2",
        "events.drones.n=-2",
        "events.drones.buyr=XKX",
        "events.drones.at=2017Q1",
        "events.drones.id=new",
        "events.n=1",
        "burden_max",
        "burden_max=[",
    ]
    with pytest.raises(InputError) as caught:
        apply_settings(load(CHILD), settings, table=table)
    title, *rows = str(caught.value).splitlines()
    assert title == "--set: 10 problems"
    remedies = [
        "4.0 is outside 0-0.15 (share of GDP); write 0.04 for 4 per cent",
        'did you mean "reaction.SRB"?',
        'did you mean "drones"?',
        "-2 is outside 0-1000000 (units)",
        'unknown field; did you mean "buyer"?',
        "2017Q1 is outside 2018Q1-2035Q4",
        "the id of an event cannot be set; edit the scenario file",
        "write events.ID.FIELD=VALUE",
        "write NAME=VALUE, for example reaction.SRB=0.4",
        "not valid YAML",
    ]
    for row, setting, remedy in zip(rows, settings, remedies, strict=True):
        assert row.startswith(f"  {setting.partition('=')[0]}")
        assert remedy in row


# ---- JSON Schema -----------------------------------------------------------------------------------------------------

BROKEN = [
    HEAD + "titel: x\n",
    HEAD.replace("format_version: 1", "format_version: 2"),
    HEAD.replace("format_version: 1\n", ""),
    HEAD.replace("title: Mine", "title: 5"),
    HEAD.replace("question: What if?", "question: ''"),
    HEAD + "parameters: {reacton: 1}\n",
    HEAD + "parameters: {burden_max: 4.0}\n",
    HEAD + "parameters: {burden_max: '0.04'}\n",
    HEAD + "parameters: {burden_max: {lognorml: [0.04, 0.1]}}\n",
    HEAD + "parameters: {burden_max: {lognormal: [0.04]}}\n",
    HEAD + "parameters: {burden_max: {lognormal: [0.04, -1]}}\n",
    HEAD + "parameters: {burden_max: {lognormal: [0.04, 1], normal: [0.04, 1]}}\n",
    HEAD + "series: {unrest.SBR: {2024Q4: 0.6}}\n",
    HEAD + "series: {unrest.SRB: {2024: 0.6}}\n",
    HEAD + "series: {unrest.SRB: {2024Q4: 1.6}}\n",
    HEAD + "series: {deliveries.TUR.XKX.uav: {2024: 0.6}}\n",
    HEAD + "series: {deliveries.TUR.XKX.arms: {2024: {normal: [1, 0.1]}}}\n",
    HEAD + "series: {kfor.troops: 5}\n",
    HEAD + "remove: drones\n",
    HEAD + "documents: [{document: '999'}]\n",
    HEAD + "events: {a: 1}\n",
    HEAD + "events: [visit]\n",
    HEAD + event("type: vist, actor: TUR, target: SRB"),
    HEAD + event("actor: TUR, target: SRB"),
    HEAD + event("type: visit, actor: TUR, target: SBR"),
    HEAD + event("type: visit, actor: TUR, target: SRB", "Bad_Id"),
    HEAD + event("type: visit, actor: TUR, target: SRB", at="2017Q4"),
    HEAD + event("type: visit, actor: TUR, target: SRB", at="2036Q1"),
    HEAD + event("type: visit, actor: TUR, target: SRB, when: now"),
    HEAD + event("type: agreement, parties: [TUR]"),
    HEAD + event("type: agreement, parties: [TUR, SRB, XKX]"),
    HEAD + event("type: incident, severity: lethal, count: 0"),
    HEAD + event("type: kfor, troops: -1"),
    HEAD + event("type: dialogue, level: 1.5"),
    HEAD + event("type: trade_shock, parties: [TUR, SRB], change: -1"),
    HEAD + event("type: order, supplier: SRB, buyer: XKX, class: arms, value_musd: 1, payment: budget"),
    HEAD + event("type: order, supplier: TUR, buyer: XKX, class: uav, value_musd: 1, payment: budget"),
    HEAD + event("type: order, supplier: TUR, buyer: XKX, class: arms, n: 1, unit_price_musd: 1, payment: budget"),
    HEAD + event("type: order, supplier: TUR, buyer: XKX, class: uav, n: 1, unit_price_musd: 0, payment: budget"),
    HEAD + event("type: order, supplier: TUR, buyer: XKX, class: arms, value_musd: 1, payment: cash"),
    HEAD + event("type: order, supplier: TUR, buyer: XKX, class: arms, value_musd: null, payment: budget"),
    HEAD + event("type: deliver, ref: x, buyer: XKX"),
]


@pytest.fixture(scope="module")
def validator(tmp_path_factory):
    file = tmp_path_factory.mktemp("schema") / "parameters.yaml"
    file.write_text(PARAMETERS)
    schema = scenario_json_schema(load_parameters(file))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("text", BROKEN)
def test_reader_and_json_schema_refuse_the_same_broken_files(refusal, validator, text):
    assert refusal(text).startswith("scenarios/mine.yaml: ")
    assert not validator.is_valid(parse_yaml(text, "f").data)


def test_reader_and_json_schema_accept_the_same_good_files(load, validator):
    events = "".join(
        f"  - {{id: e-{k.replace('_', '-')}, at: 2026Q1, type: {k}, {v}}}\n" for k, v in GOOD_EVENTS.items()
    )
    examples = "".join(f"  - {model.example_line()}\n" for model in event_models().values())
    good = (HEAD + "events:\n" + events, HEAD + "events:\n" + examples)
    for text in (BASE, CHILD, *good, template("x"), HEAD + "extends: null\n"):
        load(text)
        assert list(validator.iter_errors(parse_yaml(text, "f").data)) == []


def test_json_schema_accepts_a_resolved_scenario(load, validator):
    assert list(validator.iter_errors(load(CHILD).resolved())) == []


@pytest.mark.parametrize("listing", list_scenarios(), ids=lambda listing: listing.id)
def test_shipped_scenario_is_accepted_by_reader_and_json_schema(listing):
    assert load_scenario(listing.id).id == listing.id
    schema = Draft202012Validator(scenario_json_schema())
    assert list(schema.iter_errors(read_yaml(listing.file).data)) == []


def test_json_schema_shows_an_example_of_every_type_of_event():
    definitions = scenario_json_schema()["$defs"].values()
    examples = {example["id"]: example for schema in definitions for example in schema.get("examples", ())}
    lines = [yaml.safe_load(model.example_line()) for model in event_models().values()]
    assert examples == {line["id"]: line for line in lines}
    assert set(COUNTED_CLASSES) < set(CLASSES)


def test_reading_scenarios_loads_no_heavy_library():
    code = "import sys, sim.scenario.loading; print(*sys.modules)"
    root = Path(scenario_schema.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert {"numpy", "pandas", "wasmtime", "scipy", "mesa", "matplotlib"}.isdisjoint(done.stdout.split())


def test_scenario_of_a_thousand_events_is_read_in_under_a_second(load):
    rows = "".join(f"  - {{id: e{n}, at: 2026Q1, type: kfor, troops: 5}}\n" for n in range(1000))
    start = time.process_time()
    assert len(load(HEAD + "events:\n" + rows).events) == 1000
    assert time.process_time() - start < 1.0


OWN = {
    "title": "Frigates", "question": "Why?", "extends": "baseline", "compare_to": "baseline",
    "sources": {"ana-2026": {"title": "Arms in the Balkans", "author": "Ana Marić and Ivo Ban", "date": "2026"}},
    "documents": [{"document": "ana-2026", "locator": "p. 4", "says": "more arms"}],
    "events": [{
        "type": "order", "id": "frigates", "at": "2026Q3", "buyer": "GRC", "supplier": "FRA", "class": "arms",
        "value_musd": 300, "payment": "budget", "source": "ana-2026",
    }],
}  # fmt: skip


def test_a_scenario_brings_sources_of_its_own_which_are_cited(tmp_path):
    mine = load_scenario(OWN, name="mine")
    (reference,) = sources_of(mine, load_scenario("baseline"))
    assert reference.apa().startswith("Marić, A., & Ban, I. (2026).") and "Arms in the Balkans" in reference.apa()
    file = tmp_path / "mine.yaml"
    file.write_text(json.dumps(mine.resolved()), encoding="utf-8")
    assert load_scenario(file).digest == mine.digest


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ({"002": {"title": "Another"}}, "is the key of another source"),
        ({"ana-2027": {"author": "Nobody"}}, "title"),
        ({"ana-2026": {"title": "Another book"}}, "is the key of another source in another scenario"),
    ],
)
def test_a_source_of_ones_own_has_a_title_and_a_key_of_its_own(sources, message):
    load_scenario(OWN, name="mine")
    with pytest.raises(InputError, match=message):
        load_scenario({**OWN, "sources": sources}, name="other")
