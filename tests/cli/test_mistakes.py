"""Mistakes that users make in a scenario, in a sweep's design and on the command line, each with the essentials of its message.

A message names the line, the value, what is allowed and what to write instead.
"""

from pathlib import Path

import pytest

from sim.cli.main import main

SCENARIO = """format_version: 1
title: My scenario
question: What do twelve armed drones do?
extends: baseline
compare_to: baseline
events:
  - id: my-order
    at: 2026Q1
    type: order
    supplier: TUR
    buyer: XKX
    class: uav
    n: 2
    payment: budget
"""
DESIGN = """format_version: 1
title: My sweep
scenarios: [baseline, skydagger-delivery]
members: 4
until: 2030Q4
design: {kind: latin-hypercube, points: 8}
vary:
  reaction.SRB: {uniform: [0, 1]}
metrics:
  - {variable: tension, when: 2030Q4}
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder of one's own, with a correct scenario in it."""
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(SCENARIO, encoding="utf-8")


def refused(capsys, *arguments):
    """What a command line is refused with."""
    assert main(list(arguments)) == 2
    out, err = capsys.readouterr()
    assert out == "" and "Traceback" not in err and "internal error" not in err
    return err


IN_A_SCENARIO = [
    (
        "type: order",
        "type: purchase",
        'line 7|event 1 (my-order)|"purchase"|did you mean "order"?|offer, grant, embargo',
    ),
    ("    type: order\n", "", "line 7|type is missing; add type: |order"),
    ("n: 2", "number: 4", 'line 13|number|unknown field; did you mean "n"?'),
    ("n: 2", "n: 2\n    price: 15", 'line 14|price|did you mean "unit_price_musd"?'),
    ("supplier: TUR", "seller: TUR", '1 problem|line 10|did you mean "supplier"?'),
    ("buyer: XKX", "recipient: XKX", '1 problem|line 11|did you mean "buyer"?'),
    ("at: 2026Q1", "date: 2026Q1", '1 problem|line 8|did you mean "at"?'),
    ("    payment: budget\n", "", "payment|missing; add payment: budget, credit or grant"),
    ("payment: budget", "payment: gift", 'line 14|"gift" is not a payment; did you mean "grant"?'),
    ("payment: budget", "payment: barter", '"barter" is not a payment; choose budget, credit or grant'),
    ("n: 2", "n: 0,5", 'line 13|n|"0,5" is not a number; write 0.5, with a point'),
    ("n: 2", "n: 12,5", "write 12.5, with a point"),
    ("n: 2", "n: 1,200", "write 1200, without a comma"),
    ("n: 2", "n: 50%", '"50%" is not a number; write 0.5'),
    ("n: 2", 'n: "12"', "write 12, without quotes"),
    ("n: 2", "n: 12 drones", "write 12, without words"),
    ("n: 2", "n: twelve", '"twelve" is not a number; write it in digits'),
    ("n: 2", "n: 10-14", "write {uniform: [10, 14]} for a range"),
    ("n: 2", "n: {low: 10, high: 14}", "a range is written {uniform: [10, 14]}"),
    ("n: 2", "n: {lognormal: [4,5, 0.5]}", "needs two numbers in brackets|decimals take a point"),
    ("n: 2", "n: 5000", "line 13|yearly equipment budgets of Kosovo in 2026|at most 20|Lower n"),
    ("n: 2", "value_musd: 60", "uav is counted in units: give n, and no value_musd"),
    ("2026Q1", "2026-Q2", 'line 8|at|"2026-Q2" is not a quarter; write 2026Q2'),
    ("2026Q1", "2026q2", "write 2026Q2"),
    ("2026Q1", "Q2 2026", "write 2026Q2"),
    ("2026Q1", "2026-05", "write 2026Q2"),
    ("2026Q1", "14 May 2026", "write 2026Q2"),
    ("2026Q1", "2026", "write its quarter, too: 2026Q1"),
    ("2026Q1", "2026Q5", "a year has the quarters Q1 to Q4"),
    ("2026Q1", "2040Q1", "2040Q1 is outside 2018Q1-2035Q4"),
    ("XKX", "KOS", '"KOS" is not one of the twelve states of this model; did you mean "XKX"?'),
    ("XKX", "RKS", 'did you mean "XKX"?'),
    ("XKX", "SER", 'did you mean "SRB"?'),
    ("TUR", "TR", '"TR" is not a supplier in this model; did you mean "TUR"?'),
    ("TUR", "Turkey", 'did you mean "TUR"?'),
    ("XKX", "HUN", '"HUN" is not one of the twelve states of this model; choose TUR, SRB, XKX'),
    ("XKX", "CHN", '"CHN" (China) is not one of the twelve states of this model; choose TUR, SRB'),
    ("TUR", "SRB", "(Serbia) is not a supplier in this model; choose TUR, RUS|a state's own production is DOM"),
    ("buyer: XKX", "buyer: all", "write one event for each of TUR, SRB, XKX"),
    ("buyer: XKX", "buyer: [XKX, SRB]", "a list is not one of the twelve states|in an event for each"),
    ("buyer: XKX", "buyer: TUR", "must be two different actors; a state's own production has the supplier DOM"),
    ("class: uav", "class: drone", "armed drones such as TB2 are uav, one-way drones such as Skydagger loitering"),
    ("class: uav", "class: TB2", 'did you mean "uav"? (armed drones)'),
    ("class: uav", "class: tanks", 'did you mean "armour"?'),
    ("id: my-order", "id: My Order", "use lower-case letters, digits and hyphens: my-order"),
    ("    at:", "\tat:", "line 8|a tab stands here; use spaces, not tabs"),
    ("  - id: my-order", "  id: my-order", 'line 8|begin a list\'s entries with "- "'),
    ("question: What", "question: Asked: What", 'line 3|quote text with ": " in it'),
    ("extends: baseline", "extends: basline", 'no scenario "basline" in the library; did you mean "baseline"?'),
    ("events:", "parameters: {reaction.SER: 0.4}\nevents:", 'did you mean "reaction.SRB"?'),
    ("events:", "parameters: {price: 3}\nevents:", 'unknown parameter; did you mean "uav_price" or "loitering_price"?'),
    ("events:", "parameters: {reaction.SRB: 0,4}\nevents:", 'reaction.SRB|"0,4" is not a number; write 0.4'),
    ("events:", "series: {unrest.SRB: 0.6}\nevents:", "has no quarter; write {2026Q1: 0.6}"),
    ("events:", "series: {unrest.SRB: {2026Q1: 0,5}}\nevents:", '"0,5" is not a number; write 0.5, with a point'),
    ("events:", "series: {spending.SRB: {2026Q1: 5}}\nevents:", "unknown series; choose unrest.SRB"),
    ("events:", "remove: [skydagger]\nevents:", "`armsrace show baseline` lists them"),
    ("events:", "remove: unrest\nevents:", '"unrest" is not a list; write [unrest]'),
    ("events:", "documents: ['002']\nevents:", "is not a block; write {document: ..., locator: ..., says: ...}"),
    ("n: 2", "n: 2\n    source: 2", 'write it in quotes: "002"'),
    ("n: 2", "n: 2\n    source: Wikipedia", "for a source of your own write source: assumed"),
]


