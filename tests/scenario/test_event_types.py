"""A type of event says all that is told of it: one class, from which sentences, rows, causes and series are read."""

from typing import Literal

import pytest

from sim.explain.attribution import Cause
from sim.explain.text import cause_words
from sim.io.quarters import index_of
from sim.io.yaml_reader import parse_yaml
from sim.model.schedule import ADD, SET, WRITABLE, place_of, script_of
from sim.report.event_text import event_words
from sim.scenario.event import ROWS, EventBase, SeriesForm
from sim.scenario.event_types import event_adapter, event_models
from sim.scenario.events.home import Unrest


def read(line):
    return event_adapter().validate_python(parse_yaml(f"event: {line}", "test").data["event"])


@pytest.fixture(scope="module")
def examples():
    return [read(model.example_line()) for model in event_models().values()]


def test_every_type_of_event_is_told_in_a_sentence_without_gaps(examples):
    lines = {event.id: event_words(event, examples) for event in examples}
    assert not any(set("{}") & set(line) for line in lines.values())
    assert lines["embargo"] == "2026Q1 embargo: Türkiye sells nothing to Serbia until 2027Q4"
    assert lines["deliver-with-ref"] == "2026Q1 deliver-with-ref: the artillery ordered in 2026Q1 arrive"
    assert lines["forum"] == "2026Q1 forum: regional forum of Serbia, Kosovo at 0.5"
    assert lines["agreement"] == "2026Q1 agreement: military agreement of Türkiye and Serbia"


def test_an_event_without_an_end_says_nothing_of_one():
    words = event_words(read("{id: e, at: 2026Q1, type: embargo, supplier: TUR, buyer: SRB}"))
    assert words == "2026Q1 e: Türkiye sells nothing to Serbia"


def test_every_type_of_event_stands_in_a_row_of_the_time_line(examples):
    assert {event.row for event in examples} == set(ROWS)


def test_what_moves_arms_is_what_both_theories_disagree_about(examples):
    assert {event.type for event in examples if event.moves_arms} == {
        "order", "deliver", "offer", "grant", "agreement", "embargo", "force_choice", "support",
    }  # fmt: skip


def test_every_item_writes_what_the_model_holds(examples):
    items = [item for item in script_of(examples).items if item.of or item.what in WRITABLE]
    assert {item.what for item in items} == set(WRITABLE)
    assert all(place_of(item.what, item.of) >= 0 for item in items)


def test_what_the_model_does_not_hold_is_left_out():
    """Greece is no supplier and Croatia holds no relation with it: nothing of their agreement is left but what provokes."""
    script = script_of([read("{id: a, at: 2026Q1, type: agreement, parties: [GRC, HRV]}")])
    assert {item.what for item in script.items} == {"provoked"}


def test_a_write_names_its_numbers_and_who_is_behind_it():
    event = read("{id: s, at: 2026Q2, type: statement, actor: SRB, target: TUR, tone: {normal: [-0.5, 0.1]}}")
    (item,) = script_of([event]).items
    assert (item.operation, item.what, item.of) == (ADD, "rhetoric", ("SRB", "TUR"))
    assert (item.quarter, item.channel, item.subject, item.target) == (index_of("2026Q2"), "statement", "SRB", "TUR")
    assert [size.parameter or size.draw for size in item.sizes] == ["statement_effect", "s.tone"]


def test_an_order_arrives_when_the_file_says_and_not_when_it_was_due():
    order = read(
        "{id: o, at: 2026Q1, type: order, supplier: FRA, buyer: SRB, class: arms, value_musd: 9, payment: budget, due: 2027Q1}"
    )
    arrival = read("{id: a, at: 2026Q3, type: deliver, ref: o}")
    quarters = [[item.quarter for item in script_of(events).items] for events in ([order], [order, arrival])]
    assert quarters == [[index_of("2026Q1"), index_of("2027Q1")], [index_of("2026Q1"), index_of("2026Q3")]]
    assert (order.first_felt, arrival.first_felt) == (index_of("2027Q1"), index_of("2026Q3"))


def test_a_level_ends_after_its_last_quarter_and_an_open_one_never_does():
    short = read("{id: i, at: 2026Q1, type: insecurity, level: 0.5, until: 2026Q2}")
    items = script_of([short]).items
    assert [(item.operation, item.quarter, item.sizes[0].distribution.centre) for item in items] == [
        (SET, index_of("2026Q1"), 0.5),
        (SET, index_of("2026Q3"), 0.0),
    ]
    (lasting,) = script_of([read("{id: i, at: 2026Q1, type: insecurity, level: 0.5}")]).items
    assert lasting.quarter == index_of("2026Q1")


def test_a_cause_without_words_of_its_own_is_called_after_its_type():
    assert cause_words(Cause("joint_exercise", "TUR", "XKX", "e")) == "joint exercise"
    assert cause_words(Cause("gift", "USA", "XKX", "e")) == "gift from the United States to Kosovo"


def test_a_name_belongs_to_one_form_of_series():
    forms = [model.series for model in event_models().values() if model.series]
    for form in forms:
        assert [other.fields_in(form.example) for other in forms].count(None) == len(forms) - 1
    assert SeriesForm("kfor.troops", "troops", "kfor.troops", "").fields_in("kfor.men") is None


def test_a_type_of_event_that_says_too_little_is_refused_when_it_is_written():
    with pytest.raises(TypeError, match="the type of event Mute must say its sentence, label, example"):

        class Mute(EventBase):
            type: Literal["mute"]


def test_two_types_of_event_of_one_name_are_refused(monkeypatch):
    import sim.scenario.events.north as north

    again = type("Again", (Unrest,), {"__module__": north.__name__, "__doc__": "again"})
    monkeypatch.setattr(north, "Again", again, raising=False)
    event_models.cache_clear()
    try:
        with pytest.raises(TypeError, match="Again and Unrest are both called unrest"):
            event_models()
    finally:
        monkeypatch.undo()
        event_models.cache_clear()
