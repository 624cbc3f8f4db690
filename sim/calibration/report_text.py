"""What a fit taught and what it could not, in sentences for readers who meet these words for the first time."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sim.data.actors import actor_name
from sim.data.tables import sources
from sim.ensembles.folder import Fit
from sim.ensembles.tables import Forecast, LeftOut, Moment, Parameter, Range, Ranks
from sim.io.formatting import counted, fixed, signed, significant
from sim.model.sign_assumptions import SIGN_RESTS_ON

OUTSIDE = "outside"  # what moments that rest on none of the documents are filed under
MARKS = {"pinned": "●", "bounded": "◐", "assumed": "○"}

PRIOR = "The prior of a parameter is the range of values held plausible before the figures were looked at."
POSTERIOR = "The posterior is the range that is left once the model has been compared with the figures."
DRAW = "A draw is one set of values for all fitted parameters, that is, one possible world."
EFFECTIVE = (
    "The effective sample size is the number of independent draws that would be worth as much as these, which "
    "resemble each other."
)
RANK = (
    "A rank histogram counts where the true value stood among the draws: at the lowest tenth, the next tenth, and so on; if "
    "the method is right all ten bars are equally high but for chance."
)
THREE = (
    "Three numbers, written 2.00 (1.00 to 4.00), are the median and the values that 5 and 95 of 100 worlds lie below."
)
STANDARD = (
    "The sd ratio is the width of the posterior over the width of the prior (standard deviations, on the scale on which the "
    "prior is standard normal): 1 says that the figures taught nothing about the spread, 0.1 that they left a tenth of it."
)
VERDICTS = (
    "Pinned: the sd ratio is below 0.5. Bounded: it is below 0.9, or the mean moved by more than 0.3 prior standard "
    "deviations (how far it moved stands below the word). Assumed: neither, so the value is as uncertain as it was assumed "
    "to be."
)


# ---- summary ---------------------------------------------------------------------------------------------------------


def words_counted(parameters: Iterable[Parameter]) -> Counter[str]:
    """How many parameters are pinned, bounded and assumed."""
    return Counter(parameter.word for parameter in parameters)


def summary(fit: Fit) -> str:
    """The page in one paragraph."""
    told = words_counted(fit.parameters)
    manifest = fit.manifest
    outside = sum(moment.is_outside for moment in fit.moments)
    return (
        f"The model has {plural(len(fit.parameters), 'number')} that nobody has measured exactly; they are its fitted parameters. "
        f"{PRIOR} {POSTERIOR} Here the model was compared with {plural(len(fit.moments), 'fact')} from "
        f"{_documents(fit.documents)}. Of the {len(fit.parameters)} parameters the figures pin {told['pinned']} "
        f"and bound {told['bounded']}; they leave {told['assumed']} as they were assumed. "
        f"The range in which 90 of 100 fitted worlds fall misses {of(outside, len(fit.moments))} facts; those are listed first "
        f"under Facts. {DRAW} The fit has {count(manifest.draws)} draws; their effective sample size is "
        f"{count(manifest.ess)}. {EFFECTIVE}"
    )


def _documents(keys: Sequence[str]) -> str:
    """Where the facts come from: `5 documents and outside sources`."""
    ours = [key for key in keys if key != OUTSIDE]
    return plural(len(ours), "document") + (" and outside sources" if OUTSIDE in keys else "")


def quick_words(fit: Fit) -> str:
    """What a quick fit lacks; nothing for a full one."""
    if not fit.manifest.is_quick:
        return ""
    return (
        "This is a quick fit, made to try things out. The tests that take many fits may be missing, and its numbers are "
        "rough: do not cite it."
    )


def method(fit: Fit) -> str:
    """How the fit was made, as a sentence."""
    told = fit.manifest.method.strip().rstrip(".")
    return f"Method: {told}. {weighting(fit)}"


def weighting(fit: Fit) -> str:
    """Why the prior worlds were not simply weighted."""
    manifest = fit.manifest
    if manifest.ess_prior is None:
        return f"The fit started from {plural(manifest.prior_members, 'world')} drawn from the prior."
    return (
        f"The fit started from {plural(manifest.prior_members, 'world')} drawn from the prior. Had these only been weighted by how "
        f"well they match the figures, they would have been worth {number(manifest.ess_prior)} independent draws; after the fit "
        f"they are worth {count(manifest.ess)}."
    )


def limits(fit: Fit) -> Iterator[str]:
    """What the page cannot tell."""
    assumed = [parameter for parameter in fit.parameters if parameter.is_assumed]
    groups = Counter(parameter.group for parameter in assumed).most_common(3)
    where = "; most of them belong to " + ", ".join(f"{group} ({amount})" for group, amount in groups) if groups else ""
    yield (
        f"{of(len(assumed), len(fit.parameters))} parameters are assumptions before and after{where}. What the model says "
        "through them is an assumption worked out, not a finding of the documents."
    )
    undecided = list(_directions(fit.parameters))
    if undecided:
        yield (
            f"The direction of many effects rests on these parameters, which are among the assumed: {', '.join(undecided)}. "
            "The figures do not say whether that direction is right."
        )
    yield (
        "Pinned and bounded hold inside this model only. Another model could match the same figures with other values, and a "
        "narrow range in a wrong equation is narrowly wrong."
    )
    yield (
        "A fact inside its range does not prove the model right; one outside says where it is incomplete. The facts come from "
        "documents with points of view of their own; leaving one document out at a time shows what hangs on each, not which "
        "is right."
    )
    yield "Nothing here says what any government intends or what it should do."


def _directions(parameters: Sequence[Parameter]) -> Iterator[str]:
    """The parameters that decide directions, as far as they are assumed: `reaction (11 of 12)`."""
    names = sorted({name.partition(".")[0] for rests in SIGN_RESTS_ON.values() for name in rests})
    for name in names:
        alike = [parameter for parameter in parameters if parameter.name == name]
        assumed = sum(parameter.is_assumed for parameter in alike)
        if assumed:
            yield name if len(alike) == 1 else f"{name} ({of(assumed, len(alike))})"


# ---- parameters ------------------------------------------------------------------------------------------------------


def verdict(parameter: Parameter) -> str:
    """The word of a parameter behind its mark."""
    return f"{MARKS[parameter.word]} {parameter.word}"


def density_words(parameter: Parameter) -> str:
    """What the picture of a parameter's densities shows."""
    change = 100.0 * abs(1.0 - parameter.sd_ratio)
    width = (
        "as wide as" if change < 0.5 else f"{change:.0f} % {'narrower' if parameter.sd_ratio < 1.0 else 'wider'} than"
    )
    moved = "its middle has not moved"
    if abs(parameter.shift) >= 0.05:
        moved = f"its middle moved {'up' if parameter.shift > 0.0 else 'down'} by {abs(parameter.shift):.1f} prior standard deviations"
    return f"{parameter.key}: the posterior is {width} the prior and {moved}"


