"""The report of a fit says everything that its folder holds, obeys nothing in it, and loads nothing."""

import csv
import json
import math
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.calibration.report import report_html, report_markdown, write_report
from sim.data.tables import table as seed_table
from sim.ensembles.folder import read_fit
from sim.ensembles.tables import FittedParameter, Range
from sim.io.errors import InputError
from sim.model.distributions import Distribution
from sim.model.parameters import load_parameters
from sim.plots.fit_svg import densities, scale_of
from sim.rules.draws import CODES, drawn_value

DRAWS = 400
KINDS = ("lognormal", "normal", "half_normal", "uniform", "one_plus_lognormal")
OPTIONAL = ("sbc.csv", "table1_forecast.csv", "leave_one_out.csv")
LEARNED = {  # share of the prior's width that is left, and move of the mean, in prior standard deviations
    "uav_price": (0.31, -0.8), "hazard_reference": (0.44, 0.6), "reaction.XKX": (0.86, 0.4), "tension_rest": (0.72, 0.2),
    "lead_time.uav": (0.48, -0.3), "memory_weight": (0.97, 0.45), "request_rate.arms": (0.62, 0.5),
}  # fmt: skip
SCRIPT = 'attack <script>alert("x")</script> & co'
Rows = list[dict[str, Any]]

# ---- a folder that looks like a fit ----------------------------------------------------------------------------------


def value_at(prior: Distribution, share: float) -> float:
    return drawn_value(CODES[prior.kind], prior.centre, prior.spread, prior.low, prior.high, share)


def normal_share(deviate: float) -> float:
    return min(max(0.5 * math.erfc(-deviate / math.sqrt(2.0)), 1e-9), 1.0 - 1e-9)


def word(ratio: float, shift: float) -> str:
    return "pinned" if ratio < 0.5 else "bounded" if ratio < 0.9 or abs(shift) > 0.3 else "assumed"


def made_parameters() -> tuple[Rows, dict[str, np.ndarray]]:
    """Rows of parameters.csv and draws, for every number that the project draws from a prior."""
    table = load_parameters()
    chance = np.random.default_rng(7)
    shares = np.linspace(0.001, 0.999, 201)
    rows, draws = [], {}
    for key, prior in zip(table.keys, table.distributions, strict=True):
        if prior.kind not in KINDS:
            continue
        ratio, shift = LEARNED.get(key, (round(0.95 + 0.06 * chance.random(), 3), round(0.1 * chance.normal(), 3)))
        curve = [value_at(prior, float(share)) for share in shares]
        deviates = chance.normal(shift, ratio, DRAWS)
        column = np.interp([normal_share(float(deviate)) for deviate in deviates], shares, curve)
        one = table.parameter(key)
        rows.append({
            "key": key, "unit": one.unit, "group": one.group, "meaning": one.meaning, "prior_kind": prior.kind,
            **{f"prior_q{name}": value_at(prior, float(name) / 100) for name in ("05", "50", "95")},
            **{f"posterior_q{name}": np.quantile(column, float(name) / 100) for name in ("05", "50", "95")},
            "sd_ratio": ratio, "shift": shift, "word": word(ratio, shift),
            "moments": "" if word(ratio, shift) == "assumed" else "xkx-exports;banjska-count",
        })  # fmt: skip
        draws[key] = column.astype(np.float32)
    return rows, draws


def exports(years: tuple[str, ...]) -> list[tuple[str, str, float]]:
    """Buyer, year and Turkish exports in million US$, from Table 1 of document 004."""
    cells = [[*row["id"].split("-")[2:], row["value"]] for row in seed_table("figures") if "-T1-" in row["id"]]
    return [
        (buyer, year, float(value) / 1e6)
        for buyer, year, value in cells
        if year in years and value and buyer != "BALKANS"
    ]


