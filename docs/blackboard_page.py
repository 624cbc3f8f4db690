"""What the terms of the blackboard rest on, read off `calibration/parameters.yaml` and the shipped fit."""

from collections import Counter
from collections.abc import Iterator

from parameters_page import middle
from tables import header, row

from sim.data.tables import sources
from sim.ensembles.identifiability import shipped
from sim.model.network import FIRST, SECOND
from sim.model.parameter_table import Parameter
from sim.model.parameters import load_parameters
from sim.report.event_text import number, prior_words

# the numbers of each equation, with their letters in `blackboard.md`, in LaTeX
TERMS = {
    "Spending": {
        "burden_goal": "b",
        "adjustment": r"\alpha",
        "reaction": r"\kappa",
        "yielding": "y",
        "fatigue": r"\varphi",
        "growth_common": r"\text{common}",
        "growth_spread": r"\text{own}",
    },
    "Threat, guarantee and arms": {
        "threat_share": r"\sigma",
        "exaggeration": r"\xi",
        "guarantee_worth": "G",
        "guarantee_cover": "c",
        "guarantee_presence": "p",
        "troops_reference": r"\text{troops}^*",
        "uav_perceived_value": r"\varepsilon_U",
        "uav_price": "v_U",
        "loitering_perceived_value": r"\varepsilon_L",
        "loitering_price": "v_L",
        "procurement_share": "q",
        "instalment_years": "n",
        "depreciation": r"\delta",
    },
    "Requests": {
        "request_rate": "r",
        "request_factor": "f",
        "request_threat": r"\theta",
        "emulation": r"\psi",
        "request_units": r"\text{lot}",
        "provocation_scale": "V",
    },
    "Tension": {
        "tension_rest": r"\tau_0",
        "tension_reference": r"\tau^*",
        "tension_decay": r"\rho",
        "tension_dialogue": "a_M",
        "provocation_weight": "w",
        "tension_delivery": "a_D",
        "tension_words": "a_V",
        "tension_incident": "a_I",
        "dialogue_tension": "l_d",
        "accession_dialogue": r"\text{accession}",
    },
    "Incidents": {
        "hazard_reference": r"\lambda",
        "hazard_tension": "b_t",
        "hazard_threat": "b_T",
        "hazard_guarantee": "b_G",
        "hazard_troops": "b_F",
        "deterrence": "b_{det}",
        "deterrence_alone": "d_0",
        "hazard_election": "b_E",
        "moral_hazard": "b_{mh}",
    },
}


def blackboard_lines() -> Iterator[str]:
    """A table for each equation, and how much of it was measured."""
    known = {one.name: one for one in load_parameters().parameters}
    for heading, letters in TERMS.items():
        yield from (f"### {heading}", "")
        yield from header("letter", "what it is", "value", "drawn, and after the fit", "rests on")
        yield from (term_row(letter, known[name]) for name, letter in letters.items())
        yield ""
    yield counts_sentence([known[name] for letters in TERMS.values() for name in letters])
    yield ""


def term_row(letter: str, parameter: Parameter) -> str:
    """One letter: its number, where it comes from, and what the fit made of it."""
    return row(
        f"${letter}$",
        f"{parameter.meaning} (`{parameter.name}`)",
        " ".join((value_words(parameter), "" if parameter.unit == "1" else parameter.unit)).strip(),
        "; ".join(filter(None, (drawn_words(parameter), fitted_words(parameter)))),
        source_words(parameter),
    )


def value_words(parameter: Parameter) -> str:
    """A single number; of states Serbia's and Kosovo's; of others the span."""
    values = dict(zip(parameter.suffixes, map(middle, parameter.priors), strict=True))
    if parameter.index == ("state",):
        return f"Serbia {number(values[FIRST])}, Kosovo {number(values[SECOND])}"
    low, high = min(values.values()), max(values.values())
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def drawn_words(parameter: Parameter) -> str:
    """How the numbers that vary are drawn; that none does."""
    words = dict.fromkeys(prior_words(prior) for prior in parameter.priors if prior.kind != "fixed")
    if len(words) > 1:
        return f"{next(iter(words)).partition(';')[0].partition(', sd')[0]}, with a spread for each"
    return next(iter(words), "fixed")


def fitted_words(parameter: Parameter) -> str:
    """What the shipped fit says of the numbers that vary."""
    found = Counter(shipped()[key].word for key in parameter.keys if key in shipped())
    if len(found) > 1:
        return ", ".join(f"{count} {word}" for word, count in found.items())
    return next(iter(found), "")


def source_words(parameter: Parameter) -> str:
    """Status, source and place; of an assumption that rests on nothing printed its ground, if one is given."""
    place = f": {parameter.locator}" if parameter.locator else ""
    if parameter.source == "assumed":
        return f"{parameter.status}{place}"
    if parameter.source.isdigit():
        return f"{parameter.status}; document {parameter.source}{place}"
    date = sources()[parameter.source]["date"]
    return f"{parameter.status}; {parameter.source}{f' ({date})' if date else ''}{place}"


def counts_sentence(parameters: list[Parameter]) -> str:
    """How many numbers the blackboard holds, and on what they rest."""
    drawn = [
        key for one in parameters for key, prior in zip(one.keys, one.priors, strict=True) if prior.kind != "fixed"
    ]
    words = Counter(shipped()[key].word for key in drawn if key in shipped())
    told = ", ".join(f"{words[word]} {word}" for word in ("pinned", "bounded", "assumed"))
    status = Counter(one.status for one in parameters)
    rest = ", ".join(f"{count} {name}" for name, count in status.most_common())
    return (
        f"These equations hold {len(parameters)} parameters ({rest}). {len(drawn)} of their numbers differ between simulations; "
        f"after the fit {told}."
    )
