"""The figures of the source documents as tables. Nothing is repaired: a flag stays with its cell, a blank stays blank.

Titles, headings and notes stand in templates/source_tables.yaml.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sim.data.actors import actor_name
from sim.data.region import region
from sim.data.tables import PRICE_LEVEL, Row, rows_by_id
from sim.data.tables import table as seed_table
from sim.io.formatting import PER_CENT, fixed, signed
from sim.io.templates import wordings
from sim.io.terminal import page_width, paragraph, table

BLANK = "blank"
UNSPECIFIED = "not given"
EXPORTS = re.compile(r"004-T1-([A-Z]+)-([0-9]{4})")
TOTAL = "BALKANS"
DRONES = re.compile(r"\bdrones?\b|\bUAVs?\b|loitering", re.IGNORECASE)
TROOPS = re.compile(
    r"troops|strength|contingent|battalion|brigade|personnel|company|contributing countries", re.IGNORECASE
)
TROOP_UNITS = ("persons", "battalions", "brigades", "count", "date", "months")
SPENDING = region().spending_figures
SPENDING_YEAR = "2023"
MILLION = 1e6


@dataclass(frozen=True)
class SourceTable:
    """A table: records for programs (JSON, CSV), and columns of them for readers.

    records : one mapping per row, all with the same keys; blank is ""
    columns : (heading, key) of what the text shows; empty where `lines` lays it out itself
    notes   : what the table as a whole needs to be read rightly
    """

    name: str
    title: str
    records: tuple[Row, ...]
    columns: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The table for a reader: flagged rows carry a mark, and the flags follow in words."""
        marks = Marks()
        if self.name == "exports":
            body = _exports_panels(self.records, marks)
        else:
            rows = [
                [*(_reader_words(key, record[key]) for _, key in self.columns), marks.of(record.get("flag", ""))]
                for record in self.records
            ]
            header = [*(heading for heading, _ in self.columns), ""]
            body = [table(header, rows, wrap=tuple(range(len(header))))]
        notes = [paragraph(note, hanging="  ") for note in self.notes]
        return [paragraph(self.title), "", *body, "", *marks.lines(), *notes]

    def plain(self) -> list[dict[str, str | float | None]]:
        """The records for JSON: amounts as numbers, unknown ones null."""
        return [
            {key: _amount(text) if _is_amount(key) else text for key, text in record.items()} for record in self.records
        ]


def _is_amount(key: str) -> bool:
    return key in ("value", "value_high") or key.endswith(("_musd", "_per_cent"))


def _amount(text: str) -> float | None:
    return float(text) if text else None


def _reader_words(key: str, text: str) -> str:
    """A cell as a reader sees it."""
    if key.endswith("_musd"):
        return fixed(float(text), 1)
    return f"{signed(float(text), 0)} %" if key.endswith("_per_cent") else text


class Marks:
    """Numbers the flags of a table, one number for equal words."""

    def __init__(self) -> None:
        self.flags: list[str] = []

    def of(self, flag: str) -> str:
        """The mark of a flag, "" for none."""
        if not flag:
            return ""
        if flag not in self.flags:
            self.flags.append(flag)
        return f"[{self.flags.index(flag) + 1}]"

    def lines(self) -> list[str]:
        return [
            paragraph(flag, indent=f"{self.of(flag)} ", hanging=" " * (len(self.of(flag)) + 1)) for flag in self.flags
        ]


def holdings() -> dict[str, str]:
    """What each table holds, by its name."""
    return {name: words["holds"] for name, words in wordings("source_tables.yaml").items()}


def source_table(name: str) -> SourceTable:
    """A table by its name; KeyError when there is none."""
    words = wordings("source_tables.yaml")[name]
    notes = tuple(note.format(price=_price()) for note in words["notes"])
    return SourceTable(name, words["title"], tuple(RECORDS[name]()), tuple(words["columns"].items()), notes)


def whose(row: Row) -> str:
    """Whose figure it is, and towards whom."""
    names = [
        ", ".join(actor_name(code) for code in row[key].split(";")) for key in ("subject", "counterpart") if row[key]
    ]
    return " - ".join(names)


def number_words(row: Row) -> str:
    """A figure as printed: number, unit and bound; blank is unknown, never zero."""
    if row["unit"] == "date":
        return "a date"
    if row["value"] == "":
        return UNSPECIFIED if row["bound"] == "unspecified" else BLANK
    bound = {"lower": "over ", "upper": "under ", "about": "about "}.get(row["bound"], "")
    high = f"-{float(row['value_high']):,.12g}" if row["value_high"] else ""
    is_name = row["unit"] in ("year", "resolution number")
    value = row["value"] if is_name else f"{float(row['value']):,.12g}"
    return f"{bound}{value}{high} {row['unit']}"


def _figures(keep: Callable[[Row], bool]) -> Iterator[Row]:
    """Rows of figures.csv, with columns for readers added."""
    return ({**row, "whose": whose(row), "number": number_words(row)} for row in seed_table("figures") if keep(row))


# ---- exports -----------------------------------------------------------------------------------------------------------


def _exports() -> Iterator[Row]:
    """Table 1 of document 004: the countries, the totals that it prints, and the sums of its rows."""
    records = [
        {**row, "country": row["counterpart"], "year": row["date"]}
        for row in seed_table("figures")
        if EXPORTS.fullmatch(row["id"])
    ]
    printed = [record for record in records if record["country"] == TOTAL]
    rows = [record for record in records if record["country"] != TOTAL]
    keys = ("id", "country", "year", "value", "unit", "status", "flag", "locator")
    for record in (*rows, *printed, *(_computed_sum(rows, total) for total in printed)):
        yield {key: record[key] for key in keys}