def made_moments() -> Rows:
    def row(
        name: str, document: str, what: str, unit: str, observed: Any, middle: float, wide: float, **more: Any
    ) -> Any:
        prior = {f"prior_q{q}": middle * math.exp(2 * wide * z) for q, z in (("05", -1.64), ("50", 0.0), ("95", 1.64))}
        posterior = {
            f"posterior_q{q}": middle * math.exp(wide * z) for q, z in (("05", -1.64), ("50", 0.1), ("95", 1.64))
        }
        return {
            "id": name, "document": document, "what": what, "figures": f"{document}-01", "kind": "value", "unit": unit,
            "observed": observed, "error": "printed as a round number", **prior, **posterior, "rank": 0.4, "inside_90": "true",
            "explanation": "", **more,
        }  # fmt: skip

    blank = {f"{world}_q{q}": "" for world in ("prior", "posterior") for q in ("05", "50", "95")}
    far = "Romania bought eighteen TB2 in one contract; the model foresees orders of this size, not their year."
    rows = [
        row(f"{buyer.lower()}-exports-{year}", "004", f"Turkish arms exports to {buyer}, {year}", "m USD2023", value,
            max(value, 0.01) * 1.2, 0.6)
        for buyer, year, value in exports(("2020", "2021", "2022"))
    ]  # fmt: skip
    return [
        *rows,
        row("rou-exports-2023", "004", "Turkish arms exports to Romania", "m USD2023", 391.32, 6.0, 0.9, rank=0.999,
            inside_90="false", explanation=far),
        row("banjska-count", "003", "serious incidents in the north of Kosovo, 2023", "", "2 incidents", 0.6, 0.4),
        row("tb2-year", "004", "year of the purchase of TB2 by Kosovo", "year", 2022, 2022.0, 0.0002),
        row("ordering", "001;003", "Serbia's attitude to Türkiye: higher in November 2023 than in October 2025", "", "yes", 1.0,
            0.1, **blank, kind="ordering", rank="", inside_90="", error=""),
        row("hostile", "000", SCRIPT, "units", "10", 9.0, 0.3),
    ]  # fmt: skip


def made_forecast() -> Rows:
    rows = []
    for buyer, year, value in exports(("2022", "2023")):
        low, lower, middle, upper, high = (0.9 * factor for factor in (0.05, 0.35, 1.0, 3.1, 22.0))
        inside = low <= value <= high
        rows.append({
            "buyer": buyer, "year": year, "observed_musd": value, "q05": low, "q25": lower, "q50": middle, "q75": upper,
            "q95": high, "inside_90": str(inside).lower(), "explanation": "" if inside else "one large order of aircraft",
        })  # fmt: skip
    return rows


def made_ranks(keys: list[str]) -> Rows:
    chance = np.random.default_rng(11)
    counts = chance.multinomial(200, [0.1] * 10, len(keys))
    shares = chance.random(len(keys))
    return [
        {"key": key, **{f"bin_{place}": int(one) for place, one in enumerate(row)}, "p_value": round(float(share), 4)}
        for key, row, share in zip(keys, counts, shares, strict=True)
    ]


def made_left_out() -> Rows:
    documents = ("000", "001", "002", "003", "004")
    conclusions = ("Skydagger delivery: Serbian spending in 2030", "KFOR halved: rate of serious incidents in 2026")
    return [
        {"document": document, "conclusion": conclusion, "with_all": "+0.9 % (0.2 to 4.8), sign 97 of 100",
         "without": "+0.7 % (0.0 to 4.9), sign 94 of 100", "flips": str((document, place) == ("004", 0)).lower()}
        for document in documents for place, conclusion in enumerate(conclusions)
    ]  # fmt: skip


def manifest(draws: int) -> dict[str, Any]:
    return {
        "format_version": 1, "id": "documents-2025", "model_version": "2.0", "parameters_sha256": "ab" * 32,
        "moments_sha256": "cd" * 32, "seed": 1, "draws": draws, "prior_members": 200000, "ess": 1834.2, "ess_prior": 3.71,
        "method": "Tempered sequential Monte Carlo, because the facts together are met by too few worlds of the prior.",
        "rhat_max": 1.008, "seconds": 811.4, "versions": {"armsrace": "0.1.0", "numpy": "2.3.1"}, "is_quick": False,
        "written": "2025-11-20T10:00:00Z",
    }  # fmt: skip


