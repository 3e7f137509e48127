"""Static files under names that hold a fingerprint of their content, so that a CDN may keep them for ever."""

import gzip
import hashlib
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

from quart import Quart, Response, request

from chassis.problem import Problem
from frontend.pictures import drawings, picture_name

FOREVER = "public, max-age=31536000, immutable"
SMALLEST_WORTH_PACKING = 512  # bytes


@dataclass(frozen=True)
class Asset:
    """A file to serve, packed as well when that makes it smaller."""

    content: bytes
    packed: bytes | None
    content_type: str


def install_assets(app: Quart) -> None:
    """Serve stylesheet, script and drawings from memory; templates write {{ asset('style.css') }}."""
    names: dict[str, str] = {}
    served: dict[str, Asset] = {}
    for name, content in _files():
        stem, _, suffix = name.rpartition(".")
        fingerprinted = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
        names[name] = f"/static/{fingerprinted}"
        served[fingerprinted] = _asset(name, content)
    app.jinja_env.globals["asset"] = names.__getitem__
    app.jinja_env.globals["picture"] = lambda product: names[picture_name(product.id, product.name, product.category)]
    app.jinja_env.globals["drawing"] = lambda name: names[f"{name}.svg"]

    @app.get("/static/<name>")
    async def static_file(name: str) -> Response:
        if name not in served:
            raise Problem(404, "There is no such file.")
        return _answer(served[name])


def _files() -> Iterator[tuple[str, bytes]]:
    for file in resources.files("frontend").joinpath("static").iterdir():
        yield file.name, file.read_bytes()
    yield from drawings().items()


def _asset(name: str, content: bytes) -> Asset:
    packed = gzip.compress(content, mtime=0) if len(content) >= SMALLEST_WORTH_PACKING else content
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(content, packed if len(packed) < len(content) else None, kind)


def _answer(asset: Asset) -> Response:
    headers = {"Cache-Control": FOREVER}
    content = asset.content
    if asset.packed is not None:
        headers["Vary"] = "Accept-Encoding"
        if request.accept_encodings["gzip"]:
            content, headers["Content-Encoding"] = asset.packed, "gzip"
    return Response(content, headers=headers, content_type=asset.content_type)
