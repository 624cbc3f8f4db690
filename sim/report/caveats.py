"""What the tool says about its own answer: how stable the race is, how large the noise, what the sources disagree on.

Every message is computed from the run or read from `seeds/`; only what concerns the scenario is said.
"""

import json
import math
import shlex
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from sim.analysis.findings import HORIZON, PER_CENT, Finding, actor_name, parameters_of, setting_name
from sim.data.actors import load_actors
from sim.data.tables import rows_by_id, sources
from sim.ensembles.registry import newcomers
from sim.io.errors import listed
from sim.io.quarters import name_of
from sim.model.distributions import Distribution
from sim.model.sign_assumptions import CONTESTED
from sim.model.theories import Theory, theories

if TYPE_CHECKING:
    from sim.analysis.results import Run

ARMED = "XKX"  # whose arms the documents read in rival ways
ENOUGH = 100
CLASS_WORDS = {"stable": "is stable", "marginal": "is on the edge", "runaway": "runs away"}

# figures that disagree or lack something, by the events for which that matters
DISPUTED = {
    "kfor": ("001-04", "004-B116"),
    "release_reserve": ("001-04", "004-B116"),
    "loitering": ("002-01",),
    "uav.SRB": ("000-04",),
    "uav.XKX": ("000-06",),
    "supplement.SRB": ("000-03",),
    "supplement.XKX": ("000-05",),
    "grant": ("003-01",),
}
SPENDING_FIGURES = {"000-03": "milex-SRB-2023", "000-05": "milex-XKX-2023"}
ASSUMED = "the modellers' assumption; no source"
PRICE_LEVEL = "price-USA-2023-2024"


def stability_sentence(run: "Run") -> str:
    """Class of the race over the worlds, in words."""
    shares, checked = run.stability["share_of_members"], min(run.members, 1000)
    counts = {name: round(share * checked) for name, share in shares.items() if round(share * checked)}
    rate = run.stability["eigenvalue_per_year"]["q50"]
    some = " that were checked" if checked < run.members else ""
    if len(counts) == 1:
        name = next(iter(counts))
        first = (
            f"In all {checked:,} worlds{some} the race {CLASS_WORDS[name]}"
            if checked > 1
            else f"The race {CLASS_WORDS[name]}"
        )
    else:
        parts = [f"in {count:,} it {CLASS_WORDS[name]}" for name, count in counts.items()]
        first = f"Of {checked:,} worlds{some}, " + ", ".join(parts)
    years = math.log(2.0) / abs(rate) if rate else math.inf
    pace = "halves" if rate < 0.0 else "doubles"
    return (
        f"{first}: left alone, a push to spending {pace} in about {years:.0f} years (middle world, {rate:+.2f} a year). "
        f"This looks at spending and arms of the {load_actors().states_counted}, with relations, deliveries and tension held still."
    )


def caveats(run: "Run", rows: tuple[Finding, ...], *, full: bool = True) -> tuple[str, ...]:
    """What a careful reader should know about this answer; in full also what the sources leave open."""
    said = [
        ensemble_note(run.fit),
        _size_and_noise(run, rows),
        _assumed(rows),
        _contested(rows),
        _theories(run),
        *(_disputes(run) if full else ()),
        _ensemble(run) if full or run.fit == "prior" else "",
    ]
    return tuple(message for message in said if message)


def ensemble_note(fit: str) -> str:
    """Which actors a fit does not know, if it was made before they came into the model."""
    names = [actor_name(code) for code in newcomers(fit)]
    if not names:
        return ""
    return (
        f"The ensemble {fit_label(fit)} was made before {listed(names, 'and')} came into the model: the numbers of "
        f"{listed(names, 'and')} are drawn from their priors, and no figure has narrowed them."
    )


def _size_and_noise(run: "Run", rows: tuple[Finding, ...]) -> str:
    noise = parameters_of(run).distributions[parameters_of(run).offset("growth_spread")].centre * PER_CENT
    sized = [row for row in rows if row.topic.variable == "spending" and row.topic.actor == "SRB"]
    if not sized:
        return ""
    largest = max(sized, key=lambda row: abs(row.median))
    effect = f"The scenario moves Serbia's spending by about {abs(largest.median):.1f} % in the middle world"
    effect += ", in no settled direction" if largest.is_undetermined else ""
    rest = "; most of what Serbia spends is not explained by it" if abs(largest.median) < noise else ""
    return (
        f"{effect}{rest}. A budget that nothing in the model disturbs still moves by about {noise:.0f} % from one year to the next: "
        "read the ranges, not the middle."
    )


