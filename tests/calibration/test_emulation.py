"""What the episodes say of emulation, and that the parameters say the same."""

import pytest

from sim.calibration.emulation import PRIOR_SPREAD, emulation, episodes
from sim.data.context_events import context_events
from sim.model.parameters import load_parameters

DRONES, AGAINST = ("uav", "loitering"), ("air_defence",)


@pytest.mark.parametrize(("key", "classes"), [("uav", DRONES), ("loitering", DRONES), ("air_defence", AGAINST)])
def test_the_prior_is_the_posterior_of_the_episodes(key: str, classes: tuple[str, ...]) -> None:
    table = load_parameters()
    prior = table.distributions[table.rows_of(f"emulation.{key}")[0]]
    found = emulation(classes)
    assert prior.centre == pytest.approx(found.mean, abs=0.01)
    assert prior.spread == pytest.approx(found.spread, abs=0.01)
    assert 0.0 < found.p_negative < 0.5 and found.spread < PRIOR_SPREAD


def test_an_answer_came_after_what_it_answers_and_within_five_years() -> None:
    dates = {event.id: float(event.date[:4]) for event in context_events()}
    for row in episodes():
        if row.answer_event:
            assert 0.0 <= dates[row.answer_event] - dates[row.leader_event] <= 5.0, row


def test_more_answers_mean_more_emulation(monkeypatch: pytest.MonkeyPatch) -> None:
    import sim.calibration.emulation as module

    before = emulation(DRONES).mean
    answered = tuple(row.model_copy(update={"answer_event": "X101"}) for row in episodes())
    monkeypatch.setattr(module, "episodes", lambda: answered)
    assert emulation(DRONES).mean > before + 0.2
