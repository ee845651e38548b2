"""Made-up requests, valid and not, against the OpenAPI document: no 5xx, no status and no shape that it does not describe.

`make test` asks a few of each operation; `make fuzz` spreads FUZZ_CASES over all of them and prints what it did.
"""

import os
import time
from collections import Counter

import pytest

schemathesis = pytest.importorskip("schemathesis", reason="comes with the dev extra")

from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402
from hypothesis.errors import Unsatisfiable  # noqa: E402
from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.generation import GenerationMode  # noqa: E402
from schemathesis.specs.openapi.checks import (  # noqa: E402
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CASES = int(os.environ.get("FUZZ_CASES", "400"))
# positive_data_acceptance is left out: a patient who contradicts herself fits the schema and is refused.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


def test_what_is_answered_is_described(client, capsys):
    schema = schemathesis.openapi.from_asgi("/openapi.json", local(client.app))
    # FHIR and CDS Hooks have conformance checks and fuzzers of their own; rule sets are not changed over HTTP here.
    operations = [found.ok() for found in schema.get_all_operations()]
    operations = [item for item in operations if item.path.startswith("/v1/") and "rule-sets" not in item.path]
    each = max(1, CASES // (2 * len(operations)))
    statuses, faults, start = Counter(), {}, time.perf_counter()
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                exercise(operation, mode, each, statuses)
            except Unsatisfiable:  # nothing can be wrong with a request that takes nothing
                continue
            except BaseExceptionGroup as found:
                faults[operation.label, mode.value] = found.exceptions[0]
            except Exception as found:  # noqa: BLE001 - each operation is asked, then all faults are shown
                faults[operation.label, mode.value] = found
    with capsys.disabled():
        took = time.perf_counter() - start
        print(f"\nfuzz: {statuses.total()} cases, {len(operations)} operations, {took:.0f} s, {dict(statuses)}")
    assert not faults, "\n\n".join(f"{label}: {fault}" for label, fault in faults.items())


def local(app):
    """Without credentials only this machine is answered, so every call names it."""

    async def named(scope, receive, send):
        if scope["type"] == "lifespan":  # the service runs already, and others go on using it
            for step in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{step}.complete"})
            return
        headers = [item for item in scope.get("headers", ()) if item[0] != b"host"]
        await app({**scope, "headers": [*headers, (b"host", b"127.0.0.1")]}, receive, send)

    return named


@schemathesis.serializer("application/x-ndjson")
def lines(_context, value):
    """The batch takes text: what is generated is sent as it is."""
    return str(value).encode("utf-8", "surrogatepass")


def exercise(operation, mode, cases, statuses) -> None:
    # Whatever text a batch holds is answered, line by line, with error lines where it must be.
    left_out = [negative_data_rejection] if operation.path.endswith("/batch") else []

    @settings(
        max_examples=cases,
        deadline=None,
        derandomize="FUZZ_CASES" not in os.environ,
        database=None,
        phases=[Phase.generate] if cases < 100 else [Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case) -> None:
        response = case.call()
        statuses[response.status_code] += 1
        case.validate_response(response, checks=[check for check in CHECKS if check not in left_out])

    check()
