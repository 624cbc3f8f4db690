"""The types of event: a class each, found by `sim.scenario.event_types`. To add one, write it into a file of this folder."""
