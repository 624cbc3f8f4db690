"""The claims of the documents and what became of them, as a reader sees them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sim.data.claims import DATA_ONLY, EXECUTABLE, KINDS, Claim
from sim.io.formatting import PER_CENT, number
from sim.io.templates import lines
from sim.validation.experiments import AGREE, Expectation, Turn, series_name
from sim.validation.verdicts import FAILS, HOLDS, UNDETERMINED, Evidence, ExperimentOutcome, verdict_of

VERDICTS = (HOLDS, FAILS, UNDETERMINED, "data only", "out of scope")
HEADINGS = {
    "actor": "Actors", "system": "Systems and institutions", "mechanism": "Mechanisms", "lever": "Levers",
    "contradiction": "Contradictions", "framing": "How the documents lean",
}  # fmt: skip
ONE = dict(zip(VERDICTS, ("holds", "fails", "is undetermined", "is data only", "is out of scope"), strict=True))
MANY = dict(zip(VERDICTS, ("hold", "fail", "are undetermined", "are data only", "are out of scope"), strict=True))
DIGITS = 3
EVEN, NEARLY = 0.5, 0.05  # a share of worlds this near to one half is told as a toss of a coin
TINY = 1e-4

Outcomes = Mapping[str, ExperimentOutcome]


def verdict_of_claim(claim: Claim, outcomes: Outcomes) -> str:
    """The verdict of a claim's experiment, or why it has none."""
    if claim.test == EXECUTABLE:
        return outcomes[claim.experiment].verdict
    return "data only" if claim.test == DATA_ONLY else "out of scope"


# ---- answers ---------------------------------------------------------------------------------------------------------


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
    words = {word: f"{count} {(ONE if count == 1 else MANY)[word]}" for word, count in counts(chosen, outcomes).items()}
    parts = [words[word] for word, count in counts(chosen, outcomes).items() if count]
    return f"{len(chosen)} claim{'' if len(chosen) == 1 else 's'}: {', '.join(parts)}."


# ---- words of one claim ----------------------------------------------------------------------------------------------


def why_or_what(claim: Claim, outcomes: Outcomes) -> str:
    """Why a claim is not tested, or the evidence that its verdict hangs on."""
    if claim.test != EXECUTABLE:
        return f"[{claim.reason}]"
    evidence = decisive(outcomes[claim.experiment])
    moved = f" of the {evidence.counted} that move" if evidence.expectation.among == "moved" else ""
    needed = f", {words}" if (words := needed_words(evidence.expectation)) else ""
    return f"[{change_words(evidence)}, {share_words(evidence)}{moved}{needed}]"


def evidence_sentence(evidence: Evidence) -> str:
    needed = f" ({words})" if (words := needed_words(evidence.expectation)) else ""
    agree = f"{share_words(evidence)} of {counted_words(evidence)}"
    return f"{change_words(evidence)}; as expected in {agree}{needed}, {evidence.verdict}"


def decisive(outcome: ExperimentOutcome) -> Evidence:
    """The part of the evidence that the verdict hangs on: the one that falls shortest of the share that it needs."""
    return min(outcome.evidence, key=lambda evidence: evidence.share - evidence.expectation.share_needed)


def tally(outcome: ExperimentOutcome) -> str:
    """How the worlds divide where they decide nothing; a toss of a coin reads as one."""
    evidence = decisive(outcome)
    if outcome.verdict != UNDETERMINED:
        return ""
    if abs(evidence.share - EVEN) <= NEARLY:
        return f": about as many worlds go the claim's way as do not ({share_words(evidence)})"
    return f": {share_words(evidence)} of {counted_words(evidence)} go the claim's way"


def change_words(evidence: Evidence) -> str:
    """What is looked at, and the median of the difference with the range of 90 of 100 worlds."""
    expectation = evidence.expectation
    low, middle, high = (_amount(value, expectation) for value in (evidence.low, evidence.median, evidence.high))
    return f"{what_words(expectation)}: {middle} ({low} to {high})"


def share_words(evidence: Evidence) -> str:
    """The share of worlds that agree, in per cent."""
    return f"{PER_CENT * evidence.share:.0f} %"


def counted_words(evidence: Evidence) -> str:
    """The worlds that a share is taken of."""
    if evidence.expectation.among == "moved":
        return f"the {evidence.counted} of {evidence.members} worlds in which anything moves"
    return "worlds"


def needed_words(expectation: Expectation) -> str:
    """The share of worlds that a claim needs, where it is not the usual one."""
    if expectation.share_needed == AGREE:
        return ""
    return f"{'more than ' if expectation.possible else ''}{PER_CENT * expectation.share_needed:.0f} % needed"


def what_words(expectation: Expectation) -> str:
    """A variable, its ends and its time, with the sign that is expected.

    >>> from sim.model.variables import Series
    >>> tension = Series("tension", "SRB", "XKX")
    >>> what_words(Expectation(variable=tension, at="2026Q4", sign="not +", band=0.01, possible=True))
    'tension.SRB.XKX 2026Q4 not up by more than 0.01'
    """
    band = _amount(expectation.band, expectation)
    way = {"+": "up", "-": "down", "not +": "not up", "not -": "not down"}.get(expectation.sign)
    by = f" by more than {band}" if way and expectation.band else ""
    return f"{series_name(expectation.variable)} {expectation.at} {way or f'within {band}'}{by}"


def settings_words(parameters: Mapping[str, Any]) -> str:
    """Parameters as `--set` takes them."""
    return " ".join(f"{key}={value}" for key, value in parameters.items())


def _amount(value: float, expectation: Expectation) -> str:
    """A difference with few digits; shares in per cent."""
    return f"{few_digits(PER_CENT * value)} %" if expectation.relative else few_digits(value)


def few_digits(value: float) -> str:
    """A number as people write it, without powers of ten.

    >>> few_digits(1056.4), few_digits(-0.05314), few_digits(6.1e-5), few_digits(0.0)
    ('1,056', '−0.0531', '~0', '0')
    """
    return "~0" if 0.0 < abs(value) < TINY else number(value, DIGITS)


# ---- for programs ----------------------------------------------------------------------------------------------------


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
        "as_recorded": outcome.is_as_recorded, "comment": experiment.comment,
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
        "high": evidence.high, "share": evidence.share, "share_of": counted_words(evidence), "counted": evidence.counted,
        "members": evidence.members, "verdict": evidence.verdict,
    }  # fmt: skip
