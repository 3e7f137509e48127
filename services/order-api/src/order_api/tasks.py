"""What has to happen elsewhere because an order changed."""

from dataclasses import dataclass
from enum import StrEnum

from order_api.states import NOTIFIED, Status, returns_stock


class Kind(StrEnum):
    """What can be asked of others."""

    RELEASE = "release"  # product-api gives the order's stock back
    NOTIFICATION = "notification"  # the customer hears of the new state


@dataclass(frozen=True)
class Task:
    """Something to do once because an order entered `status`."""

    kind: Kind
    number: str
    status: Status

    @property
    def key(self) -> str:
        """The same for every attempt, and of no other task: an order enters a state once and returns stock once."""
        return f"{self.number}:{self.kind if self.kind is Kind.RELEASE else self.status}"


def tasks_of(number: str, current: Status, to: Status) -> tuple[Task, ...]:
    """What follows when the order goes from `current` to `to`."""
    tasks = []
    if returns_stock(current, to):
        tasks.append(Task(Kind.RELEASE, number, to))
    if to in NOTIFIED:
        tasks.append(Task(Kind.NOTIFICATION, number, to))
    return tuple(tasks)
