"""The certificate authority of a cluster."""

from __future__ import annotations

import datetime
from pathlib import Path

from cryptography import x509

from platformctl.cluster import pki
from platformctl.cluster.config import Cluster

CLUSTER = Cluster("test", 7)
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def load(folder: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes())


def test_issues_everything_once(tmp_path: Path) -> None:
    """The second call finds nothing to do."""
    first = pki.ensure(CLUSTER, tmp_path, NOW)

    assert "ca" in first
    assert {item.file for item in pki.certificates(CLUSTER)} < set(first)
    assert pki.ensure(CLUSTER, tmp_path, NOW) == []


def test_certificates_are_signed_by_the_authority(tmp_path: Path) -> None:
    """Every certificate verifies against ca.crt, and serves its names."""
    pki.ensure(CLUSTER, tmp_path, NOW)
    authority = load(tmp_path, "ca")

    for wanted in pki.certificates(CLUSTER):
        load(tmp_path, wanted.file).verify_directly_issued_by(authority)
    served = load(tmp_path, "kube-apiserver").extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "10.87.7.2" in [str(address) for address in served.get_values_for_type(x509.IPAddress)]


def test_renews_before_the_end(tmp_path: Path) -> None:
    """Sixty days before its end a certificate is issued again; the authority lives longer."""
    pki.ensure(CLUSTER, tmp_path, NOW)
    before = load(tmp_path, "kubelet").serial_number
    later = NOW + datetime.timedelta(days=320)

    issued = pki.ensure(CLUSTER, tmp_path, later)

    assert "kubelet" in issued
    assert "ca" not in issued
    assert load(tmp_path, "kubelet").serial_number != before


def test_replaces_what_is_damaged(tmp_path: Path) -> None:
    """A certificate that cannot be read is issued again, the others stay."""
    pki.ensure(CLUSTER, tmp_path, NOW)
    (tmp_path / "etcd.crt").write_text("rubbish")

    assert pki.ensure(CLUSTER, tmp_path, NOW) == ["etcd"]


def test_another_address_needs_another_certificate(tmp_path: Path) -> None:
    """A cluster whose node address moved gets new serving certificates, and only those."""
    pki.ensure(CLUSTER, tmp_path, NOW)

    assert set(pki.ensure(Cluster("test", 8), tmp_path, NOW)) == {"kube-apiserver", "kubelet"}


def test_keys_are_private(tmp_path: Path) -> None:
    """No key can be read by others."""
    pki.ensure(CLUSTER, tmp_path, NOW)

    assert {path.stat().st_mode & 0o077 for path in tmp_path.glob("*.key")} == {0}
