"""The claims of the documents and what became of them, as a reader sees them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.data.claims import DATA_ONLY, EXECUTABLE, KINDS, Claim
from sim.io.formatting import number
from sim.io.terminal import paragraph, table
from sim.validation.experiments import AGREE, Expectation, series_name
from sim.validation.verdicts import FAILS, HOLDS, UNDETERMINED, Evidence, Outcome, verdict_of

VERDICTS = (HOLDS, FAILS, UNDETERMINED, "data only", "out of scope")
HEADINGS = {
    "actor": "Actors", "system": "Systems and institutions", "mechanism": "Mechanisms", "lever": "Levers",
    "contradiction": "Contradictions", "framing": "How the documents lean",
}  # fmt: skip
ONE = dict(zip(VERDICTS, ("holds", "fails", "is undetermined", "is data only", "is out of scope"), strict=True))
MANY = dict(zip(VERDICTS, ("hold", "fail", "are undetermined", "are data only", "are out of scope"), strict=True))
PER_CENT = 100.0
LEGEND = (
    "Each claim is tested in pairs of worlds that share every draw, luck included, and differ in one thing. It holds when enough worlds, "
    "90 of 100 unless told, move as it says, fails when as many do not, and is undetermined between. A claim that something may be so, or "
    "need not, holds unless the opposite is found in 90 of 100 worlds. That a claim holds says that it "
    "follows from the model's stated assumptions, not that it is true: many signs are assumed (armsrace trace NAME)."
)
HOW_TO_READ = (
    "In square brackets: why a claim is not tested, or the number that decides. That is what is looked at (variable.ACTOR.COUNTERPART), "
    "when, and where it should go; then the middle world's difference, where 90 of 100 worlds lie, and how many worlds move as the claim "
    "says, of all worlds unless told. ~0 is less than 0.0001. Of an actor or a system one thing that it does is tested: "
    "armsrace check --claims A02 says which."
)
DIGITS = 3
EVEN, NEARLY = 0.5, 0.05  # a share of worlds this near to one half is told as a toss of a coin
TINY = 1e-4


def verdict_of_claim(claim: Claim, outcomes: Mapping[str, Outcome]) -> str:
    """The verdict of a claim's experiment, or why it has none."""
    if claim.test == EXECUTABLE:
        return outcomes[claim.experiment].verdict
    return "data only" if claim.test == DATA_ONLY else "out of scope"


def claim_lines(
    chosen: Sequence[Claim], outcomes: Mapping[str, Outcome], members: int, seed: int, fit: str
) -> Iterator[str]:
    """The whole answer: a table for each kind of claim, why those that fail do, what changed, and the counts."""
    yield paragraph(f"Claims of the documents, {members} worlds, seed {seed}, ensemble {fit}")
    yield paragraph(LEGEND)
    yield paragraph(HOW_TO_READ)
    for kind in KINDS:
        ours = [claim for claim in chosen if claim.kind == kind]
        if ours:
            yield ""
            yield HEADINGS[kind]
            yield _table(ours, outcomes)
    yield from _failures(chosen, outcomes)
    yield from _changes(chosen, outcomes)
    yield ""
    yield paragraph(counts_sentence(chosen, outcomes))


def detail_lines(
    chosen: Sequence[Claim], outcomes: Mapping[str, Outcome], members: int, seed: int, fit: str
) -> Iterator[str]:
    """Some claims in full: who says so, what is compared, each number, what turns the verdict."""
    yield paragraph(f"{members} worlds, seed {seed}, ensemble {fit}")
    for claim in chosen:
        yield ""
        yield from _who_says(claim, verdict_of_claim(claim, outcomes))
        yield from _how_tested(outcomes[claim.experiment]) if claim.test == EXECUTABLE else ()
        for text in (claim.reason, claim.note):
            if text:
                yield paragraph(text, indent="    ")
    yield from _changes(chosen, outcomes)


def _who_says(claim: Claim, verdict: str) -> Iterator[str]:
    yield paragraph(f"{claim.id} {verdict}. {claim.claim}", hanging="    ")
    for name, text in (("Said", claim.locator), ("Agrees", claim.agrees), ("Contradicts", claim.contradicts)):
        if text:
            yield paragraph(f"{name}: {text}", indent="    ")


def _how_tested(outcome: Outcome) -> Iterator[str]:
    experiment = outcome.experiment
    yield paragraph(f"Compared: {experiment.shows}", indent="    ")
    yield from (paragraph(_evidence_sentence(one), indent="      ") for one in outcome.evidence)
    for word, turn, evidence in (
        ("Fails", experiment.fails_when, outcome.turned),
        ("Holds", experiment.holds_when, outcome.righted),
    ):
        if turn is not None:
            does = (
                ""
                if verdict_of(evidence) == word.lower()
                else f" (it should, but the verdict is: {verdict_of(evidence)})"
            )
            yield paragraph(f"{word} when {settings_words(turn.parameters)}: {turn.because}{does}", indent="    ")
            yield from (paragraph(_evidence_sentence(one), indent="      ") for one in evidence)
    if experiment.comment:
        yield paragraph(experiment.comment, indent="    ")