def _assumed(rows: tuple[Finding, ...]) -> str:
    keys = list(dict.fromkeys(key for row in rows if not row.is_undetermined for key in row.rests_on))
    if not keys:
        return ""
    few = ", ".join(keys[:4]) + (f" and {len(keys) - 4} more" if len(keys) > 4 else "")
    return (
        f'"Sign assumed": the direction follows from parameters that are taken to be zero or above and are not measured ({few}). '
        f"The run computes the size, not the direction. More: armsrace trace {keys[0]}"
    )


def _contested(rows: tuple[Finding, ...]) -> str:
    contested = [row for row in rows if row.is_contested]
    if not contested:
        return ""
    followed = dict.fromkeys(row.topic.words for row in contested if row.topic.variable not in CONTESTED)
    also = f" So is that of {' and '.join(followed)}, which here only fear of incidents can move." if followed else ""
    return (
        "The sign of the rate of incidents is contested: arms raise tension (the spiral) and deter, and the literature does not "
        f"settle which is stronger. The model holds both views.{also}"
    )


def _theories(run: "Run") -> str:
    chosen = _theory_taken(run)
    if not _arms_kosovo(run):
        return chosen
    rivals = theories()
    quotes = "; ".join(f'"{one.quote}" ({one.document}, {one.locator})' for one in rivals.values())
    tries = ", ".join(f"--theory {name} ({fixes(one)})" for name, one in rivals.items() if name != run.theory)
    parts = (f"The documents read arms for Kosovo in rival ways: {quotes}.", chosen, f"Try: {tries}.")
    return " ".join(part for part in parts if part)


def _theory_taken(run: "Run") -> str:
    """What the run's theory means, or what replaces it."""
    if run.theory is None:
        return ""
    one = theories()[run.theory]
    replaced = theory_replaced(run)
    if replaced:
        return f"The run asks for the theory {one.name}, but --set {', '.join(replaced)} replaces what it fixes ({fixes(one)})."
    return f"This run takes the theory {one.name}: {one.meaning}."


def theory_replaced(run: "Run") -> list[str]:
    """Settings that replace what the run's theory fixes."""
    keys = theories()[run.theory].parameters if run.theory is not None else {}
    return [text for text in run.settings if any(_meets(setting_name(text), key) for key in keys)]


def _meets(name: str, key: str) -> bool:
    """Whether two names of parameters mean some number in common."""
    return f"{name}.".startswith(f"{key}.") or f"{key}.".startswith(f"{name}.")


def _arms_kosovo(run: "Run") -> bool:
    """Whether the two worlds differ in arms for Kosovo."""
    held = (*run.scenario.events, *(() if run.baseline is None else run.baseline.events))
    orders = {event.id: event for event in held}
    changed = [orders.get(getattr(event, "ref", None), event) for event in run.changed_events]
    return any(ARMED in (getattr(event, "buyer", ""), getattr(event, "recipient", "")) for event in changed)


def settings_words(run: "Run", *, with_theory: bool = True) -> str:
    """What the user changed, for the end of the line that names the run; empty where nothing is changed."""
    known = () if run.baseline is None else [f"events.{event.id}" for event in run.baseline.events]
    last = {setting_name(setting): setting for setting in run.settings}
    alone = [name for name in last if name.startswith("events.") and name.rpartition(".")[0] not in known]
    both = "changed" if run.baseline is None else "changed in both worlds"
    only = "changed" if run.baseline is None else f"changed in {run.scenario.id} only"
    parts = [f"theory {run.theory}"] if run.theory and with_theory else []
    for words, names in ((both, [name for name in last if name not in alone]), (only, alone)):
        if names:
            parts.append(f"{words}: {', '.join(_setting_words(run, name, last[name]) for name in names)}")
    return "".join(f", {part}" for part in parts)


def _setting_words(run: "Run", name: str, setting: str) -> str:
    """A setting as typed; a name that stands for many numbers says how many."""
    rows = () if name.startswith("events.") else parameters_of(run).rows_of(name)
    many = f" (all {len(rows)})" if len(rows) > 1 else ""
    return f"{name}{many}={setting.partition('=')[2].strip()}"


def few_worlds(run: "Run") -> str:
    """A warning where the ranges rest on few worlds, else nothing."""
    return "With so few worlds the ranges are rough; 1,000 is the default." if run.members < ENOUGH else ""


def first_words(run: "Run") -> str:
    """What happens in the quarter from which the changes are told."""
    return (
        "Its own events begin to act in"
        if run.differing_parameters and run.first_event_of_its_own
        else "First effect in"
    )


def differing_parameters(run: "Run") -> str:
    """That the scenario gives parameters other values than its baseline has, and how to give both the same; else nothing."""
    keys = run.differing_parameters
    if not keys:
        return ""
    plural = len(keys) > 1
    differ = f"{' and '.join(keys)} {'differ' if plural else 'differs'} from the baseline in every quarter since {name_of(0)}"
    if run.first_event_of_its_own is None:
        return f"{differ}, so the changes below are those since then."
    mixed = f"{differ}, so the changes below mix {'them' if plural else 'it'} with the events"
    same = " ".join(f"--set {shlex.quote(f'{key}={value}')}" for key, value in _own_values(run).items())
    return f"{mixed}; to give both worlds the same value{'s' if plural else ''} use {same}" if same else f"{mixed}."


