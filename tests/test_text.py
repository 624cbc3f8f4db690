"""What is committed names no machine and no place of work, and quotes the documents no further than a few words."""

import csv
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
TEXT = {".cff", ".csv", ".json", ".md", ".py", ".toml", ".txt", ".yaml", ".yml", ".svg", ".cfg", ".ini", ""}
WORDS_QUOTED = 15

# Written in two halves, so that this file passes its own test.
MACHINE_PATHS = re.compile(r"(?<![\w.~-])/(?:work|root|home|Users|opt|mnt|srv|tmp)" + r"/\w|\b[A-Z]:\\" + r"\w")
REGISTRY_HOSTS = re.compile(
    "|".join(("py" + r"pi\.org", "python" + "hosted", "registry" + r"\.npmjs", "ana" + r"conda\.org"))
)
WORKPLACE = re.compile(
    "|".join(
        (
            r"\bsub" + r"-?agents?\b",
            r"\bchat" + "bot",
            r"\blanguage" + " model",
            r"\bcl" + "aude",
            r"\banth" + "ropic",
            r"\bopen" + "ai",
            r"\bchat" + "gpt",
            r"\bDESIGN" + r"\.md|\bSTYLE" + r"\.md|\bTOOLS" + r"\.md|\bUSERS" + r"\.md|\bMODEL" + r"\.md",
        )
    ),
    flags=re.IGNORECASE,
)


def committed() -> list[Path]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        return []
    found = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout
    return [ROOT / name for name in found.split("\0") if name and (ROOT / name).is_file()]


def texts() -> list[Path]:
    return [file for file in committed() if file.suffix in TEXT]


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("file", texts(), ids=name_of)
def test_text_names_no_machine_no_registry_and_no_workplace(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for pattern in (MACHINE_PATHS, REGISTRY_HOSTS, WORKPLACE):
        found = pattern.search(text)
        assert found is None, f"{name_of(file)}: {found[0]}"


@pytest.mark.skipif(os.name != "posix", reason="git may write other line ends here")
@pytest.mark.parametrize("file", texts(), ids=name_of)
def test_text_ends_its_lines_in_one_way(file: Path) -> None:
    content = file.read_bytes()
    assert b"\r" not in content
    assert not content or content.endswith(b"\n")
    assert not content.startswith(b"\xef\xbb\xbf")


def quotations(value: object) -> list[str]:
    """Texts in quotation marks, anywhere in a YAML value."""
    if isinstance(value, dict):
        return [one for item in value.items() for part in item for one in quotations(part)]
    if isinstance(value, list):
        return [one for part in value for one in quotations(part)]
    return re.findall(r"[\"“]([^\"“”]+)[\"”]", value) if isinstance(value, str) else []


def too_long(quoted: list[str]) -> list[str]:
    return [text for text in quoted if len(text.split()) > WORDS_QUOTED]


@pytest.mark.parametrize("file", sorted((ROOT / "seeds").glob("*.csv")), ids=lambda file: file.name)
def test_tables_quote_at_most_fifteen_words(file: Path) -> None:
    with file.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            fragment = row.get("fragment") or ""
            cells = [text for cell in row.values() for text in quotations(cell)]
            assert not too_long([fragment, *cells]), row["id"]


@pytest.mark.parametrize(
    "file",
    [file for folder in ("scenarios", "seeds", "calibration") for file in sorted((ROOT / folder).glob("*.yaml"))],
    ids=lambda file: file.name,
)
def test_yaml_quotes_at_most_fifteen_words(file: Path) -> None:
    assert not too_long(quotations(yaml.safe_load(file.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("file", [file for file in texts() if file.suffix == ".md"], ids=name_of)
def test_pages_quote_at_most_fifteen_words(file: Path) -> None:
    prose = re.sub(r"^```.*?^```", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert not too_long(quotations(re.sub(r"`[^`]*`", "", prose)))
