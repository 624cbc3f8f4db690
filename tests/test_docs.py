"""The documentation says what the shipped fit and the code say, and its tutorials run as they stand."""

import re
import shlex
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from sim.calibration.report import range_words, unit_words
from sim.cli.main import COMMANDS, application, main
from sim.data.actors import load_actors
from sim.data.claims import claims
from sim.engines.simulate import prepared_scenarios
from sim.ensembles.folder import read_fit
from sim.ensembles.registry import DEFAULT_FIT, fit_folder
from sim.explain.text import channel_words
from sim.io.formatting import significant
from sim.model.directions import LABELS
from sim.model.distributions import KINDS
from sim.model.parameters import CLASSES, load_parameters
from sim.model.variables import VARIABLES
from sim.plots.registry import Plot
from sim.scenario.event import EventBase
from sim.scenario.event_types import event_models
from sim.scenario.loading import list_scenarios, load_scenario
from sim.scenario.schema import ScenarioFile
from sim.validation.experiments import experiments

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
TUTORIALS = ("tutorial-students", "tutorial-researchers", "tutorial-teachers")
SHOWN = ("claims", "explain", "compare")


@pytest.fixture(scope="module")
def generated():
    """The module that makes parts of pages when the documentation is built."""
    sys.path.insert(0, str(DOCS))  # as docs/conf.py does
    yield import_module("generated_pages")
    sys.path.remove(str(DOCS))


@pytest.fixture(scope="module")
def made(generated):
    """The module that writes the pages which are kept in git."""
    return import_module("make_pages")


@pytest.fixture(scope="module")
def drawn_once():
    """Each picture is drawn the first time that it is asked for, and then copied: drawing is most of a small run's time."""
    draw, drawn = Plot.write, {}

    def write(plot, subject, folder, name="", formats=("png", "svg")):
        if (plot.name, *formats) not in drawn:
            drawn[plot.name, *formats] = [file.read_bytes() for file in draw(plot, subject, folder, name, formats)]
        folder.mkdir(parents=True, exist_ok=True)
        files = tuple(folder / f"{name or plot.name}.{form}" for form in formats)
        for file, content in zip(files, drawn[plot.name, *formats], strict=True):
            file.write_bytes(content)
        return files

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Plot, "write", write)
        yield


def text_of(page: str) -> str:
    return (DOCS / f"{page}.md").read_text(encoding="utf-8")


def commands(page: str) -> list[str]:
    """Lines of a page's shell blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", text_of(page), flags=re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def untried(page: str) -> list[str]:
    """A tutorial's commands, less those at its end that a tutorial before it has too: nothing on the page needs what they leave."""
    lines = commands(page)
    before = {line for other in TUTORIALS[: TUTORIALS.index(page)] for line in commands(other)}
    while lines[-1] in before:
        lines.pop()
    return lines


def test_what_the_data_tell_is_what_the_shipped_fit_tells():
    """The page is written by hand; every number in it is the fit's."""
    text = (DOCS / "what-the-data-tell.md").read_text(encoding="utf-8")
    fit = read_fit(fit_folder(DEFAULT_FIT))
    rows = [re.split(r" *\| *", line)[1:-1] for line in text.splitlines() if line.startswith("| `")]
    assert {row[0].split("`")[1]: (unit, *rest) for row in rows for unit, *rest in [row[1:]]} == {
        one.key: (unit_words(one.unit), range_words(one.prior), range_words(one.posterior), one.word)
        for one in fit.parameters
        if not one.is_assumed
    }
    verdicts = [one.word for one in fit.parameters]
    assert all(f"| {word} | {verdicts.count(word)} |" in text for word in ("pinned", "bounded", "assumed"))
    outside, cells, sbc = [one.id for one in fit.moments if one.is_outside], fit.forecasts, fit.diagnostics.sbc
    assert re.findall(r"`(exports-\w+-\d+)`", text) == outside
    words = " ".join(text.split())
    for said in (
        f"The model has {len(fit.parameters)} numbers",
        f"compared with {len(fit.moments)} facts",
        f"{len(fit.moments) - len(outside)} of {len(fit.moments)} facts lie inside",
        f"Of {len(cells)} cells of the table {sum(one.is_inside_90 for one in cells)} lie inside",
        f"Of {len(fit.left_out)} comparisons, {sum(row.is_flipped for row in fit.left_out)} changed",
        f"{significant(fit.diagnostics.prior_recovery.worst_deviation)} prior standard deviations",
        f"R-hat {significant(fit.manifest.rhat_max)}), and {fit.manifest.draws:,} draws are worth {fit.manifest.ess:,.0f} ",
        f"{sbc.sets} sets of made-up figures",
        f"for {sbc.rejected} of the {len(fit.parameters)} numbers; chance alone makes about {sbc.expected_rejected:g}",
    ):
        assert said in words


