"""FAULTS group G: what must not happen when rule sets are administered. On SQLite and on PostgreSQL."""

import hmac
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.testclient import TestClient

from app.authoring import yaml_source
from app.authoring.bundle import FORMAT, canonical, digest
from app.authoring.files import MOST_FILES, read_folder
from app.authoring.release import sealed
from app.authoring.signing import Signer, Trusted, public_pem
from app.errors import RefusedError
from app.main import create_app
from app.services.active import ensure_active
from app.services.gate import MOST_NODES
from app.services.transfer import export, import_bundle
from app.settings import Settings
from app.store.bundle_keys import BundleKeys
from app.store.database import Database
from app.store.rule_sets import RuleSetStore
from app.store.schema import upgrade
from app.web.problems import MEDIA_TYPE, PREFIX
from tests.conftest import LOCAL
from tests.databases import cluster, database, empty, postgres_url, url
from tests.folders import knowledge, no_derivations

__all__ = ["cluster", "database", "empty", "knowledge", "no_derivations", "postgres_url", "url"]

NOTES = "rules/rpl/notes.yaml"
WORDS = ("The age is above the limit.", "The age lies above the limit.")
SIGNER = Signer(Ed25519PrivateKey.from_private_bytes(b"k" * 32))
DEEPEST = 24


@pytest.fixture
def store(database, knowledge) -> RuleSetStore:
    """A database in which the small knowledge folder is published and active."""
    found = RuleSetStore(database)
    ensure_active(found, knowledge())
    return found


@pytest.fixture
def site(store, url, tmp_path) -> Iterator[TestClient]:
    """A running service over that database, in which rule sets may be changed."""
    (tmp_path / "site").mkdir()
    BundleKeys(tmp_path / "site").trust(public_pem(SIGNER.public))
    settings = Settings(IVIG_DATA_DIR=tmp_path / "site", IVIG_DATABASE_URL=url, IVIG_AUDIT="off", IVIG_RULE_ADMIN=True)
    with TestClient(create_app(settings), LOCAL, raise_server_exceptions=False) as running:
        yield running


def text_of(folder: Path, old: str, new: str) -> str:
    content = (folder / NOTES).read_text(encoding="utf-8")
    assert old in content
    return content.replace(old, new)


def handed_in(site, text: str, base: str | None = "1.0.0", **headers: str) -> Any:
    return site.post("/v1/rule-sets", json={"files": {NOTES: text}, "base": base}, headers=headers)


def validated(site, text: str) -> Any:
    draft = handed_in(site, text).json()
    found = site.post(f"/v1/rule-sets/drafts/{draft['id']}/validate")
    assert found.status_code == 200, found.text
    return found.json()


def published(site, draft: Any, body: Any = None, **headers: str) -> Any:
    sent = {"If-Match": draft["etag"], **{name.replace("_", "-"): value for name, value in headers.items()}}
    return site.post(f"/v1/rule-sets/drafts/{draft['id']}/publish", json=body or {}, headers=sent)


def problem(found: Any, status: int, kind: str) -> list[dict[str, Any]]:
    assert (found.status_code, found.headers["content-type"]) == (status, MEDIA_TYPE), found.text
    assert found.json()["type"] == PREFIX + kind
    return found.json()["errors"]


def state(store: RuleSetStore) -> tuple[Any, ...]:
    """All that a refused step must leave as it was."""
    return (tuple(store.versions()), store.active(), tuple(store.activated()))


G1 = [
    ("gt: 40.50", "gt: 41.50", "case-failed"),
    ("Two losses are known.", "It is proven.", "banned-phrase"),
    ("losses.count_all, ge: 2", "losses.count_al, ge: 2", "L001"),
    ("cite: [def-one]", "cite: []", "uncited"),
    ("- id: two-losses", "- id: age", "duplicate-id"),
    ("kind: criterion", "kind: criterium", "bad-value"),
]


