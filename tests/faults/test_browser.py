"""F4 in a real browser: the documentation pages work under their own policy, and want nothing from anywhere else."""

import os
import re
import shutil
import subprocess

import pytest

from tests.cli.test_serve import get, serving

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg"
"""ReDoc's own mark at the foot of its page: the one thing that the policy keeps from being loaded."""


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_f4_the_pages_work_in_a_browser_and_load_nothing_from_elsewhere(folder, tmp_path):
    with serving(folder) as address:
        operations = [
            operation["operationId"]
            for path in get(address, "/openapi.json")["paths"].values()
            for operation in path.values()
        ]
        swagger, said = seen(f"{address}/docs", tmp_path)
        assert said == []
        assert len(re.findall(r'class="opblock opblock-[a-z]+', swagger)) == len(operations)
        redoc, said = seen(f"{address}/redoc", tmp_path)
        assert all(f"operation/{name}" in redoc for name in operations)
        assert all(LOGO in line and "img-src" in line for line in said)
        assert len(said) <= 1


def seen(address: str, folder) -> tuple[str, list[str]]:
    """The page once its scripts have run, and what the browser's console said."""
    options = ["--headless", "--disable-gpu", "--enable-logging=stderr", "--virtual-time-budget=8000", "--dump-dom"]
    options += [f"--user-data-dir={folder / 'profile'}", *(["--no-sandbox"] if os.getuid() == 0 else [])]
    done = subprocess.run([CHROMIUM, *options, address], capture_output=True, text=True, check=True, timeout=120)
    return done.stdout, [line for line in done.stderr.splitlines() if ":CONSOLE:" in line]
