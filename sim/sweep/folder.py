"""The folder of a sweep: what is finished, what is missing, and the table at the end.

While a sweep runs, each finished chunk is one Parquet file whose name carries a part of its sum: the SHA-256 of all that decides
the sweep's rows, of the chunk's number and of its bytes. It is written under another name and renamed, so a file with its right
name is whole, whoever was killed when; one that was damaged, edited (whatever sum it was then given by another tool) or brought
from another sweep is seen by its sum and made again. At the end the chunks become one table and are removed.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.analysis.output import MANIFEST, write_json
from sim.data import region
from sim.engines.simulate import equations_digest
from sim.ensembles.parquet import read_parquet
from sim.io import plugged
from sim.io.errors import FORMAT_VERSION, InputError, format_fault, refusal
from sim.io.files import read_json, special_kind
from sim.io.provenance import digest_of, made_with, sources_digest
from sim.io.writing import DRAFT, MARK_LETTERS, locked, remove_abandoned, written_whole
from sim.model.parameters import load_parameters
from sim.sweep.design import Design
from sim.sweep.metrics import DesignMetric
from sim.sweep.table import Shape, write_whole

RUNS, POINTS, CHUNKS, LOCK = "runs.parquet", "points.parquet", "chunks", ".lock"
LARGER = "larger-"  # how the name begins of a folder in which a finished sweep is made larger
SUM_LETTERS = 16
POINTS_CELLS_MAX, CHUNK_CELLS_MAX = 500_000_000, 100_000_000
MAKE_AGAIN = "remove this file, and the same command makes its part again"
NEEDED = {"identity": dict, "chunk_runs": int, "points_sha256": str, "complete": bool}  # to go on with a sweep
# What stands in the folder before the first manifest.
_BEGUN = re.compile(rf"\.lock|points\.parquet|{re.escape(DRAFT)}(manifest\.json|points\.parquet)-[0-9a-f]+(\.begun)?")
_CHUNK = re.compile(r"chunk-([0-9]{6,})-([0-9a-f]{16})\.parquet")


class SweepFolder:
    """Where a sweep goes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.chunks = path / CHUNKS

    def manifest(self) -> dict[str, Any] | None:
        """What the folder says of the sweep it holds; None if it holds none. InputError if it holds something else."""
        file = self.path / MANIFEST
        if self.path.is_file():
            raise self.refused("is a file; choose a folder with --out")
        if not file.is_file():
            strangers = sorted(path.name for path in self.path.iterdir()) if self.path.is_dir() else []
            strangers = [name for name in strangers if LOCK not in strangers or not _BEGUN.fullmatch(name)]
            if strangers:
                raise self.refused(f'holds no sweep but "{strangers[0]}"; choose another folder with --out')
            return None
        try:
            manifest: dict[str, Any] = read_json(file)
            is_ours = manifest["kind"] == "sweep" and all(type(manifest[name]) is kind for name, kind in NEEDED.items())
            is_ours = is_ours and manifest["chunk_runs"] > 0
            fault = format_fault(manifest["format_version"])
        except InputError:
            raise
        except (OSError, ValueError, KeyError, TypeError):
            is_ours = False
        if not is_ours:
            raise self.refused(f"holds a {MANIFEST} that is not of a sweep; choose another folder with --out")
        if fault is not None:
            raise refusal(file, fault, "format_version")
        return manifest

    def refused(self, message: str) -> InputError:
        return refusal(self.path, message)

    def write_manifest(self, content: dict[str, Any]) -> None:
        with written_whole(self.path / MANIFEST) as draft:
            write_json(content, draft)

    # ---- points ------------------------------------------------------------------------------------------------------

    def write_points(self, names: Sequence[str], points: NDArray[np.float64]) -> str:
        """Keep the points, so that a sweep goes on with them even under another version of a sampler; their SHA-256."""
        with written_whole(self.path / POINTS) as draft:
            table = pa.table([pa.array(row) for row in points], names=list(names))
            with draft.open("wb") as sink:
                pq.write_table(table, sink, write_statistics=False)
        return digest_of(self.path / POINTS)

    def read_points(self, digest: str) -> NDArray[np.float64] | None:
        """The points that were kept, (inputs, points); None if the file is missing or damaged."""
        file = self.path / POINTS
        if not file.is_file() or digest_of(file) != digest:
            return None
        table = read_parquet(file, POINTS_CELLS_MAX, "choose another folder with --out")
        if any(not pa.types.is_float64(kind) for kind in table.schema.types) or any(
            c.null_count for c in table.columns
        ):
            raise refusal(file, "holds what is no number; choose another folder with --out")
        return np.array([column.to_numpy() for column in table.columns], dtype=np.float64)

    # ---- chunks ------------------------------------------------------------------------------------------------------

    def finished(self, mark: str) -> dict[int, str]:
        """Sums of the chunks that are whole, by number; damaged ones are removed. InputError names two of one number: one is not ours.

        mark : that their sums begin with
        """
        sums: dict[int, str] = {}
        for file, number, digest in self._chunk_files():
            is_file = not file.is_symlink() and not special_kind(file)
            if is_file and digest_of(file, salt_of(mark, number)).startswith(digest):
                if number in sums:
                    other = self.file_of(number, sums[number]).name
                    raise refusal(file, f"a part of the sweep is there twice, as {other} too; {MAKE_AGAIN}")
                sums[number] = digest
            else:
                file.unlink(missing_ok=True)
        return sums

    def _chunk_files(self) -> Iterator[tuple[Path, int, str]]:
        """Files with the name of a chunk, in order, each with its number and sum."""
        for file in sorted(self.chunks.iterdir()) if self.chunks.is_dir() else ():
            if match := _CHUNK.fullmatch(file.name):
                yield file, int(match[1]), match[2]

    def count(self) -> int:
        """How many chunks there are; of those of today's sweep that were damaged `finished` has left none."""
        return sum(1 for _ in self._chunk_files())

    def file_of(self, number: int, digest: str) -> Path:
        return self.chunks / f"chunk-{number:06d}-{digest[:SUM_LETTERS]}.parquet"

    def tables(self, sums: dict[int, str], mark: str) -> Iterator[pa.Table]:
        """The chunks in order, each checked against its sum."""
        for number in sorted(sums):
            file = self.file_of(number, sums[number])
            if not digest_of(file, salt_of(mark, number)).startswith(sums[number]):
                raise self.refused(
                    f"the chunk {file.name} was damaged while the sweep ran; give the same command again"
                )
            yield read_chunk(file)

    def compact(self, shape: Shape, sums: dict[int, str], mark: str) -> str:
        """Write the table from all chunks; returns its SHA-256. The chunks stay until `clear`."""
        with written_whole(self.path / RUNS) as draft:
            return write_whole(shape, self.tables(sums, mark), draft)

    def clear(self) -> None:
        """Remove the chunks, which stand in the table by now, and what killed processes left."""
        for file, *_ in self._chunk_files():
            file.unlink(missing_ok=True)
        for folder in (self.chunks, self.path):
            for left in folder.glob(f"{DRAFT}*") if folder.is_dir() else ():
                remove_abandoned(left.name[:-MARK_LETTERS], folder)
        with suppress(OSError):  # it holds something else
            self.chunks.rmdir()

    # ---- a larger sweep that is on the way ---------------------------------------------------------------------------

    def larger(self, size: int) -> "SweepFolder":
        """Where the sweep that is held here is made larger."""
        return SweepFolder(self.path / f"{LARGER}{size}")

    def adopt(self, larger: "SweepFolder") -> None:
        """Put a larger sweep that is finished in the place of this one; who is killed in between does the rest the next time."""
        for name in (POINTS, RUNS, MANIFEST):
            if (larger.path / name).is_file():
                (larger.path / name).replace(self.path / name)

    def remove_larger(self, size: int) -> None:
        """Remove what was begun to make this sweep as large as it is, or less."""
        for path in self.path.glob(f"{LARGER}*"):
            if (number := path.name.removeprefix(LARGER)).isdecimal() and int(number) <= size and not path.is_symlink():
                SweepFolder(path).remove()

    def remove(self) -> None:
        """Remove what a sweep writes, and the folder if it then is empty."""
        self.clear()
        for name in (MANIFEST, RUNS, POINTS):
            (self.path / name).unlink(missing_ok=True)
        with suppress(OSError):  # it holds something else
            self.path.rmdir()

    def check_links(self) -> None:
        """InputError if chunks would be written somewhere else."""
        if self.chunks.is_symlink() or (self.chunks.exists() and not self.chunks.is_dir()):
            message = f"{CHUNKS} in it is a link or a file, and the sweep would write there; remove it, or link the whole folder"
            raise self.refused(message)

    @contextmanager
    def locked(self, *, is_part: bool = False) -> Iterator[None]:
        """Keep a second sweep out while this one writes, but parts of one beside each other; the lock goes with the process, however
        that ends."""
        self.check_links()
        self.path.mkdir(parents=True, exist_ok=True)
        with locked(self.path / LOCK, "another sweep", is_shared=is_part):
            yield


