"""What a scenario file may say, as a JSON Schema: editors complete and check a file with it."""

import re
from typing import Any

from sim.model.parameter_table import ParameterTable
from sim.model.parameters import load_parameters
from sim.scenario.event import EventBase, unit_of
from sim.scenario.event_types import event_models
from sim.scenario.fields import QUARTER_PATTERN, YEAR_PATTERN, size_schema
from sim.scenario.schema import ScenarioFile

SCHEMA_FILE = "scenario.schema.json"


def scenario_json_schema(table: ParameterTable | None = None) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file, with the names and ranges of all parameters and series."""
    table = table or load_parameters()
    schema = ScenarioFile.model_json_schema()
    fields, shared = schema["properties"], schema["$defs"]
    for parameter in table.parameters:
        text = f"{parameter.meaning} [{parameter.unit}]"
        shared[f"parameter-{parameter.name}"] = {**size_schema(parameter.legal), "description": text}
    fields["parameters"] |= {
        "properties": {key: {"$ref": f"#/$defs/parameter-{key.split('.')[0]}"} for key in table.starts},
        "additionalProperties": False,
    }
    entries = dict(_entries(model) for model in event_models().values() if model.series)
    fields["series"] |= {"patternProperties": entries, "additionalProperties": False}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _entries(model: type[EventBase]) -> tuple[str, dict[str, Any]]:
    """Pattern of the names of a type's series, and the schema of what stands under one."""
    form, fields = model.series, model.model_json_schema(by_alias=True)["properties"]
    assert form is not None
    unit = unit_of(model.model_fields[form.size])
    pattern = re.escape(form.name)
    for name in re.findall("{(.*?)}", form.name):
        codes = form.among.get(name) or fields[name]["enum"]
        pattern = pattern.replace(re.escape(f"{{{name}}}"), f"({'|'.join(codes)})")
    size = {"anyOf": fields[form.size]["anyOf"], "description": f"{form.meaning} [{unit}]"}
    by_time = {QUARTER_PATTERN: size}
    if form.is_flow:
        by_time[YEAR_PATTERN] = size["anyOf"][0]  # a number only, since it is split over the quarters
    return f"^{pattern}$", {"type": "object", "patternProperties": by_time, "additionalProperties": False}
