"""Bringing a backup back into an empty place, and rehearsing that (NB-17j)."""

from __future__ import annotations

import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, exc, make_url, text

from admin.backup.backups import MAIN, MANIFEST, TRAIL, Backups
from admin.backup.dumps import Counts, load
from admin.model import Backup
from contact_center.audit import KEY_FILE, verifier
from contact_center.clock import Clock
from contact_center.errors import BadInput, NotFound, Unavailable
from contact_center.house import House
from contact_center.personal import Keyring

PUBLIC = KEY_FILE.replace(".pem", ".pub")


@dataclass(frozen=True)
class Restored:
    """What was brought back.

    :param at: when the backup was made.
    :param rows: of all tables.
    :param missing: tables whose rows are not those that were counted when it was made.
    :param acts: records of the trail that are whole.
    :param broken: the first that is not; None: none.
    :param seconds: how long it took.
    """

    at: str
    rows: int
    missing: tuple[str, ...]
    acts: int
    broken: int | None
    seconds: float

    @property
    def all(self) -> bool:
        """Whether everything is there, as it was written."""
        return not self.missing and self.broken is None


def restore(file: Path, keys: Path, home: Path, clock: Clock, urls: tuple[str, str] = ("", "")) -> Restored:
    """Bring a backup back.

    :param file: the sealed backup.
    :param keys: the folder of keys, or its second place.
    :param home: a folder that is empty or missing; what the centre writes comes to lie there.
    :param urls: of empty PostgreSQL databases for the main database and for the trail, where the backup was made of such.
    :raises BadInput: where the file is none of ours, was changed, or is cut off.
    :raises Unavailable: where its key is gone, or the place is not empty.
    """
    begun = clock.monotonic()
    if home.exists() and any(home.iterdir()):
        raise Unavailable("%(place)s は空ではありません。復元は空の場所にだけできます。", place=home)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="restore-", dir=home) as folder:
        room = Path(folder)
        _unpack(file, Keyring(keys), room)
        manifest = json.loads((room / MANIFEST).read_text())
        (home / "keys").mkdir(mode=0o700)
        for path in keys.iterdir():
            if path.is_file():
                shutil.copy2(path, home / "keys" / path.name)
        tables = load(room / MAIN, _target(manifest["kinds"][MAIN], urls[0], home / "data" / "madoguchi.sqlite"))
        trail = _target(manifest["kinds"][TRAIL], urls[1], home / "audit" / "audit.sqlite")
        acts = load(room / TRAIL, trail)
        for path in room.iterdir():
            if path.name != MANIFEST:
                shutil.move(path, home / path.name)
    found = _verified(trail, home)
    wanted: Counts = manifest["tables"] | manifest["acts"]
    missing = tuple(sorted(name for name, count in wanted.items() if (tables | acts).get(name) != count))
    rows = sum(tables.values())
    return Restored(manifest["at"], rows, missing, found.records, found.broken, round(clock.monotonic() - begun, 1))


def _unpack(file: Path, keys: Keyring, room: Path) -> None:
    try:
        with file.open("rb") as sealed, keys.opening(file.stem, sealed) as opened, tarfile.open(fileobj=opened, mode="r|gz") as tar:
            for member in tar:
                # It is our own, or it would not have opened; still no file gets anywhere else than into this room.
                if not (member.isfile() or member.isdir()) or member.name.startswith("/") or ".." in Path(member.name).parts:
                    raise BadInput("このファイルは途中で切れているか、書き換えられているか、鍵が違います。")
                tar.extract(member, room)
            # The last piece proves that nothing was cut off.
            while opened.read(1 << 16):
                pass
    except FileNotFoundError as error:
        raise NotFound("バックアップ %(file)s がありません。", file=file) from error
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BadInput("このファイルは途中で切れているか、書き換えられているか、鍵が違います。") from error


def _target(kind: str, url: str, file: Path) -> str:
    if kind == "sqlite":
        return f"sqlite:///{file}"
    if not url:
        raise BadInput("PostgreSQLのバックアップです。空のデータベースを --database と --audit で指定してください。")
    return url


def _verified(trail: str, home: Path) -> verifier.Verdict:
    key, points = home / "keys" / PUBLIC, home / "checkpoints"
    if not key.exists():
        raise Unavailable("監査の公開鍵（%(name)s）が鍵のフォルダーにありません。", name=PUBLIC)
    return verifier.verify(trail.removeprefix("sqlite:///"), points, key)


def drill(house: House, actor: str) -> tuple[Backup, Restored]:
    """Restore the newest backup into an empty place, look whether all is there, and throw the place away; the result is kept.

    :raises NotFound: where there is no backup yet.
    :raises Unavailable: where it cannot be restored.
    """
    backups = Backups(house)
    newest = backups.newest()
    if newest is None:
        raise NotFound("バックアップがまだありません。madoguchi backup を実行してください。")
    with tempfile.TemporaryDirectory(prefix="drill-", dir=house.settings.home / "tmp") as folder, _places(house) as urls:
        done = restore(backups.folder / newest.name, backups.keys, Path(folder) / "home", house.clock, urls)
    backups.drilled(newest.id, actor, done.seconds, done.all)
    return newest, done


@contextmanager
def _places(house: House) -> Iterator[tuple[str, str]]:
    """Empty databases beside the centre's own, for as long as the drill lasts."""
    urls = {"main": make_url(house.database.url), "acts": make_url(house.audit.database.url)}
    made: list[URL] = []
    try:
        yield tuple(_beside(url, name, made) if url.get_backend_name() != "sqlite" else "" for name, url in urls.items())  # type: ignore[misc]
    finally:
        for url in made:
            _administer(url, f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)')


def _beside(url: URL, name: str, made: list[URL]) -> str:
    drill = url.set(database=f"{url.database}_drill_{name}")
    for statement in (f'DROP DATABASE IF EXISTS "{drill.database}"', f'CREATE DATABASE "{drill.database}" TEMPLATE template0'):
        _administer(drill, statement)
    made.append(drill)
    return drill.render_as_string(hide_password=False)


def _administer(url: URL, statement: str) -> Any:
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    except exc.DBAPIError as error:
        raise Unavailable("復元訓練用のデータベースを作れません。この役割に CREATEDB を与えてください。") from error
    finally:
        engine.dispose()
