"""`armsrace stability`: whether the race fades or runs away, how fast, and how far it is from the edge."""

from pathlib import Path
from typing import Annotated

from sim.cli.options import RESULTS, Ensemble, Format, Members, Seed, Settings, Theory, flag, option
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.terminal import emit

Subject = Annotated[
    str,
    option(
        "A scenario of the library, the path of a scenario file, or the folder of a run, whose simulations are then taken.",
        name="SCENARIO",
    ),
]
Dyad = Annotated[
    str, option("Two states for the phase portrait, the one across first: SRB-XKX, GRC-TUR. Default: the two sides.")
]
Out = Annotated[
    Path | None,
    option("Folder for the tables and the picture. Default: results/ID-stability/ below the current directory."),
]
Overwrite = Annotated[bool, flag("Replace another analysis in the folder. Default: leave it alone.")]


def stability(
    subject: Subject,
    /,
    *,
    dyad: Dyad = "",
    members: Members = 1000,
    seed: Seed = 1,
    settings: Settings = (),
    ensemble: Ensemble = DEFAULT_FIT,
    theory: Theory = None,
    out: Out = None,
    overwrite: Overwrite = False,
    form: Format = "text",
) -> None:
    """Say whether the race is stable, how fast it fades, how far it is from running away.

    Writes the numbers, the multipliers, the two-nation conditions and a phase portrait to a folder. Of the folder of a run it takes
    scenario, members, seed, ensemble, theory and settings; the options then say nothing.
    """
    from sim.engines.options import RunOptions
    from sim.runs.manifest import is_run
    from sim.runs.stability import dyad_of, race_stability, stability_of_run
    from sim.runs.stability_answer import stability_answer
    from sim.runs.stability_output import document, write_stability

    states = dyad_of(dyad)
    if is_run(subject):
        race = stability_of_run(subject)
    else:
        options = RunOptions(members, seed, ensemble=ensemble, theory=theory, settings=settings)
        race = race_stability(subject, options)
    files = write_stability(race, states, out or RESULTS / f"{race.scenario.id}-stability", overwrite=overwrite)
    emit(form, lambda: document(race, states, files), lambda: stability_answer(race, states, files))
