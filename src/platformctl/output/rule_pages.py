"""What a rule demands, for people: on the terminal and as the pages of docs/reference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from platformctl.output.context import Described

HEAD = "<!-- written by `platformctl explain --pages docs/reference` -->\n"


@dataclass(frozen=True)
class Example:
    """Some lines of a fixture."""

    file: str
    line: int
    text: str


@dataclass(frozen=True)
class Explanation:
    """A rule with who finds it and examples of both outcomes; one that has no fixture has no example."""

    rule: Described
    engines: tuple[str, ...]
    breaks: Example | None = None
    keeps: Example | None = None

    def found_by(self) -> str:
        """Who holds objects against it."""
        also = ["the API server, at admission"] if self.rule.admission else []
        return ", ".join([*self.engines, *also])


def on_terminal(each: Explanation) -> str:
    """One rule as text."""
    rule = each.rule
    lines = [f"{rule.id}  ({rule.severity}, topic {rule.topic}, group {rule.group})", rule.title, ""]
    facts = {
        "why": rule.why,
        "what to do": rule.remediation,
        "found by": each.found_by(),
        "others": ", ".join(rule.references),
        "page": f"docs/reference/rules/{rule.id}.md",
    }
    lines += [f"{name:<12}{fact}" for name, fact in facts.items() if fact]
    for name, example in (("breaks it", each.breaks), ("keeps it", each.keeps)):
        if example:
            lines += ["", f"{name}: {example.file}:{example.line}", *_quoted(example)]
    return "\n".join(lines)


def _quoted(example: Example) -> Iterator[str]:
    for line in example.text.splitlines():
        yield f"  | {line}"


def listing(rules: Iterable[Described]) -> str:
    """All rules by group, a line each."""
    lines = []
    for group, members in grouped(rules).items():
        lines += [f"{group}:", *(f"  {rule.id:<34}{rule.severity:<9}{rule.title}" for rule in members), ""]
    return "\n".join([*lines, "`platformctl explain RULE` says more."])


def grouped(rules: Iterable[Described]) -> Mapping[str, list[Described]]:
    """Rules by group, both in order."""
    groups: dict[str, list[Described]] = defaultdict(list)
    for rule in sorted(rules, key=lambda rule: (rule.group, rule.id)):
        groups[rule.group].append(rule)
    return groups


def pages(explanations: Mapping[str, Explanation]) -> Mapping[str, str]:
    """Every page below docs/reference, by its path there."""
    rules = [each.rule for each in explanations.values()]
    return {
        **{f"rules/{name}.md": page(each) for name, each in explanations.items()},
        "rules/README.md": _index(explanations),
        "topics.md": _topics(rules),
    }


def page(each: Explanation) -> str:
    """One rule as a page."""
    rule = each.rule
    parts = [
        f"{HEAD}# {_prose(rule.title)}",
        "| rule | severity | topic | group | found by |\n|---|---|---|---|---|\n"
        f"| `{rule.id}` | {rule.severity} | [{rule.topic}](../topics.md#{rule.topic}) | "
        f"[{rule.group}](README.md#{rule.group}) | {each.found_by()} |",
        f"## Why\n{_prose(rule.why)}",
        f"## What to do\n{_prose(rule.remediation)}",
    ]
    if rule.references:
        parts.append("## What others call it\n" + "\n".join(f"- {_prose(reference)}" for reference in rule.references))
    for title, example in (("This breaks it", each.breaks), ("This keeps it", each.keeps)):
        if example:
            link = f"[{example.file}](../../../{example.file}#L{example.line})"
            parts.append(f"## {title}\n{link}:\n```yaml\n{example.text}\n```")
    return "\n\n".join(parts) + "\n"


def _prose(text: str) -> str:
    """Text as it is; what stands between backticks is code already."""
    parts = text.split("`")
    parts[::2] = [part.replace("<", "&lt;").replace("*", "\\*").replace("|", "\\|") for part in parts[::2]]
    return "`".join(parts)


def _index(explanations: Mapping[str, Explanation]) -> str:
    groups = grouped(each.rule for each in explanations.values())
    lines = [
        f"{HEAD}# Rules of the policy gate",
        "",
        f"{len(explanations)} rules in {len(groups)} groups. An error stops a change, a warning should be looked at, "
        "an info is a hint. Rules of one [topic](../topics.md) are about the same thing. "
        "`platformctl explain RULE` prints a page on the terminal.",
    ]
    for group, members in groups.items():
        lines += [
            "",
            f"## {group}",
            "",
            "| rule | severity | topic | what it demands | found by |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| [{rule.id}]({rule.id}.md) | {rule.severity} | [{rule.topic}](../topics.md#{rule.topic}) "
            f"| {_prose(rule.title)} | {explanations[rule.id].found_by()} |"
            for rule in members
        ]
    return "\n".join(lines) + "\n"


def _topics(rules: Iterable[Described]) -> str:
    topics: dict[str, list[Described]] = defaultdict(list)
    for rule in rules:
        topics[rule.topic].append(rule)
    lines = [
        f"{HEAD}# Topics",
        "",
        "Every finding carries the topic of its rule: a short name for what it is about, whichever rule found it.",
    ]
    for topic in sorted(topics):
        lines += ["", f"## {topic}", ""]
        lines += [
            f"- [{rule.id}](rules/{rule.id}.md) ({rule.severity}): {_prose(rule.title)}"
            for rule in sorted(topics[topic], key=lambda rule: rule.id)
        ]
    return "\n".join(lines) + "\n"
