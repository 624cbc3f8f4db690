"""Which region the model is about: who plays which part in it, and what its flashpoint is called; `seeds/region.yaml`."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, Strict

from sim.data.actors import load_actors, named, whose
from sim.io import templates
from sim.io.assets import data_file, region_folder, shipped_regions
from sim.io.csv_reader import MAX_TABLE
from sim.io.errors import Steps, listed, refusal, suggestion
from sim.io.files import decoded, read_bytes
from sim.io.schema import Schema, validated
from sim.io.yaml_reader import read_yaml

DECIDING = (
    ("calibration", "parameters.yaml"),
    ("seeds", "actors.yaml"),
    ("seeds", "region.yaml"),
    ("seeds", "context.csv"),
)
"""What decides the numbers of a region."""
MAX_MODULE = 20_000_000  # bytes
Words = Annotated[str, Field(min_length=1)]
Codes = Annotated[tuple[str, ...], Field(min_length=1), Strict(False)]


class Region(Schema):
    """The parts that actors play, by code, and the words for what lies between the two sides.

    sides      : of the flashpoint; tension, dialogue and incidents are theirs
    guarded    : the side that promises protect, that patrons give grants to
    supplier   : whose offers, image and influence are followed; it may be a side
    reproached : words of the first side about it raise tension
    clients    : of patrons
    mission    : the peacekeepers, if there are any
    headline   : whose series are told first, and kept in full
    adjective  : of the supplier
    flashpoint : where incidents happen, and in short
    dialogue   : of the two sides, and whose it is in a label
    present    : the scenario of today, which forecasts take; the baseline where none is named
    baseline_note, library_note : sentences below the list of scenarios, and in a new one, on what the baseline leaves out
    example_scenario, example_input : in a new design, what is compared with the baseline, and a line of what varies
    sellers    : whose deliveries to a state pictures show; else those of the supplier
    pushed     : states whose push the table of multipliers shows; else those told first
    groups     : questions of the scenario library, in the order in which a newcomer asks them
    disputed   : figures that are contradicted, by type of event or class of arms, alone or with whose: supplement.SRB, uav.SRB
    spending_figures : the figure of a document on the spending of a state in 2023
    limits, designations : sentences of every report, on what it does not say and on what actors are called
    author       : who is cited as the author of its scenarios
    """

    format_version: Literal[1]
    title: Words
    sides: Annotated[tuple[str, str], Strict(False)]
    guarded: str
    supplier: str
    reproached: str
    clients: Codes
    mission: str | None = None
    headline: Codes
    adjective: Words
    flashpoint: Words
    flashpoint_short: Words
    dialogue: Words
    dialogue_of: Words
    present: str = "baseline"
    baseline_note: str = ""
    library_note: str = ""
    example_scenario: str
    example_input: str
    sellers: dict[str, Codes] = Field({})
    pushed: Codes | None = None
    groups: Annotated[tuple[Words, ...], Strict(False)] = ()
    disputed: dict[str, Codes] = Field({})
    spending_figures: dict[str, str] = Field({})
    limits: Annotated[tuple[Words, ...], Strict(False)] = ()
    designations: Annotated[tuple[Words, ...], Strict(False)] = ()
    author: str = ""

    @property
    def names(self) -> dict[str, Any]:
        """What texts call those who play a part: `{{ region.first }}` in a template, `<first>` in a file of wordings."""
        first, second = self.sides
        buyer = second if first == self.supplier else first
        actors = load_actors()
        return {
            "first_code": first, "first": named(first), "firsts": whose(first), "second_code": second, "second": named(second),
            "guarded": named(self.guarded), "guardeds": whose(self.guarded), "reproached": named(self.reproached),
            "buyer_code": buyer, "buyer": named(buyer), "seller_code": next(iter(actors.mere_suppliers), self.supplier),
            "told": ", ".join(code for code in self.headline if code in actors.states), "states_counted": actors.states_counted,
            "mission": "the peacekeepers" if self.mission is None else actors.short(self.mission),
            "flashpoint": self.flashpoint, "flashpoint_short": self.flashpoint_short, "dialogue": self.dialogue,
            "clients": listed(map(named, self.clients)), "dialogue_of": self.dialogue_of,
            "example_scenario": self.example_scenario, "example_input": self.example_input,
            "limits": self.limits, "designations": self.designations,
        }  # fmt: skip

    @property
    def roles(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Every role, a code that plays it, and the codes that may."""
        actors = load_actors()
        for role, codes, known in (
            ("sides", self.sides, actors.states),
            ("guarded", (self.guarded,), self.sides),
            ("supplier", (self.supplier,), actors.suppliers),
            ("reproached", (self.reproached,), actors.codes),
            ("clients", self.clients, actors.states),
            ("mission", () if self.mission is None else (self.mission,), actors.with_role("peacekeeper")),
            ("headline", self.headline, actors.codes),
            ("pushed", self.pushed or (), actors.states),
            ("sellers", tuple(self.sellers), actors.states),
            ("sellers", tuple(code for sellers in self.sellers.values() for code in sellers), actors.abroad),
            ("spending_figures", tuple(self.spending_figures), actors.states),
        ):
            yield from ((role, code, known) for code in codes)

    @property
    def faults(self) -> Iterator[tuple[Steps, str]]:
        """What does not fit the actor table."""
        for role, code, known in self.roles:
            if code not in known:
                may = suggestion(code, known) or f"; choose {listed(known)}" if known else "; no actor has this role"
                yield (role,), f'"{code}" cannot play this part{may} (seeds/actors.yaml says who takes part)'
        if self.sides[0] == self.sides[1]:
            yield ("sides",), "must be two different states"
        if self.guarded not in self.clients:
            yield ("clients",), f'"{self.guarded}" is the guarded side and must be among them; add it'
        if not load_actors().backers:
            yield (), "no actor has the roles supplier and patron; the model needs one (seeds/actors.yaml)"
        keepers = load_actors().with_role("peacekeeper")
        if self.mission is None and keepers:
            yield (), f"mission is missing; write mission: {keepers[0]}, or take the role peacekeeper from {keepers[0]}"
        if len(keepers) > 1:
            yield ("mission",), f"only one actor may have the role peacekeeper, and {listed(keepers, 'and')} have it"


