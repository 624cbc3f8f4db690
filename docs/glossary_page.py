"""The glossary: every cause that an explanation can name, with the equation it stands in, and the words beside results."""

import re
from collections.abc import Iterator

from scenario_page import summary
from tables import header, row

from sim.calibration.findings import BOUNDED, MOVED, PINNED
from sim.ensembles.identifiability import shipped
from sim.explain.text import channel_words
from sim.model.directions import LABELS, MEANING
from sim.model.parameters import load_parameters
from sim.scenario.event_types import event_models

# what stands for an actor, another one, and a class of arms in the name of a cause
ANY = {"{whose}": "a state's", "{who}": "an actor", "{to}": "another", "{what}": "arms"}
BESIDE = {  # causes whose names are made in another way, or read better so
    "chance": "chance in …",
    "unrest": "unrest in a state",
}
# what each channel means, in one sentence, and the rules that carry it
CAUSES = {
    "arms": (
        "Arms that a state holds and its rivals see; what they cost says less than how they look.",
        "capability.threat_from",
        "capability.system_capability",
    ),
    "deals": (
        "Orders that no file holds: whether a state seeks arms, more often under threat or behind its rivals, and from whom.",
        "transfers.request_rate",
        "transfers.choice_weight",
    ),
    "patron": (
        "Money that a patron gives its client, more of it when the client is threatened.",
        "patrons.grant_anchor",
    ),
    "hostility": (
        "The hostile part of an attitude, which makes the same arms more threatening.",
        "capability.hostility",
        "capability.threat_from",
    ),
    "answered": (
        "Threat that the published budgets already answer; only what lies above or below it moves a later budget.",
        "spending.desired_gap",
    ),
    "commitment": (
        "How far a state's guarantors keep their promise, which stands in for arms of its own and deters.",
        "capability.guarantee",
        "tension.hazard_exponent",
    ),
    "tension": (
        "Tension between Serbia and Kosovo above its usual level, which costs dialogue.",
        "patrons.dialogue_intensity",
    ),
    "economy": (
        "A larger economy pays for more at the same share of GDP.",
        "spending.gdp_next",
        "spending.spending_level",
    ),
    "plan": ("The share of GDP that a state plans to spend, whatever its rivals do.", "spending.spending_level"),
    "grievance": ("A lasting wish to spend more or less than planned that answers nobody.", "spending.desired_gap"),
    "limit": ("The rate of incidents cannot go above a highest value; this is what is cut off.", "tension.hazard"),
    "burden_cap": (
        "No state spends more than a largest share of its GDP; this is what is cut off.",
        "spending.spending_level",
    ),
    "unrest": (
        "Protest at home sharpens words about whoever arms a rival; budgets and the risk in the north feel it through words only.",
        "relations.rhetoric_loss",
    ),
    "supplement": ("A change of a budget that a scenario decides.", "spending.relative_change"),
    "insecurity_outside": (
        "Wars elsewhere raise budgets and the wish for arms everywhere.",
        "spending.desired_gap",
        "transfers.request_rate",
    ),
    "delivery": (
        "The arrival itself, which provokes the rivals of whoever receives and raises tension at once.",
        "transfers.provocation",
        "relations.cooperation_loss",
        "tension.tension_raised",
    ),
    "agreement": (
        "A signed agreement, which brings its two sides nearer and may provoke others.",
        "relations.bounded",
        "transfers.provocation_felt",
    ),
    "gift": ("Money or kit given, which provokes the receiver's rivals as a delivery does.", "transfers.provocation"),
    "visit": ("A visit, which warms a relation and can calm a crisis.", "relations.bounded", "tension.tension_eased"),
    "statement": ("A public statement, friendly or hostile, whose effect fades soon.", "relations.attitude"),
    "answer": ("Hostile words given back.", "relations.answer"),
    "trade": (
        "Trade above its trend lifts the level to which a relation returns.",
        "relations.cooperation_anchor",
        "relations.trade_gap_next",
    ),
    "incident": (
        "Serious incidents, which raise tension and pass.",
        "tension.incident_shock",
        "tension.tension_raised",
    ),
    "dialogue_agreed": (
        "The dialogue that a scenario sets, which damps tension and softens what disturbs it.",
        "tension.tension_damping",
        "tension.softened",
    ),
    "mediation": ("Dialogue that is called after an incident, for a while.", "patrons.dialogue_intensity"),
    "accession": (
        "How near membership seems: it feeds dialogue, and leaves others less influence to win.",
        "patrons.dialogue_intensity",
        "patrons.influence_index",
    ),
    "transparency": (
        "What exercises and exchanges let others check, so that they overstate less.",
        "capability.transparency",
        "capability.misperception",
        "tension.tension_damping",
    ),
    "words": ("Hostile words, which raise tension while they last.", "tension.hostile_words"),
    "command": (
        "A nation that commands the peacekeepers earns goodwill, reaches out, and is resented less for what it delivers.",
        "relations.resentment_share",
        "tension.tension_eased",
    ),
    "troops_agreed": (
        "The strength of KFOR that was agreed; more troops, fewer incidents.",
        "tension.restrained_tension",
    ),
    "reserve_scripted": ("Reserves that a scenario sends.", "tension.troops_deployed"),
    "reserve": ("Reserves that an incident calls for a few months.", "tension.troops_deployed"),
    "reinforcement": (
        "Peacekeepers that are added when tension lasts, and leave when it is calm.",
        "tension.troops_deployed",
    ),
    "balance": (
        "Deterrence: arms of Serbia and of Kosovo that grow beyond their economies lower the rate of incidents; contested.",
        "tension.restrained_tension",
    ),
    "election": ("An election raises the risk of incidents in its quarter.", "tension.hazard_exponent"),
    "held": (
        "Arms from a patron in use: they bind the buyer to it, and may embolden it (moral hazard; contested).",
        "supplier_history.dependence",
        "tension.backing",
    ),
    "agreements": ("Agreements in force open a supplier's door.", "supplier_history.appeal_of_agreements"),
    "influence": (
        "Influence won by arms, gifts, visits and agreements, which makes an offer more likely to be made and taken.",
        "supplier_history.influence_won",
        "patrons.influence_index",
    ),
    "funds": ("What a buyer can pay, relative to the price.", "transfers.deal_burden", "transfers.offer_merit"),
    "attitude": ("How the buyer feels about the supplier.", "relations.attitude"),
    "memory": (
        "A buyer remembers who armed its rivals, and trusts that supplier less.",
        "relations.credibility",
        "transfers.offer_utility",
    ),
    "example": ("A supplier's other buyers make its wares look proven.", "supplier_history.share_of_others"),
    "support": (
        "How far a patron stands behind a client, as a scenario sets it; a client buys rather from who backs it.",
        "supplier_history.standing",
    ),
    "numbers": ("The scenario gives parameters other values; what that does alone is told here.",),
    "unaccounted": (
        "What the known causes do not add up to: nothing of the model as it is; an edited equation may do what explanations do not know.",
    ),
    "interaction": ("A number that both sides share multiplies what differs, so that neither side alone explains it.",),
    "chance": (
        "What is drawn by lot; the same draw in both sides of a pair.",
        "spending.chance_step",
        "tension.tension_disturbed",
    ),
}
# parameters by the words that pages and reports use, with the rules that they stand in
WORDS = {
    "reaction": ("spending.desired_gap",),
    "fatigue": ("spending.log_spending_gap_next",),
    "emulation": ("capability.system_gap", "capability.drone_gap", "transfers.request_rate"),
    "request_threat": ("transfers.request_rate",),
    "guarantee_worth": ("capability.guarantee",),
    "exaggeration": ("capability.misperception", "capability.arms_read"),
    "deterrence": ("tension.restrained_tension",),
    "moral_hazard": ("tension.backing", "tension.hazard_exponent"),
    "coupling": (),
}
READ = {
    "median": "The median: of all simulations in order of a result, the one in the middle, with as many above as below.",
    "90 % range": "The range that leaves out the lowest 5 and the highest 5 of 100 simulations.",
    **{label: f"Of a direction: {MEANING[label]}" for label in LABELS},
    "undetermined": "Of a claim: it neither holds nor fails.",
    "by assumption": "Of a verdict: nothing that the priors allow makes it come out otherwise.",
    "well determined, in files pinned": "Of a number: fitted, it is less than {pinned} times as spread as was assumed before.",
    "narrowed, in files bounded": "Of a number: less than {bounded} times as spread, or its mean moved by over {moved} of it.",
    "assumed": "Of a parameter: neither; it is as uncertain as it was assumed to be.",
    "holds, fails": "Of a claim: at least 90 of 100 simulations move as it says, or do not. It says nothing about the world outside.",
    "theory": "One way to understand what the documents disagree about: a few parameters fixed together.",
    "incident rate, serious incidents": "The rate is a pace: how many a year, without a limit. "
    "Of serious incidents at most one a quarter is counted.",
    "simulation, member": "One run of the model with one draw of all that is uncertain.",
}


