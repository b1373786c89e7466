"""Settings: each declared once with name, type, default, sentence, and whether it is a secret.

A settings file is TOML; a table is the first part of the name (`[web] port = 8443` is `web.port`). A value may also come
from the environment (`MADOGUCHI_WEB_PORT`). What is not declared is refused, so that a misspelt name is never silent.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from contact_center.errors import SettingsError

T = TypeVar("T", bool, int, float, str)


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One declared setting.

    :param name: `table.key`.
    :param default: the value where none is given; its type is the setting's type.
    :param sentence: what it is for, in one English sentence with its unit.
    :param secret: secret values are never printed.
    :param least: smallest allowed number, inclusive.
    :param most: largest allowed number, inclusive.
    :param choices: the allowed words, where there are only a few.
    :param pattern: a regular expression that the whole text must match.
    """

    name: str
    default: T
    sentence: str
    secret: bool = False
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""


def _port(name: str, default: int, sentence: str) -> Setting[int]:
    return Setting(name, default, sentence, least=1, most=65535)


_TURN = r"turns?:([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(\?transport=(udp|tcp))?"
"""One URL as RFC 7065 has it: a browser makes no call at all with a wrong one."""

LANGUAGE = Setting("centre.language", "ja", "Language of pages for who has chosen none.", choices=("ja", "en"))
NAME = Setting(
    "centre.name", "madoguchi", "Short ASCII name of this centre; part of every contact's key.", pattern="[a-z][a-z0-9-]{0,30}"
)
HOME = Setting("centre.home", "var", "Folder for everything the centre writes, absolute or relative to the settings file.")
DIRECTORY = Setting(
    "centre.directory", "directory.toml", "File with cities, lines and calendars, loaded when the database has none."
)
DATABASE_URL = Setting("database.url", "", "SQLAlchemy URL of the main database; empty: SQLite in the home folder.", secret=True)
AUDIT_URL = Setting("audit.url", "", "SQLAlchemy URL of the audit database; empty: a SQLite file of its own.", secret=True)
AUDIT_CHECKPOINTS = Setting(
    "audit.checkpoints", "", "Folder on a second place for signed audit checkpoints; empty: in the home folder."
)
KEYS = Setting("personal.keys", "", "Folder of the keys of personal data; empty: `keys` in the home folder.")
CONTACT_DAYS = Setting("personal.contact_days", 90, "Days after which number and note of a contact are erased.", least=1, most=3650)
BROKER = Setting("worker.broker", "", "URL of the workers' broker (Redis or RabbitMQ); empty: Redis on this machine.", secret=True)
WEB_HOST = Setting("web.host", "127.0.0.1", "Address on which nginx answers browsers.")
WEB_PORT = _port("web.port", 8443, "HTTPS port on which nginx answers browsers.")
WEB_NAMES = Setting("web.names", "localhost", "Names and addresses in the certificate, separated by commas.")
WEB_WORKERS = Setting("web.workers", 2, "Processes of the web server.", least=1, most=64)
WEB_SIGN_INS = Setting(
    "web.sign_ins_per_minute", 60, "Attempts to sign in that one address, such as an office's, may make in a minute.",
    least=5, most=6000,
)  # fmt: skip
MAIL_ADDRESS = Setting(
    "mail.address", "", "Address of the desk's mailbox; mails of sites are sent to it with +… before the @. Empty: there is none."
)
MAIL_HOST = Setting("mail.host", "", "IMAP server of that mailbox.")
MAIL_PORT = _port("mail.port", 993, "Its port.")
MAIL_TLS = Setting("mail.tls", True, "Whether it speaks TLS from the beginning; without only on this machine.")
MAIL_USER = Setting("mail.user", "", "User at that server.")
MAIL_PASSWORD = Setting("mail.password", "", "Password of that user.", secret=True)
MAIL_REHEARSAL = Setting(
    "mail.rehearsal_port", 0, "Port on this machine to which practice sites hand their mails in (SMTP); 0: they send none.",
    least=0, most=65535,
)  # fmt: skip
TURN_URLS = Setting(
    "turn.urls", "", "Relays for browsers behind firewalls: URLs such as turn:turn.example:3478, separated by commas; empty: none.",
    pattern=rf"({_TURN}(\s*,\s*{_TURN})*)?",
)  # fmt: skip
TURN_SECRET = Setting(
    "turn.secret", "", "Secret shared with them (coturn: static-auth-secret), from which users' passwords are made.", secret=True
)
SESSION_IDLE = Setting(
    "identity.idle_minutes", 60, "Minutes without a sign of life after which a session ends.", least=1, most=1440
)
SESSION_HOURS = Setting("identity.session_hours", 12, "Hours after which a session ends.", least=1, most=24)
CLIENT_AUTHORITY = Setting(
    "web.client_authority",
    "",
    "File of the authority that signs the certificates of PCs, where these are second factors; empty: browsers are asked for none.",
)
SECOND_FACTOR = Setting(
    "identity.second_factor",
    "administrator city_staff",
    "Roles, with spaces between them, that must have a second factor. Whoever else has one is asked for it too.",
)
WRAP_UP = Setting("seats.wrap_up", 90, "Seconds of wrap-up after a contact.", least=1, most=3600)
ABANDON_AFTER = Setting(
    "contacts.abandon_after", 20, "Seconds of waiting from which a caller who gives up may be called back.", least=0
)
ANSWER_WITHIN = Setting(
    "contacts.answer_within",
    24,
    "Hours within which a question handed on is to be answered; days on which its line is closed do not count.",
    least=1,
)
SERVICE_LEVEL = Setting(
    "reports.service_level", 20, "Seconds within which an answer counts for the service level.", least=1, most=600
)
ANSWER_RATE_TARGET = Setting("reports.answer_rate_target", 90, "Target of the answer rate on the wallboard, percent.", most=100)
SERVICE_LEVEL_TARGET = Setting(
    "reports.service_level_target", 80, "Target of the service level on the wallboard, percent.", most=100
)
LONGEST_WAIT_TARGET = Setting("reports.longest_wait_target", 60, "Seconds that nobody should wait longer.", least=1)

