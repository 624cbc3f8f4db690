"""Uncertain parameters on the scale on which their prior is standard normal, and back."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from sim.engines.compiled.engine import values_at
from sim.model.distributions import Distribution
from sim.model.parameter_table import ParameterTable
from sim.model.random_numbers import PARAMETER, channel_of, uniforms

Values = NDArray[np.float64]
EDGE = 2.0**-53


@dataclass(frozen=True)
class NormalScale:
    """The uncertain parameters of a table and the observation parameters of the moments.

    keys       : names, the model's first
    priors     : their distributions
    of_model   : how many belong to the model
    """

    keys: tuple[str, ...]
    priors: tuple[Distribution, ...]
    of_model: int

    @classmethod
    def of(cls, table: ParameterTable, observation: Mapping[str, Distribution]) -> "NormalScale":
        known = dict(zip(table.keys, table.distributions, strict=True))
        priors = tuple(known[key] for key in table.uncertain)
        return cls((*table.uncertain, *observation), (*priors, *observation.values()), len(priors))

    def prior_scores(self, seed: int, members: NDArray[np.int64]) -> Values:
        """Normal scores of the draws that members make, (parameters, members)."""
        shares = [uniforms(seed, members, 0, channel_of(key), PARAMETER) for key in self.keys]
        return ndtri(np.array(shares))

    def values(self, scores: Values) -> tuple[Values, Values]:
        """Parameters of the model (of_model, members) and of the observation, from their normal scores."""
        out: Values = values_at(self.priors, np.clip(ndtr(scores), EDGE, 1.0 - EDGE))
        return out[: self.of_model], out[self.of_model :]
