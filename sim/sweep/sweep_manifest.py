"""What the manifest of a sweep says, and what tells one sweep from another."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.io.errors import FORMAT_VERSION
from sim.model.parameters import load_parameters
from sim.io.provenance import made_with
from sim.sweep.design import Design
from sim.sweep.metrics import Metric
from sim.sweep.samplers import ends_of

PACKAGES = ("numba", "numpy", "pyarrow", "SALib", "scipy")


def identity_of(design: Design) -> dict[str, Any]:
    """Everything that decides the rows of a sweep."""
    spec = {name: value for name, value in design.plain().items() if name not in ("title", "comment")}
    table = load_parameters()
    parts = {name: spec.pop(name) for name in ("design", "vary", "fixed", "metrics", "members", "seed")}
    rest = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()
    return {**parts, "scenarios": rest, "parameters": table.digest, "model_version": table.model_version}


def said_of(design: Design, metrics: Sequence[Metric], points: NDArray[np.float64], chunk_runs: int) -> dict[str, Any]:
    """What the manifest says from the beginning.

    points : (inputs, points)
    """
    content = design.content
    low, high = ends_of(points)
    inputs = [
        {
            "name": one.key, "unit": one.unit, "low": low[place], "high": high[place], "actor": one.actor,
            "mechanism": one.mechanism, "group": one.group(getattr(content.design, "group_by", None)),
            "distribution": None if one.distribution is None else one.distribution.plain(),
        }
        for place, one in enumerate(design.inputs)
    ]  # fmt: skip
    chosen = content.design.model_dump(mode="json")
    if chosen.get("seed", 0) is None:
        chosen["seed"] = content.seed
    return {
        "format_version": FORMAT_VERSION,
        "kind": "sweep",
        "name": design.name,
        "title": content.title,
        "comment": content.comment,
        "identity": identity_of(design),
        "design": chosen,
        "inputs": inputs,
        "fixed": content.fixed,
        "metrics": [one.plain() for one in metrics],
        "scenarios": [
            {"name": side.name, "reading": side.reading, "sha256": side.scenario.digest, **side.scenario.resolved()}
            for side in design.sides
        ],
        "fit": content.fit,
        "members": content.members,
        "points": points.shape[1],
        "seed": content.seed,
        "until": content.until,
        "common_random_numbers": content.common_random_numbers,
        "chunk_runs": chunk_runs,
        **made_with(PACKAGES),
    }  # fmt: skip
