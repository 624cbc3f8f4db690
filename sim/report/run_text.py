"""Sentences of a run's report: the answer, what each picture shows for who cannot see it, how to cite."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim import __version__
from sim.analysis.findings import HORIZON, Finding, findings, headlines, signed
from sim.analysis.incidents import incidents_expected
from sim.io.quarters import name_of
from sim.model.network import KOSOVO, SERBIA, TURKEY
from sim.report.caveats import fit_label

if TYPE_CHECKING:
    from sim.analysis.results import Run

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


def incidents_sentence(run: "Run") -> str:
    """Incidents expected in both worlds."""
    expected = incidents_expected(run)
    return "" if expected is None else expected.sentences("without")
