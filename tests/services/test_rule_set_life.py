"""The life of rule sets - publish, activate, roll back, restart - step by step against a reference of thirty lines.

RULE_SET_RUNS sets how many lives are led; each has up to fifty steps.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import text

from app.authoring.bundle import digest
from app.errors import RuleSetError, StorageError
from app.store.database import Database
from app.store.rule_sets import RuleSetStore
from app.store.schema import upgrade
from tests.databases import administer, cluster
from tests.store.test_rule_sets import document

__all__ = ["cluster"]

START = datetime(2026, 11, 25, 8, tzinfo=UTC)
NUMBERS = st.integers(0, 2)
GOOD = st.tuples(NUMBERS, NUMBERS, NUMBERS).map(lambda parts: ".".join(map(str, parts)))
BAD = st.sampled_from(["", "1.0", "01.0.0", "1.0.0 ", "v1.0.0", "1.0.0.0", "1.0.-1", "\u0661.0.0"])


@dataclass
class Reference:
    """What should be: versions in the order of their publication, and every activation there was."""

    contents: dict[str, int] = field(default_factory=dict)
    activations: list[str] = field(default_factory=list)

    def publish(self, number: int, version: str | None) -> str | None:
        """The version it is published as; None where it must be refused."""
        for known, content in self.contents.items():
            if content == number:
                return known
        name = version or self.next()
        if name in self.contents:
            return None
        self.contents[name] = number
        return name

    def next(self) -> str:
        if not self.contents:
            return "1.0.0"
        major, minor, patch = max(tuple(int(part) for part in name.split(".")) for name in self.contents)
        return f"{major}.{minor}.{patch + 1}"

    def activate(self, version: str) -> bool:
        if version not in self.contents:
            return False
        self.activations.append(version)
        return True


class Life(RuleBasedStateMachine):
    """``place`` makes an empty database with all tables and says how to reach it and how to be rid of it."""

    place: Callable[[], tuple[str, Callable[[], None]]]

    def __init__(self) -> None:
        super().__init__()
        self.url, self.gone = type(self).place()
        self.reference = Reference()
        self.clock = START
        self.open()

    def open(self) -> None:
        self.database = Database(self.url)
        upgrade(self.database)
        self.store = RuleSetStore(self.database)

    def teardown(self) -> None:
        self.database.close()
        self.gone()

    @rule(number=st.integers(0, 8), version=st.none() | GOOD, hours=st.integers(-3, 3))
    def publish(self, number, version, hours) -> None:
        self.clock += timedelta(hours=hours)  # clocks are set back, too
        expected = self.reference.publish(number, version)
        if expected is None:
            with pytest.raises(RuleSetError):
                self.store.publish(document(number), version, "author", self.clock)
        else:
            assert self.store.publish(document(number), version, "author", self.clock).version == expected

    @rule(number=st.integers(0, 8), version=BAD)
    def publish_under_no_version(self, number, version) -> None:
        with pytest.raises(RuleSetError):
            self.store.publish(document(number), version, "author", self.clock)

    @rule(version=GOOD | BAD)
    def activate_any(self, version) -> None:
        if self.reference.activate(version):
            assert self.store.activate(version, "somebody", self.clock).version == version
        else:
            with pytest.raises(RuleSetError):
                self.store.activate(version, "somebody", self.clock)

    @precondition(lambda self: self.reference.contents)
    @rule(data=st.data())
    def activate_known(self, data) -> None:
        self.activate_any(data.draw(st.sampled_from(sorted(self.reference.contents))))

    @precondition(lambda self: len(self.reference.activations) > 1)
    @rule()
    def roll_back(self) -> None:
        self.activate_any(self.reference.activations[-2])

    @precondition(lambda self: self.reference.contents)
    @rule(
        statement=st.sampled_from(
            [
                "UPDATE rule_set_version SET document = '{}'",
                "UPDATE rule_set_version SET digest = digest",
                "DELETE FROM rule_set_version",
                "DELETE FROM rule",
                "UPDATE rule SET content = '{}'",
            ]
        )
    )
    def tamper(self, statement) -> None:
        with pytest.raises(StorageError), self.database.writing() as connection:
            connection.execute(text(statement))

    @precondition(lambda self: self.reference.activations)
    @rule(statement=st.sampled_from(["DELETE FROM activation", "UPDATE activation SET rule_set_version_id = 1"]))
    def tamper_with_activations(self, statement) -> None:
        with pytest.raises(StorageError), self.database.writing() as connection:
            connection.execute(text(statement))

    @rule()
    def restart(self) -> None:
        self.database.close()
        self.open()

    @invariant()
    def what_is_there_is_what_should_be(self) -> None:
        expected = self.reference
        assert [item.version for item in self.store.versions()] == list(reversed(expected.contents))
        active = self.store.active()
        assert (active and active.version) == (expected.activations[-1] if expected.activations else None)

    @invariant()
    def what_was_published_is_still_so(self) -> None:
        for version, number in self.reference.contents.items():
            stored = self.store.load(version)
            assert stored.published.digest == digest(document(number)) == digest(stored.document)

    @invariant()
    def history_only_grows(self) -> None:
        with self.database.reading() as connection:
            found = connection.execute(
                text(
                    "SELECT version FROM activation JOIN rule_set_version v ON v.id = rule_set_version_id ORDER BY seq"
                )
            )
            assert list(found.scalars()) == self.reference.activations


def lead(place: Callable[[], tuple[str, Callable[[], None]]]) -> None:
    """As many lives as are asked for, each in a database of its own."""
    runs = int(os.environ.get("RULE_SET_RUNS", "6"))
    few = settings(
        max_examples=runs,
        stateful_step_count=50,
        deadline=None,
        database=None,
        derandomize="RULE_SET_RUNS" not in os.environ,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(type("LifeHere", (Life,), {"place": staticmethod(place)}), settings=few)


def migrated(url: str) -> None:
    """Migrations are run once and copied: what is tried here is what comes after them."""
    database = Database(url)
    upgrade(database)
    database.close()


def test_g5_a_life_of_rule_sets_on_sqlite(tmp_path):
    template = tmp_path / "template.sqlite3"
    migrated(f"sqlite:///{template}")

    def place() -> tuple[str, Callable[[], None]]:
        folder = tempfile.TemporaryDirectory(dir=tmp_path)
        file = Path(folder.name) / "life.sqlite3"
        shutil.copyfile(template, file)
        return f"sqlite:///{file}", folder.cleanup

    lead(place)


@pytest.mark.postgres
def test_g5_a_life_of_rule_sets_on_postgresql(cluster):
    numbers = iter(range(1_000_000))
    administer(cluster, "CREATE DATABASE life_template")
    migrated(f"postgresql://ivig@/life_template?host={cluster}")

    def place() -> tuple[str, Callable[[], None]]:
        name = f"life_{next(numbers)}"
        administer(cluster, f"CREATE DATABASE {name} TEMPLATE life_template")
        gone = partial(administer, cluster, f"DROP DATABASE {name} WITH (FORCE)")
        return f"postgresql://ivig@/{name}?host={cluster}", gone

    lead(place)
