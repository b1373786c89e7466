"""What happened before the pictures: last month, yesterday, and earlier today, written by the centre's own services."""

from __future__ import annotations

import random
import secrets
from datetime import date, datetime, time, timedelta
from typing import Any

from admin.demo.stage import PEOPLE, Stage
from contact_center.clock import TOKYO, FakeClock
from contact_center.contacts import Contact, State, Unserved
from contact_center.contacts.corrections import UNCLASSIFIED
from contact_center.events.catalogue import ContactAnswered
from contact_center.house import House, build, read_settings
from contact_center.identity import Actor
from contact_center.personal import Personal

SUBJECTS = (
    ("booking", "booked"), ("booking", "booked"), ("pin", "faq"), ("certificate", "faq"), ("renewal", "faq"), ("new", "faq"),
    ("loss", "department"), ("address", "department"), ("insurance", "national"), ("elsewhere", "other_city"),
)  # fmt: skip
"""What the contacts of former days were about, and how they ended."""


class Past:
    """Lets contacts have happened: last month, yesterday, and earlier today."""

    def __init__(self, stage: Stage) -> None:
        self.now = stage.clock.now()
        self.clock = FakeClock(self.now - timedelta(days=70))
        self.house: House = build(read_settings(stage.settings_path), self.clock)
        self.random = random.Random(17)  # noqa: S311
        with self.house.database.reading() as session:
            cities = frozenset(city.id for city in self.house.directory.cities(session))
        ids = {person.account: person.id for person in self.house.people.all()}
        rights = frozenset(self.house.rights.of(PEOPLE[1][2]))
        self.agent = Actor(ids["agent"], "", rights, cities)
        self.supervisor = Actor(ids["supervisor"], "", rights, cities)

    def at(self, moment: datetime) -> datetime:
        """The clock of the past stands there."""
        self.clock.advance((moment - self.clock.now()).total_seconds())
        return moment

    def served(self, arrived: datetime, category: str, outcome: str, number: str = "") -> int:
        """Somebody called and was served; the contact's id."""
        wait, talk, wrap = (self.random.randint(*span) for span in ((4, 26), (95, 420), (20, 80)))
        answered = arrived + timedelta(seconds=wait)
        ended = answered + timedelta(seconds=talk)
        self.at(ended + timedelta(seconds=wrap))
        with self.house.database.session_scope() as session:
            contact = self._arrive(session, arrived, number)
            contact.state, contact.answered_at, contact.ended_at = State.WRAPPING, answered, ended
            contact.person_id = self.agent.person
            said = ContactAnswered(
                city=contact.city_id, contact=contact.id, actor=self.agent.word, line=contact.line_id, seat="seat-1",
                person=self.agent.person, waited=float(wait),
            )  # fmt: skip
            self.house.log.append(session, said, at=answered)
            contact.category, contact.outcome = category, outcome
            self.house.notes.finish(session, contact, self.agent.word)
            return contact.id

    def unserved(self, arrived: datetime, how: Unserved, waited: int, number: str = "") -> None:
        """Somebody called and was not served."""
        left = self.at(arrived + timedelta(seconds=waited))
        with self.house.database.session_scope() as session:
            self.house.contacts.gone(session, self._arrive(session, arrived, number), how, left)

    def _arrive(self, session: Any, at: datetime, number: str) -> Contact:
        key = f"picture-{secrets.token_hex(6)}"
        caller = Personal("+81" + number[1:]) if number else None
        return self.house.contacts.arrive(session, key, "phone", self.random.choice(("line1", "line1", "line2")), caller, at)

    def asked(self, moment: datetime, contact: int, to: str, text: str, office: str = "") -> int:
        """A contact was handed on; the question's id."""
        self.at(moment)
        with self.house.database.session_scope() as session:
            return self.house.escalations.hand_on(session, self.agent, contact, to, text, office=office).id

    def former_days(self) -> tuple[date, date]:
        """A full week of last month, whose first and last day are returned; and what yesterday has left to do."""
        last = self.now.astimezone(TOKYO).date().replace(day=1) - timedelta(days=1)
        monday = last - timedelta(days=last.weekday() + 7)
        for day in (monday + timedelta(days=n) for n in range(5)):
            self._working_day(day)
        self._all_called_back()
        yesterday = self.now - timedelta(hours=27)
        contact = self.served(yesterday, "booking", "reported", "0311130001")
        self.asked(yesterday + timedelta(minutes=12), contact, "city", "通知書の再送ができるかを確認してほしい。", "citizens")
        self.served(yesterday + timedelta(minutes=30), UNCLASSIFIED, "faq")
        contact = self.served(self.now - timedelta(hours=6), "insurance", "reported", "0311130002")
        asked = self.asked(self.now - timedelta(hours=5, minutes=50), contact, "city", "資格確認書の届く時期。", "insurance")
        with self.house.database.session_scope() as session:
            self.house.escalations.receive(session, self.supervisor, asked)
        return monday, monday + timedelta(days=4)

    def _working_day(self, day: date) -> None:
        opens = datetime.combine(day, time(8, 32), TOKYO)
        for start in sorted(self.random.randint(0, 8 * 60 + 20) for _ in range(self.random.randint(19, 27))):
            arrived = opens + timedelta(minutes=start)
            chance = self.random.random()
            if chance < 0.9:
                self.served(arrived, *self.random.choice(SUBJECTS))
            else:
                self.unserved(arrived, Unserved.ABANDONED if chance < 0.96 else Unserved.OVERFLOWED, self.random.randint(5, 40))
        self.unserved(opens + timedelta(hours=9, minutes=20), Unserved.OUT_OF_HOURS, 31)

    def _all_called_back(self) -> None:
        with self.house.database.session_scope() as session:
            for row in self.house.callbacks.waiting(session, self.agent.cities):
                self.house.callbacks.tried(session, self.agent, row.id, reached=True)

    def today(self) -> None:
        """The calls of the last hours, two of which nobody answered."""
        midnight = datetime.combine(self.now.astimezone(TOKYO).date(), time(), TOKYO)
        begins = max(midnight, self.now - timedelta(hours=4))
        minutes = int((self.now - timedelta(minutes=45) - begins).total_seconds() // 60)
        for start in sorted(self.random.randint(0, max(0, minutes)) for _ in range(22 if minutes > 30 else 0)):
            self.served(begins + timedelta(minutes=start), *self.random.choice(SUBJECTS))
        self.unserved(self.now - timedelta(minutes=34), Unserved.OVERFLOWED, 9, "0311130003")
        self.unserved(self.now - timedelta(minutes=21), Unserved.ABANDONED, 48, "0311130004")
