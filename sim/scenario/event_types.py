"""Every type of event, found in the files of `sim/scenario/events/`."""

from collections.abc import Iterator
from functools import cache, reduce
from importlib import import_module
from operator import or_
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Discriminator, Tag, TypeAdapter

from sim.io import plugged
from sim.io.errors import refusal
from sim.model.network import MISSION
from sim.model.variables import KEEPERS
from sim.scenario import events
from sim.scenario.event import EventBase


@cache
def event_models() -> dict[str, type[EventBase]]:
    """Every type of event by its tag, in the order of the files and of the classes in them."""
    models: dict[str, type[EventBase]] = {}
    for model in _models():
        if models.setdefault(model.tag(), model) is not model:
            if (brought := plugged.BROUGHT.get(("EVENTS", model.type_name()))) is not None:
                message = f'the type "{model.tag()}" is taken by another event; choose another'
                raise refusal(brought, message, f"EVENTS, {model.__name__}")
            raise TypeError(f"{model.__name__} and {models[model.tag()].__name__} are both called {model.tag()}")
    return models


def _models() -> Iterator[type[EventBase]]:
    for file in iter_modules(events.__path__):
        module = import_module(f"{events.__name__}.{file.name}")
        for model in vars(module).values():
            is_own = isinstance(model, type) and issubclass(model, EventBase) and model.__module__ == module.__name__
            if is_own and model.type_name() and (MISSION or model.row != KEEPERS):
                yield model
    yield from plugged.EVENTS


@cache
def _variants() -> tuple[type[EventBase], ...]:
    """Types that share their name with another."""
    return tuple(model for model in event_models().values() if model.variant)


def _tag(raw: Any) -> str | None:
    if isinstance(raw, EventBase):
        return raw.tag()
    name = raw.get("type") if isinstance(raw, dict) else None
    for model in _variants():
        if model.type_name() == name and model.variant in raw:
            return model.tag()
    return None if name is None else str(name)


if TYPE_CHECKING:
    Event = EventBase
else:
    _tagged = [Annotated[model, Tag(tag)] for tag, model in event_models().items()]
    Event = Annotated[reduce(or_, _tagged), Discriminator(_tag)]


@cache
def event_adapter() -> TypeAdapter[Event]:
    """Reads one event on its own."""
    return TypeAdapter(Event)
