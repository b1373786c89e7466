"""Making backups, keeping them for their days, and keeping copies of the keys apart from them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from admin.backup.dumps import dump
from admin.model import Backup
from admin.settings import BACKUPS_AT, BACKUPS_DAYS, BACKUPS_FOLDER, BACKUPS_KEYS
from contact_center.audit import Act
from contact_center.clock import TOKYO
from contact_center.errors import Unavailable
from contact_center.house import House
from contact_center.settings import DIRECTORY

MAIN, TRAIL, MANIFEST = "main.dump", "audit.dump", "manifest.json"
FOLDERS = ("recordings", "tls")
"""Of the home folder; what is not named is made anew or is of no use elsewhere."""


class Backups:
    """The backups of one centre."""

    def __init__(self, house: House) -> None:
        self._house = house
        settings = house.settings
        self.folder = settings.base / settings[BACKUPS_FOLDER] if settings[BACKUPS_FOLDER] else settings.home / "backups"
        self._mirror = settings.base / settings[BACKUPS_KEYS] if settings[BACKUPS_KEYS] else None

    @property
    def keys(self) -> Path:
        """Where a restore takes the keys from: their second place, where there is one."""
        return self._mirror or self._house.keyring.folder

    def make(self, actor: str) -> Backup:
        """Copy both databases, the checkpoints, the settings and our own media into one sealed file.

        :raises Unavailable: where it cannot be written; nothing half done is left.
        """
        house, now = self._house, self._house.clock.now()
        key_id = f"backup-{now.astimezone(TOKYO):%Y%m%d%H%M%S}"
        house.audit.record(Act(actor, "backup.make", f"backup:{key_id}", {}))
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = self.folder / f"{key_id}.sealed"
        unfinished = target.with_suffix(".part")
        finished = False
        try:
            with _own_folder(house) as room, unfinished.open("xb") as file:
                tables = self._collect(room, now)
                with house.keyring.sealing(key_id, file) as sealed, tarfile.open(fileobj=sealed, mode="w|gz") as tar:
                    for path in sorted(room.iterdir()):
                        tar.add(path, path.name)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(target)
            finished = True
        except OSError as error:
            raise Unavailable(
                "バックアップを書けません。%(folder)s の空きと権限を確かめてください。", folder=self.folder
            ) from error
        finally:
            unfinished.unlink(missing_ok=True)
            if not finished:
                house.keyring.destroy(key_id)
        self.mirror_keys()
        with house.database.session_scope() as session:
            made = Backup(
                made_at=now, name=target.name, size=target.stat().st_size, sha256=_sha256(target), key_id=key_id, tables=tables
            )
            session.add(made)
        return made

    def _collect(self, room: Path, now: datetime) -> dict[str, Any]:
        house = self._house
        place = house.audit.place()
        # The checkpoints first: a trail that is longer than they say is whole, one that is shorter is not.
        if place.checkpoints.exists():
            shutil.copytree(place.checkpoints, room / "checkpoints")
        tables = dump(house.database, room / MAIN)
        acts = dump(house.audit.database, room / TRAIL)
        for name in FOLDERS:
            if (house.settings.home / name).exists():
                shutil.copytree(house.settings.home / name, room / name)
        for path in {house.settings.file, house.settings.base / house.settings[DIRECTORY]}:
            if path is not None and path.exists():
                shutil.copy2(path, room / path.name)
        kinds = {MAIN: house.database.engine.dialect.name, TRAIL: house.audit.database.engine.dialect.name}
        manifest = {
            "at": now.isoformat(), "settings": house.settings.file.name if house.settings.file else "", "kinds": kinds,
            "tables": tables, "acts": acts,
        }  # fmt: skip
        (room / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1))
        return tables

    def due(self) -> bool:
        """Whether today's is still to be made."""
        now = self._house.clock.now().astimezone(TOKYO)
        hour, minute = map(int, self._house.settings[BACKUPS_AT].split(":"))
        moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        newest = self.newest()
        return now >= moment and (newest is None or newest.made_at < moment)

    def newest(self) -> Backup | None:
        """The newest that is kept."""
        with self._house.database.reading() as session:
            wanted = select(Backup).where(Backup.erased_at.is_(None)).order_by(Backup.id.desc()).limit(1)
            return session.scalars(wanted).first()

    def all(self) -> list[Backup]:
        """Every one that was ever made, the newest first."""
        with self._house.database.reading() as session:
            return list(session.scalars(select(Backup).order_by(Backup.id.desc())))

    def drilled(self, id: int, actor: str, seconds: float, all: bool) -> None:
        """Keep what a drill has shown.

        :param seconds: how long the restore took.
        :param all: whether everything was there, as it was written.
        """
        self._house.audit.record(Act(actor, "backup.drill", f"backup:{id}", {"seconds": seconds, "all": all}))
        with self._house.database.session_scope() as session:
            row = session.get_one(Backup, id)
            row.drilled_at, row.seconds, row.all = self._house.clock.now(), seconds, all

    def erase_old(self) -> int:
        """Destroy the keys and delete the files of those that are past their days, the newest excepted; how many."""
        now, newest = self._house.clock.now(), self.newest()
        oldest = now - timedelta(days=self._house.settings[BACKUPS_DAYS])
        old = [one for one in self.all() if one.erased_at is None and one.made_at < oldest and newest and one.id != newest.id]
        for one in old:
            self._house.audit.record(Act("worker", "backup.erase", f"backup:{one.key_id}", {}))
            self._house.keyring.destroy(one.key_id)
            (self.folder / one.name).unlink(missing_ok=True)
            with self._house.database.session_scope() as session:
                session.get_one(Backup, one.id).erased_at = now
        self.mirror_keys()
        return len(old)

    def mirror_keys(self) -> None:
        """Let the keys' second place hold what their first place holds: a key that was destroyed here is destroyed there."""
        if self._mirror is None:
            return
        self._mirror.mkdir(mode=0o700, parents=True, exist_ok=True)
        here = {path.name: path for path in self._house.keyring.folder.iterdir() if path.suffix in (".key", ".pem", ".pub")}
        for path in self._mirror.iterdir():
            if path.name not in here:
                overwrite(path)
        for name, path in here.items():
            if not (self._mirror / name).exists():
                shutil.copy2(path, self._mirror / name)


def overwrite(path: Path) -> None:
    """Overwrite a key's file and delete it."""
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _own_folder(house: House) -> Iterator[Path]:
    (house.settings.home / "tmp").mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="backup-", dir=house.settings.home / "tmp") as folder:
        yield Path(folder)
