"""How military spending moves from year to year: the spread of its growth, plans, and forecasts of years that are known."""
