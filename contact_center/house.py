"""The parts of one centre, put together once in each process and handed to whoever needs them.

A part is made from the parts below it; nothing here is looked up by name and nothing is global.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Any

from contact_center.audit import KEY_FILE, AuditTrail
from contact_center.audit import LOCK as AUDIT_LOCK
from contact_center.availability import Ledger
from contact_center.clock import Clock, SystemClock
from contact_center.contacts import Callbacks, Contacts, Corrections, Escalations, Notes, Outgoing, Sharing
from contact_center.database import Database
from contact_center.directory import Directory, Notices
from contact_center.errors import SettingsError
from contact_center.events import KERNEL_EVENTS, EventLog
from contact_center.features import Feature, PersonalData, check_permissions, load_features, resolve
from contact_center.identity import KERNEL_PERMISSIONS, Devices, Factors, People, Rights, Sessions
from contact_center.jobs import Jobs
from contact_center.personal import Keyring, Vault
from contact_center.reports import Board, Fold
from contact_center.seats import Seats
from contact_center.settings import (
    ABANDON_AFTER,
    ANSWER_WITHIN,
    AUDIT_CHECKPOINTS,
    AUDIT_URL,
    CONTACT_DAYS,
    DATABASE_URL,
    HOME,
    KERNEL_SETTINGS,
    KEYS,
    SERVICE_LEVEL,
    WRAP_UP,
    Setting,
    Settings,
    load,
)

KERNEL_PERSONAL_DATA = (
    PersonalData("contact", "number", "折り返しと同一人の応対歴", CONTACT_DAYS, "責任者"),
    PersonalData("escalation", "question", "市・責任者への引き継ぎ", CONTACT_DAYS, "責任者"),
    PersonalData("escalation", "answer", "市・責任者の回答", CONTACT_DAYS, "責任者"),
    PersonalData("contact", "note", "応対の記録と市への報告", CONTACT_DAYS, "責任者"),
)


@dataclass(frozen=True)
class House:
    """One centre as a process sees it."""

    settings: Settings
    features: tuple[Feature, ...]
    clock: Clock
    database: Database
    log: EventLog
    keyring: Keyring
    audit: AuditTrail
    vault: Vault
    rights: Rights
    sessions: Sessions
    people: People
    factors: Factors
    devices: Devices
    directory: Directory
    notices: Notices
    ledger: Ledger
    seats: Seats
    callbacks: Callbacks
    contacts: Contacts
    outgoing: Outgoing
    sharing: Sharing
    notes: Notes
    corrections: Corrections
    escalations: Escalations
    fold: Fold
    board: Board
    jobs: Jobs = field(default_factory=Jobs)
    _services: dict[str, Any] = field(default_factory=dict)
    _one_at_a_time: Any = field(default_factory=RLock)

    def service(self, feature: str) -> Any:
        """What a feature's parts share in this process; made when it is asked for first."""
        with self._one_at_a_time:
            if feature not in self._services:
                made = next(f.service for f in self.features if f.name == feature)
                self._services[feature] = resolve(str(made))(self)
            return self._services[feature]

    def close(self) -> None:
        """Give the connections of both databases back: before the end, or before another process takes this one's place."""
        self.database.dispose()
        self.audit.close()


def declared_settings(features: Sequence[Feature]) -> tuple[Setting[Any], ...]:
    """Every setting of the kernel and of these features."""
    return (*KERNEL_SETTINGS, *(s for feature in features for s in feature.settings))


def migrations(features: Sequence[Feature]) -> list[str]:
    """The packages of these features' alembic revisions."""
    return [feature.migrations for feature in features if feature.migrations]


def read_settings(path: Path | None) -> Settings:
    """The settings of a centre with all installed features."""
    return load(path, declared_settings(load_features()))


def build(settings: Settings, clock: Clock | None = None) -> House:
    """Put the parts of a centre together.

    :raises SettingsError: where a feature declares something that does not hold; nothing was started.
    """
    clock = clock or SystemClock()
    features = load_features()
    permissions = (*KERNEL_PERMISSIONS, *(p for f in features for p in f.permissions))
    check_permissions(features, permissions)
    home = settings.home
    database = Database(settings[DATABASE_URL] or f"sqlite:///{home / 'data' / 'madoguchi.sqlite'}")
    audit_database = Database(settings[AUDIT_URL] or f"sqlite:///{home / 'audit' / 'audit.sqlite'}", durable=True, lock=AUDIT_LOCK)
    keys = Path(settings[KEYS]) if settings[KEYS] else home / "keys"
    checkpoints = Path(settings[AUDIT_CHECKPOINTS]) if settings[AUDIT_CHECKPOINTS] else home / "checkpoints"

    log = EventLog(clock, (*KERNEL_EVENTS, *(e for f in features for e in f.events)))
    try:
        keyring = Keyring(keys)
    except OSError as error:
        raise SettingsError("%(place)s: centre.home の「%(home)s」に書けません。", place=settings.place(HOME), home=home) from error
    audit = AuditTrail(audit_database, clock, checkpoints, keys / KEY_FILE)
    personal = (*KERNEL_PERSONAL_DATA, *(p for f in features for p in f.personal_data))
    vault = Vault(keyring, clock, {(p.owner, p.field): settings[p.days] for p in personal})
    rights = Rights(permissions)
    directory = Directory(clock, log)
    seats = Seats(clock, log, keyring, settings[WRAP_UP])
    callbacks = Callbacks(clock, log, audit, vault, settings[ABANDON_AFTER])
    outgoing = Outgoing(clock, log, audit, vault, seats, callbacks)
    sharing = Sharing(log, seats, directory)
    contacts = Contacts(clock, log, vault, seats, callbacks, outgoing, sharing)
    notices = Notices(clock, log)
    notes = Notes(clock, log, audit, vault, seats, directory, contacts)
    escalations = Escalations(clock, log, audit, vault, directory, notes, callbacks, settings[ANSWER_WITHIN])
    board = Board(clock, directory, notices, seats, callbacks, escalations)
    sessions = Sessions(database, clock, log, audit, rights, settings)
    house = House(
        settings=settings, features=features, clock=clock, database=database, log=log, keyring=keyring, audit=audit,
        vault=vault, rights=rights, sessions=sessions,
        people=People(database, clock, log, audit, sessions), factors=Factors(database, clock, audit, keyring),
        devices=Devices(database, clock, log, audit, keyring),
        directory=directory, notices=notices, ledger=Ledger(clock), seats=seats, callbacks=callbacks,
        contacts=contacts, outgoing=outgoing, sharing=sharing, notes=notes,
        corrections=Corrections(clock, log, audit, vault, seats, notes), escalations=escalations,
        fold=Fold(database, log, settings[SERVICE_LEVEL]), board=board,
    )  # fmt: skip
    for feature in features:
        if feature.board is not None:
            board.add(feature.name, frozenset(feature.events), partial(resolve(feature.board), house))
    return house
