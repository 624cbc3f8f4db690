"""The fitted ensembles: which exist, which one runs take by default, and their draws.

A fit is a folder that `armsrace calibrate` wrote: `calibration/fits/<id>/` for the one that ships with the project, any
folder for one's own.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.io.assets import data_file, is_there
from sim.io.errors import InputError, format_fault, guess, refusal
from sim.io.files import read_json

if TYPE_CHECKING:
    from sim.ensembles.draws import FitDraws
    from sim.model.parameter_table import ParameterTable

PRIOR = "prior"
DEFAULT_FIT = "documents-2025"
DRAWS, MANIFEST = "draws.parquet", "manifest.json"


def shipped_fits() -> tuple[str, ...]:
    """Names of the fits that ship with the project."""
    if not is_there("calibration", "fits"):
        return ()
    folder = data_file("calibration", "fits")
    return tuple(sorted(file.parent.name for file in folder.glob(f"*/{MANIFEST}")))


def chosen(name: str) -> str:
    """The ensemble that a name means: where the default is none of the region's, its own first one, or else the priors."""
    known = shipped_fits()
    return next(iter(known), PRIOR) if name == DEFAULT_FIT and name not in known else name


def fit_names() -> tuple[str, ...]:
    """What `--ensemble` takes besides a folder."""
    return (*shipped_fits(), PRIOR)


def fit_folder(name: str) -> Path:
    """Folder of a fit by its name or its path; InputError names the fits that exist."""
    if name in shipped_fits():
        return data_file("calibration", "fits", name)
    if (Path(name) / MANIFEST).is_file():
        return Path(name)
    known = fit_names()
    message = f'"{name}" is not one of {", ".join(known)}, nor a folder of a fit{guess(name, known)}'
    raise refusal("options", message, "ensemble")


def fitted(table: "ParameterTable", name: str) -> "ParameterTable":
    """The table with the draws of a fit; "prior" leaves it as it is. InputError if the fit is none for these priors."""
    name = chosen(name)
    return table if name == PRIOR else table.with_draws(load_fit(name))


def load_fit(name: str) -> "FitDraws":
    """Draws of a fit by its name or its path."""
    from sim.model.parameters import load_parameters  # commands name the default fit and load no parameters for it

    return _draws(fit_folder(name).resolve(), load_parameters().digest)


def newcomers(name: str) -> tuple[str, ...]:
    """Actors that came into the model after a fit was made; their numbers are drawn from the priors."""
    from sim.model.parameters import load_parameters

    return () if name == PRIOR else load_parameters().newcomers(load_fit(name).keys)


@cache
def _draws(folder: Path, _priors: str) -> "FitDraws":
    """The draws in a folder, if they were made for the priors of today, less those of newcomers and of new parameters that are zero by
    default; read again when the priors change."""
    import numpy as np

    from sim.ensembles.draws import FitDraws, read_draws
    from sim.model.parameters import load_parameters

    manifest = read_manifest(folder)
    draws = read_draws(folder / DRAWS)
    known = load_parameters().without(load_parameters().newcomers(draws))
    if "parameters" in manifest:
        known = known.before(manifest["parameters"])
    if manifest["parameters_sha256"] != known.digest:
        message = (
            "this fit was made for other priors than those of calibration/parameters.yaml; make a new one with "
            "`armsrace calibrate`, or run with --ensemble prior"
        )
        raise refusal(folder, message)
    return FitDraws(manifest["id"], tuple(draws), np.array(list(draws.values())))


def read_manifest(folder: Path) -> dict[str, Any]:
    """Manifest of a fit; InputError if it is none."""
    file = folder / MANIFEST
    try:
        manifest: dict[str, Any] = read_json(file)
        is_manifest = isinstance(manifest["id"], str) and isinstance(manifest["parameters_sha256"], str)
        fault = format_fault(manifest["format_version"])
    except InputError:
        raise
    except (OSError, ValueError, KeyError, TypeError):
        is_manifest = False
    if not is_manifest:
        raise refusal(file, "is not the manifest of a fit; make one with `armsrace calibrate`")
    if fault is not None:
        raise refusal(file, fault, "format_version")
    return manifest
