"""The data files in seeds/ hold together: their form, what every row must say, and sums that figures of one source must give."""

import csv
import re
from pathlib import Path

import pytest
import yaml

SEEDS = Path(__file__).parents[2] / "seeds"
FIGURE_COLUMNS = (
    "id quantity subject counterpart value value_high bound unit date status source locator flag conflicts_with fragment note"
).split()
EVENT_COLUMNS = "id date date_end date_precision event actors type subtype expected_effect source locator note".split()
CONTEXT_COLUMNS = "id quantity subject value unit date source locator status note".split()
ACTORS = yaml.safe_load((SEEDS / "actors.yaml").read_text(encoding="utf-8"))["actors"]
STATES = [actor["code"] for actor in ACTORS if "state" in actor["roles"]]
DATE = r"\d{4}(-\d{2}(-\d{2})?)?"

YEARS = ["1998", "2008", "2018", "2019", "2020", "2021", "2022", "2023"]


def rows(name):
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_id(name):
    return {row["id"]: row for row in rows(name)}


class LoaderThatRefusesTwins(yaml.SafeLoader):
    """PyYAML lets the second of two equal keys win quietly; this one does not."""


def mapping_without_twins(loader, node):
    keys = [loader.construct_object(key) for key, _ in node.value]
    assert len(keys) == len(set(keys)), f"the same key twice: {keys}"
    return yaml.SafeLoader.construct_mapping(loader, node, deep=True)


LoaderThatRefusesTwins.add_constructor("tag:yaml.org,2002:map", mapping_without_twins)


def sources():
    return yaml.load((SEEDS / "sources.yaml").read_text(encoding="utf-8"), Loader=LoaderThatRefusesTwins)


# Shape


@pytest.mark.parametrize(
    ("name", "columns"),
    [("figures.csv", FIGURE_COLUMNS), ("events.csv", EVENT_COLUMNS), ("context.csv", CONTEXT_COLUMNS)],
)
def test_columns_are_the_documented_ones_and_no_cell_is_missing(name, columns):
    for row in rows(name):
        assert list(row) == columns
        assert None not in row.values(), row["id"]


@pytest.mark.parametrize("name", ["figures.csv", "events.csv", "context.csv"])
def test_no_id_is_used_twice(name):
    ids = [row["id"] for row in rows(name)]
    assert len(set(ids)) == len(ids)


def test_readme_tells_the_number_of_rows():
    readme = (SEEDS / "README.md").read_text(encoding="utf-8")
    for name in ("figures.csv", "events.csv"):
        assert f"| `{name}` | {len(rows(name))} |" in readme
    assert f"| `context.csv` | {len(rows('context.csv')) - 18 * len(STATES)}, and 18 for every state |" in readme
    assert f"| `sources.yaml` | {len(sources())} |" in readme
    assert f"| `claims.csv` | {len(rows('claims.csv'))} |" in readme
    experiments = yaml.safe_load((SEEDS / "experiments.yaml").read_text(encoding="utf-8"))["experiments"]
    assert f"| `experiments.yaml` | {len(experiments)} |" in readme


def test_values_are_plain_numbers_or_empty():
    for name in ("figures.csv", "context.csv"):
        for row in rows(name):
            for cell in (row["value"], row.get("value_high", "")):
                assert re.fullmatch(r"(\d+(\.\d+)?)?", cell), (row["id"], cell)


def test_cells_have_no_stray_space():
    for name in ("figures.csv", "events.csv", "context.csv"):
        for row in rows(name):
            for column, cell in row.items():
                assert cell == cell.strip(), (row["id"], column)
                assert "\n" not in cell, (row["id"], column)


def test_every_number_has_a_unit_a_status_and_a_locator():
    allowed = {"reported", "derived", "estimated", "assumed"}
    for name, known in (("figures.csv", allowed), ("context.csv", allowed | {"unverified"})):
        for row in rows(name):
            assert row["unit"], row["id"]
            assert row["status"] in known, row["id"]
            assert row["locator"], row["id"]
    assert all(row["locator"] for row in rows("events.csv"))


