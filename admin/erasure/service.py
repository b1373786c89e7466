"""Erasing for good what is kept of one contact, or of a whole city.

The values go at once. Their keys seal other people's values of the same day too: those are sealed anew with a fresh key, and the
old key is destroyed, so that what was erased cannot be opened in any copy or backup either (NIST SP 800-88: Purge by
cryptographic erase). A key of today is still in use; it is destroyed on the next day. From backups made before, the other values
of that day cannot be brought back either: a fresh backup is made right after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.backup.backups import Backups
from admin.model import Erasure
from contact_center.audit import Act
from contact_center.clock import day_of
from contact_center.contacts.model import Contact, Escalation
from contact_center.errors import BadInput, NotFound
from contact_center.features import resolve
from contact_center.house import House
from contact_center.identity import Actor
from contact_center.personal import Owner

LONGEST = 200


class Erasures:
    """The erasures of one centre."""

    def __init__(self, house: House) -> None:
        self._house = house

    def all(self, session: Session) -> list[Erasure]:
        """Every one, the newest first."""
        return list(session.scalars(select(Erasure).order_by(Erasure.id.desc())))

    def get(self, session: Session, id: int) -> Erasure:
        """One of them.

        :raises NotFound: where there is none.
        """
        row = session.get(Erasure, id)
        if row is None:
            raise NotFound("その消去の記録はありません。")
        return row

    def erase(
        self, actor: Actor | str, reason: str, witness: str, contact: int | None = None, city: str | None = None
    ) -> int:  # fmt: skip
        """Erase what is kept of a contact, or of all contacts of a city; id of its record.

        :param actor: who has ordered it; `operator`: at the machine's shell.
        :param witness: who was there when it was done.
        :raises BadInput: where reason or witness is missing, or not exactly one of contact and city is named.
        :raises NotFound: where there is no such contact, or city.
        """
        reason, witness = reason.strip(), witness.strip()
        if not reason or not witness or len(reason) > LONGEST or len(witness) > 80:
            raise BadInput("理由（200文字まで）と、立ち会った人の名前（80文字まで）を書いてください。")
        if (contact is None) == (city is None):
            raise BadInput("応対の番号か市の、どちらか一つを選んでください。")
        house, word = self._house, actor if isinstance(actor, str) else actor.word
        with house.database.session_scope() as session:
            of = self._city_of(session, contact, city)
            if not isinstance(actor, str):
                actor.require("admin.erase", of)
            owners = list(self._owners(session, contact, city))
            rows = house.vault.rows_of(session, owners)
            counts = Counter(f"{row.owner_kind}.{row.field}" for row in rows)
            subject = f"contact:{contact}" if contact is not None else f"city:{city}"
            house.audit.record(Act(word, "personal.erase", subject, {"values": len(rows), **counts}))
            made = Erasure(
                at=house.clock.now(), actor=word, witness=witness, reason=reason, city=of, contact=contact, counts=dict(counts),
                keys=dict.fromkeys(sorted({row.key_id for row in rows}), ""),
            )  # fmt: skip
            session.add(made)
            for row in rows:
                session.delete(row)
            session.flush()
            house.callbacks.forget_erased(session)
            id = made.id
        self.destroy_keys()
        return id

    def destroy_keys(self) -> None:
        """Destroy the keys of what was erased, those of today excepted, and make a backup that can be opened again."""
        house = self._house
        today = day_of(house.clock.now()).isoformat()
        open_ones = select(Erasure).where(Erasure.done_at.is_(None))
        with house.database.session_scope() as session:
            waiting = {key for row in session.scalars(open_ones) for key, at in row.keys.items() if not at and today not in key}
            for key in waiting:
                house.vault.reseal(session, key)
        # Only now that the others' values are committed under fresh keys.
        for key in waiting:
            house.vault.destroy(key)
        with house.database.session_scope() as session:
            now = house.clock.now()
            at_once = dict.fromkeys(waiting, now.isoformat(timespec="seconds"))
            for row in session.scalars(open_ones):
                row.keys = {key: at or at_once.get(key, "") for key, at in row.keys.items()}
                row.done_at = now if all(row.keys.values()) else None
        if waiting:
            Backups(house).make("worker")

    def _city_of(self, session: Session, contact: int | None, city: str | None) -> str:
        if contact is not None:
            row = session.get(Contact, contact)
            if row is None:
                raise NotFound("その応対はありません。")
            return row.city_id
        if city not in {one.id for one in self._house.directory.cities(session)}:
            raise NotFound("知らない市です: %(unknown)s", unknown=city or "-")
        return str(city)

    def _owners(self, session: Session, contact: int | None, city: str | None) -> Iterator[Owner]:
        of = Contact.id == contact if contact is not None else Contact.city_id == city
        for id in session.scalars(select(Contact.id).where(of)):
            yield Owner("contact", str(id))
        wanted = Escalation.contact_id == contact if contact is not None else Escalation.city_id == city
        for id in session.scalars(select(Escalation.id).where(wanted)):
            yield Owner("escalation", str(id))
        for feature in self._house.features:
            if feature.owners is not None:
                found: Iterable[Owner] = resolve(feature.owners)(session, contact, city)
                yield from found
