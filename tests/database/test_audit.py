"""The audit trail: what was done to it shows; what it cannot hold is not done."""

from __future__ import annotations

import random
import threading
from typing import Any

import pytest
from sqlalchemy import exc, text

from contact_center.audit import Act
from contact_center.house import House


def fill(house: House, count: int) -> None:
    for n in range(count):
        house.audit.record(Act("person:1", "contact.personal.show", f"contact:{n}", {"n": n}))


def raw(house: House, statement: str, **values: Any) -> None:
    """What somebody with the file in hand would do: first away with the triggers."""
    database = house.audit._database
    with database.session_scope() as session:
        if database.is_sqlite:
            for name in ("update", "delete"):
                session.execute(text(f"DROP TRIGGER IF EXISTS audit_no_{name}"))
        else:
            session.execute(text("DROP TRIGGER IF EXISTS audit_only_append ON audit"))
        session.execute(text(statement), values)


def test_an_honest_trail_is_whole(house: House) -> None:
    fill(house, 50)
    house.audit.checkpoint()
    assert house.audit.verify() is None


def test_many_writers_make_one_chain(house: House) -> None:
    threads = [threading.Thread(target=fill, args=(house, 15)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert house.audit.verify() is None


def test_the_database_itself_refuses_to_change_or_delete(house: House) -> None:
    fill(house, 3)
    for statement in ("DELETE FROM audit WHERE id = 2", "UPDATE audit SET actor = 'x' WHERE id = 2"):
        with pytest.raises(exc.DBAPIError, match="append-only"), house.audit._database.session_scope() as session:
            session.execute(text(statement))


def test_every_random_forgery_is_found(house: House) -> None:
    fill(house, 40)
    house.audit.checkpoint()
    with house.audit._database.reading() as session:
        honest = [dict(row._mapping) for row in session.execute(text("SELECT * FROM audit ORDER BY id"))]
    dice = random.Random(5)
    for _ in range(50):
        kind = dice.choice(["delete", "edit", "swap", "tail"])
        victim = dice.randrange(1, 40)
        if kind == "delete":
            raw(house, "DELETE FROM audit WHERE id = :id", id=victim)
        elif kind == "edit":
            column = dice.choice(["actor", "act", "subject", "hash", "previous"])
            raw(house, f"UPDATE audit SET {column} = 'forged' WHERE id = :id", id=victim)
        elif kind == "swap":
            raw(house, "UPDATE audit SET id = -1 WHERE id = :id", id=victim)
            raw(house, "UPDATE audit SET id = :id WHERE id = :next", id=victim, next=victim + 1)
            raw(house, "UPDATE audit SET id = :next WHERE id = -1", next=victim + 1)
        else:
            raw(house, "DELETE FROM audit WHERE id > :id", id=victim)
        assert house.audit.verify() is not None, kind
        raw(house, "DELETE FROM audit")
        for row in honest:
            detail = row["detail"] if isinstance(row["detail"], str) else __import__("json").dumps(row["detail"])
            names = ", ".join(row)
            places = ", ".join(f":{name}" for name in row)
            raw(house, f"INSERT INTO audit ({names}) VALUES ({places})", **{**row, "detail": detail})
    assert house.audit.verify() is None
