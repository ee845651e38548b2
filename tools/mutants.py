"""`make mutants`: change one operator at a time, run the tests of that file, list what nobody noticed.

    python -m tools.mutants [--sample N] FILE:TESTS ...

Works on a copy of the tree. A survivor is either explained in docs/mutants.md or is a test that is missing.
"""

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

COMPARE = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
BINARY = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}
TARGETS = [
    "app/logic/truth.py:tests/logic",
    "app/logic/values.py:tests/logic",
    "app/logic/comparisons.py:tests/logic",
    "app/logic/evaluator.py:tests/logic",
    "app/logic/scores.py:tests/logic",
    "app/web/gate.py:tests/web/test_gate.py",
    "app/services/strict_json.py:tests/services/test_strict_json.py tests/faults/test_body.py",
    "app/web/body.py:tests/faults/test_body.py tests/faults/test_http.py",
]


def main() -> None:
    """Print one line for each survivor, and the score."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", type=int, default=0, help="So many of each file, chosen by chance; 0 is all.")
    parser.add_argument("targets", nargs="*", default=TARGETS)
    asked = parser.parse_args()
    root = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("app", "tests", "migrations", "pyproject.toml", "README.md", "docs"):
            source, target = root / name, Path(folder) / name
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
        for target in asked.targets:
            report(Path(folder), *target.split(":"), asked.sample)


def report(folder: Path, file: str, tests: str, sample: int) -> None:
    path = folder / file
    original = path.read_text(encoding="utf-8")
    found = list(mutants(original))
    if sample:
        found = random.Random(0).sample(found, min(sample, len(found)))
    survivors = []
    for what, source in found:
        path.write_text(source, encoding="utf-8")
        if passes(folder, tests.split()):
            survivors.append(what)
    path.write_text(original, encoding="utf-8")
    print(f"{file}: {len(found) - len(survivors)} of {len(found)} killed")
    for what in survivors:
        print(f"  survived: {file}:{what}", flush=True)


def passes(folder: Path, tests: list[str]) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Each changed source, with its line and what was changed."""
    places = range(sum(1 for _ in ast.walk(ast.parse(source))))
    for number in places:
        tree = ast.parse(source)
        node = next(item for position, item in enumerate(ast.walk(tree)) if position == number)
        what = changed(node)
        if what:
            yield f"{getattr(node, 'lineno', 0)}: {what}", ast.unparse(ast.fix_missing_locations(tree))


def changed(node: ast.AST) -> str:
    """Change the node in place; empty where there is nothing to change."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARE:
        before, node.ops[0] = type(node.ops[0]), COMPARE[type(node.ops[0])]()
        return f"{before.__name__} to {type(node.ops[0]).__name__}"
    if isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return f"to {type(node.op).__name__}"
    if isinstance(node, ast.BinOp) and type(node.op) in BINARY:
        before, node.op = type(node.op), BINARY[type(node.op)]()
        return f"{before.__name__} to {type(node.op).__name__}"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        node.op = ast.UAdd()
        return "not removed"
    if isinstance(node, ast.Constant) and type(node.value) is int:
        node.value += 1
        return f"{node.value - 1} to {node.value}"
    if isinstance(node, ast.Constant) and type(node.value) is bool:
        node.value = not node.value
        return f"to {node.value}"
    return ""


if __name__ == "__main__":
    main()
