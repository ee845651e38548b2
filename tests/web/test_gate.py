"""Places in flight: the excess is refused at once, and whoever was let in is answered."""

import asyncio
import json
import time

import pytest

from app.errors import OverloadedError
from app.web.gate import Gate, Guard
from app.web.problems import answer


def scope(method="POST", path="/v1/assessments", content_type="application/json"):
    headers = [(b"content-type", content_type.encode())]
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
    }


async def working(scope, receive, send):
    """Reads the body if there is one, then computes for a while without looking up."""
    if scope["method"] == "POST":
        while (await receive())["more_body"]:
            pass
    time.sleep(0.002)  # noqa: ASYNC251 - an assessment does not look up either
    await answer("not-found", 200)(scope, receive, send)


async def ask(app, asked, more=()):
    """The status, the seconds until it was there, and the headers."""
    got, start = {}, time.perf_counter()
    parts = iter([*more, {"type": "http.request", "body": b"", "more_body": False}])

    async def receive():
        part = next(parts)
        if not isinstance(part, float):
            return part
        await asyncio.sleep(part)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def send(message):
        if message["type"] == "http.response.start":
            got.update(status=message["status"], headers=dict(message["headers"]))
        else:
            got.update(body=message["body"])

    try:
        await app(asked, receive, send)
    except OverloadedError:  # the application's own handler answers it
        got.update(status=503, headers={b"retry-after": b"1"})
    return got | {"seconds": time.perf_counter() - start}


def run(*coroutines):
    async def together():
        return await asyncio.gather(*coroutines)

    return asyncio.run(together())


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_i1_the_excess_is_refused_at_once(method):
    app = Guard(working, Gate(8))
    answers = run(*(ask(app, scope(method)) for _ in range(80)))
    refused = [item for item in answers if item["status"] == 503]
    assert len(answers) - len(refused) == 8
    assert all(item["headers"][b"retry-after"] for item in refused)
    assert max(item["seconds"] for item in refused) < min(item["seconds"] for item in answers if item["status"] == 200)
    assert (app.gate.inside, app.gate.arriving, app.gate.refused) == (0, 0, 72)


def test_i1_up_to_the_limit_everyone_is_answered():
    app = Guard(working, Gate(80))
    assert {item["status"] for item in run(*(ask(app, scope()) for _ in range(80)))} == {200}


def test_i1_a_refusal_is_a_problem():
    app = Guard(working, Gate(1))
    _, second = run(*(ask(app, scope("GET")) for _ in range(2)))
    assert json.loads(second["body"])["type"].endswith(":overloaded")
    assert second["headers"][b"connection"] == b"close"


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
def test_i1_health_is_answered_whatever_the_load(path):
    gate = Gate(1)
    gate.inside = 1
    app = Guard(working, gate)
    assert run(ask(app, scope("GET", path)))[0]["status"] == 200
    assert run(ask(app, scope("GET", "/v1/rules")))[0]["status"] == 503


def test_c6_a_body_that_is_still_arriving_takes_no_place():
    app = Guard(working, Gate(2))
    slow = [ask(app, scope(), [0.2]) for _ in range(20)]
    quick = [ask(app, scope()) for _ in range(2)]
    answers = run(*slow, *quick)
    assert [item["status"] for item in answers[-2:]] == [200, 200]


def test_c6_bodies_still_arriving_are_bounded_too():
    app = Guard(working, Gate(1))
    answers = run(*(ask(app, scope(), [0.05 + 0.01 * number]) for number in range(20)))
    assert sum(item["status"] == 503 for item in answers) >= 4
    assert app.gate.arriving == 0


def test_batches_take_a_quarter_of_the_places_at_most():
    app = Guard(working, Gate(8))
    batches = [ask(app, scope(content_type="application/x-ndjson"), [0.1]) for _ in range(5)]
    others = [ask(app, scope()) for _ in range(6)]
    answers = run(*batches, *others)
    assert [item["status"] for item in answers].count(503) == 3
    assert {item["status"] for item in answers[5:]} == {200}
    assert (app.gate.inside, app.gate.streams) == (0, 0)


