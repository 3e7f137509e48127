"""Reports in every format: right for their readers, and harmless whatever a manifest calls itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from platformctl.checks import rulebook
from platformctl.commands.check import FORMATS
from platformctl.findings import Excused, Finding, ObjectRef, Report, Severity, Summary
from platformctl.output.causes import causes
from platformctl.output.context import Context
from platformctl.output.markdown_report import LONGEST
from platformctl.repo import Repo

REPO = Repo.find(Path(__file__).resolve())
CONTEXT = Context(REPO.root, rulebook.load(REPO))
FULL = Summary(2, 2, 10, 10, 10, 0, 2, 0, 0, 1.25)
HOSTILE = [
    "a\nb",
    "a\r\n::error file=x::pwned",
    "::warning::pwned",
    "  ::set-env name=A::b",
    "##[error]pwned",
    "\x1b[2J\x1b]0;title\x07",
    "\x9b31m",
    "\u202egnp.exe",
    "\u2028line",
    "<script>alert(1)</script>",
    "`]]></testcase>`",
    "@everyone [click](https://evil.example) ![x](https://evil.example/x.png)",
    "| a | b |\n|---|---|",
    "100%,file=y:1",
    "\ud800",
    "\x00",
]


def _finding(**changes: Any) -> Finding:
    values: dict[str, Any] = {
        "rule": "privileged",
        "topic": "privileged",
        "severity": Severity.ERROR,
        "object": ObjectRef("apps/v1", "Deployment", "staging", "web"),
        "path": "spec.template.spec.hostPID",
        "file": "base/web/deployment.yaml",
        "line": 7,
        "message": "the pod is privileged",
        "remediation": "Remove it.",
        "engine": "python",
        "clusters": ("local/staging",),
    }
    return Finding(**{**values, **changes})


def _report(*findings: Finding, summary: Summary = FULL, excused: tuple[Excused, ...] = ()) -> Report:
    return Report(findings, summary, excused)


def _hostile(text: str) -> Report:
    ref = ObjectRef("v1", text, text, text)
    return _report(_finding(object=ref, path=text, file=text, message=f"{text} is wrong", clusters=(text,)))


@pytest.fixture(params=sorted(FORMATS))
def render(request: pytest.FixtureRequest) -> Callable[[Report], str]:
    """Each format in turn."""
    return lambda report: FORMATS[request.param](report, CONTEXT)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_manifest_reaches_the_terminal_as_it_is(text: str, render: Callable[[Report], str]) -> None:
    """No control character, nothing that turns the direction of writing, nothing that cannot be written."""
    written = render(_hostile(text))

    written.encode()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", written)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("form", ["text", "github"])
def test_no_manifest_can_speak_to_the_build_server(form: str, text: str) -> None:
    """Only our own lines are workflow commands, one for each fault."""
    written = FORMATS[form](_hostile(text), CONTEXT)
    commands = [line for line in written.splitlines() if line.lstrip().startswith("::")]

    assert "##[" not in written
    assert len(commands) == (1 if form == "github" else 0)
    for command in commands:
        properties = command.removeprefix("::error ").partition("::")[0]
        assert [each.partition("=")[0] for each in properties.split(",")] == ["file", "line", "title"]


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_markup_as_text(text: str) -> None:
    """Neither HTML nor a link, an image or a call of somebody."""
    written = FORMATS["markdown"](_hostile(text), CONTEXT)
    outside = re.sub(r"(`+)(?:(?!\1).)+\1", "", written)

    assert "<" not in outside.replace("&lt;", "")
    assert not re.search(r"@\w", outside)
    assert "](https://evil" not in outside
    assert all(line.startswith(("|", "-", "#", "  ", "Remove it", "2 errors")) for line in written.splitlines() if line)


def test_text_says_once_what_several_clusters_and_objects_get() -> None:
    """One fault in base, two environments, three clusters: one entry."""
    other = ObjectRef("apps/v1", "Deployment", "production", "web")
    found = [_finding(), _finding(object=other, clusters=("cloud/eu", "cloud/us"))]
    written = FORMATS["text"](_report(*found), CONTEXT)

    assert written.splitlines()[:3] == [
        "error: privileged (1)  No privileged containers",
        "  base/web/deployment.yaml:7  the pod is privileged",
        "    Deployment/production/web, Deployment/staging/web  spec.template.spec.hostPID"
        "  [cloud/eu, cloud/us, local/staging]",
    ]


def test_text_puts_errors_first_and_counts_many_objects() -> None:
    """What stops the change stands at the top."""
    objects = [ObjectRef("v1", "Pod", "shop", f"web-{n}") for n in range(9)]
    info = [_finding(rule="a-hint", severity=Severity.INFO, object=each) for each in objects]
    written = FORMATS["text"](_report(*info, _finding()), CONTEXT)

    assert written.index("error: privileged") < written.index("info: a-hint")
    assert "Pod/shop/web-0, Pod/shop/web-1, Pod/shop/web-2 and 6 more" in written


@pytest.mark.parametrize(
    ("line", "clusters", "shown"),
    [
        (2, (), "    | hostPID: true"),
        (2, ("a/b",), "    | hostPID: true"),
        (1, ("a/b",), ""),
        (1, (), "    | kind: Pod"),
    ],
)
def test_text_shows_the_line_to_change(line: int, clusters: tuple[str, ...], shown: str, tmp_path: Path) -> None:
    """Unless it is plainly another one than in the commit that is deployed."""
    (tmp_path / "pod.yaml").write_text("kind: Pod\nhostPID: true\n")
    report = _report(_finding(file="pod.yaml", line=line, clusters=clusters))
    written = FORMATS["text"](report, Context(tmp_path, {}))

    assert [each for each in written.splitlines() if each.startswith("    |")] == ([shown] if shown else [])


@pytest.mark.parametrize("file", ["none.yaml", "", "latin.yaml", "folder"])
def test_line_that_cannot_be_read_is_left_out(file: str, tmp_path: Path) -> None:
    """A report never fails for want of a file."""
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9\xff\n")
    (tmp_path / "folder").mkdir()
    written = FORMATS["text"](_report(_finding(file=file, line=5)), Context(tmp_path, {}))

    assert "the pod is privileged" in written


def test_json_fits_its_published_schema() -> None:
    """Every value of a full and of an empty report; a foreign field would not fit."""
    schema = json.loads((REPO.root / "docs/reference/check.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    nameless = _finding(object=ObjectRef("", "", "", ""), line=None, path="", clusters=(), engine="checkov+python")
    document = json.loads(FORMATS["json"](_report(_finding(), nameless), CONTEXT))

    validator.validate(document)
    validator.validate(json.loads(FORMATS["json"](_report(), CONTEXT)))
    assert not validator.is_valid({**document, "extra": 1})
    assert not validator.is_valid({**document, "findings": [{**document["findings"][0], "line": 0}]})


def _sarif(report: Report, context: Context = CONTEXT) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(FORMATS["sarif"](report, context))
    schema = json.loads((Path(__file__).parent / "sarif-2.1.0.json").read_text())
    jsonschema.Draft7Validator(schema).validate(document)
    run: dict[str, Any] = document["runs"][0]
    return run


def test_sarif_has_rules_levels_and_places() -> None:
    """What code scanning shows and where."""
    run = _sarif(_report(_finding(), _finding(rule="cpu-limit", severity=Severity.WARNING, line=None)))
    rules = run["tool"]["driver"]["rules"]
    first, second = run["results"]

    assert {rule["id"] for rule in rules} == set(CONTEXT.rules)
    assert all(rule["help"]["text"] and rule["help"]["markdown"] for rule in rules)
    assert rules[first["ruleIndex"]]["id"] == first["ruleId"] == "privileged"
    assert (first["level"], second["level"]) == ("error", "warning")
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "base/web/deployment.yaml", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 7}
    assert "region" not in second["locations"][0]["physicalLocation"]


def test_sarif_fingerprint_survives_moved_lines() -> None:
    """The same fault some lines further down, or in one more cluster, is no new alert; another field is."""

    def fingerprint(**changes: Any) -> str:
        result = _sarif(_report(_finding(**changes)))["results"][0]
        return str(result["partialFingerprints"]["primaryLocationLineHash"])

    other = ObjectRef("apps/v1", "Deployment", "production", "web")
    assert fingerprint() == fingerprint(line=99) == fingerprint(clusters=("a", "b")) == fingerprint(object=other)
    assert fingerprint() != fingerprint(path="spec.other")
    assert fingerprint() != fingerprint(file="base/other.yaml")
    two = _sarif(_report(_finding(message="one"), _finding(message="two")))["results"]
    assert len({each["partialFingerprints"]["primaryLocationLineHash"] for each in two}) == 2


def test_sarif_shows_what_exceptions_excuse() -> None:
    """As a suppressed result with its reason."""
    excused = Excused(_finding(), "it drives a device", "platform", "2027-01-01")
    result = _sarif(_report(excused=(excused,)))["results"][0]

    assert result["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "it drives a device (platform, until 2027-01-01)"}
    ]


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        (f"{REPO.root}/base/a b.yaml", "base/a%20b.yaml"),
        ("base/ü#1.yaml", "base/%C3%BC%231.yaml"),
        ("/elsewhere/x.yaml", "file:///elsewhere/x.yaml"),
    ],
)
def test_sarif_places_are_relative_to_the_checkout(file: str, uri: str) -> None:
    """And are URIs whatever the file is called."""
    place = _sarif(_report(_finding(file=file)))["results"][0]["locations"][0]["physicalLocation"]

    assert place["artifactLocation"]["uri"] == uri


def test_sarif_says_when_something_went_unjudged() -> None:
    """A run with a gap was not successful."""
    gap = Summary(2, 1, 10, 9, 10, 0, 0, 0, 0, 1.0)
    invocation = _sarif(_report(summary=gap))["invocations"][0]

    assert invocation["executionSuccessful"] is False
    assert invocation["exitCode"] == 2
    assert len(invocation["toolExecutionNotifications"]) == 2
    assert _sarif(_report())["invocations"][0]["executionSuccessful"] is True


def test_junit_counts_what_failed() -> None:
    """A case for each rule and one for the inventory; warnings do not fail."""
    gap = Summary(2, 1, 10, 10, 10, 0, 0, 0, 0, 1.0)
    warning = _finding(rule="cpu-limit", severity=Severity.WARNING)
    suite = ElementTree.fromstring(FORMATS["junit"](_report(_finding(), warning, summary=gap), CONTEXT))[0]  # noqa: S314

    assert len(suite.findall("testcase")) == int(suite.attrib["tests"]) == len(CONTEXT.rules) + 1
    assert [case.attrib["name"] for case in suite if case.find("failure") is not None] == ["privileged"]
    assert [case.attrib["name"] for case in suite if case.find("error") is not None] == ["inventory"]
    assert (suite.attrib["failures"], suite.attrib["errors"]) == ("1", "1")
    assert "base/web/deployment.yaml:7" in (suite.findtext("testcase[@name='cpu-limit']/system-out") or "")


@pytest.mark.parametrize("text", HOSTILE)
def test_junit_is_xml_whatever_it_holds(text: str) -> None:
    """And has no case more than without."""
    suite = ElementTree.fromstring(FORMATS["junit"](_hostile(text), CONTEXT))[0]  # noqa: S314

    assert len(suite) == len(CONTEXT.rules) + 1


def test_github_annotation_is_escaped_as_its_reader_expects() -> None:
    """Per cent, line ends, commas and colons."""
    report = _report(_finding(file="a,b:c%.yaml", message="50% of\nit", severity=Severity.INFO))
    written = FORMATS["github"](report, CONTEXT).splitlines()[0]

    assert written.startswith("::notice file=a%2Cb%3Ac%25.yaml,line=7,title=privileged::50%25 of\\nit%0A")
    assert written.endswith("%0Awhat to do: Remove it.")


def test_github_annotates_a_gap() -> None:
    """Something that was not judged has no file, and is an error all the same."""
    gap = Summary(2, 1, 10, 10, 10, 0, 0, 0, 0, 1.0)

    assert "::error title=not judged::1 of 2 Applications not rendered" in FORMATS["github"](
        _report(summary=gap), CONTEXT
    )


def test_markdown_is_a_summary_with_links() -> None:
    """Verdict, rule with its clusters, link to the line, inventory."""
    context = Context(CONTEXT.root, CONTEXT.rules, "https://example.com/shop/blob/abc/")
    written = FORMATS["markdown"](_report(_finding()), context)

    assert written.startswith("## ❌ The policy gate found errors\n")
    assert "| `privileged` | error | 1 | local/staging | No privileged containers |" in written
    link = "[base/web/deployment.yaml:7](https://example.com/shop/blob/abc/base/web/deployment.yaml#L7)"
    assert link in written
    assert "| 2 | 2 | 10 | 10 | 10 | 0 | 0 | 1.2 |" in written
    assert FORMATS["markdown"](_report(summary=Summary(1, 1, 1, 1, 1, 0, 0, 0, 0, 1)), CONTEXT).startswith("## ✅")


@pytest.mark.parametrize("rules", [1, 3000])
def test_markdown_fits_a_comment_and_says_what_was_cut(rules: int) -> None:
    """A comment that is too long is refused as a whole; half a one without a word would be a lie."""
    found = [_finding(rule=f"rule-{n % rules}", line=n + 1, message=f"fault {n} " + "x" * 90) for n in range(3000)]
    written = FORMATS["markdown"](_report(*found), CONTEXT)

    assert len(written) <= LONGEST
    cut = re.search(r"\*\*(\d+) of 3000 faults are not shown here\*\*", written)
    assert cut
    assert int(cut.group(1)) == 3000 - len(re.findall(r"^- \[base", written, re.MULTILINE))
    assert written.rstrip().endswith("| 1.2 |")
    assert "faults are not shown" not in FORMATS["markdown"](_report(_finding()), CONTEXT)


def test_causes_are_one_for_each_place() -> None:
    """Another line, rule or message is another thing to change."""
    found = [_finding(), _finding(clusters=("x",)), _finding(line=8), _finding(rule="host-pid"), _finding(message="no")]

    assert len(causes(found)) == 4
