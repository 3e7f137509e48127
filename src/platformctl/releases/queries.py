"""The questions that a report asks Prometheus, about the pods of one version."""

from __future__ import annotations

from dataclasses import dataclass

# what tells people's requests from those of the kubelet and of Prometheus itself
OWN_ROUTES = 'route!~"/(livez|healthz|readyz|metrics)"'
WINDOW = "30s"
QUANTILE = 0.95


@dataclass(frozen=True)
class Pods:
    """The pods of a service: all, or those of one version."""

    namespace: str
    service: str
    hash: str = ""

    def selector(self, *more: str) -> str:
        """A label selector of PromQL for them; the monitor's job is named after the Service that it scrapes."""
        own = [f'namespace="{self.namespace}"', f'job="{self.service}-metrics"', OWN_ROUTES]
        own += [f'rollouts_pod_template_hash="{self.hash}"'] if self.hash else []
        return "{" + ",".join([*own, *more]) + "}"


def error_rate(pods: Pods) -> str:
    """Part of the requests that ended with 5xx, from 0 to 1; no data without requests."""
    failed = pods.selector('status=~"5.."')
    ended_badly = f"sum(rate(http_requests_total{failed}[{WINDOW}]))"
    return f"({ended_badly} or vector(0)) / (sum(rate(http_requests_total{pods.selector()}[{WINDOW}])) > 0)"


def latency(pods: Pods) -> str:
    """The 95th percentile of the time to answer, in seconds; no data without requests."""
    rates = f"sum by (le) (rate(http_request_duration_seconds_bucket{pods.selector()}[{WINDOW}]))"
    return f"histogram_quantile({QUANTILE}, {rates})"


def requests(pods: Pods) -> str:
    """Requests a second."""
    return f"sum(rate(http_requests_total{pods.selector()}[{WINDOW}]))"