@pytest.mark.parametrize("kind", ["application/json", "application/x-ndjson"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_failure_gives_the_place_back(method, kind):
    async def failing(_scope, receive, _send):
        await receive()
        raise ZeroDivisionError

    gate = Gate(1)
    with pytest.raises(ZeroDivisionError):
        run(ask(Guard(failing, gate), scope(method, content_type=kind)))
    assert (gate.inside, gate.arriving, gate.streams) == (0, 0, 0)


@pytest.mark.parametrize("waiting", [2, 3, 50])
def test_between_two_turns_others_are_heard(waiting):
    """The loop comes round between any two assessments: what arrives meanwhile is refused within about one of them."""
    done = 0

    async def counted(*asked):
        nonlocal done
        done += 1
        await working(*asked)

    async def scenario():
        tasks = [asyncio.create_task(ask(Guard(counted, gate), scope("GET"))) for _ in range(waiting)]
        most, last = 0, 0
        while not all(task.done() for task in tasks):
            await asyncio.sleep(0)
            most, last = max(most, done - last), done
        return most

    gate = Gate(waiting)
    assert asyncio.run(scenario()) == 1
    assert done == waiting


def head(*, path=b"/v1/rules", query=b"", headers=()):
    return scope("GET") | {"raw_path": path, "query_string": query, "headers": list(headers)}


HEADS = {
    "address at the limit": (head(path=b"/" * 8_000, query=b"q" * 192), 200, ""),
    "address over it": (head(path=b"/" * 8_000, query=b"q" * 193), 414, "address-too-long"),
    "no raw path": (head(path=None, query=b"q" * 8_192), 200, ""),
    "no raw path, long query": (head(path=None, query=b"q" * 8_193), 414, "address-too-long"),
    "a hundred headers": (head(headers=[(b"x", b"y")] * 100), 200, ""),
    "a hundred and one": (head(headers=[(b"x", b"y")] * 101), 431, "headers-too-large"),
    "headers at the limit": (head(headers=[(b"n" * 768, b"v" * 32_000)]), 200, ""),
    "headers over it": (head(headers=[(b"n" * 769, b"v" * 32_000)]), 431, "headers-too-large"),
    "two headers over it": (
        head(headers=[(b"n" * 384, b"v" * 16_000), (b"n" * 385, b"v" * 16_000)]),
        431,
        "headers-too-large",
    ),
}


@pytest.mark.parametrize(("asked", "status", "kind"), HEADS.values(), ids=HEADS)
def test_a_request_head_is_bounded(asked, status, kind):
    (told,) = run(ask(Guard(working, Gate(1)), asked))
    assert told["status"] == status
    if kind:
        assert json.loads(told["body"])["type"].endswith(f":{kind}")
        assert told["headers"][b"connection"] == b"close"


def test_what_is_no_request_passes():
    """The lifespan of the server is no request: it takes no place, even where there is none."""
    gate, seen = Gate(0), []

    async def app(asked, _receive, _send):
        seen.append(asked["type"])

    run(Guard(app, gate)({"type": "lifespan"}, None, None))
    assert seen == ["lifespan"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT"])
def test_with_no_place_left_each_method_is_refused(method):
    (told,) = run(ask(Guard(working, Gate(0)), scope(method)))
    assert told["status"] == 503


@pytest.mark.parametrize(("limit", "allowed"), [(1, 1), (7, 1), (8, 2), (12, 3)])
def test_a_batch_may_take_one_place_in_four_and_always_one(limit, allowed):
    app = Guard(working, Gate(limit))
    answers = run(*(ask(app, scope(content_type="Application/X-NDJSON; charset=utf-8"), [0.05]) for _ in range(5)))
    assert [item["status"] for item in answers].count(200) == allowed
    assert app.gate.refused == 5 - allowed


@pytest.mark.parametrize(("limit", "allowed"), [(1, 16), (2, 32)])
def test_sixteen_bodies_may_arrive_for_each_place(limit, allowed):
    """They wait at the door for longer than it takes to refuse the rest, and come in one after the other."""
    gate = Gate(limit)
    held = asyncio.Event()

    async def waiting(_asked, _receive, _send):
        await held.wait()

    async def scenario():
        tasks = [asyncio.create_task(ask(Guard(waiting, gate), scope())) for _ in range(allowed + 3)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        refused, arriving = gate.refused, gate.arriving
        held.set()
        await asyncio.gather(*tasks)
        return refused, arriving

    assert asyncio.run(scenario()) == (3, allowed)
    assert gate.arriving == 0


def test_a_body_that_was_given_up_takes_no_place():
    """A caller who hangs up before the end of the body sends no request; the place is for one that is there."""
    gate = Gate(1)
    inside = []

    async def app(_asked, receive, _send):
        assert (await receive())["type"] == "http.disconnect"
        inside.append(gate.inside)

    async def receive():
        return {"type": "http.disconnect"}

    run(Guard(app, gate)(scope(), receive, None))
    assert inside == [0]
    assert (gate.inside, gate.arriving) == (0, 0)


def test_a_whole_body_takes_one_place_however_often_the_application_asks():
    gate = Gate(3)
    inside = []

    async def app(_asked, receive, _send):
        for _ in range(3):
            await receive()
            inside.append(gate.inside)

    async def receive():
        return {"type": "http.request", "body": b""}

    run(Guard(app, gate)(scope(), receive, None))
    assert inside == [1, 1, 1]
    assert gate.inside == 0


def test_between_turns_places_are_counted_one_by_one():
    gate = Gate(2)

    async def scenario():
        await gate.enter()
        await gate.enter()
        with pytest.raises(OverloadedError):
            await gate.enter()
        counted = (gate.inside, gate.refused)
        gate.leave()
        await gate.enter()
        return counted, gate.inside

    assert asyncio.run(scenario()) == ((2, 1), 2)
