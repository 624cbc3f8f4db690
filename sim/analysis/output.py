"""The files of a run: summary.csv, JSON documents, trajectories.parquet, and the folder that holds them."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from itertools import count
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np

from sim.analysis.results import SUMMARY_COLUMNS, Run, summary_rows
from sim.analysis.store import Store, stretches
from sim.io.errors import guess, refusal
from sim.io.files import resolved
from sim.io.formatting import no_formula
from sim.io.provenance import digest_of
from sim.io.quarters import name_of
from sim.io.writing import DRAFT, whole_folder
from sim.model.variables import Series

MANIFEST = "manifest.json"
FIGURES = "figures"
FORECAST = "forecast.csv"
REPORT, REPORT_DATA = "report.html", "report.json"  # the page, and the content from which every form is made
REPORT_FORMS = ("html", "md", "docx", "pdf", "xlsx")  # in which `armsrace report` writes a run's report beside it
CRATE = "ro-crate-metadata.json"  # what the folder is, for archives
UNCERTAINTY = "uncertainty.csv"
TRAJECTORIES = "trajectories.parquet"
THEORIES = "theories.csv"
FINDINGS = "findings.csv"
IN_KIND, RACE = "answer_in_kind.csv", "race.csv"
COMPARISON = ("comparison.csv", "by_theory.csv", "contrasts.csv", "regret.csv")
EXPLAINED = "explain-"  # how the names of pictures begin that `armsrace explain` adds to a run
REPORTS = tuple(f"{Path(REPORT).stem}.{form}" for form in REPORT_FORMS)
FILES_OF_A_RUN = (
    MANIFEST, REPORT_DATA, *REPORTS, "summary.csv", TRAJECTORIES, UNCERTAINTY, THEORIES, FORECAST, *COMPARISON,
    IN_KIND, RACE, FINDINGS,
)  # fmt: skip
FORMATS = ("svg", "png", "pdf")  # of pictures
PICTURE_CHOICES = (*FORMATS, "all", "none")


def formats_of(pictures: str) -> tuple[str, ...]:
    """The formats that a choice of pictures means: SVG, which the report shows, and the one that is named, or all; none for "none".

    >>> formats_of("svg"), formats_of("pdf"), formats_of("all"), formats_of("none")
    (('svg',), ('svg', 'pdf'), ('svg', 'png', 'pdf'), ())

    Raises InputError for any other word.
    """
    if pictures not in PICTURE_CHOICES:
        message = f'"{pictures}" is not one of {", ".join(PICTURE_CHOICES)}{guess(str(pictures), PICTURE_CHOICES)}'
        raise refusal("options", message, "pictures")
    return tuple(form for form in FORMATS if pictures != "none" and (form in ("svg", pictures) or pictures == "all"))


def write_summary(run: Run, file: Path) -> None:
    """Write summary.csv: full precision, so that nothing is lost between the table and the file."""
    write_cells(file, SUMMARY_COLUMNS, summary_rows(run))


def write_json(content: Any, file: Path) -> None:
    """Write a JSON document with sorted keys."""
    file.write_text(
        json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8"
    )


def write_trajectories(stores: Sequence[Store], kept: Sequence[Series], run: Run, file: Path) -> None:
    """Write trajectories.parquet: a row for each series, quarter and member, with a column for scenario and baseline; nothing is rounded.

    stores : what was recorded, of the baseline first if there is one
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    sides = ("baseline", "scenario")[-len(stores) :]
    texts = ("variable", "actor", "counterpart", "quarter")
    of_text = pa.dictionary(pa.int16(), pa.string())
    columns = [
        *((name, of_text) for name in texts),
        ("member", pa.int32()),
        *((side, pa.float64()) for side in sides),
    ]
    schema = pa.schema(columns)
    split = dict.fromkeys(sides, "BYTE_STREAM_SPLIT")
    with file.open("wb") as sink, pq.ParquetWriter(
        sink, schema, compression="zstd", use_dictionary=list(texts), column_encoding=split, write_statistics=list(texts),
    ) as writer:  # fmt: skip
        for one in kept:
            for quarters in stretches(run.quarters, run.members):
                rows = len(quarters) * run.members
                words = [
                    pa.DictionaryArray.from_arrays(np.zeros(rows, dtype=np.int16), [word])
                    for word in (one.variable, one.actor, one.counterpart)
                ]
                when = np.repeat(np.arange(len(quarters), dtype=np.int16), run.members)
                names = [name_of(quarter) for quarter in quarters]
                who = np.tile(np.arange(run.members, dtype=np.int32), len(quarters))
                values = [pa.array(store.values(one, quarters).reshape(-1)) for store in stores]
                batch = [*words, pa.DictionaryArray.from_arrays(when, names), pa.array(who), *values]
                writer.write_batch(pa.record_batch(batch, schema=schema))


