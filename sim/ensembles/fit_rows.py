"""What the tables of a fit hold, row by row. `line` is where in its file a row stands."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Range:
    """The 5 %, 50 % and 95 % quantiles of a quantity."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Parameter:
    """A row of parameters.csv: one fitted number before and after the figures.

    sd_ratio : posterior over prior standard deviation, on the scale on which the prior is standard normal
    shift    : move of the mean on that scale, in prior standard deviations
    word     : pinned | bounded | assumed
    moments  : ids of the moments that informed it, strongest first
    """

    line: int
    key: str
    unit: str
    group: str
    meaning: str
    prior_kind: str
    prior: Range
    posterior: Range
    sd_ratio: float
    shift: float
    word: Literal["pinned", "bounded", "assumed"]
    moments: tuple[str, ...]

    @property
    def name(self) -> str:
        """The parameter without its index: `reaction` of `reaction.SRB`."""
        return self.key.partition(".")[0]

    @property
    def is_assumed(self) -> bool:
        return self.word == "assumed"


@dataclass(frozen=True)
class Moment:
    """A row of moments.csv: one thing that the model was asked to reproduce.

    observed : as text, a number or words
    prior, posterior : of the quantity as simulated worlds predict it; None where a range means nothing
    rank     : share of posterior worlds below what was observed; None where that means nothing
    """

    line: int
    id: str
    documents: tuple[str, ...]
    what: str
    figures: tuple[str, ...]
    kind: str
    unit: str
    observed: str
    error: str
    prior: Range | None
    posterior: Range | None
    rank: float | None
    is_inside_90: bool | None
    explanation: str

    @property
    def is_outside(self) -> bool:
        return self.is_inside_90 is False


@dataclass(frozen=True)
class Ranks:
    """A row of sbc.csv: how often the true value had each rank among the draws, and how likely that is by chance."""

    line: int
    key: str
    counts: tuple[float, ...]
    p_value: float


@dataclass(frozen=True)
class Forecast:
    """A row of table1_forecast.csv: Turkish exports to a buyer in a year that the fit had not seen, million US$."""

    line: int
    buyer: str
    year: int
    observed: float
    quantiles: tuple[float, float, float, float, float]
    is_inside_90: bool
    explanation: str

    @property
    def is_inside_50(self) -> bool:
        return self.quantiles[1] <= self.observed <= self.quantiles[3]


@dataclass(frozen=True)
class LeftOut:
    """A row of leave_one_out.csv: a conclusion with all documents, and without one of them."""

    line: int
    document: str
    conclusion: str
    with_all: str
    without: str
    is_flipped: bool
