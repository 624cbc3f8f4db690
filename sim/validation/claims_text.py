"""The claims of the documents and what became of them, as a reader sees them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sim.data.claims import DATA_ONLY, EXECUTABLE, KINDS, Claim
from sim.engines.options import RunOptions
from sim.io.templates import lines, phrase
from sim.validation.experiments import Turn
from sim.validation.verdicts import BY_ASSUMPTION, FAILS, HOLDS, UNDETERMINED, Evidence, ExperimentOutcome, verdict_of

VERDICTS = (HOLDS, BY_ASSUMPTION[HOLDS], FAILS, BY_ASSUMPTION[FAILS], UNDETERMINED, "data only", "out of scope")
HEADINGS = {
    "actor": "Actors", "system": "Systems and institutions", "mechanism": "Mechanisms", "lever": "Levers",
    "contradiction": "Contradictions", "framing": "How the documents lean",
}  # fmt: skip
WORDS = "claims_words.txt"

Outcomes = Mapping[str, ExperimentOutcome]


def verdict_of_claim(claim: Claim, outcomes: Outcomes) -> str:
    """The verdict of a claim's experiment, or why it has none."""
    if claim.test == EXECUTABLE:
        return outcomes[claim.experiment].word
    return "data only" if claim.test == DATA_ONLY else "out of scope"


def claim_lines(chosen: Sequence[Claim], outcomes: Outcomes, members: int, seed: int, fit: str) -> Iterator[str]:
    """The whole answer: a table for each kind of claim, why those that fail do, what changed, and the counts."""
    tables = {
        HEADINGS[kind]: [
            (claim.id, verdict_of_claim(claim, outcomes), f"{claim.claim} {why_or_what(claim, outcomes)}")
            for claim in chosen
            if claim.kind == kind
        ]
        for kind in KINDS
    }
    return lines(
        "claims.txt", members=members, seed=seed, fit=fit, tables={name: rows for name, rows in tables.items() if rows},
        failures=failures(chosen, outcomes), tally=tally, changed=changes(chosen, outcomes),
        counts=counts_sentence(chosen, outcomes),
    )  # fmt: skip


def detail_lines(chosen: Sequence[Claim], outcomes: Outcomes, members: int, seed: int, fit: str) -> Iterator[str]:
    """Some claims in full: who says so, what is compared, each number, what turns the verdict."""
    claims = [(claim, verdict_of_claim(claim, outcomes), outcomes.get(claim.experiment)) for claim in chosen]
    return lines(
        "claims_in_full.txt", members=members, seed=seed, fit=fit, claims=claims, changed=changes(chosen, outcomes),
        verdict_of=verdict_of, evidence_sentence=evidence_sentence, settings_words=settings_words,
    )  # fmt: skip


def failures(chosen: Sequence[Claim], outcomes: Outcomes) -> list[tuple[ExperimentOutcome, str]]:
    """What does not hold, each experiment once, with the claims that rest on it."""
    ids: dict[str, list[str]] = {}
    for claim in chosen:
        if claim.test == EXECUTABLE and outcomes[claim.experiment].verdict != HOLDS:
            ids.setdefault(claim.experiment, []).append(claim.id)
    return [(outcomes[experiment], ", ".join(claims)) for experiment, claims in ids.items()]


def changes(chosen: Sequence[Claim], outcomes: Outcomes) -> list[str]:
    """One sentence for each experiment of the claims whose verdicts are not those recorded."""
    sentences = []
    for id_ in dict.fromkeys(claim.experiment for claim in chosen if claim.experiment):
        outcome = outcomes[id_]
        experiment = outcome.experiment
        if outcome.verdict != experiment.recorded:
            sentences.append(f"{id_} {outcome.verdict}, recorded: {experiment.recorded}")
        for is_turned, should, turn in (
            (outcome.can_fail, "fail", experiment.fails_when),
            (outcome.can_hold, "hold", experiment.holds_when),
        ):
            if not is_turned and turn is not None:
                sentences.append(f"{id_} should {should} when {settings_words(turn.parameters)}, and does not")
    return sentences


def counts(chosen: Sequence[Claim], outcomes: Outcomes) -> dict[str, int]:
    """How many claims have each verdict."""
    verdicts = [verdict_of_claim(claim, outcomes) for claim in chosen]
    return {word: verdicts.count(word) for word in VERDICTS}


