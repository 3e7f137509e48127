"""Our questions to Prometheus, answered by Prometheus itself from samples of a release."""

from __future__ import annotations

import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.process import command, end, started
from platformctl.releases.facts import of_objects
from platformctl.releases.measured import measure
from platformctl.releases.prometheus import Point, Prometheus, step_for
from platformctl.releases.release import latest
from platformctl.repo import Repo
from platformctl.tools.programs import program
from tests.releases import stories
from tests.releases.objects import NEW, OLD, moment
from tests.releases.servers import serving

BUCKETS = ("0.05", "0.1", "0.25", "2.0", "+Inf")
SCRAPE = 5


def samples() -> str:
    """What the pods counted, in the text form of OpenMetrics: new pods from 5 s on to 80 s, a fifth of it errors.

    The kubelet's and Prometheus' own requests are there too, and must not be counted.
    """
    requests: dict[str, list[str]] = {}
    buckets: dict[str, list[str]] = {}
    for hash_, first, last, rate, failing in ((OLD, -300, 200, 80, 0.0), (NEW, 5, 80, 20, 0.2)):
        pod = f'namespace="staging",job="frontend-metrics",rollouts_pod_template_hash="{hash_}"'
        for route, status, part in (("/", "200", 1 - failing), ("/cart", "503", failing), ("/healthz", "503", 9)):
            labels = f'{pod},method="GET",route="{route}"'
            for second in range(first, last + 1, SCRAPE):
                ending = f"{rate * (second - first) * part} {moment(second).timestamp()}"
                requests.setdefault(f'http_requests_total{{{labels},status="{status}"}}', []).append(ending)
                for bucket in BUCKETS:
                    # all of people's requests take 50 to 100 ms, the kubelet's more than 2 s
                    inside = float(bucket) >= (0.1 if route != "/healthz" else 10)
                    series = f'http_request_duration_seconds_bucket{{{labels},le="{bucket}"}}'
                    buckets.setdefault(series, []).append(ending if inside else f"0 {ending.split()[1]}")
    lines = ["# TYPE http_requests counter", *_lines(requests)]
    lines += ["# TYPE http_request_duration_seconds_bucket unknown", *_lines(buckets), "# EOF", ""]
    return "\n".join(lines)


def _lines(samples_of: dict[str, list[str]]) -> list[str]:
    return [f"{series} {sample}" for series, all_of_it in samples_of.items() for sample in all_of_it]


@pytest.fixture(scope="module")
def prometheus(repo: Repo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A real server on a data base of those samples."""
    folder = tmp_path_factory.mktemp("prometheus")
    (folder / "samples.txt").write_text(samples())
    (folder / "prometheus.yaml").write_text("global: {}\n")
    make = [program(repo, "promtool"), "tsdb", "create-blocks-from", "openmetrics", "samples.txt", "data"]
    subprocess.run(make, cwd=folder, check=True, capture_output=True, timeout=60)
    port = free_port()
    with (folder / "log").open("wb") as log:
        wanted = command(
            program(repo, "prometheus"), f"--config.file={folder}/prometheus.yaml",
            f"--storage.tsdb.path={folder}/data", "--storage.tsdb.retention.time=100y",
            f"--web.listen-address=127.0.0.1:{port}",
        )  # fmt: skip
        with started(wanted, log) as child:
            wait_until_ready(f"http://127.0.0.1:{port}/-/ready", folder / "log")
            yield Prometheus(f"http://127.0.0.1:{port}")
            end(child)


def free_port() -> int:
    """A port that nothing listened on a moment ago."""
    with serving(lambda *_: (200, {})) as port:
        return port


def wait_until_ready(url: str, log: Path) -> None:
    """Ask until it answers, at most half a minute."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(log.read_text()[-2000:])


def test_errors_latency_and_share_of_both_versions_are_measured(prometheus: Prometheus) -> None:
    """A fifth of the new version's requests failed, none of the old one's; health checks count for neither."""
    [facts] = of_objects(stories.aborted())

    found = measure(prometheus, latest(facts), moment(400))

    assert found.unread == ""
    assert (found.start, found.end, found.step) == (moment(-60), moment(131), 5.0)
    at_60 = next(index for index, point in enumerate(found.errors.new) if point.at == moment(60))
    assert found.errors.new[at_60].value == pytest.approx(0.2)
    assert found.errors.old[at_60].value == pytest.approx(0.0)
    assert found.latency.new[at_60].value == pytest.approx(0.0975)
    assert found.requests.old[at_60].value == pytest.approx(80, rel=0.01)
    assert found.share[at_60].value == pytest.approx(20, rel=0.02)


def test_there_is_nothing_where_a_version_had_no_pods(prometheus: Prometheus) -> None:
    """Before it began, and once its last samples are older than the window."""
    [facts] = of_objects(stories.aborted())

    found = measure(prometheus, latest(facts), moment(400))

    by_time = {point.at: point.value for point in found.errors.new}
    assert by_time[moment(-30)] is None
    assert by_time[moment(120)] is None
    assert len([point for point in found.errors.old if point.value is None]) == 0


def test_what_the_new_version_answered_is_counted(prometheus: Prometheus) -> None:
    """About 20 requests a second for 75 seconds; the window at both ends makes it a little less or more."""
    [facts] = of_objects(stories.aborted())

    found = measure(prometheus, latest(facts), moment(400))

    assert 1200 <= found.answered <= 2000
    assert found.failed == pytest.approx(found.answered / 5, rel=0.02)


def test_a_refused_question_is_an_error_with_prometheus_own_words(prometheus: Prometheus) -> None:
    """A bug of ours, so the exit code is that of a tool that failed."""
    with pytest.raises(PlatformError, match="Prometheus refused query_range") as refused:
        prometheus.range("sum(", moment(0), moment(10), 5)

    assert "parse error" in refused.value.why
    assert refused.value.exit_code == TOOL_FAILURE


def test_several_series_where_one_is_wanted_are_an_error(prometheus: Prometheus) -> None:
    """None of them is picked by chance."""
    with pytest.raises(PlatformError, match="series where one is wanted"):
        prometheus.range("http_requests_total", moment(0), moment(10), 5)


def test_a_prometheus_that_is_away_leaves_a_report_without_numbers() -> None:
    """The report says so; the release is told from the objects all the same."""
    [facts] = of_objects(stories.aborted())

    found = measure(Prometheus("http://127.0.0.1:1"), latest(facts), moment(400))

    assert found.unread.startswith("Prometheus at http://127.0.0.1:1 does not answer: ")
    assert (found.answered, found.failed, found.share) == (0, 0, ())
    assert measure(None, latest(facts), moment(400)).unread.startswith("no Prometheus was asked")


def test_samples_that_are_no_numbers_are_gaps() -> None:
    """NaN and infinities, which PromQL gives for a division by zero."""
    values = [[moment(0).timestamp(), "NaN"], [moment(5).timestamp(), "0.5"], [moment(10).timestamp(), "+Inf"]]
    answer = {"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {}, "values": values}]}}

    with serving(lambda *_: (200, answer)) as port:
        found = Prometheus(f"http://127.0.0.1:{port}").range("x", moment(0), moment(15), 5)

    assert found == (
        Point(moment(0), None), Point(moment(5), 0.5), Point(moment(10), None), Point(moment(15), None),
    )  # fmt: skip


@pytest.mark.parametrize(("seconds", "step"), [(0, 5), (1000, 5), (2000, 5), (2001, 6), (86400, 216)])
def test_a_line_has_at_most_a_few_hundred_points(seconds: float, step: float) -> None:
    """And no more than Prometheus scrapes."""
    assert step_for(seconds) == step
