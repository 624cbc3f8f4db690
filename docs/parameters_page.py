"""The page of the parameters, read off `calibration/parameters.yaml`."""

from collections.abc import Iterator

from tables import header, row

from sim.data.tables import sources
from sim.model.distributions import Distribution
from sim.model.parameter_table import Parameter
from sim.model.parameters import load_parameters
from sim.report.event_text import number, prior_words


def parameter_lines() -> Iterator[str]:
    """Every parameter by group."""
    parameters = load_parameters().parameters
    for group in dict.fromkeys(parameter.group for parameter in parameters):
        yield from (f"## {group}", "")
        yield from header("parameter", "symbol", "meaning", "unit", "default", "prior", "range", "status", "source")
        members = [parameter for parameter in parameters if parameter.group == group]
        yield from map(parameter_row, members)
        yield ""
        for parameter in members:
            yield from source_lines(parameter)


def source_lines(parameter: Parameter) -> Iterator[str]:
    """The numbers of a parameter that have a source of their own, each with its value and its place."""
    if parameter.cited:
        yield from (f"Sources of `{parameter.name}`, number by number:", "")
        yield from header("number", "value", "source", "date", "place")
        values = dict(zip(parameter.suffixes, map(middle, parameter.priors), strict=True))
        for suffix, (source, place) in parameter.cited.items():
            yield row(f"`{parameter.name}.{suffix}`", number(values[suffix]), source, sources()[source]["date"], place)
        yield ""


def parameter_row(parameter: Parameter) -> str:
    """A parameter in one line; of an index the span of its numbers."""
    values = [middle(prior) for prior in parameter.priors]
    default = number(values[0]) if min(values) == max(values) else f"{number(min(values))} to {number(max(values))}"
    index = f" by {' and '.join(parameter.index)} ({len(parameter.keys)} numbers)" if parameter.index else ""
    return row(
        f"`{parameter.name}`{index}",
        parameter.symbol,
        parameter.meaning,
        parameter.unit,
        default,
        prior_words(parameter.priors[0]),
        f"{number(parameter.low)} to {number(parameter.high)}",
        parameter.status,
        parameter.source,
    )


def middle(prior: Distribution) -> float:
    return prior.centre + (0.5 * prior.spread if prior.kind == "uniform" else 0.0)
