"""Where numbers come from: `trace` and the tables of `figures`."""

import json
from pathlib import Path

import pytest

from sim.data.tables import CONTEXT_USES, table
from sim.io.errors import InputError
from sim.model.parameters import load_parameters
from sim.report.event_text import prior_words
from sim.report.source_tables import RECORDS, source_table
from sim.report.trace import traced
from sim.rules.draws import CODES

RULES = Path(__file__).parents[2] / "sim" / "rules"


def facts(name):
    return dict(traced(name).facts)


def test_a_parameter_names_value_range_status_source_and_use():
    found = traced("reaction.SRB")
    assert found.plain()["range"] == [-10.0, 10.0]
    assert found.values[0]["default"] == 1.6
    assert found.values[0]["low"] < 0.0 < 1.6 < found.values[0]["high"]
    assert facts("reaction.SRB")["status"] == "estimated"
    assert "the equations of spending and capability (sim/rules/spending.py, sim/rules/capability.py)" in found.uses
    assert "mechanism reaction: budgets react to threat (armsrace check --mechanisms)" in found.uses


def test_a_fitted_number_shows_its_median_beside_the_prior():
    words = " ".join(" ".join(traced("uav_price").lines()).split())
    assert "17.6 (15.1 to 20.8)" in words and "6.59 to 34.1" in words


def test_the_band_of_a_half_normal_is_that_of_its_quantiles():
    value = traced("exaggeration.SRB").values[0]
    assert value["low"] == pytest.approx(0.2 * 0.0627068 / 0.6744898, rel=1e-4)
    assert value["high"] == pytest.approx(0.2 * 1.9599640 / 0.6744898, rel=1e-6)


def test_every_parameter_names_files_of_equations_and_every_such_file_is_named():
    named = {name for one in load_parameters().parameters for name in one.rules}
    assert [one.name for one in load_parameters().parameters if not one.rules] == []
    assert named == {file.stem for file in RULES.glob("*.py")} - {
        "__init__",
        "draws",
        "elementary",
        "exports",
        "richardson",
    }


def test_a_parameter_names_what_sets_it_and_who_cites_its_place():
    uses = traced("deterrence").uses
    assert "theory spiral sets deterrence" in uses and "theory deterrence sets deterrence" in uses
    assert "scenario accession-offer sets accession_start" not in uses
    of_a_state, of_all = (traced(name).uses for name in ("troops_response", "hazard_troops"))
    assert any(use.startswith("the same place is cited by figures ") and "004-B116" in use for use in of_a_state)
    assert "mechanism kfor: the peacekeepers' hold on incidents (armsrace check --mechanisms)" in of_all


def test_a_variable_names_the_mechanisms_that_move_it_and_the_claims_tested_on_it():
    moved, tested = traced("tension").uses[1:]
    assert moved.startswith("mechanisms that move it: china, ") and "russia" not in moved
    assert tested.startswith("claims that are tested on it: M01, ")


def test_a_table_cell_names_the_series_that_repeats_it():
    assert "scenario baseline: series deliveries.TUR.XKX.arms, 2023, the same number" in traced("004-T1-XKX-2023").uses


def test_a_blank_figure_is_unknown_not_zero():
    assert facts("004-T1-SRB-1998")["value"] == "blank"
    assert facts("004-T1-XKX-2008")["value"] == "0 USD"


def test_a_figure_names_what_it_conflicts_with():
    assert facts("004-B116")["conflicts"] == "001-04"


def test_an_observed_level_is_used_and_a_level_kept_to_compare_is_not():
    assert traced("milex-SRB-2023").uses == ("every simulation: spending of 2018-2023 is the observed one",)
    assert traced("gdp-SRB-2020").uses == ()
    assert traced("trade-SRB-TUR-2023").uses == ("the fit of the parameters: trade-steady (armsrace calibrate)",)


