"""The program as its users call it: here, or as a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from sim.cli.main import main

ROOT = Path(__file__).resolve().parents[1]


def armsrace(capsys, *arguments):
    """The exit code of a command, and what it prints on both streams."""
    return main(list(arguments)), *capsys.readouterr()


def said(folder, *arguments, region="", form=""):
    """The same of Python with some arguments, started in a folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ARMSRACE_COMPILED": form, "ARMSRACE_REGION": region}
    made = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return made.returncode, made.stdout, made.stderr


def started(folder, *arguments, **options):
    """The same of a command."""
    return said(folder, "-m", "sim", *arguments, **options)
