"""C7: without credentials, a page in the browser of this machine gets nowhere, whatever name it makes point here."""

import pytest
from starlette.testclient import TestClient

from app.web.examples import SPARSE
from app.web.local import LocalOnly

GOOD_HOSTS = [
    "127.0.0.1",
    "127.0.0.1:8000",
    "localhost",
    "localhost:8000",
    "LOCALHOST",
    "[::1]",
    "[::1]:8000",
    "127.1.2.3",
]
BAD_HOSTS = [
    "evil.example.org",
    "evil.example.org:8000",
    "localhost.evil.example.org",
    "127.0.0.1.evil.example.org",
    "10.0.0.1",
    "0.0.0.0",
    "[::]",
    "testserver",
    "a@127.0.0.1",
    "127.0.0.1/x",
    "[::1",
    "",
    "2130706433",
]


@pytest.mark.parametrize("host", GOOD_HOSTS)
def test_c7_names_of_this_machine(client, host):
    assert client.get("/livez", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", BAD_HOSTS)
@pytest.mark.parametrize("path", ["/v1/assessments", "/livez", "/docs", "/docs/assets/favicon.png", "/nowhere"])
def test_c7_names_of_elsewhere(client, host, path):
    response = client.request("POST" if "assess" in path else "GET", path, headers={"host": host})
    assert (response.status_code, response.json()["type"]) == (400, "urn:ivig-cds:problem:wrong-host")
    assert "evil" not in response.text + str(response.headers)
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("origin", "good"),
    [
        ("http://127.0.0.1:8000", True),
        ("https://127.0.0.1:8000", True),
        ("http://127.0.0.1:3000", False),
        ("http://127.0.0.1", False),
        ("http://localhost:8000", False),
        ("https://evil.example.org", False),
        ("null", False),
        ("", False),
    ],
)
def test_c7_pages_of_elsewhere(client, origin, good):
    headers = {"host": "127.0.0.1:8000", "origin": origin}
    response = client.post("/v1/assessments", json=SPARSE, headers=headers)
    assert response.status_code == (200 if good else 403)
    if not good:
        assert response.json()["type"] == "urn:ivig-cds:problem:foreign-origin"


def test_c7_a_listed_origin():
    async def served(scope, receive, send):
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    asked = {"origin": "https://ehr.example.org"}
    for origins, status in (((), 403), (("https://ehr.example.org",), 204)):
        client = TestClient(LocalOnly(served, origins), "http://127.0.0.1")
        assert client.get("/", headers=asked).status_code == status


@pytest.mark.parametrize("names", [[], ["127.0.0.1", "127.0.0.1"], ["127.0.0.1", "evil.example.org"]])
def test_c7_no_host_or_two(names):
    from starlette.datastructures import Headers

    headers = Headers(raw=[(b"host", name.encode()) for name in names])
    assert LocalOnly(None)._fault(headers) == ("wrong-host", 400)


@pytest.mark.parametrize(("listed", "origin"), [("", "https://ehr.example.org"), ("https://ehr.example.org", "null")])
def test_c8_a_page_that_is_not_listed_reads_nothing(folder, listed, origin):
    from app.main import create_app
    from app.settings import Settings

    app = create_app(Settings(IVIG_DATA_DIR=folder, IVIG_CORS_ORIGINS=listed, IVIG_AUDIT="off"))
    asked = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    with TestClient(app, "http://127.0.0.1") as client:
        for response in (
            client.options("/v1/assessments", headers=asked),
            client.post("/v1/assessments", json=SPARSE, headers={"origin": origin}),
        ):
            assert response.status_code in {400, 403, 405}
            assert "access-control-allow-origin" not in response.headers
        good = client.options("/v1/assessments", headers={**asked, "origin": "https://ehr.example.org"})
        assert good.headers.get("access-control-allow-origin") == (listed or None)
        assert "access-control-allow-credentials" not in good.headers


@pytest.mark.parametrize("everyone", ["*", "https://*.example.org", "null"])
def test_c8_never_everyone(everyone):
    from app.settings import Settings

    with pytest.raises(ValueError, match="IVIG_CORS_ORIGINS"):
        Settings(IVIG_CORS_ORIGINS=everyone)


def test_with_credentials_the_name_is_the_proxys_affair(guarded):
    """Docker, a load balancer, an ingress: any name may lead here, and a page elsewhere has no credential."""
    assert guarded.post(guarded.key(), host="cds.example.org", origin="https://ehr.example.org").status_code == 200
