"""What looks like a credential written out: by the name it stands under, or by its own form."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from platformctl.manifests import text

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_PLAIN = ("password", "passwd", "passphrase", "pwd", "passwrd", "pswrd", "pword", "secretkey", "apikey", "accesskey",
          "privatekey", "authkey", "clientsecret", "appsecret", "accesskeyid", "accountkey", "storagekey", "batchkey",
          "encryptionkey", "signingkey", "masterkey", "sharedkey", "sessionkey", "secretaccesskey")  # fmt: skip
# words that name other things just as often: a key of theirs counts in a ConfigMap's data, not in a line of a file
_VAGUE = ("secret", "token", "credential", "credentials", "bearer", "jwt", "pass", "pw")
# a name with one of these in it is that of a credential, unless it ends in what is only about one
_TELLING = frozenset({"password", "passwd", "pwd", "secret", "credential", "credentials"})
_ABOUT = frozenset({
    "algorithm", "arn", "class", "cm", "conf", "count", "crt", "days", "dir", "disabled", "enabled", "encoding",
    "endpoint", "expiration", "expires", "expiry", "field", "file", "files", "folder", "format", "hash",
    "header", "hours", "id", "interval", "issuer", "json", "key", "keys", "kind", "label", "length", "level",
    "lifetime", "max", "min", "mode", "mount", "mounts", "name", "names", "namespace", "path", "paths", "pem",
    "period", "policy", "prefix", "properties", "provider", "ref", "reference", "refresh", "region", "required",
    "reset", "rotation", "scope", "seconds", "selector", "service", "size", "store", "suffix", "timeout", "ttl",
    "txt", "type", "uri", "url", "version", "volume", "yaml", "yml",
})  # fmt: skip
_NEUTRAL = ("value", "val", "text", "string", "plain", "plaintext", "dev", "test", "staging", "prod", "production")
_FORMS = re.compile(
    r"(?P<key>-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----)"
    r"|(?P<aws>\b(?:AKIA|ASIA)[0-9A-Z]{16}\b)"
    r"|(?P<github>\bgh[pousr]_[0-9A-Za-z]{36}|\bgithub_pat_[0-9A-Za-z_]{22,})"
    r"|(?P<gitlab>\bglpat-[0-9A-Za-z_-]{20})"
    r"|(?P<slack>\bxox[abeoprs]-[0-9A-Za-z-]{10,}|hooks\.slack\.com/services/T[0-9A-Za-z_]+/B[0-9A-Za-z_]+/[0-9A-Za-z]+)"
    r"|(?P<google>\bAIza[0-9A-Za-z_-]{35})"
    r"|(?P<stripe>\b[rs]k_live_[0-9A-Za-z]{16,})"
    r"|(?P<jwt>\beyJhbGciO|\beyJ[0-9A-Za-z_-]{8,}\.eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{16,})"
    r"|(?P<bearer>\b[Bb]earer [0-9A-Za-z._~+/-]{20,})"
    r"|(?P<url>\b[a-z][a-z0-9+.-]*://[^\s:/@'\"]*:(?P<password>[^\s:/@'\"]+)@)"
)
_SHOWN = {
    "key": "a private key", "aws": "an AWS access key", "github": "a GitHub token", "gitlab": "a GitLab token",
    "slack": "a Slack token", "google": "a Google API key", "stripe": "a Stripe key", "jwt": "a JSON Web Token",
    "bearer": "a bearer token", "url": "a URL with a password",
}  # fmt: skip
_BASE64 = re.compile(r"(?:[0-9A-Za-z+/]{4}){5,}(?:[0-9A-Za-z+/]{2}==|[0-9A-Za-z+/]{3}=)?")
_LINE = re.compile(r"^\s*(?:export\s+|-\s+)?[\"']?([\w.-]+)[\"']?\s*[:=]\s*[\"']?([^\s\"',;]+)[\"']?[,;]?\s*$")
_STAND_IN = re.compile(
    r"^$|^[<$%{\[*]|^(?:x+|\.+|-+|null|none|nil|true|false|yes|no|todo|tbd|redacted|placeholder|"
    r"(?:replace|insert|your)[ _-].*)$"
    r"|\$\(|\$\{|\{\{|^(?:vault|ref\+|env|file|arn|projects|azurekeyvault|op|sops)[:/]",
    re.IGNORECASE,
)
_PLACE = re.compile(r"^(?:\.{0,2}/|[a-z][a-z0-9+.-]*://)", re.IGNORECASE)
_MIXED = re.compile(r"^(?=.*[0-9])(?=.*[A-Za-z])[^\s]{12,}$")


def form_of(value: str) -> str:
    """What a text holds that has the form of a credential, be it in base64; nothing when it holds none."""
    return _form(value) or _form(_decoded(value.strip()))


def _decoded(value: str) -> str:
    if not _BASE64.fullmatch(value):
        return ""
    try:
        return base64.b64decode(value).decode()
    except ValueError:
        return ""


def _form(value: str) -> str:
    for found in _FORMS.finditer(value):
        kind = found.lastgroup or "url"
        if kind != "url" or not is_stand_in(found["password"]):
            return _SHOWN[kind]
    return ""


def is_secret_name(name: str) -> bool:
    """Whether what stands under this name is a credential itself: db_password is, password_file is not."""
    words = _words(name)
    return _is_plain(name) or _last(name) in _VAGUE or (not _TELLING.isdisjoint(words) and words[-1] not in _ABOUT)


def _is_plain(name: str) -> bool:
    words = _words(name)
    last = words[-1] if words else ""
    joined = {"".join(words[-count:]) for count in (1, 2, 3)}
    return last.endswith(("password", "passwd", "passphrase", "apikey")) or not joined.isdisjoint(_PLAIN)


def _last(name: str) -> str:
    words = _words(name)
    return words[-1] if words else ""


def _words(name: str) -> list[str]:
    words = [word.lower() for word in _WORDS.findall(name)]
    while len(words) > 1 and words[-1] in _NEUTRAL:
        words.pop()
    return words


def is_stand_in(value: str) -> bool:
    """Whether a text stands for a value that comes from elsewhere."""
    return bool(_STAND_IN.search(value.strip()))


def is_literal(value: object) -> bool:
    """Whether a value is written out: no placeholder, no path and no address."""
    given = str(value) if isinstance(value, int) and not isinstance(value, bool) else text(value)
    return not is_stand_in(given) and not _PLACE.match(given)


def in_lines(content: str) -> Iterator[str]:
    """The names in the lines of a file that a credential is written out under."""
    for line in content.splitlines():
        if len(line) > 400 or ("=" not in line and ":" not in line):
            continue
        found = _LINE.match(line)
        if found and is_literal(found[2]) and _counts(found[1], found[2]):
            yield found[1]


def _counts(name: str, value: str) -> bool:
    return _is_plain(name) or (_last(name) in _VAGUE and bool(_MIXED.match(value)))


def in_arguments(arguments: list[str]) -> Iterator[tuple[int, str]]:
    """Flags that a credential is given to, each with its number: --password=x, or --password and x."""
    for index, argument in enumerate(arguments):
        name, given, value = argument.partition("=")
        if not argument.startswith("-"):
            continue
        if not given and index + 1 < len(arguments) and not arguments[index + 1].startswith("-"):
            value = arguments[index + 1]
        if value and is_literal(value) and _counts(name, value):
            yield index, name.lstrip("-")
