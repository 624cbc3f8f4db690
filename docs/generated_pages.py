"""Parts of pages that are made from the code when the documentation is built; what a clone needs to read is in `make_pages.py`."""

import ast
import contextlib
import inspect
import io
import os
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from tables import header, row

from sim import rules
from sim.calibration.report import report_markdown
from sim.cli.main import COMMANDS, main
from sim.data.claims import EXECUTABLE, Claim, claims
from sim.ensembles.registry import DEFAULT_FIT, fit_folder
from sim.validation.claims_text import HEADINGS
from sim.validation.experiments import experiments

LAST_RULES = ("richardson", "draws", "elementary")  # what no reader begins with
CENTRAL_RULES = {  # the model in a page, in the order in which a quarter is best read
    "Budget of a state": ("spending.desired_gap", "spending.log_spending_gap_next", "spending.spending_level"),
    "Threat that it perceives": (
        "capability.perceived_capability",
        "capability.arms_read",
        "capability.guarantee",
        "capability.threat_from",
    ),
    "What it asks for": (
        "capability.system_gap",
        "capability.drone_gap",
        "transfers.request_rate",
        "spending.payment",
    ),
    "Rate of incidents": ("tension.restrained_tension", "tension.hazard_exponent", "tension.hazard"),
    "Tension between Serbia and Kosovo": (
        "tension.tension_damping",
        "tension.tension_relaxed",
        "tension.tension_shock",
        "tension.tension_raised",
    ),
    "Choice of a supplier": (
        "transfers.offer_merit",
        "supplier_history.standing",
        "transfers.offer_utility",
        "transfers.choice_weight",
    ),
    "Consent of the supplier": (
        "transfers.deal_gain",
        "transfers.friendship_at_stake",
        "transfers.consent_probability",
    ),
    "Ties and words": (
        "transfers.provocation",
        "transfers.provocation_felt",
        "relations.cooperation_loss",
        "relations.rhetoric_loss",
        "relations.cooperation_anchor",
        "relations.attitude",
    ),
    "Stocks of arms": ("stocks.capital_next", "stocks.units_next", "patrons.grant_anchor"),
}
GALLERY_MEMBERS = 128
GALLERY = {
    "overview": "Paired differences: what the scenario changes around the moment of change.",
    "states": "Fan charts in small multiples: the spending of every state, one colour each.",
    "channels": "Spiral against deterrence: what the change of the risk is due to.",
    "tornado": "Tornado: how far each uncertain number moves a result.",
    "network": "The region as a network: attitudes, arms, threat.",
    "events": "The time line of events.",
    "phase-SRB-XKX": "Phase portrait of two states, in logarithms and in dollars.",
    "risk": "Levels above, differences below: tension and the risk of incidents.",
}


