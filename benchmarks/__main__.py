"""`make bench`: ratios only; machines differ and are noisy."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from benchmarks import assess, fhir_http, http, rules

RUNS: dict[str, Callable[[], Iterable[Sequence[Any]]]] = {
    "rules, one patient, 200 rules": rules.run,
    "one assessment in process, times validating its body": assess.run,
    "HTTP, times the floor": http.run,
    "FHIR over HTTP, 2,000 resources": fhir_http.run,
}
for title, run in RUNS.items():
    print(f"\n{title}")
    for row in run():
        print("  " + "  ".join(f"{item:8.2f}" if isinstance(item, float) else str(item) for item in row))
