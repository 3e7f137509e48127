"""The channel by which customers hear of their orders: an HTTP endpoint, or the log where there is none."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import structlog

from chassis.upstream import Upstream, UpstreamError
from order_api.domain import Order
from order_api.errors import UndeliveredError
from order_api.orders import Orders
from order_api.tasks import Task

Channel = Callable[[Task], Awaitable[None]]
log = structlog.stdlib.get_logger(__name__)


class Notifications:
    """Sends each notification under a key of its own, so that the receiver can drop a repeated one."""

    def __init__(self, orders: Orders, endpoint: Upstream, target: str) -> None:
        self._orders = orders
        self._endpoint = endpoint
        self._target = target

    async def send(self, task: Task) -> None:
        """Send one, in one try; UndeliveredError unless the endpoint took it."""
        body = json.dumps(message(await self._orders.get(task.number), task)).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": task.key}
        try:
            reply = await self._endpoint.call("POST", self._target, headers=headers, body=body, idempotent=False)
        except UpstreamError as error:
            raise UndeliveredError(str(error)) from error
        if not 200 <= reply.status < 300:
            raise UndeliveredError(f"the endpoint answered {reply.status}")


async def log_notification(task: Task) -> None:
    """Write a line that says what would be sent, without saying to whom."""
    log.info("notification", order=task.number, status=task.status.value, key=task.key)


def message(order: Order, task: Task) -> dict[str, Any]:
    """What the endpoint gets: everything for a letter to the customer about the state the task is about."""
    return {
        "key": task.key,
        "event": f"order.{task.status}",
        "at": next(event.at for event in reversed(order.history) if event.status is task.status).isoformat(),
        "customer": {"name": order.customer.name, "email": order.customer.email},
        "order": {
            "number": order.number,
            "lines": [vars(line) for line in order.lines],
            "total_cents": order.total_cents,
            "currency": order.currency,
        },
    }


def origin_and_target(url: str) -> tuple[str, str]:
    """The part of `url` that names the server, and the rest."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin, url.removeprefix(origin) or "/"
