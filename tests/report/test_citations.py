"""How the program, scenarios and sources are cited."""

import json
from pathlib import Path

import pytest
import yaml

import sim
from sim.cli.main import main
from sim.data.tables import sources
from sim.report.citations import number_lines, source_reference, tool
from sim.runs.theories import run_theories
from sim.scenario.loading import load_scenario


def test_an_article_is_cited_as_the_apa_has_it():
    assert source_reference("004").apa() == (
        "Emin, N., & Ekinci, M. U. (2024). Boosting Influence: Türkiye's Renewed Military Activism in the Balkans. "
        "Insight Turkey, 26(2), 229-254. https://doi.org/10.25253/99.2024262.16"
    )


def test_an_article_is_an_entry_of_bibtex_that_names_its_doi():
    entry = source_reference("004").bibtex()
    assert entry.startswith("@misc{document004,") and entry.endswith("}")
    for line in ("author = {Nedim Emin and Mehmet Uğur Ekinci},", "year = {2024},", "doi = {10.25253/99.2024262.16},"):
        assert line in entry
    assert entry.count("{") == entry.count("}")


def test_what_a_document_does_not_print_is_left_out_or_marked():
    assert source_reference("002").apa() == "[On the arrival of Skydagger drones in Kosovo]. (ca. 2025, October)."
    assert source_reference("003").apa().startswith("Vuckovic, A. (ca. 2024, September). ")
    assert "not printed" not in source_reference("000").apa()


def test_a_body_keeps_its_name_and_a_source_without_a_date_says_so():
    assert source_reference("worldbank-wdi").apa().startswith("World Bank. (2026, February 24). ")
    assert "(n.d.)" in source_reference("bea").apa()


@pytest.mark.parametrize("key", [key for key, source in sources().items() if isinstance(source, dict)])
def test_every_source_can_be_cited(key):
    reference = source_reference(key)
    assert "(" in reference.apa() and ".." not in reference.apa() and "None" not in reference.apa()
    assert reference.bibtex().count("{") == reference.bibtex().count("}")


def test_the_program_is_cited_as_citation_cff_says():
    cited = yaml.safe_load((Path(sim.__file__).parents[1] / "CITATION.cff").read_text(encoding="utf-8"))
    apa = tool().apa()
    assert cited["title"] in apa and f"Version {sim.__version__}" in apa and f"({cited['date-released'].year})" in apa
    assert apa.startswith("The armsrace authors. ") and "[Computer software]" in apa


def test_cite_names_the_scenario_and_what_it_rests_on(capsys):
    assert main(["cite", "skydagger-delivery"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "Scenario skydagger-delivery of armsrace" in out and "Vuckovic, A." in out and "@misc{document004," in out
    assert main(["cite", "skydagger-delivery", "--format", "bibtex"]) == 0
    assert capsys.readouterr().out.startswith("@misc{armsrace,")


def test_a_scenario_of_ones_own_is_cited_as_ones_own(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["new", "mine"]) == 0
    capsys.readouterr()
    assert main(["cite", "mine.yaml"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "Scenario mine.yaml for armsrace" in out and "SHA-256" in out and "Your name" in out


def test_a_run_is_cited_with_the_sources_of_the_unknown_numbers_that_it_names(capsys, tmp_path):
    folder = tmp_path / "run"
    made = sim.run("serbian-drone-purchase", members=200, until="2027Q4", pictures="none", out=folder)
    assert 0 < len(made.main_numbers) <= 2
    assert main(["cite", str(folder)]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "Scenario serbian-drone-purchase of armsrace" in out
    for key in made.main_numbers:
        assert f"({key}): " in out
    assert main(["cite", "serbian-drone-purchase"]) == 0
    assert "armsrace cite results/ID" in capsys.readouterr().out


def test_a_number_without_a_source_says_so_and_one_with_a_source_names_it():
    fitted, assumed = number_lines(["reaction.SRB", "chance"], ())
    assert "(reaction.SRB): estimated; source: Stockholm International Peace Research Institute (2025)" in fitted
    assert "no source gives it" in assumed
    scenario = load_scenario("skydagger-delivery")
    (size,) = number_lines(["events.skydagger-order.n"], [scenario])
    assert "assumed around what its source says; source: " in size
    (own,) = number_lines(["events.of-my-own.n"], [scenario])
    assert "assumed in the scenario file" in own


def test_a_new_file_puts_no_words_of_its_template_into_a_report(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["new", "mine"]) == 0
    scenario = load_scenario("mine.yaml")
    assert (scenario.expects, scenario.comment, scenario.costs) == ("", "", "")


COMPARED = ("skydagger-delivery", "turkish-restraint")


def cited_from(folder, capsys):
    """What cite says of a folder, as text and as BibTeX."""
    capsys.readouterr()
    assert main(["cite", str(folder)]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert main(["cite", str(folder), "--format", "bibtex"]) == 0
    return text, capsys.readouterr().out


@pytest.mark.parametrize("theory", [(), ("--theory", "all")])
def test_a_comparison_is_cited_with_its_scenarios_and_what_they_rest_on(capsys, tmp_path, theory):
    folder = tmp_path / "compared"
    assert main(["compare", *COMPARED, "--members", "8", "--until", "2026Q4", *theory, "--out", str(folder)]) == 0
    text, bibtex = cited_from(folder, capsys)
    for id_ in COMPARED:
        assert f"Scenario {id_} of armsrace" in text and f"@misc{{armsrace-{id_}," in bibtex
    assert "Emin, N., & Ekinci, M. U." in text and "@misc{document004," in bibtex


def test_a_comparison_with_a_scenario_of_ones_own_needs_no_file_to_be_cited(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["new", "mine"]) == 0
    command = ["compare", "mine.yaml", "turkish-restraint", "--members", "8", "--until", "2026Q4", "--out", "out"]
    assert main(command) == 0
    Path("mine.yaml").unlink()
    assert "Scenario mine.yaml for armsrace" in cited_from("out", capsys)[0]
    manifest = json.loads(Path("out/manifest.json").read_text(encoding="utf-8"))
    manifest["scenarios"]["mine"]["events"] = []
    Path("out/manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert main(["cite", "out"]) == 2 and "cannot be rebuilt" in capsys.readouterr().err


def test_a_run_under_every_theory_is_cited(capsys, tmp_path):
    run_theories("skydagger-delivery", members=8, until="2026Q4", pictures="none", out=tmp_path / "all")
    text, bibtex = cited_from(tmp_path / "all", capsys)
    assert "Scenario skydagger-delivery of armsrace" in text and "@misc{document004," in bibtex


def test_a_sweep_is_cited_with_its_scenarios(capsys, tmp_path):
    design = {
        "format_version": 1, "title": "two scenarios", "scenarios": ["baseline", "skydagger-delivery"],
        "design": {"kind": "grid"}, "members": 2, "until": "2025Q4", "vary": {"reaction.SRB": [0.0, 1.0]},
        "metrics": [{"variable": "tension", "actor": "SRB", "counterpart": "XKX", "when": "2025Q4"}],
    }  # fmt: skip
    (tmp_path / "design.yaml").write_text(json.dumps(design), encoding="utf-8")
    assert main(["sweep", str(tmp_path / "design.yaml"), "--out", str(tmp_path / "sweep")]) == 0, (
        capsys.readouterr().err
    )
    text, bibtex = cited_from(tmp_path / "sweep", capsys)
    assert "Scenario skydagger-delivery of armsrace" in text and "@misc{document004," in bibtex
