"""What every service answers: health, metrics, request ids and problems."""

import asyncio
from dataclasses import dataclass

import pytest
from quart import Quart, Response, redirect

from chassis.body import json_body
from chassis.fields import Fields
from chassis.problem import install_problems
from chassis.service import Identity, health_of, install_chassis
from chassis.settings import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Example(ServiceSettings):
    port: int = 4000


class Dependency:
    def __init__(self) -> None:
        self.error: Exception | None = None
        self.hangs = False

    async def check(self) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if self.error:
            raise self.error


@pytest.fixture
def dependency() -> Dependency:
    return Dependency()


@pytest.fixture
def app(dependency: Dependency) -> Quart:
    app = Quart(__name__, static_folder=None)
    install_chassis(app, Identity("example", "1.2.3"), Example(), {"database": dependency.check})
    install_problems(app)

    @app.post("/things/<int:number>")
    async def things(number: int) -> dict[str, object]:
        fields = Fields(await json_body())
        name = fields.text("name", longest=10)
        size = fields.integer("size", least=1, most=9, default=1)
        fields.finish()
        return {"number": number, "name": name, "size": size}

    @app.post("/lists")
    async def lists() -> dict[str, object]:
        fields = Fields(await json_body())
        names = [each.text("name", longest=5) for each in fields.children("items", most=2)]
        owner = fields.child("owner").text("name", longest=5)
        fields.finish()
        return {"names": names, "owner": owner}

    @app.get("/old")
    async def old() -> Response:
        return redirect("/new")

    @app.get("/moved/")
    async def moved() -> str:
        return ""

    @app.get("/broken")
    async def broken() -> str:
        raise RuntimeError("password=hunter2")

    return app


async def test_readiness_follows_the_checks_and_liveness_does_not(app: Quart, dependency: Dependency) -> None:
    client = app.test_client()
    assert (await client.get("/healthz")).status_code == 200

    dependency.error = ConnectionError("password=hunter2")
    answer = await client.get("/healthz")

    assert answer.status_code == 503
    expected = {"status": "failing", "reasons": {"database": "failed with ConnectionError"}}
    assert await answer.get_json() == expected
    assert (await client.get("/livez")).status_code == 200


async def test_draining_turns_readiness_and_closes_connections(app: Quart) -> None:
    health_of(app).draining = True
    answer = await app.test_client().get("/healthz")

    assert answer.status_code == 503
    assert await answer.get_json() == {"status": "draining", "reasons": {"server": "draining"}}
    assert answer.headers["Connection"] == "close"


async def test_requests_are_counted_by_route_template(app: Quart) -> None:
    client = app.test_client()
    await asyncio.gather(*(client.post(f"/things/{number}", json={"name": "a"}) for number in range(3)))
    await client.get("/nowhere/at/all")
    lines = (await (await client.get("/metrics")).get_data(as_text=True)).splitlines()

    assert 'http_requests_total{method="POST",route="/things/<int:number>",status="200"} 3.0' in lines
    assert 'http_requests_total{method="GET",route="unmatched",status="404"} 1.0' in lines
    labels = 'method="POST",route="/things/<int:number>",status="2xx"'
    assert f"http_request_duration_seconds_count{{{labels}}} 3.0" in lines
    assert 'techcommerce_build_info{revision="unknown",service="example",version="1.2.3"} 1.0' in lines


@pytest.mark.parametrize("given", ["", "short", "with space in it", "x" * 65, 'quote"quote"'])
async def test_an_odd_request_id_is_replaced(app: Quart, given: str) -> None:
    answer = await app.test_client().get("/livez", headers={"X-Request-Id": given})

    assert len(answer.headers["X-Request-Id"]) == 32


async def test_a_sane_request_id_is_kept(app: Quart) -> None:
    answer = await app.test_client().get("/livez", headers={"X-Request-Id": "trace-me_0.1"})

    assert answer.headers["X-Request-Id"] == "trace-me_0.1"


@pytest.mark.parametrize(
    ("body", "kind", "status", "detail"),
    [
        (b'{"name":', "application/json", 400, "not valid JSON"),
        (b'{"name": NaN}', "application/json", 400, "not valid JSON"),
        (b"\xff\xfe", "application/json", 400, "not valid JSON"),
        (b"[" * 60_000, "application/json", 400, "nested too deeply"),
        (b'{"size": ' + b"9" * 5000 + b"}", "application/json", 400, "not valid JSON"),
        (b"name=a", "application/x-www-form-urlencoded", 415, "application/json"),
        (b" " * 70_000, "application/json", 413, "exceeds"),
        (b"[]", "application/json", 422, "fields"),
    ],
)
async def test_bad_bodies_are_client_errors(app: Quart, body: bytes, kind: str, status: int, detail: str) -> None:
    answer = await app.test_client().post("/things/1", data=body, headers={"Content-Type": kind})
    problem = await answer.get_json(force=True)

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert problem["status"] == status
    assert detail in problem["detail"]


async def test_every_wrong_field_is_named(app: Quart) -> None:
    body = {"name": "a\x00b", "size": True, "colour": "red"}
    problem = await (await app.test_client().post("/things/1", json=body)).get_json(force=True)

    assert problem["errors"] == [
        {"pointer": "/name", "detail": "must not contain control characters"},
        {"pointer": "/size", "detail": "must be a whole number"},
        {"pointer": "/colour", "detail": "is not a known field"},
    ]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"items": [{"name": "a"}], "owner": {"name": "b"}}, []),
        ({"items": [], "owner": {"name": "b"}}, [("/items", "must be a list of 1 to 2 objects")]),
        ({"items": "a", "owner": {"name": "b"}}, [("/items", "must be a list of 1 to 2 objects")]),
        (
            {"items": [{"name": "a"}, {"name": "abcdef"}], "owner": []},
            [
                ("/items/1/name", "must have 1 to 5 characters"),
                ("/owner", "must be an object"),
                ("/owner/name", "is required"),
            ],
        ),
        (
            {"items": [{"name": 1}], "owner": {"name": "b\ud800"}},
            [("/items/0/name", "must be text"), ("/owner/name", "must not contain control characters")],
        ),
    ],
)
async def test_nested_fields_are_named_by_their_pointers(
    app: Quart, body: dict[str, object], errors: list[tuple[str, str]]
) -> None:
    answer = await app.test_client().post("/lists", json=body)
    found = (await answer.get_json(force=True)).get("errors", [])

    assert answer.status_code == (422 if errors else 200)
    assert [(error["pointer"], error["detail"]) for error in found] == errors


async def test_a_check_that_takes_too_long_is_a_reason(
    app: Quart, dependency: Dependency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.health.CHECK_SECONDS", 0.01)
    dependency.hangs = True
    answer = await app.test_client().get("/healthz")

    assert answer.status_code == 503
    assert (await answer.get_json())["reasons"] == {"database": "no answer within 0.01 s"}


@pytest.mark.parametrize(("path", "status", "location"), [("/old", 302, "/new"), ("/moved", 308, "/moved/")])
async def test_redirects_are_no_problems(app: Quart, path: str, status: int, location: str) -> None:
    answer = await app.test_client().get(path)

    assert answer.status_code == status
    assert answer.headers["Location"].endswith(location)


async def test_a_wrong_method_names_the_right_ones(app: Quart) -> None:
    answer = await app.test_client().delete("/things/1")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "OPTIONS, POST")


async def test_an_unexpected_error_tells_nothing(app: Quart) -> None:
    answer = await app.test_client().get("/broken")

    assert answer.status_code == 500
    assert "hunter2" not in await answer.get_data(as_text=True)