DIAGNOSTICS = {
    "temperatures": [0.02, 0.09, 0.31, 0.7, 1.0], "acceptance": [0.41, 0.36, 0.3, 0.27, 0.25],
    "prior_recovery": {"worst_key": "reaction.SRB", "worst_deviation": 0.031, "bound": 0.05},
    "sbc": {"sets": 200, "bins": 10, "worst_key": "uav_price", "worst_p": 0.011, "rejected": 6, "expected_rejected": 7.7},
}  # fmt: skip


def write_rows(file: Path, rows: Rows) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_fit(folder: Path) -> Path:
    folder.mkdir()
    rows, draws = made_parameters()
    write_rows(folder / "parameters.csv", rows)
    pq.write_table(pa.table(draws), folder / "draws.parquet")
    write_rows(folder / "moments.csv", made_moments())
    write_rows(folder / "sbc.csv", made_ranks([row["key"] for row in rows]))
    write_rows(folder / "table1_forecast.csv", made_forecast())
    write_rows(folder / "leave_one_out.csv", made_left_out())
    (folder / "manifest.json").write_text(json.dumps(manifest(DRAWS), indent=1), encoding="utf-8")
    (folder / "diagnostics.json").write_text(json.dumps(DIAGNOSTICS, indent=1), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def fit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_fit(tmp_path_factory.mktemp("fits") / "documents-2025")


@pytest.fixture(scope="module")
def page(fit: Path) -> str:
    return report_html(fit)


# ---- what the page holds ---------------------------------------------------------------------------------------------


class Seen(HTMLParser):
    """Tags with their attributes, text outside the style, and the texts of row headings."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.headings: list[str] = []
        self.is_row = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "wbr"):
            self.open.append(tag)
        if tag == "th":
            self.is_row = ("scope", "row") in attrs
            self.headings += [""] if self.is_row else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)
        if self.open and self.open[-1] == "th" and self.is_row:
            self.headings[-1] += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_every_parameter_and_every_fact_has_its_row(fit: Path, page: str) -> None:
    found = read_fit(fit)
    headings = Seen(page).headings
    assert [one.key for one in found.parameters] == list(load_parameters().uncertain)
    for parameter in found.parameters:
        tables = 2 if parameter.is_assumed else 3  # its group, its rank histogram, and what the figures taught
        assert headings.count(parameter.key) == tables, parameter.key
    for moment in found.moments:
        assert headings.count(moment.id) == 1
    markdown = report_markdown(fit)
    for name in [*(one.key for one in found.parameters), *(one.id for one in found.moments)]:
        assert f"\n| {name}" in markdown


def test_page_counts_what_the_figures_taught(fit: Path, page: str) -> None:
    told = [one.word for one in read_fit(fit).parameters]
    words = "".join(Seen(page).words)
    assert f"the figures pin {told.count('pinned')} and bound {told.count('bounded')}" in words
    assert f"they leave {told.count('assumed')} as they were assumed" in words
    assert told.count("pinned") == 3


def test_pinned_parameters_stand_above_bounded_ones(page: str) -> None:
    table = page[page.index("What the figures taught: pinned") : page.index("<details")]
    assert table.index("● pinned") < table.index("◐ bounded")
    assert "○ assumed" not in table


def test_parameter_names_the_facts_that_informed_it_or_says_that_none_does_alone(broken: Path) -> None:
    rows = read(broken / "parameters.csv")
    learned = [row for row in rows if row["word"] != "assumed"]
    learned[0]["moments"] = ""
    write_rows(broken / "parameters.csv", rows)
    page = report_html(broken)
    assert page.count("no single fact alone explains this") == 2
    assert page.count('informed by <a href="#fact-xkx-exports-2020">xkx-exports</a>') == 2 * (len(learned) - 1)


def test_what_lies_outside_comes_first_with_its_explanation(page: str) -> None:
    headings = Seen(page).headings
    assert headings.index("rou-exports-2023") < headings.index("alb-exports-2020")
    assert "the model foresees orders of this size, not their year" in page
    assert "Kosovo 2023" in page and "Outside: " in page


def test_coverage_of_the_forecast_is_counted_from_the_table(fit: Path, page: str) -> None:
    cells = made_forecast()
    inside = [cell["q05"] <= cell["observed_musd"] <= cell["q95"] for cell in cells]
    half = [cell["q25"] <= cell["observed_musd"] <= cell["q75"] for cell in cells]
    assert f"Of {len(cells)} cells, {sum(half)} lie in the middle half" in page
    assert f"{sum(inside)} inside its 90 % range" in page


def test_terms_are_explained_before_anything_rests_on_them(page: str) -> None:
    for term in ("prior", "posterior", "effective sample size", "rank histogram"):
        assert f"<dfn>{term}</dfn>" in page


# ---- what the page obeys, loads and shows ----------------------------------------------------------------------------


def test_markup_in_the_files_is_shown_and_not_obeyed(fit: Path, page: str) -> None:
    assert "<script" not in page
    assert "attack &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; co" in page
    assert "<script" not in report_markdown(fit)


def test_page_loads_nothing(page: str) -> None:
    addresses = [value for _, attributes in Seen(page).tags for name, value in attributes.items() if name in LOADING]
    assert addresses
    assert all(re.match(r"#|data:,$", address or "") for address in addresses)
    assert not re.search(r"url\(|@import|https?://", page[page.index("<style>") : page.index("</style>")])
    assert "default-src 'none'" in page


LOADING = ("src", "href", "srcset", "action", "data", "poster", "background", "xlink:href", "formaction")


def test_every_link_leads_to_something(page: str) -> None:
    seen = Seen(page)
    targets = [attributes["id"] for _, attributes in seen.tags if "id" in attributes]
    assert len(targets) == len(set(targets))
    links = {(link["href"] or "").removeprefix("#") for link in seen.of("a")}
    assert links <= set(targets)
    assert {"fact-banjska-count", "fact-xkx-exports-2020"} <= links


def test_screen_reader_meets_language_landmarks_headings_and_pictures_in_words(page: str) -> None:
    seen = Seen(page)
    assert seen.of("html") == [{"lang": "en"}]
    assert all(len(seen.of(landmark)) == 1 for landmark in ("header", "nav", "main", "footer", "h1"))
    assert len(seen.of("caption")) == len(seen.of("table"))
    assert {heading.get("scope") for heading in seen.of("th")} == {"col", "row", "rowgroup"}
    assert all(picture["role"] == "img" and picture["aria-label"] for picture in seen.of("svg"))


def test_no_type_is_smaller_than_sixteen_pixels_on_a_screen(page: str) -> None:
    screen = page[page.index("<style>") : page.index("@media print")]
    sizes = [float(size) for size in re.findall(r"(?:font-size: |font: )([0-9.]+)px", screen)]
    assert sizes and min(sizes) >= 16.0
    assert all(float(size) >= 1.0 for size in re.findall(r"font-size: ([0-9.]+)rem", screen))


def contrast(one: str, other: str) -> float:
    """Contrast of two colours by WCAG 2."""
    light = sorted(luminance(colour) for colour in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_text_and_marks_stand_out_from_their_ground(page: str) -> None:
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]+);", page))
    for ground in ("#fff", colours["warm"], "#f0f0f0"):
        assert min(contrast(colours[ink], ground) for ink in ("ink", "quiet", "blue")) >= 4.5
        for mark in ("#00456e", "#00304d", "#00639b"):
            assert contrast(mark, ground) >= 3.0


def test_same_folder_gives_same_bytes(fit: Path, tmp_path: Path) -> None:
    first, second = (write_report(fit, tmp_path / name) for name in ("a.html", "b.html"))
    assert first == tmp_path / "a.html"
    assert first.read_bytes() == second.read_bytes()
    assert b"\r" not in first.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]


# ---- densities -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_scale_makes_each_prior_standard_normal(kind: str) -> None:
    prior = Distribution(kind, 2.0, 0.5, -100.0, 100.0)
    quantiles = [value_at(prior, share) for share in (0.05, 0.5, 0.95)]
    scale = scale_of(kind, Range(*quantiles))
    for deviate, share in ((-2.0, 0.0227501), (-0.5, 0.3085375), (1.0, 0.8413447), (2.2, 0.9860966)):
        assert scale.deviates(np.array([value_at(prior, share)]))[0] == pytest.approx(deviate, abs=0.01)
        assert scale.values(np.array([deviate]))[0] == pytest.approx(value_at(prior, share), rel=0.005)


@pytest.mark.parametrize("kind", KINDS)
def test_draws_of_the_prior_have_the_density_of_the_prior(kind: str) -> None:
    prior = Distribution(kind, 2.0, 0.5, -100.0, 100.0)
    draws = np.array([value_at(prior, (place + 0.5) / 2000) for place in range(2000)])
    three = Range(*(value_at(prior, share) for share in (0.05, 0.5, 0.95)))
    row = FittedParameter(
        line=2, key="key", unit="1", group="group", meaning="", prior_kind=kind, prior=three, posterior=three, sd_ratio=1.0,
        shift=0.0, word="assumed", moments="",
    )  # fmt: skip
    _, before, after = densities(row, draws)
    assert np.abs(after - before).max() < 0.05


# ---- folders that are not whole --------------------------------------------------------------------------------------


@pytest.fixture
def broken(fit: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fit, tmp_path / "broken"))


def problems_of(folder: Path) -> list[tuple[str, int | None, str, str]]:
    with pytest.raises(InputError) as caught:
        report_html(folder)
    name = Path(caught.value.file).name
    return [(name, problem.line, problem.where, problem.message) for problem in caught.value.problems]


def read(file: Path) -> Rows:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def edit(file: Path, change: Callable[[str], str]) -> None:
    old = file.read_text(encoding="utf-8")
    assert change(old) != old
    file.write_text(change(old), encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["manifest.json", "parameters.csv", "moments.csv", "draws.parquet", "diagnostics.json"]
)
def test_missing_file_is_named(broken: Path, name: str) -> None:
    (broken / name).unlink()
    assert [(file, "no such file" in message) for file, _, _, message in problems_of(broken)] == [(name, True)]


def test_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    assert problems_of(tmp_path / "nowhere")[0][0] == "nowhere"


@pytest.mark.parametrize(
    ("name", "column", "cell", "told"),
    [
        ("parameters.csv", "sd_ratio", "many", "is not a number"),
        ("parameters.csv", "word", "pined", "is not pinned, bounded or assumed"),
        ("parameters.csv", "prior_kind", "cauchy", "is not lognormal"),
        ("parameters.csv", "posterior_q05", "1e9", "out of order"),
        ("parameters.csv", "moments", "nobody", "is not in moments.csv"),
        ("moments.csv", "rank", "1.5", "outside 0-1"),
        ("moments.csv", "inside_90", "perhaps", "is not true or false"),
        ("moments.csv", "prior_q05", "", "give all three or none"),
        ("sbc.csv", "bin_3", "-1", "is below 0, the lowest legal value"),
        ("sbc.csv", "key", "stranger", "is not in parameters.csv"),
        ("table1_forecast.csv", "q95", "0", "out of order"),
        ("leave_one_out.csv", "flips", "maybe", "is not true or false"),
    ],
)
def test_damaged_cell_is_named_by_file_line_and_column(
    broken: Path, name: str, column: str, cell: str, told: str
) -> None:
    rows = read(broken / name)
    rows[3][column] = cell
    write_rows(broken / name, rows)
    ((found, line, where, message),) = problems_of(broken)
    assert (found, line, where) == (name, 5, "q05" if column == "q95" else column)
    assert told in message


def test_all_damaged_cells_of_a_table_are_told_at_once(broken: Path) -> None:
    rows = read(broken / "moments.csv")
    rows[0]["rank"], rows[2]["what"] = "high", ""
    write_rows(broken / "moments.csv", rows)
    assert [problem[:3] for problem in problems_of(broken)] == [("moments.csv", 2, "rank"), ("moments.csv", 4, "what")]


def test_line_is_that_on_which_a_row_starts_though_a_cell_before_it_has_two(broken: Path) -> None:
    rows = read(broken / "moments.csv")
    rows[0]["what"], rows[1]["rank"] = "two\nlines", "high"
    write_rows(broken / "moments.csv", rows)
    assert problems_of(broken)[0][1] == 4


def test_wrong_columns_are_told_with_the_nearest_name(broken: Path) -> None:
    edit(broken / "parameters.csv", lambda text: text.replace("sd_ratio", "sd_ration", 1))
    told = problems_of(broken)
    assert [problem[:3] for problem in told] == [("parameters.csv", 1, "sd_ratio"), ("parameters.csv", 1, "sd_ration")]
    assert 'did you mean "sd_ratio"?' in told[1][3]


def test_row_that_stands_twice_is_told(broken: Path) -> None:
    edit(broken / "moments.csv", lambda text: text + text.splitlines(keepends=True)[-1])
    assert "stands here twice" in problems_of(broken)[0][3]


def test_manifest_is_checked_by_line(broken: Path) -> None:
    edit(broken / "manifest.json", lambda text: text.replace('"seed": 1', '"seed": "one"'))
    lines = (broken / "manifest.json").read_text(encoding="utf-8").splitlines()
    place = next(number for number, line in enumerate(lines, 1) if '"seed"' in line)
    assert [problem[:3] for problem in problems_of(broken)] == [("manifest.json", place, "seed")]


def test_draws_must_be_those_of_the_parameters(broken: Path) -> None:
    table = pq.read_table(broken / "draws.parquet")
    pq.write_table(table.drop_columns(["uav_price"]).slice(0, DRAWS - 1), broken / "draws.parquet")
    told = problems_of(broken)
    assert ("draws.parquet", None, "uav_price", "no column for this parameter of parameters.csv") in told
    assert any(f"{DRAWS - 1} draws, but manifest.json says {DRAWS}" in problem[3] for problem in told)
    (broken / "draws.parquet").write_bytes(b"PAR1 and no more")
    assert "no Parquet file that is whole" in problems_of(broken)[0][3]


def test_damaged_folder_leaves_the_old_page_as_it_was(broken: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    target.write_text("old", encoding="utf-8")
    (broken / "moments.csv").unlink()
    with pytest.raises(InputError):
        write_report(broken, target)
    assert target.read_text(encoding="utf-8") == "old"


# ---- quick fits ------------------------------------------------------------------------------------------------------


def test_quick_fit_says_what_was_not_made(broken: Path) -> None:
    for name in OPTIONAL:
        (broken / name).unlink()
    quick = {**manifest(DRAWS), "is_quick": True, "ess_prior": None, "rhat_max": None}
    (broken / "manifest.json").write_text(json.dumps(quick), encoding="utf-8")
    short = {key: value for key, value in DIAGNOSTICS.items() if key != "sbc"}
    (broken / "diagnostics.json").write_text(json.dumps(short), encoding="utf-8")
    for page in (report_html(broken), report_markdown(broken).replace("\\", "")):
        assert "This is a quick fit" in page
        assert all(f"its folder holds no {name}" in page for name in OPTIONAL)
        assert "was not worked out" in page


def test_full_fit_claims_nothing_is_missing(page: str) -> None:
    assert "quick fit" not in page and "was not made" not in page


def test_tables_in_markdown_keep_their_columns(fit: Path) -> None:
    tables = [block for block in report_markdown(fit).split("\n\n") if block.startswith("|")]
    assert len(tables) > 10
    for table in tables:
        bars = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(bars) == 1, table[:200]
