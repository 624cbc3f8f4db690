"""The figures of the source documents as tables. Nothing is repaired: a flag stays with its cell, a blank stays blank."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sim.data.actors import actor_name
from sim.data.tables import PRICE_LEVEL, Row, rows_by_id
from sim.data.tables import table as seed_table
from sim.io.formatting import PER_CENT, fixed, signed
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
SPENDING = {"TUR": "000-01", "SRB": "000-03", "XKX": "000-05"}
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


FIGURE_COLUMNS = (("id", "id"), ("what", "quantity"), ("whose", "whose"), ("number", "number"), ("date", "date"))


def source_table(name: str) -> SourceTable:
    """A table by its name; KeyError when there is none."""
    return TABLES[name][1]()


def _figures(keep: Callable[[Row], bool]) -> tuple[Row, ...]:
    """Rows of figures.csv, with columns for readers added."""
    return tuple(
        {**row, "whose": whose(row), "number": number_words(row)} for row in seed_table("figures") if keep(row)
    )


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
    plain = row["unit"] in ("year", "resolution number")
    value = row["value"] if plain else f"{float(row['value']):,.12g}"
    return f"{bound}{value}{high} {row['unit']}"


# ---- exports -----------------------------------------------------------------------------------------------------------


def exports() -> SourceTable:
    records = [
        {**row, "country": row["counterpart"], "year": row["date"]}
        for row in seed_table("figures")
        if EXPORTS.fullmatch(row["id"])
    ]
    printed = [record for record in records if record["country"] == TOTAL]
    rows = [record for record in records if record["country"] != TOTAL]
    sums = [_computed_sum(rows, total) for total in printed]
    keys = ("id", "country", "year", "value", "unit", "status", "flag", "locator")
    kept = tuple({key: record[key] for key in keys} for record in (*rows, *printed, *sums))
    notes = (
        (
            "Turkish arms and ammunition exports as document 004 prints them, nominal US$, without civil aircraft, ships and "
            "maintenance (endnote 86)."
        ),
        "The sums are ours: blanks are unknown and not counted. The printed totals are wrong; use the rows.",
    )
    return SourceTable("exports", "Document 004, Table 1: Turkish arms exports to the Balkans, US$", kept, (), notes)


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
    years = list(dict.fromkeys(record["year"] for record in records))
    labels = {
        country: {"SUM": "sum of the rows (ours)", TOTAL: "printed total"}.get(country, actor_name(country))
        for country in countries
    }
    labels["YUG"] = "Yugoslavia"
    width = max(map(len, labels.values()))
    panels: list[list[str]] = [[]]
    used = width
    for year in years:
        needed = 2 + max(len(cells[country, year]) for country in countries)
        if used + needed > page_width() and panels[-1]:
            panels.append([])
            used = width
        panels[-1].append(year)
        used += needed
    texts = []
    for panel in panels:
        rows = [(labels[country], *(cells[country, year] for year in panel)) for country in countries]
        texts += [table(("to", *panel), rows, right=tuple(range(1, len(panel) + 1))), ""]
    return texts[:-1]


def _cell(record: Row, marks: Marks) -> str:
    value = fixed(int(record["value"])) if record["value"] else BLANK
    return value + marks.of(record["flag"])


def exports_row_of(series: str, entries: Sequence[object]) -> str | None:
    """The row of Table 1 that a series of a scenario repeats, year by year, or None."""
    match series.split("."):
        case ["deliveries", "TUR", country, "arms"]:
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


def spending() -> SourceTable:
    price = float(rows_by_id("context")[PRICE_LEVEL]["value"])
    records = tuple(_levels(country, rows_by_id("figures")[id_], price) for country, id_ in SPENDING.items())
    columns = (("country", "country"), ("document 000", "document_000_musd"), ("SIPRI, 2024 US$", "sipri_2024_prices_musd"),
               ("SIPRI, 2023 US$", "sipri_2023_prices_musd"), ("000 against SIPRI", "difference_per_cent"))  # fmt: skip
    notes = (
        (
            "Million US$. SIPRI prints constant US$ of 2024; the third column is ours: divided by the price ratio "
            f"{price} ({PRICE_LEVEL}). Both levels stay: the model starts from SIPRI."
        ),
    )
    return SourceTable("spending", "Military spending in 2023: document 000 beside SIPRI", records, columns, notes)


def _levels(country: str, row: Row, price: float) -> Row:
    sipri_id = f"milex-{country}-{SPENDING_YEAR}"
    printed = float(rows_by_id("context")[sipri_id]["value"])
    stated, sipri = float(row["value"]) / MILLION, printed / price
    amounts = {
        "document_000_musd": stated,
        "sipri_2024_prices_musd": printed,
        "sipri_2023_prices_musd": sipri,
        "difference_per_cent": PER_CENT * (stated / sipri - 1.0),
    }
    told = {key: f"{value:.12g}" for key, value in amounts.items()}
    return {"country": actor_name(country), **told, "ids": f"{row['id']};{sipri_id}", "flag": row["flag"]}


def drones() -> SourceTable:
    notes = (
        "Classes are never added: armed UAVs and loitering munitions are different things, and some figures name no class.",
    )
    title = "Drones in the five documents"
    is_drone = _matching(DRONES)
    return SourceTable(
        "drones", title, _figures(lambda row: is_drone(row) and row["unit"] != "percent"), FIGURE_COLUMNS, notes
    )


def troops() -> SourceTable:
    notes = (
        "780 and 380 Turkish troops in KFOR stand in two documents; the larger may count headquarters and reserve. Both stay.",
    )
    wanted = _matching(TROOPS)
    rows = _figures(lambda row: wanted(row) and row["unit"] in TROOP_UNITS)
    return SourceTable("troops", "Troops, contingents and missions", rows, FIGURE_COLUMNS, notes)


def _matching(pattern: re.Pattern[str]) -> Callable[[Row], bool]:
    return lambda row: not EXPORTS.fullmatch(row["id"]) and pattern.search(row["quantity"]) is not None


def conflicts() -> SourceTable:
    figures = rows_by_id("figures")
    pairs = dict.fromkeys(
        tuple(sorted((row["id"], other)))
        for row in figures.values()
        for other in row["conflicts_with"].split(";")
        if other
    )
    columns = (("one says", "one"), ("the other says", "other"))
    records = tuple(_pair(figures[one], figures[other]) for one, other in pairs)
    return SourceTable("conflicts", "Figures that contradict each other; both stay", records, columns)


def _pair(one: Row, other: Row) -> Row:
    return {
        "one_id": one["id"], "other_id": other["id"], "one": _statement(one), "other": _statement(other),
        "flag": "; ".join(dict.fromkeys(row["flag"] for row in (one, other) if row["flag"])),
    }  # fmt: skip


def _statement(row: Row) -> str:
    what = row["date"] if row["unit"] == "date" else f"{number_words(row)}, {row['date']}"
    return f"{row['id']} {row['quantity']}: {what} (document {row['source']}, {row['locator']})"


def events() -> SourceTable:
    columns = (("id", "id"), ("date", "date"), ("what happened", "event"), ("who", "who"), ("source", "source"))
    records = tuple({**row, "who": row["actors"].replace(";", ", ")} for row in seed_table("events"))
    return SourceTable("events", "Dated events named in the documents, 1991-2025", records, columns)


def everything() -> SourceTable:
    return SourceTable("all", "Every figure of the five documents", _figures(lambda row: True), FIGURE_COLUMNS)


TABLES: dict[str, tuple[str, Callable[[], SourceTable]]] = {
    "exports": ("Turkish arms exports by country and year (document 004, Table 1), with its wrong totals", exports),
    "spending": ("military spending in 2023: document 000 beside SIPRI", spending),
    "drones": ("armed UAVs and loitering munitions", drones),
    "troops": ("KFOR, EUFOR and other contingents", troops),
    "conflicts": ("figures that contradict each other, side by side", conflicts),
    "events": ("dated events, 1991-2025", events),
    "all": ("every figure, with its flags", everything),
}
