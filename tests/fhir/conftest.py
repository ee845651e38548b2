"""The bundled rule set and its terminology."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.fhir.reader import Reading, read_bundle
from app.fhir.terminology import Terminology, terminology_of
from tests.fhir.charts import bundle, patient

TODAY = date(2026, 11, 25)
Read = Callable[..., Reading]


@pytest.fixture(scope="session")
def terms(rules) -> Terminology:
    return terminology_of(rules)


@pytest.fixture
def read(terms) -> Read:
    """Read resources of one patient on the day of the tests."""

    def reading(*resources: Any, **more: Any) -> Reading:
        return read_bundle(bundle(patient(), *resources), terms, as_of=TODAY, **more)

    return reading