def salt_of(mark: str, number: int) -> bytes:
    """What the sum of a chunk begins with."""
    return f"{mark} {number} ".encode()


def read_chunk(file: Path) -> pa.Table:
    """The rows of a chunk; InputError if they cannot be read."""
    return read_parquet(file, CHUNK_CELLS_MAX, MAKE_AGAIN)


def put_chunk(folder: Path, number: int, content: bytes, digest: str) -> None:
    """Put a finished chunk into the folder: whole under its right name, or not at all."""
    with written_whole(SweepFolder(folder).file_of(number, digest)) as draft:
        draft.write_bytes(content)


CODE = ("engines", "engines/compiled", "ensembles", "sweep")  # what draws, encodes and measures, beside the equations
PACKAGES = ("numpy", "pyarrow", "SALib", "scipy", "wasmtime")


def identity_of(design: Design) -> dict[str, Any]:
    """Everything that decides the rows of a sweep."""
    spec = {name: value for name, value in design.plain().items() if name not in ("title", "comment")}
    table = load_parameters()
    parts = {name: spec.pop(name) for name in ("design", "vary", "fixed", "metrics", "members", "seed")}
    rest = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()
    code = {"equations": equations_digest(), "code": sources_digest(CODE)}
    return {
        **parts,
        "scenarios": rest,
        "parameters": table.digest,
        "model_version": table.model_version,
        **code,
        **plugged.in_identity(),
        **region.in_identity(),
    }


