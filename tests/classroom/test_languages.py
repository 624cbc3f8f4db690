"""Every catalogue says all that the page says, with the same numbers in it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from sim.classroom.content import content
from sim.classroom.page import languages

FIELDS = ("title", "ask", "finding", "say", "do", "expect")  # of a step


def texts_of_the_data() -> Iterator[tuple[str, str]]:
    """What the data tell in English, by the keys under which a catalogue has it."""
    data = content()
    for lesson in data["lessons"]:
        key = f"lesson.{lesson['id']}"
        yield from ((f"{key}.{name}", lesson[name]) for name in ("title", "question"))
        for part in ("goals", "before", "care"):
            yield from ((f"{key}.{part}.{place}", line) for place, line in enumerate(lesson[part]))
        yield from ((f"{key}.sources.{place}", cited["says"]) for place, cited in enumerate(lesson["sources"]))
        for place, step in enumerate(lesson["steps"]):
            yield from ((f"{key}.{place}.{name}", step[name]) for name in FIELDS)
            yield from ((f"{key}.{place}.bets.{number}", bet) for number, bet in enumerate(step["bets"]))
            yield from ((f"{key}.{place}.pins.{event}", words) for event, words in step["pins"].items())
    yield from ((f"leaning.{source}", row["leaning"]) for source, row in data["sources"].items() if row["leaning"])
    for scenario in data["scenarios"]:
        yield f"scenario.{scenario['id']}.title", scenario["title"]
        yield f"group.{scenario['group']}", scenario["group"]
    for lever in data["levers"]:
        yield from ((f"lever.{lever['id']}.{name}", lever[name]) for name in ("label", "unit") if lever.get(name))
    yield from ((f"actor.{code}", name) for code, name in data["actors"].items())
    for team in data["game"]["teams"]:
        yield f"team.{team['code']}", team["name"]
        yield from ((f"policy.{team['code']}.{policy['id']}", policy["title"]) for policy in team["policies"])
        yield from ((f"aim.{team['code']}.{place}", aim["title"]) for place, aim in enumerate(team["aims"]))


@pytest.fixture(scope="module")
def english() -> dict[str, Any]:
    return {**languages()["en"], **dict(texts_of_the_data())}


def forms(text: Any) -> list[str]:
    return list(text.values()) if isinstance(text, dict) else [text]


def places(text: str) -> list[str]:
    return sorted(re.findall(r"\{[^}]*\}", text))


@pytest.mark.parametrize("language", ["sq", "sr", "tr"])
def test_a_catalogue_has_every_text_and_no_other(english: dict[str, Any], language: str) -> None:
    held = languages()[language]
    assert held.keys() == english.keys()
    assert held["awaits"], "nobody is told that a native reader is awaited"
    assert all(form.strip() for key, text in held.items() if english[key] for form in forms(text))


@pytest.mark.parametrize("language", ["sq", "sr", "tr"])
def test_a_translation_is_filled_with_the_same_numbers(english: dict[str, Any], language: str) -> None:
    differ = {
        key: form
        for key, text in languages()[language].items()
        for form in forms(text)
        if set(places(form)) != set(places(forms(english[key])[0]))
    }
    assert differ == {}
