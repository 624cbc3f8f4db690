"""Random scenarios drawn from the schema of scenario files, with numbers at the ends of what it allows as often as between."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from sim.io.errors import InputError
from sim.scenario.json_schema import scenario_json_schema
from sim.scenario.loading import Scenario, load_scenario

MOST_EVENTS, MOST_PARAMETERS = 8, 12
TRIES = 10  # of an event, until the reader takes one
LARGE = 1e6  # in place of an end that the schema leaves open


class Drawn:
    """Values that a JSON Schema allows, more or less; the reader of scenarios has the last word."""

    def __init__(self, chance: np.random.Generator) -> None:
        self.chance = chance
        self.schema: dict[str, Any] = scenario_json_schema()

    def one_of(self, choices: list[Any]) -> Any:
        return choices[int(self.chance.integers(len(choices)))]

    def value(self, schema: dict[str, Any]) -> Any:
        """A value that a part of the schema allows."""
        if "$ref" in schema:
            return self.value(self.schema["$defs"][schema["$ref"].rpartition("/")[2]])
        for several in ("anyOf", "oneOf"):
            if several in schema:
                return self.value(self.one_of(schema[several]))
        if "const" in schema or "enum" in schema:
            return schema["const"] if "const" in schema else self.one_of(schema["enum"])
        kinds = {
            "number": self.number,
            "integer": self.whole,
            "string": self.text,
            "array": self.row,
            "object": self.mapping,
        }
        return kinds[schema["type"]](schema) if schema["type"] in kinds else self.one_of([True, False])

    def ends(self, schema: dict[str, Any]) -> tuple[float, float]:
        low, high = schema.get("minimum", schema.get("exclusiveMinimum", -LARGE)), schema.get("maximum", LARGE)
        return (math.nextafter(low, math.inf) if "exclusiveMinimum" in schema else low), high

    def number(self, schema: dict[str, Any]) -> float:
        low, high = self.ends(schema)
        near = low + (high - low) * float(self.chance.random()) ** 4  # small values of wide ranges, too
        return float(self.one_of([low, high, near, near]))

    def whole(self, schema: dict[str, Any]) -> int:
        low, high = self.ends(schema)
        return int(self.chance.integers(int(low), int(high), endpoint=True))

    def text(self, schema: dict[str, Any]) -> str:
        if "Q" in schema.get("pattern", ""):
            return f"{int(self.chance.integers(2018, 2036))}Q{int(self.chance.integers(1, 5))}"
        return f"x{int(self.chance.integers(10**9))}"

    def row(self, schema: dict[str, Any]) -> list[Any]:
        if "prefixItems" in schema:
            return [self.value(part) for part in schema["prefixItems"]]
        least = schema.get("minItems", 0)
        return [self.value(schema["items"]) for _ in range(int(self.chance.integers(least, least + 2)))]

    def mapping(self, schema: dict[str, Any]) -> dict[str, Any]:
        parts, needed = schema.get("properties", {}), schema.get("required", [])
        if schema.get("maxProperties") == 1:
            needed = [self.one_of(list(parts))]
            parts = {needed[0]: parts[needed[0]]}
        return {name: self.value(part) for name, part in parts.items() if name in needed or self.chance.random() < 0.5}

    def event(self) -> dict[str, Any]:
        """An event: the example of its type with some fields drawn anew, and some added."""
        types = self.schema["properties"]["events"]["items"]["oneOf"]
        schema = self.schema["$defs"][self.one_of(types)["$ref"].rpartition("/")[2]]
        anew = {name: self.value(part) for name, part in schema["properties"].items() if self.chance.random() < 0.4}
        return {**schema["examples"][0], "at": self.text({"pattern": "Q"}), **anew}

    def parameters(self) -> dict[str, Any]:
        known = self.schema["properties"]["parameters"]["properties"]
        names = self.chance.choice(list(known), int(self.chance.integers(MOST_PARAMETERS + 1)), replace=False)
        return {str(name): self.value(known[name]) for name in names}


def random_scenarios(count: int, seed: int, folder: Path) -> Iterator[Scenario]:
    """Scenarios that the reader takes; what it refuses of a draw is left out."""
    drawn = Drawn(np.random.default_rng(seed))
    for number in range(count):
        content: dict[str, Any] = {
            "format_version": 1,
            "title": f"Random {number}",
            "question": "What then?",
            "parameters": {},
        }
        file, events = folder / f"random-{number}.yaml", []
        if drawn.chance.random() < 0.5:
            content["extends"] = "baseline"
        for key, value in drawn.parameters().items():
            attempt = {**content, "parameters": {**content["parameters"], key: value}}
            content = attempt if is_taken(attempt, file) else content
        for place in range(int(drawn.chance.integers(1, MOST_EVENTS + 1))):
            for _ in range(TRIES):
                attempt = {**content, "events": [*events, {**drawn.event(), "id": f"event-{place}"}]}
                if is_taken(attempt, file):
                    content, events = attempt, attempt["events"]
                    break
        file.write_text(yaml.safe_dump(content), encoding="utf-8")
        yield load_scenario(file)


def is_taken(content: dict[str, Any], file: Path) -> bool:
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    try:
        load_scenario(file)
    except InputError:
        return False
    return True
