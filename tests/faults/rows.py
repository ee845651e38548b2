"""Which test carries which row of the catalogue of faults. ``python -m tests.faults.rows`` prints docs/faults.md."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
ROWS = Path(__file__).with_name("rows.yaml")
PAGE = ROOT / "docs" / "faults.md"
GROUPS = {"A": 25, "B": 14, "C": 14, "D": 25, "E": 18, "F": 7, "G": 12, "H": 15, "I": 8, "J": 8}
TITLES = {
    "A": "Body and JSON",
    "B": "Clinical values",
    "C": "HTTP",
    "D": "Keys and tokens",
    "E": "CDS Hooks and FHIR",
    "F": "Injection into what is written",
    "G": "Rule administration",
    "H": "Storage",
    "I": "Load and life cycle",
    "J": "Privacy",
}
_NAME = re.compile(r"test_((?:[a-j]\d{1,2}_)+)")
_CASE = re.compile(r"([A-J]\d{1,2})[ -]\w")
HEAD = """\
# Faults, and the tests that carry them

Each row of the catalogue of faults by its id, with a label of our own. Made by `make faults-page`; a test fails when a row has neither a test nor a reason.
The checks that come with every case (never 5xx unless stated, nothing sent comes back anywhere, the next good request answers as before) are in `tests/faults/conftest.py`.
"""


@dataclass(frozen=True)
class Row:
    id: str
    about: str
    named: tuple[str, ...] = ()
    because: str = ""

    @property
    def files(self) -> list[str]:
        """The files whose tests carry this row."""
        return sorted({node.partition("::")[0] for node in (*self.named, *discovered().get(self.id, ()))})


def rows(path: Path = ROWS) -> Iterator[Row]:
    for group, members in YAML(typ="safe").load(path.read_text(encoding="utf-8")).items():
        for number, row in members.items():
            yield Row(f"{group}{number}", row["about"], tuple(row.get("tests", ())), row.get("because", ""))


@cache
def discovered(folder: Path = ROOT / "tests") -> dict[str, set[str]]:
    """Tests by the id that their name, or the name of one of their cases, begins with."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(folder.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for id_, name in _carried(node):
                found[id_].add(f"{path.relative_to(ROOT)}::{name}")
    return found


def _carried(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.FunctionDef) and (match := _NAME.match(node.name)):
        for id_ in match[1].upper().strip("_").split("_"):
            yield id_, node.name
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and (match := _CASE.match(node.value)):
        yield match[1], node.value


def functions(path: str) -> set[str]:
    """The test functions of a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def page() -> str:
    lines = [HEAD]
    for group, title in TITLES.items():
        lines += [f"\n## {group}. {title}\n", "| row | about | tested in |", "|---|---|---|"]
        for row in rows():
            if row.id[0] == group:
                where = ", ".join(f"`{name.removeprefix('tests/')}`" for name in row.files)
                lines.append(f"| {row.id} | {row.about} | {where or f'does not apply: {row.because}'} |")
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
