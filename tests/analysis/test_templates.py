"""Every question that a release is asked, on series for which the answer is known."""

from __future__ import annotations

import pytest
from tests.analysis.cases import BAD, CASES, GOOD, NO_ANSWER
from tests.analysis.conftest import Promtool, Templates
from tests.analysis.series import Case

ARGS = {
    "namespace": "shop", "canary": "new", "stable": "old",
    "delay": "5s", "interval": "5s", "count": "10", "successes": "3", "inconclusive": "5",
}  # fmt: skip
NUMBERS = {
    "success-rate": {"min-requests": "20", "max-more-errors": "0.02"},
    "latency-p95": {"min-requests": "20", "max-slower": "0.5"},
    "saturation": {"memory-limit": "402653184", "cpu-limit": "1", "max-more-used": "0.3"},
    "restarts": {"max-more-restarts": "0"},
    "business": {"min-orders": "20", "min-share": "0.4"},
}


@pytest.mark.parametrize(
    "case", CASES, ids=lambda each: f"{each.template}{'-' * bool(each.metric)}{each.metric}: {each.name}"
)
def test_template_answers(case: Case, templates: Templates, promtool: Promtool) -> None:
    """The query gives the value that was worked out by hand, and the controller makes of it what it has to."""
    args = ARGS | NUMBERS[case.template] | case.args
    results = [str(value) for value in case.values]
    name = case.metric or templates.found[case.template]["spec"]["metrics"][0]["name"]

    answer = templates.run(case.template, args, {name: [results]})

    assert not answer.error
    (metric,) = [each for each in answer.metrics if each["name"] == name]
    assert promtool.expect(metric["provider"]["prometheus"]["query"], case) == ""
    assert answer.phases[name] == [case.phase]


def test_every_metric_is_seen_to_pass_to_fail_and_to_have_no_answer(templates: Templates) -> None:
    """A question that cannot be answered with no, or that takes silence for yes, is none."""
    asked = {
        (name, metric["name"])
        for name, template in templates.found.items()
        for metric in template["spec"]["metrics"]
        if "prometheus" in metric["provider"]
    }
    names = {name: template["spec"]["metrics"][0]["name"] for name, template in templates.found.items()}
    seen = {(case.template, case.metric or names[case.template], case.phase) for case in CASES}

    assert seen == {(*each, phase) for each in asked for phase in (GOOD, BAD, NO_ANSWER)}


def test_every_metric_bears_an_outage_and_ends(templates: Templates) -> None:
    """Limits are in every metric: errors are borne for minutes, and there is a last measurement."""
    for name, numbers in NUMBERS.items():
        answer = templates.run(name, ARGS | numbers, {})
        assert not answer.error
        for metric in answer.metrics:
            assert int(metric["count"]) == 10
            assert metric["consecutiveErrorLimit"] == 120
            assert metric["initialDelay"] == "5s"