@pytest.mark.parametrize(("old", "new", "code"), G1)
def test_g1_a_draft_that_fails_a_check_is_refused_with_its_place(site, store, knowledge, old, new, code):
    before = state(store)
    draft = handed_in(site, text_of(knowledge(), old, new)).json()
    found = problem(site.post(f"/v1/rule-sets/drafts/{draft['id']}/validate"), 422, "release-rejected")
    faults = [item for item in found if item["code"] == code]
    assert faults
    assert all(".yaml:" in item["detail"] for item in faults)
    problem(published(site, draft), 409, "not-validated")
    assert state(store) == before


def test_g2_of_two_publishers_one_wins(site, store, knowledge):
    folder = knowledge()
    drafts = [validated(site, text_of(folder, WORDS[0], f"The age is {word} the limit.")) for word in ("over", "past")]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda draft: published(site, draft), [drafts[0], drafts[1], drafts[0], drafts[1]]))
    assert sorted(item.status_code for item in found) == [201, 409, 409, 409]
    for item in found:
        if item.status_code == 409:
            problem(item, 409, "stale-draft")
    assert [item.version for item in store.versions()] == ["1.0.1", "1.0.0"]


def test_g2_a_draft_on_an_older_base_is_stale(site, store, knowledge):
    folder = knowledge()
    first, second = (validated(site, text_of(folder, WORDS[0], f"The age is {word} it.")) for word in ("over", "past"))
    assert published(site, first).status_code == 201
    problem(published(site, second), 409, "stale-draft")
    assert len(store.versions()) == 2


def test_g3_the_same_request_again_gets_the_same_answer(site, store, knowledge):
    draft = validated(site, text_of(knowledge(), *WORDS))
    first = published(site, draft, Idempotency_Key="once")
    again = published(site, draft, Idempotency_Key="once")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert len(store.versions()) == 2
    problem(published(site, draft, {"version": "2.0.0"}, Idempotency_Key="once"), 422, "key-reused")
    problem(published(site, draft, Idempotency_Key="another"), 409, "stale-draft")


def test_g3_many_times_at_once(site, store, knowledge):
    draft = validated(site, text_of(knowledge(), *WORDS))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: published(site, draft, Idempotency_Key="k"), range(8)))
    assert {item.status_code for item in found} == {201}
    assert len({item.content for item in found}) == 1
    assert len(store.versions()) == 2


def test_g3_drafts_and_activations_too(site, store, knowledge):
    text = text_of(knowledge(), *WORDS)
    made = [handed_in(site, text, **{"Idempotency-Key": "draft"}).json()["id"] for _ in range(2)]
    assert made[0] == made[1]
    sent = [site.post("/v1/rule-sets/1.0.0/activate", headers={"Idempotency-Key": "active"}) for _ in range(2)]
    assert [item.status_code for item in sent] == [200, 200]
    assert len(store.activated()) == 2


@pytest.mark.parametrize("key", ["", "k" * 121, "a\tb"])
def test_g3_a_key_that_cannot_be_kept_is_refused(site, knowledge, key):
    found = handed_in(site, text_of(knowledge(), *WORDS), **{"Idempotency-Key": key})
    problem(found, 422, "invalid-input")