@pytest.mark.parametrize(("right", "wrong", "essentials"), IN_A_SCENARIO, ids=[wrong for _, wrong, _ in IN_A_SCENARIO])
def test_a_mistake_in_a_scenario_is_told_with_its_remedy(capsys, right, wrong, essentials):
    text = SCENARIO.replace(right, wrong, 1)
    assert text != SCENARIO
    Path("mine.yaml").write_text(text, encoding="utf-8")
    message = refused(capsys, "validate", "mine.yaml")
    assert message.startswith("mine.yaml: 1 problem\n")
    assert [words for words in essentials.split("|") if words not in message] == []


IN_A_DESIGN = [
    ("kind: latin-hypercube", "kind: lhs", 'line 6|did you mean "latin-hypercube"?|grid, pairs'),
    ("{kind: latin-hypercube, points: 8}", "{points: 8}", "kind is missing; add kind: grid, pairs"),
    ("points: 8", "points: 1,000", 'line 6|design.points|"1,000" is not a number; write 1000, without a comma'),
    ("points: 8", "n: 8", "points|unknown field"),
    ("members: 4", "simulations: 4", 'line 4|did you mean "members"?'),
    ("members: 4", "members: many", '"many" is not a whole number'),
    ("until: 2030Q4", "until: 2030", "write its quarter, too: 2030Q1"),
    ("vary:", "parameters:", 'did you mean "vary"?'),
    ("reaction.SRB: {uniform", "reaction.SER: {uniform", 'did you mean "reaction.SRB"?'),
    ("{uniform: [0, 1]}", "[0, 1]", "is no distribution; write for example {uniform: [0, 1]}"),
    ("{uniform: [0, 1]}", "{unifrom: [0, 1]}", 'did you mean "uniform"?'),
    ("{uniform: [0, 1]}", "{uniform: [0, 1,5]}", "decimals take a point"),
    ("variable: tension", "variable: tensions", 'unknown variable "tensions"; did you mean "tension"?'),
    ("variable: tension", "variable: spending", "spending needs an actor: TUR, SRB, XKX"),
    ("when: 2030Q4", "when: 2030-Q4", "write 2030Q4"),
    ("when: 2030Q4", "when: 2034Q4", "2034Q4 lies after the end of the sweep, 2030Q4"),
    ("skydagger-delivery]", "skydager-delivery]", 'did you mean "skydagger-delivery"?'),
    (
        "metrics:\n  - {variable: tension, when: 2030Q4}\n",
        "",
        "metrics|missing; add metrics: a list such as [{variable: tension, when: 2030Q4}]",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "essentials"), IN_A_DESIGN, ids=[wrong for _, wrong, _ in IN_A_DESIGN])