def write_manifest(content: dict[str, Any], folder: Path) -> None:
    """Write manifest.json as the last file of a folder: with the SHA-256 of the others, which are so known as the program's own."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    digests = {path.relative_to(folder).as_posix(): digest_of(path) for path in files}
    write_json({**content, "files": digests}, folder / MANIFEST)


WRITTEN = "written by armsrace"  # the mark of a report that nobody has changed since
_REMARKS = {
    "md": ("<!--", " -->"),
    "html": ("<!--", " -->"),
    "pdf": ("%", ""),
}  # how a line begins and ends that readers pass over


def sealed(content: bytes, form: str) -> bytes:
    """A report with a mark that is gone or wrong once somebody has gone on writing in it."""
    if form in _REMARKS:
        opening, closing = _REMARKS[form]
        return content + f"\n{opening} {WRITTEN} {hashlib.sha256(content).hexdigest()}{closing}\n".encode()
    buffer = io.BytesIO(content)
    with ZipFile(buffer, "a") as archive:
        archive.comment = WRITTEN.encode()
    return buffer.getvalue()


def is_edited(file: Path) -> bool:
    """Whether somebody changed a report after it was written."""
    form = file.suffix[1:]
    if form in _REMARKS:
        content = file.read_bytes()
        return sealed(content.rpartition(f"\n{_REMARKS[form][0]} ".encode())[0], form) != content
    try:
        with ZipFile(file) as archive:
            return archive.comment != WRITTEN.encode()
    except BadZipFile:
        return True


def strangers(folder: Path, files: Collection[str] = ()) -> list[str]:
    """What stands in a folder that no run has written, sorted; a run's folder is replaced only if there is nothing.

    files : what its manifest says was written; versions before this one did not say
    """
    own = {MANIFEST, CRATE, *REPORTS, *(files or FILES_OF_A_RUN)}
    strange = [
        path
        for path in folder.iterdir()
        if path.name not in (*own, FIGURES) or path.is_symlink() or _is_edited_copy(path, files)
    ]
    figures = folder / FIGURES
    if figures.is_symlink() or (figures.exists() and not figures.is_dir()):
        strange.append(figures)
    elif figures.is_dir():
        strange += [path for path in figures.iterdir() if not _is_picture(path, files)]
    others = (path for path in strange if not path.name.startswith(DRAFT))  # by a command that was killed
    return sorted(dict.fromkeys(path.relative_to(folder).as_posix() for path in others))


def _is_edited_copy(path: Path, files: Collection[str]) -> bool:
    """Whether a file is a report that `armsrace report` wrote into a run's folder, and that somebody has changed since."""
    return path.name in REPORTS and path.name not in (files or (REPORT,)) and is_edited(path)


