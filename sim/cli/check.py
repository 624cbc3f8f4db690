"""What the claims of the documents, the model's mechanisms and published results are worth: `check`."""

import json
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from sim.cli.run import Fit, Format, Members, Seed
from sim.cli.warmup import announce_preparation
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.errors import InputError, Problem, suggestion
from sim.io.progress import watched
from sim.io.terminal import say

if TYPE_CHECKING:
    from sim.data.claims import Claim
    from sim.io.progress import Progress

Published = Annotated[
    bool,
    Parameter(negative="", show_default=False, help="Recompute published results with today's code instead."),
]
Mechanisms = Annotated[
    bool,
    Parameter(
        negative="",
        show_default=False,
        help="Take out each mechanism and each patron in turn instead, and say what changes.",
    ),
]
Claims = Annotated[
    tuple[str, ...],
    Parameter(
        negative=(), consume_multiple=True, show_default=False,
        help="Ids of claims, M01 M64 for example, which are then told in full. Default: all, as tables.",
    ),
]  # fmt: skip
Kind = Annotated[
    Literal["actor", "system", "mechanism", "lever", "contradiction", "framing"] | None,
    Parameter(help="Only claims of one kind. Default: all kinds."),
]

DONE, FAILED = 0, 1


def check(
    *,
    published: Published = False,
    mechanisms: Mechanisms = False,
    claims: Claims = (),
    kind: Kind = None,
    members: Members = 300,
    seed: Seed = 1,
    fit: Fit = DEFAULT_FIT,
    form: Format = "text",
) -> int:
    """Test the claims of the documents on the model, and say which hold, fail or stay undetermined.

    Exit code 1 says that a verdict is not the one recorded, that a published result fails, or that a mechanism is dead or leaks.
    """
    _check_together(published, mechanisms, bool(claims) or kind is not None)
    if published:
        return _published(form)
    from sim.engines.options import check_options

    check_options(members, seed, "2035Q4", "compiled", fit, "none")
    if mechanisms:
        return _mechanisms(members, seed, fit, form)
    return _claims(claims, kind, members, seed, fit, form)


def _check_together(published: bool, mechanisms: bool, some: bool) -> None:
    """Options that ask for different things."""
    if published + mechanisms + some > 1:
        message = "choose one: --published, --mechanisms, or claims by --claims and --kind"
        raise InputError("check", [Problem(None, "", message)])


def _published(form: str) -> int:
    from sim.validation.published import applications, published_results
    from sim.validation.published_text import result_lines, results_json

    results, others = published_results(), applications()
    _answer(form, results_json(results, others) if form == "json" else None, lambda: result_lines(results, others))
    return FAILED if any(result.verdict == "fails" for result in results) else DONE


def _mechanisms(members: int, seed: int, fit: str, form: str) -> int:
    from sim.validation.ablations import VERDICTS, WORKS, ablations, bench
    from sim.validation.ablations_text import ablation_json, ablation_lines
    from sim.validation.simulation_cache import SimulationCache

    whole = bench()
    laboratory = SimulationCache(members, seed, fit)
    announce_preparation()
    with watched() as progress:
        found = ablations(whole, laboratory, _told(progress))
    content = None
    if form == "json":
        verdicts = [one.verdict for one in found]
        content = {
            "check": "mechanisms", "members": members, "seed": seed, "fit": fit, "until": whole.until,
            "mechanisms": [ablation_json(one) for one in found],
            "summary": {word: verdicts.count(word) for word in VERDICTS},
        }  # fmt: skip
    _answer(form, content, lambda: ablation_lines(found, members, seed, fit, whole.until))
    return DONE if all(one.verdict == WORKS for one in found) else FAILED


def _claims(ids: tuple[str, ...], kind: str | None, members: int, seed: int, fit: str, form: str) -> int:
    from sim.data.claims import EXECUTABLE
    from sim.validation.claims_text import changes, claim_json, claim_lines, counts, detail_lines
    from sim.validation.experiments import experiments
    from sim.validation.simulation_cache import SimulationCache
    from sim.validation.verdicts import outcomes

    chosen = _chosen(ids, kind)
    known = experiments()
    wanted = dict.fromkeys(claim.experiment for claim in chosen if claim.test == EXECUTABLE)
    laboratory = SimulationCache(members, seed, fit)
    announce_preparation()
    with watched() as progress:
        found = outcomes([known[id_] for id_ in wanted], laboratory, _told(progress))
    content = None
    if form == "json":
        content = {
            "check": "claims", "members": members, "seed": seed, "fit": fit,
            "claims": [claim_json(claim, found) for claim in chosen],
            "summary": counts(chosen, found), "changes": changes(chosen, found),
        }  # fmt: skip
    if ids:
        _answer(form, content, lambda: detail_lines(chosen, found, members, seed, fit))
    else:
        _answer(form, content, lambda: claim_lines(chosen, found, members, seed, fit))
    return FAILED if changes(chosen, found) else DONE


def _chosen(ids: tuple[str, ...], kind: str | None) -> list["Claim"]:
    """The claims that are asked for, in the order of the file; InputError names those that nobody made."""
    from sim.data.claims import claims

    known = [claim.id for claim in claims()]
    problems = [
        Problem(None, "claims", f'"{id_}" is no claim{suggestion(id_, known)}' + "; armsrace check lists them")
        for id_ in ids
        if id_ not in known
    ]
    if problems:
        raise InputError("check", problems)
    chosen = [claim for claim in claims() if (not ids or claim.id in ids) and kind in (None, claim.kind)]
    if not chosen:
        raise InputError("check", [Problem(None, "kind", f"none of these claims is a {kind}; leave one option out")])
    return chosen


def _told(progress: "Progress | None") -> Callable[[int, int], None] | None:
    """The progress of a laboratory, told to whoever watches."""
    return None if progress is None else lambda done, total: progress("simulating", done, total)


def _answer(form: str, content: dict[str, Any] | None, lines: Callable[[], Iterable[str]]) -> None:
    if form == "json":
        sys.stdout.write(json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n")
    else:
        say(*lines())
