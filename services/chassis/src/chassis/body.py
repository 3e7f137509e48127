"""The body of a request as JSON."""

import json
from typing import NoReturn

from quart import request

from chassis.problem import Problem


async def json_body() -> object:
    """The parsed body; a Problem of 400, 413 or 415 when there is none to be had."""
    if request.mimetype != "application/json":
        raise Problem(415, "Send the body as application/json.")
    raw = await request.get_data(as_text=False)
    try:
        return json.loads(raw, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise Problem(400, "The body is nested too deeply.") from error
    except ValueError as error:  # also bad UTF-8, and numbers of thousands of digits
        detail = f" ({error.msg} at line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Problem(400, f"The body is not valid JSON{detail}.") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
