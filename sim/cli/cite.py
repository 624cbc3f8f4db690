"""`armsrace cite`: how to cite the program, a scenario and what it rests on."""

from contextlib import ExitStack
from typing import Annotated, Literal

from sim.cli.options import option
from sim.io.terminal import bullet, emit, paragraph

Subjects = Annotated[
    str,
    option(
        "Folders of runs, comparisons or sweeps, scenarios of the library, or paths of scenario files. "
        "Default: the program and its documents.",
        name="FOLDER/SCENARIO",
        show_default=False,
    ),
]
CiteFormat = Annotated[
    Literal["text", "bibtex", "json"],
    option("APA followed by BibTeX, BibTeX alone for a file of references, or JSON.", name="--format"),
]


def cite(*subjects: Subjects, form: CiteFormat = "text") -> None:
    """Print how to cite the program, scenarios and the sources that they rest on, in APA and BibTeX.

    The sources are the documents that a scenario names, those of the events that it adds or changes, and of a run also those of the
    unknown numbers that its "How sure" names. Read an entry before you hand it in: what a source does not print, such as its author or
    its day, is missing or marked.
    """
    from sim.report.citations import number_lines, reference_lines
    from sim.runs.manifest import is_run, numbers_named, scenarios_held
    from sim.scenario.loading import load_scenario

    with ExitStack() as rebuilt:
        folders = [subject for subject in subjects if is_run(subject)]
        scenarios = [
            scenario
            for subject in subjects
            for scenario in (
                rebuilt.enter_context(scenarios_held(subject)) if subject in folders else [load_scenario(subject)]
            )
        ]
        keys = list(dict.fromkeys(key for folder in folders for key in numbers_named(folder)))
        parts = list(reference_lines(scenarios, numbers=keys))
        numbers = number_lines(keys, scenarios)
    every = [reference for _, references in parts for reference in references]
    entries = [reference.bibtex() for reference in every]
    if form == "bibtex":
        emit("text", dict, lambda: ["\n\n".join(entries)])
        return

    def lines() -> list[str]:
        listed = [
            line
            for heading, references in parts
            for line in (
                heading,
                *(paragraph(reference.apa(), indent="  ", hanging="    ") for reference in references),
                "",
            )
        ]
        inputs = ["The unknown numbers that carry most of the spread", *map(bullet, numbers), ""] if numbers else []
        hint = ["Of a run's folder (armsrace cite results/ID) also the unknown numbers that its answer names.", ""]
        return [
            *listed, *inputs, *(hint if scenarios and not folders else []),
            "BibTeX (armsrace cite --format bibtex > references.bib)", "", "\n\n".join(entries),
        ]  # fmt: skip

    emit(
        form,
        lambda: {
            "references": [
                {"key": reference.key, "apa": reference.apa(), "bibtex": reference.bibtex()} for reference in every
            ],
            "numbers": numbers,
        },
        lines,
        indent=1,
    )
