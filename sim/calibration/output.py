"""Writing the files of a fit: draws, tables of parameters and moments, checks, manifest."""

import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.analysis.output import write_cells
from sim.calibration import smc
from sim.calibration.findings import REJECTED, Findings
from sim.calibration.posterior_predictive import short
from sim.calibration.stages import course_of
from sim.engines.simulate import equations_digest
from sim.ensembles.draws import FitDraws
from sim.ensembles.tables import BINS
from sim.model.parameters import load_parameters
from sim.version import __version__

FILES = (
    "draws.parquet", "parameters.csv", "moments.csv", "sbc.csv", "table1_forecast.csv", "leave_one_out.csv",
    "diagnostics.json", "manifest.json",
)  # fmt: skip
PACKAGES = ("numpy", "pyarrow", "scipy", "wasmtime")


def write_fit(findings: Findings, folder: Path, name: str, manifest: Mapping[str, Any]) -> None:
    """Write the files of a fit into an empty folder."""
    calibration = findings.calibration
    _write_draws(folder / "draws.parquet", findings.draws(name))
    _write_csv(folder / "parameters.csv", findings.parameters())
    _write_csv(folder / "moments.csv", findings.moment_rows())
    diagnostics: dict[str, Any] = {**vars(course_of(calibration.kept, "fit-0")), "prior_recovery": findings.recovery()}
    if calibration.effort.sets:
        ranks, forecast, left_out = findings.ranks(), findings.table1(), findings.left_out()
        _write_csv(folder / "sbc.csv", ranks)
        if forecast:  # moments of one's own may hold no row of Table 1
            _write_csv(folder / "table1_forecast.csv", forecast)
            diagnostics["forecast"] = _coverage(forecast)
        _write_csv(folder / "leave_one_out.csv", left_out)
        diagnostics["sbc"] = _sbc(ranks, calibration.effort.sets)
    write_json(folder / "diagnostics.json", diagnostics)
    write_json(folder / "manifest.json", {**_manifest(findings, name), **manifest})


def _manifest(findings: Findings, name: str) -> dict[str, Any]:
    calibration = findings.calibration
    grouped = np.array([group.scores.T for group in findings.groups])
    reached = len(course_of(calibration.kept, "fit-0").temperatures)
    prior_size = smc.effective_size(calibration.prior.fits)
    return {
        "format_version": 1,
        "id": name,
        "model_version": load_parameters().model_version,
        "parameters_sha256": load_parameters().digest,
        "parameters": list(load_parameters().names),
        "moments_sha256": calibration.moments.digest,
        "equations": equations_digest(),
        "seed": calibration.seed,
        "method": (
            f"tempered sequential Monte Carlo in {len(findings.groups)} independent groups, because weighting the prior "
            f"ensemble alone leaves an effective size of {prior_size:.3g}; {reached} powers of the likelihood, "
            "preconditioned Crank-Nicolson moves"
        ),
        "prior_members": calibration.effort.members,
        "draws": findings.scores.shape[1],
        "ess": short(findings.size),
        "ess_prior": short(prior_size),
        "rhat_max": short(float(smc.potential_scale_reduction(grouped).max())),
        "is_quick": calibration.effort.sets == 0,
        "versions": {"balkan-armsrace": __version__, **{name: version(name) for name in PACKAGES}},
    }


def _sbc(ranks: list[dict[str, Any]], sets: int) -> dict[str, Any]:
    worst = min(ranks, key=lambda row: row["p_value"])
    return {
        "sets": sets, "bins": BINS, "worst_key": worst["key"], "worst_p": worst["p_value"],
        "rejected": sum(row["p_value"] < REJECTED for row in ranks), "expected_rejected": short(REJECTED * len(ranks)),
    }  # fmt: skip


def _coverage(forecast: list[dict[str, Any]]) -> dict[str, int]:
    return {
        "cells": len(forecast),
        "inside_50": sum(bool(row["q25"] <= row["observed_musd"] <= row["q75"]) for row in forecast),
        "inside_90": sum(row["inside_90"] == "true" for row in forecast),
    }


def _write_draws(file: Path, draws: FitDraws) -> None:
    columns = {key: pa.array(row.astype(np.float32)) for key, row in zip(draws.keys, draws.values, strict=True)}
    with file.open("wb") as sink:
        pq.write_table(pa.table(columns), sink, compression="zstd", use_dictionary=False, use_byte_stream_split=True)


def _write_csv(file: Path, rows: list[dict[str, Any]]) -> None:
    write_cells(file, list(rows[0]), (list(row.values()) for row in rows))


def write_json(file: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON document in the order of its keys."""
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
