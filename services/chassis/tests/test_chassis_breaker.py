"""The breaker opens, rests, tries once and closes."""

from chassis.breaker import Breaker


def test_it_opens_rests_and_lets_one_trial_through() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0], failures=2, rest_seconds=5.0)
    breaker.failed()
    assert breaker.allows()

    breaker.failed()
    assert not breaker.allows()

    now[0] = 5.0
    assert [breaker.allows(), breaker.allows()] == [True, False]

    breaker.succeeded()
    assert [breaker.allows(), breaker.allows()] == [True, True]
