"""The proofs and the coverage of knowledge that wants to be published, worked out by a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from app.authoring.files import read_folder
from app.errors import Diagnostic

DELIVERED = Path(__file__).resolve().parent.parent / "knowledge"
"""The knowledge that comes with the code."""
LONGEST_SECONDS = 900
_PROGRAM = "import sys; sys.path.insert(0, sys.argv.pop(1)); from app.authoring.shown import main; main()"
_ONE = Lock()
"""One at a time: each takes a processor for some ten seconds, and the service answers patients meanwhile."""

Found = tuple[tuple[Diagnostic, ...], Mapping[str, Any]]


def shown(what: str, folder: Path) -> Found:
    """The faults and figures of ``app.authoring.shown``.

    Where Z3 is not installed the knowledge that comes with the code passes, as it was proved before delivery; nothing else does.
    """
    faults, facts = _run(what, folder)
    if any(fault.code == "prover-missing" for fault in faults) and read_folder(folder) == read_folder(DELIVERED):
        return (), {"shown": "before delivery"}
    return faults, facts


def _run(what: str, folder: Path) -> Found:
    words = [sys.executable, "-c", _PROGRAM, str(DELIVERED.parent.parent), what, str(folder)]
    # What the service is told in secret is none of its business.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("IVIG_")}
    try:
        with _ONE:
            done = subprocess.run(words, env=environment, capture_output=True, timeout=LONGEST_SECONDS, check=True)  # noqa: S603 - our own words
        read = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        return (Diagnostic("not-proved", f"the {what} were not worked out: {type(error).__name__}"),), {}
    return tuple(Diagnostic(*fault) for fault in read["faults"]), read["facts"]