def informed_words(parameter: Parameter) -> str:
    """What stands before the facts that informed a parameter, or in their place."""
    if parameter.moments:
        return "informed by"
    return (
        ""
        if parameter.is_assumed
        else "no single fact alone explains this: several together, or the chance of the draws"
    )


def shift_words(parameter: Parameter) -> str:
    """How far the mean moved, in prior standard deviations."""
    return f"moved {signed(parameter.shift, 2)}"


# ---- facts -----------------------------------------------------------------------------------------------------------


def rank_words(moment: Moment) -> str:
    """Where the observed stands among fitted worlds."""
    return BLANK if moment.rank is None else f"{moment.rank:.3f}"


def inside_words(is_inside: bool | None) -> str:
    """Whether the observed lies in the 90 % range."""
    return BLANK if is_inside is None else "inside" if is_inside else "outside"


def moment_range_words(moment: Moment) -> str:
    """What the picture of a fact's ranges shows."""
    seen = f"observed {observed_words(moment.observed)}"
    prior, posterior = range_words(moment.prior, moment.unit), range_words(moment.posterior, moment.unit)
    return f"{moment.id}: {seen}; prior {prior}; posterior {posterior}"


def explanation_words(is_outside: bool, explanation: str) -> str:
    """Why the observed lies outside, as far as anyone said."""
    return explanation or ("no explanation is known" if is_outside else "")