def test_units_come_from_a_short_list():
    assert {row["unit"] for row in rows("figures.csv")} <= set(
        "USD EUR date year years months days persons units aircraft vehicles ships teams battalions brigades types "
        "agreements count rank percent km mm text".split()
    ) | {"resolution number"}


def test_a_date_figure_keeps_its_date_in_the_date_column():
    for row in rows("figures.csv"):
        assert re.fullmatch(rf"({DATE}(/{DATE})?)?", row["date"]), row["id"]
        if row["unit"] == "date":
            assert row["date"] and not row["value"], row["id"]


def test_a_row_without_a_number_says_why():
    for row in rows("figures.csv"):
        if not row["value"] and row["unit"] not in {"date", "text"}:
            assert row["bound"] == "unspecified" or "blank in the table" in row["flag"], row["id"]


def test_bounds_come_from_the_documented_list():
    assert {row["bound"] for row in rows("figures.csv")} == {"", "lower", "upper", "about", "window", "unspecified"}


# Sources and locators


def test_every_source_key_exists():
    known = set(sources())
    for name in ("figures.csv", "events.csv", "context.csv"):
        for row in rows(name):
            for key in row["source"].split(";"):
                assert key in known, (row["id"], key)


def test_the_source_of_a_figure_is_the_document_in_its_id():
    assert all(row["source"] == row["id"][:3] for row in rows("figures.csv"))


def test_every_document_says_when_it_was_written_and_how_we_know():
    known = sources()
    for key in ("000", "001", "002", "003", "004"):
        assert known[key]["date_status"] in {"inferred", "printed"}
        for field in ("title", "author", "outlet", "date", "date_note", "url", "leaning", "weight"):
            assert field in known[key], (key, field)
        assert known[key]["kind"] == "document"
        assert known[key]["leaning"].endswith(".")


def test_source_keys_dates_and_titles_are_strings():
    for key, source in sources().items():
        assert isinstance(key, str)
        assert isinstance(source["title"], str), key
        assert source["date"] is None or re.fullmatch(DATE, source["date"]), key
        assert source["kind"] in {"document", "dataset", "study", "press", "assumption"}, key


def test_no_locator_needs_our_copy_of_the_text():
    for name in ("figures.csv", "events.csv", "context.csv"):
        for row in rows(name):
            text = " ".join(row.get(column, "") for column in ("locator", "note", "flag"))
            assert not re.search(r"(?<!004-)\b[LN]\d+\b|\.txt\b|\bline \d|[0-9a-f]{12,}|/work/", text), (
                row["id"],
                text,
            )


def test_nothing_names_a_place_outside_the_repository():
    for path in (path for path in SEEDS.rglob("*.*") if path.suffix != ".wasm"):
        text = path.read_text(encoding="utf-8")
        for word in ("/work/", "ledger", "L26", ".txt"):
            assert word not in text, (path.name, word)


def test_endnote_rows_point_at_the_endnote_in_their_id():
    for row in rows("figures.csv"):
        if match := re.match(r"004-N0*(\d+)", row["id"]):
            assert re.search(rf"\bendnotes? {match[1]}\b", row["locator"]), row["id"]


def test_fragments_have_at_most_15_words():
    for row in rows("figures.csv"):
        assert 1 <= len(row["fragment"].split()) <= 15, row["id"]


def test_notes_and_flags_are_short():
    for row in rows("figures.csv"):
        assert len(row["note"].split()) <= 60, row["id"]
        assert len(row["flag"].split()) <= 45, row["id"]


# Table 1


def table_1():
    """The cells of the printed table, (place, year) -> row."""
    found = {tuple(row["id"].split("-")[2:]): row for row in rows("figures.csv") if row["id"].startswith("004-T1-")}
    assert {year for _, year in found} == set(YEARS)
    return found


