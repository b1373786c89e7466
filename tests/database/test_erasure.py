"""Erasing for good: the values are gone, their key too, nobody else's value is lost, and no backup brings them back."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from admin.backup.backups import Backups
from admin.backup.restore import restore
from admin.erasure.paper import paper
from admin.erasure.register import NAMES, WHERE, register
from admin.erasure.service import Erasures
from admin.model import Erasure
from contact_center.clock import FakeClock
from contact_center.contacts.model import Contact
from contact_center.errors import BadInput
from contact_center.house import House, build, declared_settings
from contact_center.personal import Owner, Personal
from contact_center.personal.keyring import KeyErased
from contact_center.personal.model import PersonalValue
from contact_center.settings import load
from tests.conftest import make_house, person

CANARY, OTHER = "09011112222 canary", "09033334444 other"


@pytest.fixture
def centre(tmp_path: Path, clock: FakeClock, quick_passwords: None) -> House:
    """A centre with two contacts of the day before."""
    (tmp_path / "home").mkdir()
    house = make_house(tmp_path / "home", clock)
    with house.database.session_scope() as session:
        for id, note in ((1, CANARY), (2, OTHER)):
            session.add(
                Contact(
                    id=id, key=f"k{id}", channel="phone", city_id="mihon", line_id="line1", state="closed", withheld="",
                    arrived_at=clock.now(), sources=[], further=[],
                )
            )  # fmt: skip
            house.vault.put(session, Owner("contact", str(id)), "note", Personal(note))
    return house


def note(house: House, id: int) -> str | None:
    with house.database.reading() as session:
        found = house.vault.get(session, Owner("contact", str(id)), "note")
    return found.reveal() if found is not None else None


@pytest.mark.requirement("TO-08", "KQ-09", "NB-17k")
def test_what_is_erased_is_gone_from_backups_too_and_nobody_elses_is_lost(centre: House, clock: FakeClock, tmp_path: Path) -> None:
    old = Backups(centre).make("operator")
    clock.advance(86400)
    admin = person(centre, "kanri", "administrator")
    id = Erasures(centre).erase(admin, "本人の求め", "市民課 見本", contact=1)
    assert note(centre, 1) is None and note(centre, 2) == OTHER
    with centre.database.reading() as session:
        row = session.get_one(Erasure, id)
        session.expunge(row)
    assert row.counts == {"contact.note": 1} and all(row.keys.values()) and row.done_at == clock.now()
    # Whoever brings the old backup back finds the row, and nobody can open it.
    backups = Backups(centre)
    restore(backups.folder / old.name, backups.keys, tmp_path / "old", clock)
    before = build(load(_settings(tmp_path / "old"), declared_settings(centre.features)), clock)
    with pytest.raises(KeyErased):
        note(before, 1)
    before.close()
    # The backup that was made right after has everybody else's.
    newest = backups.newest()
    assert newest is not None and newest.name != old.name
    restore(backups.folder / newest.name, backups.keys, tmp_path / "new", clock)
    after = build(load(_settings(tmp_path / "new"), declared_settings(centre.features)), clock)
    assert note(after, 1) is None and note(after, 2) == OTHER
    after.close()
    # Nowhere in the centre's files does it stand.
    for path in (tmp_path / "home").rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes(), path
    assert paper(row, "見本市", "管理").startswith(b"%PDF")


def _settings(home: Path) -> Path:
    path = home / "madoguchi.toml"
    path.write_text('[centre]\nhome = "."\n')
    return path


@pytest.mark.requirement("NB-17k")
def test_a_key_of_today_is_destroyed_tomorrow_as_others_still_seal_with_it(centre: House, clock: FakeClock) -> None:
    admin = person(centre, "kanri", "administrator")
    id = Erasures(centre).erase(admin, "本人の求め", "市民課 見本", contact=1)
    with centre.database.reading() as session:
        assert session.get_one(Erasure, id).done_at is None
    assert note(centre, 1) is None and note(centre, 2) == OTHER
    Erasures(centre).destroy_keys()
    assert note(centre, 2) == OTHER
    clock.advance(86400)
    Erasures(centre).destroy_keys()
    with centre.database.reading() as session:
        row = session.get_one(Erasure, id)
        assert row.done_at is not None and list(row.keys) == ["contact-2026-11-24"]
        assert session.scalar(select(PersonalValue.key_id).where(PersonalValue.owner_id == "2")) != "contact-2026-11-24"
    assert note(centre, 2) == OTHER


def test_without_reason_and_witness_nothing_is_erased(centre: House) -> None:
    admin = person(centre, "kanri", "administrator")
    for reason, witness in (("", "だれか"), ("理由", "")):
        with pytest.raises(BadInput, match="立ち会った人"):
            Erasures(centre).erase(admin, reason, witness, contact=1)
    assert note(centre, 1) == CANARY


@pytest.mark.requirement("TO-07")
def test_the_register_holds_every_kind_that_can_be_kept(centre: House) -> None:
    with centre.database.reading() as session:
        rows = {row.kind: row for row in register(centre, session)}
    assert rows["contact.note"].kept == 2 and rows["contact.note"].days > 0 and rows["contact.note"].responsible
    assert {"booking.number", "ask.address", "follow_up.phone", "helped.name"} <= set(rows) and WHERE
    assert set(NAMES) <= set(rows)