class TestG4:
    """Author and publisher are two persons where the site wants it."""

    @pytest.fixture
    def as_(self, site, monkeypatch):
        site.app.state.context.life.__dict__["two_persons"] = True
        asking = {"actor": "ada"}
        monkeypatch.setattr("app.routers.rule_set_drafts.actor", lambda _request: asking["actor"])
        return lambda name: asking.update(actor=name)

    def test_g4_an_author_neither_approves_nor_publishes(self, site, store, knowledge, as_):
        draft = validated(site, text_of(knowledge(), *WORDS))
        problem(site.post(f"/v1/rule-sets/drafts/{draft['id']}/approve"), 403, "forbidden")
        problem(published(site, draft), 403, "forbidden")
        as_("grace")
        problem(published(site, draft), 409, "not-validated")
        assert site.post(f"/v1/rule-sets/drafts/{draft['id']}/approve").json()["state"] == "approved"
        as_("ada")
        problem(published(site, draft), 403, "forbidden")
        as_("grace")
        assert published(site, draft).status_code == 201
        assert store.versions()[0].published_by == "grace"

    def test_g4_whoever_wrote_any_revision_is_an_author(self, site, knowledge, as_):
        folder = knowledge()
        draft = handed_in(site, text_of(folder, *WORDS)).json()
        as_("grace")
        changes = {"files": {NOTES: text_of(folder, WORDS[0], "The age is beyond it.")}, "base": "1.0.0"}
        place = f"/v1/rule-sets/drafts/{draft['id']}"
        assert site.put(place, json=changes, headers={"If-Match": draft["etag"]}).status_code == 200
        as_("ada")
        assert site.post(f"{place}/validate").status_code == 200
        problem(site.post(f"{place}/approve"), 403, "forbidden")


def test_g5_history_only_grows(site, store, knowledge):
    draft = validated(site, text_of(knowledge(), *WORDS))
    assert published(site, draft).json()["version"] == "1.0.1"
    problem(site.post("/v1/rule-sets/rollback"), 409, "nothing-to-roll-back")
    for call in ("1.0.1/activate", "rollback", "1.0.1/activate"):
        assert site.post(f"/v1/rule-sets/{call}").status_code == 200
    assert [version for version, *_ in store.activated()] == ["1.0.1", "1.0.0", "1.0.1", "1.0.0"]
    states = {name: site.get(f"/v1/rule-sets/{name}").json()["state"] for name in ("1.0.0", "1.0.1")}
    assert states == {"1.0.0": "superseded", "1.0.1": "active"}
    assert site.get("/v1/rule-sets/active").json()["version"] == "1.0.1"


@pytest.mark.parametrize(
    "condition",
    ["{fact: losses.count_all, matches: '(a+)+$'}", "{fact: losses.count_all, regex: '(a+)+$'}", "{python: 'exit()'}"],
)
def test_g6_a_condition_has_no_patterns_and_no_code(site, store, knowledge, condition):
    text = text_of(knowledge(), "{fact: losses.count_all, ge: 2}", condition)
    draft = handed_in(site, text).json()
    found = problem(site.post(f"/v1/rule-sets/drafts/{draft['id']}/validate"), 422, "release-rejected")
    assert "bad-condition" in {item["code"] for item in found}


@pytest.mark.parametrize("said", ["__import__('os').system('x')", "{{7*7}} %s {0.__class__}", "${7*7} <%= 7*7 %>"])
def test_g7_text_is_data(site, knowledge, said):
    text = text_of(knowledge(), "text: The age is above the limit.", f"text: {json.dumps(said)}")
    draft = validated(site, text)
    assert published(site, draft).status_code == 201
    assert site.post("/v1/rule-sets/1.0.1/activate").status_code == 200
    assert site.get("/v1/rules/age").json()["content"]["text"] == said


def nested(levels: int) -> str:
    condition = "{fact: losses.count_all, ge: 2}"
    for _ in range(levels - 1):
        condition = f"{{all: [{condition}]}}"
    return condition


def wide(nodes: int) -> str:
    one = "{fact: losses.count_all, ge: 2}"
    return f"{{all: [{', '.join([one] * (nodes - 1))}]}}"


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (nested(DEEPEST), None),
        (nested(DEEPEST + 1), "bad-condition"),
        (wide(MOST_NODES), None),
        (wide(MOST_NODES + 1), "too-complex"),
    ],
)
def test_g7_a_condition_is_small_enough_to_review(site, knowledge, condition, code):
    draft = handed_in(site, text_of(knowledge(), "{fact: losses.count_all, ge: 2}", condition)).json()
    found = site.post(f"/v1/rule-sets/drafts/{draft['id']}/validate")
    if code:
        assert code in {item["code"] for item in problem(found, 422, "release-rejected")}
    else:
        assert found.status_code == 200, found.text


