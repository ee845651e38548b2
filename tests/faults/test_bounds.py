"""Every list and every text that a request may hold is bounded, in the OpenAPI document and so in the reading."""

BOUNDED = {"maxLength", "enum", "const", "format", "pattern"}


def unbounded(part, where, schemas, seen):
    if isinstance(part, list):
        for item in part:
            yield from unbounded(item, where, schemas, seen)
    if not isinstance(part, dict):
        return
    name = part.get("$ref", "").rpartition("/")[2]
    if name and name not in seen:
        seen.add(name)
        yield from unbounded(schemas[name], name, schemas, seen)
    if part.get("type") == "array" and "maxItems" not in part:
        yield where
    if part.get("type") == "string" and not part.keys() & BOUNDED:
        yield where
    for key, value in part.items():
        if key not in {"examples", "example", "description", "title"}:
            yield from unbounded(value, f"{where}/{key}", schemas, seen)


def test_every_list_and_every_text_is_bounded(client):
    document = client.get("/openapi.json").json()
    schemas, found, seen = document["components"]["schemas"], [], set()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                found += unbounded(parameter["schema"], f"{path}?{parameter['name']}", schemas, set())
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                if kind == "application/json":
                    found += unbounded(content["schema"], path, schemas, seen)
    # A number that may be written as text; the address as a whole is bounded.
    # The shapes of CDS Hooks and FHIR are their specifications': there the body as a whole is bounded, and the address.
    ours = {place for place in found if not place.startswith(("/cds-services", "/fhir"))}
    assert ours <= {"/v1/products?iga_at_most/anyOf"}
    assert "PatientHistory" in seen
