"""Sentences of a run's report: the answer, what each picture shows for who cannot see it, how to cite."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from sim import __version__
from sim.analysis.findings import HORIZON, Finding, actor_name, findings, headlines, signed
from sim.analysis.incidents import incidents_expected
from sim.analysis.variance_shares import split_of
from sim.io.quarters import FIRST_YEAR, QUARTERS_PER_YEAR, index_of, name_of
from sim.model.network import KOSOVO, SERBIA, TURKEY, network
from sim.plots.timeline import named_events
from sim.report.caveats import fit_label
from sim.report.stability_text import AT

if TYPE_CHECKING:
    from sim.analysis.results import Bands, Run

STATES = (SERBIA, KOSOVO, TURKEY)
DESIGNATION = (
    "Kosovo appears as XKX; this designation is without prejudice to positions on status, and is in line with UNSCR 1244/1999 and the "
    "ICJ opinion on the Kosovo declaration of independence."
)
_VERB = {"higher": "rise", "lower": "fall"}
RESERVATIONS = {
    ", sign assumed": "; the direction was put in, the size is computed",
    ", sign contested": "; the literature disagrees on the direction",
}


def shown_findings(run: "Run") -> tuple[Finding, ...]:
    """Lines of the answer of which something is left after rounding."""
    return tuple(row for row in findings(run) if not row.is_negligible)


def answer_sentences(run: "Run") -> tuple[str, ...]:
    """The answer in a few sentences, each with its uncertainty; the last on the risk of incidents where that moves."""
    if run.baseline is None:
        return tuple(level_sentences(run))
    rows = headlines(shown_findings(run))
    if not rows:
        return ("Nothing differs between the two by more than what rounding leaves.",)
    return tuple(finding_sentence(row) for row in rows)


def finding_sentence(row: Finding) -> str:
    """One line of the answer as a sentence."""
    unit = f" {row.topic.unit}" if row.topic.unit else ""
    what = f"{row.what[:1].upper()}{row.what[1:]}"
    if row.is_undetermined:
        ways = "rise or fall" if row.p_positive and row.p_negative else f"{_VERB[row.direction]} or stay as it is"
        verb = f"may {ways}: the middle world has {row.change}"
    else:
        verb = (
            f"is {row.direction} by {signed(abs(row.median), row.topic.digits).lstrip('+')}{unit} in the middle world"
        )
    reserved = RESERVATIONS.get(row.reservation, "")
    band = row.band.replace(" to ", " and ")
    return f"{what} {verb}; 90 of 100 worlds lie between {band}{unit}, and {_ways(row)}{reserved}."


def _ways(row: Finding) -> str:
    """How many worlds go the more common way, and how many are unchanged if those are many."""
    (count, direction), *others = row.counts
    went = f"all worlds go {direction}" if count == "all" else f"{count} of 100 worlds go {direction}"
    return "; ".join([went, *(f"unchanged in {number}" for number, _ in others)])


def level_sentences(run: "Run") -> Iterator[str]:
    """Where three things stand in a run that is compared with nothing."""
    year = HORIZON if HORIZON in run.years else run.years[-1]
    place = run.years.index(year)
    for words, variable, actor, other, digits in (
        ("Serbia's military spending", "spending", SERBIA, "", 0),
        ("Tension of Serbia and Kosovo", "tension", SERBIA, KOSOVO, 2),
        ("The rate of serious incidents", "hazard", SERBIA, KOSOVO, 2),
    ):
        contrast = run.contrast(variable, actor, other)
        low, middle, high = (f"{contrast.yearly_scenario.quantiles[row, place]:,.{digits}f}" for row in (0, 2, 4))
        yield f"{words} in {year} is {middle} ({contrast.series.unit}) in the middle world; 90 of 100 worlds lie between {low} and {high}."


def citation_sentences(run: "Run") -> tuple[str, ...]:
    """How to cite this run."""
    return (
        made_by(run),
        "Cite the documents beside it, since the facts are theirs; a number alone is no source.",
        DESIGNATION,
    )


def made_by(run: "Run") -> str:
    """Program, scenario, worlds and their digests."""
    return (
        f"armsrace {__version__} (model {run.model_version}), scenario {run.scenario.id}, {run.members} members, seed {run.seed}, "
        f"ensemble {fit_label(run.fit)}; parameters {run.parameters_digest[:12]}, scenario {run.scenario.digest[:12]} (SHA-256)."
    )


def command_again(run: "Run") -> str:
    """The command that makes the run again, without paths."""
    words = [
        "armsrace run",
        run.scenario.id,
        f"--members {run.members} --seed {run.seed} --until {name_of(run.quarters - 1)}",
    ]
    words += [f"--fit {fit_label(run.fit)}"]
    words += [] if run.theory is None else [f"--theory {run.theory}"]
    words += [f"--set {setting}" for setting in run.settings]
    return " ".join(words)


# ---- pictures in words -----------------------------------------------------------------------------------------------


def picture_words(run: "Run", name: str) -> str:
    """What a picture shows, by the name of its file."""
    match name:
        case "spending":
            return f"Fan charts of military spending. {_levels(run, 'spending', [(one, '') for one in STATES], 0)}"
        case "relation":
            return f"Fan charts of how Serbia sees Türkiye. {_levels(run, 'attitude', [(SERBIA, TURKEY)], 2)}"
        case "risk":
            told = (_levels(run, variable, [(SERBIA, KOSOVO)], 2) for variable in ("tension", "hazard"))
            return f"Fan charts of tension and of the rate of incidents. {' '.join(told)}"
        case "stocks":
            return f"Drones held and arms delivered. {_levels(run, 'loitering', [(KOSOVO, ''), (SERBIA, '')], 0)}"
        case "states":
            return f"Fan charts of spending. {_levels(run, 'spending', [(one, '') for one in network().states], 0)}"
        case "events":
            return f"A time line of events. Of this scenario: {_events(run)}"
        case "network":
            return _network(run)
        case "overview":
            told = (f"{row.sentence}." for row in shown_findings(run)[:8])
            return f"Paired differences between the two worlds around the first effect. {' '.join(told)}"
        case "tornado":
            return f"Bars from the lowest to the highest fifth of each uncertain number. {_tornado(run)}"
        case "channels":
            return f"Fan charts of the change of the risk and of its parts. {channel_sentence(run)}"
        case _:
            return (
                "Two phase planes of Serbia's and Kosovo's spending, in logarithms and in dollars: two lines on which one state rests, "
                "arrows of motion, six paths. The sentences above say where they lead."
            )


def _levels(run: "Run", variable: str, whom: list[tuple[str, str]], digits: int) -> str:
    """Medians and 90 % of worlds in the horizon year."""
    year = HORIZON if HORIZON in run.years else run.years[-1]
    parts = []
    for actor, other in whom:
        contrast = run.contrast(variable, actor, other)
        bands = contrast.yearly_scenario.quantiles[:, run.years.index(year)]
        low, middle, high = (f"{bands[row]:,.{digits}f}" for row in (0, 2, 4))
        parts.append(f"{actor_name(actor)} {middle} ({low} to {high})")
    return f"{contrast.series.unit[:1].upper()}{contrast.series.unit[1:]}, {year}, median and 90 %: {'; '.join(parts)}."


def _events(run: "Run") -> str:
    own = [mark.words for mark in named_events(run)]
    return "; ".join(own[:8]) + "." if own else "nothing."


def _network(run: "Run") -> str:
    """The friendliest and the least friendly ties."""
    quarter = min(run.quarters - 1, index_of(AT))
    ties = sorted(network().ties, key=lambda tie: float(run.contrast("attitude", *tie).scenario.median[quarter]))
    named = [f"{actor_name(one)} to {actor_name(other)}" for one, other in ties]
    return (
        f"Two maps of the region with fixed places: attitudes and arms delivered. Least friendly in {name_of(quarter)}: "
        f"{', '.join(named[:3])}. Friendliest: {', '.join(named[:-4:-1])}."
    )


def _tornado(run: "Run") -> str:
    told = []
    for row in shown_findings(run):
        split = split_of(run, row.topic, row.when)
        if split is not None and split.rests_on:
            first = split.rests_on[0]
            ends = (signed(row.topic.scale * end, row.topic.digits) for end in (first.low, first.high))
            told.append(f"{row.what}: {first.key} ({first.word}), {' to '.join(ends)}")
    return "; ".join(told[:4]) + "."


def channel_sentence(run: "Run") -> str:
    """The parts of the risk's change over the first full year, in one sentence."""
    assert run.channels is not None
    year = FIRST_YEAR + -(-(run.first_effect or 0) // QUARTERS_PER_YEAR)
    if year not in run.years:
        return "The run ends too early to say more."

    def mean(bands: "Bands") -> str:
        first = (year - FIRST_YEAR) * QUARTERS_PER_YEAR
        return signed(float(np.mean(bands.mean[first : first + QUARTERS_PER_YEAR])), 3)

    parts = run.channels.parts
    return (
        f"In {year} the rate of serious incidents differs by {mean(run.channels.total)} a year in the mean: {mean(parts['spiral'])} by the "
        f"spiral alone, {mean(parts['deterrence'])} by deterrence alone, {mean(parts['interplay'])} that the two do only together, and "
        f"{mean(parts['neither'])} by neither."
    )


def incidents_sentence(run: "Run") -> str:
    """Incidents expected in both worlds."""
    expected = incidents_expected(run)
    return "" if expected is None else expected.sentences("without")
