"""Analysis runs from their objects."""

from __future__ import annotations

import pytest

from platformctl.releases.analysis import run_of, value_of, worst
from platformctl.releases.facts import of_objects
from platformctl.releases.limits import Limit
from tests.releases import stories
from tests.releases.objects import metric, moment, run


@pytest.mark.parametrize(
    ("shown", "value"),
    [
        ("0.98", 0.98), ("[0.98]", 0.98), ("[0.98,1]", 0.98), ("[[3]]", 3.0), ("5", 5.0),
        ("[NaN]", None), ("NaN", None), ("[+Inf]", None), ("[]", None), ("", None), ("true", None), ("ok", None),
        ('{"a":1}', None),
    ],
)  # fmt: skip
def test_a_measured_value_is_a_number_or_nothing(shown: str, value: float | None) -> None:
    """Prometheus gives vectors, which may be empty or hold NaN; other providers give words."""
    assert value_of(shown) == value


def test_a_run_has_its_metrics_with_limits_and_measurements() -> None:
    """The limit comes from an argument, a NaN is a measurement without a value."""
    [facts] = of_objects(stories.aborted())
    [found] = facts.runs

    assert (found.name, found.kind, found.step, found.phase, found.revision) == (stories.RUN, "Step", 2, "Failed", 7)
    assert (found.started, found.ended) == (moment(35), moment(71))
    rate, latency = found.metrics
    assert (rate.limit, rate.phase, rate.failed, rate.allowed_failures) == (Limit("<=", 0.02), "Failed", 3, 2)
    assert rate.values == (0.1988, 0.0119, 0.2056, 0.1897)
    assert [each.phase for each in rate.measurements] == ["Failed", "Successful", "Failed", "Failed"]
    assert latency.values == (0.008, None, 0.011)
    assert latency.measurements[1].shown == "[NaN]"


def test_a_run_that_has_not_begun_is_pending() -> None:
    """The controller has not written any status yet."""
    content = run("r", "", [metric("success-rate", "result[0] > 1", [], phase="")])
    del content["status"]

    found = run_of(content)

    assert (found.phase, found.over, found.metrics[0].phase, found.metrics[0].values) == (
        "Pending",
        False,
        "Pending",
        (),
    )


def test_the_worst_phase_of_several_runs_is_shown() -> None:
    """A failed one is not hidden by one that still runs."""
    runs = [run_of(run(str(index), phase, [])) for index, phase in enumerate(("Successful", "Failed", "Running"))]

    assert worst(runs) == "Failed"
    assert worst(runs[::2]) == "Running"
    assert worst([]) == ""


def test_a_count_may_be_an_argument() -> None:
    """And without an interval one measurement is all there is."""
    many = metric("success-rate", "result[0] > 1", [], phase="", count=5)
    many[0]["count"] = "{{args.count}}"
    once = metric("smoke", "", [], phase="")
    del once[0]["count"], once[0]["interval"]
    endless = metric("errors", "result[0] < 1", [], phase="")
    del endless[0]["count"]

    found = run_of(run("r", "Running", [many, once, endless], arguments={"count": "8"}))

    assert [each.wanted for each in found.metrics] == [8, 1, None]
