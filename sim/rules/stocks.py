"""Stocks: military capital and units of systems, and how they wear."""

from sim.rules.elementary import exp, relaxed


def capital_start(spending: float, procurement_share: float, depreciation: float, growth: float) -> float:
    """Capital stock of a state that has long spent on a path growing at a constant rate.

    spending          : [m USD2023/yr]
    procurement_share : [1]             share of spending that buys equipment
    depreciation      : [1/yr]
    growth            : [1/yr]          of spending before the start
    returns           : [m USD2023]

    Source: perpetual inventory.

    >>> capital_start(spending=100.0, procurement_share=0.25, depreciation=0.10, growth=0.025)
    200.0
    """
    return procurement_share * spending / (depreciation + growth)


def capital_next(capital: float, inflow: float, depreciation: float, years: float) -> float:
    """Capital stock after a while of purchases and wear.

    capital      : [m USD2023]
    inflow       : [m USD2023/yr]  equipment bought and received
    depreciation : [1/yr]          positive
    years        : [yr]
    returns      : [m USD2023]     solved exactly

    Source: perpetual inventory.

    >>> capital_next(capital=200.0, inflow=20.0, depreciation=0.1, years=0.25)
    200.0
    """
    return relaxed(value=capital, anchor=inflow / depreciation, rate=depreciation, years=years)


def units_next(units: float, attrition: float, years: float) -> float:
    """Units of a system left after a while.

    units     : [units]
    attrition : [1/yr]   losses, or the end of shelf life
    years     : [yr]
    returns   : [units]

    Source: exponential decay.

    >>> units_next(units=8.0, attrition=0.0, years=0.25)
    8.0
    """
    return units * exp(x=-(attrition * years))