def test_a_mistake_in_a_design_is_told_with_its_remedy(capsys, right, wrong, essentials):
    text = DESIGN.replace(right, wrong, 1)
    assert text != DESIGN
    Path("design.yaml").write_text(text, encoding="utf-8")
    message = refused(capsys, "sweep", "design.yaml", "--dry-run")
    assert [words for words in essentials.split("|") if words not in message] == []


ON_THE_COMMAND_LINE = [
    ("runn baseline", 'unknown command "runn"; did you mean run?'),
    ("validate nofile.yaml", "nofile.yaml|no such file; check the name and the folder"),
    ("validate mien.yaml", 'no such file; did you mean "mine.yaml"?'),
    ("run mine", 'there is no scenario "mine" in the library; did you mean the file "mine.yaml"?'),
    ("run skydagger", 'no scenario "skydagger" in the library; did you mean "skydagger-delivery"?'),
    ("run baseline --set price=3", 'price|did you mean "uav_price" or "loitering_price"?'),
    ("run baseline --set reaction.SRB=0,4", "reaction.SRB|write 0.4, with a point"),
    ("run baseline --set reaction.SRB=40%", "write 0.4"),
    ("run baseline --set reaction.SRB", "write NAME=VALUE, for example reaction.SRB=0.4"),
    ("run baseline --set reaction.KOS=1", 'did you mean "reaction.XKX"?'),
    ("run baseline --members 1,000", '--members: "1,000" is not a whole number; write 1000'),
    ("run baseline --until 2030", "write its quarter, too: 2030Q1"),
    ("run baseline --until 2030-Q4", "write 2030Q4"),
    ("run baseline --theory richardson", "spiral, deterrence, no-effect"),
    ("run baseline --ensemble priors", 'did you mean "prior"?'),
    ("run baseline --simulations 100", "unknown option --simulations; did you mean --members?"),
    ("trace reaction.serbia", 'did you mean "reaction.SRB"?'),
    ("trace 006", 'nothing is called "006"'),
    ("figures export", 'did you mean "exports"?'),
    ("explain baseline --actor KOS --quarter 2026Q1", 'did you mean "XKX"?'),
    ("explain baseline --actor SRB --quarter 2026-1", "write 2026Q1"),
    ("chart spendings.SRB", 'did you mean "spending.SRB"?'),
    ("chart spending", "spending of whom?|spending.SRB"),
    ("chart spending.SER", 'did you mean "spending.SRB"?'),
    ("chart spending.SRB 2020", "write it as 2020-2030"),
    ("chart spending.SRB 2030-2020", "ends before it begins"),
    ("cite skydagger", 'did you mean "skydagger-delivery"?'),
    ("run skydager", 'did you mean "skydagger-delivery"?'),
]


@pytest.mark.parametrize(("line", "essentials"), ON_THE_COMMAND_LINE, ids=[line for line, _ in ON_THE_COMMAND_LINE])
def test_a_mistake_on_the_command_line_is_told_with_its_remedy(capsys, line, essentials):
    message = refused(capsys, *line.split())
    assert [words for words in essentials.split("|") if words not in message] == []


ODD = [
    ("extends: baseline\n", "", "warning: the file extends nothing, so nothing of the record happens in it"),
    ("compare_to: baseline\n", "", "Add compare_to: baseline"),
    ("2026Q1", "2021Q1", "my-order happens in 2021Q1, before the record ends in 2025Q4"),
    ("n: 2", "n: 40", "yearly equipment budgets of 2026"),
    (SCENARIO[SCENARIO.index("events:") :], "", "changes nothing against baseline"),
    ("events:\n", "events:\n  - {id: end, at: 2026Q1, type: guarantee, state: SRB, level: 0}\n", "end has no effect"),
]


@pytest.mark.parametrize(("usual", "odd", "warning"), ODD, ids=[warning for _, _, warning in ODD])
def test_what_is_odd_and_not_wrong_is_warned_of_and_accepted(capsys, usual, odd, warning):
    assert main(["validate", "mine.yaml"]) == 0
    assert warning not in capsys.readouterr().out
    Path("mine.yaml").write_text(SCENARIO.replace(usual, odd, 1), encoding="utf-8")
    assert main(["validate", "mine.yaml"]) == 0
    out, err = capsys.readouterr()
    assert warning in " ".join(out.split()) and err == ""


def test_a_run_warns_of_an_event_that_comes_after_its_end_in_one_sentence(capsys):
    Path("mine.yaml").write_text(SCENARIO.replace("2026Q1", "2030Q1"), encoding="utf-8")
    assert main("run mine.yaml --members 2 --until 2028Q4 --pictures none".split()) == 0
    err = " ".join(capsys.readouterr().err.split())
    assert "warning: my-order comes in 2030Q1, after the end of the run (2028Q4)" in err and "--until 2030Q1" in err


def test_no_scenario_of_the_library_is_odd(capsys):
    assert main(["validate", "baseline", "skydagger-delivery", "no-turkish-arms"]) == 0
    assert "warning" not in capsys.readouterr().out
