"""Files of every format that is read, damaged at random: each is read, or refused in a sentence.

    python benchmarks/fuzz.py --inputs 300000            # all formats in turn; what fails is kept in ./fuzz-found
    python benchmarks/fuzz.py --only design,chunk --seed 7
    python benchmarks/fuzz.py --inputs 300000 --begin 45000   # goes on where one was cut: its last line says how far it was

What is wrong is an exception that is no InputError, more than five seconds of the processor, or a gigabyte; what a machine does beside
counts for nothing, except that whoever waits for half a minute hangs. Damage follows the format: a tree (YAML, JSON) loses, gains and
swaps branches and takes values of other files; a table loses cells, rows and columns and changes their kinds; now and then only bytes are
changed. Time and memory are those of reading; files are made and written before. The same seed makes the same inputs. Every 5,000 inputs
the counts are told, at the end those of each format with its slowest and its largest input; a request to stop is obeyed after the input
at hand.
"""

import argparse
import contextlib
import copy
import io
import itertools
import json
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas  # noqa: F401  pyarrow would load it in compiled code
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from sim.analysis.regret import Preferences
from sim.calibration.moments import load_moments
from sim.calibration.panel.inputs import read_rivalries, read_spending
from sim.calibration.panel.tables import read_tables
from sim.classroom.lessons import read_lesson
from sim.classroom.sliders import read_levers
from sim.classroom.teams import read_rules
from sim.cli.main import main as command_line
from sim.data.actors import load_actors
from sim.data.claims import claims
from sim.data.context_events import context_events
from sim.data.spending import spending_rows
from sim.engines.simulate import prepared_scenarios
from sim.ensembles.folder import read_fit
from sim.ensembles.registry import load_fit
from sim.io.assets import data_file
from sim.io.errors import InputError
from sim.io.provenance import digest_of
from sim.io.yaml_reader import Document
from sim.model.parameters import load_parameters
from sim.report.document import (
    Band,
    BulletList,
    CodeBlock,
    Fold,
    Image,
    Picture,
    Report,
    Section,
    Table,
    Text,
    plain_row,
    read_report,
    report_to_json,
)
from sim.report.forms.conversion import report_data
from sim.report.forms.render import page_html, page_markdown
from sim.report.oddities import oddities
from sim.report.scenario_text import description, scenario_lines
from sim.runs.manifest import read_manifest
from sim.scenario import loading
from sim.scenario.loading import Scenario, load_scenario
from sim.scenario.mechanisms import mechanism_file
from sim.scenario.overrides import apply_settings
from sim.sweep.analysis.loading import load_sweep
from sim.sweep.analysis.regret import sweep_regret
from sim.sweep.analysis.sensitivity_study import sensitivity_study
from sim.sweep.design import Design, read_design
from sim.sweep.folder import SweepFolder, mark_of, salt_of
from sim.sweep.run import run_sweep
from sim.sweep.samplers import points_of
from sim.sweep.simulate import plan_of
from sim.sweep.template import design_template
from sim.validation import published
from sim.validation.experiments import experiments

