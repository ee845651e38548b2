"""``$assess-ivig`` for a chart of 2,000 FHIR resources in 456 kB, step by step, and reading alone as the chart grows.

Run it with ``python -m benchmarks.fhir``. Processor time, so that what else the machine does is not counted.
"""

import json
from datetime import date
from statistics import median
from time import process_time
from typing import Any
from uuid import UUID

from app.clinical.ruleset import RuleSet
from app.fhir.operation import history_of
from app.fhir.read_from import Origins
from app.fhir.reader import read_bundle
from app.fhir.terminology import terminology_of
from app.fhir.writer import answer_parameters
from app.services.active import bundled
from app.services.assess import traced
from app.services.intake import checked
from app.services.strict_json import check_json
from app.services.watch import frozen
from app.web.fhir import encoded

Row = tuple[str | float, ...]
ID = UUID(int=1)
READING = ("JSON", "read", "assess")
TODAY = date(2026, 11, 25)
RESOURCES, ROUNDS = 2_000, 200
SIZES = (500, 1_000, 2_000, 4_000)
CODES = ("777-3", "2160-0", "1920-8", "718-7", "2458-8", "3181-5", "9999-9")


def chart(resources: int) -> bytes:
    """A bundle of so many small resources: results of seven codes, one of which is not known, and some diagnoses."""
    made = [{"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1990-02-03"}]
    made += [_resource(place) for place in range(resources - 1)]
    entries = [{"resource": item} for item in made]
    return json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": entries}, separators=(",", ":")).encode()


def _resource(place: int) -> Any:
    on, about = f"{2006 + place % 20}-{place % 12 + 1:02}-{place % 28 + 1:02}", {"reference": "Patient/p"}
    if place % 10:
        return {
            "resourceType": "Observation",
            "id": f"{place}",
            "subject": about,
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": CODES[place % len(CODES)]}]},
            "effectiveDateTime": on,
            "valueString": "-",
        } | ({"valueQuantity": {"value": 88, "unit": "10*3/uL"}} if place % len(CODES) == 0 else {})
    return {
        "resourceType": "Condition",
        "id": f"{place}",
        "subject": about,
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": ("17369002", "55464009")[place // 10 % 2]}]},
        "onsetDateTime": on,
    }


def run() -> list[Row]:
    """Milliseconds of each step of ``$assess-ivig`` and of all of them; then reading alone at four sizes, by resource.

    As in the service, what was loaded before is out of the garbage collector's way.
    """
    rules = bundled()
    body = chart(RESOURCES)
    answer = _answered(rules, body, {})
    found: dict[str, list[float]] = {}
    with frozen():
        for _ in range(ROUNDS):
            _answered(rules, body, found)
    found["read and assess"] = [sum(times) for times in zip(*(found[step] for step in READING), strict=True)]
    found["all"] = [sum(times) for times in zip(found["read and assess"], found["write"], strict=True)]
    rows: list[Row] = [("kB sent", len(body) / 1000, "kB answered", len(answer) / 1000)]
    rows += [(step, "median ms", median(times), "p99 ms", _slow(times)) for step, times in found.items()]
    return rows + [_read(rules, size) for size in SIZES]


def _answered(rules: RuleSet, body: bytes, found: dict[str, list[float]]) -> bytes:
    """The answer, and in ``found`` the milliseconds of each step."""
    started = process_time()

    def done(step: str) -> None:
        nonlocal started
        found.setdefault(step, []).append((process_time() - started) * 1000)
        started = process_time()

    sent = check_json(body)
    done("JSON")
    told = history_of(sent, terminology_of(rules), TODAY)
    history = checked(told.history, TODAY)
    done("read")
    answer, results = traced(rules, history, TODAY, "none", ID)
    done("assess")
    content = encoded(answer_parameters(Origins(rules, results, history, told.provenance), answer, told))
    done("write")
    return content


def _read(rules: RuleSet, size: int) -> Row:
    bundle, terms = json.loads(chart(size)), terminology_of(rules)
    found = []
    for _ in range(ROUNDS // 10):
        start = process_time()
        read_bundle(bundle, terms, as_of=TODAY)
        found.append(process_time() - start)
    return "reading", size, "microseconds a resource", median(found) / size * 1_000_000


def _slow(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99) - 1]


if __name__ == "__main__":
    for row in run():
        print("  " + "  ".join(f"{item:8.2f}" if isinstance(item, float) else str(item).ljust(16) for item in row))
