"""Passwords: what is asked of them (NB-17c) and how they are kept (PBKDF2-HMAC-SHA-512; both parts are CRYPTREC rows)."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import string
from collections.abc import Iterable

from zxcvbn import zxcvbn

from contact_center.errors import BadInput

ROUNDS = 210_000
SHORTEST = 10
_CLASSES = (string.ascii_uppercase, string.ascii_lowercase, string.digits, string.punctuation)


LONGEST = 72
"""More characters than anybody types; longer ones would only take time to check."""

STRONG = 3
"""zxcvbn's mark for a hundred million guesses or more; its lists hold what has leaked and what everybody picks."""

CONTEXT = ("madoguchi", "mynumber", "mynumbercard", "mynaportal", "maina", "madoguti", "password", "pasuwado")
"""Words of this trade, which a guesser would try first."""


def check(password: str, context: Iterable[str] = ()) -> None:
    """Ten or more characters with upper, lower, digit and symbol (NB-17c), and none that is guessed from lists or from the context.

    :param context: account, name and cities of whose password it is.
    :raises BadInput: saying what is missing.
    """
    if len(password) < SHORTEST or not all(any(c in kind for c in password) for kind in _CLASSES):
        raise BadInput("パスワードは10文字以上で、英大文字・英小文字・数字・記号をそれぞれ含めてください。")
    if len(password) > LONGEST:
        raise BadInput("パスワードは72文字までにしてください。")
    if zxcvbn(password, [*CONTEXT, *context])["score"] < STRONG:
        raise BadInput("推測されやすいパスワードです。名前・市の名前・よくある言葉や並びを避け、長くしてください。")


def hash_password(password: str) -> str:
    """The password as it is stored: `rounds$salt$hash`, in hexadecimal."""
    salt = os.urandom(16)
    return f"{ROUNDS}${salt.hex()}${_derive(password, salt, ROUNDS)}"


def is_outdated(stored: str) -> bool:
    """Whether it was stored when fewer rounds were enough; then it is stored anew at the next sign-in."""
    return int(stored.partition("$")[0]) < ROUNDS


def matches(password: str, stored: str) -> bool:
    """Whether the password is the stored one; takes the same time either way."""
    rounds, salt, expected = stored.split("$")
    return hmac.compare_digest(_derive(password, bytes.fromhex(salt), int(rounds)), expected)


def made_up_password() -> str:
    """A new password that keeps the rule, for demo sign-ins and first sign-ins."""
    return "".join(secrets.choice(kind) for kind in _CLASSES[:3]) + "-" + secrets.token_urlsafe(9)


def _derive(password: str, salt: bytes, rounds: int) -> str:
    return hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds).hex()


NOBODY = f"{ROUNDS}${'00' * 16}${'00' * 64}"
"""What an unknown account is checked against, so that its refusal takes as long as a wrong password."""