ADDRESSES = 6_000_000_000  # bytes that the study may ask for
SECONDS, MEGABYTES = 5.0, 1000  # of the processor; waiting counts as work sixfold less
LETTERS = 2_000_000  # of what a branch is repeated to: more than any reader takes, and not the memory of the fuzzer
POINTS = 2_000  # of a damaged design that is gone on with
SLOW = {
    8: ("begun", "run", "library", "parameters", "published"),
    3: ("fit", "design", "template", "report", "finished", "chunk"),
}  # every so many rounds
SCENARIO = """\
format_version: 1
title: Mine
question: What if?
extends: baseline
compare_to: base.yaml
documents: [{document: "004", locator: p. 3, says: something}]
expects: more
parameters: {reaction.SRB: 0.4, coupling: {uniform: [0, 1]}}
series:
  kfor: {2026Q1: 4.5}
remove: [skydagger-rumour]
events:
  - {id: drones, at: 2026Q1, type: order, supplier: TUR, buyer: XKX, class: uav, n: {lognormal: [5, 0.5]},
     unit_price_musd: 1, payment: budget}
  - {id: words, at: 2026Q2, type: speech, actor: SRB, about: TUR, tone: -0.5}
  - {id: money, at: 2026Q3, type: grant, patron: TUR, recipient: XKX, value_musd: 5}
"""
DESIGN = """\
format_version: 1
title: Trial
scenarios: [baseline, {name: calm, scenario: mine.yaml, set: {coupling: 0}, theory: spiral}]
members: 2
seed: 3
until: 2027Q4
fit: prior
design: {kind: latin-hypercube, points: 8, seed: 1}
vary: {reaction.SRB: {uniform: [0, 1]}, reaction.XKX: prior}
fixed: {deterrence: 0.2}
metrics:
  - {variable: spending, actor: [SRB, XKX], when: [2026, mean], from: 2025Q1}
  - {variable: tension, when: first above 0.5, name: never}
"""
SMALL = """\
format_version: 1
scenarios: [baseline]
fit: prior
until: 2018Q4
members: 2
design: {kind: rows, file: points.csv}
metrics: [{variable: tension, when: last}]
"""
FINISHED = """\
format_version: 1
scenarios: [baseline, skydagger-delivery]
fit: prior
until: 2018Q4
design: {kind: latin-hypercube, points: 100}
vary: {reaction.SRB: {uniform: [0, 1]}, coupling: {uniform: [0, 1]}}
metrics: [{variable: spending, actor: SRB, when: 2018}, {variable: tension, when: first above 0.2}]
"""
POINTS_CSV = "reaction.SRB,coupling\n0.2,1\n0.4,0.5\n0.6,0.1\n"
REPORT = Report(
    "A run",
    (
        Section("a", "What moved", (Text("Nothing.", ("median",), is_warning=True), BulletList(("one", "two")))),
        Section(
            "b",
            "Tables",
            (Table("t", ("a", "b"), (Band("of"), plain_row("1", "2")), (1,)), CodeBlock("c", "x: 1", "yaml")),
        ),
        Section(
            "c",
            "More",
            (Fold("f", Table("t", ("a",), (plain_row("1"),))), Image("i", "words", "i.svg"), Picture("p", "<svg/>")),
            3,
        ),
    ),
)


# ---- damage ----------------------------------------------------------------------------------------------------------

