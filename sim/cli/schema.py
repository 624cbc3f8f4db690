"""`armsrace schema`: the JSON Schema of a scenario file."""

import json
import sys
from pathlib import Path
from typing import Annotated

from sim.cli.options import flag, option
from sim.io.terminal import say
from sim.io.writing import written_whole

Out = Annotated[Path | None, option("File to write. Default: print it.")]
Overwrite = Annotated[bool, flag("Replace the file that --out names. Default: leave it alone.")]


def schema(*, out: Out = None, overwrite: Overwrite = False) -> None:
    """Print the JSON Schema of a scenario file, for editors.

    Editors use it to complete and to check what is typed.
    """
    from sim.scenario.json_schema import scenario_json_schema

    text = json.dumps(scenario_json_schema(), indent=1, ensure_ascii=False) + "\n"
    if out is None:
        sys.stdout.write(text)
        return
    with written_whole(out, overwrite=overwrite) as draft:
        draft.write_text(text, encoding="utf-8")
    say(f"{out} is written.")