def changed_files(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Files of a run that somebody changed since, sorted; not what `armsrace report` and `armsrace explain` wrote again.

    files : what its manifest says was written, each with its SHA-256
    """
    held = {name: folder / name for name in sorted(files)}
    held = {name: path for name, path in held.items() if not path.name.startswith(EXPLAINED) and path.is_file()}
    changed = [name for name, path in held.items() if digest_of(path) != files[name]]
    return [name for name in changed if name not in REPORTS or is_edited(held[name])]


def _is_picture(path: Path, files: Collection[str]) -> bool:
    """Whether a file among the figures is the program's own: one that the run wrote, or that `armsrace explain` added."""
    if path.suffix[1:] not in FORMATS or path.is_symlink() or not path.is_file():
        return False
    return not files or f"{FIGURES}/{path.name}" in files or path.name.startswith(EXPLAINED)


PICTURES = 12  # outcomes that are drawn, at most


@contextmanager
def analysis_folder(target: Path, document: str, *others: str, objection: Callable[[], str] = str) -> Iterator[Path]:
    """A draft folder that takes the place of an earlier analysis; InputError if the folder holds anything else.

    document  : name of the file that marks a folder of this kind of analysis
    others    : names of the other files and folders that an analysis writes, with * for any letters
    objection : says why the earlier analysis must not be replaced, or nothing
    """
    target = resolved(target)
    with whole_folder(target, lambda: _check_analysis(target, document, others, objection)) as folder:
        yield folder.draft


def _check_analysis(target: Path, document: str, others: Sequence[str], objection: Callable[[], str]) -> None:
    if target.exists() and not target.is_dir():
        raise refusal(target, "is a file; choose a folder with --out")
    held = sorted(path.relative_to(target).as_posix() for path in target.rglob("*")) if target.is_dir() else []
    if not held:
        return
    if not (target / document).is_file():
        raise refusal(target, "holds something else; choose another folder with --out")
    for name in held:
        if not any(fnmatchcase(name, known) for known in (document, *others)) or (target / name).is_symlink():
            raise refusal(
                target, f'holds also "{name}", which would be lost; move it, or choose another folder with --out'
            )
    if message := objection():
        raise refusal(target, message)


def replaced_words(target: Path, document: str) -> list[str]:
    """A line that says whose files are about to be replaced; nothing where there are none."""
    if not (target / document).is_file():
        return []
    return [f"Replaced: the earlier {Path(document).stem} in {target}; --out FOLDER keeps both."]


def write_rows(file: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file in which no number is missing."""
    write_cells(file, columns, ([no_formula(cell) if isinstance(cell, str) else cell for cell in row] for row in rows))


def write_cells(file: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file whose texts are known to be no formulas."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def write_table(file: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file; numbers that are not there are blank."""
    write_rows(file, columns, (["" if cell is None or is_missing(cell) else cell for cell in row] for row in rows))


def write_document(file: Path, content: Any) -> None:
    """Write JSON, numbers that are not there as null."""
    write_json(to_json(content), file)


def to_json(content: Any) -> Any:
    """Content as JSON takes it: numbers that are not there become null, tuples lists."""
    if isinstance(content, dict):
        return {str(key): to_json(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [to_json(part) for part in content]
    return None if is_missing(content) else content


def is_missing(value: Any) -> bool:
    """Whether a value is a float that is no number."""
    return isinstance(value, float) and value != value


def file_names(texts: Iterable[str]) -> list[str]:
    """Names that every file system takes, and that it tells from each other even where it takes no notice of capitals.

    >>> file_names(["a b", "A-b", "c"])
    ['a-b', 'A-b-2', 'c']
    """
    names: list[str] = []
    taken: set[str] = set()
    for text in texts:
        name = next(
            one
            for number in count(1)
            if (one := file_name(text) + (f"-{number}" if number > 1 else "")).casefold() not in taken
        )
        taken.add(name.casefold())
        names.append(name)
    return names


def file_name(text: str) -> str:
    """A name that every file system takes.

    >>> file_name("tension.SRB.XKX.2026Q1, a minus b")
    'tension.SRB.XKX.2026Q1-a-minus-b'
    """
    kept = "".join(mark if mark.isalnum() or mark in "._-" else " " for mark in text)
    return "-".join(kept.split())[:120]