def facts_words(moments: Sequence[Moment]) -> str:
    """How many facts lie inside the 90 % range."""
    judged = [moment for moment in moments if moment.is_inside_90 is not None]
    inside = sum(not moment.is_outside for moment in judged)
    expected = 0.9 * len(judged)
    return (
        f"A range that holds 90 of 100 fitted worlds can be given for {plural(len(judged), 'fact')}; {inside} of them lie inside it. "
        f"Were the model and its errors exactly right, one would expect about {expected:.0f}, or more, since the same facts "
        "were used to fit it. The rank is the share of fitted worlds below what was observed: 0.500 is the middle, 0.001 and 0.999 are "
        "the far ends."
    )


def document_words(key: str) -> str:
    """A document with title, author and year, as a line; its key where it is none of ours."""
    if key == OUTSIDE:
        return "outside: sources other than the documents; each fact names its figures"
    source = sources().get(key)
    if not isinstance(source, dict):
        return key
    parts = (source.get("author"), source.get("title"), source.get("outlet"), source.get("date"))
    return f"{key}: {', '.join(str(part) for part in parts if part)}"


# ---- forecast --------------------------------------------------------------------------------------------------------


def forecast_name(one: Forecast) -> str:
    """Buyer and year of a cell of Table 1."""
    return f"{actor_name(one.buyer)} {one.year}"


def forecast_words(forecasts: Sequence[Forecast]) -> str:
    """How many cells fell where they were predicted."""
    fifty = sum(one.is_inside_50 for one in forecasts)
    ninety = sum(one.is_inside_90 for one in forecasts)
    cells = len(forecasts)
    out = [forecast_name(one) for one in forecasts if not one.is_inside_90]
    named = f" Outside: {', '.join(out)}." if out else " None lies outside."
    return (
        f"A second fit saw the exports of 2018 to 2021 only and predicted the later years. Of {plural(cells, 'cell')}, "
        f"{fifty} lie in the middle half of the prediction (one would expect about {0.5 * cells:.0f}) and {ninety} inside its "
        f"90 % range (about {0.9 * cells:.0f}).{named} Exports of arms come in single large orders, so that a year can lie far "
        "from its neighbours."
    )


# ---- one document left out -------------------------------------------------------------------------------------------


def left_out_words(rows: Sequence[LeftOut]) -> str:
    """How many conclusions hang on one document."""
    flipped = [row for row in rows if row.is_flipped]
    hanging = len({row.conclusion for row in flipped})
    return (
        f"The model was fitted again without each document in turn. Of {plural(len(rows), 'comparison')}, "
        f"{count(len(flipped))} changed what is concluded, touching {plural(hanging, 'conclusion')}. A conclusion that "
        "changes hangs on one document."
    )


# ---- machinery -------------------------------------------------------------------------------------------------------


def recovery_words(fit: Fit) -> str:
    """Whether a fit to no figure gives the prior back."""
    told = fit.diagnostics.prior_recovery
    fine = abs(told.worst_deviation) <= told.bound
    return (
        "A fit to no figure at all must give the prior back. The farthest from it is "
        f"{told.worst_key}, off by {number(told.worst_deviation)} prior standard deviations; the bound is {number(told.bound)}: "
        f"{'passed' if fine else 'failed'}."
    )


def calibration_words(fit: Fit) -> str:
    """What simulation-based calibration found."""
    told = fit.diagnostics.sbc
    if told is None:
        return RANK
    return (
        "Simulation-based calibration: the model makes up figures from parameters that are known, the fit is run on them, and "
        f"the known values must look like any other draw. This was done for {plural(told.sets, 'set')} of made-up figures. {RANK} "
        f"Rejected as uneven: {plural(told.rejected, 'parameter')}; by chance alone one would expect about "
        f"{number(told.expected_rejected)}. The least even is {told.worst_key} (p = {number(told.worst_p)})."
    )


def ranks_words(ranks: Ranks) -> str:
    """A rank histogram in words."""
    return f"{ranks.key}: ranks counted in tenths, {', '.join(count(part) for part in ranks.counts)}"


def chains_words(fit: Fit) -> str:
    """What R-hat says."""
    worst = fit.manifest.rhat_max
    if worst is None:
        return "R-hat, which compares independent repetitions of the fit, was not worked out."
    return (
        "R-hat compares independent repetitions of the fit; 1 says that they agree, and above 1.05 they have not settled. The "
        f"largest of all parameters is {number(worst)}."
    )


def temperatures_words(fit: Fit) -> str:
    """How the figures were brought in step by step."""
    steps = len(fit.diagnostics.temperatures)
    return (
        f"The figures were brought in by degrees, in {plural(steps, 'step')}: at temperature 0 they count nothing, at 1 fully. At "
        "each step draws are moved at random; the share of moves that were accepted should be neither near 0 nor near 1."
    )


