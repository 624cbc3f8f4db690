"""Answers in kind and verdicts on the race, in sentences and cells (templates/race_words.txt)."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sim.analysis.answer_in_kind import Answer, longest_known
from sim.analysis.race_verdict import RaceVerdict, most_concerned
from sim.analysis.topics import states_armed
from sim.data.actors import actor_name
from sim.io.formatting import PER_CENT, fixed, share_words, signed, years
from sim.io.quarters import name_of
from sim.io.templates import phrase
from sim.model.calendar import HISTORY_UNTIL
from sim.model.network import DOMESTIC, FIRST, SECOND
from sim.model.parameters import CLASS_WORDS

if TYPE_CHECKING:
    from sim.analysis.results import Run

WORDS = "race_words.txt"
SIDES = {FIRST, SECOND}
SUPPLIERS, OTHERS = 2, 4  # that are named, at most


def in_kind_sentences(answers: Sequence[Answer], quarters: int, *, most: int = 1) -> Iterator[str]:
    """Sentences on the rivals that answer most, those of the flashpoint first, and one on the others; nothing where nothing differs.

    most : rivals that get a sentence of their own
    """
    if not answers:
        return
    longest = longest_known(answers)
    if not longest:
        yield phrase(WORDS, "too_short", name_of(quarters - 1))
        return
    pairs = _pairs(longest)
    yield from (_sentence(rows, answers, quarters) for rows in pairs[:most])
    if others := [max(rows, key=lambda one: one.raised_by) for rows in pairs[most : most + OTHERS]]:
        yield phrase(WORDS, "in_kind_short", [_words(answer) for answer in others])


def _pairs(longest: Sequence[Answer]) -> list[list[Answer]]:
    """The answers by delivery and rival, in the order in which they are told."""
    return sorted((list(rows) for _, rows in groupby(longest, key=lambda one: (one.moved, one.rival))), key=_place)


def _place(rows: Sequence[Answer]) -> tuple[bool, bool, float]:
    """The north first, then what is delivered before what is not, then by size."""
    moved = rows[0].moved
    return {moved.buyer, rows[0].rival} != SIDES, not moved.is_added, -max(one.raised_by for one in rows)


def _sentence(rows: Sequence[Answer], answers: Sequence[Answer], quarters: int) -> str:
    """What one rival makes of one delivery."""
    first = rows[0]
    of_pair = [answer for answer in answers if (answer.moved, answer.rival) == (first.moved, first.rival)]
    classes = [
        _over_time([answer for answer in of_pair if answer.weapon_class == last.weapon_class], last) for last in rows
    ]
    missing = _joint(list(dict.fromkeys(years(answer.within_years) for answer in of_pair if not answer.is_known)))
    moved = {
        "buyer": actor_name(first.moved.buyer),
        "goods": CLASS_WORDS[first.moved.weapon_class],
        "since": name_of(first.since),
        "is_added": first.moved.is_added,
    }
    facts = moved, actor_name(first.rival), classes, missing, name_of(quarters - 1)
    return phrase(WORDS, "in_kind", *facts, first.since < HISTORY_UNTIL, name_of(HISTORY_UNTIL + 1))


def _over_time(rows: Sequence[Answer], last: Answer) -> dict[str, Any]:
    """The answers with one class, side by side as far as the run lasts; the rest of the last one."""
    known = [answer for answer in rows if answer.is_known]
    return {
        **_words(last),
        "within": f"{_joint([str(answer.within_years) for answer in known])} year{'' if last.within_years == 1 else 's'}",
        "scenario": _joint([share_words(answer.share.scenario) for answer in known]),
        "baseline": _joint([share_words(answer.share.baseline) for answer in known]),
    }


def _joint(words: Sequence[str]) -> str:
    """Words in a row: "1, 3 and 5"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _words(answer: Answer) -> dict[str, Any]:
    return {
        "rival": actor_name(answer.rival),
        "goods": CLASS_WORDS[answer.weapon_class],
        "within_years": answer.within_years,
        "share": answer.share,
        "suppliers": _suppliers(answer),
        **dict(zip(("difference", "low", "high"), _points(answer), strict=True)),
    }


def _points(answer: Answer) -> tuple[str, ...]:
    """The difference and the ends of its interval, in hundredths."""
    ends = (answer.share.difference, answer.share.low, answer.share.high)
    return tuple(signed(PER_CENT * end, 1) for end in ends)


