"""The documentation says what the shipped fit and the code say, and its tutorials run as they stand."""

import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim.calibration.report import report_markdown
from sim.cli.main import COMMANDS, application, main
from sim.data.actors import load_actors
from sim.data.claims import claims
from sim.ensembles.registry import DEFAULT_FIT, fit_folder
from sim.explain.text import CHANNELS
from sim.model.distributions import KINDS
from sim.model.parameters import CLASSES, load_parameters
from sim.model.variables import VARIABLES
from sim.scenario.events import EventBase, event_models
from sim.scenario.loading import list_scenarios, load_scenario
from sim.scenario.schema import ScenarioFile
from sim.validation.experiments import experiments

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
TUTORIALS = ("tutorial-students", "tutorial-researchers", "tutorial-teachers")
SHOWN = ("claims", "explain", "compare")


@pytest.fixture(scope="module")
def generated():
    sys.path.insert(0, str(DOCS))  # as docs/conf.py does
    spec = importlib.util.spec_from_file_location("generated_pages", DOCS / "generated_pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(DOCS))


def commands(page: str) -> list[str]:
    """Lines of a page's shell blocks."""
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    return [line for block in re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL) for line in block.splitlines()]


def test_the_page_of_the_calibration_is_that_of_the_shipped_fit():
    written = (DOCS / "calibration.md").read_text(encoding="utf-8")
    assert written.strip() == report_markdown(fit_folder(DEFAULT_FIT)).strip()


def test_the_shipped_fit_is_small_enough_to_ship_and_large_enough_to_use():
    folder = fit_folder(DEFAULT_FIT)
    assert sum(file.stat().st_size for file in folder.iterdir()) < 3_000_000


