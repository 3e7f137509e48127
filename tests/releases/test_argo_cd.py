"""Argo CD's API over TLS, as its server does it: a certificate that it made for itself."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from platformctl.errors import TOOL_FAILURE, USAGE, PlatformError
from platformctl.releases.argo_cd import Application, ArgoCD
from tests.releases import stories
from tests.releases.servers import ArgoServer, serving

TOKEN = "right"
FRONTEND = Application("frontend-staging", "frontend", "staging", "staging", "staging")


@dataclass(frozen=True)
class Running:
    """A server, and the address and certificate to reach it."""

    server: ArgoServer
    url: str
    authority: str

    def client(self, token: str = TOKEN) -> ArgoCD:
        return ArgoCD(self.url, token, self.authority)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Certificate and key as Argo CD makes them: signed by themselves, no authority, the names of its Service."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Argo CD")])
    begin = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.DNSName("argocd-server")]), False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "tls.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "tls.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
    )
    return folder / "tls.crt", folder / "tls.key"


@pytest.fixture
def argo(certificate: tuple[Path, Path]) -> Iterator[Running]:
    """A server whose frontend waits for a person."""
    server = ArgoServer(stories.waiting()[0], TOKEN)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)

    def secure(http: ThreadingHTTPServer) -> None:
        http.socket = context.wrap_socket(http.socket, server_side=True)

    with serving(server.reply, secure) as port:
        yield Running(server, f"https://localhost:{port}", certificate[0].read_text())


def test_applications_of_a_service_are_found_by_their_label(argo: Running) -> None:
    """With cluster, environment and namespace; none for another service."""
    assert argo.client().applications("frontend") == [FRONTEND]
    assert argo.client().applications("basket") == []


def test_the_live_rollout_and_its_actions_are_read(argo: Running) -> None:
    """What is disabled does not make sense now."""
    argo.server.disabled = {"retry"}

    assert argo.client().rollout(FRONTEND) == argo.server.rollout
    assert argo.client().actions(FRONTEND) == {
        "restart": True, "resume": True, "abort": True, "retry": False, "pause": True, "promote-full": True,
        "skip-current-step": True,
    }  # fmt: skip


def test_an_action_is_run_on_the_rollout_of_the_application(argo: Running) -> None:
    """By the second form of the call, whose body names everything."""
    argo.client().run(FRONTEND, "resume")

    assert argo.server.ran == [
        {
            "path": "/api/v1/applications/frontend-staging/resource/actions/v2", "name": "frontend-staging",
            "namespace": "staging", "resourceName": "frontend", "version": "v1alpha1", "group": "argoproj.io",
            "kind": "Rollout", "action": "resume",
        }
    ]  # fmt: skip


def test_a_wrong_token_is_refused_in_words_that_help(argo: Running) -> None:
    """It is for the person to mend, so the exit code is that of wrong use."""
    with pytest.raises(PlatformError, match="Argo CD does not allow GET applications") as refused:
        argo.client("wrong").applications("frontend")

    assert refused.value.exit_code == USAGE
    assert refused.value.why == "401: invalid session"
    assert "role `release`" in refused.value.fix
    assert "wrong" not in str(refused.value)


def test_a_server_with_another_certificate_is_not_spoken_to(argo: Running) -> None:
    """The token would be given to whoever sits on that port."""
    with pytest.raises(PlatformError, match="does not answer") as refused:
        ArgoCD(argo.url, TOKEN).applications("frontend")

    assert "CERTIFICATE_VERIFY_FAILED" in refused.value.why
    assert argo.server.ran == []


def test_a_server_that_is_away_is_a_tool_that_failed() -> None:
    """And says where it was looked for."""
    with pytest.raises(PlatformError, match="Argo CD at https://localhost:1 does not answer") as away:
        ArgoCD("https://localhost:1", TOKEN).applications("frontend")

    assert away.value.exit_code == TOOL_FAILURE