def counts_sentence(chosen: Sequence[Claim], outcomes: Outcomes) -> str:
    """The counts in words."""
    return phrase(WORDS, "counts", counts(chosen, outcomes))


def why_or_what(claim: Claim, outcomes: Outcomes) -> str:
    """Why a claim is not tested, or the evidence that its verdict hangs on."""
    return phrase(
        WORDS, "why_or_what", claim, decisive(outcomes[claim.experiment]) if claim.test == EXECUTABLE else None
    )


def evidence_sentence(evidence: Evidence) -> str:
    """What was looked at, what came of it, and how many simulations agree."""
    return phrase(WORDS, "evidence", evidence)


def decisive(outcome: ExperimentOutcome) -> Evidence:
    """The part of the evidence that the verdict hangs on: the one that falls shortest of the share that it needs."""
    return min(outcome.evidence, key=lambda evidence: evidence.share - evidence.expectation.share_needed)


def tally(outcome: ExperimentOutcome) -> str:
    """How the simulations divide where they decide nothing."""
    return phrase(WORDS, "tally", decisive(outcome)) if outcome.verdict == UNDETERMINED else ""


def settings_words(parameters: Mapping[str, Any]) -> str:
    """Parameters as `--set` takes them."""
    return phrase(WORDS, "settings", parameters)


def claim_json(claim: Claim, outcomes: Outcomes) -> dict[str, Any]:
    """A claim for programs."""
    fields = {**vars(claim), "verdict": verdict_of_claim(claim, outcomes)}
    names = "id kind claim source locator agrees contradicts test verdict reason note".split()
    content = {name: fields[name] for name in names}
    if claim.test == EXECUTABLE:
        content["experiment"] = _experiment_json(outcomes[claim.experiment])
    return content


def _experiment_json(outcome: ExperimentOutcome) -> dict[str, Any]:
    experiment = outcome.experiment
    return {
        "id": experiment.id, "shows": experiment.shows, "recorded": experiment.recorded,
        "as_recorded": outcome.is_as_recorded, "comment": experiment.comment, "by_assumption": outcome.is_by_assumption,
        "evidence": list(map(_evidence_json, outcome.evidence)),
        "fails_when": _turn_json(experiment.fails_when, outcome.turned),
        "holds_when": experiment.holds_when and _turn_json(experiment.holds_when, outcome.righted),
    }  # fmt: skip


def _turn_json(turn: Turn, evidence: Sequence[Evidence]) -> dict[str, Any]:
    return {**turn.model_dump(), "verdict": verdict_of(evidence), "evidence": list(map(_evidence_json, evidence))}


def _evidence_json(evidence: Evidence) -> dict[str, Any]:
    expectation = evidence.expectation
    return {
        **asdict(expectation.variable), "at": expectation.at, "sign": expectation.sign,
        "band": expectation.band or None, "relative": expectation.relative, "among": expectation.among,
        "members_that_must_agree": expectation.members, "possible": expectation.possible,
        "share_needed": expectation.share_needed, "median": evidence.median, "low": evidence.low,
        "high": evidence.high, "share": evidence.share, "share_of": phrase(WORDS, "counted", evidence), "counted": evidence.counted,
        "members": evidence.members, "verdict": evidence.verdict,
    }  # fmt: skip


Changed = Sequence[tuple[Claim, str, str]]  # a claim, its verdict, and its verdict without the document


def without_lines(
    document: str, gone: Mapping[str, str], changed: Changed, tested: int, options: RunOptions
) -> Iterator[str]:
    """Which mechanisms go with a document, and which verdicts change.

    gone   : titles of the mechanisms by their ids
    tested : claims that are tested at all
    """
    rows = [(claim.id, before, after, claim.claim) for claim, before, after in changed]
    return lines("claims_without.txt", document=document, gone=gone, rows=rows, tested=tested, options=options)


def without_json(
    document: str, gone: Mapping[str, str], changed: Changed, tested: int, options: RunOptions
) -> dict[str, Any]:
    """The same for programs."""
    return {
        "check": "without", "document": document, "members": options.members, "seed": options.seed, "fit": options.ensemble,
        "mechanisms": dict(gone), "tested": tested,
        "changed": [{"id": claim.id, "with": before, "without": after} for claim, before, after in changed],
    }  # fmt: skip
