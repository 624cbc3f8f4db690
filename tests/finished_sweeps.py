"""Finished sweeps of known functions, written as `armsrace sweep` writes them."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from sim.io.provenance import digest_of

Model = Callable[..., np.ndarray]


def write_sweep(
    folder: Path,
    points: np.ndarray,
    models: dict[str, dict[str, Model]],
    *,
    names: Sequence[str] = (),
    kind: str = "latin-hypercube",
    members: int = 1,
    metrics: Sequence[dict] = (),
    groups: Mapping[str, tuple[str, str]] | None = None,
    failed: Sequence[int] = (),
    **design,
) -> Path:
    """A sweep's folder.

    models  : scenario -> metric -> function of the points (points, inputs) and the member
    groups  : input -> actor and mechanism
    metrics : entries of the manifest where more than a name is to be said
    failed  : numbers of runs that failed
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = list(names) or [f"x{place + 1}" for place in range(points.shape[1])]
    table = folder / "runs.parquet"
    runs_table(points, names, models, members, list(failed)).to_parquet(table)
    said = {entry["name"]: entry for entry in metrics}
    outcomes = dict.fromkeys(metric for one in models.values() for metric in one)
    manifest = {
        "format_version": 1,
        "kind": "sweep",
        "complete": True,
        "runs_sha256": digest_of(table),
        "points": len(points),
        "members": members,
        "chunk_runs": 100,
        "design": {"kind": kind, **design},
        "name": folder.name,
        "seed": 1,
        "inputs": [said_of_input(*one, groups or {}) for one in zip(names, points.T, strict=True)],
        "metrics": [said.get(name, {"name": name, "variable": "", "unit": ""}) for name in outcomes],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def said_of_input(name: str, column: np.ndarray, groups: Mapping[str, tuple[str, str]]) -> dict:
    """What the manifest says of an input."""
    return {
        "name": name,
        "low": float(column.min()),
        "high": float(column.max()),
        "distribution": {"uniform": [0, 1]},
        "unit": "1",
        "actor": groups.get(name, ("all", ""))[0],
        "mechanism": groups.get(name, ("", "other"))[1],
    }


def runs_table(
    points: np.ndarray, names: Sequence[str], models: dict[str, dict[str, Model]], members: int, failed: list[int]
) -> pd.DataFrame:
    """The table of a sweep: a row for each point, member and scenario."""
    rows = []
    for member in range(members):
        for place, (scenario, outcomes) in enumerate(models.items()):
            frame = pd.DataFrame(points, columns=names)
            frame.insert(0, "point", np.arange(len(points)))
            frame.insert(1, "member", member)
            frame.insert(2, "scenario", scenario)
            frame.insert(3, "seed", 1)
            frame["_order"] = place
            for metric, model in outcomes.items():
                frame[metric] = model(points, member)
            rows.append(frame)
    runs = pd.concat(rows).sort_values(["point", "member", "_order"], kind="stable", ignore_index=True)
    runs = runs.drop(columns="_order")
    runs.insert(0, "run", runs["point"] * members + runs["member"])
    runs.insert(5, "status", np.where(runs["run"].isin(failed), "failed", "done"))
    runs.insert(6, "error", np.where(runs["run"].isin(failed), "ran away", ""))
    outcomes = dict.fromkeys(metric for one in models.values() for metric in one)
    runs.loc[runs["status"] == "failed", list(outcomes)] = np.nan
    return runs


def ishigami(points: np.ndarray, member: int = 0) -> np.ndarray:
    """On -pi to pi; with a = 7 and b = 0.1 the indices are those of ISHIGAMI_FIRST and ISHIGAMI_TOTAL."""
    x1, x2, x3 = points.T[:3]
    return np.sin(x1) + 7.0 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)


# Worked by hand: V1 = (1 + b pi^4 / 5)^2 / 2, V2 = a^2 / 8, V13 = b^2 pi^8 (1/18 - 1/50), over their sum.
_V1, _V2, _V13 = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 49 / 8, 0.01 * np.pi**8 * (1 / 18 - 1 / 50)
ISHIGAMI_FIRST = np.array([_V1, _V2, 0.0]) / (_V1 + _V2 + _V13)
ISHIGAMI_TOTAL = np.array([_V1 + _V13, _V2, _V13]) / (_V1 + _V2 + _V13)
G_WEIGHTS = np.array([0.0, 1.0, 4.5, 99.0])


def g_function(points: np.ndarray, member: int = 0) -> np.ndarray:
    """Sobol's g-function on 0 to 1 with G_WEIGHTS."""
    return np.prod((np.abs(4.0 * points - 2.0) + G_WEIGHTS) / (1.0 + G_WEIGHTS), axis=1)


_PARTS = 1.0 / (3.0 * (1.0 + G_WEIGHTS) ** 2)
_ALL = np.prod(1.0 + _PARTS) - 1.0
G_FIRST = _PARTS / _ALL
G_TOTAL = _PARTS * (np.prod(1.0 + _PARTS) / (1.0 + _PARTS)) / _ALL


def spread_out(count: int, inputs: int, low: float = 0.0, high: float = 1.0, seed: int = 5) -> np.ndarray:
    """A Latin hypercube."""
    from scipy.stats import qmc

    return low + (high - low) * qmc.LatinHypercube(inputs, rng=seed).random(count)


def exchanged(
    n: int, inputs: int, low: float = 0.0, high: float = 1.0, *, second_order: bool = False, **more
) -> np.ndarray:
    """Saltelli's layout."""
    from SALib.sample import sobol

    bounds = [[low, high]] * inputs
    problem = {"num_vars": inputs, "names": [f"x{place}" for place in range(inputs)], "bounds": bounds, **more}
    return sobol.sample(problem, n, calc_second_order=second_order, seed=3)


def trajectories(n: int, inputs: int, low: float = 0.0, high: float = 1.0, **more) -> np.ndarray:
    """Morris' layout with four levels."""
    from SALib.sample import morris

    bounds = [[low, high]] * inputs
    problem = {"num_vars": inputs, "names": [f"x{place}" for place in range(inputs)], "bounds": bounds, **more}
    return morris.sample(problem, n, num_levels=4, seed=3)
