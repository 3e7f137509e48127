"""Static files under names that hold a fingerprint of their content."""

import hashlib
import mimetypes
from dataclasses import dataclass
from importlib import resources

from quart import Quart, Response

from chassis.problem import Problem

FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """A file to serve."""

    content: bytes
    content_type: str


def install_assets(app: Quart) -> None:
    """Serve the package's static folder from memory; templates write {{ asset('style.css') }}."""
    names: dict[str, str] = {}
    served: dict[str, Asset] = {}
    for file in resources.files("frontend").joinpath("static").iterdir():
        content = file.read_bytes()
        stem, _, suffix = file.name.rpartition(".")
        fingerprinted = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
        names[file.name] = f"/static/{fingerprinted}"
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        served[fingerprinted] = Asset(content, kind)
    app.jinja_env.globals["asset"] = names.__getitem__

    @app.get("/static/<name>")
    async def static_file(name: str) -> Response:
        if name not in served:
            raise Problem(404, "There is no such file.")
        asset = served[name]
        return Response(asset.content, headers={"Cache-Control": FOREVER}, content_type=asset.content_type)
