"""How many calls may be repeated, so that repeats do not bury an upstream that is slow already."""


class RetryBudget:
    """One retry for every `1 / ratio` calls, and `reserve` at once after a quiet time."""

    def __init__(self, ratio: float = 0.2, reserve: float = 10.0) -> None:
        self._ratio = ratio
        self._reserve = reserve
        self._left = reserve

    def called(self) -> None:
        """Earn the part of a retry that a first call is worth."""
        self._left = min(self._reserve, self._left + self._ratio)

    def spend(self) -> bool:
        """Whether one more retry may be made, which it then is."""
        if self._left < 1:
            return False
        self._left -= 1
        return True
