"""What somebody with the audit's database in hand could do to it, at random. The suite plays two hundred of these, the bench ten
thousand.
"""

from __future__ import annotations

import json
import random
from typing import Any

from sqlalchemy import text

from contact_center.audit import Act, verifier
from contact_center.house import House

KINDS = ("delete", "edit", "swap", "insert", "tail", "roll back", "chain anew", "empty")


class Forger:
    """Forges the trail of a centre again and again, each time the honest one.

    :param records: how many the honest one has; every third was signed.
    """

    def __init__(self, house: House, records: int, seed: int) -> None:
        self._database = house.audit.database
        self._chance = random.Random(seed)
        self.kinds: set[str] = set()
        for n in range(records):
            house.audit.record(Act(f"person:{n % 3}", "contact.personal.show", f"contact:{n}", {"n": n, "名": "x"}))
            if n % 3 == 0 or n == records - 1:
                house.audit.checkpoint()
        place = house.audit.place()
        self._place = place
        self.raw("CREATE TABLE honest AS SELECT * FROM audit")
        with self._database.reading() as session:
            self._last = int(session.scalar(text("SELECT max(id) FROM audit")) or 0)

    def raw(self, statement: str, **values: Any) -> None:
        """What somebody with the file in hand would do: first away with the triggers."""
        with self._database.session_scope() as session:
            if self._database.is_sqlite:
                for name in ("update", "delete"):
                    session.execute(text(f"DROP TRIGGER IF EXISTS audit_no_{name}"))
            else:
                session.execute(text("DROP TRIGGER IF EXISTS audit_only_append ON audit"))
            for one in statement.split(";"):
                session.execute(text(one), values)

    def restore(self) -> None:
        """As it was written."""
        self.raw("DELETE FROM audit; INSERT INTO audit SELECT * FROM honest")

    def found(self) -> int | None:
        """The record at which the verifier says that it is broken."""
        place = self._place
        return verifier.verify(str(place.file or place.url), place.checkpoints, place.key).broken

    def forge(self) -> str:
        """Forge the honest trail in one way; in which."""
        self.restore()
        kind = self._chance.choice(KINDS)
        self.kinds.add(kind)
        getattr(self, "_" + kind.replace(" ", "_"))(self._chance.randrange(1, self._last))
        return kind

    def _delete(self, id: int) -> None:
        self.raw("DELETE FROM audit WHERE id = :id", id=id)

    def _edit(self, id: int) -> None:
        column = self._chance.choice(["at", "actor", "act", "subject", "detail", "hash", "previous"])
        value = {"at": self._chance.randrange(1 << 40), "detail": json.dumps({"n": self._chance.random()})}
        self.raw(f"UPDATE audit SET {column} = :value WHERE id = :id", id=id, value=value.get(column, f"{self._chance.random()}"))

    def _swap(self, id: int) -> None:
        for old, new in ((id, -1), (id + 1, id), (-1, id + 1)):
            self.raw("UPDATE audit SET id = :new WHERE id = :old", old=old, new=new)

    def _insert(self, id: int) -> None:
        # Room is made from the end, as no two records may have one number.
        self.raw("UPDATE audit SET id = -id WHERE id >= :id; UPDATE audit SET id = 1 - id WHERE id < 0", id=id)
        copied = "INSERT INTO audit SELECT :id, at, actor, act, subject, detail, previous, hash FROM audit WHERE id = :next"
        self.raw(copied, id=id, next=id + 1)

    def _tail(self, id: int) -> None:
        self.raw("DELETE FROM audit WHERE id > :id", id=id)

    def _roll_back(self, id: int) -> None:
        """To an older state, on which somebody then goes on honestly."""
        self._tail(id)
        self._chain(id + 1, self._last + self._chance.randrange(3), "person:9")

    def _chain_anew(self, id: int) -> None:
        """One record is changed, and all that follow are chained to it anew."""
        self._tail(id - 1)
        self._chain(id, self._last, "person:8")

    def _empty(self, _id: int) -> None:
        self.raw("DELETE FROM audit")

    def _chain(self, first: int, last: int, actor: str) -> None:
        with self._database.reading() as session:
            previous = session.scalar(text("SELECT hash FROM audit ORDER BY id DESC LIMIT 1")) or verifier.FIRST
        for id in range(first, last + 1):
            row = (id, 1_700_000_000_000 + id, actor, "contact.personal.show", "contact:1", {}, previous, "")
            names = ("id", "at", "actor", "act", "subject", "detail", "previous", "hash")
            values = dict(zip(names, row, strict=True)) | {"hash": verifier.link(row), "detail": "{}"}
            self.raw(f"INSERT INTO audit ({', '.join(names)}) VALUES ({', '.join(':' + name for name in names)})", **values)
            previous = values["hash"]
