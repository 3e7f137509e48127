"""A circuit breaker, so that a dead upstream is not asked by every request."""

from collections.abc import Callable


class Breaker:
    """Opens after `failures` in a row; after `rest_seconds` it lets one trial through at a time."""

    def __init__(self, clock: Callable[[], float], failures: int = 5, rest_seconds: float = 5.0) -> None:
        self._clock = clock
        self._limit = failures
        self._rest = rest_seconds
        self._failed = 0
        self._retry_at = 0.0

    @property
    def closed(self) -> bool:
        """Whether every call is let through."""
        return self._failed < self._limit

    def allows(self) -> bool:
        """Whether a call may be made now; a trial call postpones the next one."""
        if self.closed:
            return True
        now = self._clock()
        if now < self._retry_at:
            return False
        self._retry_at = now + self._rest
        return True

    def succeeded(self) -> None:
        """Close again."""
        self._failed = 0

    def failed(self) -> None:
        """Count one failure."""
        self._failed += 1
        if self._failed >= self._limit:
            self._retry_at = self._clock() + self._rest
