"""`armsrace schema`: the JSON Schema of a scenario file."""

import json
import sys
from pathlib import Path
from typing import Annotated

from sim.cli.options import option
from sim.io.errors import refusal
from sim.io.terminal import say

Out = Annotated[Path | None, option("File to write; an existing one is replaced. Default: print it.")]


def schema(*, out: Out = None) -> None:
    """Print the JSON Schema of a scenario file, for editors.

    Editors use it to complete and to check what is typed.
    """
    from sim.scenario.json_schema import scenario_json_schema

    text = json.dumps(scenario_json_schema(), indent=1, ensure_ascii=False) + "\n"
    if out is None:
        sys.stdout.write(text)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise refusal(out, f"cannot be written ({error.strerror}); choose another file") from None
    say(f"{out} is written.")