def glossary_lines() -> Iterator[str]:
    """The whole page."""
    yield from ("## Words beside a result", "")
    yield from header("word", "says")
    for word, text in READ.items():
        yield row(word, text.format(pinned=PINNED, bounded=BOUNDED, moved=MOVED))
    fitted = [one.word for one in shipped().values()]
    told = ", ".join(f"{fitted.count(word)} {word}" for word in ("pinned", "bounded", "assumed"))
    yield from (
        "",
        f"Of the numbers fitted for this version: {told}. [What the data tell](what-the-data-tell.md) tells each one's.",
        "",
    )
    yield from ("## Causes that an explanation names", "")
    yield from header("cause", "means", "equation")
    for channel, (text, *rules) in causes().items():
        yield f"{row(cause_name(channel), text)[:-2]} | {rule_links(rules)} |"
    yield from ("", "## Parameters that are called by name", "")
    yield from header("word", "means", "equation")
    meanings = {one.name: one.meaning for one in load_parameters().parameters}
    for name, rules in WORDS.items():
        yield f"{row(name.replace('_', ' '), meanings[name])[:-2]} | {rule_links(rules)} |"
    yield ""


def causes() -> dict[str, tuple[str, ...]]:
    """What each channel means; of a type of event that stands above nowhere, what it says of itself."""
    models = {model.channel: model for model in event_models().values() if model.cause[0]}
    return {**{channel: (summary(model),) for channel, model in models.items() if channel not in CAUSES}, **CAUSES}


def cause_name(channel: str) -> str:
    """A cause as explanations write it, with words in place of actors.

    >>> cause_name("burden_cap")
    "the cap on a state's military burden (share of GDP)"
    """
    return re.sub(r"{\w+}", lambda match: ANY[match[0]], BESIDE.get(channel) or channel_words()[0][channel])


def rule_links(rules: tuple[str, ...] | list[str]) -> str:
    """Rules as links into the page of equations."""
    return ", ".join(f"[`{rule}`](equations.md#{rule.split('.')[1].replace('_', '-')})" for rule in rules)
