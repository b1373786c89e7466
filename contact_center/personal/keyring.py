"""The keys of personal data. They lie outside the database, one file a day and purpose, so that all of a day's copies,
backups included, can be erased by destroying one key (NIST SP 800-88: cryptographic erase).

AES-256-GCM with 96-bit nonces and HMAC-SHA-256 are on the CRYPTREC list (LS-0001-2022R2).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from datetime import date
from functools import lru_cache
from io import BufferedReader, BufferedWriter
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contact_center.errors import Unavailable
from contact_center.personal.files import PIECE, SealedReader, SealedWriter

_INDEX = "index"
_SECRETS = "secrets"


class KeyErased(Unavailable):
    """The key of this value has been destroyed; the value is gone for good."""

    code = "erased"
    status = 410


class Keyring:
    """Keys in a folder that only the centre's user may read.

    :param folder: made with mode 0700 where it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._cipher = lru_cache(maxsize=512)(self._load)

    def seal(self, plain: bytes, purpose: str, day: date, bound_to: bytes) -> tuple[str, bytes]:
        """Encrypt for a purpose with the key of a day.

        :param bound_to: the row and field it belongs to; it opens nowhere else.
        :returns: the key's id and nonce + cipher text.
        """
        key_id = f"{purpose}-{day.isoformat()}"
        return key_id, self.seal_as(key_id, plain, bound_to)

    def seal_as(self, key_id: str, plain: bytes, bound_to: bytes) -> bytes:
        """Encrypt with a key of one's own naming; it is made where it is missing."""
        nonce = os.urandom(12)
        return nonce + self._cipher(key_id, True).encrypt(nonce, plain, bound_to)

    def open(self, key_id: str, sealed: bytes, bound_to: bytes) -> bytes:
        """Decrypt.

        :raises KeyErased: where the key is gone, or the value was moved to another row.
        """
        try:
            return self._cipher(key_id, False).decrypt(sealed[:12], sealed[12:], bound_to)
        except InvalidTag as error:
            raise KeyErased("この個人情報は別の場所から写されたもので、開けません。") from error

    def sealing(self, key_id: str, file: IO[bytes]) -> BufferedWriter:
        """A file into which whole files are sealed, with a key of its own; it is whole once it is closed."""
        return BufferedWriter(SealedWriter(self._bytes(key_id, True), file), PIECE)

    def opening(self, key_id: str, file: IO[bytes]) -> BufferedReader:
        """What was sealed so.

        :raises KeyErased: where its key is gone.
        :raises BadInput: on reading, where it was changed or cut off.
        """
        return BufferedReader(SealedReader(self._bytes(key_id, False), file), PIECE)

    def index(self, text: str) -> str:
        """A keyed fingerprint by which equal values are found without being readable."""
        return hmac.new(self._bytes(_INDEX, True), text.encode(), hashlib.sha256).hexdigest()

    def secret(self, name: str) -> str:
        """A secret of 256 bits that every process of the centre can work out and nobody can guess."""
        return hmac.new(self._bytes(_SECRETS, True), name.encode(), hashlib.sha256).hexdigest()

    def destroy(self, key_id: str) -> None:
        """Overwrite and remove a key: whatever was sealed with it can never be opened again."""
        path = self._path(key_id)
        self._cipher.cache_clear()
        if path.exists():
            with path.open("r+b") as file:
                file.write(os.urandom(32))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()

    def _load(self, key_id: str, make: bool) -> AESGCM:
        return AESGCM(self._bytes(key_id, make))

    def _path(self, key_id: str) -> Path:
        if not re.fullmatch(r"[a-z0-9_-]{1,80}", key_id):
            raise ValueError("a key id is lower-case letters, digits, - and _")
        return self.folder / f"{key_id}.key"

    def _bytes(self, key_id: str, make: bool) -> bytes:
        path = self._path(key_id)
        if not path.exists():
            if not make:
                raise KeyErased("この個人情報は消去済みです。")
            # Two processes may want the first key of a day at once: the link below lets exactly one of them win.
            fresh = path.with_suffix(f".{os.getpid()}.{os.urandom(4).hex()}")
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(os.urandom(32))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_bytes()
