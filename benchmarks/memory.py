"""Peak memory of `armsrace run` as members grow: each run in a process of its own."""

import argparse
import subprocess
import sys

CODE = """
import resource, sys, tempfile
from sim import run
with tempfile.TemporaryDirectory() as folder:
    run("skydagger-delivery", members=int(sys.argv[1]), trajectories=sys.argv[2], out=folder + "/run", pictures="none")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, nargs="+", default=[1000, 4000, 16000])
    parser.add_argument("--trajectories", default="none")
    options = parser.parse_args()
    for members in options.members:
        done = subprocess.run(
            [sys.executable, "-c", CODE, str(members), options.keep], capture_output=True, text=True, check=True
        )
        print(f"{members:8d} members: peak {done.stdout.strip():>6s} MiB")


if __name__ == "__main__":
    main()
