"""The files of a run: summary.csv, JSON documents, trajectories.parquet, and the folder that holds them."""

import csv
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from sim.analysis.results import SUMMARY_COLUMNS, Array, Run, summary_rows
from sim.io.errors import refusal
from sim.io.files import Draft
from sim.io.quarters import name_of
from sim.model.variables import Series

MANIFEST = "manifest.json"
FIGURES = "figures"
FORECAST = "forecast.csv"
REPORT, REPORT_DATA = "report.html", "report.json"  # the page, and the content from which every form is made
REPORT_FORMS = ("html", "md", "xlsx")  # in which `armsrace report` writes a run's report beside it
UNCERTAINTY = "uncertainty.csv"
THEORIES = "theories.csv"
COMPARISON = ("comparison.csv", "contrasts.csv", "regret.csv")
REPORTS = tuple(f"{Path(REPORT).stem}.{form}" for form in REPORT_FORMS)
FILES_OF_A_RUN = (
    MANIFEST, REPORT_DATA, *REPORTS, "summary.csv", "trajectories.parquet", UNCERTAINTY, THEORIES, FORECAST, *COMPARISON,
)  # fmt: skip
FIGURE_ENDINGS = (".png", ".svg")


def write_summary(run: Run, file: Path) -> None:
    """Write summary.csv: full precision, so that nothing is lost between the table and the file."""
    write_rows(file, SUMMARY_COLUMNS, summary_rows(run))


def write_json(content: Any, file: Path) -> None:
    """Write a JSON document with sorted keys."""
    file.write_text(
        json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8"
    )


class Trajectories:
    """Writes trajectories.parquet: one row per scenario, member, quarter and series, in chunks of members.

    A chunk is written by a thread of its own while the next one is simulated.
    """

    def __init__(
        self, file: Path, series: Sequence[Series], quarters: int, *, recorded: Sequence[Series] | None = None
    ) -> None:
        """recorded : the series of a chunk, among them those to write; None if it holds no others."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._pa = pa
        self._series = tuple(series)
        self._places = [(recorded or series).index(written) for written in series]
        self._quarters = quarters
        text = pa.dictionary(pa.int16(), pa.string())
        columns = [
            ("scenario", text),
            ("member", pa.int32()),
            ("quarter", text),
            ("actor", text),
            ("counterpart", text),
        ]
        self._schema = pa.schema([*columns, ("variable", text), ("value", pa.float64())])
        self._writer = pq.ParquetWriter(
            file,
            self._schema,
            compression={name: "none" if name == "value" else "zstd" for name in self._schema.names},
            use_dictionary=[name for name in self._schema.names if name != "value"],
            write_statistics=False,
        )
        self._pool = ThreadPoolExecutor(1)
        self._pending: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for what is being written, and close the file."""
        try:
            self._written()
        finally:
            self._pool.shutdown()
            self._writer.close()

    def add(self, scenario: str, members: NDArray[np.int64], chunk: Array) -> None:
        """Add members of one scenario: chunk is (recorded series, quarters, members)."""
        self._written()
        self._pending = self._pool.submit(self._write, scenario, members, chunk[self._places])

    def _written(self) -> None:
        if self._pending is not None:
            self._pending.result()

    def _write(self, scenario: str, members: NDArray[np.int64], chunk: Array) -> None:
        count = len(members)
        block = self._quarters * count
        quarters = np.repeat(np.arange(self._quarters, dtype=np.int16), count)
        who = np.tile(np.asarray(members, dtype=np.int32), self._quarters)
        names = [name_of(quarter) for quarter in range(self._quarters)]
        for series, values in zip(self._series, chunk, strict=True):
            batch = [
                self._constant(scenario, block),
                self._pa.array(who),
                self._pa.DictionaryArray.from_arrays(quarters, names),
                self._constant(series.actor, block),
                self._constant(series.counterpart, block),
                self._constant(series.variable, block),
                self._pa.array(values.reshape(-1)),
            ]
            self._writer.write_batch(self._pa.record_batch(batch, schema=self._schema))

    def _constant(self, word: str, count: int) -> Any:
        return self._pa.DictionaryArray.from_arrays(np.zeros(count, dtype=np.int16), [word])


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
        strange += [path for path in figures.iterdir() if path.suffix not in FIGURE_ENDINGS or not path.is_file()]
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
