"""The class page from outside: what its file holds, its words, and who may speak to the server."""

import http.client
import json
import re
import socket
import threading
from pathlib import Path

import pytest

from sim.classroom import opening, page, server
from sim.classroom.content import LINES, content, own_scenarios
from sim.cli.main import main
from sim.io.errors import InputError

HOSTILE = '</script><script>alert(1)</script><img src=x onerror="alert(2)">'
SCRIPTS = {name: page.part(name) for name in (*page.SCRIPTS, page.WORKER)}


@pytest.fixture(scope="module")
def text():
    return page.page_text()


@pytest.fixture(autouse=True)
def no_wait(monkeypatch):
    monkeypatch.setattr(server, "PAUSE", 0.0)


# ---- the file --------------------------------------------------------------------------------------------------------


def test_the_page_is_one_small_file_that_asks_for_nothing(text):
    assert len(text.encode()) < 4_000_000
    assert re.findall(r'(?:src|href)="(?!#|data:)[^"$]+"', text.partition("<script")[0]) == []
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1]
    assert policy.startswith("default-src 'none'") and "connect-src" not in policy and "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")


def test_no_equation_stands_in_the_page():
    scripts = "\n".join(text for name, text in SCRIPTS.items() if name not in ("chart.js", "map.js", "main.js"))
    assert not re.search(r"Math\.(exp|log|pow|tanh)\b", scripts)


def scenario_file(folder: Path, **content):
    rows = {
        "format_version": 1,
        "title": "T",
        "question": "Q?",
        "group": "g",
        "extends": "baseline",
        "compare_to": "baseline",
        **content,
    }
    file = folder / "own.yaml"
    file.write_text("\n".join(f"{key}: {json.dumps(value)}" for key, value in rows.items()), encoding="utf-8")
    return file


def test_scenarios_of_a_folder_are_in_the_page_and_hostile_words_end_nothing(tmp_path):
    scenario_file(
        tmp_path,
        title=HOSTILE,
        question=HOSTILE,
        events=[{"id": "talk", "at": "2026Q1", "type": "dialogue", "level": 0.9, "note": HOSTILE}],
    )
    text = page.page_text(own_scenarios(tmp_path))
    assert "alert(1)" in text and HOSTILE not in text and "<img src=x" not in text


def test_the_code_of_a_shipped_scenario_is_the_same_on_a_page_with_scenarios_of_ones_own(tmp_path):
    scenario_file(tmp_path)
    ids = [row["id"] for row in content(own_scenarios(tmp_path))["scenarios"]]
    assert ids == [*(row["id"] for row in content()["scenarios"]), "own"]


def test_a_folder_that_is_wrong_is_refused(tmp_path, capsys):
    with pytest.raises(InputError, match="there is no such folder"):
        own_scenarios(tmp_path / "none")
    scenario_file(tmp_path).rename(tmp_path / "baseline.yaml")
    with pytest.raises(InputError, match="rename the file"):
        own_scenarios(tmp_path)
    (tmp_path / "baseline.yaml").unlink()
    scenario_file(tmp_path, events=[{"id": "talk", "at": "2026Q1", "type": "dialogue", "level": 9}])
    assert main(["classroom", "--export", str(tmp_path / "page.html"), "--folder", str(tmp_path)]) == 2
    assert "own.yaml" in capsys.readouterr().err and not (tmp_path / "page.html").exists()


def test_export_writes_the_page_whole_and_spares_what_is_there(tmp_path, capsys, text):
    target = tmp_path / "page.html"
    assert main(["classroom", "--export", str(target)]) == 0
    assert target.read_text(encoding="utf-8") == text
    assert main(["classroom", "--export", str(target)]) == 2
    assert "add --overwrite" in capsys.readouterr().err
    assert main(["classroom", "--export", str(tmp_path / "none" / "page.html")]) == 2


# ---- words -----------------------------------------------------------------------------------------------------------


def said_keys() -> set[str]:
    """Keys of the catalogue that the scripts name outright."""
    return {key for text in SCRIPTS.values() for key in re.findall(r"""\bsay\("([^"$]+)\"""", text)}


