"""`make mutants`: change one thing at a time, run the tests of that file, list what nobody noticed.

    python -m tools.mutants [--sample N] FILE:TESTS ...

Works on a copy of the tree. A survivor is either explained in docs/mutants.md or is a test that is missing.
A mutant is a fork of one process that has the libraries loaded already: an interpreter of its own would cost each two seconds.
"""

import argparse
import ast
import os
import random
import shlex
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
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
BINARY = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
}
CALLS = {"max": "min", "min": "max", "any": "all", "all": "any"}
BRANCHES = ast.If | ast.IfExp | ast.While
SECONDS = 120
LIBRARIES = (
    "pytest",
    "hypothesis",
    "_pytest.assertion.rewrite",
    "fastapi",
    "starlette.testclient",
    "sqlalchemy",
    "jwt",
)
LOGIC = {
    "truth": "truth",
    "values": "shared comparisons evaluator",
    "comparisons": "comparisons evaluator",
    "scores": "shared scores",
    "reference": "shared evaluator agreement",
    "conditions": "shared conditions",
    "checks": "shared checks",
    "graph": "shared evaluator explain",
    "labels": "shared explain",
    "explain": "explain",
    "evaluator": "shared evaluator explain",
    "answers": "shared answers parallel",
    "parallel": "parallel",
    "samples": "samples evaluator",
    "readers": "evaluator agreement",
    "syntax": "evaluator",
    "codegen": "scores evaluator agreement",
    "compiler": "checks evaluator",
}
LONG = "--deselect tests/logic/test_evaluator.py::test_a_very_long_list_and_a_very_long_chain_compile"
TARGETS = [
    *(
        f"app/logic/{file}.py:{' '.join(f'tests/logic/test_{name}.py' for name in shlex.split(tests))}"
        + (f" {LONG}" if "evaluator" in tests and file not in {"syntax", "codegen"} else "")
        for file, tests in LOGIC.items()
    ),
    "app/web/gate.py:tests/web/test_gate.py",
    "app/web/body.py:tests/faults/test_body.py tests/faults/test_http.py",
    "app/services/strict_json.py:tests/services/test_strict_json.py",
    "app/services/tokens.py:tests/faults/test_tokens.py -k 'this_reason or d25 or right_token_is or jti_in or d18'",
    "app/services/keys.py:tests/faults/test_keys.py tests/cli/test_keys.py",
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
        prepare(folder)
        scores = [report(*target.split(":", 1), asked.sample) for target in asked.targets]
    print(f"in all: {sum(killed for killed, _ in scores)} of {sum(made for _, made in scores)} killed")


def prepare(folder: str) -> None:
    """Everything a mutant's tests import, but nothing of ours."""
    os.chdir(folder)
    sys.path[:] = [folder, *(place for place in sys.path if not (Path(place or ".") / "tools/mutants.py").exists())]
    sys.dont_write_bytecode = True
    for name in LIBRARIES:
        import_module(name)
    hypothesis = import_module("hypothesis")
    phases = [phase for phase in hypothesis.Phase if phase.name in {"explicit", "reuse", "generate"}]
    hypothesis.settings.register_profile("mutants", phases=phases)  # nobody reads the smallest example of a dead mutant
    hypothesis.settings.load_profile("mutants")


def report(file: str, tests: str, sample: int) -> tuple[int, int]:
    path = Path(file)
    original = path.read_text(encoding="utf-8")
    if not passes(shlex.split(tests)):
        sys.exit(f"{tests} fails without any mutant")
    found = list(mutants(original))
    if sample:
        found = random.Random(0).sample(found, min(sample, len(found)))
    survivors = []
    for what, source in found:
        path.write_text(source, encoding="utf-8")
        if passes(shlex.split(tests)):
            survivors.append(what)
            print(f"  survived: {file}:{what}", flush=True)
    path.write_text(original, encoding="utf-8")
    print(f"{file}: {len(found) - len(survivors)} of {len(found)} killed", flush=True)
    return len(found) - len(survivors), len(found)


def passes(tests: list[str]) -> bool:
    """Whether the tests pass in a fork of this process; one that does not end in time fails."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    signal.alarm(SECONDS)
    with Path(os.environ.get("MUTANTS_LOG", os.devnull)).open("a") as told_by_pytest:
        os.dup2(told_by_pytest.fileno(), 1)
        os.dup2(told_by_pytest.fileno(), 2)
    found = import_module("pytest").main(
        ["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning", *tests]
    )
    os._exit(int(found))


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Each changed source, with its line and what was changed."""
    for number in range(sum(1 for _ in ast.walk(parsed(source)))):
        for which in range(len(list(changes(node_of(parsed(source), number))))):
            tree = parsed(source)
            node = node_of(tree, number)
            what = list(changes(node))[which]()
            yield f"{getattr(node, 'lineno', 0)}: {what}", ast.unparse(ast.fix_missing_locations(tree))


def parsed(source: str) -> ast.Module:
    """The tree, with ``slots=True`` as a name: whether a record has slots is a matter of memory, not of behaviour."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "slots":
            node.value = ast.Name("True", ast.Load())
    return tree


def node_of(tree: ast.AST, number: int) -> ast.AST:
    return next(item for position, item in enumerate(ast.walk(tree)) if position == number)


def changes(node: ast.AST) -> Iterator[Callable[[], str]]:
    """What could be changed in this node: each call makes the change in place and says what it was."""
    if isinstance(node, ast.Compare):
        yield from (partial(turned, node.ops, place, COMPARE) for place in range(len(node.ops)))
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in BINARY:
        yield partial(replaced, node, "op", BINARY[type(node.op)]())
    elif isinstance(node, ast.BoolOp):
        yield partial(replaced, node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, BRANCHES):
        yield partial(negated, node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield partial(unnegated, node)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
        yield partial(replaced, node, "func", ast.Name(CALLS[node.func.id], ast.Load()))
    elif isinstance(node, ast.Constant) and type(node.value) in {int, bool}:
        yield partial(replaced, node, "value", not node.value if type(node.value) is bool else node.value + 1)


def turned(ops: list[ast.cmpop], place: int, table: dict[type[ast.cmpop], type[ast.cmpop]]) -> str:
    before, ops[place] = type(ops[place]), table[type(ops[place])]()
    return f"{before.__name__} to {type(ops[place]).__name__}"


def replaced(node: ast.AST, field: str, value: object) -> str:
    before = getattr(node, field)
    setattr(node, field, value)
    return f"{told(before)} to {told(value)}"


def negated(node: ast.AST) -> str:
    node.test = ast.UnaryOp(ast.Not(), node.test)
    return f"{type(node).__name__} negated"


def unnegated(node: ast.AST) -> str:
    node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)
    return "not removed"


def told(part: object) -> str:
    if isinstance(part, ast.Name):
        return part.id
    return type(part).__name__ if isinstance(part, ast.AST) else str(part)


if __name__ == "__main__":
    main()