def test_the_page_of_the_shipped_fit_is_made_from_nothing_else(generated, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["calibrate", "--report", DEFAULT_FIT]) == 0
    assert (tmp_path / "results" / f"{DEFAULT_FIT}.html").stat().st_size > 300_000
    assert "## In short" in generated.pages()["calibration"]
    assert not [file for file in fit_folder(DEFAULT_FIT).iterdir() if file.suffix == ".html"]


def test_the_shipped_fit_is_small_enough_to_ship_and_large_enough_to_use():
    folder = fit_folder(DEFAULT_FIT)
    assert sum(file.stat().st_size for file in folder.iterdir()) < 2_200_000


@pytest.mark.slow
@pytest.mark.parametrize("page", TUTORIALS)
@pytest.mark.usefixtures("drawn_once")
def test_every_command_of_a_tutorial_runs_as_it_stands(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert len(commands(page)) >= 3
    for line in untried(page):
        program, *words = shlex.split(line)
        assert program == "armsrace"
        assert "--members" in words or words[0] not in ("run", "stability"), f"too slow for a test: {line}"
        assert main(words) == 0, f"{line}\n{capsys.readouterr().err}"
        capsys.readouterr()


@pytest.mark.parametrize("page", SHOWN)
def test_every_command_of_a_page_is_understood(page):
    """They are parsed and bound, not run: tests of the commands run them."""
    lines = commands(page)
    assert len(lines) >= 3
    for line in lines:
        program, *words = shlex.split(line)
        command, bound, ignored = application().parse_args(words, print_error=False, exit_on_error=False)
        assert (program, ignored) == ("armsrace", {}), line
        if command.__name__ == "report":
            continue
        assert command.__name__ == page.replace("claims", "check"), line
        scenarios = [one for one in words if one in {listing.id for listing in list_scenarios()}]
        assert scenarios or page == "claims", line
        assert set(bound.arguments.get("claims", ())) <= {claim.id for claim in claims()}


def test_every_question_has_a_command_that_is_understood():
    """It is parsed and bound, and its scenarios and settings are read; tests of the commands run them."""
    lines = re.findall(r"`(armsrace [^`]*)`", text_of("questions").partition("\n## ")[0])
    assert len(lines) >= 14
    for line in lines:
        words = shlex.split(line)[1:]
        _, bound, ignored = application().parse_args(words, print_error=False, exit_on_error=False)
        assert not ignored, line
        if words[0] in ("run", "compare"):
            scenarios = [word for word in words[1:] if word in {listing.id for listing in list_scenarios()}]
            assert scenarios, line
            prepared_scenarios(scenarios[0], tuple(bound.arguments.get("settings", ())), None, DEFAULT_FIT)


def test_the_file_of_the_questions_is_a_scenario(tmp_path):
    (block,) = re.findall(r"```yaml\n(.*?)```", text_of("questions"), flags=re.DOTALL)
    file = tmp_path / "kosovo-tb2.yaml"
    file.write_text(block, encoding="utf-8")
    (order,) = (event for event in load_scenario(file).events if event.id == "tb2-200")
    assert order.plain()["n"] == 200


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


@pytest.mark.parametrize("page", ["blackboard", "schema", "glossary", "parameters", "reactions", "backtests"])
def test_a_page_that_is_kept_is_what_the_code_says(made, page):
    assert text_of(page) == made.page(page), "run: python docs/make_pages.py"


def test_only_the_pages_that_a_clone_needs_are_made_and_kept(made):
    marked = {page.stem for page in DOCS.glob("*.md") if made.MARK in page.read_text(encoding="utf-8")}
    assert marked == set(made.KEPT) == {"blackboard", "schema", "glossary", "parameters", "reactions", "backtests"}
    assert all(len(text_of(page)) < 40_000 for page in made.KEPT)


def test_every_parameter_stands_in_its_table():
    for one in load_parameters().parameters:
        line = next(line for line in text_of("parameters").splitlines() if line.startswith(f"| `{one.name}`"))
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
        "threat_from",
        "request_rate",
        "hazard_exponent",
        "tension_shock",
        "offer_utility",
        "consent_probability",
        "capital_next",
    )
    places = [page.index(f"\n{name} = ") for name in order]
    assert places == sorted(places)
    assert "held + grievance + insecurity_outside" in page