def test_every_key_that_is_said_has_words_and_every_word_is_used():
    english = page.languages()["en"]
    assert said_keys() - set(english) == set()
    starts = {found for text in SCRIPTS.values() for found in re.findall(r"(?:say|tell)\(`([a-z_.]+)\$", text)} | {
        "tick.",
        "class.",
        "payment.",
        "severity.",
    }
    conditional = {key for text in SCRIPTS.values() for key in re.findall(r'"([a-z_.]+)"', text)}
    unused = [
        key
        for key in english
        if key not in said_keys() | conditional and not any(key.startswith(start) for start in starts)
    ]
    assert set(unused) <= {"language", "tag", "awaits"}


def test_no_words_stand_outside_the_catalogue():
    """Masked: what stands between tags of the templates, but for what is filled in, holds no word."""
    for name, text in SCRIPTS.items():
        for shown in re.findall(r">([^<>`]*)</?[a-z]", re.sub(r"\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}", "", text)):
            words = re.findall(r"[A-Za-z]{3,}", shown)
            assert words in ([], ["CSV"]) or re.search(r"[=;()]", shown), (name, shown)


def test_series_and_units_have_names_in_the_catalogue():
    english = page.languages()["en"]
    for series in LINES:
        assert f"series.{series.name}" in english and f"unit.{series.variable}" in english


# ---- the server ------------------------------------------------------------------------------------------------------


@pytest.fixture
def served():
    """Starts servers, and stops them."""
    made = []

    def start(host):
        one = server.Classroom(host, 0)
        one.pages = (b"for this machine", b"for others")
        threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        made.append(one)
        return one

    yield start
    for one in made:
        one.shutdown()
        one.server_close()


def asked(one, method="GET", path="/", body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", one.port, timeout=10)
    connection.request(method, path, body, {key.replace("_", "-"): value for key, value in headers.items()})
    answer = connection.getresponse()
    return answer, answer.read().decode()


def test_the_page_is_served_on_this_machine_without_digits(served):
    one = served("127.0.0.1")
    assert one.digits == ""
    answer, body = asked(one)
    assert (answer.status, body) == (200, "for this machine")
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert asked(one, path="/etc/passwd")[0].status == 404
    assert asked(one, "HEAD")[1] == ""
    assert asked(one, Host="evil.example")[0].status == 403
    assert asked(one, "POST", body="digits=")[0].status == 303  # there is nothing to ask for


def test_others_need_the_digits_and_their_browser_remembers_them(served, monkeypatch):
    one = served("0.0.0.0")
    assert re.fullmatch(r"\d{4}", one.digits)
    assert asked(one)[1] == "for this machine"
    monkeypatch.setattr(server.Pupil, "_is_here", lambda _: False)
    address = f"192.168.1.20:{one.port}"
    assert "four digits" in asked(one, Host=address)[1]
    assert "Those were not the digits" in asked(one, "POST", body="digits=12345", Host=address)[1]
    answer, _ = asked(one, "POST", body=f"digits={one.digits}", Host=address)
    assert answer.status == 303
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert asked(one, Host=address, Cookie=cookie)[1] == "for others"
    assert "four digits" in asked(one, Host=address, Cookie="armsrace=0")[1]
    assert asked(one, Host="class.example:1", Cookie=cookie)[0].status == 403
    assert asked(one, "POST", body="x" * 1000, Host=address)[0].status == 403


def test_the_teacher_sees_how_others_come(served, capsys, monkeypatch, text):
    monkeypatch.setattr(opening, "page_text", lambda _: text)
    one = served("0.0.0.0")
    opening.make_pages(one, [])
    here, others = (text.decode() for text in one.pages)
    assert one.digits in re.search(r'id="join">(.*?)</script>', here)[1] and "data:image/svg+xml" in here
    assert re.search(r'id="join">(.*?)</script>', others)[1] == "{}"
    opening.announce(one)
    said = capsys.readouterr().out
    assert one.digits in said and f":{one.port}/" in said


def test_a_taken_port_and_a_bad_address_are_refused(served):
    one = served("127.0.0.1")
    with pytest.raises(InputError, match="leave it out to take one that is free"):
        opening.server_at("127.0.0.1", one.port)
    with pytest.raises(InputError, match="host"):
        opening.server_at("203.0.113.9", 0)
    with pytest.raises(InputError, match="outside 0-65535"):
        opening.serve("127.0.0.1", 70000, None, with_browser=False)


def test_our_port_is_left_to_whoever_has_it(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(opening, "PORT", taken.getsockname()[1])
        one = opening.server_at("127.0.0.1", None)
        assert one.port != opening.PORT
        one.server_close()
