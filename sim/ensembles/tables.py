"""The CSV tables of a fit: which columns each has, and what may stand in them."""

from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from sim.io.csv_reader import CsvRow, Name, Names, TrueOrFalse
from sim.model.distributions import LegalRange

BINS = 10


def _in_order(quantiles: tuple[float, ...] | None) -> tuple[float, ...] | None:
    if quantiles is not None and list(quantiles) != sorted(quantiles):
        raise ValueError("the quantiles are out of order: a lower one is above a higher one")
    return quantiles


def _all_or_none(cells: object) -> object:
    if not isinstance(cells, tuple) or "" not in cells:
        return cells
    if any(cells):
        raise ValueError("some quantiles are blank and some are not; give all three or none")
    return None


class Range(NamedTuple):
    """The 5 %, 50 % and 95 % quantiles of a quantity."""

    low: float
    middle: float
    high: float


Positive = Annotated[float, AfterValidator(LegalRange(low=0.0).check)]
SHARE = LegalRange(0.0, 1.0)
Ordered = AfterValidator(_in_order)
BLANK = BeforeValidator(lambda cell: None if cell == "" else cell)  # not known, or without meaning
PRIOR_AND_POSTERIOR = {
    which: tuple(f"{which}_{quantile}" for quantile in ("q05", "q50", "q95")) for which in ("prior", "posterior")
}


class FittedParameter(CsvRow):
    """A row of parameters.csv: one fitted number before and after the figures.

    sd_ratio : posterior over prior standard deviation, on the scale on which the prior is standard normal
    shift    : move of the mean on that scale, in prior standard deviations
    moments  : ids of the moments that informed it, strongest first
    """

    joined: ClassVar = PRIOR_AND_POSTERIOR
    identity: ClassVar = ("key",)

    key: Name
    unit: str
    group: Name
    meaning: str
    prior_kind: Literal["lognormal", "normal", "half_normal", "uniform", "one_plus_lognormal"]
    prior: Annotated[Range, Ordered]
    posterior: Annotated[Range, Ordered]
    sd_ratio: Positive
    shift: float
    word: Literal["pinned", "bounded", "assumed"]
    moments: Names

    @field_validator("prior")
    @classmethod
    def _varies(cls, prior: Range) -> Range:
        if prior.low == prior.high:
            raise ValueError("the prior does not vary; a fixed parameter has no row here")
        return prior

    @property
    def name(self) -> str:
        """The parameter without its index: `reaction` of `reaction.SRB`."""
        return self.key.partition(".")[0]

    @property
    def is_assumed(self) -> bool:
        return self.word == "assumed"


class FittedMoment(CsvRow):
    """A row of moments.csv: one thing that the model was asked to reproduce.

    observed : as text, a number or words
    prior, posterior : of the quantity as simulations predict it; None where a range means nothing
    rank     : share of posterior simulations below what was observed; None where that means nothing
    """

    joined: ClassVar = PRIOR_AND_POSTERIOR
    identity: ClassVar = ("id",)

    id: Name
    documents: Names = Field(alias="document")
    what: Name
    figures: Names
    kind: str
    unit: str
    observed: Name
    error: str
    prior: Annotated[Range | None, BeforeValidator(_all_or_none), Ordered]
    posterior: Annotated[Range | None, BeforeValidator(_all_or_none), Ordered]
    rank: Annotated[float | None, AfterValidator(lambda value: value and SHARE.check(value)), BLANK]
    is_inside_90: Annotated[TrueOrFalse | None, BLANK] = Field(alias="inside_90")
    explanation: str

    @property
    def is_outside(self) -> bool:
        return self.is_inside_90 is False


class Ranks(CsvRow):
    """A row of sbc.csv: how often the true value had each rank among the draws, and how likely that is by chance."""

    joined: ClassVar = {"counts": tuple(f"bin_{number}" for number in range(BINS))}
    identity: ClassVar = ("key",)

    key: Name
    counts: tuple[Positive, ...]
    p_value: Annotated[float, AfterValidator(SHARE.check)]

    @field_validator("counts")
    @classmethod
    def _counted(cls, counts: tuple[float, ...]) -> tuple[float, ...]:
        if not any(counts):
            raise ValueError("all counts are zero; leave the row out")
        return counts


class ForecastCell(CsvRow):
    """A row of table1_forecast.csv: Turkish exports to a buyer in a year that the fit had not seen, million US$."""

    joined: ClassVar = {"quantiles": ("q05", "q25", "q50", "q75", "q95")}
    identity: ClassVar = ("buyer", "year")

    buyer: Name
    year: int
    observed: Positive = Field(alias="observed_musd")
    quantiles: Annotated[tuple[Positive, Positive, Positive, Positive, Positive], Ordered]
    is_inside_90: TrueOrFalse = Field(alias="inside_90")
    explanation: str

    @property
    def is_inside_50(self) -> bool:
        return self.quantiles[1] <= self.observed <= self.quantiles[3]


class LeftOut(CsvRow):
    """A row of leave_one_out.csv: a conclusion with all documents, and without one of them."""

    document: Name
    conclusion: Name
    with_all: str
    without: str
    is_flipped: TrueOrFalse = Field(alias="flips")