def settings_words(parameters: Mapping[str, Any]) -> str:
    """Parameters as `--set` takes them."""
    return " ".join(f"{key}={value}" for key, value in parameters.items())


def counts(chosen: Sequence[Claim], outcomes: Mapping[str, Outcome]) -> dict[str, int]:
    """How many claims have each verdict."""
    found = [verdict_of_claim(claim, outcomes) for claim in chosen]
    return {word: found.count(word) for word in VERDICTS}


def counts_sentence(chosen: Sequence[Claim], outcomes: Mapping[str, Outcome]) -> str:
    """The counts in words."""
    parts = [
        f"{number} {(ONE if number == 1 else MANY)[word]}"
        for word, number in counts(chosen, outcomes).items()
        if number
    ]
    return f"{len(chosen)} claim{'' if len(chosen) == 1 else 's'}: {', '.join(parts)}."


def _table(ours: Sequence[Claim], outcomes: Mapping[str, Outcome]) -> str:
    rows = [
        (claim.id, verdict_of_claim(claim, outcomes), f"{claim.claim} {_why_or_what(claim, outcomes)}")
        for claim in ours
    ]
    return table(
        ("id", "verdict", "claim, and what differs (middle world, 90 of 100 worlds, worlds that agree)"),
        rows,
        wrap=(2,),
    )


def _why_or_what(claim: Claim, outcomes: Mapping[str, Outcome]) -> str:
    """Why a claim is not tested, or the evidence that its verdict hangs on."""
    if claim.test != EXECUTABLE:
        return f"[{claim.reason}]"
    one = decisive(outcomes[claim.experiment])
    what, change = _cells(one)
    moved = f" of the {one.counted} that move" if one.expectation.among == "moved" else ""
    needed = f", {needed_words(one.expectation)}" if one.expectation.share_needed != AGREE else ""
    return f"[{what}: {change}, {share_words(one)}{moved}{needed}]"


def decisive(outcome: Outcome) -> Evidence:
    """The part of the evidence that the verdict hangs on: the one that falls shortest of the share that it needs."""
    return min(outcome.evidence, key=lambda one: one.share - one.expectation.share_needed)


def _cells(evidence: Evidence) -> tuple[str, str]:
    low, middle, high = (_amount(one, evidence.expectation) for one in (evidence.low, evidence.median, evidence.high))
    return what_words(evidence.expectation), f"{middle} ({low} to {high})"


def share_words(evidence: Evidence) -> str:
    """The share of worlds that agree, in per cent."""
    return f"{PER_CENT * evidence.share:.0f} %"


def needed_words(expectation: Expectation) -> str:
    """The share of worlds that a claim needs, where it is not the usual one."""
    return f"{'more than ' if expectation.possible else ''}{PER_CENT * expectation.share_needed:.0f} % needed"


def what_words(expectation: Expectation) -> str:
    """A variable, its ends and its time, with the sign that is expected.

    >>> from sim.model.variables import Series
    >>> what_words(Expectation(Series("tension", "SRB", "XKX"), "2026Q4", "not +", 0.01, False, "all", 0.9, True))
    'tension.SRB.XKX 2026Q4 not up by more than 0.01'
    """
    band = _amount(expectation.band, expectation)
    way = {"+": "up", "-": "down", "not +": "not up", "not -": "not down"}.get(expectation.sign)
    expected = way or f"within {band}"
    by = f" by more than {band}" if way and expectation.band else ""
    return f"{series_name(expectation.series)} {expectation.at} {expected}{by}"


def _amount(value: float, expectation: Expectation) -> str:
    """A difference with few digits; shares in per cent."""
    shown = PER_CENT * value if expectation.relative else value
    return f"{few_digits(shown)} %" if expectation.relative else few_digits(shown)


def few_digits(value: float) -> str:
    """A number as people write it, without powers of ten.

    >>> few_digits(1056.4), few_digits(-0.05314), few_digits(6.1e-5), few_digits(0.0)
    ('1,056', '−0.0531', '~0', '0')
    """
    return "~0" if 0.0 < abs(value) < TINY else number(value, DIGITS)


def _evidence_sentence(evidence: Evidence) -> str:
    what, change = _cells(evidence)
    needed = f" ({needed_words(evidence.expectation)})" if evidence.expectation.share_needed != AGREE else ""
    return f"{what}: {change}; as expected in {share_words(evidence)} of {counted_words(evidence)}{needed}, {evidence.verdict}"


