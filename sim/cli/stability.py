"""`armsrace stability`: whether the race fades or runs away, how fast, and how far it is from the edge."""

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from sim.cli.run import RESULTS, Fit, Format, Members, Seed, Settings
from sim.cli.warmup import announce_preparation
from sim.data.actors import load_actors
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.errors import InputError, Problem
from sim.io.terminal import bullet, paragraph, say, table

if TYPE_CHECKING:
    from sim.runs.stability import RaceStability

Subject = Annotated[
    str,
    Parameter(
        name="SCENARIO",
        help="A scenario of the library, the path of a scenario file, or the folder of a run, whose worlds are then taken.",
    ),
]
Dyad = Annotated[str, Parameter(help="Two states for the phase portrait, the one across first: SRB-XKX, GRC-TUR.")]
Theory = Annotated[str | None, Parameter(help="A rival theory: spiral, deterrence or no-effect. Default: none.")]
Out = Annotated[
    Path | None,
    Parameter(
        help="Folder for the tables and the picture. Default: results/ID-stability/ below the current directory."
    ),
]
CLASSES = {"stable": "settles", "marginal": "is on the edge", "runaway": "runs away"}
FILES = ("stability.json", "multipliers.csv", "pairs.csv")


def stability(
    subject: Subject,
    /,
    *,
    dyad: Dyad = "SRB-XKX",
    members: Members = 1000,
    seed: Seed = 1,
    settings: Settings = (),
    fit: Fit = DEFAULT_FIT,
    theory: Theory = None,
    out: Out = None,
    form: Format = "text",
) -> None:
    """Say whether a push to spending fades or grows, at which pace, and how far the race is from the edge.

    Writes the numbers, the multipliers, the two-nation conditions and a phase portrait to a folder. Of the folder of a run it takes
    scenario, members, seed, ensemble, theory and settings; the options then say nothing.
    """
    from sim.runs import stability as races

    states = races.dyad_of(dyad)
    options: dict[str, Any] = {"members": members, "seed": seed, "settings": settings, "fit": fit, "theory": theory}
    announce_preparation()
    found = _found(subject, options)
    folder = RESULTS / f"{found.scenario.id}-stability" if out is None else out
    files = write(found, states, folder)
    if form == "json":
        content = races.document(found, states, files)
        sys.stdout.write(json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n")
        return
    say(*answer(found, states, files))


def _found(subject: str, options: dict[str, Any]) -> "RaceStability":
    """The analysis of a scenario, or of the scenario and the worlds of a run."""
    from sim.runs.manifest import is_run, read_manifest
    from sim.runs.stability import race_stability

    if not is_run(subject):
        return race_stability(subject, **options)
    manifest = read_manifest(subject)
    told = manifest.identity
    if told["theory"] == "all":
        message = "holds a run under every theory; name a scenario and one --theory"
        raise InputError(subject, [Problem(None, "", message)])
    with manifest.scenario() as scenario:
        taken = {name: told[name] for name in ("members", "seed", "settings", "fit", "theory")}
        return race_stability(scenario, **taken)


def write(found: "RaceStability", dyad: tuple[str, str], folder: Path) -> tuple[Path, ...]:
    """Write the tables and the picture; a folder of something else is left alone."""
    from sim.analysis.output import write_json
    from sim.plots.phase_portrait import write_portrait
    from sim.runs.stability import document

    known = {*FILES, "figures"}
    if folder.exists() and (not folder.is_dir() or any(one.name not in known for one in folder.iterdir())):
        message = "is not empty and holds something else; choose another folder with --out"
        raise InputError(folder, [Problem(None, "", message)])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        numbers, multipliers, pairs = (folder / file for file in FILES)
        write_json(document(found, dyad), numbers)
        _write_csv(multipliers, multiplier_rows(found))
        _write_csv(pairs, pair_rows(found))
        return (numbers, multipliers, pairs, *write_portrait(found.portrait(dyad), folder / "figures"))
    except OSError as error:
        message = f"cannot be written ({error.strerror}); choose another folder with --out"
        raise InputError(folder, [Problem(None, "", message)]) from None


def _write_csv(file: Path, rows: Iterator[tuple[Any, ...]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)


def multiplier_rows(found: "RaceStability") -> Iterator[tuple[Any, ...]]:
    """A row for each state that answers and each that is pushed: 5 %, 50 % and 95 % of the multiplier."""
    import numpy as np

    from sim.model.network import network

    yield ("answering", "pushed", "q05", "q50", "q95")
    states, multipliers = network().states, found.multipliers()
    if not len(multipliers):
        return
    quantiles = np.quantile(multipliers, (0.05, 0.5, 0.95), axis=0)
    for i, answering in enumerate(states):
        for j, pushed in enumerate(states):
            yield (answering, pushed, *quantiles[:, i, j].tolist())


def pair_rows(found: "RaceStability") -> Iterator[tuple[Any, ...]]:
    """A row for each two mutual rivals."""
    yield ("state", "rival", "margin_q05", "margin_q50", "margin_q95", "share_stable", "eigenvalue_per_year")
    for one in found.pairs():
        yield (*one.states, *one.margin.values(), one.is_stable, one.eigenvalue)


# ---- words -----------------------------------------------------------------------------------------------------------


def answer(found: "RaceStability", dyad: tuple[str, str], files: tuple[Path, ...]) -> Iterator[str]:
    """The lines of the answer."""
    from sim.analysis.stability import stability_of
    from sim.report.stability_text import edge_words, pace_words
    from sim.runs.stability import median_multipliers
    from sim.runs.stability_text import baseline_words, settling_words

    told = stability_of(found.reaction)
    yield paragraph(f"How stable is the race? {found.scenario.title}")
    worlds = "1 world" if found.members == 1 else f"{found.members:,} worlds"
    yield paragraph(f"{found.scenario.id}: {worlds}, seed {found.seed}, ensemble {Path(found.fit).name or found.fit}.")
    yield ""
    yield paragraph(pace_words(told))
    yield paragraph(edge_words(told))
    if words := baseline_words(found):
        yield paragraph(words)
    yield ""
    together = f"the {load_actors().states_counted} together"
    yield f"Two rivals alone, by the two-nation condition (below 1 they settle), beside {together}"
    yield _pairs_table(found, told)
    if matrix := median_multipliers(found):
        yield ""
        yield "Where a lasting push of 1 % to one budget ends, in % (median of the worlds that settle)"
        yield _multipliers_table(matrix)
    if found.settling:
        yield ""
        yield paragraph(settling_words(found))
    yield ""
    yield paragraph(_dyad_words(found, dyad))
    yield ""
    yield paragraph(
        "The analysis looks at spending and arms only, near the plans, and holds relations, deliveries, tension and patrons still. "
        "It says how a small push fades, not whether a push comes."
    )
    yield "Written:"
    yield from (bullet(str(file)) for file in files)


def _pairs_table(found: "RaceStability", told: dict[str, Any]) -> str:
    from sim.analysis.findings import actor_name, in_a_hundred

    rows = [
        (
            " and ".join(map(actor_name, one.states)),
            f"{one.margin['q50']:.3f}",
            f"{one.margin['q05']:.3f} to {one.margin['q95']:.3f}",
            f"{in_a_hundred(one.is_stable)} of 100",
        )
        for one in found.pairs()
    ]
    radius, shares = told["spectral_radius"], told["share_of_members"]
    together = (
        f"the {load_actors().states_counted} (spectral radius)",
        f"{radius['q50']:.3f}",
        f"{radius['q05']:.3f} to {radius['q95']:.3f}",
        f"{in_a_hundred(shares['stable'])} of 100",
    )
    return table(("who", "middle", "5-95 %", "worlds that settle"), [*rows, together], right=(1, 2))


def _multipliers_table(matrix: list[list[float]]) -> str:
    """Rows: who answers; columns: who is pushed."""
    from sim.analysis.findings import actor_name
    from sim.model.network import KOSOVO, SERBIA, TURKEY, network

    states = network().states
    pushed = (SERBIA, KOSOVO, TURKEY, "GRC", "HRV")
    rows = [
        (actor_name(state), *(f"{row[states.index(other)]:.2f}" for other in pushed))
        for state, row in zip(states, matrix, strict=True)
    ]
    return table(("who answers", *(f"push {code}" for code in pushed)), rows, right=(1, 2, 3, 4, 5))


def _dyad_words(found: "RaceStability", dyad: tuple[str, str]) -> str:
    from sim.analysis.findings import actor_name

    pair, plans = found.pair(dyad), found.plans_of(dyad)
    holds, drives = pair.weights
    linear = pair.linear(plans)
    names = " and ".join(map(actor_name, dyad))
    k, ell = float(linear.reaction[0, 1]), float(linear.reaction[1, 0])
    a, b = linear.fatigue.tolist()
    return (
        f"{names} alone, at the medians: the race {CLASSES[pair.race_class()]}. In logarithms, what holds back {holds:.2f} against what "
        f"drives {drives:.3f}; in dollars, Richardson's a b = {a * b:.4f} against k l = {k * ell:.5f} (a {a:.3f}, b {b:.3f}, "
        f"k {k:.3g}, l {ell:.3g} per year; k and l are unequal as the budgets are: {plans[0]:,.0f} and {plans[1]:,.0f} million US$)."
    )
