"""`armsrace cite`: how to cite the program, a scenario and what it rests on."""

from typing import Annotated, Literal

from sim.cli.options import option
from sim.io.terminal import emit, paragraph

Scenarios = Annotated[
    str,
    option(
        "Scenarios of the library, or paths of scenario files. Default: the program and its documents.",
        show_default=False,
    ),
]
CiteFormat = Annotated[
    Literal["text", "bibtex", "json"],
    option("APA followed by BibTeX, BibTeX alone for a file of references, or JSON.", name="--format"),
]


def cite(*scenarios: Scenarios, form: CiteFormat = "text") -> None:
    """Print how to cite the program, scenarios and the sources that they rest on, in APA and BibTeX.

    The sources are the documents that a scenario names, and those of the events that it adds or changes. Read an entry before you
    hand it in: what a source does not print, such as its author or its day, is missing or marked.
    """
    from sim.report.citations import reference_lines
    from sim.scenario.loading import load_scenario

    parts = list(reference_lines([load_scenario(scenario) for scenario in scenarios]))
    every = [reference for _, references in parts for reference in references]
    entries = [reference.bibtex() for reference in every]
    if form == "bibtex":
        emit("text", dict, lambda: ["\n\n".join(entries)])
        return
    emit(
        form,
        lambda: {"references": [{"key": one.key, "apa": one.apa(), "bibtex": one.bibtex()} for one in every]},
        lambda: (
            [
                line
                for heading, references in parts
                for line in (heading, *(paragraph(one.apa(), indent="  ", hanging="    ") for one in references), "")
            ]
            + ["BibTeX (armsrace cite --format bibtex > references.bib)", "", "\n\n".join(entries)]
        ),
        indent=1,
    )
