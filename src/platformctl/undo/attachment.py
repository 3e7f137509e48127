"""The report of an aborted release, as a file for the pull request that takes it back."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from platformctl.errors import PlatformError
from platformctl.manifests import items, mapping
from platformctl.releases import report
from platformctl.releases.commits import Change
from platformctl.releases.facts import of_objects
from platformctl.releases.measured import measure
from platformctl.releases.page import page
from platformctl.releases.prometheus import Prometheus
from platformctl.releases.release import releases
from platformctl.undo.facts import ARGO
from platformctl.undo.kubernetes import Read
from platformctl.undo.revert import Revert

# kind and where the API has it, before and after the namespace
LISTS = (
    ("Rollout", ARGO, "rollouts"),
    ("AnalysisRun", ARGO, "analysisruns"),
    ("ReplicaSet", "/apis/apps/v1", "replicasets"),
    ("Pod", "/api/v1", "pods"),
    ("Event", "/api/v1", "events"),
)


@dataclass(frozen=True)
class Attachment:
    """A file; an archive, since a Git host shows a page as its source and takes archives without being told to."""

    name: str
    content: bytes = field(repr=False)


def attachment(read: Read, revert: Revert, prometheus: Prometheus | None, present: datetime.datetime) -> Attachment:
    """The report of the release that a revert is about; an error when the cluster has forgotten it."""
    found = revert.aborted
    known = (
        (facts, release)
        for facts in of_objects(list(_objects(read, found.namespace)))
        if facts.rollout.name == found.name
        for release in releases(facts)
        if release.revision == found.revision
    )
    facts, release = next(known, (None, None))
    if facts is None or release is None:
        raise PlatformError(f"the cluster knows nothing any more of {found.title}, revision {found.revision}")
    # the commits are in the pull request's own text
    change = Change(revert.change.healthy, revert.change.last, unread="the pull request lists them")
    name = PurePath(report.name_of(release))
    content = page(release, facts, measure(prometheus, release, present), change, present)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name.name, content)
    return Attachment(name.with_suffix(".zip").name, packed.getvalue())


def _objects(read: Read, namespace: str) -> Iterator[Mapping[str, Any]]:
    for kind, group, plural in LISTS:
        for each in items(mapping(read(f"{group}/namespaces/{quote(namespace)}/{plural}")).get("items")):
            yield {**mapping(each), "kind": kind}  # objects of a list do not say it