@pytest.mark.slow
@pytest.mark.parametrize("page", TUTORIALS)
def test_every_command_of_a_tutorial_runs_as_it_stands(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    lines = commands(page)
    assert len(lines) >= 3
    for line in lines:
        program, *words = shlex.split(line)
        assert program == "armsrace"
        assert "--members" in words or words[0] not in ("run", "stability"), f"too slow for a test: {line}"
        overwritten = ["--overwrite"] if words[0] == "run" else []
        assert main([*words, *overwritten]) == 0, f"{line}\n{capsys.readouterr().err}"
        capsys.readouterr()


@pytest.mark.parametrize("page", SHOWN)
def test_every_command_of_a_page_is_understood(page):
    """They are parsed and bound, not run: tests of the commands run them."""
    lines = commands(page)
    assert len(lines) >= 3
    for line in lines:
        program, *words = shlex.split(line)
        command, bound, ignored = application().parse_args(words, print_error=False, exit_on_error=False)
        assert (program, command.__name__, ignored) == ("armsrace", page.replace("claims", "check"), {}), line
        scenarios = [one for one in words if one in {listing.id for listing in list_scenarios()}]
        assert scenarios or page == "claims", line
        assert set(bound.arguments.get("claims", ())) <= {claim.id for claim in claims()}


def test_the_table_of_claims_tells_the_recorded_verdict_of_every_claim(generated):
    lines = generated.pages()["claims"].splitlines()
    for claim in claims():
        line = next(line for line in lines if line.startswith(f"| {claim.id} |"))
        assert (experiments()[claim.experiment].recorded if claim.experiment else claim.reason[:9]) in line
        assert all(f" {document}" in line for document in claim.source.split(";"))


def test_every_command_of_a_tutorial_is_a_command_and_every_command_has_a_reference(generated):
    assert {shlex.split(line)[1] for page in TUTORIALS for line in commands(page)} <= set(COMMANDS)
    reference = generated.pages()["commands"]
    assert all(f"## armsrace {name}\n" in reference for name in COMMANDS)
    assert "--members" in reference


def test_every_variable_and_parameter_stands_in_its_table(generated):
    pages = generated.pages()
    assert all(f"| `{name}` |" in pages["variables"] for name in VARIABLES)
    for one in load_parameters().parameters:
        line = next(line for line in pages["parameters"].splitlines() if line.startswith(f"| `{one.name}`"))
        assert one.status in line and one.source in line


def test_every_rule_stands_among_the_equations_with_its_source(generated):
    text = generated.pages()["equations"]
    rules = [
        line for file in (ROOT / "sim" / "rules").glob("*.py") for line in file.read_text(encoding="utf-8").splitlines()
    ]
    names = [match.group(1) for line in rules if (match := re.match(r"def (\w+)\(", line))]
    assert len(names) > 60 and all(f"### `{name}`" in text for name in names)
    assert text.count("Source: ") >= len(names)


def test_the_model_on_a_page_begins_with_the_budget_and_shows_each_central_sum(generated):
    page = generated.pages()["equations"].split("## capability\n")[0]
    order = (
        "desired_gap",
        "threat",
        "hazard_exponent",
        "tension_shock",
        "offer_utility",
        "consent_probability",
        "capital_next",
    )
    places = [page.index(f"\n{name} = ") for name in order]
    assert places == sorted(places)
    assert "reaction * threat + insecurity + grievance + diversion * unrest + supplement + insecurity_outside" in page


def test_every_type_of_event_has_an_example_that_is_read(generated, tmp_path):
    page = sys.modules["scenario_page"]
    assert set(page.EXAMPLES) == set(event_models())
    head = "format_version: 1\ntitle: all\nquestion: Is every example read?\nevents:\n"
    file = tmp_path / "all.yaml"
    file.write_text(head + "\n".join(f"  {line}" for line in page.example_lines()), encoding="utf-8")
    assert [event.type for event in load_scenario(str(file)).events].count("deliver") == 2
    written = generated.pages()["scenario"]
    assert all(line in written for line in page.example_lines())


def test_the_page_of_the_scenario_file_says_of_each_field_what_it_holds(generated):
    page, written = sys.modules["scenario_page"], generated.pages()["scenario"]
    assert list(page.FIELDS) == list(ScenarioFile.model_fields)
    own = {name for model in event_models().values() for name in page.own_fields(model)}
    assert set(page.EVENT_FIELDS) == own | set(EventBase.model_fields)
    assert set(page.FORMS) == set(KINDS) - {"fixed"}
    for code in (*load_actors().codes, *CLASSES, *VARIABLES):
        assert f"| `{code}` |" in written
    assert "| `troops` | soldiers | 0 to 100, thousand | kfor, release_reserve |" in written
    assert len(written) < 20_000 and "$defs" not in written


def test_the_glossary_tells_every_cause_and_names_equations_that_exist(generated):
    page, equations = sys.modules["glossary_page"], generated.pages()["equations"]
    assert set(page.CAUSES) == set(CHANNELS) | set(page.BESIDE)
    assert set(page.WORDS) <= {one.name for one in load_parameters().parameters}
    for text, *rules in page.CAUSES.values():
        assert text.endswith(".")
        assert all(f"### `{rule.split('.')[1]}`" in equations for rule in rules)
    written = generated.pages()["glossary"]
    for word in ("sign assumed", "sign contested", "undetermined", "pinned", "bounded", "assumed", "middle world"):
        assert f"| {word} |" in written
    for cause in ("fear of incidents: …", "the cap on a state's military burden", "exaggeration", "double standard"):
        assert f"| {cause}" in written


def test_a_page_that_is_built_says_in_the_clone_which_command_shows_the_same():
    for page in DOCS.glob("*.md"):
        before, *includes = page.read_text(encoding="utf-8").split("```{include} generated/")
        assert not includes or ("built" in before and "`armsrace " in before), page.name


def test_every_command_that_a_page_names_is_a_command(generated):
    texts = [page.read_text(encoding="utf-8") for page in DOCS.glob("*.md")]
    texts += [generated.pages()[name] for name in ("scenario", "glossary")]
    named = {name for text in texts for name in re.findall(r"`armsrace ([a-z]+)", text)}
    assert len(named) > 8 and named <= set(COMMANDS)


@pytest.mark.parametrize("page", sorted(page.name for page in DOCS.glob("*.md") if page.stem != "compare"))
def test_every_link_of_a_page_has_its_words(page):
    assert "[](" not in (DOCS / page).read_text(encoding="utf-8")


def test_links_between_pages_lead_somewhere():
    for page in DOCS.glob("*.md"):
        for target in re.findall(r"\]\(([\w-]+\.md)\)", page.read_text(encoding="utf-8")):
            assert (DOCS / target).is_file(), f"{page.name}: {target}"


@pytest.mark.slow
def test_documentation_builds_offline_without_warnings(tmp_path):
    """Needs the extra `docs`."""
    pytest.importorskip("sphinx", reason='Sphinx is not installed: pip install -e ".[docs]"')
    pytest.importorskip("furo", reason='furo is not installed: pip install -e ".[docs]"')
    copy = shutil.copytree(DOCS, tmp_path / "docs", ignore=shutil.ignore_patterns("generated", "_build"))
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "--keep-going",
        "-q",
        "-b",
        "html",
        str(copy),
        str(tmp_path / "html"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "html" / "gallery.html").is_file()
    loaded = [
        address
        for page in (tmp_path / "html").glob("*.html")
        for address in re.findall(
            r'<(?:script|link|img)[^>]+(?:src|href)="(https?:[^"]+)"', page.read_text(encoding="utf-8")
        )
    ]
    assert loaded == []