def test_g7_yaml_bombs_end_at_once(tmp_path):
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))]
    path = tmp_path / "bomb.yaml"
    path.write_text("\n".join(lines))
    _, faults = yaml_source.read_yaml(path, "bomb.yaml")
    assert {fault.code for fault in faults} == {"yaml-anchor"}
    path.write_text("a: " + "[" * 100_000)
    assert [fault.code for fault in yaml_source.read_yaml(path, "bomb.yaml")[1]] == ["yaml-too-deep"]


G8 = [
    ("losses.count_all, ge: 2", "no.such_fact, ge: 2", "L001"),
    ("{fact: losses.count_all, ge: 2}", "{rule: two-losses}", "L008"),
    ("cite: [def-one]", "cite: [def-none]", "unknown-statement"),
    ("{fact: losses.count_all, ge: 2}", "{fact: losses.count_all, eq: twelve}", "L005"),
    ("{fact: losses.count_all, ge: 2}", "{fact: losses.count_all, ge: 2, unit: furlong}", "bad-condition"),
]


@pytest.mark.parametrize(("old", "new", "code"), G8)
def test_g8_names_that_lead_nowhere_are_refused(site, store, knowledge, old, new, code):
    before = state(store)
    draft = handed_in(site, text_of(knowledge(), old, new)).json()
    found = problem(site.post(f"/v1/rule-sets/drafts/{draft['id']}/validate"), 422, "release-rejected")
    assert code in {item["code"] for item in found}
    assert state(store) == before


def test_g8_a_threshold_out_of_range_is_refused(site, store, knowledge):
    before = state(store)
    text = text_of(knowledge(), "{fact: losses.count_all, ge: 2}", "{fact: losses.count_all, ge: 121}")
    ranges = "ranges:\n- {facts: [losses.count_all], minimum: 0, maximum: 120, step: 1}\n"
    body = {"files": {NOTES: text, "ranges.yaml": ranges}, "base": "1.0.0"}
    draft = site.post("/v1/rule-sets", json=body).json()
    found = problem(site.post(f"/v1/rule-sets/drafts/{draft['id']}/validate"), 422, "release-rejected")
    assert "outside-range" in {item["code"] for item in found}
    assert state(store) == before


def payload(store: RuleSetStore, **changes: Any) -> dict[str, Any]:
    """What a bundle of version 1.0.0 holds, as version 1.1.0 of another site, with some members changed."""
    stored, origin = store.load("1.0.0"), store.origin("1.0.0")
    files = {**origin.files, NOTES: origin.files[NOTES].replace(*WORDS)}
    document = json.loads(canonical(stored.document).decode().replace(*WORDS), parse_float=str)
    document = {**stored.document, "rules": [_reworded(rule) for rule in stored.document["rules"]]}
    made = {
        "version": "1.1.0",
        "digest": digest(document),
        "document": document,
        "files": files,
        "note": None,
        "published_at": "2026-11-25T00:00:00+00:00",
        "published_by": "elsewhere",
    }
    return {**made, **changes}


def _reworded(rule: dict[str, Any]) -> dict[str, Any]:
    return {**rule, "text": WORDS[1]} if rule.get("text") == WORDS[0] else rule


def sent(site, data: bytes) -> Any:
    return site.post("/v1/rule-sets/import", content=data, headers={"content-type": "application/json"})


def test_g9_a_good_bundle_is_published_and_not_activated(site, store):
    found = sent(site, sealed(payload(store), SIGNER))
    assert (found.status_code, found.json()["version"]) == (201, "1.1.0"), found.text
    assert store.active().version == "1.0.0"
    assert store.origin("1.1.0").report["imported_from"] == "elsewhere"
    assert sent(site, sealed(payload(store), SIGNER)).json() == found.json()