def mark_of(design: Design) -> str:
    """What the sums of a sweep's chunks begin with, so that no sum of another sweep or another tool is one of these."""
    return hashlib.sha256(json.dumps(identity_of(design), sort_keys=True).encode()).hexdigest()


def said_of(
    design: Design, metrics: Sequence[DesignMetric], points: NDArray[np.float64], chunk_runs: int
) -> dict[str, Any]:
    """What the manifest says from the beginning.

    points : (inputs, points)
    """
    content = design.content
    low, high = points.min(axis=1).tolist(), points.max(axis=1).tolist()
    inputs = [
        {
            "name": input_.key, "unit": input_.unit, "low": low[place], "high": high[place], "actor": input_.actor,
            "mechanism": input_.mechanism, "group": input_.group(getattr(content.design, "group_by", None)),
            "distribution": None if input_.distribution is None else input_.distribution.plain(),
        }
        for place, input_ in enumerate(design.inputs)
    ]  # fmt: skip
    chosen = content.design.model_dump(mode="json")
    if chosen.get("seed", 0) is None:
        chosen["seed"] = content.seed
    return {
        "format_version": FORMAT_VERSION,
        "kind": "sweep",
        "name": design.name,
        "title": content.title,
        "comment": content.comment,
        "identity": identity_of(design),
        "asked": content.model_dump(mode="json", by_alias=True, exclude_none=True),
        "design": chosen,
        "inputs": inputs,
        "fixed": content.fixed,
        "metrics": [metric.plain() for metric in metrics],
        "scenarios": [
            {"name": side.name, "theory": side.theory, "sha256": side.scenario.digest, **side.scenario.resolved()}
            for side in design.sides
        ],
        "fit": content.fit,
        "members": content.members,
        "points": points.shape[1],
        "seed": content.seed,
        "until": content.until,
        "common_random_numbers": content.common_random_numbers,
        "chunk_runs": chunk_runs,
        **made_with(PACKAGES),
    }  # fmt: skip
