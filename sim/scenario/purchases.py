"""What a purchase costs the state whose budget pays for it: how many of its yearly equipment budgets, and how long it displaces others.

A yearly equipment budget is what a state would spend on equipment in the year of the delivery if nothing happened: its planned
burden times its economy times the share that buys equipment, with every parameter at its middle. Both engines pay a delivery in
instalments out of that sum, see `sim.rules.spending.payment`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sim.data.actors import actor_name
from sim.data.tables import observed_paths
from sim.io.formatting import fixed, number
from sim.io.quarters import FIRST_YEAR, PER_YEAR
from sim.model.calendar import QUARTER
from sim.model.distributions import Distribution
from sim.model.network import network
from sim.model.parameter_table import ParameterTable
from sim.rules import spending
from sim.rules.draws import CODES, drawn_value
from sim.rules.elementary import relaxed
from sim.scenario.event import EventBase
from sim.scenario.events.transfers import Transfer

MOST_BUDGETS = 20.0  # yearly equipment budgets that one purchase may cost
TOLD_FROM = 1.0  # above it a purchase is pointed out
LONGEST = 100  # years after which nobody asks how long a purchase displaces others


@dataclass(frozen=True)
class Purchase:
    """Arms that a state's own budget pays.

    value          : [m USD2023]     the middle of what the file says
    year           : of the delivery, or of an order or offer without a date
    yearly         : [m USD2023/yr]  equipment budget of that year
    taken          : [1]             share of it that the first year's instalments take
    displaced_until : last year in which instalments take all of it; None where they never do
    """

    buyer: str
    value: float
    year: int
    yearly: float
    taken: float
    displaced_until: int | None

    @property
    def budgets(self) -> float:
        """Yearly equipment budgets that it costs."""
        return self.value / self.yearly

    @property
    def is_told(self) -> bool:
        """Whether it is more than the state can pay in a year."""
        return self.budgets > TOLD_FROM


def purchase_of(event: EventBase, table: ParameterTable) -> Purchase | None:
    """What an event makes its buyer's budget pay; None where it makes it pay nothing."""
    if not isinstance(event, Transfer) or event.payment != "budget":
        return None
    value, start = _value(event, table), event.first_felt
    budgets = list(_equipment_budgets(event.buyer, start // PER_YEAR, table))
    instalments = _middle_of("instalment_years", table)
    left, full = value, None
    for quarter in range(start, PER_YEAR * (start // PER_YEAR + LONGEST)):
        funds = budgets[quarter // PER_YEAR - start // PER_YEAR]
        paid = spending.payment(owed=left, years=instalments, funds=funds)
        full = FIRST_YEAR + quarter // PER_YEAR if paid == funds else full
        left -= paid * QUARTER
    year = FIRST_YEAR + start // PER_YEAR
    taken = spending.payment(owed=value, years=instalments, funds=budgets[0]) / budgets[0]
    return Purchase(event.buyer, value, year, budgets[0], taken, full)


def too_dear(event: EventBase, table: ParameterTable) -> tuple[str, str] | None:
    """The field that makes a purchase cost more than anybody can pay, and what is wrong with it; None where nothing is."""
    bought = purchase_of(event, table)
    if bought is None or bought.budgets <= MOST_BUDGETS:
        return None
    assert isinstance(event, Transfer)
    field = "n" if event.value_musd is None else "value_musd"
    lower = "n or unit_price_musd" if field == "n" else field
    return field, (
        f"the purchase costs {number(bought.value)} million US$, {fixed(bought.budgets, 1)} yearly equipment budgets of "
        f"{actor_name(bought.buyer)} in {bought.year} ({number(bought.yearly)} million each); at most {MOST_BUDGETS:g} are allowed. "
        f"Lower {lower}, or write payment: credit or grant if another pays"
    )


def _value(event: Transfer, table: ParameterTable) -> float:
    """Middle of what the arms cost [m USD2023]."""
    if event.value_musd is not None:
        return _middle(event.value_musd)
    assert event.n is not None
    given = event.unit_price_musd
    price = _middle_of(f"{event.weapon_class}_price", table) if given is None else _middle(given)
    return _middle(event.n) * price


def _equipment_budgets(state: str, first: int, table: ParameterTable) -> Iterator[float]:
    """Equipment budgets [m USD2023/yr] from the year with a number on, counted from the first of the model."""
    path = observed_paths()[network().states.index(state)]
    share = _middle_of(f"procurement_share.{state}", table) * _middle_of(f"spending_scale.{state}", table)
    gdp, burden = path.gdp[-1], path.burden[-1]
    for year in range(first + LONGEST):
        if year < len(path.gdp):
            gdp, burden = path.gdp[year], path.burden[year]
        else:
            growth, goal = (_middle_of(f"{name}.{state}", table) for name in ("gdp_growth", "burden_goal"))
            gdp = spending.gdp_next(gdp=gdp, growth=growth, spread=0.0, years=1.0, deviate=0.0)
            burden = relaxed(value=burden, anchor=goal, rate=1.0 / _middle_of("goal_delay", table), years=1.0)
        if year >= first:
            yield share * burden * gdp


def _middle_of(key: str, table: ParameterTable) -> float:
    return _middle(table.distributions[table.rows_of(key)[0]])


def _middle(prior: Distribution) -> float:
    """The value that half of all draws lie below."""
    return drawn_value(CODES[prior.kind], prior.centre, prior.spread, prior.low, prior.high, 0.5)
