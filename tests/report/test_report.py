"""The report of a run: one page that needs nothing but itself, is read by a machine and by a screen reader, and hides nothing."""

import builtins
import hashlib
import json
import re
from dataclasses import replace
from functools import partial
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter

from sim.analysis.output import strangers
from sim.cli.main import main
from sim.io.templates import phrase
from sim.plots.channels import CHANNEL_STYLES
from sim.plots.network import FRIENDLY, HOSTILE
from sim.report.document import BulletList, Image, Report, Text, read_report, report_to_json
from sim.report.render import page_html
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


def test_answer_is_a_verdict_and_a_few_sentences_with_their_uncertainty(made):
    answer = next(section for section in read_report(made[1] / "report.json").sections if section.anchor == "answer")
    (told,) = (part.points for part in answer.parts if isinstance(part, BulletList))
    assert 4 <= len(told) <= 6
    assert all("the 90 % range is" in sentence for sentence in told)
    assert any(one.startswith("Serbia's spending in ") for one in told)
    (risk,) = (one for one in told if one.startswith("The incident rate"))
    assert "the direction is a balance of assumptions" in risk
    (verdict, *_) = (part.text for part in answer.parts if isinstance(part, Text))
    assert (
        verdict.startswith("This is not a runaway arms race between Serbia and Kosovo")
        and "The largest effect: " in verdict
    )


def test_an_undetermined_change_is_told_to_go_either_way(made):
    rows = [row for row in made[0].shown_findings if row.is_undetermined]
    both = [row for row in rows if row.p_positive and row.p_negative]
    sentence = partial(phrase, "finding_words.txt", "sentence")
    assert both and all("may rise or fall" in sentence(row) for row in both)
    still = replace(rows[0], p_positive=0.37, p_negative=0.0)
    assert "may rise or stay as it is" in sentence(still)
    assert "higher in 37 % of simulations, unchanged in 63 % of simulations" in sentence(still)


def test_nothing_of_a_report_is_missing(page):
    for title in (
        "The question", "The answer", "What moves", "Why it moves", "What it rests on", "Rival theories", "Stability", "Limits",
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
    assert set(tables) == {"answer_in_kind.csv", "race.csv", "summary.csv", "uncertainty.csv"}
    assert tables == {name: (made[1] / name).read_bytes() for name in tables}


def test_content_is_read_back_as_it_was_and_makes_the_same_page(page, made):
    file = made[1] / "report.json"
    report = read_report(file)
    assert report.title == made[0].scenario.title
    assert report_to_json(report) == json.loads(file.read_text(encoding="utf-8"))
    assert page_html(report, made[1] / "figures") == page


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
    manifest = {"identity": {"fit": "x"}, "versions": {}, "platform": ""}
    plain, told = (
        next(section for section in sections(made[0], made[1] / "figures", manifest, one) if section.anchor == "why")
        for one in (None, why)
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


def test_markdown_and_spreadsheet_hold_the_same_tables(made, tmp_path, monkeypatch, capsys):
    from openpyxl import load_workbook

    monkeypatch.chdir(tmp_path)
    for form in ("html", "md", "xlsx"):
        assert main(["report", str(made[1]), "--format", form]) == 0
    assert list(tmp_path.iterdir()) == [] and strangers(made[1]) == []
    text = (made[1] / "report.md").read_text(encoding="utf-8")
    first = made[0].ordered_findings[0]
    assert f"| {first.what} | {first.change} |" in text and "](figures/overview.svg)" in text
    book = load_workbook(made[1] / "report.xlsx")
    assert book.sheetnames[0] == "Report"
    changes = next(sheet for sheet in book.worksheets if sheet["A1"].value == "Changes, and how sure they are")
    assert changes["A3"].value == first.what
    channels = next(sheet for sheet in book.worksheets if "incident rate" in str(sheet["A1"].value))
    assert isinstance(channels["B3"].value, float)


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


def test_without_openpyxl_the_message_says_what_to_install(made, monkeypatch, capsys):
    true = builtins.__import__

    def without(name, *rest):
        if name == "openpyxl":
            raise ImportError(name)
        return true(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    assert main(["report", str(made[1]), "--format", "xlsx"]) == 2
    assert "balkan-armsrace[excel]" in capsys.readouterr().err


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
