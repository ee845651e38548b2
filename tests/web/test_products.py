import pytest

from app.web.problems import MEDIA_TYPE


def products(client, **wanted):
    response = client.get("/v1/products", params=wanted)
    assert response.status_code == 200
    return response.json()


def test_all_products_on_one_page(client):
    page = products(client)
    assert (page["total"], len(page["items"]), page["left_out_unknown"], page["not_known"]) == (22, 22, 0, [])
    assert page["rule_set"] == client.get("/v1/rule-sets/active").json()["version"]
    assert {"qivigy", "gamunex-eu", "nanogam"}.isdisjoint(item["id"] for item in page["items"])


def test_pages_follow_each_other(client):
    pages = [products(client, limit=10, offset=offset)["items"] for offset in (0, 10, 20, 30)]
    assert [len(items) for items in pages] == [10, 10, 2, 0]
    assert len({item["id"] for items in pages for item in items}) == 22


def test_filters_say_what_they_left_out(client):
    page = products(client, region="US", sugar_free=True, iga_at_most=100)
    assert {item["id"] for item in page["items"]} == {"privigen", "gammaplex-10", "alyglo"}
    assert page["left_out_unknown"] == len(page["not_known"]) == 5
    assert {"id": "gammagard-liquid-erc", "name": "Gammagard Liquid ERC", "filters": ["sugar_free"]} in page[
        "not_known"
    ]


def test_proline_and_concentration(client):
    assert [item["id"] for item in products(client, proline_free=False)["items"]] == ["privigen"]
    assert all(5 in item["concentration_percent"] for item in products(client, concentration=5)["items"])
    assert products(client, concentration=20)["total"] == 0


@pytest.mark.parametrize(("region", "known"), [("GB-SCT", True), ("ES", True), ("KR", False), ("UK", False)])
def test_a_place_without_known_products_is_said_to_be_one(client, region, known):
    page = products(client, region=region)
    assert page["region_known"] is bool(page["total"]) is known
    assert products(client)["region_known"] is None


def test_numbers_are_numbers_and_the_unknown_is_null(client):
    items = {item["id"]: item for item in products(client)["items"]}
    assert items["privigen"]["iga_max_ug_per_ml"] == 25
    assert items["privigen"]["initial_rate"][0]["mg_kg_min"] == 0.5
    assert items["gamunex-c"]["iga_max_ug_per_ml"] is None
    assert items["yimmugo"]["contains_sucrose"] is None
    assert items["kiovig"]["initial_rate"] == []
    assert [step["mg_kg_min"] for step in items["octagam-10"]["schedule"]["steps"]] == [1, 2, 4, 8]


def test_one_product_with_its_restrictions_and_sources(client):
    found = client.get("/v1/products/flebogamma-dif-10").json()
    assert found["contains_sorbitol"] is True
    restrictions = {item["id"]: item for item in found["restrictions"]}
    assert set(restrictions) == {"product-fructose-intolerance"}
    assert restrictions["product-fructose-intolerance"]["level"] == "exclude"
    assert [item["id"] for item in found["sources"]] == found["evidence"]
    assert all(client.get(f"/v1/evidence/{item}").status_code == 200 for item in found["evidence"])
    assert client.get("/v1/rules/product-fructose-intolerance").json()["content"]["concerns"] == {
        "contains": "sorbitol"
    }


def test_a_product_of_unknown_composition_names_every_restriction_as_unknown(client):
    found = client.get("/v1/products/iqymune").json()
    concerned = {item["id"]: item["concerned"] for item in found["restrictions"]}
    assert concerned["product-composition-unknown"] == "true"
    assert {name for name, truth in concerned.items() if truth == "unknown"} == {
        "product-hyperprolinaemia",
        "product-fructose-intolerance",
        "product-corn-allergy",
        "product-maltose-glucose-meter",
        "product-sucrose-kidney",
    }


def test_every_product_resolves_to_a_source(client):
    for item in products(client)["items"]:
        found = client.get(f"/v1/products/{item['id']}").json()
        assert found["sources"]
        for source in found["sources"]:
            assert source["url"] or "Handbook" in source["title"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/products/qivigy", 404),
        ("/v1/products/Privigen", 422),
        ("/v1/products?iga_at_most=0", 422),
        ("/v1/products?iga_at_most=NaN", 422),
        ("/v1/products?iga_at_most=Infinity", 422),
        ("/v1/products?region=gb", 422),
        ("/v1/products?sugar_free=maybe", 422),
        ("/v1/products?concentration=0", 422),
        ("/v1/products?iga_below=5", 422),
        ("/v1/products?region=US&region=GB", 422),
    ],
)
def test_errors_have_the_one_shape(client, path, status):
    response = client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (status, MEDIA_TYPE)


def test_openapi_documents_the_parameters(client):
    document = client.get("/openapi.json").json()
    parameters = document["paths"]["/v1/products"]["get"]["parameters"]
    assert {item["name"] for item in parameters} == {
        "region",
        "sugar_free",
        "proline_free",
        "iga_at_most",
        "concentration",
        "limit",
        "offset",
    }
    assert all(item["description"] for item in parameters)
    assert set(document["paths"]["/v1/products/{product_id}"]["get"]["responses"]) == {
        "200",
        "401",
        "403",
        "404",
        "422",
        "429",
        "503",
    }
    assert document["components"]["schemas"]["RateShape"]["properties"]["mg_kg_min"]["type"] == "number"


def test_the_database_holds_the_products_of_the_active_version(client):
    stored = client.app.state.context.published.__self__.database
    with stored.reading() as connection:
        rows = connection.exec_driver_sql("SELECT product_id FROM product WHERE contains_proline").scalars()
        assert list(rows) == ["privigen"]