def _suppliers(answer: Answer) -> list[str]:
    """Shares of the suppliers among the simulations in which the rival gets the class with the scenario, the largest first."""
    whole = answer.share.scenario
    ordered = sorted(answer.suppliers.items(), key=lambda item: -item[1].scenario)
    named = [(code, share.scenario) for code, share in ordered[:SUPPLIERS] if share.scenario > 0.0]
    return [
        f"{'own industry' if code == DOMESTIC else actor_name(code)} {fixed(PER_CENT * share / whole)} %"
        for code, share in named
    ]


def answer_cells(answers: Sequence[Answer]) -> list[tuple[str, ...]]:
    """Rows of the table of answers, all of them; of years that the run does not last a dash."""
    return [
        (
            f"{actor_name(answer.moved.buyer)}, {CLASS_WORDS[answer.moved.weapon_class]}, {name_of(answer.since)}",
            actor_name(answer.rival),
            CLASS_WORDS[answer.weapon_class],
            f"{answer.within_years} year{'' if answer.within_years == 1 else 's'}",
            *_numbers(answer),
        )
        for answer in answers
    ]


def _numbers(answer: Answer) -> tuple[str, ...]:
    if not answer.is_known:
        return ("-", "-", "the run ends before", "")
    change, low, high = _points(answer)
    shares = share_words(answer.share.scenario), share_words(answer.share.baseline)
    return (*shares, f"{change} ({low} to {high})", ", ".join(_suppliers(answer)))


# ---- is it a race ----------------------------------------------------------------------------------------------------


def verdict_sentence(verdicts: Sequence[RaceVerdict]) -> str:
    """The verdict on the two sides; nothing where there is none."""
    of_north = [verdict for verdict in verdicts if set(verdict.states) == SIDES]
    return verdict_words(of_north[0]) if of_north else ""


def verdict_words(verdict: RaceVerdict) -> str:
    """The verdict on two rivals in one sentence."""
    answer = None if verdict.answer is None else _words(verdict.answer)
    return phrase(WORDS, "verdict", [actor_name(code) for code in verdict.states], *verdict.measures, answer)


def verdict_cells(verdicts: Sequence[RaceVerdict]) -> list[tuple[str, ...]]:
    """Rows of the table of verdicts."""
    rows = []
    for verdict in verdicts:
        for measure in verdict.measures:
            shares = ("" if share is None else share_words(share) for share in (measure.scenario, measure.baseline))
            answer = verdict.answer
            is_told = answer is not None and measure is verdict.measures[-1]
            what = (
                f"{CLASS_WORDS[answer.weapon_class]} for {actor_name(answer.rival)}"
                if answer and is_told
                else measure.what
            )
            rows.append(
                (" and ".join(map(actor_name, verdict.states)), measure.definition, measure.verdict, *shares, what)
            )
    return rows


def verdicts_told(run: "Run") -> list[RaceVerdict]:
    """The verdicts that an answer is about: on the two sides, and on the two rivals whom the scenario concerns most."""
    first = _most_concerned(run)
    return [verdict for verdict in run.verdicts if set(verdict.states) == SIDES or verdict is first]


def answers_told(answers: Sequence[Answer], most: int) -> list[Answer]:
    """The answers of the rivals that get a sentence of their own."""
    pairs = [(rows[0].moved, rows[0].rival) for rows in _pairs(longest_known(answers))[:most]]
    return [answer for answer in answers if not pairs or (answer.moved, answer.rival) in pairs]


def _most_concerned(run: "Run") -> RaceVerdict | None:
    return most_concerned(run.verdicts, states_armed(run.scenario, run.baseline) if run.baseline else ())


def plain_verdict(run: "Run") -> tuple[str, str]:
    """Whether it is a race, of the two rivals whom the scenario concerns most, and what is bought in answer; empty without rivals."""
    verdict = _most_concerned(run)
    if verdict is None:
        return "", ""
    growth, explosive, kind = verdict.measures
    names = [actor_name(code) for code in verdict.states]
    race = phrase(WORDS, "plainly", names, verdict.by_spending, growth, explosive)
    if run.baseline is None:
        return race, ""
    answer = verdict.answer
    of_answer = (
        (None, True, "") if answer is None else (_words(answer), answer.moved.is_added, actor_name(answer.moved.buyer))
    )
    return race, phrase(WORDS, "answered", kind, *of_answer)


def definitions() -> str:
    """What the three definitions are."""
    return phrase(WORDS, "definitions")


def race_lines(run: "Run") -> list[str]:
    """The answers in kind and the verdict of a run, for its short answer."""
    sentences = [*in_kind_sentences(run.answers, run.quarters)]
    return [*sentences, verdict_sentence(run.verdicts)] if run.verdicts else sentences
