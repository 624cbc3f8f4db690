"""`armsrace explain`: why a number moved."""

from pathlib import Path
from typing import Annotated

from sim.cli.options import RESULTS, Format, Settings, command_words, option, whole
from sim.io.errors import refusal
from sim.io.terminal import emit, paragraph

Run = Annotated[
    str, option("A folder that armsrace run wrote, a scenario of the library, or the path of a scenario file.")
]
Variable = Annotated[
    str | None,
    option(
        "spending, relation, rhetoric, attitude, tension, hazard, supplier_choice, threat, troops or dialogue. Default: spending, or "
        "attitude where there is a counterpart."
    ),
]
Since = Annotated[str | None, option("Explain the change since this quarter. Default: the quarter before --quarter.")]
Compare = Annotated[
    bool, option("Explain the difference to the scenario it is compared with, in the same quarter.", negative=())
]
Members = Annotated[int | None, whole("Number of simulations. Default: those of the run, 1000 for a scenario.")]
Out = Annotated[
    Path | None,
    option("Folder for the picture. Default: figures/ of the run, or results/ID-explained/ for a scenario."),
]


def explain(
    run: Run,
    /,
    *,
    actor: Annotated[str, option("Whose number: the code of an actor, such as SRB.")],
    quarter: Annotated[str, option("When, such as 2026Q1.")],
    counterpart: Annotated[str, option("Towards whom, for relations and suppliers; the other end of a dyad.")] = "",
    variable: Variable = None,
    since: Since = None,
    compare: Compare = False,
    members: Members = None,
    seed: Annotated[int | None, whole("Seed of every draw. Default: that of the run, or 1.")] = None,
    settings: Settings = (),
    ensemble: Annotated[str | None, option("The ensemble, for a scenario: as in armsrace run.")] = None,
    theory: Annotated[str | None, option("A rival theory, for a scenario: as in armsrace run.")] = None,
    out: Out = None,
    form: Format = "text",
) -> None:
    """Say why a number moved: its change, split into causes that add up to it.

    The simulations are run again; the split is worked out in each of them, and the answer gives its mean. With --compare it also says
    what the direction rests on: each channel of the model is taken out in turn. Writes a picture.
    """
    from sim.directions.directions import direction_between
    from sim.explain.explain import asked, explained
    from sim.explain.text import explanation_lines
    from sim.plots import waterfall
    from sim.report.next_steps import after_an_explanation
    from sim.report.run_text import direction_sentence
    from sim.runs.rerun import run_again

    again = run_again(run, members=members, seed=seed, settings=settings, ensemble=ensemble, theory=theory)
    last = again.options.quarters - 1
    question = asked(variable, actor, counterpart, quarter, since, is_compared=compare, last=last)
    explanation = explained(question, again.pair, members=again.options.members, seed=again.options.seed)
    whose = None
    if compare:
        whose = direction_between(
            again.pair, question.series, question.quarter, members=again.options.members, seed=again.options.seed,
            fit=again.options.ensemble,
        )  # fmt: skip
    files = waterfall.PLOT.write(
        explanation, _folder(run, explanation.scenario.id, out), waterfall.file_name(explanation)
    )
    given = command_words(
        "explain", members=members, seed=seed, ensemble=ensemble, theory=theory, out=out, settings=settings
    )[2:]
    against = again.pair[0].scenario.id if len(again.pair) > 1 else None
    emit(
        form,
        lambda: explanation.document() | ({} if whose is None else {"direction": whose.to_json()}),
        lambda: [
            *explanation_lines(explanation, files),
            *([] if whose is None or not whose.label else ["", paragraph(direction_sentence(whose))]),
            *after_an_explanation(question, run, given, against),
        ],
    )


def _folder(ref: str, scenario: str, out: Path | None) -> Path:
    """Where the picture goes."""
    if out is not None:
        if out.exists() and not out.is_dir():
            raise refusal(out, "is a file; choose a folder with --out")
        return out
    return Path(ref) / "figures" if Path(ref).is_dir() else RESULTS / f"{scenario}-explained"
