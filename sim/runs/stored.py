"""A run as its folder holds it: its tables and single simulations, read and not made again."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.output import TRAJECTORIES
from sim.analysis.results import by_year
from sim.io.errors import refusal
from sim.io.provenance import digest_of
from sim.model.network import FIRST
from sim.runs.manifest import RunManifest, read_manifest

if TYPE_CHECKING:
    import pandas as pd

SUMMARY = "summary.csv"


@dataclass(frozen=True)
class StoredRun:
    """A run in a folder.

    folder   : that `armsrace run` or `sim.run(..., out=folder)` wrote
    manifest : what made it
    """

    folder: Path
    manifest: RunManifest

    @property
    def identity(self) -> dict[str, Any]:
        """Everything that decides its numbers: scenario, members, seed, fit, digests."""
        return self.manifest.identity

    def __repr__(self) -> str:
        about = self.identity
        against = f" against {about['baseline']}" if about["baseline"] else ""
        return f"StoredRun({about['scenario']}{against}: {about['members']:,} simulations to {about['until']}, seed {about['seed']})"

    def summary(self) -> "pd.DataFrame":
        """Quantiles of every series in both worlds and of the paired difference, a row for each series, world and quarter."""
        return self.table(SUMMARY)

    def table(self, name: str) -> "pd.DataFrame":
        """A table of the folder by the name of its file, such as "race.csv"; InputError if there is none, or it was changed."""
        import pandas as pd

        file = self._own(name)
        return (
            pd.read_parquet(file)
            if file.suffix == ".parquet"
            else pd.read_csv(file, keep_default_na=False, na_values=[""])
        )

    def simulations(self, variable: str, actor: str, counterpart: str = "", *, years: bool = False) -> "pd.DataFrame":
        """Single simulations of a series: a row for each quarter (or full calendar year) and member, a column for each world.

        InputError where they were not kept: `--trajectories all`, or `trajectories="all"`, keeps them.
        """
        import pandas as pd

        if not (self.folder / TRAJECTORIES).is_file():
            instead = f'take sim.run(...).simulations("spending", "{FIRST}")'
            message = f"holds no single simulations; run it with --trajectories all, or {instead}"
            raise refusal(self.folder, message)
        asked = [("variable", "==", variable), ("actor", "==", actor), ("counterpart", "==", counterpart)]
        rows = pd.read_parquet(self._own(TRAJECTORIES), filters=asked)
        if rows.empty:
            name = ".".join(filter(None, (variable, actor, counterpart)))
            raise refusal(self.folder / TRAJECTORIES, "holds no such series; summary() names those of the run", name)
        rows = rows.drop(columns=["variable", "actor", "counterpart"]).astype({"quarter": str})
        by_quarter = rows.set_index(["quarter", "member"])
        return by_year(by_quarter, variable) if years else by_quarter

    def _own(self, name: str) -> Path:
        """A file of the run, as it was written."""
        digests = self.manifest.content.get("files", {})
        file = self.folder / name
        if name not in digests or not file.is_file():
            raise refusal(self.folder, f"the run has no such file; it has {', '.join(digests)}", name)
        if digest_of(file) != digests[name]:
            raise refusal(file, "was changed since the run wrote it: its SHA-256 is not that of manifest.json")
        return file


def load_run(folder: str | Path) -> StoredRun:
    """The run that a folder holds; InputError if it holds none."""
    manifest = read_manifest(folder)
    return StoredRun(manifest.file.parent, manifest)
