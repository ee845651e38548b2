"""Every code that the linter can print is explained, and no other."""

import re
from pathlib import Path

from app.authoring.diagnostics import PAGES

ROOT = Path(__file__).parents[2]
WRITTEN = re.compile(r'(?:fault|_fault|Diagnostic)\(\s*(?:[a-z_]+,\s+)?"([a-z0-9-]+)"')
RETURNED = re.compile(r'(?:return |: )"((?:bad|missing|unknown|uncertain|text)-[a-z-]+|uncited)"|, "(bad-value)"\)')


def test_every_code_is_explained():
    sources = [path.read_text() for path in (ROOT / "app" / "authoring").glob("*.py")]
    used = {code for source in sources for code in WRITTEN.findall(source)}
    used |= {code for source in sources for found in RETURNED.findall(source) for code in found if code}
    for name in ("gate", "reviewed"):
        used |= set(WRITTEN.findall((ROOT / "app" / "services" / f"{name}.py").read_text()))
    used |= {"not-proved", "not-covered"}  # app/authoring/shown.py hands these on
    used |= set(re.findall(r'_refused\("(file-[a-z]+)"', (ROOT / "app" / "authoring" / "files.py").read_text()))
    used |= set(re.findall(r'"(L\d{3})"', (ROOT / "app" / "logic" / "checks.py").read_text()))
    table = [
        line.split("|")[1] for line in (ROOT / "docs" / "diagnostics.md").read_text().splitlines() if line[:3] == "| `"
    ]
    explained = {code for cell in table for code in re.findall(r"`([^`]+)`", cell)}
    assert explained == used
    assert set(PAGES) == used
    assert len(used) > 40


def test_the_pages_in_docs_are_those_that_are_served():
    folder = ROOT / "docs" / "diagnostics"
    assert {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.md")} == {
        code: page.markdown() for code, page in PAGES.items()
    }
