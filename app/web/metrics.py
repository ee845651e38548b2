"""Counters in Prometheus' text form. Labels are bounded: route templates, known methods, status codes; no ids, no values."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper ends of the duration histogram, seconds."""


Tallied = Mapping[str, Mapping[tuple[str, str], int]]
"""By version: how often what of which kind was counted."""
TALLIED = {
    "assessed": ("ivig_assessments_total", "door"),
    "fired": ("ivig_rule_fired_total", "rule"),
    "unread": ("ivig_codes_not_understood_total", "place"),
}
"""The metric and the label of each kind; the labels are doors, rules and places in a request, nothing else."""


class Metrics:
    """What is counted since the process started. Only the event loop writes."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.findings = 0
        self._buckets: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self.requests[route, method, status] += 1
        self._buckets.setdefault(route, [0] * (len(BUCKETS) + 1))[bisect_left(BUCKETS, seconds)] += 1
        self._seconds[route] = self._seconds.get(route, 0.0) + seconds

    def assessed(self, findings: int) -> None:
        """Count the findings of one assessment."""
        self.findings += findings

    def text(
        self, gauges: Mapping[str, float], counters: Mapping[str, float], rule_set: str, tallied: Tallied | None = None
    ) -> str:
        """Everything, in Prometheus' text form; ``gauges``, ``counters`` and ``tallied`` are read elsewhere, just now."""
        return "\n".join((*self._lines(gauges, counters, rule_set), *_by_version(tallied or {}), ""))

    def _lines(self, gauges: Mapping[str, float], counters: Mapping[str, float], rule_set: str) -> Iterator[str]:
        yield "# TYPE ivig_rule_set_info gauge"
        yield f'ivig_rule_set_info{{version="{rule_set}"}} 1'
        own = {"ivig_findings_total": self.findings}
        for kind, values in (("gauge", gauges), ("counter", {**own, **counters})):
            for name, value in values.items():
                yield f"# TYPE {name} {kind}"
                yield f"{name} {value}"
        yield "# TYPE ivig_requests_total counter"
        for (route, method, status), count in sorted(self.requests.items()):
            yield f'ivig_requests_total{{route="{route}",method="{method}",status="{status}"}} {count}'
        yield "# TYPE ivig_request_seconds histogram"
        for route in sorted(self._buckets):
            yield from self._histogram(route)

    def _histogram(self, route: str) -> Iterator[str]:
        total = 0
        for end, count in zip((*map(str, BUCKETS), "+Inf"), self._buckets[route], strict=True):
            total += count
            yield f'ivig_request_seconds_bucket{{route="{route}",le="{end}"}} {total}'
        yield f'ivig_request_seconds_sum{{route="{route}"}} {self._seconds[route]:.6f}'
        yield f'ivig_request_seconds_count{{route="{route}"}} {total}'


def _by_version(tallied: Tallied) -> Iterator[str]:
    for kind, (metric, label) in TALLIED.items():
        yield f"# TYPE {metric} counter"
        for version, counts in sorted(tallied.items()):
            for (own, name), count in sorted(counts.items()):
                if own == kind:
                    yield f'{metric}{{{label}="{name}",version="{version}"}} {count}'