G9 = {
    "wrong hash": ({"digest": "0" * 64}, "wrong-hash"),
    "traversal": ({"files": {"../evil.yaml": "x: 1"}}, "file-name"),
    "absolute": ({"files": {"/etc/passwd.yaml": "x: 1"}}, "file-name"),
    "backslash": ({"files": {"rules\\..\\evil.yaml": "x: 1"}}, "file-name"),
    "hidden": ({"files": {"rules/.git/config.yaml": "x: 1"}}, "file-name"),
    "not ours": ({"files": {"rules/code.py": "x"}}, "file-name"),
    "nul": ({"files": {"rules/a\0.yaml": "x"}}, "file-name"),
    "too many": ({"files": {f"rules/a/r{n}.yaml": "" for n in range(MOST_FILES + 1)}}, "file-count"),
    "none": ({"files": {}}, "file-count"),
    "downgrade": ({"version": "0.9.0"}, "downgrade"),
    "same number": ({"version": "1.0.0"}, "downgrade"),
}


@pytest.mark.parametrize("name", G9)
def test_g9_a_bundle_that_is_not_right_writes_nothing(site, store, tmp_path, name):
    changes, code = G9[name]
    before, files = state(store), sorted(tmp_path.rglob("*.yaml"))
    found = problem(sent(site, sealed(payload(store, **changes), SIGNER)), 422, "bundle-refused")
    assert [item["code"] for item in found] == [code]
    assert "evil" not in json.dumps(found)
    assert state(store) == before
    assert sorted(tmp_path.rglob("*.yaml")) == files


@pytest.mark.parametrize("made_by", [FORMAT - 1, FORMAT + 1])
def test_g9_another_schema_is_refused(site, store, made_by):
    document = {**store.load("1.0.0").document, "format": made_by}
    data = sealed(payload(store, document=document, digest=digest(document)), SIGNER)
    assert problem(sent(site, data), 422, "bundle-refused")[0]["code"] == "other-format"


def test_g9_files_and_knowledge_belong_together(site, store):
    origin = store.origin("1.0.0")
    found = problem(sent(site, sealed(payload(store, files=dict(origin.files)), SIGNER)), 422, "bundle-refused")
    assert found[0]["code"] == "wrong-hash"


def test_g9_a_bundle_whose_knowledge_fails_a_check_is_refused(site, store):
    good = payload(store)
    bad = {
        **good["files"],
        "cases/rpl.yaml": good["files"]["cases/rpl.yaml"].replace("expect: true", "expect: false", 1),
    }
    before = state(store)
    problem(sent(site, sealed({**good, "files": bad}, SIGNER)), 422, "release-rejected")
    assert state(store) == before


def forged(data: bytes) -> Iterator[tuple[str, bytes]]:
    parsed = json.loads(data)
    yield "another key", b""
    yield "no hexadecimal", data[:-4] + b'zz"}}'
    yield "signature of nothing", data.replace(parsed["signature"]["value"].encode(), SIGNER.sign(b"").encode())
    yield "changed", data.replace(b'"1.1.0"', b'"1.2.0"')
    yield "spaces", json.dumps(parsed).encode()
    yield "cut", data[:-10]
    yield "a key twice", data.replace(b'{"payload"', b'{"payload":{},"payload"')
    yield "no signature", canonical({"payload": {"version": "1.1.0"}})
    yield "empty signature", canonical({"payload": {}, "signature": {}})
    yield "a list", b"[]"
    yield "deep", b"[" * 100_000


def test_g9_a_bundle_of_another_hand_is_refused(site, store):
    before = state(store)
    data = sealed(payload(store), SIGNER)
    for name, bad in forged(data):
        found = sent(site, bad or sealed(payload(store), Signer.new()))
        assert found.status_code == 422, name
        assert found.json()["type"] == PREFIX + "bundle-refused", name
    assert state(store) == before
    assert sent(site, data).status_code == 201


