"""Discovery: what is listed, and templates that a FHIR server can resolve."""

from tests.hooks.charts import CONTEXT, patient
from tests.hooks.conformance import discovery_faults
from tests.hooks.ehr import Ehr

HOOKS = {"ivig-patient-view": "patient-view", "ivig-order-select": "order-select", "ivig-order-sign": "order-sign"}


def test_the_services_conform(service):
    response = service.get("/cds-services")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert discovery_faults(response.json()) == []
    assert {item["id"]: item["hook"] for item in response.json()["services"]} == HOOKS


def test_templates_name_only_tokens_that_every_client_has(service):
    for item in service.get("/cds-services").json()["services"]:
        for template in item["prefetch"].values():
            assert template.count("{{") == template.count("{{context.patientId}}") == 1


def test_every_search_has_one_key_whose_name_says_its_type(service):
    """An empty answer holds no resource: only its key then says what was searched for."""
    from app.fhir.searches import named_in

    for key, template in service.get("/cds-services").json()["services"][0]["prefetch"].items():
        (kind,) = {kind for _, kind in named_in(key)}
        assert template.startswith(kind)


def test_a_fhir_server_resolves_them(service):
    ehr = Ehr(service, [patient()])
    found = ehr.prefetch(ehr.discover()["ivig-order-sign"], CONTEXT)
    assert found.pop("patient")["id"] == "p1"
    assert {value["resourceType"] for value in found.values()} == {"Bundle"}
    assert {value["total"] for value in found.values()} == {0}


def test_templates_ask_for_what_the_terminology_reads(service, rules):
    """Expected from INTEROP 3.1: counts, dating and measures; creatinine, IgA and blood group; antibodies; transfers."""
    found = service.get("/cds-services").json()["services"][0]["prefetch"]
    loinc, snomed = "http://loinc.org|", "http://snomed.info/sct|"
    for code in ("11614-5", "82810-3", "11778-8", "29463-7", "85354-9", "883-9"):
        assert loinc + code in found["observationsPregnancy"]
    for code in ("2160-0", "14682-9", "2458-8", "718-7", "777-3"):
        assert loinc + code in found["observationsLaboratory"]
    for code in ("3181-5", "3182-3", "44448-9", "44449-7", "3281-3"):
        assert loinc + code in found["observationsAntiphospholipid"]
    for code in ("75456002", "236894009"):
        assert snomed + code in found["procedures"]
    assert "LA" not in found["observationsPregnancy"]
