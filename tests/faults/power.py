"""Simulated power loss: every write and sync of a publishing process is recorded, then files as a disk could hold them are made.

A write that was not synced when the power went may be there, may be missing, or may be torn at a sector; what was synced is there.
"""

import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.store import database as module
from app.store.database import Database
from app.store.rule_sets import RuleSetStore
from tests.store.test_rule_sets import AT, document

ROOT = Path(__file__).parents[2]
SECTOR = 512
CALLS = "pwrite64,fsync,fdatasync,ftruncate,write"
_CALL = re.compile(r"(?:\[pid\s+\d+\] |\d+ +)?(\w+)\((\d+)(?:<([^>]*)>)?(?:, (.*))?\)\s+= (-?\d+)")
_WRITE = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(?:\.\.\.)?, \d+(?:, (\d+))?$')


@dataclass(frozen=True)
class Step:
    """A write (``data`` at ``offset``), a truncation (``data`` None), a sync (``offset`` -1), or words that were said."""

    file: str
    offset: int
    data: bytes | None = None


def publish(url: str, synchronous: str, count: str) -> None:
    """The process that is recorded: it says each publication and activation once it is acknowledged."""
    kept = [item for item in module._SQLITE_PRAGMAS if not item.startswith("synchronous")]
    module._SQLITE_PRAGMAS = (*kept, f"synchronous = {synchronous}", "wal_autocheckpoint = 30")
    store = RuleSetStore(Database(url))
    for number in range(2, 2 + int(count)):
        version = store.publish(document(number), None, "x", AT).version
        store.activate(version, "x", AT)
        os.write(1, f"acknowledged {version}\n".encode())


def record(template: Path, folder: Path, synchronous: str, count: int) -> list[Step]:
    """Run the process on a copy of ``template`` under strace."""
    shutil.copytree(template, folder)
    trace = folder.with_suffix(".trace")
    program = "import sys; from tests.faults.power import publish; publish(*sys.argv[1:])"
    strace = ("strace", "-f", "-y", "-xx", "-s", "1000000", "-o", str(trace), "-e", f"trace={CALLS}")
    words = (sys.executable, "-c", program, f"sqlite:///{folder / 'a.sqlite3'}", synchronous, str(count))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([*strace, *words], env=environment, cwd=ROOT, check=True, capture_output=True, timeout=300)
    return list(steps(trace, folder))


def steps(trace: Path, folder: Path) -> Iterator[Step]:
    for line in trace.read_text(encoding="utf-8").splitlines():
        if found := _CALL.match(line):
            call, descriptor, raw, rest, _ = found.groups()
            name = bytes.fromhex(raw.replace("\\x", "")).decode() if raw and raw.startswith("\\x") else raw or ""
            yield from _step(call, descriptor, name, rest or "", folder)


def _step(call: str, descriptor: str, name: str, rest: str, folder: Path) -> Iterator[Step]:
    ours = name.startswith(str(folder / "a.sqlite3")) and not name.endswith("-shm")
    file = Path(name).name
    if call == "write":
        found = _WRITE.match(rest)
        if descriptor == "1" and found:
            yield Step("said", 0, _bytes(found[1]))
    elif not ours:
        return
    elif call == "pwrite64":
        found = _WRITE.match(rest)
        assert found, rest[-60:]
        yield Step(file, int(found[2]), _bytes(found[1]))
    elif call == "ftruncate":
        yield Step(file, int(rest))
    else:
        yield Step(file, -1)


def _bytes(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))


def states(template: Path, made: list[Step], count: int, seed: int) -> Iterator[tuple[dict[str, bytes], set[str]]]:
    """Files as the disk could hold them after the power went at some moment, and what had been acknowledged by then."""
    pick = random.Random(seed)
    for _ in range(count):
        yield state(template, made[: pick.randrange(len(made) + 1)], pick)


def state(template: Path, made: list[Step], pick: random.Random) -> tuple[dict[str, bytes], set[str]]:
    files = {path.name: bytearray(path.read_bytes()) for path in template.iterdir()}
    last = {step.file: place for place, step in enumerate(made) if step.offset == -1}
    chance = pick.choice((0.0, 0.2, 0.5, 0.8, 1.0))
    for place, step in enumerate(made):
        if step.file != "said" and step.offset != -1:
            synced = place < last.get(step.file, -1)
            if synced or pick.random() < chance:
                _apply(files.setdefault(step.file, bytearray()), step, pick, torn=not synced and pick.random() < 0.3)
    said = b"".join(step.data or b"" for step in made if step.file == "said").decode()
    return {name: bytes(content) for name, content in files.items()}, set(said.split()) - {"acknowledged"}


def _apply(content: bytearray, step: Step, pick: random.Random, *, torn: bool) -> None:
    if step.data is None:
        del content[step.offset :]
        content.extend(bytes(max(0, step.offset - len(content))))
        return
    data = step.data
    if torn and len(data) > SECTOR:
        data = data[: SECTOR * pick.randrange(1, len(data) // SECTOR + 1)]
    end = step.offset + len(data)
    content.extend(bytes(max(0, end - len(content))))
    content[step.offset : end] = data