def test_g9_a_bundle_of_before_is_refused_with_what_to_do(site, store):
    """Form 1 was signed with a key that both sites held."""
    before, content = state(store), {"bundle": 1, **payload(store)}
    value = hmac.digest(b"k" * 32, canonical(content), "sha256").hex()
    signature = {"algorithm": "HMAC-SHA256", "key": "0" * 16, "value": value}
    found = problem(sent(site, canonical({"payload": content, "signature": signature})), 422, "bundle-refused")
    assert [item["code"] for item in found] == ["old-bundle"]
    assert "rules keys trust" in found[0]["detail"]
    assert state(store) == before


def test_g9_a_signature_of_form_two_covers_no_other_form(site, store):
    content = {"bundle": 1, **payload(store)}
    signature = {"algorithm": "Ed25519", "key": SIGNER.id, "value": SIGNER.sign(canonical(content))}
    found = problem(sent(site, canonical({"payload": content, "signature": signature})), 422, "bundle-refused")
    assert [item["code"] for item in found] == ["other-bundle"]


def test_g9_a_file_of_a_million_names_is_refused_by_its_size(site, store):
    before = state(store)
    data = b'{"payload":{"files":{' + b",".join(b'"rules/r%d.yaml":""' % n for n in range(1_000_000)) + b"}}}"
    assert sent(site, data).status_code == 413
    with pytest.raises(RefusedError, match="at most"):
        import_bundle(store, data, Trusted.of([SIGNER.public]), by="x")
    assert state(store) == before


def test_g9_several_keys_are_trusted_and_a_withdrawn_one_no_more(site, store, tmp_path):
    keys, other = BundleKeys(tmp_path / "site"), Signer.new()
    data = sealed(payload(store), other)
    assert [item["code"] for item in problem(sent(site, data), 422, "bundle-refused")] == ["unknown-key"]
    keys.trust(public_pem(other.public), other.id)
    keys.withdraw(SIGNER.id)
    refused = problem(sent(site, sealed(payload(store), SIGNER)), 422, "bundle-refused")
    assert [item["code"] for item in refused] == ["unknown-key"]
    assert sent(site, data).status_code == 201
    assert store.origin("1.1.0").report["signed_by"] == other.id


def test_g11_a_version_is_never_deleted(site, store):
    before = state(store)
    problem(site.delete("/v1/rule-sets/1.0.0"), 409, "immutable")
    problem(site.delete("/v1/rule-sets/9.0.0"), 404, "not-found")
    assert state(store) == before


def test_g12_order_is_by_sequence_not_by_time(store, knowledge):
    now = datetime.now(UTC)
    document = {**store.load("1.0.0").document}
    later = store.publish({**document, "monograph": []}, "1.1.0", "x", now - timedelta(days=400))
    store.activate(later.version, "x", now - timedelta(days=800))
    assert store.active().version == "1.1.0"
    assert store.versions()[0].version == "1.1.0"


def test_a_stale_revision_is_not_changed_or_published(site, knowledge):
    folder = knowledge()
    draft = validated(site, text_of(folder, *WORDS))
    place = f"/v1/rule-sets/drafts/{draft['id']}"
    changes = {"files": {NOTES: text_of(folder, WORDS[0], "The age is beyond it.")}, "base": "1.0.0"}
    problem(site.put(place, json=changes), 428, "precondition-required")
    revised = site.put(place, json=changes, headers={"If-Match": draft["etag"]})
    assert (revised.json()["revision"], revised.json()["state"]) == (2, "draft")
    assert revised.headers["etag"] == revised.json()["etag"]
    problem(site.put(place, json=changes, headers={"If-Match": draft["etag"]}), 412, "stale-edit")
    problem(published(site, draft), 412, "stale-edit")
    problem(published(site, revised.json()), 409, "not-validated")