def write_pages(folder: Path) -> None:
    """Write every generated page; one that is as it should be is left alone, so that a build does no more than it must."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        file = folder / f"{name}.md"
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8", newline="\n")


def write_gallery(folder: Path) -> None:
    """Run one scenario with a few simulations, and keep its pictures."""
    if all((folder / f"{name}.svg").is_file() for name in GALLERY):
        return
    from sim.runs.run import run

    run("skydagger-delivery", members=GALLERY_MEMBERS, out=folder / "run", overwrite=True)
    for name in GALLERY:
        (folder / "run" / "figures" / f"{name}.svg").replace(folder / f"{name}.svg")


def pages() -> dict[str, str]:
    """Name and text of every part that is made for a build."""
    return {
        "equations": "\n".join(equation_lines()),
        "calibration": report_markdown(fit_folder(DEFAULT_FIT)).partition("\n\n")[2],  # the page has a title of its own
        "claims": "\n".join(claim_table_lines()),
        "commands": "\n".join(command_lines()),
        "pictures": "\n".join(gallery_lines()),
    }


# ---- claims ----------------------------------------------------------------------------------------------------------


def claim_table_lines() -> Iterator[str]:
    """Every claim by kind: our words, who says so and who otherwise, the verdict on record or why there is none."""
    known = experiments()
    for kind, heading in HEADINGS.items():
        yield from (f"### {heading}", "")
        yield from header("id", "claim", "said in", "otherwise in", "verdict", "experiment")
        for one in claims():
            if one.kind == kind:
                reason = f"{one.test.replace('-', ' ')}: {one.reason}"
                verdict = known[one.experiment].recorded if one.test == EXECUTABLE else reason
                yield row(one.id, one.claim, *_documents(one), verdict, one.experiment)
        yield ""


def _documents(one: Claim) -> tuple[str, str]:
    """Documents that make a claim, and those that say otherwise."""
    rivals = sorted(set(re.findall(r"(?:^|; )(\d{3}): ", one.contradicts)))
    return ", ".join(one.source.split(";")), ", ".join(rivals)


# ---- equations -------------------------------------------------------------------------------------------------------


def equation_lines() -> Iterator[str]:
    """The central equations on a page, then every rule: what it is, its arguments with units, its source, and the equation as the
    engines run it."""
    yield from central_lines()
    names = sorted(one.name for one in pkgutil.iter_modules(rules.__path__))
    for name in [*(one for one in names if one not in LAST_RULES), *LAST_RULES]:
        module = import_module(f"sim.rules.{name}")
        yield from (f"## {name}", "", " ".join((module.__doc__ or "").split()), "")
        for node in ast.parse(inspect.getsource(module)).body:
            if isinstance(node, ast.FunctionDef):
                yield from rule_lines(getattr(module, node.name), node)


def central_lines() -> Iterator[str]:
    """The central equations in reading order, each with a link to what its letters mean."""
    yield from ("## The model on a page", "")
    for heading, rules_named in CENTRAL_RULES.items():
        yield from (f"### {heading}", "")
        for name in rules_named:
            module, function = name.split(".")
            rule = getattr(import_module(f"sim.rules.{module}"), function)
            (node,) = ast.parse(inspect.getsource(rule)).body
            words = inspect.cleandoc(rule.__doc__ or "").split("\n")[0]
            yield from (
                f"[`{function}`](#{function.replace('_', '-')}): {words}",
                "",
                "```python",
                equation(node),
                "```",
                "",
            )


def equation(node: Any) -> str:
    """What a rule computes, as an assignment to its name."""
    *steps, last = node.body[1:]
    return "\n".join([*map(ast.unparse, steps), f"{node.name} = {ast.unparse(last.value)}"])


def rule_lines(rule: Any, node: ast.FunctionDef) -> Iterator[str]:
    """One rule: words as words, arguments and the equation letter by letter."""
    yield from (f"### `{node.name}`", "")
    for block in inspect.cleandoc(rule.__doc__ or "").split("\n>>> ")[0].strip().split("\n\n"):
        if re.match(r"\w+ +: \[", block):
            yield from ("```text", block, "```", "")
        else:
            yield from (" ".join(block.split()).replace("*", "\\*").replace("_", "\\_"), "")
    body = ast.Module(body=node.body[1:], type_ignores=[])
    yield from ("```python", ast.unparse(body), "```", "")


# ---- reference -------------------------------------------------------------------------------------------------------


def command_lines() -> Iterator[str]:
    """What each command says of itself."""
    for name in COMMANDS:
        yield from (f"## armsrace {name}", "", "```text", help_of(name).rstrip(), "```", "")


def help_of(command: str) -> str:
    """The help of a command, as it is printed to a pipe of 100 columns."""
    printed, before = io.StringIO(), os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "100"
    try:
        with contextlib.redirect_stdout(printed):
            main([command, "--help"])
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before
    return printed.getvalue()


def gallery_lines() -> Iterator[str]:
    """Each picture with what it shows."""
    for name, words in GALLERY.items():
        yield from (
            f"## {words.split(':')[0].rstrip('.')}",
            "",
            words,
            "",
            f"![{words}](generated/gallery/{name}.svg)",
            "",
        )
