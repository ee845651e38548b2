"""Requests to the FHIR door, and what its answers hold."""

import json
from typing import Any

MEDIA = "application/fhir+json"


def assess(client: Any, body: Any, media_type: str = MEDIA) -> Any:
    content = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.post("/fhir/$assess-ivig", content=content, headers={"content-type": media_type})


def named(answer: Any, name: str) -> list[Any]:
    return [part.get("resource", part) for part in answer["parameter"] if part["name"] == name]


def contained(guidance: Any, kind: str) -> Any:
    return next(item for item in guidance["contained"] if item["resourceType"] == kind)


def outputs(guidance: Any, name: str) -> list[Any]:
    parts = contained(guidance, "Parameters")["parameter"]
    return [next(value for key, value in part.items() if key != "name") for part in parts if part["name"] == name]


def verdicts(answer: Any) -> dict[str, str]:
    found = named(answer, "guidance")
    return {outputs(item, "indication")[0]: outputs(item, "status")[0] for item in found if outputs(item, "indication")}


def actions(part: Any) -> Any:
    for item in part.get("action", ()):
        yield item
        yield from actions(item)