def test_an_activation_names_what_it_believes_active(site, store, knowledge):
    assert published(site, validated(site, text_of(knowledge(), *WORDS))).status_code == 201
    etag = site.get("/v1/rule-sets/active").headers["etag"]
    wrong = site.post("/v1/rule-sets/1.0.1/activate", headers={"If-Match": f'"{"0" * 64}"'})
    problem(wrong, 412, "stale-edit")
    assert store.active().version == "1.0.0"
    assert site.post("/v1/rule-sets/1.0.1/activate", headers={"If-Match": etag}).status_code == 200
    problem(site.post("/v1/rule-sets/1.0.0/activate", headers={"If-Match": etag}), 412, "stale-edit")


def test_a_lower_number_than_the_changes_deserve_is_refused(site, store, knowledge):
    draft = validated(site, text_of(knowledge(), "gt: 40.50", "gt: 40.75"))
    assert draft["steps"]["validated"]["report"]["proposed"] == "1.1.0"
    problem(published(site, draft, {"version": "1.0.1"}), 422, "version-too-low")
    assert published(site, draft, {"version": "1.2.0"}).json()["version"] == "1.2.0"


def test_nothing_is_changed_where_it_is_not_allowed(store, url, tmp_path):
    settings = Settings(IVIG_DATA_DIR=tmp_path / "closed", IVIG_DATABASE_URL=url, IVIG_AUDIT="off")
    with TestClient(create_app(settings), LOCAL, raise_server_exceptions=False) as closed:
        for method, path in (
            ("POST", "/v1/rule-sets"),
            ("POST", "/v1/rule-sets/1.0.0/activate"),
            ("POST", "/v1/rule-sets/rollback"),
            ("POST", "/v1/rule-sets/import"),
            ("DELETE", "/v1/rule-sets/1.0.0"),
            ("GET", "/v1/rule-sets/1.0.0/export"),
            ("GET", "/v1/rule-sets/drafts"),
        ):
            problem(closed.request(method, path), 403, "forbidden")
        assert closed.get("/v1/rule-sets/1.0.0").status_code == 200


def test_a_bundle_goes_from_site_to_site(site, store, tmp_path):
    problem(site.get("/v1/rule-sets/1.0.0/export"), 409, "no-signing-key")
    own = BundleKeys(tmp_path / "site").make()
    exported = site.get("/v1/rule-sets/1.0.0/export")
    assert exported.status_code == 200
    other = Database(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    upgrade(other)
    there = RuleSetStore(other)
    assert import_bundle(there, exported.content, Trusted.of([own.public]), by="x").digest == store.active().digest
    assert there.origin("1.0.0").files == store.origin("1.0.0").files
    assert there.active() is None
    assert RuleSetStore(other).load("1.0.0").document == store.load("1.0.0").document
    with pytest.raises(RefusedError, match="not published"):
        export(there, "9.0.0", own)
    other.close()


def test_the_files_of_a_version_are_those_it_was_made_from(store, knowledge):
    assert store.origin("1.0.0").files == read_folder(knowledge())


ODD_VERSIONS = (
    '1.0.0"; filename="x.exe',
    "1.0.0%0d%0aset-cookie:%20a=b",
    "1.0.0%00",
    "..%2f..%2fetc%2fpasswd",
    "1.0.0.exe",
    "1.0.0\u2028",
    "\uff11.0.0",
)


def test_f7_the_only_file_name_in_a_header_is_made_of_digits_and_dots(site, tmp_path):
    """An export names its file after the version, and no other route names one; what is no version never gets that far."""
    BundleKeys(tmp_path / "site").make()
    good = site.get("/v1/rule-sets/1.0.0/export")
    assert (good.status_code, good.headers["content-disposition"]) == (
        200,
        'attachment; filename="ivig-cds-1.0.0.json"',
    )
    for name in ODD_VERSIONS:
        response = site.get(f"/v1/rule-sets/{name}/export")
        assert response.status_code in {404, 422}, name
        assert not {"content-disposition", "set-cookie"} & set(response.headers), name
    source = Path(__file__).parents[2] / "app"
    naming = [path.name for path in source.rglob("*.py") if "disposition" in path.read_text(encoding="utf-8").lower()]
    assert naming == ["rule_set_versions.py"]