def test_every_family_of_outside_numbers_is_read_or_known_to_be_kept_for_comparison():
    families = {row["id"].split("-")[0] for row in table("context")}
    assert families - set(CONTEXT_USES) == {"gdp", "trade"}


def test_an_event_of_a_scenario_names_its_scenario_and_document():
    found = traced("skydagger-order")
    assert "scenario skydagger-delivery" in found.uses
    assert facts("skydagger-order")["source"].startswith("002:")


def test_a_document_is_traced_by_its_number():
    found = facts("002")
    assert found["title"].startswith("(no title printed") and found["date"].startswith("2025-10 (inferred; ")
    assert found["possible bias"] and found["weight"] and "scenario skydagger-delivery" in traced("002").uses


def test_an_assumption_has_no_author():
    assert facts("hazard_tension")["source"] == "the modellers' assumption; no source"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("reaktion.SRB", "reaction.SRB"),
        ("skydager-order", "skydagger-order"),
        ("milex-SRB-2032", "milex-SRB-202"),
        ("tensoin", "tension"),
    ],
)
def test_an_unknown_name_suggests_the_nearest(name, meant):
    with pytest.raises(InputError, match=f'did you mean "{meant}'):
        traced(name)


def test_every_kind_of_prior_has_words():
    assert {prior.kind for prior in load_parameters().distributions} <= set(CODES)
    assert all(prior_words(prior) for prior in load_parameters().distributions)


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_every_table_can_be_read_and_written_as_json(name):
    found = source_table(name)
    assert found.records and json.dumps(found.plain(), allow_nan=False)
    assert found.lines()


@pytest.mark.parametrize("name", sorted(set(RECORDS) - {"all", "events"}))
def test_tables_fit_the_page(monkeypatch, name):
    monkeypatch.setenv("COLUMNS", "100")
    assert max(len(line) for line in "\n".join(source_table(name).lines()).split("\n")) <= 100


def test_printed_totals_stay_beside_the_sums():
    cells = {(row["country"], row["year"]): row for row in source_table("exports").records}
    assert int(cells["BALKANS", "2023"]["value"]) - int(cells["SUM", "2023"]["value"]) == 2023
    assert cells["SUM", "2023"]["value"] == "462134049"
    assert cells["SUM", "2023"]["status"] == "derived" and cells["BALKANS", "2023"]["flag"].startswith("total wrong")


def test_flagged_cells_carry_a_mark_and_the_flag_follows():
    text = "\n".join(source_table("exports").lines())
    assert "blank[1]" in text and "[1] blank in the table: unknown, not zero" in text


def test_both_numbers_of_turkish_troops_stand_side_by_side():
    row = next(row for row in source_table("conflicts").records if row["one_id"] == "001-04")
    assert "780 persons" in row["one"] and "380 persons" in row["other"]


def test_spending_is_compared_in_one_price_level():
    serbia = next(row for row in source_table("spending").plain() if row["country"] == "Serbia")
    assert serbia["sipri_2023_prices_musd"] == pytest.approx(1883.38 / 1.0295)
    assert serbia["difference_per_cent"] == pytest.approx(100.0 * (2500.0 * 1.0295 / 1883.38 - 1.0))


def test_a_claim_names_its_sources_its_places_and_the_words_that_stand_there():
    known = facts("M07")
    assert known["claim"].startswith("Arms deals") and known["locator"].startswith("000: ")
    assert known["quoted there"].endswith("(000-08)")
    assert any("armsrace check --claims M07" in use for use in traced("M07").uses)


def test_a_document_says_its_claims_and_how_it_is_cited():
    known = facts("003")
    assert known["cite as"].startswith("Vuckovic, A. (ca. 2024, September).")
    assert any(name.startswith("says (") and "gave up buying Turkish drones" in text for name, text in known.items())
    assert any("figures: 003-" in use for use in traced("003").uses)


def test_dated_events_name_where_they_are_cited():
    assert any("cited by claims" in use for use in traced("E045").uses)
    assert facts("X087")["source"].startswith("Defense Mirror https://")
