"""The record beyond the documents: every row is well formed and sourced, and the recorded history plays it as it stands there."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from sim.data.context_events import SOURCE, context_events
from sim.data.tables import rows_by_id
from sim.io.errors import InputError
from sim.io.quarters import index_of
from sim.io.yaml_reader import read_yaml
from sim.model.parameters import CLASSES
from sim.report.trace import traced
from sim.scenario.loading import load_scenario

SEEDS = Path(__file__).parents[2] / "seeds"
FILE = SEEDS / "context_events.csv"
EVENTS = context_events()
BY_ID = {event.id: event for event in EVENTS}
PLAYED = [event for event in load_scenario("baseline").events if event.source == SOURCE]


def cited(event):
    return [BY_ID[id_] for id_ in event.locator.split(", ")]


def quarters_of(row):
    """First and last quarter in which the event of a row may lie."""
    first, last = row.date, row.date_end or row.date
    months = [int(date[5:7]) if len(date) > 4 else month for date, month in ((first, 1), (last, 12))]
    return tuple(index_of(f"{date[:4]}Q{(month + 2) // 3}") for date, month in zip((first, last), months, strict=True))


def written(tmp_path, row_id, **cells):
    """A copy of the table in which some cells of a row are others."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    next(row for row in rows if row["id"] == row_id).update(cells)
    copy = tmp_path / "context_events.csv"
    with copy.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return copy


# ---- the table -------------------------------------------------------------------------------------------------------


def test_readme_tells_the_number_of_rows():
    assert f"| `context_events.csv` | {len(EVENTS)} |" in (SEEDS / "README.md").read_text(encoding="utf-8")


def test_rows_stand_in_the_order_of_time_between_2010_and_2025():
    years = [event.date[:4] for event in EVENTS]
    assert years == sorted(years) and years[0] == "2010" and years[-1] == "2025"


def test_classes_of_deals_are_those_of_the_model():
    assert {event.weapon_class for event in EVENTS if event.is_deal} == set(CLASSES)


def test_most_rows_were_read_and_the_others_say_where_to_look():
    unverified = [event for event in EVENTS if event.status == "unverified"]
    assert len(unverified) < len(EVENTS) / 10
    assert all(event.source and event.locator and event.note for event in unverified)


def test_documents_that_a_note_names_have_such_a_row():
    for event in EVENTS:
        for id_ in re.findall(r"\bE\d{3}\b", event.note):
            assert id_ in rows_by_id("events"), event.id


def test_nobody_died_on_29_may_2023_and_four_did_at_banjska():
    assert BY_ID["X042"].date == "2023-05-29" and BY_ID["X042"].killed == (0.0, 0.0)
    assert BY_ID["X042"].severity == "standoff" and BY_ID["X042"].injured == (77.0, 143.0)
    assert BY_ID["X043"].date == "2023-09-24" and BY_ID["X043"].severity == "lethal"


