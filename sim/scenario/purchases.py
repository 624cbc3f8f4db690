"""What a purchase costs the state whose budget pays for it: how many of its yearly equipment budgets, and how long it displaces others.

A yearly equipment budget is what a state would spend on equipment in the year of the delivery if nothing happened: its planned
burden times its economy times the share that buys equipment, with every parameter at its median: that of the prior, or of a fit where a run
has one. Both engines pay a delivery in
instalments out of that sum, see `sim.rules.spending.payment`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from types import MappingProxyType

from sim.data.actors import actor_name
from sim.data.tables import observed_paths
from sim.io.formatting import fixed, number
from sim.io.quarters import FIRST_YEAR, PER_YEAR
from sim.model.calendar import QUARTER
from sim.model.distributions import Distribution
from sim.model.network import network
from sim.model.parameters import load_parameters
from sim.rules import spending
from sim.rules.draws import CODES, drawn_value
from sim.rules.elementary import relaxed
from sim.scenario.event import EventBase
from sim.scenario.events.transfers import Transfer

MOST_BUDGETS = 20.0  # yearly equipment budgets that one purchase may cost
TOLD_FROM = 1.0  # above it a purchase is pointed out
LONGEST = 100  # years that are looked at


@dataclass(frozen=True)
class Purchase:
    """Arms that a state's own budget pays.

    value   : [m USD2023]  the middle of what the file says
    start   : number of the quarter of the delivery, or of an order or offer without a date
    medians : of parameters that a fit knows better than their priors, by key
    """

    buyer: str
    value: float
    start: int
    medians: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def equipment_budgets(self) -> tuple[float, ...]:
        """The buyer's equipment budgets [m USD2023/yr], see `equipment_budgets`."""
        keys = (f"procurement_share.{self.buyer}", f"spending_scale.{self.buyer}")
        changed = math.prod(self.medians.get(key, _middle_of(key)) / _middle_of(key) for key in keys)
        return tuple(changed * budget for budget in equipment_budgets(self.buyer))

    @property
    def year(self) -> int:
        return FIRST_YEAR + self.start // PER_YEAR

    @property
    def yearly(self) -> float:
        """Equipment budget of that year [m USD2023/yr]."""
        return self.equipment_budgets[self.start // PER_YEAR]

    @property
    def budgets(self) -> float:
        """Yearly equipment budgets that it costs."""
        return self.value / self.yearly

    @property
    def is_told(self) -> bool:
        """Whether it is more than the state can pay in a year."""
        return self.budgets > TOLD_FROM

    @property
    def taken(self) -> float:
        """Share of that year's equipment budget that the first year's instalments take [1]."""
        return _paid(self.value, self.yearly) / self.yearly

    @property
    def displaced_until(self) -> int | None:
        """Last year in which instalments take the whole budget; None where they never do."""
        budgets = self.equipment_budgets
        left, full = self.value, None
        for quarter in range(self.start, PER_YEAR * len(budgets)):
            funds = budgets[quarter // PER_YEAR]
            paid = _paid(left, funds)
            full = FIRST_YEAR + quarter // PER_YEAR if paid == funds else full
            left -= paid * QUARTER
        return full


def _paid(owed: float, funds: float) -> float:
    """Instalments of a year [m USD2023/yr]."""
    return spending.payment(owed=owed, years=_middle_of("instalment_years"), funds=funds)


def purchase_of(event: EventBase, medians: Mapping[str, float] = MappingProxyType({})) -> Purchase | None:
    """What an event makes its buyer's budget pay; None where it makes it pay nothing."""
    if not isinstance(event, Transfer) or event.payment != "budget":
        return None
    return Purchase(event.buyer, _value(event, medians), event.first_felt, medians)


def too_dear(event: EventBase) -> tuple[str, str] | None:
    """The field that makes a purchase cost more than anybody can pay, and what is wrong with it; None where nothing is."""
    bought = purchase_of(event)
    if bought is None or bought.budgets <= MOST_BUDGETS:
        return None
    assert isinstance(event, Transfer)
    name = "n" if event.value_musd is None else "value_musd"
    lower = "n or unit_price_musd" if name == "n" else name
    return name, (
        f"the purchase costs {number(bought.value)} million US$, {fixed(bought.budgets, 1)} yearly equipment budgets of "
        f"{actor_name(bought.buyer)} in {bought.year} ({number(bought.yearly)} million each); at most {MOST_BUDGETS:g} are allowed. "
        f"Lower {lower}, or write payment: credit or grant if another pays"
    )


def _value(event: Transfer, medians: Mapping[str, float]) -> float:
    """Middle of what the arms cost [m USD2023]."""
    if event.value_musd is not None:
        return _middle(event.value_musd)
    assert event.n is not None
    given = event.unit_price_musd
    key = f"{event.weapon_class}_price"
    price = medians.get(key, _middle_of(key)) if given is None else _middle(given)
    return _middle(event.n) * price


@cache
def equipment_budgets(state: str) -> tuple[float, ...]:
    """Equipment budgets of a state [m USD2023/yr] from the first year of the model on, for a century."""
    path = observed_paths()[network().states.index(state)]
    share = _middle_of(f"procurement_share.{state}") * _middle_of(f"spending_scale.{state}")
    growth, goal, delay = (_middle_of(key) for key in (f"gdp_growth.{state}", f"burden_goal.{state}", "goal_delay"))
    plans = list(zip(path.burden, path.gdp, strict=True))
    while len(plans) < LONGEST:
        burden, gdp = plans[-1]
        next_burden = relaxed(value=burden, anchor=goal, rate=1.0 / delay, years=1.0)
        plans.append((next_burden, spending.gdp_next(gdp=gdp, growth=growth, spread=0.0, years=1.0, deviate=0.0)))
    return tuple(share * burden * gdp for burden, gdp in plans)


@cache
def _middle_of(key: str) -> float:
    table = load_parameters()
    return _middle(table.distributions[table.rows_of(key)[0]])


def _middle(prior: Distribution) -> float:
    """The value that half of all draws lie below."""
    return drawn_value(CODES[prior.kind], prior.centre, prior.spread, prior.low, prior.high, 0.5)