@cache
def region() -> Region:
    """The region that this program is about. InputError lists all that is wrong with its file."""
    document = read_yaml(data_file("seeds", "region.yaml"))
    found = validated(Region, document)
    document.refuse(found.faults)
    templates.NAMES |= found.names
    return found


@cache
def in_identity() -> dict[str, Any]:
    """What an identity says of the region: its title, and the SHA-256 of each file that decides its numbers; nothing of ours. A
    compiled model decides none: it gives the bits of the equations, or is refused."""
    if region_folder() is None:
        return {}
    return {
        "region": {
            "title": region().title,
            "sha256": {"/".join(parts): _digest(data_file(*parts)) for parts in DECIDING},
        }
    }


def _digest(file: Path) -> str:
    """SHA-256 of what a file says, whatever its layout."""
    held = repr(read_yaml(file).data) if file.suffix == ".yaml" else decoded(read_bytes(file, MAX_TABLE), file)
    return hashlib.sha256(held.encode()).hexdigest()


def region_option() -> tuple[str, ...]:
    """The option that names the region on a command line: a shipped one by its name, a folder from here; nothing of ours."""
    if (folder := region_folder()) is None:
        return ()
    return "--region", folder.name if folder in shipped_regions().values() else os.path.relpath(folder)


def refuse_other(file: Path, identity: Any) -> None:
    """InputError where a folder's numbers are of another region than this program is about."""
    made, here = identity.get("region") if isinstance(identity, Mapping) else None, in_identity().get("region")
    if made == here:
        return
    title = str(made.get("title") or "another") if isinstance(made, Mapping) else "another"
    if made is None or here is None:
        remedy = "leave --region out" if made is None else "name its folder with --region"
        raise refusal(file, f"is not of the region {region().title}, but of {title}; {remedy}")
    before = made.get("sha256") if isinstance(made, Mapping) else None
    before = before if isinstance(before, Mapping) else {}
    differing = [name for name, digest in here["sha256"].items() if before.get(name) != digest] or ["seeds/region.yaml"]
    other = f"with other data than the chosen folder holds ({here['title']}): {listed(differing, 'and')}"
    raise refusal(file, f"was made of the region {title} {other}; make it anew")
