"""Reading and assessing a chart of 2,000 FHIR resources in about 270 kB, in milliseconds, and reading alone as it grows.

Run it with ``python -m benchmarks.fhir``. Processor time, so that what else the machine does is not counted.
"""

import json
from collections.abc import Callable
from datetime import date
from statistics import median
from time import process_time
from typing import Any

from app.fhir.reader import read_bundle
from app.fhir.terminology import terminology_of
from app.services.active import bundled
from app.services.assess import assess
from app.services.intake import checked

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


def run() -> list[tuple[Any, ...]]:
    """Kilobytes, then median and 99th percentile of JSON to answer; then reading alone at four sizes, by resource."""
    rules = bundled()
    terms = terminology_of(rules)
    body = chart(RESOURCES)

    def whole() -> None:
        found = read_bundle(json.loads(body), terms, as_of=TODAY)
        assess(rules, checked(found.history, TODAY), TODAY, "none")

    times = sorted(_times(whole, ROUNDS))
    rows: list[tuple[Any, ...]] = [
        ("kB", len(body) / 1000, "median ms", median(times), "p99 ms", times[int(len(times) * 0.99) - 1])
    ]
    for size in SIZES:
        bundle = json.loads(chart(size))
        spent = median(_times(lambda bundle=bundle: read_bundle(bundle, terms, as_of=TODAY), ROUNDS // 10))  # type: ignore[misc]
        rows.append(("reading", size, "microseconds a resource", spent / size * 1000))
    return rows


def _times(act: Callable[[], Any], rounds: int) -> list[float]:
    act()
    found = []
    for _ in range(rounds):
        start = process_time()
        act()
        found.append((process_time() - start) * 1000)
    return found


if __name__ == "__main__":
    for row in run():
        print("  " + "  ".join(f"{item:8.2f}" if isinstance(item, float) else str(item) for item in row))
