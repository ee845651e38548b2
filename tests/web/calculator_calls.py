"""Asking a calculator through the API, and reading its answer or its refusal."""

from app.web.problems import MEDIA_TYPE, PREFIX

WOMAN = {"sex": "female", "pregnancy_status": "not_pregnant", "creatinine_stable": True}


def post(client, name, body, **query):
    return client.post(f"/v1/calculators/{name}", json=body, params=query)


def figures(response):
    assert response.status_code == 200, response.text
    return {item["name"]: item for item in response.json()["quantities"]}


def figure(response):
    """The first figure of an answer."""
    return next(iter(figures(response).values()))


def ids(response, name):
    return [item["id"] for item in response.json()[name]]


def fault(response, kind="out-of-validity"):
    """The first fault of a refusal of this kind."""
    assert (response.status_code, response.headers["content-type"]) == (422, MEDIA_TYPE), response.text
    assert response.json()["type"] == PREFIX + kind
    return response.json()["errors"][0]


def mg_dl(value):
    return {"value": value, "unit": "mg/dL"}


def kidney(**more):
    return {**WOMAN, "age_years": 32, "creatinine": mg_dl(0.62), **more}


def clearance(**more):
    return kidney(weight_kg=68, weight_basis="actual", **more)
