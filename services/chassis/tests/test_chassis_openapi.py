"""The document is served as written; its page needs nothing but itself."""

import json
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openapi_spec_validator import validate
from quart import Quart
from testing.openapi import documented, served

from chassis.openapi import install_openapi
from chassis.operations import words

NASTY = '<script>alert("x")</script>'
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": f"Things {NASTY}", "version": "2", "description": "First.\n\nSecond."},
    "paths": {
        "/things/{id}": {
            "parameters": [{"$ref": "#/components/parameters/id"}],
            "get": {
                "operationId": "thing",
                "summary": f"One thing {NASTY}",
                "responses": {
                    "200": {
                        "description": "The thing",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                    },
                    "404": {"$ref": "#/components/responses/missing"},
                },
            },
            "put": {
                "operationId": "change",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                "responses": {"204": {"description": "Changed"}},
            },
        }
    },
    "components": {
        "parameters": {
            "id": {
                "name": "id",
                "in": "path",
                "required": True,
                "description": f"Its number {NASTY}",
                "schema": {"type": "integer", "minimum": 1},
            }
        },
        "responses": {"missing": {"description": "No such thing"}},
        "schemas": {
            "Thing": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string", "maxLength": 9}, "size": {"type": ["integer", "null"]}},
                "examples": [{"name": NASTY}],
            }
        },
    },
}


class Page(HTMLParser):
    """What a browser would fetch or run, and the headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.fetched: set[str] = set()
        self.ids: set[str] = set()
        self.anchors: set[str] = set()
        self.inline: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.inline |= {name for name in given if name == "style" or name.startswith("on")}
        if tag == "link" or "src" in given:
            self.fetched.add(given.get("href") or given.get("src") or "")
        if "id" in given:
            self.ids.add(given["id"] or "")
        if (given.get("href") or "").startswith("#"):
            self.anchors.add((given["href"] or "")[1:])


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Quart:
    return described(DOCUMENT, tmp_path, monkeypatch)


def described(document: object, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Quart:
    """An application with this document."""
    package = folder / "described_package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "openapi.json").write_text(json.dumps(document))
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "described_package", raising=False)
    app = Quart(__name__, static_folder=None)
    install_openapi(app, "described_package")
    return app


async def test_the_document_is_served_as_written(app: Quart) -> None:
    answer = await app.test_client().get("/openapi.json")

    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert await answer.get_json() == DOCUMENT
    validate(DOCUMENT)  # what these tests speak of is an OpenAPI document


async def test_what_has_not_changed_is_not_sent_again(app: Quart) -> None:
    client = app.test_client()
    for path in ("/openapi.json", "/docs", "/docs/style.css"):
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": first.headers["ETag"]})

        assert (first.status_code, again.status_code, await again.get_data()) == (200, 304, b"")


async def test_the_page_says_everything_and_runs_nothing(app: Quart) -> None:
    answer = await app.test_client().get("/docs")
    html = await answer.get_data(as_text=True)
    page = Page(html)

    for said in ("/things/{id}", "integer, at least 1", "No such thing", "string, at most 9 characters", "Second."):
        assert said in html
    assert NASTY not in html
    assert html.count("&lt;script&gt;") == 6, "title twice, summary, parameter twice, example"
    assert "script" not in page.tags
    assert page.inline == set()
    assert page.fetched == {"/docs/style.css"}
    assert page.anchors <= page.ids
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "unsafe" not in policy


async def test_style_is_a_file_of_its_own(app: Quart) -> None:
    answer = await app.test_client().get("/docs/style.css")
    style = await answer.get_data(as_text=True)

    assert answer.mimetype == "text/css"
    assert "prefers-color-scheme: dark" in style
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize("document", [{}, {"openapi": "3.0.3"}, {"swagger": "2.0"}])
def test_other_documents_are_refused(document: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="not an OpenAPI 3.1 document"):
        described(document, tmp_path, monkeypatch)


def test_routes_and_documents_are_compared_in_one_form(app: Quart) -> None:
    app.add_url_rule("/things/<int:id>", "thing", described, methods=["GET", "PUT"])

    assert documented(DOCUMENT) == {"GET /things/{id}", "PUT /things/{id}"}
    assert served(app, under="/things") == documented(DOCUMENT)
    assert "GET /docs" in served(app)


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({}, "anything"),
        (True, "anything"),
        ({"$ref": "#/components/schemas/Thing"}, "Thing"),
        ({"const": "a"}, '"a"'),
        ({"enum": ["a", 1]}, "one of a, 1"),
        ({"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 9}, "list of string, 1 to 9 items"),
        ({"type": ["string", "null"], "format": "date-time"}, "string or null, date-time"),
        ({"type": "string", "pattern": "^a$", "default": "a"}, 'string, like ^a$, default "a"'),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string or null"),
        ({"allOf": [{"$ref": "#/A"}, {"$ref": "#/B"}]}, "A and B"),
    ],
)
def test_schemas_in_words(schema: object, said: str) -> None:
    assert words(schema) == said
