"""What is shipped for those who run the service names only what exists."""

import re
from pathlib import Path

from ruamel.yaml import YAML
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings, settings_table
from app.web.examples import SPARSE
from tests.conftest import LOCAL

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def test_every_metric_of_the_alerts_is_offered(folder):
    rules = YAML(typ="safe").load((DEPLOY / "alerts.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    named = {name for rule in rules for name in re.findall(r"\bivig_\w+", rule["expr"])}
    with TestClient(create_app(Settings(IVIG_DATA_DIR=folder, IVIG_METRICS=True)), LOCAL) as client:
        assert client.post("/v1/assessments", json=SPARSE).status_code == 200
        offered = set(re.findall(r"^(?:# TYPE )?(ivig_\w+)", client.get("/metrics").text, re.MULTILINE))
    assert named
    assert named <= offered


def test_every_setting_of_the_examples_exists():
    known = set(re.findall(r"`(IVIG_\w+|HOST|PORT)`", settings_table()))
    for path in (*DEPLOY.iterdir(), ROOT / "Dockerfile"):
        assert set(re.findall(r"\bIVIG_[A-Z_]+", path.read_text(encoding="utf-8"))) <= known, path.name


def test_the_proxy_is_the_one_of_the_page():
    """One text in two places: they differ in the name under which the proxy finds the service, and in nothing else."""
    page = (ROOT / "docs" / "reverse-proxy.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```nginx\n(.*?)```", page, re.DOTALL)
    shipped = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert shown.count("server 127.0.0.1:8000;") == 1
    assert shipped == shown.replace("server 127.0.0.1:8000;", "server ivig:8000;")
    assert shipped.count("{") == shipped.count("}")


def test_what_the_compose_file_mounts_and_names_is_there():
    services = YAML(typ="safe").load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    mounts = dict(item.split(":")[:2] for item in services["proxy"]["volumes"])
    assert {(DEPLOY / name).is_file() for name in mounts if name.endswith(".conf")} == {True}
    conf = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    certificates = re.findall(r"ssl_certificate(?:_key)?\s+(\S+);", conf)
    assert {str(Path(name).parent) for name in certificates} == {mounts["./tls"]}
    assert re.findall(r"server (\w+):8000;", conf) == ["ivig"]
    assert "ivig" in services


def test_the_image_is_small_hashed_and_not_root():
    """What a linter of Dockerfiles would ask for; the base image cannot be pinned by digest without a registry."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    text = "\n".join(lines)
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users
    assert users[-1] not in {"root", "0"}
    assert all(
        ":" in line.split()[1] and not line.split()[1].endswith(":latest") for line in lines if line.startswith("FROM ")
    )
    assert "--require-hashes" in text
    assert "PIP_NO_CACHE_DIR=1" in text
    assert re.search(r"^WORKDIR /", text, re.MULTILINE)
    assert not re.search(r"^ADD |apt-get upgrade|\bsudo\b|curl .*\|", text, re.MULTILINE)
    assert all(line.split(" ", 1)[1].startswith("[") for line in lines if line.startswith(("ENTRYPOINT", "CMD")))
    assert "HEALTHCHECK" in text


def test_j5_the_unit_and_the_compose_file_switch_core_dumps_and_swap_off():
    """The service cannot switch off the host's swap; what is shipped asks for no core dump and no swap."""
    unit = (DEPLOY / "ivig-cds.service").read_text(encoding="utf-8").splitlines()
    assert {"LimitCORE=0", "MemorySwapMax=0"} <= set(unit)
    assert "ulimits: {core: 0}" in (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
