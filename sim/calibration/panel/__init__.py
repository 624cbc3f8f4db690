"""How yearly military spending follows that of rivals, learnt from a panel of states: data, estimators, checks, tables, page."""
