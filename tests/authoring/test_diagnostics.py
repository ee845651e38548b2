"""Every code that the linter can print is explained, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
WRITTEN = re.compile(r'(?:fault|_fault|Diagnostic)\(\s*(?:[a-z_]+,\s+)?"([a-z0-9-]+)"')
RETURNED = re.compile(r'(?:return |: )"((?:bad|missing|unknown|text)-[a-z-]+|uncited)"|, "(bad-value)"\)')


def test_every_code_is_explained():
    sources = [path.read_text() for path in (ROOT / "app" / "authoring").glob("*.py")]
    used = {code for source in sources for code in WRITTEN.findall(source)}
    used |= {code for source in sources for found in RETURNED.findall(source) for code in found if code}
    used |= set(re.findall(r'"(L\d{3})"', (ROOT / "app" / "logic" / "checks.py").read_text()))
    table = [
        line.split("|")[1] for line in (ROOT / "docs" / "diagnostics.md").read_text().splitlines() if line[:3] == "| `"
    ]
    explained = {code for cell in table for code in re.findall(r"`([^`]+)`", cell)}
    assert explained == used
    assert len(used) > 40
