"""What `armsrace stability` says: class and pace, distance to the edge, pairs, multipliers, and where spending settles."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.analysis.race_stability import RaceStability
from sim.analysis.stability import stability_of
from sim.data.actors import actor_name, load_actors
from sim.io.formatting import counted, fixed, share_words
from sim.io.terminal import bullet, paragraph, table
from sim.model.network import REGION, network
from sim.report.race_text import definitions, verdict_cells
from sim.report.stability_text import baseline_words, edge_words, pace_words, settling_words

CLASSES = {"stable": "is stable", "marginal": "is on the edge", "runaway": "runs away"}


def stability_answer(race: RaceStability, dyad: tuple[str, str], files: tuple[Path, ...]) -> Iterator[str]:
    """The lines of the answer."""
    summary = stability_of(race.reaction)
    yield paragraph(f"How stable is the race? {race.scenario.title}")
    yield paragraph(
        f"{race.scenario.id}: {counted(race.members, 'simulation')}, seed {race.seed}, ensemble {Path(race.fit).name or race.fit}."
    )
    yield ""
    yield paragraph(pace_words(summary))
    yield paragraph(edge_words(summary))
    if words := baseline_words(race):
        yield paragraph(words)
    yield ""
    yield "Is it a race? Shares of simulations, with the scenario and without"
    header = ("rivals", "definition", "verdict", "with", "without", "what")
    yield table(header, verdict_cells(race.verdicts), right=(3, 4))
    yield paragraph(definitions())
    yield ""
    together = f"the {load_actors().states_counted} together"
    yield f"Two rivals alone, by the two-nation condition (below 1 they are stable), beside {together}"
    yield _pairs_table(race, summary)
    if matrix := race.median_multipliers():
        yield ""
        yield "Where a lasting push of 1 % to one budget ends, in % (median of the simulations that are stable)"
        yield _multipliers_table(matrix)
    if race.settling:
        yield ""
        yield paragraph(settling_words(race))
    yield ""
    yield paragraph(_dyad_words(race, dyad))
    yield ""
    yield paragraph(
        "The analysis looks at spending and arms only, near the plans, and holds relations, deliveries, tension and patrons still. "
        "It says how a small push fades, not whether a push comes."
    )
    yield "Written:"
    yield from (bullet(str(file)) for file in files)


def _pairs_table(race: RaceStability, summary: dict[str, Any]) -> str:
    rows = [
        (
            " and ".join(map(actor_name, pair.states)),
            f"{pair.margin['q50']:.3f}",
            f"{pair.margin['q05']:.3f} to {pair.margin['q95']:.3f}",
            share_words(pair.is_stable),
        )
        for pair in race.pairs()
    ]
    radius, shares = summary["spectral_radius"], summary["share_of_members"]
    together = (
        f"the {load_actors().states_counted} (spectral radius)",
        f"{radius['q50']:.3f}",
        f"{radius['q05']:.3f} to {radius['q95']:.3f}",
        share_words(shares["stable"]),
    )
    return table(("who", "median", "90 % range", "simulations that are stable"), [*rows, together], right=(1, 2))


def _multipliers_table(matrix: list[list[float]]) -> str:
    """Rows: who answers; columns: who is pushed."""
    states = network().states
    pushed = REGION.pushed or states
    rows = [
        (actor_name(state), *(f"{row[states.index(rival)]:.2f}" for rival in pushed))
        for state, row in zip(states, matrix, strict=True)
    ]
    return table(("who answers", *(f"push {code}" for code in pushed)), rows, right=tuple(range(1, len(pushed) + 1)))


def _dyad_words(race: RaceStability, dyad: tuple[str, str]) -> str:
    pair, plans = race.pair(dyad), race.plans_of(dyad)
    holds, drives = pair.weights
    linear = pair.linear(plans)
    names = " and ".join(map(actor_name, dyad))
    k, ell = float(linear.reaction[0, 1]), float(linear.reaction[1, 0])
    a, b = linear.fatigue.tolist()
    return (
        f"{names} alone, at the medians: the race {CLASSES[pair.race_class()]}. In logarithms, what holds back {holds:.2f} against what "
        f"drives {drives:.3f}; in dollars, Richardson's a b = {a * b:.4f} against k l = {k * ell:.5f} (a {a:.3f}, b {b:.3f}, "
        f"k {k:.3g}, l {ell:.3g} per year; k and l are unequal as the budgets are: {fixed(plans[0])} and {fixed(plans[1])} million US$)."
    )
