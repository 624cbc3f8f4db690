"""The files of a run: summary.csv, JSON documents, trajectories.parquet, and the folder that holds them."""

import csv
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.results import SUMMARY_COLUMNS, Run, summary_rows
from sim.analysis.store import Store, stretches
from sim.io.errors import guess, refusal
from sim.io.files import Draft
from sim.io.quarters import name_of
from sim.model.variables import Series

MANIFEST = "manifest.json"
FIGURES = "figures"
FORECAST = "forecast.csv"
REPORT, REPORT_DATA = "report.html", "report.json"  # the page, and the content from which every form is made
REPORT_FORMS = ("html", "md", "xlsx")  # in which `armsrace report` writes a run's report beside it
UNCERTAINTY = "uncertainty.csv"
TRAJECTORIES = "trajectories.parquet"
THEORIES = "theories.csv"
IN_KIND, RACE = "answer_in_kind.csv", "race.csv"
COMPARISON = ("comparison.csv", "contrasts.csv", "regret.csv")
REPORTS = tuple(f"{Path(REPORT).stem}.{form}" for form in REPORT_FORMS)
FILES_OF_A_RUN = (
    MANIFEST, REPORT_DATA, *REPORTS, "summary.csv", TRAJECTORIES, UNCERTAINTY, THEORIES, FORECAST, *COMPARISON,
    IN_KIND, RACE,
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
    write_rows(file, SUMMARY_COLUMNS, summary_rows(run))


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
    with pq.ParquetWriter(
        file,
        schema,
        compression="zstd",
        use_dictionary=list(texts),
        column_encoding=split,
        write_statistics=list(texts),
    ) as writer:
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


class RunFolder:
    """A folder that appears whole or not at all: everything is written beside it and moved into place at the end.

    Drafts of the same folder that killed processes left are removed when the next one is begun.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self._made = [parent for parent in target.parents if not parent.exists()]
        target.parent.mkdir(parents=True, exist_ok=True)
        self._draft = Draft(f".{target.name}-draft-", target.parent)
        self.draft = self._draft.path

    def finish(self) -> None:
        """Move the draft into place; what was there before is put back if that fails, and removed once the new run stands."""
        self.draft.chmod(0o755)
        if not self.target.exists():
            self.draft.rename(self.target)
            self._draft.release()
            return
        aside = Path(tempfile.mkdtemp(prefix=f".{self.target.name}-old-", dir=self.target.parent))
        old = aside / self.target.name
        try:
            self.target.rename(old)
            self.draft.rename(self.target)
        except BaseException:
            if old.exists() and not self.target.exists():
                old.rename(self.target)
            aside.rmdir()
            raise
        self._draft.release()
        shutil.rmtree(aside, ignore_errors=True)

    def abandon(self) -> None:
        """Remove the draft."""
        self._draft.remove()

    def withdraw(self) -> None:
        """Remove the draft, and the folders above it that were made for it, unless they hold something by now."""
        self.abandon()
        for parent in self._made:
            with suppress(OSError):
                parent.rmdir()


def strangers(folder: Path) -> list[str]:
    """What stands in a folder that no run has written, sorted; a run's folder is replaced only if there is nothing."""
    strange = [path for path in folder.iterdir() if path.name not in (*FILES_OF_A_RUN, FIGURES)]
    figures = folder / FIGURES
    if figures.is_dir():
        strange += [path for path in figures.iterdir() if path.suffix[1:] not in FORMATS or not path.is_file()]
    elif figures.exists():
        strange.append(figures)
    return sorted(str(path.relative_to(folder)) for path in strange)


PICTURES = 12  # outcomes that are drawn, at most


@contextmanager
def analysis_folder(target: Path, document: str) -> Iterator[Path]:
    """A draft folder that takes the place of an earlier analysis; InputError if the folder holds anything else.

    document : name of the file that marks a folder of this kind of analysis
    """
    target = target.resolve()
    if target.exists() and not target.is_dir():
        raise refusal(target, "is a file; choose a folder with --out")
    if target.is_dir() and any(target.iterdir()) and not (target / document).is_file():
        raise refusal(target, "holds something else; choose another folder with --out")
    try:
        folder = RunFolder(target)
    except OSError as error:
        raise refusal(target, f"cannot be written ({error.strerror}); choose another folder with --out") from None
    try:
        yield folder.draft
        folder.finish()
    finally:
        folder.withdraw()


def replaced_words(target: Path, document: str) -> list[str]:
    """A line that says whose files are about to be replaced; nothing where there are none."""
    if not (target / document).is_file():
        return []
    return [f"Replaced: the earlier {Path(document).stem} in {target}; --out FOLDER keeps both."]


def write_rows(file: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file in which no number is missing."""
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


def file_name(text: str) -> str:
    """A name that every file system takes.

    >>> file_name("tension.SRB.XKX.2026Q1, a minus b")
    'tension.SRB.XKX.2026Q1-a-minus-b'
    """
    kept = "".join(mark if mark.isalnum() or mark in "._-" else " " for mark in text)
    return "-".join(kept.split())[:120]
