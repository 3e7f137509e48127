"""The cluster's certificate authority: one certificate per component, renewed well before its end."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from platformctl.cluster.config import API_SERVICE, Cluster

CA_LIFETIME = datetime.timedelta(days=3650)
LIFETIME = datetime.timedelta(days=365)
RENEW_BEFORE = datetime.timedelta(days=60)


@dataclass(frozen=True)
class Certificate:
    """A certificate to issue: subject, groups (organisations), and the names and addresses it serves."""

    file: str
    common_name: str
    groups: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


def certificates(cluster: Cluster) -> tuple[Certificate, ...]:
    """Every certificate of a cluster."""
    api_names = (
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
    )
    return (
        Certificate("admin", "techcommerce-admin", ("system:masters",)),
        Certificate("kube-apiserver", "kube-apiserver", (), api_names,
                    (API_SERVICE, cluster.node_address, "127.0.0.1")),
        Certificate("kubelet-client", "kube-apiserver-kubelet-client", ("techcommerce:kubelet-clients",)),
        Certificate("etcd", "etcd", (), ("localhost",), ("127.0.0.1",)),
        Certificate("etcd-client", "kube-apiserver-etcd-client"),
        Certificate("front-proxy-client", "front-proxy-client"),
        Certificate("loopback", "loopback", (), ("localhost",), ("127.0.0.1",)),
        Certificate("kube-controller-manager", "system:kube-controller-manager"),
        Certificate("kube-scheduler", "system:kube-scheduler"),
        Certificate("kube-proxy", "system:kube-proxy"),
        Certificate("kube-router", "techcommerce:kube-router"),
        Certificate("coredns", "techcommerce:coredns"),
        Certificate("kubelet", "system:node:node", ("system:nodes",), ("node",), (cluster.node_address, "127.0.0.1")),
    )  # fmt: skip


def ensure(cluster: Cluster, folder: Path, now: datetime.datetime | None = None) -> list[str]:
    """Issue what is missing, unreadable, about to end or for other names; return the names of what was issued."""
    now = now or datetime.datetime.now(datetime.UTC)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    issued = []
    authority = _load(folder, "ca")
    if authority is None or authority.not_valid_after_utc - now < RENEW_BEFORE:
        _issue_authority(folder, now)
        issued.append("ca")
    if not (folder / "service-account.key").exists():
        _issue_service_account_key(folder)
        issued.append("service-account")
    for wanted in certificates(cluster):
        if "ca" in issued or _is_due(folder, wanted, now):
            _issue(folder, wanted, now)
            issued.append(wanted.file)
    return issued


def due(cluster: Cluster, folder: Path, now: datetime.datetime | None = None) -> list[str]:
    """Names of the certificates that `ensure` would issue again."""
    now = now or datetime.datetime.now(datetime.UTC)
    return [wanted.file for wanted in certificates(cluster) if _is_due(folder, wanted, now)]


def _is_due(folder: Path, wanted: Certificate, now: datetime.datetime) -> bool:
    found = _load(folder, wanted.file)
    if found is None or found.not_valid_after_utc - now < RENEW_BEFORE:
        return True
    return found.subject != _subject(wanted) or _served(found) != {*wanted.names, *wanted.addresses}


def _load(folder: Path, name: str) -> x509.Certificate | None:
    try:
        serialization.load_pem_private_key((folder / f"{name}.key").read_bytes(), None)
        return x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes())
    except (OSError, ValueError):
        return None


def _served(certificate: x509.Certificate) -> set[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return {str(name.value) for name in names}


def _subject(wanted: Certificate) -> x509.Name:
    groups = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in wanted.groups]
    return x509.Name([*groups, x509.NameAttribute(NameOID.COMMON_NAME, wanted.common_name)])


def _issue_authority(folder: Path, now: datetime.datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "techcommerce-ca")])
    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        _builder(name, name, key.public_key(), now, CA_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    _write(folder, "ca", key, certificate)


def _issue(folder: Path, wanted: Certificate, now: datetime.datetime) -> None:
    authority = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
    authority_key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
    assert isinstance(authority_key, ec.EllipticCurvePrivateKey)  # noqa: S101 - we made it ourselves, above
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        _builder(_subject(wanted), authority.subject, key.public_key(), now, LIFETIME)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]),
            critical=False,
        )
    )
    served: list[x509.GeneralName] = [x509.DNSName(name) for name in wanted.names]
    served += [x509.IPAddress(ipaddress.ip_address(address)) for address in wanted.addresses]
    if served:
        builder = builder.add_extension(x509.SubjectAlternativeName(served), critical=False)
    _write(folder, wanted.file, key, builder.sign(authority_key, hashes.SHA256()))


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime.datetime,
    lifetime: datetime.timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))  # clocks of two machines differ a little
        .not_valid_after(now + lifetime)
    )


def _issue_service_account_key(folder: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    _private(folder / "service-account.key", key)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (folder / "service-account.pub").write_bytes(public)


def _write(folder: Path, name: str, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
    _private(folder / f"{name}.key", key)
    (folder / f"{name}.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _private(path: Path, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