KERNEL_SETTINGS: tuple[Setting[Any], ...] = (
    NAME, HOME, DIRECTORY, LANGUAGE, DATABASE_URL, AUDIT_URL, AUDIT_CHECKPOINTS, KEYS, CONTACT_DAYS, BROKER, WEB_HOST,
    WEB_PORT, WEB_NAMES, WEB_WORKERS, WEB_SIGN_INS, MAIL_ADDRESS, MAIL_HOST, MAIL_PORT, MAIL_TLS, MAIL_USER, MAIL_PASSWORD,
    MAIL_REHEARSAL, TURN_URLS, TURN_SECRET, SESSION_IDLE, SESSION_HOURS, CLIENT_AUTHORITY, SECOND_FACTOR, WRAP_UP,
    ABANDON_AFTER, ANSWER_WITHIN, SERVICE_LEVEL, ANSWER_RATE_TARGET, SERVICE_LEVEL_TARGET, LONGEST_WAIT_TARGET,
)  # fmt: skip


class Settings:
    """The values of one centre, frozen. `settings[WEB_PORT]` is typed as the declaration says."""

    def __init__(self, values: Mapping[str, object], file: Path | None, places: Mapping[str, str]) -> None:
        self._values = dict(values)
        self._places = dict(places)
        self.file = file
        self.base = file.parent if file is not None else Path.cwd()

    def place(self, setting: Setting[Any]) -> str:
        """Where its value was said: file and line, a variable, or its default."""
        return self._places.get(setting.name, "(default)")

    def __getitem__(self, setting: Setting[T]) -> T:
        value = self._values[setting.name]
        assert isinstance(value, type(setting.default))
        return value

    @property
    def home(self) -> Path:
        """The folder everything is written under, absolute."""
        return (self.base / self[HOME]).absolute()

    def shown(self, declared: Iterable[Setting[Any]]) -> dict[str, object]:
        """Name and value of each setting as it may be printed; secrets are left out."""
        return {s.name: "(secret)" if s.secret else self._values[s.name] for s in declared}


