"""A finished sweep made larger: where its points are the first of the larger design, its rows are kept and only the others are run.

The larger one is made in a folder of its own inside, and takes the place of the finished one when it is complete.
"""

from collections.abc import Mapping
from typing import Any

from sim.engines.compiled.layout import LANES
from sim.sweep.chunks import SweepJob, keep_chunk
from sim.sweep.design import Design
from sim.sweep.folder import RUNS, SweepFolder
from sim.sweep.samplers import points_of
from sim.sweep.simulate import plan_of
from sim.sweep.table import groups_of, labels_of, parts_of

Identity = Mapping[str, Any]
HYPERCUBE = "latin-hypercube"
SIZES = {"sobol": "n", "morris": "n", "ensemble": "points", HYPERCUBE: "points"}
CHUNK_MOST = 2048


def size_words(identity: Identity) -> str:
    """How large a design is, in the words of its file."""
    return f"{SIZES[identity['design']['kind']]}: {size_of(identity)}"


def size_of(identity: Identity) -> int:
    """How large a design is that can be made larger; 0 for another."""
    return int(identity["design"].get(SIZES.get(identity["design"]["kind"], ""), 0))


def is_larger(asked: Identity, held: Identity) -> bool:
    """Whether what is asked for begins with what is held: the same sweep, whose design is larger and goes on where the other ends."""
    return _growth(asked, held) > 0 and asked["design"]["kind"] != HYPERCUBE


def why_not(asked: Identity, held: Identity) -> str:
    """Why a sweep cannot go on where another ends, if it is the size of the design alone in which they differ."""
    if not (growth := _growth(asked, held)):
        return ""
    if asked["design"]["kind"] == HYPERCUBE:
        return "; a Latin hypercube of another size has other points; a design of the kind sobol, morris or ensemble can be made larger"
    return f"; it has {size_words(held)}, and a sweep can be made larger, not smaller" if growth < 0 else ""


def _growth(asked: Identity, held: Identity) -> int:
    """By how much one design is larger than another; 0 where anything else differs."""
    name = SIZES.get(asked["design"].get("kind"), "")
    without = [{**one, "design": {**one["design"], name: None}} for one in (asked, held)]
    return int(asked["design"][name] - held["design"][name]) if name and without[0] == without[1] else 0


def extended(
    folder: SweepFolder, larger: SweepFolder, design: Design, held: Mapping[str, Any], chunk: int | None
) -> SweepJob:
    """A larger sweep that begins with the rows of the finished one in the folder: they are its first chunks.

    larger : where it is made
    held   : the manifest of the finished one

    Raises InputError where the sampler, in another version, goes on with other points.
    """
    points = points_of(design)
    sweep = SweepJob(design, plan_of(design), points, larger, chunk or _chunk_runs(held["points"] * held["members"]))
    larger.clear()
    larger.chunks.mkdir(parents=True, exist_ok=True)
    rows = sweep.chunk_runs * len(sweep.plan.scenarios)
    for number, table in enumerate(parts_of(groups_of(folder.path / RUNS), rows)):
        if len(table) < rows:  # what fills no chunk is run again
            break
        names = labels_of(sweep.shape, sweep.plan, sweep.batch(number))
        if not table.select(names.column_names).equals(names):
            message = "was made with another version of the sampler, which goes on with other points; choose another folder with --out"
            larger.remove()
            raise folder.refused(message)
        keep_chunk(larger.path, number, sweep.shape, table.cast(sweep.shape.schema), sweep.mark)
    return sweep


def _chunk_runs(runs: int) -> int:
    """Runs of a chunk, so that whole chunks hold what is there, if any size does that."""
    return next((size for size in range(min(runs, CHUNK_MOST), LANES - 1, -1) if runs % size == 0), CHUNK_MOST)
