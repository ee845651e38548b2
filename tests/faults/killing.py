"""Publishers, migrations and audit writers that are killed with -9 at random moments. Run as a program: no pytest in the forks.

``python -m tests.faults.killing WHAT URL FOLDER ROUNDS SEED`` prints what was acknowledged before each kill.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy import insert

from app.authoring.bundle import canonical, digest_of
from app.models import RuleSetVersion
from app.store.anchor import Anchor
from app.store.audit import AuditWriter
from app.store.chain import Chain
from app.store.database import Database
from app.store.rule_sets import RuleSetStore, _insert_parts
from app.store.schema import upgrade
from tests.store.test_audit import entry
from tests.store.test_rule_sets import AT, document

KEY = b"k" * 32


def chain(folder: str) -> Chain:
    return Chain(KEY, Anchor(Path(folder) / "audit.head"))


def publish(url: str, folder: str, name: int, say: Callable[[str], None]) -> None:
    """Publish, activate and record, again and again; each acknowledged thing is said."""
    database = Database(url)
    store, writer = RuleSetStore(database), AuditWriter(database, chain(folder))
    for number in range(1000):
        published = store.publish(document(name * 1000 + number), None, "x", AT)
        say(f"published {published.version} {published.digest}")
        store.activate(published.version, "x", AT)
        say(f"activated {published.version}")
        record = f"{name}-{number}"
        writer.submit(entry(record)).result(30)
        say(f"recorded {record}")


def publish_torn(url: str, folder: str, name: int, say: Callable[[str], None]) -> None:
    """The control: the same rows without one transaction around them."""
    store = RuleSetStore(Database(url))
    for number in range(1000):
        content = document(name * 1000 + number)
        content["rules"] = [{"id": f"r{i}", "kind": "note"} for i in range(5)]
        text = canonical(content).decode()
        row = {
            "version": f"{name}.{number}.0",
            "digest": digest_of(text.encode()),
            "format": 1,
            "document": text,
            "published_at": AT,
            "published_by": "x",
        }
        with store.database.writing() as connection:
            key = connection.execute(insert(RuleSetVersion).values(row).returning(RuleSetVersion.id)).scalar_one()
        for part in ("rules", "sources", "statements", "products"):
            empty = {"rules": [], "sources": [], "statements": [], "products": []}
            with store.database.writing() as connection:
                _insert_parts(connection, key, {**empty, part: content[part]})
        say(f"published {row['version']} {row['digest']}")


def migrate(url: str, _folder: str, _name: int, say: Callable[[str], None]) -> None:
    upgrade(Database(url))
    say("migrated")
    time.sleep(5)


def tell(pipe: int, words: str) -> None:
    os.write(pipe, f"{words}\n".encode())


def main(what: str, url: str, folder: str, rounds: str, seed: str) -> None:
    work = {"publish": publish, "torn": publish_torn, "migrate": migrate}[what]
    pick = random.Random(int(seed))
    for name in range(int(rounds)):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            work(url, folder, name, partial(tell, writing))
            os._exit(0)
        os.close(writing)
        # Connecting takes long on a busy machine, and is not what is to be cut short.
        first = b"" if what == "migrate" else os.read(reading, 10_000)
        time.sleep(pick.uniform(0.0, 0.25))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reading, "rb") as said:
            print(json.dumps((first + said.read()).decode().splitlines()))


if __name__ == "__main__":
    main(*sys.argv[1:])
