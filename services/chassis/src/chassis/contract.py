"""Smoke tests of a running version: does it answer as its contract says, with the right status and the right body?

Run by a release against the new version alone, from the image of that version. It waits until it is let through; then
a failure on the server's side (5xx) or no connection is tried again a few times: others ask how rare they are. What is
wrong in an answer that came is said at once.
"""

import argparse
import json
import os
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# a node learns some seconds after its start that a pod, this one too, may be asked or may ask; more when it is busy
CONNECT_SECONDS = 60.0
ATTEMPTS = 6
PAUSE_SECONDS = 0.5
TIMEOUT_SECONDS = 15.0  # above the slowest answer that is only slow: slowness is asked by others
LONGEST_BODY = 4 * 1024 * 1024
PROBLEM = "application/problem+json"


class BrokenContractError(Exception):
    """An answer that a client could not use: what was asked, and what is wrong with what came."""


@dataclass(frozen=True)
class Answer:
    """An answer as it came; `asked` is for messages."""

    asked: str
    status: int
    kind: str
    body: bytes

    def expect(self, status: int, kind: str = "application/json") -> "Answer":
        """Itself, when it has this status and media type."""
        if self.status != status or self.kind.partition(";")[0].strip() != kind:
            raise self.wrong(f"{self.status} {self.kind}, not {status} {kind}")
        return self

    def json(self) -> Any:
        """The decoded body."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise self.wrong("no JSON") from error

    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    def wrong(self, what: str) -> BrokenContractError:
        """The error that says so, with the beginning of the body."""
        return BrokenContractError(f"{self.asked}: {what}; it begins {self.text()[:120]!r}")


class Client:
    """Asks one version; `base` is its address without a path."""

    def __init__(self, base: str) -> None:
        self._base = base.rstrip("/")

    def connects(self) -> None:
        """Wait until there is an answer, whichever; BrokenContractError when there was none for so long."""
        request = urllib.request.Request(f"{self._base}/livez")  # noqa: S310 - the address is the operator's
        deadline = time.monotonic() + CONNECT_SECONDS
        while True:
            try:
                _answer("GET /livez", request)
            except OSError as error:
                if time.monotonic() >= deadline:
                    problem = f"{self._base}: no answer in {CONNECT_SECONDS:g} s, last: {error}"
                    raise BrokenContractError(problem) from error
                time.sleep(PAUSE_SECONDS)
            else:
                return

    def get(self, path: str) -> Answer:
        """The answer to a GET."""
        return self._ask("GET", path, None, {})

    def post(self, path: str, body: object, **headers: str) -> Answer:
        """The answer to a POST of JSON; underscores in names of headers stand for dashes."""
        content = {"Content-Type": "application/json", **{key.replace("_", "-"): text for key, text in headers.items()}}
        return self._ask("POST", path, json.dumps(body).encode(), content)

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        asked = f"{method} {path}"
        problem = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(PAUSE_SECONDS)
            request = urllib.request.Request(self._base + path, body, dict(headers), method=method)  # noqa: S310
            try:
                answer = _answer(asked, request)
            except OSError as error:
                problem = str(error)
                continue
            if answer.status < 500:
                return answer
            problem = f"{answer.status} {answer.text()[:120]!r}"
        raise BrokenContractError(f"{asked}: no usable answer in {ATTEMPTS} attempts, last: {problem}")


def _answer(asked: str, request: urllib.request.Request) -> Answer:
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as found:  # noqa: S310
            return Answer(asked, found.status, found.headers.get("Content-Type", ""), found.read(LONGEST_BODY))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(asked, error.code, error.headers.get("Content-Type", ""), error.read(LONGEST_BODY))


Check = Callable[[Client], None]


def healthy(client: Client) -> None:
    """It says that it can serve."""
    answer = client.get("/healthz").expect(200)
    if _object(answer).get("status") != "ok":
        raise answer.wrong("status is not ok")


def is_version(service: str) -> Check:
    """It is the service that is meant, in the very version that asks: a Service may still point elsewhere."""
    revision = os.environ.get("TECHCOMMERCE_REVISION", "")

    def check(client: Client) -> None:
        answer = client.get("/metrics").expect(200, "text/plain")
        info = re.search(r"^techcommerce_build_info\{(.*)\} 1(?:\.0)?$", answer.text(), re.MULTILINE)
        labels = dict(re.findall(r'(\w+)="([^"]*)"', info[1])) if info else {}
        if labels.get("service") != service or (revision and labels.get("revision") != revision):
            raise BrokenContractError(f"{answer.asked}: {labels or 'nobody'} answers, not {service} {revision}")

    return check


def describes(*paths: str) -> Check:
    """Its OpenAPI document is one, has the paths that its clients use, and a page to read."""

    def check(client: Client) -> None:
        answer = client.get("/openapi.json").expect(200)
        document = _object(answer)
        if not str(document.get("openapi", "")).startswith("3.1."):
            raise answer.wrong("no OpenAPI 3.1 document")
        missing = sorted(set(paths) - set(document.get("paths", ())))
        if missing:
            raise answer.wrong(f"{', '.join(missing)} is not described")
        client.get("/docs").expect(200, "text/html")

    return check


def lists_products(client: Client) -> None:
    """The listing has products, and each can be looked at."""
    answer = client.get("/api/products?limit=5").expect(200)
    products = _object(answer).get("items")
    if not isinstance(products, list) or not products:
        raise answer.wrong("no products")
    for product in products:
        if not is_product(product):
            raise answer.wrong(f"{product!r} is no product")
    first = products[0]
    one = client.get(f"/api/products/{first['id']}").expect(200)
    if not is_product(found := one.json()) or found["id"] != first["id"] or found["name"] != first["name"]:
        raise one.wrong(f"not the product {first['id']} of the listing")


def is_product(found: object) -> bool:
    """Whether that could stand in a shop: a name, a price above nothing, a currency, and no stock below nothing."""
    if not isinstance(found, dict):
        return False
    price, stock = found.get("price_cents"), found.get("stock")
    texts = [found.get(key) for key in ("id", "name", "currency")]
    whole = all(isinstance(each, int) and not isinstance(each, bool) for each in (price, stock))
    return whole and all(isinstance(each, str) and each for each in texts) and price > 0 and stock >= 0  # type: ignore[operator]


def refuses(answer: Answer, status: int) -> None:
    """The answer is a problem document of that status."""
    problem = _object(answer.expect(status, PROBLEM))
    if problem.get("status") != status or not problem.get("title"):
        raise answer.wrong("no problem document")


def _object(answer: Answer) -> dict[str, Any]:
    found = answer.json()
    if not isinstance(found, dict):
        raise answer.wrong("no object")
    return found


def run(checks: Mapping[str, Check], arguments: list[str] | None = None) -> int:
    """Ask everything of `--url`, a line for each, or say that nobody is there; 0 when all is right, 1 when not."""
    parser = argparse.ArgumentParser(description="Ask a running version whether it keeps its contract.")
    parser.add_argument("--url", required=True, help="where it is, for example http://frontend-canary:3000")
    client = Client(parser.parse_args(arguments).url)
    try:
        client.connects()
    except BrokenContractError as error:
        print(f"WRONG  connection: {error}", flush=True)
        return 1
    failed = 0
    for name, check in checks.items():
        try:
            check(client)
        except BrokenContractError as error:
            failed += 1
            print(f"WRONG  {name}: {error}", flush=True)
        else:
            print(f"right  {name}", flush=True)
    if failed:
        print(f"{failed} of {len(checks)} checks failed", file=sys.stderr)
    return 1 if failed else 0