def parameters_set(run: "Run") -> tuple[str, ...]:
    """The numbers that the scenario itself sets, otherwise than its baseline."""
    return tuple(
        f"{key} = {value}, set by {run.scenario.id} and not so by {run.baseline.id}: armsrace trace {key}"
        for key, value in _own_values(run).items()
    )


def _own_values(run: "Run") -> dict[str, str]:
    """The values of the differing parameters in the scenario, as a file or --set writes them."""
    held = {key: run.scenario.parameters[key] for key in run.differing_parameters if key in run.scenario.parameters}
    return {
        key: json.dumps(value.plain()) if isinstance(value, Distribution) else f"{value:g}"
        for key, value in held.items()
    }


def fixes(one: Theory) -> str:
    """What a theory fixes, in words."""
    return ", ".join(f"{key} = {value:g}" for key, value in one.parameters.items())


def _disputes(run: "Run") -> tuple[str, ...]:
    """Figures behind the changed events that are contradicted, missing or without a source."""
    groups = dict.fromkeys(
        DISPUTED[key] for event in run.changed_events for key in _dispute_keys(event) if key in DISPUTED
    )
    return tuple(f"In the sources: {'; against that '.join(_figure(id_) for id_ in ids)}." for ids in groups)


def _dispute_keys(event: Any) -> tuple[str, ...]:
    kind, weapon_class = event.type, getattr(event, "weapon_class", "")
    return kind, weapon_class, f"{weapon_class}.{getattr(event, 'buyer', '')}", f"{kind}.{getattr(event, 'actor', '')}"


def _figure(id_: str) -> str:
    row = rows_by_id("figures")[id_]
    number = f"{float(row['value']):,.0f} {row['unit']}" if row["value"] else "no number"
    flag = f"; {row['flag']}" if row["flag"] else ""
    return f"{actor_name(row['subject'])}, {row['quantity']}: {number} ({id_}{flag}){_other_level(id_)}"


def _other_level(id_: str) -> str:
    """The level of spending in another source, in the same prices."""
    if id_ not in SPENDING_FIGURES:
        return ""
    context = rows_by_id("context")
    millions = float(context[SPENDING_FIGURES[id_]]["value"]) / float(context[PRICE_LEVEL]["value"])
    return f", where SIPRI gives {millions * 1e6:,.0f} USD of 2023 ({SPENDING_FIGURES[id_]})"


def _ensemble(run: "Run") -> str:
    if run.fit != "prior":
        return (
            f"The worlds are drawn from the fit {fit_label(run.fit)}: from what is plausible beforehand, those that agree with the figures "
            "fitted to. Where the figures say nothing, the prior decides."
        )
    return (
        "The worlds are drawn from priors (--fit prior). The documents fix levels, prices, dates and troop numbers; they do not fix "
        "how strongly states react to each other."
    )


def fit_label(fit: str) -> str:
    """The name of a fit, of a folder its last part."""
    return PurePath(fit).name or fit


def rests_on(run: "Run", *, leaning: bool = True) -> tuple[str, ...]:
    """The scenario's documents: place, what they say, and whose voices they carry."""
    return tuple(citation(document, leaning=leaning) for document in run.scenario.documents)


def citation(document: dict[str, str], leaning: bool = True) -> str:
    """One document with its place, in words."""
    key = document["document"]
    source = sources().get(key, {})
    where = ", ".join(str(part) for part in (source.get("outlet"), source.get("date")) if part)
    place = f", {document['locator']}" if document.get("locator") else ""
    says = f": {document['says']}" if document.get("says") else ""
    leans = f" Leaning: {source['leaning']}" if leaning and source.get("leaning") else ""
    stop = "" if says.endswith((".", '"')) or not says else "."
    return f"{key} {source.get('title', '')}{f' ({where})' if where else ''}{place}{says}{stop}{leans}"


def source_words(key: str) -> str:
    """Title, author, outlet and date of a source."""
    source = sources().get(key)
    if not isinstance(source, dict):
        return key
    if key == "assumed":
        return ASSUMED
    parts = (source.get("title"), source.get("author"), source.get("outlet"), source.get("date"))
    return f"{key}: {', '.join(str(part) for part in parts if part)}"


def horizon_note(run: "Run") -> str:
    """Why some rows are missing when a run ends early."""
    return f"The run ends before {HORIZON}; rows for {HORIZON} are left out." if HORIZON not in run.years else ""