def test_cells_of_table_1_tell_a_blank_from_a_zero():
    for (place, year), row in table_1().items():
        assert (row["unit"], row["date"]) == ("USD", year), row["id"]
        assert ("blank in the table: unknown, not zero" in row["flag"]) == (row["value"] == ""), row["id"]
        assert ("a zero, not a blank" in row["flag"]) == (row["value"] == "0"), row["id"]
        assert place == "BALKANS" or row["counterpart"] == place, row["id"]


@pytest.mark.parametrize("year", YEARS)
def test_each_printed_total_differs_from_its_column_sum_by_the_year(year):
    """A year was added up with its column, and Yugoslavia left out; a wrong digit anywhere in a column shows here."""
    cells = {place: row for (place, of), row in table_1().items() if of == year}
    total = cells.pop("BALKANS")
    column_sum = sum(int(row["value"]) for place, row in cells.items() if place != "YUG" and row["value"])
    assert int(total["value"]) - column_sum == int(year)
    assert "total wrong" in total["flag"] and f"{column_sum:,}" in total["flag"]


# Conflicts and errors of the sources


def test_conflicts_point_at_each_other():
    figures = by_id("figures.csv")
    pairs = {(row["id"], other) for row in figures.values() for other in row["conflicts_with"].split(";") if other}
    assert pairs == {(other, one) for one, other in pairs}
    assert all(one != other and other in figures for one, other in pairs)


def test_both_sides_of_a_conflict_are_flagged():
    assert all(row["flag"] for row in rows("figures.csv") if row["conflicts_with"])


# Classes and bounds


def test_every_count_of_drones_carries_its_class():
    for row in rows("figures.csv"):
        if row["unit"] == "units":
            assert re.search(r"armed UAV|loitering munition|class unspecified", row["quantity"]), row["id"]


def test_unspecified_is_missing_and_not_zero_and_a_range_keeps_both_ends():
    for row in rows("figures.csv"):
        assert row["bound"] != "unspecified" or row["value"] == "", row["id"]
        assert not row["value_high"] or float(row["value"]) < float(row["value_high"]), row["id"]


def test_inferred_dates_are_flagged_in_the_undated_documents():
    for row in rows("figures.csv"):
        if row["source"] in {"001", "002", "003"} and row["date"].startswith(("2023-1", "2024", "2025")):
            assert "inferred" in row["flag"], row["id"]


# Events


def test_events_stand_in_order_of_time():
    dates = [row["date"] for row in rows("events.csv")]
    assert [date[:4] for date in dates] == sorted(date[:4] for date in dates)


def test_event_dates_are_as_precise_as_they_say():
    length = {"day": 10, "month": 7, "year": 4}
    for row in rows("events.csv"):
        assert re.fullmatch(DATE, row["date"]), row["id"]
        assert re.fullmatch(rf"({DATE})?", row["date_end"]), row["id"]
        precision = row["date_precision"]
        assert precision in {*length, "inferred"}, row["id"]
        if precision != "inferred":
            assert len(row["date"]) == length[precision], row["id"]
        if row["date_end"]:
            assert row["date_end"] >= row["date"][: len(row["date_end"])], row["id"]


def test_expected_effects_use_the_vocabulary_of_the_readme():
    readme = (SEEDS / "README.md").read_text(encoding="utf-8")
    place = r"[A-Z]+"
    code = rf"(rel|ten|thr|risk|stk|spd|exp|inf|dep|rht|kfr|eur|cbm|img|leg)\.{place}([-<>@]{place}|\.[a-z]+)?:[+\-0]"
    for row in rows("events.csv"):
        for effect in row["expected_effect"].split(";"):
            match = re.fullmatch(code, effect)
            assert match, (row["id"], effect)
            assert f"`{match[1]}." in readme


def test_every_document_of_an_event_has_its_own_locator():
    for row in rows("events.csv"):
        for key in row["source"].split(";"):
            assert re.search(rf"(^|; ){key}: \S", row["locator"]), row["id"]


def test_a_report_is_not_taken_for_the_event_it_reports():
    for row in rows("events.csv"):
        if row["event"].endswith("(report)"):
            assert re.search(r"report|Probably", row["note"]), row["id"]


