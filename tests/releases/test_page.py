"""The page of a release: golden, self-contained, and safe to open."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from platformctl.releases.analysis import Measurement
from platformctl.releases.commits import Change
from platformctl.releases.facts import of_objects
from platformctl.releases.measured import Measured
from platformctl.releases.page import page
from platformctl.releases.page.html import telling
from platformctl.releases.release import latest
from tests.releases import stories
from tests.releases.objects import event, moment
from tests.releases.samples import measured

GOLDEN = Path(__file__).with_name("golden")
CHANGE = Change(
    "4be1" * 10,
    "91c0" * 10,
    ("91c091c Run the images built from this tree", "1234abc A cart keeps its items across a login"),
    (
        "base/frontend/kustomization.yaml | 2 +-",
        "services/frontend/src/frontend/cart.py | 48 ++++++++++-----",
        "2 files changed, 38 insertions(+), 12 deletions(-)",
    ),
)
UNKNOWN = Change("", "", unread="Argo CD's history does not reach back to both commits")
UNREAD = Measured(moment(-60), moment(93), 5.0, unread="Prometheus at http://127.0.0.1:9090 does not answer: refused")
PAGES = {
    "aborted": (measured(71, errors=0.2, gaps=(45, 50), new_ends=80), CHANGE),
    "promoted": (measured(140, errors=0.002, weights=((0, 20), (85, 60), (133, 100))), CHANGE),
    "waiting": (measured(90, errors=0.002, weights=((0, 20), (85, 60))), UNKNOWN),
    "inconclusive": (measured(60, errors=0.0, new_ends=10), CHANGE),
    "blue_green_failed": (UNREAD, UNKNOWN),
    "blue_green_promoted": (measured(40, errors=0.002, weights=((0, 0), (27, 100))), CHANGE),
}
VOID = {"meta", "link", "br", "hr", "img", "input"}


def written(story: str) -> str:
    """The page of a story."""
    [facts] = of_objects(getattr(stories, story)())
    numbers, change = PAGES[story]
    return page(latest(facts), facts, numbers, change, moment(300))


class Reader(HTMLParser):
    """Checks that every element is closed in order, and keeps what tests ask for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.seen if name == tag]


@pytest.mark.parametrize("story", PAGES)
def test_a_page_is_the_golden_one(story: str) -> None:
    """UPDATE_GOLDEN=1 writes them anew; look at them in a browser before committing."""
    golden = GOLDEN / f"{story}.html"
    text = written(story)
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")

    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("story", PAGES)
def test_a_page_needs_nothing_from_outside(story: str) -> None:
    """No script, picture, font or address: it can be attached to a pull request and opened anywhere."""
    read = Reader(written(story))

    assert not {"script", "link", "img", "iframe", "object", "use", "image", "a", "form"} & {
        tag for tag, _ in read.seen
    }
    for tag, attributes in read.seen:
        assert not {"src", "href", "style", "action"} & set(attributes), tag
        assert not [name for name in attributes if name.startswith("on")], tag


@pytest.mark.parametrize("story", PAGES)
def test_its_policy_allows_its_style_sheet_and_nothing_else(story: str) -> None:
    """By the digest of the very bytes between the tags; nothing in the sheet asks for more."""
    text = written(story)
    [style] = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    [policy] = [each["content"] for each in Reader(text).all("meta") if each.get("http-equiv")]

    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize("story", PAGES)
def test_a_page_can_be_read_by_everybody(story: str) -> None:
    """One main heading, sections that are named, headers of tables with their scope, pictures with words."""
    text = written(story)
    read = Reader(text)
    ids = {attributes["id"] for _, attributes in read.seen if "id" in attributes}

    assert len(read.all("h1")) == 1
    assert read.all("html") == [{"lang": "en"}]
    assert all(each["aria-labelledby"] in ids for each in read.all("section"))
    assert all(each.get("scope") in ("col", "row") for each in read.all("th"))
    for picture in read.all("svg"):
        assert set((picture["aria-labelledby"] or "").split()) <= ids
    assert len(ids) == len([1 for _, attributes in read.seen if "id" in attributes])
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


def test_what_people_wrote_stays_text() -> None:
    """A message of an event, a commit's subject, an answer of a provider: none can become an element."""
    hostile = "</style><script>alert(1)</script><img src=x onerror=alert(1)>"
    objects = [*stories.aborted(), event("RolloutPaused", hostile, 50)]
    objects[0]["status"]["message"] = f"RolloutAborted: {hostile}"
    [facts] = of_objects(objects)
    change = Change("a" * 40, "b" * 40, (hostile,), (hostile,))

    read = Reader(page(latest(facts), facts, PAGES["aborted"][0], change, moment(300)))

    assert read.all("script") == []
    assert read.all("img") == []
    assert len(read.all("style")) == 1


def test_of_many_measurements_the_bad_and_the_last_are_shown_at_once() -> None:
    """An analysis in the background measures for as long as the release takes; the others are one click away."""
    good, bad = Measurement("Successful", 0.1, "[0.1]", None), Measurement("Failed", 0.9, "[0.9]", None)

    assert telling([good] * 20) == [good] * 20
    assert telling([bad, *[good] * 30, bad, good]) == [bad, *[good] * 4, bad, good]


def test_a_release_without_samples_says_why_and_is_written_all_the_same() -> None:
    """Prometheus may be what is broken."""
    text = written("blue_green_failed")

    assert "No measurements: Prometheus at http://127.0.0.1:9090 does not answer: refused" in text
    assert text.count("no samples") == 2  # the weights come from the API server
    assert "Argo CD&#39;s history does not reach back" in text
