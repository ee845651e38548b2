"""What the machine that runs the tests allows."""

import functools
import shutil
import subprocess


@functools.cache
def can_trace() -> bool:
    """Whether strace is installed and may trace here; containers often forbid it."""
    command = ["strace", "-o", "/dev/null", "true"]
    return (
        shutil.which("strace") is not None and subprocess.run(command, check=False, capture_output=True).returncode == 0
    )
