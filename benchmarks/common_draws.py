"""By how much common random numbers cut the members that an answer needs.

Every scenario of the library is run against the one it is compared with, once with the same draws in both worlds and once
with draws of their own. The width of the interval of a mean difference goes with its variance over the members, so the
factor is the variance with draws of their own over the variance with common draws.
"""

import argparse
import tempfile
from pathlib import Path

from sim.scenario.loading import list_scenarios, load_scenario
from sim.sweep.run import run_sweep

DESIGN = """\
format_version: 1
scenarios: [{baseline}, {scenario}]
members: {members}
common_random_numbers: {common}
design: {{kind: grid}}
vary: {{coupling: [1]}}
metrics:
  - {{variable: spending, actor: [SRB, XKX, TUR], when: [2026, 2030]}}
  - {{variable: tension, when: [2026Q4, 2030Q4]}}
  - {{variable: hazard, when: [2026, 2030]}}
  - {{variable: attitude, actor: SRB, counterpart: TUR, when: [2026Q4]}}
  - {{variable: incidents, when: sum, from: 2026Q1, name: incidents-2026-2035}}
"""


def spreads(folder: Path, baseline: str, scenario: str, members: int, common: bool):
    """Variance over members of the difference in each metric."""
    file = folder / f"{scenario}-{common}.yaml"
    text = DESIGN.format(baseline=baseline, scenario=scenario, members=members, common=str(common).lower())
    file.write_text(text, encoding="utf-8")
    frame = run_sweep(file, out=folder / file.stem).frame()
    names = list(frame.columns)[list(frame.columns).index("coupling") + 1 :]
    worlds = {name: frame[frame.scenario == name].set_index("run")[names] for name in (baseline, scenario)}
    difference = worlds[scenario] - worlds[baseline]
    return difference.mean(), difference.var()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=4000)
    members = parser.parse_args().members
    with tempfile.TemporaryDirectory() as folder:
        for listing in list_scenarios():
            baseline = load_scenario(listing.id).compare_to
            if baseline is None:
                continue
            mean, common = spreads(Path(folder), baseline, listing.id, members, True)
            _, apart = spreads(Path(folder), baseline, listing.id, members, False)
            print(
                f"\n{listing.id} against {baseline}, {members} members: mean difference, and the factor in members needed"
            )
            for name in common.index:
                factor = f"{apart[name] / common[name]:12,.0f}" if common[name] > 0.0 else "   no effect"
                print(f"  {name:32s} {mean[name]:14,.5g} {factor}")


if __name__ == "__main__":
    main()