@pytest.mark.parametrize(
    ("row_id", "cells", "message"),
    [
        ("X043", {"id": "Banjska"}, '"Banjska" is not written as X001'),
        ("X043", {"date": "24.9.2023"}, "is not written as 2023"),
        ("X043", {"date": "2023-09"}, 'the date "2023-09" is not as precise as it says (day)'),
        ("X037", {"date_end": "2021-09-02"}, "date_end lies before date"),
        ("X043", {"kind": "attack"}, '"attack" is not'),
        ("X043", {"killed": ""}, "killed is needed of an incident"),
        ("X090", {"killed": "0"}, "killed is needed of an incident (0 if nobody was) and of nothing else"),
        ("X042", {"injured": "many"}, '"many" is not a number or two of them'),
        ("X042", {"injured": "143-77"}, "the lower number comes first"),
        ("X042", {"actors": "Serbs;KFOR"}, "actors are codes such as TUR"),
        ("X090", {"actors": "FRA"}, "a deal has two actors"),
        ("X090", {"class": ""}, "class is missing"),
        ("X090", {"class": "aircraft"}, '"aircraft" is not'),
        ("X043", {"class": "arms"}, "class is of deals only"),
        ("X043", {"payment": "grant"}, "payment and follows are of deals only"),
        ("X090", {"value_year": ""}, "value and value_year stand together"),
        ("X012", {"number": ""}, "number is missing"),
        ("X090", {"url": ""}, "without one it is unverified"),
        ("X090", {"url": "Dassault"}, '"Dassault" is not written as https'),
        ("X090", {"status": "known"}, '"known" is not'),
        ("X090", {"source": ""}, "blank; it is needed here"),
        ("X082", {"follows": "X042"}, '"X042" is not the id of an order, approval or delivery'),
        ("X082", {"follows": "X090"}, "X082 (2023-04) comes before X090 (2024-08-29)"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_row(tmp_path, row_id, cells, message):
    with pytest.raises(InputError) as caught:
        context_events(written(tmp_path, row_id, **cells))
    assert message in re.sub(r"\s+", " ", str(caught.value)), str(caught.value)
    assert re.search(r"1 problem\n\s+line \d+ ", str(caught.value))


def test_trace_tells_a_row_and_who_plays_it():
    found = traced("X043")
    assert found.kind == "incident on record outside the documents (context)"
    assert found.facts["killed"] == "4" and found.facts["counts as"] == "lethal"
    assert found.facts["source"].startswith("Reuters, as carried by babel.ua https://")
    assert traced("X090").uses == ("scenario baseline: rafale-serbia, rafale-serbia-loan",)
    assert traced("X042").uses == ("scenario baseline: clashes-2023-05",)


# ---- what the recorded history plays of it ---------------------------------------------------------------------------


def test_history_plays_rows_that_exist_and_at_least_one_that_was_read():
    assert len(PLAYED) > 40
    for event in PLAYED:
        assert any(row.status == "reported" for row in cited(event)), event.id


def test_history_plays_each_event_when_and_between_whom_its_row_says():
    for event in PLAYED:
        first, *others = cited(event)
        low, high = quarters_of(first)
        assert low <= event.quarter <= high, event.id
        assert set(event.actors()) - {""} <= set(first.actors), event.id
        for later in others:
            assert event.end_quarter is not None and event.end_quarter >= quarters_of(later)[0], event.id


def test_history_plays_no_class_and_no_payment_that_the_row_does_not_name():
    payments = {}
    for event in PLAYED:
        if hasattr(event, "weapon_class"):
            assert {row.weapon_class for row in cited(event)} == {event.weapon_class}, event.id
            payments.setdefault(event.locator.split(", ")[0], set()).add(event.payment)
    assert all(BY_ID[id_].payment in played for id_, played in payments.items())


def test_history_plays_no_more_money_and_no_more_pieces_than_the_row_counts():
    values, pieces = Counter(), Counter()
    for event in PLAYED:
        first = event.locator.split(", ")[0]
        if getattr(event, "value_musd", None) is not None:
            values[first] += event.value_musd.centre
        if getattr(event, "n", None) is not None:
            pieces[first] += event.n.centre
    for id_, value in values.items():
        assert BY_ID[id_].value is None or value <= BY_ID[id_].value[1], id_
    for id_, number in pieces.items():
        assert BY_ID[id_].number is None or number <= BY_ID[id_].number[1], id_


@pytest.mark.parametrize(
    ("series", "rows"),
    [("deliveries.ISR.SRB.artillery", ("X075", "X091")), ("deliveries.USA.ROU.air_defence", ("X140",))],
)
def test_deliveries_spread_over_years_add_up_to_their_contracts(series, rows):
    years = read_yaml(SEEDS.parent / "scenarios" / "baseline.yaml").data["series"][series]
    low, high = (sum(BY_ID[id_].value[end] for id_ in rows) for end in (0, 1))
    assert low <= sum(years.values()) <= high


def test_what_has_no_price_on_record_is_called_assumed():
    for event in PLAYED:
        if getattr(event, "value_musd", None) is not None and all(row.value is None for row in cited(event)):
            assert event.value_musd.spread > 0 and "assumed" in event.note, event.id


def test_history_plays_every_incident_since_2018_once_with_its_severity():
    played = [event for event in load_scenario("baseline").events if event.type_name() == "incident"]
    on_record = [row for row in EVENTS if row.kind == "incident" and row.date >= "2018"]
    assert Counter((event.quarter, event.severity) for event in played) == Counter(
        (quarters_of(row)[0], row.severity) for row in on_record
    )


def test_strength_of_kfor_stays_between_the_figures_of_its_years():
    series = {
        event.at: event.troops.centre * 1000
        for event in load_scenario("baseline").events
        if event.type_name() == "kfor"
    }
    figures = {row.date[:4]: row.number for row in EVENTS if row.kind == "troops" and row.actors == ("KFOR",)}
    for year, (low, high) in figures.items():
        until = [at for at in series if at <= f"{year}Q4"]
        if until:
            assert low - 50 <= series[max(until)] <= high + 50, year
