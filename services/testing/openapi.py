"""Routes and OpenAPI documents, side by side."""

import re
from typing import Any

from quart import Quart

PARAMETER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")  # of a Werkzeug rule, with or without its converter
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def served(app: Quart, *, under: str = "/") -> set[str]:
    """What `app` serves below a path, as `GET /things/{number}`."""
    return {
        f"{method} {path}"
        for rule in app.url_map.iter_rules()
        for path in [PARAMETER.sub(r"{\1}", rule.rule)]
        for method in METHODS
        if method in (rule.methods or ()) and path.startswith(under)
    }


def documented(document: dict[str, Any], *, under: str = "/") -> set[str]:
    """What an OpenAPI document describes below a path, in the same form."""
    return {
        f"{method} {path}"
        for path, item in document["paths"].items()
        for method in METHODS
        if method.lower() in item and path.startswith(under)
    }
