"""Keeping, showing, finding and erasing personal values."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from contact_center.clock import Clock, day_of
from contact_center.personal.keyring import Keyring
from contact_center.personal.model import PersonalValue
from contact_center.personal.value import Personal


@dataclass(frozen=True)
class Owner:
    """The thing a personal value belongs to, such as contact 4711."""

    kind: str
    id: str


class Vault:
    """The door to `personal_values`.

    :param days: for each (kind of owner, field) that may be kept, after how many days it is erased. What is not
        declared there cannot be kept.
    """

    def __init__(self, keyring: Keyring, clock: Clock, days: Mapping[tuple[str, str], int]) -> None:
        self._keyring = keyring
        self._clock = clock
        self._days = dict(days)

    def put(self, session: Session, owner: Owner, field: str, value: Personal, findable: bool = False) -> None:
        """Keep a value, replacing the one before.

        :param findable: also keep its keyed index, so that `owners_of` finds it.
        :raises ValueError: where no purpose and time limit is declared for it.
        """
        if (owner.kind, field) not in self._days:
            raise ValueError(f"no personal data {owner.kind}.{field} is declared by any feature")
        now = self._clock.now()
        days = self._days[owner.kind, field]
        row = session.get(PersonalValue, (owner.kind, owner.id, field))
        if row is None:
            row = PersonalValue(owner_kind=owner.kind, owner_id=owner.id, field=field)
            row.erase_at = now + timedelta(days=days)
            session.add(row)
        text = value.reveal()
        row.key_id, row.sealed = self._keyring.seal(text.encode(), owner.kind, day_of(now), _bound(owner, field))
        row.fingerprint = self._keyring.index(f"{field}:{text}") if findable else None

    def get(self, session: Session, owner: Owner, field: str) -> Personal | None:
        """The value, or None. The caller has checked the right and audited the look."""
        row = session.get(PersonalValue, (owner.kind, owner.id, field))
        if row is None:
            return None
        return Personal(self._keyring.open(row.key_id, row.sealed, _bound(owner, field)).decode())

    def fingerprint(self, field: str, value: Personal) -> str:
        """The keyed index of a value, for audit records and look-ups that must not hold it."""
        return self._keyring.index(f"{field}:{value.reveal()}")

    def owners_of(self, session: Session, kind: str, field: str, value: Personal, limit: int = 50) -> list[str]:
        """Ids of the owners that hold this same value, newest first."""
        found = session.scalars(
            select(PersonalValue.owner_id)
            .where(PersonalValue.field == field, PersonalValue.fingerprint == self.fingerprint(field, value))
            .where(PersonalValue.owner_kind == kind)
            .order_by(PersonalValue.erase_at.desc())
            .limit(limit)
        )
        return list(found)

    def keeping(self, kind: str, field: str) -> Select[str]:
        """A sub-select of the ids of those of whom that field is still kept."""
        return select(PersonalValue.owner_id).where(PersonalValue.owner_kind == kind, PersonalValue.field == field)

    def erase(self, session: Session, owner: Owner, fields: Collection[str] | None = None) -> int:
        """Erase what is kept of an owner; the number of values.

        :param fields: only these; without it all.
        """
        wanted = delete(PersonalValue).where(PersonalValue.owner_kind == owner.kind, PersonalValue.owner_id == owner.id)
        done = session.execute(wanted if fields is None else wanted.where(PersonalValue.field.in_(fields)))
        return int(getattr(done, "rowcount", 0))

    def rows_of(self, session: Session, owners: Collection[Owner]) -> list[PersonalValue]:
        """What is kept of these, sealed as it is."""
        found: list[PersonalValue] = []
        for owner in owners:
            wanted = select(PersonalValue).where(PersonalValue.owner_kind == owner.kind, PersonalValue.owner_id == owner.id)
            found += session.scalars(wanted)
        return found

    def reseal(self, session: Session, key_id: str) -> int:
        """Seal what a key still seals with a fresh one; once that is committed, `destroy` may follow.

        Not for a key of today, with which other processes may be sealing just now.

        :returns: how many values were sealed anew.
        """
        rows = list(session.scalars(select(PersonalValue).where(PersonalValue.key_id == key_id)))
        fresh = f"{key_id}-{secrets.token_hex(3)}"
        for row in rows:
            bound = _bound(Owner(row.owner_kind, row.owner_id), row.field)
            row.sealed = self._keyring.seal_as(fresh, self._keyring.open(key_id, row.sealed, bound), bound)
            row.key_id = fresh
        return len(rows)

    def destroy(self, key_id: str) -> None:
        """Destroy a key that seals nothing more: what was erased of it can be opened in no copy any more."""
        self._keyring.destroy(key_id)

    def erase_due(self, session: Session, limit: int = 500) -> int:
        """Erase what has outlived its time, at most `limit` rows, and destroy each key that then seals nothing more."""
        now = self._clock.now()
        due = session.scalars(select(PersonalValue).where(PersonalValue.erase_at <= now).limit(limit)).all()
        keys = {row.key_id for row in due}
        for row in due:
            session.delete(row)
        session.flush()
        today = day_of(now).isoformat()
        for key_id in keys:
            in_use = session.scalar(select(func.count()).where(PersonalValue.key_id == key_id))
            if not in_use and not key_id.endswith(today):
                self._keyring.destroy(key_id)
        return len(due)


def _bound(owner: Owner, field: str) -> bytes:
    return f"{owner.kind}\x1f{owner.id}\x1f{field}".encode()
