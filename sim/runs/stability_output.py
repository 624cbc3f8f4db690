"""What an analysis of stability leaves behind: its numbers as JSON, two tables, and a phase portrait."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.output import FIGURES, RACE, analysis_folder, write_json, write_table
from sim.analysis.race_stability import PAIRS, RaceStability
from sim.analysis.race_verdict import COLUMNS as RACE_COLUMNS
from sim.analysis.race_verdict import race_document
from sim.analysis.stability import QUANTILES, stability_of
from sim.io.errors import InputError
from sim.io.files import read_json
from sim.model.network import network
from sim.plots.phase_portrait import Portrait, write_portrait
from sim.report.stability_text import rest_words

FILES = ("stability.json", "multipliers.csv", "pairs.csv", RACE)
ASKED = ("scenario", "baseline", "members", "seed", "ensemble", "theory", "settings")  # what decides an analysis
MULTIPLIERS = ("answering", "pushed", "q05", "q50", "q95")


def write_stability(
    race: RaceStability, dyad: tuple[str, str], folder: Path, *, overwrite: bool = False
) -> tuple[Path, ...]:
    """Write the tables and the picture, whole or not at all.

    overwrite : whether the analysis of something else in the folder may go
    """
    numbers, *others = FILES
    said = document(race, dyad)

    def objection() -> str:
        if overwrite or _is_same(folder / numbers, said):
            return ""
        return "holds another analysis; choose another folder with --out, or add --overwrite to replace it"

    with analysis_folder(folder, numbers, *others, FIGURES, f"{FIGURES}/phase-*", objection=objection) as draft:
        write_json(said, draft / numbers)
        multipliers, pairs, verdicts = (draft / file for file in others)
        write_table(multipliers, MULTIPLIERS, multiplier_rows(race))
        write_table(pairs, PAIRS, race.pair_rows())
        write_table(verdicts, RACE_COLUMNS, (row for verdict in race.verdicts for row in verdict.rows()))
        portrait = Portrait(race.pair(dyad), race.plans_of(dyad), race)
        pictures = write_portrait(portrait, draft / FIGURES)
    return (*(folder / file for file in FILES), *(folder / FIGURES / file.name for file in pictures))


def _is_same(file: Path, said: dict[str, Any]) -> bool:
    """Whether the analysis in a folder is of the same scenario, simulations and states."""
    try:
        held = read_json(file)
        return all(held.get(name) == said[name] for name in ASKED) and held["dyad"]["states"] == said["dyad"]["states"]
    except (InputError, OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def multiplier_rows(race: RaceStability) -> Iterator[tuple[Any, ...]]:
    """A row for each state that answers and each that is pushed: 5 %, 50 % and 95 % of the multiplier."""
    states, multipliers = network().states, race.multipliers()
    if not len(multipliers):
        return
    quantiles = np.quantile(multipliers, QUANTILES, axis=0)
    for i, answering in enumerate(states):
        for j, pushed in enumerate(states):
            yield (answering, pushed, *quantiles[:, i, j].tolist())


def document(race: RaceStability, dyad: tuple[str, str], files: Sequence[Path] = ()) -> dict[str, Any]:
    """What `stability --format json` prints."""
    pair = race.pair(dyad)
    plans = race.plans_of(dyad)
    linear = pair.linear(plans)
    return {
        "scenario": race.scenario.id,
        "baseline": None if race.baseline is None else race.baseline.id,
        "members": race.members,
        "seed": race.seed,
        "ensemble": race.fit,
        "theory": race.theory,
        "settings": list(race.settings),
        "stability": stability_of(race.reaction),
        "baseline_stability": None if race.baseline is None else stability_of(race.reactions[0]),
        "moved_by_scenario": race.moved(),
        "race": race_document(race.verdicts),
        "pairs": [
            {"states": list(pair.states), "margin": pair.margin, "share_stable": pair.is_stable, "eigenvalue_per_year": pair.eigenvalue}
            for pair in race.pairs()
        ],
        "dyad": {
            "states": list(dyad),
            "class": pair.race_class(),
            "holds_back": pair.weights[0],
            "drives": pair.weights[1],
            "plans": list(plans),
            "linear": {
                "reaction": [float(linear.reaction[0, 1]), float(linear.reaction[1, 0])],
                "fatigue": linear.fatigue.tolist(),
                "grievance": linear.grievance.tolist(),
                "eigenvalues": linear.eigenvalues.real.tolist(),
            },
        },
        "multipliers": {"states": list(network().states), "median": race.median_multipliers()},
        "settling_per_cent": race.settling,
        "settling_means": rest_words(),
        "files": [str(file) for file in files],
    }  # fmt: skip