def test_wording_is_neutral():
    for path in SEEDS.glob("*.csv"):
        assert not re.search(
            r"content.farm|propaganda|puppet|fake state|terrorist", path.read_text(encoding="utf-8"), re.IGNORECASE
        )


# Context


@pytest.mark.parametrize("series", ["milex", "burden", "gdp"])
def test_context_has_six_years_of_every_state(series):
    context = by_id("context.csv")
    for state in STATES:
        for year in range(2018, 2024):
            row = context[f"{series}-{state}-{year}"]
            assert (row["subject"], row["date"]) == (state, str(year))
            assert float(row["value"]) > 0
    assert sum(key.startswith(f"{series}-") for key in context) == 6 * len(STATES)


def test_spending_and_gdp_come_from_the_sources_named():
    expected = {
        "milex": ("sipri-milex-2026", "million constant 2024 USD"),
        "burden": ("sipri-milex-2026", "percent of GDP"),
        "gdp": ("worldbank-wdi", "million current USD"),
        "richardson": ("richardson1960", "million GBP"),
        "wdi-milex": ("worldbank-wdi-milex", "million current USD"),
        "wdi-burden": ("worldbank-wdi-burden", "percent of GDP"),
        "cpi": ("bls-cpi", "index, 1982-84 = 100"),
        "price": ("bls-cpi", "2024 USD per 2023 USD"),
        "trade": ("menafn-2024-10-13", "million current USD"),
    }
    for row in rows("context.csv"):
        series = re.match(r"(wdi-)?[a-z]+", row["id"])[0]
        assert (row["source"], row["unit"]) == expected[series], row["id"]


def test_long_series_have_every_year_once():
    found = {}
    for row in rows("context.csv"):
        if match := re.fullmatch(r"((?:wdi-milex|wdi-burden|cpi)-[A-Z]+)-(\d{4})", row["id"]):
            assert row["date"] == match[2], row["id"]
            found.setdefault(match[1], []).append(int(match[2]))
    assert len(found) == 11
    for series, years in found.items():
        assert years == list(range(years[0], years[-1] + 1)), series


def test_consumer_prices_of_the_two_tables_meet():
    """304.702 in 2023 (the bureau's yearly average, typed in here) over 292.655 in 2022 is the known 4.1 per cent."""
    prices = {row["id"]: float(row["value"]) for row in rows("context.csv") if row["id"].startswith("cpi-")}
    assert prices["cpi-USA-1983"] == 99.6
    assert 304.702 / prices["cpi-USA-2022"] == pytest.approx(1.0412, abs=5e-5)


def test_older_vintage_of_the_region_says_that_it_is_not_to_be_mixed():
    for row in rows("context.csv"):
        if re.match(r"wdi-milex-(SRB|XKX)", row["id"]):
            assert "do not mix" in row["note"], row["id"]


def test_burden_is_spending_over_gdp_within_prices_and_exchange_rates():
    """Spending is in prices of 2024 and GDP in current dollars, so the ratio is near one, never ten or a hundred."""
    value = {row["id"]: float(row["value"]) for row in rows("context.csv")}
    for state in STATES:
        for year in range(2018, 2024):
            implied = value[f"milex-{state}-{year}"] / (value[f"burden-{state}-{year}"] / 100)
            assert 0.8 < implied / value[f"gdp-{state}-{year}"] < 1.5, (state, year)


def test_richardsons_four_budgets_add_up_to_the_published_totals():
    context = by_id("context.csv")
    published = {"1909": 199.2, "1910": 204.8, "1911": 214.9, "1912": 238.7, "1913": 289.0}
    for year, total in published.items():
        budgets = [float(context[f"richardson-{state}-{year}"]["value"]) for state in ("FRA", "RUS", "DEU", "AUH")]
        assert sum(budgets) == pytest.approx(total, abs=1e-9)
    assert sum(key.startswith("richardson-") for key in context) == 20
