"""Second factors (NB-17c): one-time codes of an app (RFC 6238), passkeys and USB keys (WebAuthn), certificates.

None needs a telephone: these are banned in some operators' rooms, and a USB key or a certificate of the PC does as well.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyotp
import webauthn
from sqlalchemy import Select, select
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from contact_center.audit import Act, AuditTrail
from contact_center.clock import Clock, day_of
from contact_center.database import Database
from contact_center.errors import BadInput, Conflict, NotAllowed, NotFound
from contact_center.identity.devices import CODE_LETTERS, hashed
from contact_center.identity.model import Factor, Person, SessionRow
from contact_center.personal import Keyring

TOTP, PASSKEY, CERTIFICATE, RECOVERY = ("totp", "passkey", "certificate", "recovery")

STEP = 30
"""Seconds for which a one-time code is good (RFC 6238); the ones before and after are taken too, as clocks differ."""

RECOVERY_CODES, RECOVERY_LENGTH = 8, 12
"""How many recovery codes are given at once, and of how many letters."""

NAME = "窓口"
"""Of the centre in an authenticator's list."""

_PURPOSE = "factors"


@dataclass(frozen=True)
class Site:
    """Where the browser is, as passkeys are bound to it.

    :param host: such as `centre.example.lg.jp`.
    :param origin: such as `https://centre.example.lg.jp:8443`.
    """

    host: str
    origin: str


