"""The centre's own certificates: an authority of its own and a server certificate, made where none were put.

A city that has certificates of its own puts `server.pem` and `server.key` into `<home>/tls` instead.
"""

from __future__ import annotations

import ipaddress
import os
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from contact_center.house import House
from contact_center.settings import WEB_HOST, WEB_NAMES
from telephony.settings import SIP_HOST

YEARS = 3650
SERVER_DAYS = 397


def make_certificates(house: House) -> None:
    """Make what is missing, and renew a server certificate of ours that is about to end or names something else."""
    folder = house.settings.home / "tls"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = [n.strip() for n in house.settings[WEB_NAMES].split(",") if n.strip()]
    names += [a for a in (house.settings[WEB_HOST], house.settings[SIP_HOST]) if a not in (*names, "0.0.0.0")]  # noqa: S104
    authority, server = folder / "authority.pem", folder / "server.pem"
    if server.exists() and not _is_ours(server, authority):
        # The city has put a certificate of its own here.
        return
    now = house.clock.now()
    if not authority.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Madoguchi centre authority")])
        builder = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=YEARS))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        )  # fmt: skip
        _keep(folder / "authority.key", _private(key))
        _keep(authority, builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    if server.exists() and not _is_due(server, names, house):
        return
    loaded = serialization.load_pem_private_key((folder / "authority.key").read_bytes(), None)
    assert isinstance(loaded, ec.EllipticCurvePrivateKey)
    issuer = x509.load_pem_x509_certificate(authority.read_bytes())
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder().subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])]))
        .issuer_name(issuer.subject).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=SERVER_DAYS))
        .add_extension(x509.SubjectAlternativeName([_name(n) for n in names]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )  # fmt: skip
    _keep(folder / "server.key", _private(key))
    _keep(server, builder.sign(loaded, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


def _is_ours(server: Path, authority: Path) -> bool:
    if not authority.exists():
        return False
    issuer = x509.load_pem_x509_certificate(authority.read_bytes())
    try:
        x509.load_pem_x509_certificate(server.read_bytes()).verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _is_due(path: Path, names: list[str], house: House) -> bool:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    ends_soon = certificate.not_valid_after_utc - house.clock.now() < timedelta(days=30)
    return ends_soon or set(named) != {_name(n) for n in names}


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _keep(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