ODD: list[Any] = [
    None, True, False, 0, 1, -1, 2, 10**9, -(10**9), 10**18, 10**30, 2**63, 0.5, -0.0, 1e308, -1e308, 1e-320, float("nan"), float("inf"),
    "", " ", "a", "\x00", "\x1b[31m", "\u2028", "\ufeff", "\u202e", "ş", "друго", "😀", "a" * 300, "=1+1", "```", "../x", "/etc/passwd",
    "nan", "inf", "1_0", "0,5", "1e5", "0x10", "2026", "2026Q1", "2026Q5", "2099Q4", "every", "every 0", "every 99999999999999999999",
    "last", "first above x", "first above 1e999", "baseline", "prior", "all", "SRB", "XKX", "events.", "events..n", "series.", "a.b.c.d",
    "<script>", "{{7*7}}", "${HOME}", "%s", "\\", "'", '"', [], {}, [[]], [None], {"": None}, [1, 2], {"uniform": [0, 1]},
    {"uniform": [1, 0]}, {"lognormal": [1, 1e300]}, {"from": 0, "to": 1, "steps": 1000000},
]  # fmt: skip
BYTES = [
    b"\x00", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc2\x85", b"\r", b"\n\n", b"\t", b"- ", b": ", b"{", b"[", b'"', b",", b";", b"|",
    b"&a ", b"*a", b"!!python ", b"<<: ", b"#",
]  # fmt: skip


class Damage:
    """Makes damaged files; `words` are what stands in the whole ones, which fits where it stood or somewhere else."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.words: list[Any] = list(ODD)
        self.is_long = False

    def learn(self, tree: Any) -> None:
        for part in parts(tree):
            self.words.append(part)
            self.words += part if isinstance(part, dict) else ()

    def value(self, old: Any = None) -> Any:
        chance = self.chance
        if isinstance(old, str) and old and chance.random() < 0.3:
            place = chance.randrange(len(old))
            return old[:place] + chance.choice(["", " ", ".", "-", "é", "\n", old]) + old[place + 1 :]
        if isinstance(old, int | float) and chance.random() < 0.4:
            return chance.choice([-old, old * 10, old + 1, old / 3, str(old), [old], old * 1e300])
        return copy.deepcopy(chance.choice(self.words))

    def tree(self, tree: Any) -> Any:
        """A copy of a tree with some of its branches changed."""
        tree, self.is_long = copy.deepcopy(tree), False
        for _ in range(self.chance.choice((1, 1, 1, 2, 3, 5))):
            tree = self.changed(tree)
        return tree

    def changed(self, tree: Any) -> Any:
        chance = self.chance
        places = [(part, key) for part in parts(tree) for key in keys_of(part)]
        if not places or chance.random() < 0.01:
            return self.value(tree)
        part, key = chance.choice(places)
        match chance.randrange(8):
            case 0 | 1 | 2:
                part[key] = self.value(part[key])
            case 3:
                del part[key]
            case 4 if isinstance(part, dict):
                part[str(self.value(key))[:400]] = part.pop(key)
            case 4 | 5:
                more = [self.value(part[key]), part[key]]
                (
                    part.insert(key, more[0])
                    if isinstance(part, list)
                    else part.update({str(self.value())[:400]: more[0]})
                )
            case 6 if not self.is_long:  # once in a file, or it fills the memory of the fuzzer
                times = chance.choice((2, 50, 2000))
                self.is_long = times > 2
                length = len(json.dumps(part[key], default=str))
                part[key] = [part[key]] * min(times, max(2, LETTERS // length))
            case 6:
                part[key] = chance.choice([[part[key]], {"value": part[key]}])
            case _:
                part[key] = copy.deepcopy(chance.choice(places)[0])
        return tree

    def raw(self, content: bytes) -> bytes:
        """Some bytes changed, whatever they are."""
        chance, made = self.chance, bytearray(content)
        for _ in range(chance.choice((1, 1, 2, 4, 16))):
            place = chance.randrange(len(made) + 1)
            length = chance.choice((1, 1, 4, 40))
            match chance.randrange(5):
                case 0:
                    made[place : place + length] = b""
                case 1:
                    made[place:place] = chance.choice(BYTES)
                case 2:
                    made[place : place + 1] = bytes([chance.randrange(256)])
                case 3:
                    made[place:place] = made[place : place + length] * chance.choice((1, 1, 30))
                case _:
                    del made[place if chance.random() < 0.2 else len(made) :]
        return bytes(made)

    def cells(self, rows: list[list[str]]) -> list[list[str]]:
        """A table of texts with some of its cells, rows and columns changed."""
        chance, rows = self.chance, [list(row) for row in rows]
        for _ in range(chance.choice((1, 1, 2, 4))):
            if not rows or not (row := chance.choice(rows[:1] if chance.random() < 0.2 else rows)):
                break
            column = chance.randrange(len(row))
            match chance.randrange(9):
                case 0 | 1 | 2 | 3:
                    row[column] = str(self.value(row[column]))
                case 4:
                    del row[column]
                case 5:
                    row.insert(column, row[column])
                case 6:
                    rows.insert(chance.randrange(len(rows) + 1), list(row))
                case 7:
                    rows.remove(row)
                case _:
                    rows = [[*cells[:column], *cells[column + 1 :]] for cells in rows]
        return rows

    def columns(self, table: pa.Table) -> pa.Table:
        """A table with columns of other kinds, names, orders and lengths."""
        chance = self.chance
        for _ in range(chance.choice((1, 1, 2, 3))):
            if not table.num_columns:
                break
            place = chance.randrange(table.num_columns)
            name, count = table.column_names[place], table.num_rows
            match chance.randrange(7):
                case 0 | 1:
                    table = table.set_column(place, name, self.column(table.column(place), count))
                case 2:
                    table = table.remove_column(place)
                case 3:
                    names = list(table.column_names)
                    names[place] = chance.choice([*names, "", "x", "a" * 300])
                    table = table.rename_columns(names)
                case 4:
                    table = table.append_column(str(self.value())[:400], self.column(table.column(place), count))
                case 5:
                    table = table.slice(chance.randrange(count + 1), chance.randrange(count + 1))
                case _:
                    table = pa.concat_tables([table, table.slice(0, chance.randrange(count + 1))])
        return table

    def column(self, old: Any, count: int) -> Any:
        chance = self.chance
        kinds: list[Callable[[], Any]] = [
            lambda: pa.array([None] * count, chance.choice([pa.float64(), pa.string(), pa.null(), pa.int64()])),
            lambda: pa.array([chance.choice(ODD[12:19]) for _ in range(count)], pa.float64()),
            lambda: pa.array([chance.choice(["", "done", "x", "-1", None]) for _ in range(count)]),
            lambda: pa.array([chance.choice([True, False, None]) for _ in range(count)]),
            lambda: pa.array([[1.0]] * count),
            lambda: pa.array([b"x"] * count),
            lambda: pa.array([{"a": 1}] * count, pa.struct([("a", pa.int64())])),
            lambda: pa.array([chance.choice([0, -1, 2**62, 3]) for _ in range(count)], pa.int64()),
            lambda: pa.array([7] * count, pa.timestamp("us")),
            lambda: pa.array(["x"] * count).dictionary_encode(),
            lambda: old.cast(pa.string()),
            lambda: old.cast(pa.float32()),
        ]
        try:
            return chance.choice(kinds)()
        except pa.ArrowException:
            return pa.array([None] * count, pa.float64())


def parts(tree: Any) -> Iterator[Any]:
    """All lists and mappings of a tree."""
    if isinstance(tree, dict | list):
        yield tree
        for value in tree.values() if isinstance(tree, dict) else tree:
            yield from parts(value)


def keys_of(part: Any) -> list[Any]:
    return list(part) if isinstance(part, dict) else list(range(len(part)))


# ---- formats ---------------------------------------------------------------------------------------------------------


@dataclass
class Format:
    """One kind of file.

    file : that is damaged, in a folder with all that stands beside it
    read : what the program does with it
    tried, refused : how many of its damaged files were read so far, and how many of them were refused
    slowest : seconds of the processor that the slowest took, and its number
    largest : megabytes that the one that took most added while it was read, and its number
    """

    name: str
    file: Path
    read: Callable[[], object]
    tried: int = 0
    refused: int = 0
    slowest: tuple[float, int] = (0.0, 0)
    largest: tuple[float, int] = (0.0, 0)

    def __post_init__(self) -> None:
        self.content = self.file.read_bytes()
        self.kind = {".yaml": "tree", ".json": "tree", ".csv": "cells", ".parquet": "table"}.get(
            self.file.suffix, "raw"
        )
        if self.kind == "tree":
            self.whole: Any = yaml.load(self.content, yaml.CSafeLoader)
        elif self.kind == "cells":
            import csv

            self.whole = list(csv.reader(io.StringIO(self.content.decode("utf-8-sig"))))[:40]
        elif self.kind == "table":
            self.whole = pq.ParquetFile(self.file).read()

    def damaged(self, damage: Damage) -> bytes:
        if self.kind == "raw" or damage.chance.random() < 0.25:
            return damage.raw(self.content)
        if self.kind == "tree":
            tree, is_ascii = damage.tree(self.whole), damage.chance.random() < 0.5
            try:
                return json.dumps(tree, ensure_ascii=is_ascii, default=str).encode("utf-8", "surrogatepass")
            except MemoryError:  # a branch that holds itself many times over, longer than any file that is read
                return damage.raw(self.content)
        if self.kind == "cells":
            lines = [
                ",".join(f'"{cell}"' if set(cell) & set(',"\n') else cell for cell in row)
                for row in damage.cells(self.whole)
            ]
            return "\n".join(lines).encode("utf-8", "surrogatepass")
        sink = io.BytesIO()
        pq.write_table(damage.columns(self.whole), sink)
        return sink.getvalue()


def all_formats(root: Path) -> Iterator[Format]:
    """Every format, each in a folder of its own with what belongs to it."""

    def place(name: str, **files: str | bytes | Path) -> Path:
        folder = root / name
        folder.mkdir()
        for key, content in files.items():
            file = folder / key.replace("__", ".")
            file.write_bytes(
                content.read_bytes()
                if isinstance(content, Path)
                else content
                if isinstance(content, bytes)
                else content.encode()
            )
        return folder

    here = place("scenario", mine__yaml=SCENARIO, base__yaml=data_file("scenarios", "skydagger-delivery.yaml"))
    yield Format("scenario", here / "mine.yaml", lambda: gone_on_with(load_scenario(here / "mine.yaml")))
    for number, file in enumerate(sorted(data_file("scenarios").glob("*.yaml"))[::9]):
        one = place(f"library-{number}", mine__yaml=file)
        yield Format(
            f"library-{number}", one / "mine.yaml", lambda one=one: gone_on_with(load_scenario(one / "mine.yaml"))
        )
    settings = place(
        "settings", given__txt="reaction.SRB=0.4\nevents.skydagger-order.n={lognormal: [4000, 0.5]}\ncoupling=1"
    )
    base = load_scenario("skydagger-delivery")
    yield Format(
        "settings", settings / "given.txt", lambda: apply_settings(base, text_of(settings / "given.txt").split("\n"))
    )

    design = place("design", d__yaml=DESIGN, mine__yaml=SCENARIO, base__yaml=SCENARIO.replace("base.yaml", "baseline"))
    yield Format("design", design / "d.yaml", lambda: planned(read_design(design / "d.yaml")))
    template = place("template", d__yaml=design_template("d"))
    yield Format("template", template / "d.yaml", lambda: planned(read_design(template / "d.yaml")))
    rows = place("rows", d__yaml=SMALL, points__csv=POINTS_CSV)
    yield Format("rows", rows / "points.csv", lambda: planned(read_design(rows / "d.yaml")))

    begun = place("begun", d__yaml=SMALL, points__csv=POINTS_CSV)
    run_sweep(begun / "d.yaml", out=begun / "out", chunk=2)
    yield from formats_of_begun(begun)
    finished = root / "finished"
    whole = place("whole", d__yaml=FINISHED)
    run_sweep(whole / "d.yaml", out=finished)
    for name in ("manifest.json", "runs.parquet"):
        yield Format(f"finished-{name}", finished / name, lambda: analysed(finished))
    run = root / "run"
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        given = "--members 2 --ensemble prior --until 2018Q4 --pictures none"
        assert command_line(["run", "skydagger-delivery", *given.split(), "--out", str(run)]) == 0
    yield Format("run", run / "manifest.json", lambda: rebuilt(run))
    report = place(
        "report", report__json=json.dumps(report_to_json(REPORT)), i__svg='<svg width="9pt" height="9.5pt"/>'
    )
    yield Format("report", report / "report.json", lambda: shown(read_report(report_data(report)), report))

    fit = root / "fit"
    shutil.copytree(data_file("calibration", "fits", "documents-2025"), fit)
    table = pq.ParquetFile(fit / "draws.parquet").read()
    pq.write_table(table.slice(0, 20), fit / "draws.parquet")
    (fit / "manifest.json").write_text(
        (fit / "manifest.json").read_text().replace(f'"draws": {table.num_rows}', '"draws": 20')
    )
    for file in sorted(fit.iterdir()):
        yield Format(f"fit-{file.name}", file, lambda: (read_fit(fit), load_fit(str(fit))))

    own = [
        ("actors", data_file("seeds", "actors.yaml"), load_actors),
        ("claims", data_file("seeds", "claims.csv"), claims.__wrapped__),
        ("context-events", data_file("seeds", "context_events.csv"), context_events.__wrapped__),
        ("spending", data_file("seeds", "spending.csv"), spending_rows.__wrapped__),
        ("moments", data_file("calibration", "moments.yaml"), load_moments.__wrapped__),
        ("parameters", data_file("calibration", "parameters.yaml"), load_parameters),
        ("mechanisms", data_file("calibration", "mechanisms.yaml"), mechanism_file.__wrapped__),
        ("experiments", data_file("seeds", "experiments.yaml"), experiments.__wrapped__),
        ("published", data_file("seeds", "published.yaml"), published._read.__wrapped__),
        ("sliders", data_file("scenarios", "classroom", "levers.yaml"), read_levers),
        ("game", data_file("scenarios", "classroom", "teams.yaml"), read_rules),
        ("lesson", min(data_file("scenarios", "lessons").glob("*.yaml")), read_lesson),
    ]
    for name, file, read in own:
        folder = place(name)
        target = folder / file.name
        shutil.copy(file, target)
        yield Format(name, target, lambda read=read, target=target: read(target))
    panel = place(
        "panel",
        spending__csv="country_iso3,year,spending\n"
        + "".join(f"{c},{y},{10 + y - 2000 + ord(c[0])}\n" for c in ("SRB", "XKX", "HRV") for y in range(2000, 2012)),
        rivals__csv="one,other,first_year,last_year\nSRB,XKX,2000,2011\nHRV,SRB,2001,2010\n",
    )
    for name in ("spending.csv", "rivals.csv"):
        yield Format(
            f"panel-{name}",
            panel / name,
            lambda: read_rivalries(panel / "rivals.csv", read_spending(panel / "spending.csv")),
        )
    tables = root / "reactions"
    shutil.copytree(data_file("calibration", "reactions"), tables)
    for name in ("dyads.csv", "estimates.csv", "checks.csv"):
        yield Format(f"reactions-{name}", tables / name, lambda: read_tables(tables))


def formats_of_begun(begun: Path) -> Iterator[Format]:
    """An unfinished sweep: what is gone on with must be what was written, or be made again."""
    out = begun / "out"
    manifest = json.loads((out / "manifest.json").read_text())
    manifest["complete"] = False
    (out / "manifest.json").write_text(json.dumps(manifest))
    whole = (out / "runs.parquet").read_bytes()
    state = {file.name: file.read_bytes() for file in out.iterdir() if file.is_file() and file.name != "runs.parquet"}

    def gone_on() -> None:
        (out / "runs.parquet").unlink(missing_ok=True)
        try:
            run_sweep(begun / "d.yaml", out=out, threads=1)
            if (out / "runs.parquet").read_bytes() != whole:
                raise AssertionError("the table of a sweep that was gone on with is another")
        finally:
            shutil.rmtree(out / "chunks", ignore_errors=True)
            for name, content in state.items():
                (out / name).write_bytes(content)

    for name in ("manifest.json", "points.parquet"):
        yield Format(f"begun-{name}", out / name, gone_on)
    chunks = out / "chunks"
    chunks.mkdir()
    rows = (
        pq.ParquetFile(out / "runs.parquet").read()
        if (out / "runs.parquet").exists()
        else pq.read_table(io.BytesIO(whole))
    )
    pq.write_table(rows.slice(0, 2), begun / "chunk.parquet")
    salt = salt_of(mark_of(read_design(begun / "d.yaml")), 0)

    def with_chunk() -> None:
        """The chunk is given the name that its bytes ask for, as who forges one and knows this program does."""
        (out / "chunks").mkdir(exist_ok=True)
        content, digest = (begun / "chunk.parquet").read_bytes(), digest_of(begun / "chunk.parquet", salt)
        SweepFolder(out).file_of(0, digest).write_bytes(content)
        try:
            gone_on()
        except AssertionError:
            table = pq.read_table(io.BytesIO(content))  # what no check of form can see: other numbers in the outcomes
            if not table.schema.equals(rows.schema) or not table.select(LABELLED).equals(
                rows.slice(0, 2).select(LABELLED)
            ):
                raise

    yield Format("chunk", begun / "chunk.parquet", with_chunk)


LABELLED = ["run", "point", "member", "scenario", "seed", "reaction.SRB", "coupling"]


def text_of(file: Path) -> str:
    """What a user could give as an option."""
    return file.read_bytes().decode("utf-8", "replace").replace("\0", "")


def gone_on_with(scenario: Scenario) -> None:
    base = None if scenario.compare_to is None else load_scenario(scenario.compare_to)
    list(oddities(scenario, base))
    list(scenario_lines(scenario, base))
    json.dumps(description(scenario, base))
    prepared_scenarios(scenario.file, (), None, "prior")


def planned(design: Design) -> None:
    if design.points * len(design.inputs) <= POINTS:
        points_of(design)
    plan_of(design)


def rebuilt(run: Path) -> None:
    manifest = read_manifest(run)
    manifest.options()
    with manifest.scenario() as scenario:
        scenario.resolved()


def shown(report: Report, folder: Path) -> None:
    page_markdown(report)
    page_html(report, folder)


def analysed(folder: Path) -> None:
    sweep = load_sweep(folder)
    sweep_regret(sweep, preferences=Preferences([f"{one.name}=lower" for one in sweep.metrics]))
    if len((folder / "manifest.json").read_bytes()) % 8 == 0:  # it takes a tenth of a second
        sensitivity_study(sweep)


# ---- trying ----------------------------------------------------------------------------------------------------------


class TooLongError(BaseException):
    """More than a reader may take."""


PEAK, STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")


def megabytes(line: str) -> float:
    """Memory of this process: `VmRSS` that it holds, `VmHWM` the most since `forget_peak`; elsewhere than on Linux the most of all."""
    if not STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    return float(re.search(rf"{line}:\s+(\d+)", STATUS.read_text(encoding="utf-8"))[1]) / 1000  # type: ignore[index]


def forget_peak() -> None:
    if PEAK.exists():
        PEAK.write_text("5", encoding="utf-8")


def tried(one: Format, content: bytes, limit: float = SECONDS, number: int = 0) -> str:
    """What is wrong with how a file is read; "" if nothing is."""
    one.file.write_bytes(content)
    forget_peak()
    before, began = megabytes("VmRSS"), time.process_time()
    fault = fault_of(one, limit)
    spent, grown = time.process_time() - began, megabytes("VmHWM") - before
    one.file.write_bytes(one.content)
    one.tried += 1
    one.slowest, one.largest = max(one.slowest, (spent, number)), max(one.largest, (grown, number))
    if not fault and spent > limit:
        return f"{spent:.1f} seconds of the processor"
    return fault or (f"{grown:.0f} MB" if grown > MEGABYTES else "")


def fault_of(one: Format, limit: float) -> str:
    """What a file is read to other than a result or a refusal."""
    signal.setitimer(signal.ITIMER_PROF, limit)
    signal.setitimer(signal.ITIMER_REAL, 6 * limit)
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            np.errstate(all="ignore"),
        ):
            one.read()
    except InputError as error:
        one.refused += 1
        if not str(error).strip() or "Traceback" in str(error):
            return f"a message that says nothing: {str(error)[:200]}"
    except TooLongError:
        return "more than five seconds\n" + traceback.format_exc()
    except BaseException:  # noqa: BLE001  whatever it is, it is told
        return traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
    return ""


def signature_of(fault: str) -> str:
    """What tells one fault from another: the last line of the program's own, and the kind of the exception."""
    lines = fault.strip().splitlines()
    own = [line.strip() for line in lines if "/sim/" in line]
    return f"{own[-1] if own else ''} {lines[-1][:60].split(':')[0]}"


@contextlib.contextmanager
def signals_heard() -> Iterator[list[int]]:
    """While the block lasts, a timer that ends raises TooLongError, and a request to stop is noted."""
    stops: list[int] = []

    def too_long(*_: object) -> None:
        raise TooLongError

    def stop(number: int, _: object) -> None:
        stops.append(number)

    heard = {signal.SIGALRM: too_long, signal.SIGPROF: too_long, signal.SIGINT: stop, signal.SIGTERM: stop}
    before = {number: signal.signal(number, handler) for number, handler in heard.items()}
    try:
        yield stops
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def library_kept() -> Iterator[None]:
    """While the block lasts, each scenario of the library is read once: what is damaged extends it."""
    read, library, known = loading._Reader.scenario, data_file("scenarios"), dict[Path, Scenario]()

    def scenario(reader: Any, document: Document, above: tuple[Path, ...]) -> Scenario:
        file = Path(document.file)
        if file.parent != library:
            return read(reader, document, above)
        if file not in known:
            known[file] = read(reader, document, ())
        return known[file]

    loading._Reader.scenario = scenario  # type: ignore[method-assign]
    try:
        yield
    finally:
        loading._Reader.scenario = read  # type: ignore[method-assign]


def in_turn(formats: Sequence[Format]) -> Iterator[Format]:
    """The formats without end, those that take long less often."""
    rounds = {
        one.name: next((times for times, names in SLOW.items() if one.name.startswith(names)), 1) for one in formats
    }
    for number in itertools.count():
        yield from (one for one in formats if number % rounds[one.name] == 0)


def fuzzed(
    inputs: int, seed: int, only: tuple[str, ...] = (), keep: Path | None = None, say: Callable[[str], object] = print,
    begin: int = 0,
) -> Counter[str]:  # fmt: skip
    """Faults by what they are, from the inputs from one number to another over the formats in turn."""
    found: Counter[str] = Counter()
    with library_kept(), signals_heard() as stops, tempfile.TemporaryDirectory() as root:
        formats = [
            one for one in all_formats(Path(root)) if not only or any(one.name.startswith(name) for name in only)
        ]
        damage = Damage(random.Random(seed))
        for one in formats:
            if fault := tried(one, one.content, 1000.0):  # what is kept for later is worked out now
                raise AssertionError(f"{one.name} is refused whole: {fault}")
            if one.kind == "tree":
                damage.learn(one.whole)
            one.tried, one.refused, one.slowest, one.largest = 0, 0, (0.0, 0), (0.0, 0)
        began = time.monotonic()

        def tell(done: int) -> None:
            refused, seconds = sum(one.refused for one in formats), max(1e-9, time.monotonic() - began)
            slowest = max(formats, key=lambda one: one.slowest)
            largest = max(formats, key=lambda one: one.largest)
            say(
                f"up to {begin + done}: {done} inputs, {refused} refused, {done - refused - found.total()} read, {found.total()} faults of "
                f"{len(found)} kinds; {done / seconds:.0f} a second; at most {slowest.slowest[0]:.1f} s ({slowest.name} "
                f"{slowest.slowest[1]}) and {largest.largest[0]:.0f} MB ({largest.name} {largest.largest[1]}); "
                f"{megabytes('VmRSS'):.0f} MB held"
            )

        done = 0
        for number, one in itertools.islice(enumerate(in_turn(formats)), begin, inputs):
            if stops:
                break
            damage.chance = random.Random(f"{seed} {number}")
            content = one.damaged(damage)
            fault = tried(one, content, number=number)
            if fault:
                name = f"{one.name}: {signature_of(fault)}"
                found[name] += 1
                if found[name] == 1:
                    say(f"--- {number} {one.name}\n{fault}")
                    if keep is not None:
                        keep.mkdir(exist_ok=True)
                        (keep / f"{one.name}-{number}{one.file.suffix}").write_bytes(content)
            done += 1
            if done % 5000 == 0:
                tell(done)
        tell(done)
        for one in sorted(formats, key=lambda one: one.name):
            say(
                f"{one.name:24} {one.tried:6} tried, {one.refused:6} refused; at most {one.slowest[0]:.2f} s ({one.slowest[1]}) "
                f"and {one.largest[0]:.0f} MB ({one.largest[1]})"
            )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=10_000, help="up to this number")
    parser.add_argument("--begin", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-found"))
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))  # what takes more fails, and not the machine
    only = tuple(filter(None, options.only.split(",")))
    found = fuzzed(
        options.inputs, options.seed, only, options.keep, lambda text: print(text, flush=True), options.begin
    )
    for name, count in found.most_common():
        print(f"{count:6} {name}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