def test_every_letter_of_the_blackboard_has_its_number_and_what_was_left_out_is_gone(made):
    words, terms = text_of("blackboard").partition(made.MARK)[0], sys.modules["blackboard_page"].TERMS
    formulas = re.sub(r"_(\{[ijc]+\}|[ijc]\b)", "", "".join(re.findall(r"^\$\$.*\$\$$", words, flags=re.MULTILINE)))
    for letters in terms.values():
        for letter in letters.values():
            assert re.search(rf"(?<![\w\\]){re.escape(letter)}(?!\w)", formulas), letter
    left_out = re.findall(r"`(\w+)`", words.split("## Left out, and why")[1].split("## What the model")[0])
    assert len(left_out) > 4
    assert {one.name for one in load_parameters().parameters} & set(left_out) == {
        "tension_rest"
    }  # it stays, as a level


def test_every_type_of_event_has_an_example_that_is_read(made, tmp_path):
    page = sys.modules["scenario_page"]
    head = "format_version: 1\ntitle: all\nquestion: Is every example read?\nevents:\n"
    file = tmp_path / "all.yaml"
    file.write_text(head + "\n".join(f"  {line}" for line in page.example_lines()), encoding="utf-8")
    assert [event.type for event in load_scenario(str(file)).events].count("deliver") == 2
    assert all(line in text_of("schema") for line in page.example_lines())


def test_the_page_of_the_scenario_file_says_of_each_field_what_it_holds(made):
    page, written = sys.modules["scenario_page"], text_of("schema")
    models = (ScenarioFile, EventBase, *event_models().values())
    assert all(field.description for model in models for name, field in model.model_fields.items() if name != "type")
    assert set(page.FORMS) == set(KINDS) - {"fixed"}
    for code in (*load_actors().codes, *CLASSES, *VARIABLES):
        assert f"| `{code}` |" in written
    assert "| `troops` | soldiers | 0 to 100, thousand | kfor, release_reserve |" in written
    assert len(written) < 20_000 and "$defs" not in written


def test_the_glossary_tells_every_cause_and_names_equations_that_exist(made, generated):
    page, equations = sys.modules["glossary_page"], generated.pages()["equations"]
    assert set(page.causes()) == set(channel_words()[0]) | set(page.BESIDE)
    assert set(page.WORDS) <= {one.name for one in load_parameters().parameters}
    for text, *rules in page.causes().values():
        assert text.endswith(".")
        assert all(f"### `{rule.split('.')[1]}`" in equations for rule in rules)
    written = text_of("glossary")
    for word in (
        *LABELS,
        "undetermined",
        "well determined, in files pinned",
        "narrowed, in files bounded",
        "assumed",
        "median",
    ):
        assert f"| {word} |" in written
    for cause in (
        "guarantee of a state's security",
        "the cap on a state's military burden",
        "exaggeration",
        "emulation",
    ):
        assert f"| {cause}" in written


def test_a_page_that_is_built_says_in_the_clone_which_command_shows_the_same():
    for page in DOCS.glob("*.md"):
        before, *includes = page.read_text(encoding="utf-8").split("```{include} generated/")
        assert not includes or ("built" in before and "`armsrace " in before), page.name


def test_every_command_that_a_page_names_is_a_command():
    texts = [page.read_text(encoding="utf-8") for page in DOCS.glob("*.md")]
    named = {name for text in texts for name in re.findall(r"`armsrace ([a-z]+)", text)}
    assert len(named) > 8 and named <= set(COMMANDS)


@pytest.mark.parametrize("page", sorted(page.name for page in DOCS.glob("*.md") if page.stem != "compare"))
def test_every_link_of_a_page_has_its_words(page):
    assert "[](" not in (DOCS / page).read_text(encoding="utf-8")


def test_links_between_pages_lead_somewhere():
    for page in DOCS.glob("*.md"):
        for target in re.findall(r"\]\(([\w-]+\.md)(?:#[\w-]+)?\)", page.read_text(encoding="utf-8")):
            assert (DOCS / target).is_file(), f"{page.name}: {target}"


def test_links_of_the_pages_at_the_top_lead_somewhere_in_a_clone():
    for page in (
        "README.md",
        "CONTRIBUTING.md",
        "DECISIONS.md",
        "CHANGELOG.md",
        "seeds/README.md",
        "benchmarks/README.md",
    ):
        text = (ROOT / page).read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?:)([^)#]+)(?:#[\w-]+)?\)", text):
            assert ((ROOT / page).parent / target).is_file(), f"{page}: {target}"


@pytest.mark.slow
@pytest.mark.usefixtures("drawn_once")
def test_documentation_builds_offline_without_warnings(generated, tmp_path):
    """Needs the extra `docs`."""
    pytest.importorskip("sphinx", reason='Sphinx is not installed: pip install -e ".[docs]"')
    pytest.importorskip("furo", reason='furo is not installed: pip install -e ".[docs]"')
    copy = shutil.copytree(DOCS, tmp_path / "docs", ignore=shutil.ignore_patterns("generated", "_build"))
    generated.write_gallery(copy / "generated" / "gallery")  # as the build does where there is none yet
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