def load(
    path: Path | None,
    declared: Iterable[Setting[Any]],
    environment: Mapping[str, str] = os.environ,
) -> Settings:
    """Read the settings of a centre.

    :param path: the TOML file, or None for the defaults.
    :param declared: every setting of the kernel and of the features.
    :param environment: `MADOGUCHI_<TABLE>_<KEY>` stands above the file.
    :raises SettingsError: naming the line and what to write instead.
    """
    known = {setting.name: setting for setting in declared}
    values: dict[str, object] = {name: setting.default for name, setting in known.items()}
    places: dict[str, str] = {}
    if path is not None:
        for name, value, place in _read(path):
            if name not in known:
                raise SettingsError(
                    "%(place)s: 「%(name)s」という設定はありません。近いもの: %(near)s",
                    place=place, name=name, near=_nearest(name, known),
                )  # fmt: skip
            values[name], places[name] = _checked(known[name], value, place), place
    _refuse_unknown_variables(environment, known)
    for name, setting in known.items():
        variable = "MADOGUCHI_" + name.replace(".", "_").upper()
        if variable in environment:
            values[name] = _checked(setting, _from_text(setting, environment[variable], variable), variable)
            places[name] = variable
    return Settings(values, path.absolute() if path is not None else None, places)


def _refuse_unknown_variables(environment: Mapping[str, str], known: Mapping[str, Setting[Any]]) -> None:
    """A variable of one of our tables that names no setting is a misspelt one."""
    tables = {name.partition(".")[0].upper() for name in known}
    variables = {"MADOGUCHI_" + name.replace(".", "_").upper(): name for name in known}
    for variable in environment:
        parts = variable.split("_")
        if parts[0] == "MADOGUCHI" and len(parts) > 2 and parts[1] in tables and variable not in variables:
            raise SettingsError(
                "%(place)s: 「%(name)s」という設定はありません。近いもの: %(near)s",
                place="environment", name=variable, near=_nearest(variable, variables),
            )  # fmt: skip


def _read(path: Path) -> Iterable[tuple[str, object, str]]:
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise SettingsError("設定ファイル %(path)s を読めません。場所と権限を確かめてください。", path=path) from error
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError("%(path)s: TOMLとして読めません（%(why)s）。その行を直してください。", path=path, why=error) from error
    for table, keys in tables.items():
        if not isinstance(keys, dict):
            place = f"{path}:{_line(text, '', table)}"
            raise SettingsError(
                "%(place)s: 「%(key)s」は [表] の中に書いてください（例: [web] の下に port = 8443）。",
                place=place, key=table,
            )  # fmt: skip
        for key, value in keys.items():
            yield f"{table}.{key}", value, f"{path}:{_line(text, table, key)}"


def _line(text: str, table: str, key: str) -> int:
    current = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[([^\]]+)\]", line)
        if header:
            current = header.group(1).strip()
        elif current == table and re.match(rf"\s*\"?{re.escape(key)}\"?\s*[=.]", line):
            return number
    return 1


def _from_text(setting: Setting[Any], text: str, place: str) -> object:
    kind = type(setting.default)
    try:
        if kind is bool:
            return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
        return kind(text)
    except (ValueError, KeyError) as error:
        raise SettingsError(
            "%(place)s: 「%(name)s」には %(kind)s を書いてください（例: %(example)s）。",
            place=place, name=setting.name, kind=_KINDS[kind], example=setting.default,
        ) from error  # fmt: skip


def _checked(setting: Setting[Any], value: object, place: str) -> object:
    kind = type(setting.default)
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        raise SettingsError(
            "%(place)s: 「%(name)s」には %(kind)s を書いてください（例: %(example)s）。",
            place=place, name=setting.name, kind=_KINDS[kind], example=_toml(setting.default),
        )  # fmt: skip
    if setting.choices and value not in setting.choices:
        raise SettingsError(
            "%(place)s: 「%(name)s」は次のどれかです: %(choices)s",
            place=place, name=setting.name, choices=", ".join(setting.choices),
        )  # fmt: skip
    if setting.pattern and not re.fullmatch(setting.pattern, str(value)):
        raise SettingsError(
            "%(place)s: 「%(name)s」は %(pattern)s の形で書いてください（例: %(example)s）。",
            place=place, name=setting.name, pattern=setting.pattern, example=_toml(setting.default),
        )  # fmt: skip
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        low = setting.least is not None and value < setting.least
        high = setting.most is not None and value > setting.most
        if low or high:
            raise SettingsError(
                "%(place)s: 「%(name)s」は %(least)s から %(most)s までの数です。",
                place=place, name=setting.name,
                least="-" if setting.least is None else setting.least,
                most="-" if setting.most is None else setting.most,
            )  # fmt: skip
    return value


_KINDS: dict[type, str] = {bool: "true/false", int: "整数", float: "数", str: '"文字列"'}


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _nearest(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    return ", ".join(get_close_matches(name, list(known), n=3)) or "madoguchi doctor --settings"
