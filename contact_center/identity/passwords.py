"""Passwords: what is asked of them (NB-17c) and how they are kept (PBKDF2-HMAC-SHA-512; both parts are CRYPTREC rows)."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import string

from contact_center.errors import BadInput

ROUNDS = 210_000
SHORTEST = 10
_CLASSES = (string.ascii_uppercase, string.ascii_lowercase, string.digits, string.punctuation)


def check_rule(password: str) -> None:
    """Ten or more characters with upper, lower, digit and symbol (NB-17c).

    :raises BadInput: saying what is missing.
    """
    if len(password) < SHORTEST or not all(any(c in kind for c in password) for kind in _CLASSES):
        raise BadInput("パスワードは10文字以上で、英大文字・英小文字・数字・記号をそれぞれ含めてください。")


def hash_password(password: str) -> str:
    """The password as it is stored: `rounds$salt$hash`, in hexadecimal."""
    salt = os.urandom(16)
    return f"{ROUNDS}${salt.hex()}${_derive(password, salt, ROUNDS)}"


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
