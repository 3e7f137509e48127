"""Import of a catalogue file."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from quart import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as Redirect

from frontend.limits import IMPORT_LIMIT
from frontend.pages.staff import guard, staff_name
from frontend.pages.upstreams import catalogue, navigation
from frontend.refusal import RefusedError

MOST_SHOWN = 200  # errors; whoever has more starts with these
KINDS = {".csv": "text/csv", ".json": "application/json"}
blueprint = Blueprint("staff_import", __name__, url_prefix="/staff/products")
guard(blueprint)


@blueprint.get("/import")
async def show() -> str:
    """The form."""
    return await _page()


@blueprint.post("/import")
async def send() -> tuple[str, int] | Redirect:
    """Import a file as a whole, or show what is wrong with it by line."""
    file: FileStorage | None = (await request.files).get("file")
    kind = KINDS.get(PurePosixPath(file.filename or "").suffix.lower()) if file else None
    if not file or not kind:
        return await _page(message="Choose a file whose name ends with .csv or .json."), 422
    content = file.read(IMPORT_LIMIT + 1)
    if not content or len(content) > IMPORT_LIMIT:
        return await _page(message="The file is empty." if not content else "The file is larger than 10 MiB."), 422
    try:
        created, updated = await catalogue().import_file(content, kind, staff_name())
    except RefusedError as error:
        return await _page(message=error.detail, **_errors(error.members)), 422
    await navigation().forget()
    await flash(f"The file is imported: {created:,} products are new, {updated:,} were updated.")
    return redirect(url_for("staff_products.overview"), 303)


def _errors(members: Mapping[str, Any]) -> dict[str, Any]:
    given = members.get("errors")
    rows = [error for error in given if isinstance(error, dict)] if isinstance(given, list) else []
    more = members.get("more")
    return {
        "rows": [_row(error) for error in rows[:MOST_SHOWN]],
        "found": len(rows) + (more if isinstance(more, int) else 0),
    }


def _row(error: Mapping[str, Any]) -> dict[str, str]:
    field = error.get("field") or str(error.get("pointer", "")).rpartition("/")[2]
    return {"line": str(error.get("line", "")), "field": str(field), "detail": str(error.get("detail", ""))}


async def _page(**shown: Any) -> str:
    return await render_template("staff/import.html", **{"message": "", "rows": [], "found": 0, **shown})
