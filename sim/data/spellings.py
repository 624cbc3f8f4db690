"""What people write for the codes and words of a scenario, and which of ours they mean; messages offer it, nothing reads it so."""

from collections.abc import Iterable

from sim.data.actors import load_actors
from sim.io.errors import listed, near_names, shown_value

OTHER_CLASSES = {
    **dict.fromkeys(
        ("artillery", "howitzer", "howitzers", "guns", "mortar", "mortars", "mlrs", "rockets"), "artillery"
    ),
    **dict.fromkeys(("tank", "tanks", "apc", "ifv", "armor", "vehicles", "armoured vehicles"), "armour"),
    **dict.fromkeys(
        ("s-400", "s400", "s-300", "s300", "hq-22", "fk-3", "pantsir", "sam", "sams", "patriot"), "air_defence"
    ),
    **dict.fromkeys(("air defense", "air-defence", "air defence", "air_defense", "anti-air"), "air_defence"),
    **dict.fromkeys(("aircraft", "fighter", "fighters", "jet", "jets", "rafale", "helicopter", "helicopters"), "arms"),
    **dict.fromkeys(("rifle", "rifles", "small arms", "ship", "ships", "missile", "missiles", "javelin"), "arms"),
    **dict.fromkeys(("ammunition", "weapons", "other", "equipment", "training"), "arms"),
    **dict.fromkeys(("tb2", "tb-2", "bayraktar", "bayraktar tb2", "akinci", "anka", "ch-92", "armed drones"), "uav"),
    **dict.fromkeys(("uavs", "ucav", "mq-9", "predator", "armed drone", "mohajer", "wing loong"), "uav"),
    **dict.fromkeys(
        ("skydagger", "skydaggers", "kamikaze", "shahed", "switchblade", "lancet", "fpv", "one-way"), "loitering"
    ),
    **dict.fromkeys(("loitering munition", "loitering munitions", "loitering_munition", "munitions"), "loitering"),
}
DRONES = ("drone", "drones")
EVERYONE = ("all", "everyone", "everybody", "each", "both", "region", "any")
DOMESTIC = "DOM"
OTHER_PAYMENTS = {
    **dict.fromkeys(("cash", "own", "self", "buyer", "state", "purchase", "bought"), "budget"),
    **dict.fromkeys(("loan", "debt", "instalments", "installments", "borrowed"), "credit"),
    **dict.fromkeys(("gift", "donation", "donated", "aid", "free", "fmf", "supplier"), "grant"),
}


def code_meant(word: str) -> str | None:
    """The actor that a word stands for: its code in small letters, its name, or another code of it.

    >>> code_meant("KOS"), code_meant("Serbia"), code_meant("srb"), code_meant("UKR")
    ('XKX', 'SRB', 'SRB', None)
    """
    actors = load_actors().actors
    names = {name.lower(): one.code for one in actors for name in (*one.called, one.name, one.short, one.code)}
    return names.get(word.strip().lower()) if word.strip() else None


def code_fault(value: object, noun: str, codes: Iterable[str]) -> str:
    """What is wrong with a value that is none of some codes, of which `noun` ("a state") says what they are; and which may stand there."""
    known, actors = tuple(codes), load_actors()
    if not isinstance(value, str):
        return f"{shown_value(value)} is not {noun}; name one of {listed(known)}, in an event for each"
    if value.strip().lower() in EVERYONE:
        return f"{shown_value(value)} is not {noun}; write one event for each of {listed(known, 'and')}"
    swapped = (code for code in known if sorted(code) == sorted(value.upper()))
    meant = code_meant(value) or next(swapped, None)
    if meant in known:
        return f'{shown_value(value)} is not {noun}; did you mean "{meant}"?'
    name = f" ({actors.name(meant)})" if meant else ""
    home = f"; a state's own production is {DOMESTIC}" if DOMESTIC in known and meant in actors.states else ""
    return f"{shown_value(value)}{name} is not {noun}; choose {listed(known)}{home}"


def class_fault(value: object, classes: Iterable[str]) -> str:
    """What is wrong with a value that is no class of arms, and which class it most likely means.

    >>> class_fault("TB2", ("uav", "loitering"))
    '"TB2" is not a class of arms; did you mean "uav"? (armed drones)'
    >>> class_fault("drone", ("uav", "loitering"))
    '"drone" is not a class of arms; armed drones such as TB2 are uav, one-way drones such as Skydagger loitering'
    """
    known = tuple(classes)
    said = f"{shown_value(value)} is not a class of arms"
    word = value.strip().lower() if isinstance(value, str) else ""
    if word in DRONES:
        return f"{said}; armed drones such as TB2 are uav, one-way drones such as Skydagger loitering"
    meant = OTHER_CLASSES.get(word) or next(iter(near_names(word, known)), None)
    if meant in known:
        means = {"uav": " (armed drones)", "loitering": " (one-way drones)", "arms": " (all other equipment)"}
        return f'{said}; did you mean "{meant}"?{means.get(meant, "")}'
    return f"{said}; choose {listed(known)} (uav: armed drones, loitering: one-way drones, arms: all other equipment)"
