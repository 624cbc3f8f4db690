"""`armsrace check`: what the claims of the documents, the model's mechanisms and published results are worth."""

from typing import Annotated, Literal

from sim.cli.options import Ensemble, Format, Members, Seed, flag, option, repeated
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.errors import refusal
from sim.io.progress import watched
from sim.io.terminal import emit

Published = Annotated[bool, flag("Recompute published results with today's code instead.")]
Mechanisms = Annotated[bool, flag("Take out each mechanism and each patron in turn instead, and say what changes.")]
Claims = Annotated[
    tuple[str, ...],
    repeated(
        "--claims",
        "Ids of claims, M01 M64 for example, which are then told in full. Default: all, as tables.",
        consume_multiple=True,
    ),
]
Kind = Annotated[
    Literal["actor", "system", "mechanism", "lever", "contradiction", "framing"] | None,
    option("Only claims of one kind. Default: all kinds."),
]
Without = Annotated[
    str | None,
    option(
        "Take out the mechanisms that rest on this document alone (000 to 004) instead, and list the verdicts that change."
    ),
]
DONE, FAILED = 0, 1


def check(
    *,
    published: Published = False,
    mechanisms: Mechanisms = False,
    claims: Claims = (),
    kind: Kind = None,
    without: Without = None,
    members: Members = 300,
    seed: Seed = 1,
    ensemble: Ensemble = DEFAULT_FIT,
    form: Format = "text",
) -> int:
    """Test the claims of the documents, and published results, and say which hold.

    A claim that holds or fails by assumption could not have come out otherwise with any numbers that the priors allow.
    Exit code 1 says that a verdict is not the one recorded, that a published result fails, or that a mechanism is dead or leaks.
    """
    if published + mechanisms + (without is not None) + (bool(claims) or kind is not None) > 1:
        raise refusal("check", "choose one: --published, --mechanisms, --without, or claims by --claims and --kind")
    from sim.engines.options import RunOptions
    from sim.validation import checks

    if published:
        result = checks.check_published()
    else:
        options = RunOptions(members, seed, ensemble=ensemble)
        chosen = () if mechanisms or without is not None else checks.chosen_claims(claims, kind)
        with watched() as progress:
            if without is not None:
                result = checks.check_without(without, options, progress)
            elif mechanisms:
                result = checks.check_mechanisms(options, progress)
            else:
                result = checks.check_claims(chosen, options, progress, in_full=bool(claims))
    emit(form, result.document, result.lines, indent=1)
    return DONE if result.is_as_expected else FAILED
