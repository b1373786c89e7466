"""The truth behind both sites: who applied for what, and who did what when. It is kept in memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from secrets import token_urlsafe
from typing import Any

import msgspec

from contact_center.clock import Clock
from video_desk.rehearsal_sites.model import (
    Account,
    Act,
    Application,
    Caught,
    Denied,
    Face,
    Filing,
    Mail,
    Person,
    Photo,
    Rules,
    Start,
)
from video_desk.rehearsal_sites.people import residents


@dataclass(frozen=True)
class Invitation:
    """What a mailed URL stands for."""

    until: datetime
    application_id: str
    contact_name: str
    mail: str


class Ledger:
    """One for both sites, the card software and all threads."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._lock = threading.RLock()
        self.reset(Start())

    def reset(self, start: Start) -> None:
        """Begin again.

        :raises msgspec.ValidationError: where a rule is unknown or of the wrong kind; nothing is changed then.
        """
        rules = msgspec.convert(start.rules, Rules)
        with self._lock:
            self.rules = rules
            self.people = {one.id: one for one in residents(self.today())}
            self.applications: dict[str, Application] = {}
            self.insured: dict[str, datetime] = {}
            self.accounts: dict[str, Account] = {}
            self.filings: dict[str, Filing] = {}
            self._mails: list[Mail] = []
            self._acts: list[Act] = []
            self._caught: list[Caught] = []
            self._invited: dict[str, Invitation] = {}
            self._count = 0

    def now(self) -> datetime:
        """The moment now."""
        return self.clock.now()

    def today(self) -> date:
        """The day now."""
        return self.clock.now().date()

    def rule(self, given: dict[str, Any]) -> None:
        """Change some rules and leave the others.

        :raises msgspec.ValidationError: where one is unknown or of the wrong kind; nothing is changed then.
        """
        with self._lock:
            self.rules = msgspec.convert(msgspec.to_builtins(self.rules) | given, Rules)

    def alter(self, person: str, given: dict[str, Any]) -> Person:
        """Make a resident another one in some respect; `card` may name only what differs.

        :raises KeyError: where there is no such person.
        :raises msgspec.ValidationError: where it is not understood; nothing is changed then.
        """
        with self._lock:
            known = msgspec.to_builtins(self.people[person])
            card = {**(known["card"] or {}), **given["card"]} if given.get("card") else given.get("card", known["card"])
            self.people[person] = msgspec.convert({**known, **given, "card": card, "id": person}, Person)
            return self.people[person]

    def act(self, person: str, what: str, detail: str = "") -> None:
        """Write down what somebody did."""
        with self._lock:
            self._acts.append(Act(self.now(), person, what, detail))

    def post(self, mail: Mail) -> None:
        """Write down a mail."""
        with self._lock:
            self._mails.append(mail)

    def caught(self, face: Face, trick: str, outcome: str) -> None:
        """Write down what a hostile page says it got."""
        with self._lock:
            self._caught.append(Caught(self.now(), face, trick, outcome))

    def _number(self, head: str) -> str:
        self._count += 1
        return f"{head}{self.today():%Y%m%d}{self._count:05}"

    # -- the card application -----------------------------------------------------------------------------------------

    def applicant(self, application_id: str) -> Person:
        """Who may apply with that id now.

        :raises Denied: where nobody has it, or it was used.
        """
        with self._lock:
            found = next((one for one in self.people.values() if one.application_id == application_id), None)
            if found is None:
                raise Denied("入力された申請書IDは確認できませんでした。お住まいの市区町村の窓口にお問い合わせください。")
            if any(one.application_id == application_id and one.state == "accepted" for one in self.applications.values()):
                raise Denied("入力された申請書IDによる申請は既に受け付けています。同じ申請書IDで重ねて申請することはできません。")
            return found

    def invite(self, application_id: str, contact_name: str, mail: str) -> str:
        """The key of a new mailed URL."""
        key = token_urlsafe(24)
        with self._lock:
            until = self.now() + timedelta(hours=self.rules.mailed_hours)
            self._invited[key] = Invitation(until, application_id, contact_name, mail)
        return key

    def invited(self, key: str) -> Invitation:
        """What a mailed URL stands for.

        :raises Denied: where it is not known, too old, or was used.
        """
        with self._lock:
            found = self._invited.get(key)
        if found is None or found.until <= self.now():
            raise Denied(
                "申請者専用WEBサイトのURLが正しくないか、有効期限が切れています。もう一度メールアドレスの登録からお手続きください。"
            )
        self.applicant(found.application_id)
        return found

    def apply(
        self, key: str, photo: Photo | None, birthday: date, without_sign: bool, without_user: bool, braille: bool
    ) -> Application:
        """Take an application; an earlier one of the same id that came back is replaced by it.

        :raises Denied: where the mailed URL is not good any more.
        """
        with self._lock:
            asked = self.invited(key)
            who = self.applicant(asked.application_id)
            for former in self.applications.values():
                if former.application_id == asked.application_id:
                    former.state = "replaced"
            done = Application(
                number=self._number("9"), at=self.now(), person=who.id, application_id=asked.application_id,
                kind="renewal" if who.card else "first", contact_name=asked.contact_name, mail=asked.mail, photo=photo,
                birthday=birthday, without_sign=without_sign, without_user=without_user, braille=braille,
            )  # fmt: skip
            self.applications[done.number] = done
            self.act(who.id, "card_applied", done.number)
            return done

    def send_back(self, application_id: str, reason: str) -> Application:
        """The office finds a defect in an application.

        :raises KeyError: where there is none with that id that could come back.
        """
        with self._lock:
            for one in self.applications.values():
                if one.application_id == application_id and one.state == "accepted":
                    one.state, one.reason = "defect", reason
                    self.act(one.person, "card_sent_back", one.number)
                    return one
        raise KeyError(application_id)

    # -- the portal ---------------------------------------------------------------------------------------------------

    def insure(self, person: str) -> None:
        """Take an application for the use of the card as health insurance card."""
        with self._lock:
            self.insured.setdefault(person, self.now())
            self.act(person, "insurance_applied")

    def insurance(self, person: str) -> str:
        """How far that is: `none`, `working` or `done`."""
        with self._lock:
            at = self.insured.get(person)
            if at is None:
                return "none"
            return "done" if self.now() - at >= timedelta(minutes=self.rules.insurance_minutes) else "working"

    def register(self, person: str, given: dict[str, str]) -> None:
        """Register a bank account, in place of the one that was."""
        with self._lock:
            what = "account_changed" if person in self.accounts else "account_registered"
            self.accounts[person] = Account(at=self.now(), **given)
            self.act(person, what)

    def unregister(self, person: str) -> None:
        """Delete the bank account, if there is one."""
        with self._lock:
            if self.accounts.pop(person, None) is not None:
                self.act(person, "account_deleted")

    def file(self, person: str, city: str, procedure: str, given: dict[str, str]) -> Filing:
        """Take an e-application."""
        with self._lock:
            done = Filing(
                number=self._number("P"), at=self.now(), person=person, city=city, procedure=procedure, given=given
            )  # fmt: skip
            self.filings[done.number] = done
            self.act(person, "filed", done.number)
            return done

    def as_json(self, part: str = "") -> bytes:
        """Everything, or one part of it.

        :raises KeyError: where there is no such part.
        """
        with self._lock:
            whole: dict[str, Any] = {
                "now": self.now(), "rules": self.rules, "people": list(self.people.values()),
                "applications": list(self.applications.values()), "mails": self._mails,
                "insured": {id: {"at": at, "state": self.insurance(id)} for id, at in self.insured.items()},
                "accounts": self.accounts, "filings": list(self.filings.values()), "acts": self._acts, "caught": self._caught,
            }  # fmt: skip
            return msgspec.json.encode(whole[part] if part else whole)