class Factors:
    """The second factors of everybody."""

    def __init__(self, database: Database, clock: Clock, audit: AuditTrail, keyring: Keyring) -> None:
        self._database, self._clock, self._audit, self._keyring = database, clock, audit, keyring

    def of(self, person: int) -> list[Factor]:
        """Somebody's factors, the oldest first; recovery codes that were used are none any more."""
        with self._database.reading() as session:
            return list(session.scalars(_held(person).order_by(Factor.id)))

    # -- giving ----------------------------------------------------------------------------------------------------------

    def new_totp(self, account: str) -> tuple[str, str]:
        """A secret for an authenticator's app, and the address that its QR code holds; nothing is kept yet."""
        secret = pyotp.random_base32()
        return secret, pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=NAME)

    def add_totp(self, person: int, label: str, secret: str, code: str) -> None:
        """Keep an app's secret once it has shown that it holds it.

        :raises BadInput: where the code is not the secret's.
        """
        step = self._step(secret, code)
        if step is None:
            raise BadInput("番号が合いません。アプリに出ている6けたを入れてください。")
        sealed_with, sealed = self._keyring.seal(secret.encode(), _PURPOSE, day_of(self._clock.now()), _bound(person))
        self._add(
            Factor(person_id=person, kind=TOTP, label=label, handle=hashed(secret), key_id=sealed_with, sealed=sealed, count=step)
        )

    def passkey_options(self, person: Person, site: Site, session_id: int) -> str:
        """What a browser needs to make a passkey for somebody, as JSON."""
        options = webauthn.generate_registration_options(
            rp_id=site.host, rp_name=NAME, user_name=person.account, user_id=str(person.id).encode(),
            user_display_name=person.name, exclude_credentials=self._passkeys(person.id),
        )  # fmt: skip
        self._challenge(session_id, options.challenge)
        return webauthn.options_to_json(options)

    def add_passkey(self, person: int, label: str, site: Site, session_id: int, credential: Mapping[str, Any]) -> None:
        """Keep the public key of a passkey or USB key.

        :raises BadInput: where what the browser sends is not what was asked for.
        """
        try:
            made = webauthn.verify_registration_response(
                credential=dict(credential), expected_challenge=self._taken(session_id), expected_rp_id=site.host,
                expected_origin=site.origin,
            )  # fmt: skip
        except (WebAuthnException, ValueError, KeyError) as error:
            raise BadInput("セキュリティキーを登録できませんでした。もう一度お試しください。") from error
        self._add(
            Factor(
                person_id=person, kind=PASSKEY, label=label, handle=bytes_to_base64url(made.credential_id), key_id="",
                sealed=made.credential_public_key, count=made.sign_count,
            )
        )  # fmt: skip

    def add_certificate(self, person: int, label: str, fingerprint: str) -> None:
        """Take a PC's client certificate, which the front door has checked, for somebody's second factor.

        :param fingerprint: SHA-256 of the certificate, in hexadecimal.
        """
        self._add(Factor(person_id=person, kind=CERTIFICATE, label=label, handle=fingerprint, key_id="", sealed=b"", count=0))

    def new_recovery_codes(self, person: int) -> list[str]:
        """Codes for the day on which everything else is lost, each good once; the former ones are no longer good."""
        self._audit.record(Act(f"person:{person}", "factor.add", f"person:{person}", {"kind": RECOVERY}))
        codes = ["".join(secrets.choice(CODE_LETTERS) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
        now = self._clock.now()
        with self._database.session_scope() as session:
            for former in session.scalars(_held(person).where(Factor.kind == RECOVERY)):
                former.removed_at = now
            for code in codes:
                handle = hashed(f"{person}:{code}")
                session.add(
                    Factor(person_id=person, kind=RECOVERY, label="", handle=handle, key_id="", sealed=b"", count=0, made_at=now)
                )
        return codes

    def remove(self, by: str, person: int, id: int) -> None:
        """Take a factor away.

        :raises NotFound: where it is not theirs.
        """
        self._audit.record(Act(by, "factor.remove", f"person:{person}", {"factor": id}))
        with self._database.session_scope() as session:
            found = session.scalar(_held(person).where(Factor.id == id))
            if found is None:
                raise NotFound("その確認方法はありません。")
            found.removed_at, found.sealed = self._clock.now(), b""

    def remove_all(self, by: str, person: int) -> None:
        """Somebody has lost everything: they enrol anew at their next sign-in."""
        self._audit.record(Act(by, "factor.remove_all", f"person:{person}", {}))
        with self._database.session_scope() as session:
            for one in session.scalars(_held(person)):
                one.removed_at, one.sealed = self._clock.now(), b""

    # -- proving ---------------------------------------------------------------------------------------------------------

    def prove_code(self, person: int, code: str) -> str:
        """Take a one-time code of an app, or a recovery code; which of them it was.

        :raises NotAllowed: where it is neither, or was taken before.
        """
        given = code.strip().upper().replace("-", "").replace(" ", "")
        with self._database.session_scope() as session:
            for one in session.scalars(_held(person).where(Factor.kind == TOTP).with_for_update()):
                secret = self._keyring.open(one.key_id, one.sealed, _bound(person)).decode()
                step = self._step(secret, given)
                # Each code is good once (RFC 6238, 5.2), also for whoever has looked over a shoulder.
                if step is not None and step > one.count:
                    one.count, one.used_at = step, self._clock.now()
                    return TOTP
            handle = hashed(f"{person}:{given}")
            recovery = session.scalar(_held(person).where(Factor.kind == RECOVERY, Factor.handle == handle).with_for_update())
            if recovery is not None:
                recovery.removed_at = recovery.used_at = self._clock.now()
                return RECOVERY
        raise _refused()

    def ask_passkey(self, person: int, site: Site, session_id: int) -> str:
        """What a browser needs to prove one of somebody's passkeys, as JSON."""
        options = webauthn.generate_authentication_options(rp_id=site.host, allow_credentials=self._passkeys(person))
        self._challenge(session_id, options.challenge)
        return webauthn.options_to_json(options)

    def prove_passkey(self, person: int, site: Site, session_id: int, credential: Mapping[str, Any]) -> str:
        """Take a passkey's signature.

        :raises NotAllowed: where it is not theirs, not for this question, or of a key that was copied.
        """
        challenge = self._taken(session_id)
        with self._database.session_scope() as session:
            found = session.scalar(
                _held(person).where(Factor.kind == PASSKEY, Factor.handle == str(credential.get("id", ""))).with_for_update()
            )
            if found is None:
                raise _refused()
            try:
                proven = webauthn.verify_authentication_response(
                    credential=dict(credential), expected_challenge=challenge, expected_rp_id=site.host,
                    expected_origin=site.origin, credential_public_key=found.sealed, credential_current_sign_count=found.count,
                )  # fmt: skip
            except (WebAuthnException, ValueError, KeyError):
                proven = None
            if proven is not None:
                found.count, found.used_at = proven.new_sign_count, self._clock.now()
        if proven is None:
            raise _refused()
        return PASSKEY

    def prove_certificate(self, person: int, fingerprint: str) -> str:
        """Take the certificate that the browser's PC has shown at the front door.

        :raises NotAllowed: where it is not theirs.
        """
        with self._database.session_scope() as session:
            found = session.scalar(_held(person).where(Factor.kind == CERTIFICATE, Factor.handle == fingerprint))
            if not fingerprint or found is None:
                raise _refused()
            found.used_at = self._clock.now()
        return CERTIFICATE

    # -- below -----------------------------------------------------------------------------------------------------------

    def _add(self, factor: Factor) -> None:
        self._audit.record(Act(f"person:{factor.person_id}", "factor.add", f"person:{factor.person_id}", {"kind": factor.kind}))
        factor.label = factor.label.strip()[:60] or factor.kind
        factor.made_at = self._clock.now()
        with self._database.session_scope() as session:
            if session.scalar(select(Factor.id).where(Factor.handle == factor.handle, Factor.removed_at.is_(None))):
                raise Conflict("その確認方法は、もう登録されています。")
            session.add(factor)

    def _step(self, secret: str, code: str) -> int | None:
        """The step of time that a code belongs to; None: it is not the secret's."""
        if not (code.isdigit() and len(code) == 6):
            return None
        now = int(self._clock.now().timestamp()) // STEP
        totp = pyotp.TOTP(secret)
        return next((step for step in (now, now - 1, now + 1) if secrets.compare_digest(totp.at(step * STEP), code)), None)

    def _passkeys(self, person: int) -> list[PublicKeyCredentialDescriptor]:
        held = (one.handle for one in self.of(person) if one.kind == PASSKEY)
        return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(handle)) for handle in held]

    def _challenge(self, session_id: int, challenge: bytes) -> None:
        with self._database.session_scope() as session:
            session.get_one(SessionRow, session_id).challenge = bytes_to_base64url(challenge)

    def _taken(self, session_id: int) -> bytes:
        """The question that was put; it is answered once.

        :raises NotAllowed: where none was put.
        """
        with self._database.session_scope() as session:
            row = session.get_one(SessionRow, session_id)
            challenge, row.challenge = row.challenge, ""
        if not challenge:
            raise _refused()
        return base64url_to_bytes(challenge)


def _held(person: int) -> Select[Factor]:
    return select(Factor).where(Factor.person_id == person, Factor.removed_at.is_(None))


def _bound(person: int) -> bytes:
    return f"factor:{person}".encode()


def _refused() -> NotAllowed:
    return NotAllowed("確認できませんでした。もう一度お試しください。")