def counted_words(evidence: Evidence) -> str:
    """The worlds that a share is taken of."""
    if evidence.expectation.among == "moved":
        return f"the {evidence.counted} of {evidence.members} worlds in which anything moves"
    return "worlds"


def _failures(chosen: Sequence[Claim], outcomes: Mapping[str, Outcome]) -> Iterator[str]:
    """Why claims do not hold, each experiment once."""
    told: dict[str, list[str]] = {}
    for claim in chosen:
        if claim.test == EXECUTABLE and outcomes[claim.experiment].verdict != HOLDS:
            told.setdefault(claim.experiment, []).append(claim.id)
    if told:
        yield ""
        yield "What does not hold, and why"
    for id_, ids in told.items():
        outcome = outcomes[id_]
        told_of = f"{outcome.verdict}{_tally(outcome)}. {outcome.experiment.comment}"
        yield paragraph(f"{', '.join(ids)} {told_of}", indent="  ", hanging="      ")


def _tally(outcome: Outcome) -> str:
    """How the worlds divide where they decide nothing; a toss of a coin reads as one."""
    one = decisive(outcome)
    if outcome.verdict != UNDETERMINED:
        return ""
    if abs(one.share - EVEN) <= NEARLY:
        return f": about as many worlds go the claim's way as do not ({share_words(one)})"
    return f": {share_words(one)} of {counted_words(one)} go the claim's way"


def _changes(chosen: Sequence[Claim], outcomes: Mapping[str, Outcome]) -> Iterator[str]:
    """What is no longer as it was recorded."""
    changed = changes(chosen, outcomes)
    if changed:
        yield ""
        yield "Not as recorded in seeds/experiments.yaml"
    yield from (paragraph(text, indent="  ", hanging="      ") for text in changed)


def changes(chosen: Sequence[Claim], outcomes: Mapping[str, Outcome]) -> list[str]:
    """One sentence for each experiment of the claims whose verdicts are not those recorded."""
    found = []
    for id_ in dict.fromkeys(claim.experiment for claim in chosen if claim.experiment):
        outcome = outcomes[id_]
        if outcome.verdict != outcome.experiment.recorded:
            found.append(f"{id_} {outcome.verdict}, recorded: {outcome.experiment.recorded}")
        if not outcome.can_fail:
            found.append(
                f"{id_} should fail when {settings_words(outcome.experiment.fails_when.parameters)}, and does not"
            )
        if not outcome.can_hold and outcome.experiment.holds_when is not None:
            found.append(
                f"{id_} should hold when {settings_words(outcome.experiment.holds_when.parameters)}, and does not"
            )
    return found


def plain_claim(claim: Claim, outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    """A claim for programs."""
    content: dict[str, Any] = {
        "id": claim.id, "kind": claim.kind, "claim": claim.claim, "source": claim.source, "locator": claim.locator,
        "agrees": claim.agrees, "contradicts": claim.contradicts, "test": claim.test,
        "verdict": verdict_of_claim(claim, outcomes), "reason": claim.reason, "note": claim.note,
    }  # fmt: skip
    if claim.test == EXECUTABLE:
        outcome = outcomes[claim.experiment]
        experiment = outcome.experiment
        content["experiment"] = {
            "id": experiment.id, "shows": experiment.shows, "recorded": experiment.recorded,
            "as_recorded": outcome.is_as_recorded, "comment": experiment.comment,
            "evidence": [_plain_evidence(one) for one in outcome.evidence],
            "fails_when": _plain_turn(experiment.fails_when.parameters, experiment.fails_when.because, outcome.turned),
            "holds_when": None if experiment.holds_when is None else _plain_turn(
                experiment.holds_when.parameters, experiment.holds_when.because, outcome.righted
            ),
        }  # fmt: skip
    return content


def _plain_turn(parameters: Mapping[str, Any], because: str, evidence: Sequence[Evidence]) -> dict[str, Any]:
    return {
        "parameters": dict(parameters), "because": because, "verdict": verdict_of(evidence),
        "evidence": [_plain_evidence(one) for one in evidence],
    }  # fmt: skip


def _plain_evidence(evidence: Evidence) -> dict[str, Any]:
    expectation = evidence.expectation
    return {
        "variable": expectation.series.variable, "actor": expectation.series.actor,
        "counterpart": expectation.series.counterpart, "at": expectation.at, "sign": expectation.sign,
        "band": expectation.band or None, "relative": expectation.relative, "among": expectation.among,
        "members_that_must_agree": expectation.members, "possible": expectation.possible,
        "share_needed": expectation.share_needed, "median": evidence.median, "low": evidence.low,
        "high": evidence.high, "share": evidence.share, "share_of": counted_words(evidence), "counted": evidence.counted,
        "members": evidence.members, "verdict": evidence.verdict,
    }  # fmt: skip
