"""Every uncertain number at its default: the middle of a uniform prior, the median or mean of any other."""

from functools import cache

from sim.model.parameters import ParameterTable, load_parameters


def at_defaults(table: ParameterTable, **over: float) -> ParameterTable:
    """A table with every number at its default, but those that are given."""
    priors = zip(table.keys, table.distributions, strict=True)
    middle = {key: prior.centre + (0.5 * prior.spread if prior.kind == "uniform" else 0.0) for key, prior in priors}
    return table.with_overrides(middle).with_overrides(over)


@cache
def best_guess(**over: float) -> ParameterTable:
    """The model's own table so."""
    return at_defaults(load_parameters(), **over)


def best_guess_without_chance(**over: float) -> ParameterTable:
    return best_guess(**{"chance": 0.0, **over})
