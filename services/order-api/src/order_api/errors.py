"""What can go wrong with an order."""

from order_api.states import Status, allowed_from


class OrderError(Exception):
    """A request that cannot be fulfilled."""


class UnknownOrderError(OrderError):
    """No order has this number."""


class KeyReusedError(OrderError):
    """The idempotency key belongs to another order."""


class RejectedError(OrderError):
    """The order cannot be had; `reason` has a sentence of `detail`, and for missing stock which and how many."""

    def __init__(self, reason: dict[str, object]) -> None:
        super().__init__(str(reason.get("detail", "The order was refused.")))
        self.reason = reason


class IllegalTransitionError(OrderError):
    """The order cannot go from its state to the wanted one; `allowed` has those it can go to."""

    def __init__(self, current: Status, wanted: Status, allowed: tuple[Status, ...] | None = None) -> None:
        super().__init__(f"An order that is {current} cannot become {wanted}.")
        self.allowed = allowed_from(current) if allowed is None else allowed


class StockUnavailableError(OrderError):
    """The product API cannot be reached or says nothing usable; the same request may succeed later."""


class BusyError(OrderError):
    """Too many others place orders right now; the same request may succeed later."""


class UndeliveredError(OrderError):
    """The channel of notifications did not take one."""
