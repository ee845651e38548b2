"""Reading grows with the chart and no faster: counted in function calls, not in time."""

import json
import sys
from typing import Any

import pytest

from app.fhir.reader import read_bundle
from benchmarks.fhir import chart
from tests.fhir.charts import HER, RXNORM, SNOMED, bundle, concept, condition, observation, patient, quantity
from tests.fhir.conftest import TODAY


def calls(act) -> int:
    """How many Python functions ran."""
    count = 0

    def note(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


def mixed(size):
    return json.loads(chart(size))


def losses(size):
    return bundle(patient(), *[
        condition(f"l{place}", (SNOMED, "17369002"), onsetDateTime=f"{1950 + place % 70}-{place % 12 + 1:02}-11") for place in range(size)
    ])  # fmt: skip


def pressures(size):
    return bundle(patient(), *[
        observation(f"{code}{place}", code, f"2020-01-01T10:{place % 60:02}:{place // 60 % 60:02}Z", valueQuantity=quantity(90 + place % 50, "mm[Hg]"))
        for place in range(size // 2) for code in ("8480-6", "8462-4")
    ])  # fmt: skip


def orders(size):
    drugs = [
        {"resourceType": "Medication", "id": f"m{place}", "code": concept((RXNORM, "11289"))}
        for place in range(size // 2)
    ]
    asked = [
        {"resourceType": "MedicationRequest", "id": f"r{place}", "subject": HER, "status": "active", "intent": "order",
         "medicationReference": {"reference": f"Medication/m{place}"}}
        for place in range(size // 2)
    ]  # fmt: skip
    return bundle(patient(), *asked, *drugs)


@pytest.mark.parametrize("make", [mixed, losses, pressures, orders])
def test_twice_the_chart_takes_twice_the_work(terms, make):
    counted = []
    for size in (500, 1000, 2000):
        given = make(size)
        read_bundle(given, terms, as_of=TODAY)
        counted.append(calls(lambda given=given: read_bundle(given, terms, as_of=TODAY)))
    assert counted[2] < 2.2 * counted[1] < 2.2 * 2.2 * counted[0]


def test_the_chart_of_the_benchmark_is_as_large_as_promised():
    assert len(chart(2_000)) > 270_000
