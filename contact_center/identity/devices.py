"""Native phones and kiosks: invited by a code that is good once, known by a token of their own, refused once revoked."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from contact_center.audit import Act, AuditTrail
from contact_center.clock import Clock
from contact_center.database import Database
from contact_center.errors import NotFound, NotSignedIn
from contact_center.events import EventLog
from contact_center.events.catalogue import DeviceChanged
from contact_center.identity.model import Device
from contact_center.personal import Keyring

CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""What nobody mistakes for something else when it is read from one screen and typed at another."""

CODE_LENGTH = 12
CODE_GOOD_FOR = timedelta(hours=24)


def hashed(token: str) -> str:
    """What is kept of a token or code."""
    return hashlib.sha256(token.encode()).hexdigest()


class Devices:
    """The devices of one centre."""

    def __init__(self, database: Database, clock: Clock, log: EventLog, audit: AuditTrail, keyring: Keyring) -> None:
        self._database, self._clock, self._log, self._audit, self._keyring = database, clock, log, audit, keyring

    def invite(self, by: str, kind: str, name: str, place: str) -> str:
        """A code with which one device may enrol, once, within a day.

        :param kind: `phone` or `kiosk`.
        :param place: the seat whose phone it is, or the counter at which it stands.
        """
        self._audit.record(Act(by, "device.invite", f"device:{kind}:{name}", {"place": place}))
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        with self._database.session_scope() as session:
            session.add(
                Device(kind=kind, name=name, place=place, token=None, code=hashed(code), invited_at=self._clock.now())
            )  # fmt: skip
        return code

    def enrol(self, code: str) -> str:
        """Exchange a code for the device's token, which is stored nowhere but there.

        Of each counter one kiosk is enrolled: a new one takes the place of the former.

        :raises NotSignedIn: where the code is unknown, used, or too old.
        """
        token = secrets.token_urlsafe(32)
        with self._database.session_scope() as session:
            given = hashed(code.strip().upper().replace("-", ""))
            device = session.scalar(select(Device).where(Device.code == given))
            if device is None or device.revoked_at or device.invited_at + CODE_GOOD_FOR < self._clock.now():
                raise NotSignedIn("このコードは使えません。管理者に新しいコードを出してもらってください。")
            self._audit.record(Act(f"device:{device.place}", "device.enrol", f"device:{device.id}", {}))
            if device.kind == "kiosk":
                for former in session.scalars(_enrolled().where(Device.kind == "kiosk", Device.place == device.place)):
                    self._revoke(session, former, f"device:{device.place}")
            device.code, device.token, device.enrolled_at = None, hashed(token), self._clock.now()
            self._log.append(session, DeviceChanged(actor=f"device:{device.place}", device=device.id, place=device.place))
        return token

    def who(self, token: str | None) -> Device:
        """The device behind a token.

        :raises NotSignedIn: where it is unknown or revoked.
        """
        with self._database.reading() as session:
            found = session.scalar(select(Device).where(Device.token == hashed(token or "")))
        if found is None or found.revoked_at is not None:
            raise NotSignedIn("この機器は登録されていません。")
        return found

    def all(self) -> list[Device]:
        """Every device that is not revoked, and whoever is invited by a code that is still good."""
        invited = Device.invited_at > self._clock.now() - CODE_GOOD_FOR
        wanted = select(Device).where(Device.revoked_at.is_(None), Device.token.is_not(None) | invited)
        with self._database.reading() as session:
            return list(session.scalars(wanted.order_by(Device.id)))

    def kiosk_of(self, session: Session, counter: str) -> Device | None:
        """The kiosk that stands at a counter."""
        return session.scalar(_enrolled().where(Device.kind == "kiosk", Device.place == counter))

    def revoke(self, by: str, id: int) -> None:
        """Refuse a device from now on."""
        self._audit.record(Act(by, "device.revoke", f"device:{id}", {}))
        with self._database.session_scope() as session:
            device = session.get(Device, id)
            if device is None:
                raise NotFound("その機器はありません。")
            self._revoke(session, device, by)

    def _revoke(self, session: Session, device: Device, by: str) -> None:
        device.revoked_at = self._clock.now()
        self._log.append(session, DeviceChanged(actor=by, device=device.id, place=device.place))

    def sip_password(self, device: Device) -> str:
        """With what a kiosk dials; it changes with the device."""
        return self._keyring.secret(f"device-{device.id}")[:32]


def _enrolled() -> Select[Device]:
    return select(Device).where(Device.token.is_not(None), Device.revoked_at.is_(None))