def citation(fit: Fit) -> str:
    """How to cite the fit."""
    manifest = fit.manifest
    version = next((manifest.versions[one] for one in ("armsrace", "balkan-armsrace") if one in manifest.versions), "")
    return (
        f"The armsrace authors. armsrace: what-if questions about the arms dynamics around Kosovo, Serbia and Türkiye"
        f"{f', version {version}' if version else ''}. Fit {manifest.id}, model version {manifest.model_version}, seed {manifest.seed}, "
        f"parameters {manifest.parameters_sha256[:12]}, figures {manifest.moments_sha256[:12]}."
    )


def manifest_rows(fit: Fit) -> Iterator[tuple[str, str]]:
    """The manifest, a name and a value in each row."""
    for field, value in fit.manifest.model_dump(exclude_defaults=True).items():
        if isinstance(value, dict):
            title = {"versions": "version of"}.get(field, f"{field}:")
            yield from ((f"{title} {key}", value_words(part)) for key, part in sorted(value.items()))
        else:
            yield field, value_words(value)


def uncertainty_rows(content: Any) -> Iterator[tuple[str, str]]:
    """What else the diagnostics hold on uncertainty, a name and a value in each row."""
    named = content.items() if isinstance(content, dict) else [("uncertainty", content)]
    yield from ((str(name), value_words(value)) for name, value in named)


def value_words(value: Any) -> str:
    """A value of a JSON file as people read it.

    >>> value_words(True), value_words(811.42), value_words(["armsrace", "calibrate"]), value_words({"a": 1})
    ('yes', '811', 'armsrace calibrate', '{"a": 1}')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, list) and all(isinstance(part, str | int | float) for part in value):
        return " ".join(map(str, value))
    return BLANK if value is None else str(value) if isinstance(value, str | int) else _as_json(value)


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


BLANK = "–"
TIMES = ("year", "date")  # units of which every digit counts


def number(value: float) -> str:
    """A number with three significant digits, a true minus sign, and commas between thousands.

    >>> number(0.35), number(17.834), number(-4512.3), number(0.0)
    ('0.350', '17.8', '−4,510', '0')
    """
    return significant(value)


def count(value: float) -> str:
    """A count.

    >>> count(2000), count(1834.4)
    ('2,000', '1,834')
    """
    return fixed(value)


def of(part: int, whole: int) -> str:
    """A part of a whole.

    >>> of(3, 12)
    '3 of 12'
    """
    return f"{count(part)} of {count(whole)}"


def range_words(one: Range | None, unit: str = "") -> str:
    """Median and 5-95 % range.

    >>> range_words(Range(1.0, 2.0, 4.0)), range_words(None)
    ('2.00 (1.00 to 4.00)', '–')
    """
    if one is None:
        return BLANK
    low, middle, high = (
        f"{value:.1f}" if unit in TIMES else number(value) for value in (one.low, one.middle, one.high)
    )
    return f"{middle} ({low} to {high})"


def observed_words(text: str) -> str:
    """What was observed: words and whole numbers as they are written, other numbers with three digits.

    >>> observed_words("2 incidents"), observed_words("2023"), observed_words("12.919237"), observed_words("2e+04")
    ('2 incidents', '2023', '12.9', '20,000')
    """
    value = observed_number(text)
    return text if value is None or text.lstrip("-").isdigit() else number(value)


def observed_number(text: str) -> float | None:
    """The number that a text is, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def unit_words(unit: str) -> str:
    """A unit as people read it.

    >>> unit_words("1"), unit_words("m USD2023/yr")
    ('no unit', 'million US$ of 2023 a year')
    """
    return UNITS.get(unit, unit)


UNITS = {
    "": "no unit", "1": "no unit", "1/yr": "per year", "1/yr^0.5": "per square root of a year", "1/thousand": "per thousand",
    "yr": "years", "m USD2023": "million US$ of 2023", "m USD2023/yr": "million US$ of 2023 a year",
}  # fmt: skip


def plural(amount: int, word: str) -> str:
    """A count and its noun.

    >>> plural(1, "figure"), plural(2, "figure")
    ('1 figure', '2 figures')
    """
    return counted(amount, word)