def _computed_sum(rows: Iterable[Row], total: Row) -> Row:
    year = total["year"]
    value = sum(int(row["value"]) for row in rows if row["year"] == year and row["value"])
    return {
        **total, "id": "", "country": "SUM", "value": str(value), "status": "derived", "flag": "",
        "locator": f"sum of the country rows, column {year}",
    }  # fmt: skip


def _exports_panels(records: Sequence[Row], marks: Marks) -> list[str]:
    """The years side by side, in as many panels as the page needs."""
    cells = {(record["country"], record["year"]): _cell(record, marks) for record in records}
    countries = list(dict.fromkeys(record["country"] for record in records))
    named = wordings("source_tables.yaml")["exports"]["labels"]
    labels = {country: named.get(country) or actor_name(country) for country in countries}
    texts: list[str] = []
    for panel in _panels(cells, countries, max(map(len, labels.values()))):
        rows = [(labels[country], *(cells[country, year] for year in panel)) for country in countries]
        texts += [table(("to", *panel), rows, right=tuple(range(1, len(panel) + 1))), ""]
    return texts[:-1]


def _panels(cells: dict[tuple[str, str], str], countries: Sequence[str], labels: int) -> list[list[str]]:
    """The years of each panel; `labels` is the width of the countries' names."""
    panels: list[list[str]] = [[]]
    used = labels
    for year in dict.fromkeys(year for _, year in cells):
        needed = 2 + max(len(cells[country, year]) for country in countries)
        if used + needed > page_width() and panels[-1]:
            panels.append([])
            used = labels
        panels[-1].append(year)
        used += needed
    return panels


def _cell(record: Row, marks: Marks) -> str:
    return (fixed(int(record["value"])) if record["value"] else BLANK) + marks.of(record["flag"])


def exports_row_of(series: str, entries: Sequence[object]) -> str | None:
    """The row of Table 1 that a series of a scenario repeats, year by year, or None."""
    match series.split("."):
        case ["deliveries", supplier, country, "arms"] if supplier == region().supplier:
            years: dict[str, float] = {}
            for entry in entries:
                year = str(entry.at)[:4]  # type: ignore[attr-defined]
                years[year] = years.get(year, 0.0) + entry.value_musd.centre  # type: ignore[attr-defined]
            return actor_name(country) if all(_is_cell(country, *item) for item in years.items()) else None
    return None


def _is_cell(country: str, year: str, millions: float) -> bool:
    row = rows_by_id("figures").get(f"004-T1-{country}-{year}", {"value": ""})
    return row["value"] != "" and abs(float(row["value"]) - millions * MILLION) < 1.0


# ---- the other tables --------------------------------------------------------------------------------------------------


def _price() -> float:
    """Prices of 2024 over those of 2023, by which SIPRI's figures are divided."""
    return float(rows_by_id("context")[PRICE_LEVEL]["value"])


def _spending() -> Iterator[Row]:
    for country, id_ in SPENDING.items():
        row, sipri_id = rows_by_id("figures")[id_], f"milex-{country}-{SPENDING_YEAR}"
        stated, printed = float(row["value"]) / MILLION, float(rows_by_id("context")[sipri_id]["value"])
        amounts = {
            "document_000_musd": stated,
            "sipri_2024_prices_musd": printed,
            "sipri_2023_prices_musd": printed / _price(),
            "difference_per_cent": PER_CENT * (stated / (printed / _price()) - 1.0),
        }
        cells = {key: f"{value:.12g}" for key, value in amounts.items()}
        yield {"country": actor_name(country), **cells, "ids": f"{row['id']};{sipri_id}", "flag": row["flag"]}


def _matching(row: Row, pattern: re.Pattern[str]) -> bool:
    return not EXPORTS.fullmatch(row["id"]) and pattern.search(row["quantity"]) is not None


def _conflicts() -> Iterator[Row]:
    figures = rows_by_id("figures")
    pairs = dict.fromkeys(
        tuple(sorted((row["id"], rival_id)))
        for row in figures.values()
        for rival_id in row["conflicts_with"].split(";")
        if rival_id
    )
    for first, second in ((figures[id_], figures[rival_id]) for id_, rival_id in pairs):
        flags = dict.fromkeys(row["flag"] for row in (first, second) if row["flag"])
        yield {
            "one_id": first["id"], "other_id": second["id"], "one": _statement(first), "other": _statement(second),
            "flag": "; ".join(flags),
        }  # fmt: skip


def _statement(row: Row) -> str:
    what = row["date"] if row["unit"] == "date" else f"{number_words(row)}, {row['date']}"
    return f"{row['id']} {row['quantity']}: {what} (document {row['source']}, {row['locator']})"


RECORDS: dict[str, Callable[[], Iterable[Row]]] = {
    "exports": _exports,
    "spending": _spending,
    "drones": lambda: _figures(lambda row: _matching(row, DRONES) and row["unit"] != "percent"),
    "troops": lambda: _figures(lambda row: _matching(row, TROOPS) and row["unit"] in TROOP_UNITS),
    "conflicts": _conflicts,
    "events": lambda: ({**row, "who": row["actors"].replace(";", ", ")} for row in seed_table("events")),
    "context": lambda: seed_table("context"),
    "all": lambda: _figures(lambda row: True),
}
