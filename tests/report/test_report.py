"""The report of a run: one page that needs nothing but itself, is read by a machine and by a screen reader, and hides nothing."""

import hashlib
import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import docx
import numpy as np
import pytest
from openpyxl import load_workbook
from pydantic import TypeAdapter

from sim.analysis.output import sealed, strangers
from sim.cli.main import main
from sim.plots.channels import CHANNEL_STYLES
from sim.plots.network import FRIENDLY, HOSTILE
from sim.report.document import Image, Report, Table, TableRow, Text, read_report, report_to_json
from sim.report.forms import printing, spreadsheet
from sim.report.forms.render import page_html
from sim.report.run_report import sections
from sim.report.why import Why
from sim.runs.replay import replayed
from sim.runs.run import run
from sim.runs.theories import run_theories
from tests.plots.colour_vision import lab

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = {"members": 128, "until": "2030Q4"}
VOID = {"meta", "link", "img", "br", "wbr"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report") / "run"
    return run("skydagger-delivery", out=folder, settings=["reaction.SRB=0.4"], **OPTIONS), folder


@pytest.fixture(scope="module")
def page(made):
    return (made[1] / "report.html").read_text(encoding="utf-8")


class Checker(HTMLParser):
    """Whether tags close in order, ids are said once, links lead somewhere; headings, pictures and tables on the way."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.headings, self.images, self.tables = [], [], [], [], [], []

    def handle_starttag(self, tag, attributes):
        held = dict(attributes)
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [held["id"]] if "id" in held else []
        self.links += [held["href"][1:]] if held.get("href", "").startswith("#") else []
        self.headings += [int(tag[1])] if re.fullmatch(r"h[1-6]", tag) else []
        self.images += [held] if tag == "img" else []
        self.tables += [held] if tag == "table" else []
        assert tag != "th" or held.get("scope") in ("col", "row", "rowgroup")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag


@pytest.fixture(scope="module")
def checked(page):
    checker = Checker()
    checker.feed(page)
    assert checker.open == []
    return checker


def test_page_is_well_formed_and_every_link_leads_somewhere(checked):
    assert len(checked.ids) == len(set(checked.ids))
    assert set(checked.links) <= set(checked.ids)


def test_headings_go_down_one_step_at_a_time(checked):
    assert checked.headings[0] == 1 and checked.headings.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in zip(checked.headings, checked.headings[1:], strict=False))


def test_every_picture_is_told_in_words_of_its_own(checked, made):
    alternatives = [image["alt"] for image in checked.images]
    assert len(alternatives) == len(list((made[1] / "figures").glob("*.svg"))) >= 10
    assert all(len(words) > 60 for words in alternatives) and len(set(alternatives)) == len(alternatives)


def test_page_asks_no_other_host_for_anything(page):
    assert "default-src 'none'" in page
    loaded = re.findall(r'(?:src|href)="([^"#][^"]*)"', page)
    assert {one.split(",")[0].split(";")[0] for one in loaded} <= {"data:", "data:image/svg+xml"}
    assert not re.search(r"@import|url\(", page)


def test_answer_is_a_verdict_and_a_few_numbers_with_their_uncertainty(made):
    answer = read_report(made[1] / "report.json").sections[0]
    verdict, table = (next(part for part in answer.parts if isinstance(part, kind)) for kind in (Text, Table))
    assert verdict.text.startswith("This is not an arms race between Serbia and Kosovo")
    assert "The largest effect: " in verdict.text
    told = [[cell.text for cell in row.cells] for row in table.rows]
    assert 4 <= len(told) <= 7 and all(" to " in band for _, _, band, _ in told)
    assert any(what.startswith("Serbia's spending in ") for what, *_ in told)
    risk, _ = (row for row in told if row[0].startswith("Incident rate"))
    assert risk[3].endswith("direction assumed")


def test_an_input_that_was_fitted_shows_the_fitted_number_beside_its_prior(made):
    tables = [part for section in read_report(made[1] / "report.json").sections for part in section.parts]
    inputs = next(part for part in tables if isinstance(part, Table) and part.caption == "Inputs behind the answer")
    values = {row.cells[0].text: row.cells[1].text for row in inputs.rows if isinstance(row, TableRow)}
    price = "2,915 US$ each (fitted, 90 % range 960 to 9,100; prior 3,000, 950 to 9,500)"
    assert price in values["skydagger-order"]
    assert (
        values["loitering_price"] == "0.002915 (fitted, 90 % range 0.00096 to 0.0091; prior 0.003, 0.00095 to 0.0095)"
    )
    assert values["reaction.SRB"] == "0.4"  # set by hand, so no ensemble is asked


def test_nothing_of_a_report_is_missing(page):
    for title in (
        "The answer", "The question, and what it costs",
        "What moves", "Why it moves", "What it rests on", "Rival theories", "Stability", "Limits",
        "How to cite", "The scenario and the manifest",
    ):  # fmt: skip
        assert f">{title}</h2>" in page
    for words in (
        "well determined",
        "narrowed",
        "assumed",
        "spiral",
        "deterrence",
        "no-effect",
        "set here",
        "resolved (YAML)",
    ):
        assert words in page


def test_report_tells_no_time_and_no_path(page, made):
    assert str(made[1]) not in page and str(made[1].parent) not in page
    data = (made[1] / "report.json").read_text(encoding="utf-8")
    assert str(made[1]) not in data and str(made[1].parent) not in data
    assert not re.search(r'"(written|seconds|command)"', page + data.replace('\\"', '"'))


def test_the_same_run_has_the_same_bytes_in_every_picture_and_in_the_report(made):
    found = replayed(made[1])
    assert found.is_same
    names = {one.file for one in found.files}
    assert {
        "report.html",
        "report.json",
        "figures/network.svg",
        "figures/states.svg",
        "figures/channels.svg",
        "figures/events.svg",
    } <= names


def test_pictures_are_drawn_when_they_are_wanted_and_change_no_number(made, tmp_path):
    run("skydagger-delivery", out=tmp_path / "run", settings=["reaction.SRB=0.4"], **{**OPTIONS, "pictures": "none"})
    assert {file.suffix for file in (made[1] / "figures").iterdir()} == {".svg"}
    tables = {file.name: file.read_bytes() for file in (tmp_path / "run").iterdir() if file.name != "manifest.json"}
    names = {"answer_in_kind.csv", "findings.csv", "race.csv", "summary.csv", "uncertainty.csv"}
    assert set(tables) == {*names, "report.html", "report.json"}
    assert all(tables[name] == (made[1] / name).read_bytes() for name in names)
    with_pictures, without = (read_report(folder / "report.json") for folder in (made[1], tmp_path / "run"))
    words = [
        [
            (section.title, [part for part in section.parts if not isinstance(part, Image)])
            for section in one.sections[:-2]
        ]
        for one in (with_pictures, without)
    ]
    assert words[0] == words[1] and "Why it moves" in [title for title, _ in words[1]]


def test_content_is_read_back_as_it_was_and_makes_the_same_page(page, made):
    file = made[1] / "report.json"
    report = read_report(file)
    assert report.title == made[0].scenario.title
    assert report_to_json(report) == json.loads(file.read_text(encoding="utf-8"))
    assert sealed(page_html(report, made[1] / "figures").encode(), "html") == page.encode()


def test_the_form_of_the_data_is_described_for_researchers():
    page = (ROOT / "docs" / "tutorial-researchers.md").read_text(encoding="utf-8")
    schema = TypeAdapter(Report).json_schema()
    described = [schema, *schema["$defs"].values()]
    names = {name for part in described for name in part["properties"]}
    kinds = {part["properties"]["kind"]["const"] for part in described if "kind" in part["properties"]}
    assert {name for name in names | kinds if f"`{name}`" not in page} == set()


def test_no_content_is_hidden_in_the_page(page):
    assert "<script" not in page and "application/json" not in page


def test_a_page_that_is_gone_is_made_again_from_the_data(page, made, capsys):
    file = made[1] / "report.html"
    assert main(["report", str(made[1])]) == 0 and "is there already" in capsys.readouterr().out
    file.unlink()
    assert main(["report", str(made[1])]) == 0 and file.read_text(encoding="utf-8") == page


def test_an_explanation_fills_its_place_when_there_is_one(made):
    why = Why(
        ("Serbia spends more because of Kosovo's arms.",), "2026Q4", 64, "million US$ a year", (("threat", "", "+1.0", "100 %"),), "+1.0",
        Image("Waterfall", "one bar", "waterfall.svg"),
    )  # fmt: skip
    manifest = {"identity": {"ensemble": "x"}, "versions": {}, "platform": ""}
    plain, told = (
        next(section for section in sections(made[0], manifest, one) if section.anchor == "why") for one in (None, why)
    )
    sentence, table, picture = (part for part in told.parts if part not in plain.parts)
    assert sentence.text == why.sentences[0] and picture == why.picture
    assert [cell.text for cell in table.rows[-1].cells] == ["the change", "", "+1.0", "100 %"]
    assert "because" not in str(plain)


def test_a_run_that_is_compared_with_nothing_has_a_report_of_levels(tmp_path):
    run("baseline", out=tmp_path / "run", members=20, until="2027Q4")
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "these are levels" in page and "Serbia&#x27;s military spending in 2027: the median is" in page
    assert 'id="why"' not in page and 'id="moves"' in page


@pytest.fixture(scope="module")
def book(made):
    assert main(["report", str(made[1]), "--format", "xlsx"]) == 0
    return load_workbook(made[1] / "report.xlsx")


def test_every_form_stands_in_the_folder_of_the_run_and_holds_the_answer(made, book, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for form in ("html", "md", "docx"):
        assert main(["report", str(made[1]), "--format", form]) == 0
    assert list(tmp_path.iterdir()) == [] and strangers(made[1]) == []
    first = made[0].ordered_findings[0]
    text = (made[1] / "report.md").read_text(encoding="utf-8")
    assert f"| {first.what} | {first.change} |" in text and "](figures/overview.svg)" in text
    assert "format_version" not in text and "events:" not in text  # nobody hands in YAML or JSON
    word = docx.Document(str(made[1] / "report.docx"))
    cells = [[cell.text for cell in row.cells] for table in word.tables for row in table.rows]
    assert [first.what, first.change, first.band] in [row[:3] for row in cells]
    assert len(word.inline_shapes) >= 8 and all(shape.width.cm == pytest.approx(16.0) for shape in word.inline_shapes)
    assert "format_version" not in " ".join(paragraph.text for paragraph in word.paragraphs)


def test_tables_name_no_state_that_the_answer_does_not_name_and_the_spreadsheet_has_them_all(made, book):
    assert main(["report", str(made[1]), "--format", "docx"]) == 0
    word = docx.Document(str(made[1] / "report.docx"))
    rows = [" | ".join(cell.text for cell in row.cells) for table in word.tables for row in table.rows]
    assert any(row.startswith("Serbia and Kosovo | fast growth") for row in rows)
    assert [row for row in rows if "Croatia" in row or "Bosnia" in row] == []
    race = next(sheet for sheet in book.worksheets if "Is it a race" in sheet.title)
    assert "HRV" in {cell.value for row in race.iter_rows() for cell in row}


def test_a_report_leaves_rivals_whom_neither_scenario_nor_answer_names_to_the_spreadsheet(tmp_path):
    made = run("serbian-drone-purchase", out=tmp_path / "run", members=128, until="2030Q4", pictures="none")
    assert any(row.topic.actor == "ALB" for row in made.ordered_findings)
    parts = [part for section in read_report(tmp_path / "run" / "report.json").sections for part in section.parts]
    changes = next(part for part in parts if isinstance(part, Table) and part.caption.startswith("Changes, and how"))
    assert [row.cells[0].text for row in changes.rows if row.cells[0].text.startswith("Albania")] == []
    assert "Albania's spending" in (tmp_path / "run" / "findings.csv").read_text(encoding="utf-8")


def test_a_spreadsheet_computes(made, book):
    first = made[0].ordered_findings[0]
    findings = next(sheet for sheet in book.worksheets if "The numbers that answer" in sheet.title)
    header, row, *_ = ([cell.value for cell in line] for line in findings.rows)
    told = dict(zip(header, row, strict=True))
    assert [told[end] for end in ("median", "low", "high")] == pytest.approx([first.median, first.low, first.high])
    theories = next(sheet for sheet in book.worksheets if "under each theory" in sheet.title)
    assert [cell.value for cell in theories[1]][1:4] == ["spiral, median", "spiral, low", "spiral, high"]
    assert all(cell.data_type == "n" for cell in theories[2][1:])
    texts = [
        cell.value for sheet in book.worksheets[1:] for line in sheet.rows for cell in line if cell.data_type == "s"
    ]
    assert not any("\u2212" in text for text in texts)


def test_a_spreadsheet_holds_the_main_series_over_time_with_a_chart(made, book):
    sheets = [sheet for sheet in book.worksheets if sheet._charts]
    assert 4 <= len(sheets) <= 6
    attitude = next(sheet for sheet in sheets if "attitude to T" in sheet.title)
    header, *rows = ([cell.value for cell in line] for line in attitude.rows)
    assert (
        header[0] == "quarter (all in: -1 to 1)"
    )  # spending is in million dollars here, and in per cent in the answer
    assert header[1:] == ["without, median", "with, median", "change, median", "change, low", "change, high"]
    contrast = made[0].contrast("attitude", "SRB", "TUR")
    last = {row[0]: row[1:] for row in rows}["2025Q4"]
    assert (last[2], last[0]) == pytest.approx((contrast.difference.median[31], contrast.baseline.median[31]))


def test_a_pdf_is_printed_by_a_browser_or_it_is_said_that_there_is_none(made, monkeypatch, capsys):
    command = ["report", str(made[1]), "--format", "pdf"]
    monkeypatch.setattr(printing, "browsers", lambda: iter(()))
    assert main(command) == 2
    assert (
        "no Chrome, Chromium or Edge was found to print with; open report.html in any browser"
        in capsys.readouterr().err
    )
    monkeypatch.setattr(printing, "browsers", lambda: iter([sys.executable]))
    assert main(command) == 2 and "could not print the page" in capsys.readouterr().err
    assert not (made[1] / "report.pdf").exists()


def test_a_report_replaces_no_file_that_is_not_its_own(made, tmp_path, capsys):
    mine = tmp_path / "report.md"
    mine.write_text("mine", encoding="utf-8")
    command = ["report", str(made[1]), "--format", "md", "--out", str(mine)]
    assert main(command) == 2 and mine.read_text(encoding="utf-8") == "mine"
    assert "--overwrite" in capsys.readouterr().err
    assert main([*command, "--overwrite"]) == 0 and mine.read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("results/kfor-surge", "no such folder; this makes it: armsrace run kfor-surge\n"),
        ("kfor-surge", "armsrace run kfor-surge makes results/kfor-surge"),
        ("elsewhere/mine", "armsrace run ID --out elsewhere/mine"),
    ],
)
def test_a_folder_that_is_not_there_is_said_not_to_be(name, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["report", name]) == 2
    said = capsys.readouterr().err
    assert words in said and "report.html" not in said


def test_a_folder_without_a_report_and_a_page_that_is_none_are_refused(tmp_path, capsys):
    assert main(["report", str(tmp_path)]) == 2
    assert "run the scenario again" in capsys.readouterr().err
    (tmp_path / "report.html").write_text("<p>mine</p>", encoding="utf-8")
    for named in (tmp_path, tmp_path / "report.html"):
        assert main(["report", str(named), "--format", "md"]) == 2
        assert "there is no report.json in this folder; run the scenario again" in capsys.readouterr().err
    (tmp_path / "report.json").write_text('{"format_version": 1, "title": "mine"}', encoding="utf-8")
    assert main(["report", str(tmp_path), "--format", "md"]) == 2
    assert "not the report of a run" in capsys.readouterr().err
    (tmp_path / "report.json").write_text('{"format_version": 2}', encoding="utf-8")
    assert main(["report", str(tmp_path), "--format", "md"]) == 2
    assert "format 2" in capsys.readouterr().err


def separation(one, other, vision):
    return float(np.linalg.norm(lab(one, vision) - lab(other, vision)))


@pytest.mark.parametrize("vision", ["none", "deuteranopia", "protanopia", "tritanopia"])
def test_friend_and_foe_and_the_two_ways_of_arms_stay_apart(vision):
    """By more than colour, too: foes are dashed, ways have markers of their own."""
    assert separation(FRIENDLY.colour, HOSTILE.colour, vision) > 10.0
    assert separation(CHANNEL_STYLES["spiral"].colour, CHANNEL_STYLES["deterrence"].colour, vision) > 10.0
    assert FRIENDLY.dash != HOSTILE.dash
    assert len({one.marker for one in CHANNEL_STYLES.values()}) == len(CHANNEL_STYLES)


def test_theories_side_by_side_have_a_report_that_quotes_each(tmp_path):
    run_theories("skydagger-delivery", out=tmp_path / "all", members=20, until="2027Q4")
    page = (tmp_path / "all" / "report.html").read_text(encoding="utf-8")
    checker = Checker()
    checker.feed(page)
    assert checker.open == [] and len(checker.ids) == len(set(checker.ids)) and set(checker.links) <= set(checker.ids)
    assert [image["alt"] != "" for image in checker.images] == [True]
    for words in ("spiral:", "deterrence:", "no-effect:", "Serbia&#x27;s spending in 2026", "none is preferred"):
        assert words in page
    assert str(tmp_path) not in page


def test_a_folder_says_to_an_archive_what_it_holds(tmp_path, capsys):
    out = tmp_path / "run"
    run("skydagger-delivery", members=2, until="2018Q4", pictures="none", split=False, out=out)
    assert main(["report", str(out), "--format", "crate"]) == 0
    graph = {
        entity["@id"]: entity
        for entity in json.loads((out / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    }
    assert graph["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    assert {part["@id"] for part in graph["./"]["hasPart"]} == {path.name for path in out.iterdir()} - {
        "ro-crate-metadata.json"
    }
    assert graph["summary.csv"]["sha256"] == hashlib.sha256((out / "summary.csv").read_bytes()).hexdigest()
    ids = set(graph)
    assert {
        part["@id"] for part in (*graph["#run"]["object"], *graph["#run"]["result"], graph["#run"]["instrument"])
    } <= ids
    assert replayed(out).is_same
    (out / "summary.csv").write_text("changed", encoding="utf-8")
    assert main(["report", str(out), "--format", "crate"]) == 2
    assert "was changed" in capsys.readouterr().err
    assert main(["report", str(tmp_path), "--format", "crate"]) == 2


def test_a_number_below_what_is_shown_leaves_the_others_of_its_column_numbers():
    names, cells = spreadsheet._columns("incidents", ["+0.07 (-0.16 to +0.41)", "under 0.01 (-0.13 to +0.17)"])
    assert names == ["incidents, median", "incidents, low", "incidents, high"]
    assert cells == [[0.07, -0.16, 0.41], ["under 0.01", -0.13, 0.17]]
