"""A backup holds everything and shows nothing; what comes back is what was there; what was erased stays erased in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, make_url, text

from admin import chores
from admin.backup.backups import Backups
from admin.backup.restore import drill, restore
from admin.cli import main
from contact_center.audit import Act
from contact_center.clock import FakeClock
from contact_center.errors import BadInput, MadoguchiError, NotFound, Unavailable
from contact_center.house import House, build, read_settings
from contact_center.personal import Owner, Personal
from contact_center.personal.files import MAGIC, PIECE
from contact_center.personal.keyring import KeyErased

NUMBER, NOTE = "+81311160001", "耳が遠いので、ゆっくり話してほしいとのこと"
CONTACT = Owner("contact", "1")


@pytest.fixture
def kept(house: House) -> House:
    """A centre with something to lose."""
    with house.database.session_scope() as session:
        house.vault.put(session, CONTACT, "number", Personal(NUMBER), findable=True)
        house.vault.put(session, CONTACT, "note", Personal(NOTE))
    for n in range(5):
        house.audit.record(Act("person:1", "contact.personal.show", f"contact:{n}", {}))
    house.audit.checkpoint()
    (house.settings.home / "recordings").mkdir()
    (house.settings.home / "recordings" / "closed.wav").write_bytes(b"RIFF the closing announcement")
    return house


@pytest.fixture
def empty(house: House, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Empty databases, where the backup is of PostgreSQL."""
    if house.database.is_sqlite:
        yield "", ""
        return
    urls = [make_url(url) for url in (house.database.url, house.audit.database.url)]
    made = [url.set(database=f"{url.database}_back") for url in urls]
    server = create_engine(urls[0].set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        for url in made:
            connection.execute(text(f"CREATE DATABASE {url.database} TEMPLATE template0"))
    server.dispose()
    yield made[0].render_as_string(hide_password=False), made[1].render_as_string(hide_password=False)


def file_of(house: House) -> Path:
    backups = Backups(house)
    return backups.folder / backups.make("operator").name


@pytest.mark.requirement("NB-17j")
def test_what_was_backed_up_comes_back_whole_in_an_empty_place(
    kept: House, tmp_path: Path, clock: FakeClock, empty: tuple[str, str]
) -> None:
    file = file_of(kept)
    home = tmp_path / "new"
    done = restore(file, kept.keyring.folder, home, clock, empty)
    assert done.all and done.acts == 6 and done.rows > 10
    assert (home / "recordings" / "closed.wav").read_bytes().startswith(b"RIFF")
    more = f'[database]\nurl = "{empty[0]}"\n[audit]\nurl = "{empty[1]}"\n' if empty[0] else ""
    (home / "here.toml").write_text(f'[centre]\nhome = "."\n[identity]\nsecond_factor = ""\n{more}')
    again = build(read_settings(home / "here.toml"), clock)
    with again.database.reading() as session:
        number, note = (again.vault.get(session, CONTACT, field) for field in ("number", "note"))
        assert number and note and (number.reveal(), note.reveal()) == (NUMBER, NOTE)
        assert again.directory.lines(session)
    again.close()


@pytest.mark.requirement("NB-17e", "NB-17j")
def test_nothing_can_be_read_in_a_backup_and_without_its_key_nothing_opens(kept: House, tmp_path: Path, clock: FakeClock) -> None:
    file = file_of(kept)
    sealed = file.read_bytes()
    assert not any(word in sealed for word in (NUMBER.encode(), b"SQLite", b"announcement", b"contact"))
    assert file.parent.stat().st_mode & 0o077 == 0
    keys = tmp_path / "keys there"
    shutil.copytree(kept.keyring.folder, keys)
    (keys / f"{file.stem}.key").write_bytes(bytes(32))
    with pytest.raises(BadInput, match="鍵が違います"):
        restore(file, keys, tmp_path / "new", clock)
    (keys / f"{file.stem}.key").unlink()
    with pytest.raises(KeyErased):
        restore(file, keys, tmp_path / "new2", clock)


@pytest.mark.parametrize("harm", ["cut off", "cut off between pieces", "changed", "a piece left out"])
def test_a_backup_that_is_not_as_it_was_written_is_refused(kept: House, tmp_path: Path, clock: FakeClock, harm: str) -> None:
    (kept.settings.home / "recordings" / "long.wav").write_bytes(os.urandom(3 << 20))
    file = file_of(kept)
    whole = file.read_bytes()
    head, piece = len(MAGIC) + 7, PIECE + 16
    harmed = {
        "cut off": whole[:-1], "cut off between pieces": whole[: head + piece],
        "a piece left out": whole[:head] + whole[head + piece :],
        "changed": whole[: piece + 9] + bytes([whole[piece + 9] ^ 1]) + whole[piece + 10 :],
    }  # fmt: skip
    file.write_bytes(harmed[harm])
    with pytest.raises(BadInput, match="途中で切れているか"):
        restore(file, kept.keyring.folder, tmp_path / "new", clock)


def test_a_restore_never_writes_over_what_is_there(kept: House, tmp_path: Path, clock: FakeClock) -> None:
    file = file_of(kept)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").write_text("here")
    with pytest.raises(Unavailable, match="空ではありません"):
        restore(file, kept.keyring.folder, tmp_path / "full", clock)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["something"]


@pytest.mark.requirement("NB-17j", "TO-14")
def test_the_drill_restores_for_real_and_its_result_is_kept(kept: House) -> None:
    with pytest.raises(NotFound):
        drill(kept, "operator")
    Backups(kept).make("operator")
    _, done = drill(kept, "operator")
    assert done.all
    newest = Backups(kept).newest()
    assert newest is not None and newest.all and newest.drilled_at is not None
    assert list((kept.settings.home / "tmp").iterdir()) == []


@pytest.mark.requirement("NB-17j")
def test_a_drill_tells_that_the_trail_is_broken(kept: House) -> None:
    with kept.audit.database.session_scope() as session:
        gone = "audit_no_delete" if kept.audit.database.is_sqlite else "audit_only_append ON audit"
        session.execute(text(f"DROP TRIGGER {gone}"))
        session.execute(text("DELETE FROM audit WHERE id = 2"))
    Backups(kept).make("operator")
    _, done = drill(kept, "operator")
    newest = Backups(kept).newest()
    assert (done.all, done.broken) == (False, 2) and newest is not None and newest.all is False


@pytest.mark.requirement("NB-17j", "TO-08", "KQ-09")
def test_each_day_has_its_backup_and_old_ones_are_erased_with_their_keys(house: House, clock: FakeClock, tmp_path: Path) -> None:
    backups, away = Backups(house), tmp_path / "away"
    away.mkdir()
    for _ in range(17):
        for _ in range(3):
            chores.back_up(house, None)
        clock.advance(86400)
        copied = away / "copied"
        if not copied.exists():
            shutil.copy2(backups.folder / backups.all()[-1].name, copied)
    rows = backups.all()
    kept = [one for one in rows if one.erased_at is None]
    assert len(rows) == 17 and len(kept) == 15 and len(list(backups.folder.iterdir())) == 15
    # Who has carried a copy away can open it no longer.
    first = rows[-1]
    shutil.copy2(away / "copied", away / first.name)
    with pytest.raises(KeyErased):
        restore(away / first.name, house.keyring.folder, tmp_path / "new", clock)


@pytest.mark.requirement("TO-08", "NB-17k")
def test_what_was_erased_is_closed_in_every_backup_too(
    kept: House, tmp_path: Path, clock: FakeClock, empty: tuple[str, str]
) -> None:
    mirrored = build(read_settings(_with(kept, f'[backups]\nkeys = "{tmp_path / "third"}"\n')), clock)
    file = file_of(mirrored)
    assert (tmp_path / "third" / f"{file.stem}.key").exists()
    day = clock.now().date().isoformat()
    assert list((tmp_path / "third").glob(f"contact-{day}.key"))
    clock.advance(400 * 86400)
    with mirrored.database.session_scope() as session:
        assert mirrored.vault.erase_due(session) == 2
    chores.mirror_keys(mirrored, None)
    assert not list((tmp_path / "third").glob(f"contact-{day}.key"))
    done = restore(file, tmp_path / "third", tmp_path / "new", clock, empty)
    assert done.all
    more = f'[database]\nurl = "{empty[0]}"\n[audit]\nurl = "{empty[1]}"\n' if empty[0] else ""
    (tmp_path / "new" / "here.toml").write_text(f'[centre]\nhome = "."\n[identity]\nsecond_factor = ""\n{more}')
    again = build(read_settings(tmp_path / "new" / "here.toml"), clock)
    with again.database.reading() as session, pytest.raises(KeyErased):
        again.vault.get(session, CONTACT, "number")
    again.close()
    mirrored.close()


def _with(house: House, more: str) -> Path:
    path = house.settings.home / "madoguchi.toml"
    path.write_text(path.read_text() + more)
    return path


def test_where_the_disk_is_full_nothing_half_done_is_left(kept: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tarfile.TarFile.add", full)
    with pytest.raises(MadoguchiError, match="空きと権限"):
        Backups(kept).make("operator")
    assert list(Backups(kept).folder.iterdir()) == [] and not list(kept.keyring.folder.glob("backup-*"))


@pytest.mark.requirement("NB-17j")
def test_an_engineer_backs_up_restores_and_rehearses_on_the_command_line(kept: House, tmp_path: Path) -> None:
    if not kept.database.is_sqlite:
        pytest.skip("the same commands; restoring into PostgreSQL is tried above")
    settings = ["--settings", str(kept.settings.home / "madoguchi.toml")]

    def run(*words: str) -> str:
        done = CliRunner().invoke(main, [*settings, *words])
        assert done.exit_code == 0, done.output
        return done.output

    assert "に書きました" in run("backup")
    assert "秒で元に戻しました" in run("drill")
    file = next(Backups(kept).folder.iterdir())
    told = run("restore", str(file), "--keys", str(kept.keyring.folder), "--to", str(tmp_path / "new"))
    assert "秒で元に戻しました" in told and (tmp_path / "new" / "data" / "madoguchi.sqlite").exists()
