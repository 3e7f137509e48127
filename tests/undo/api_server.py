"""A stand-in for an API server: real HTTPS, a token, and the answers of a cluster that a test describes."""

from __future__ import annotations

import datetime
import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from platformctl.undo.kubernetes import ApiServer

ARGO = "/apis/argoproj.io/v1alpha1"
TOKEN = "a-token-of-tests"

Object = dict[str, Any]


@dataclass
class Cluster:
    """What the API server has; a test changes it as the story goes on."""

    rollouts: list[Object] = field(default_factory=list)
    replica_sets: list[Object] = field(default_factory=list)
    runs: list[Object] = field(default_factory=list)
    applications: list[Object] = field(default_factory=list)
    pods: list[Object] = field(default_factory=list)
    events: list[Object] = field(default_factory=list)
    broken: bool = False  # answers 500 to everything
    asked: list[str] = field(default_factory=list)

    def answer(self, target: str) -> Object | None:
        """The object or list at a path; None where there is nothing."""
        parts = urlsplit(target)
        selector = parse_qs(parts.query).get("labelSelector", [""])[0]
        words = parts.path.strip("/").split("/")
        lists = {
            "rollouts": self.rollouts,
            "replicasets": self.replica_sets,
            "analysisruns": self.runs,
            "applications": self.applications,
            "pods": self.pods,
            "events": self.events,
        }
        rest = words[3 if words[0] == "apis" else 2 :]
        namespace = rest[1] if rest[0] == "namespaces" else ""
        kind, *name = rest[2:] if namespace else rest
        found = [each for each in lists[kind] if namespace in ("", each["metadata"]["namespace"])]
        if name:
            return next((each for each in found if each["metadata"]["name"] == name[0]), None)
        return {"kind": "List", "items": [each for each in found if _selected(each, selector)]}


def _selected(content: Object, selector: str) -> bool:
    if not selector:
        return True
    key, _, values = selector.replace(" in (", "=").rstrip(")").partition("=")
    return content["metadata"].get("labels", {}).get(key) in values.split(",")


@contextmanager
def serving(cluster: Cluster, folder: Path) -> Iterator[ApiServer]:
    """Serve it; gives the adapter with the credential of a pod."""
    certificate = _certificate(folder)
    (folder / "token").write_text(TOKEN)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            cluster.asked.append(self.path)
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                self._answer(401, {"message": "Unauthorized"})
            elif cluster.broken:
                self._answer(500, {"message": "etcdserver: request timed out"})
            else:
                found = cluster.answer(self.path)
                self._answer(200 if found is not None else 404, found or {"message": "not found"})

        def _answer(self, status: int, content: Object) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield ApiServer(f"https://127.0.0.1:{server.server_address[1]}", folder)
        finally:
            server.shutdown()
            thread.join()


def _certificate(folder: Path) -> Path:
    """Key and certificate in one file; the certificate is also `ca.crt`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "api server of tests")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    written = certificate.public_bytes(serialization.Encoding.PEM)
    (folder / "ca.crt").write_bytes(written)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(private + written)
    return folder / "server.pem"
