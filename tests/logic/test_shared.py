"""Programs, facts and answers are shared by threads and kept in caches: nothing of them can be changed."""

from dataclasses import FrozenInstanceError, fields, is_dataclass
from importlib import import_module
from pkgutil import iter_modules

import pytest

import app.logic
from app.logic.values import Interval, Known, Reason, Unknown


def records():
    for module in iter_modules(app.logic.__path__):
        for item in vars(import_module(f"app.logic.{module.name}")).values():
            if isinstance(item, type) and is_dataclass(item) and item.__module__ == f"app.logic.{module.name}":
                yield item


RECORDS = sorted(records(), key=lambda item: item.__name__)


def test_the_records_are_found():
    assert {"Known", "Interval", "Compare", "Score", "Program", "Graph"} <= {item.__name__ for item in RECORDS}


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_no_record_of_the_logic_can_be_changed(kind):
    empty = object.__new__(kind)
    with pytest.raises(FrozenInstanceError):
        setattr(empty, fields(kind)[0].name, None)


def test_what_is_known_compares_and_counts_as_one_by_its_content():
    assert {Known(2), Known(2), Known(3)} == {Known(3), Known(2)}
    assert {Known(Interval(1, None)), Known(Interval(1, None))} == {Known(Interval(1, None))}
    assert Known(2) != Known(2, ("/losses",))
    assert Unknown(Reason.NOT_SENT) != Unknown(Reason.CONFLICTING)
