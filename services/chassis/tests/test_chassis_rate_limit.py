"""A bucket by key fills again with time, and there are not more of them than allowed."""

import pytest

from chassis.rate_limit import RateLimit


def test_a_burst_passes_then_one_at_a_time() -> None:
    now = [100.0]
    limit = RateLimit(per_second=2.0, burst=3, clock=lambda: now[0])

    assert [limit.allows("ann") for _ in range(4)] == [0.0, 0.0, 0.0, pytest.approx(0.5)]
    now[0] += 0.5
    assert [limit.allows("ann"), limit.allows("ann")] == [0.0, pytest.approx(0.5)]
    now[0] += 60
    assert [limit.allows("ann") == 0.0 for _ in range(4)] == [True, True, True, False]


def test_who_is_refused_pays_nothing() -> None:
    now = [0.0]
    limit = RateLimit(per_second=1.0, burst=1, clock=lambda: now[0])
    limit.allows("ann")
    waits = [limit.allows("ann") for _ in range(100)]
    now[0] = 1.0

    assert waits == [1.0] * 100
    assert limit.allows("ann") == 0.0


def test_keys_do_not_share_a_bucket() -> None:
    limit = RateLimit(per_second=1.0, burst=1, clock=lambda: 0.0)

    assert [limit.allows(key) for key in ("ann", "bob", "ann")] == [0.0, 0.0, 1.0]


def test_ten_thousand_keys_take_the_memory_of_a_hundred() -> None:
    limit = RateLimit(per_second=1.0, burst=1, clock=lambda: 0.0, keys=100)
    for number in range(10_000):
        limit.allows(f"key-{number}")

    assert len(limit._full_at) == 100
