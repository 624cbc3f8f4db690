"""The three checks: the claims of the documents, the model's mechanisms, and published results; each as document and in words."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sim.data.claims import EXECUTABLE, Claim
from sim.data.claims import claims as known_claims
from sim.engines.options import RunOptions
from sim.io.errors import InputError, Problem, refusal, suggestion
from sim.io.progress import Progress
from sim.scenario.mechanisms import resting_on
from sim.validation import claims_text as text
from sim.validation.ablations import VERDICTS, WORKS, ablations, bench
from sim.validation.ablations_text import ablation_json, ablation_lines
from sim.validation.experiments import experiments
from sim.validation.published import applications, published_results
from sim.validation.published_text import result_lines, results_json
from sim.validation.simulation_cache import SimulationCache
from sim.validation.verdicts import flips_without, outcomes


@dataclass(frozen=True)
class CheckResult:
    """What a check found.

    document, lines : made when they are asked for
    is_as_expected  : whether nothing fails, and every verdict is the one on record
    """

    document: Callable[[], dict[str, Any]]
    lines: Callable[[], Iterable[str]]
    is_as_expected: bool


def check_published() -> CheckResult:
    """Recompute published results with today's code."""
    results, own_pairs = published_results(), applications()
    return CheckResult(
        lambda: results_json(results, own_pairs),
        lambda: result_lines(results, own_pairs),
        all(result.verdict != "fails" for result in results),
    )


def check_mechanisms(options: RunOptions, progress: Progress | None = None) -> CheckResult:
    """Take out each mechanism and each patron in turn."""
    whole = bench()
    members, seed, fit = options.members, options.seed, options.ensemble
    removed = ablations(whole, SimulationCache(members, seed, fit), progress)
    verdicts = [ablation.verdict for ablation in removed]
    return CheckResult(
        lambda: {
            "check": "mechanisms", "members": members, "seed": seed, "fit": fit, "until": whole.until,
            "mechanisms": [ablation_json(ablation) for ablation in removed],
            "summary": {word: verdicts.count(word) for word in VERDICTS},
        },
        lambda: ablation_lines(removed, members, seed, fit, whole.until),
        all(verdict == WORKS for verdict in verdicts),
    )  # fmt: skip


def check_claims(
    claims: Sequence[Claim], options: RunOptions, progress: Progress | None = None, *, in_full: bool = False
) -> CheckResult:
    """Test claims on the model; `in_full` tells every claim in full, not as tables."""
    members, seed, fit = options.members, options.seed, options.ensemble
    wanted = dict.fromkeys(claim.experiment for claim in claims if claim.test == EXECUTABLE)
    experiments_wanted = [experiments()[id_] for id_ in wanted]
    verdicts = outcomes(experiments_wanted, SimulationCache(members, seed, fit), progress)
    tell = text.detail_lines if in_full else text.claim_lines
    return CheckResult(
        lambda: {
            "check": "claims", "members": members, "seed": seed, "fit": fit,
            "claims": [text.claim_json(claim, verdicts) for claim in claims],
            "summary": text.counts(claims, verdicts), "changes": text.changes(claims, verdicts),
        },
        lambda: tell(claims, verdicts, members, seed, fit),
        not text.changes(claims, verdicts),
    )  # fmt: skip


def check_without(document: str, options: RunOptions, progress: Progress | None = None) -> CheckResult:
    """Take out the mechanisms that rest on one document alone, and say which verdicts change."""
    gone = resting_on(checked_document(document))
    tested = [claim for claim in known_claims() if claim.test == EXECUTABLE]
    wanted = dict.fromkeys(claim.experiment for claim in tested)
    simulations = SimulationCache(options.members, options.seed, options.ensemble)
    flips = flips_without(document, [experiments()[id_] for id_ in wanted], simulations, progress)
    changed = [(claim, *flips[claim.experiment]) for claim in tested if claim.experiment in flips]
    titles = {name: entry.title for name, entry in gone.items()}
    return CheckResult(
        lambda: text.without_json(document, titles, changed, len(tested), options),
        lambda: text.without_lines(document, titles, changed, len(tested), options),
        is_as_expected=True,
    )


def checked_document(key: str) -> str:
    """The key of a document; InputError for anything else."""
    known = sorted({key for claim in known_claims() for key in claim.documents})
    if key not in known:
        raise refusal("check", f'"{key}" is no document; choose one of {", ".join(known)}', "without")
    return key


def chosen_claims(ids: Sequence[str], kind: str | None) -> list[Claim]:
    """The claims that are asked for, in the order of the file; InputError names those that nobody made."""
    names = [claim.id for claim in known_claims()]
    if not names:
        raise refusal(
            "check", "this region has no claims (seeds/claims.csv); leave --region out to test those of the documents"
        )
    unknown = [id_ for id_ in ids if id_ not in names]
    if unknown:
        messages = [f'"{id_}" is no claim{suggestion(id_, names)}; armsrace check lists them' for id_ in unknown]
        raise InputError("check", [Problem(None, "claims", message) for message in messages])
    chosen = [claim for claim in known_claims() if (not ids or claim.id in ids) and kind in (None, claim.kind)]
    if not chosen:
        raise refusal("check", f"none of these claims is a {kind}; leave one option out", "kind")
    return chosen
