# SPDX-License-Identifier: GPL-2.0
"""A guest that runs a script of this directory, and what it hands out."""

import pathlib
import subprocess
import sys
import tempfile

top = pathlib.Path(__file__).resolve().parents[2]


def facts(kernel, script, mode, *options):
    """What the guest wrote to /dev/ttyS2, whole; or the end of this program, with what went wrong."""
    with tempfile.TemporaryDirectory() as work:
        told = pathlib.Path(work) / "facts"
        told.touch()
        ran = subprocess.run(
            [top / "scripts" / "vm", "run", kernel, top / "tests" / "picture" / script, "--mode", mode, "--facts", told,
             *options], stdout=subprocess.PIPE, text=True)
        said = f"{script}, {mode}{' '.join(('', *options))}: {ran.stdout.strip()}"
        lines = told.read_text().replace("\r", "").splitlines()
        if ran.returncode:
            sys.exit(said)
        if lines[-1:] != ["complete"]:
            sys.exit(f"{said}; but what it handed out is not complete")
        print(said, flush=True)
        return lines[:-1]
