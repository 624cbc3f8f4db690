"""What a scenario file may say, as a JSON Schema: editors complete and check a file with it."""

from typing import Any

from sim.data.actors import load_actors
from sim.model.parameter_table import ParameterTable
from sim.model.parameters import CLASSES, load_parameters
from sim.scenario.fields import COUNTED_CLASSES, LEVEL, QUARTER_PATTERN, TROOPS, VALUE, YEAR_PATTERN, size_schema
from sim.scenario.schema import ScenarioFile

SCHEMA_FILE = "scenario.schema.json"


def scenario_json_schema(table: ParameterTable | None = None) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file, for editors."""
    return scenario_schema(table or load_parameters())


def scenario_schema(table: ParameterTable) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file, with the names and ranges of all parameters and series."""
    schema = ScenarioFile.model_json_schema()
    fields, shared = schema["properties"], schema["$defs"]
    for parameter in table.parameters:
        text = f"{parameter.meaning} [{parameter.unit}]"
        shared[f"parameter-{parameter.name}"] = {**size_schema(parameter.legal), "description": text}
    fields["parameters"] = {
        "type": "object",
        "properties": {key: {"$ref": f"#/$defs/parameter-{key.split('.')[0]}"} for key in table.starts},
        "additionalProperties": False,
    }
    fields["series"] = {"type": "object", "patternProperties": _series_schemas(), "additionalProperties": False}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _series_schemas() -> dict[str, Any]:
    actors = load_actors()
    states, suppliers = "|".join(actors.states), "|".join(actors.suppliers)
    valued = "|".join(name for name in CLASSES if name not in COUNTED_CLASSES)
    level, troops, value = size_schema(LEVEL), size_schema(TROOPS), size_schema(VALUE)
    year_value = value["anyOf"][0]  # a number only, since it is split over the quarters
    return {
        f"^unrest\\.({states})$": _steps_schema({QUARTER_PATTERN: level}),
        "^(dialogue|accession)$": _steps_schema({QUARTER_PATTERN: level}),
        "^kfor\\.troops$": _steps_schema({QUARTER_PATTERN: troops}),
        f"^deliveries\\.({suppliers})\\.({states})\\.({valued})$": _steps_schema(
            {QUARTER_PATTERN: value, YEAR_PATTERN: year_value}
        ),
    }


def _steps_schema(content_by_time: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "patternProperties": content_by_time, "additionalProperties": False}
