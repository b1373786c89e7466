"""The practice city as a test sees it: its command, its ledger and switches, its post office, and a resident without a browser."""

from __future__ import annotations

import email
import imaplib
import json
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from email.policy import default
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode

from contact_center.clock import SystemClock

CLOCK = SystemClock()
TOKEN = "control-of-the-test"
FIRST_DAY = "2026-11-24"


def until(met: Callable[[], Any], seconds: float = 10) -> Any:
    """What a condition is once it is met."""
    end = CLOCK.monotonic() + seconds
    while not (value := met()):
        assert CLOCK.monotonic() < end, "waited in vain"
        CLOCK.sleep(0.02)
    return value


class City:
    """The running command."""

    def __init__(self) -> None:
        words = [sys.executable, "-m", "booking_agent.rehearsal_site", "--control", TOKEN]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert self.process.stdout is not None
        self.ports = json.loads(self.process.stdout.readline())
        self.url = self.ports["url"]

    def close(self) -> tuple[int, str]:
        """How it ended, and all that it wrote."""
        self.process.send_signal(signal.SIGTERM)
        told, _ = self.process.communicate(timeout=10)
        return self.process.returncode, told

    def ask(self, path: str, body: Any = None, token: str = TOKEN) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data, {"X-Control": token})) as answer:
            return json.load(answer)

    def reset(self, seed: int = 1, **more: Any) -> None:
        self.ask("/ledger/reset", {"seed": seed, "first_day": FIRST_DAY, **more})
        self.ask("/switches", [])

    def switch(self, fault: str, **more: Any) -> None:
        """This is on, besides what is on already."""
        self.ask("/switches", [*self.ask("/switches"), {"fault": fault, **more}])

    def ledger(self, part: str) -> Any:
        return self.ask("/ledger/" + part)

    def person(self, given: str) -> dict[str, Any]:
        return next(one for one in self.ledger("people") if one["given"] == given)

    def reservation(self) -> dict[str, Any]:
        """The only one there is."""
        (only,) = self.ledger("reservations")
        return only

    def slot(self, id: str) -> dict[str, Any]:
        return next(one for one in self.ledger("slots") if one["id"] == id)

    def free(self, counter: int = 1, least: int = 1, after: str = FIRST_DAY) -> dict[str, Any]:
        """An early slot with so many places left."""
        slots = (s for s in self.ledger("slots") if s["counter"] == counter and s["day"] > after)
        return next(one for one in slots if one["capacity"] - one["taken"] >= least)

    def outcomes(self) -> list[str]:
        """What became of everything that was handed in."""
        return [one["outcome"] for one in self.ledger("submissions")]

    def mail(self, address: str, holding: str, seconds: float = 10) -> str:
        """The text of a mail, as soon as it lies in the mailbox."""
        box = imaplib.IMAP4("127.0.0.1", self.ports["imap_port"])
        box.login(address, self.ledger("mailboxes")[address])
        box.select("INBOX")

        def found() -> str:
            box.noop()
            for number in reversed((box.search(None, "ALL")[1][0] or b"").split()):
                raw: Any = box.fetch(number, "(BODY.PEEK[])")[1][0]
                if raw is None:
                    # Somebody has deleted it meanwhile.
                    continue
                text = email.message_from_bytes(raw[1], policy=default).get_content()
                if holding in text:
                    return str(text)
            return ""

        try:
            return str(until(found, seconds))
        finally:
            box.logout()


class Plain:
    """A resident without a browser: for what needs no eyes."""

    def __init__(self, city: City, person: dict[str, Any]) -> None:
        self.city, self.person = city, person
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.status, self.text = 0, ""

    def get(self, path: str) -> str:
        return self._open(urllib.request.Request(self.city.url + path))

    def post(self, path: str, **fields: Any) -> str:
        """Hand in a form, with the token of the page before."""
        token = re.search(r'name="_token" value="([^"]+)"', self.text)
        data = urlencode({"_token": token[1] if token else "", **fields}).encode()
        return self._open(urllib.request.Request(self.city.url + path, data))

    def call(self, name: str, body: Any = None) -> Any:
        """What the script of `/app` would ask."""
        data = None if body is None else json.dumps(body).encode()
        self._open(urllib.request.Request(f"{self.city.url}/app/api/{name}", data, {"Content-Type": "application/json"}))
        return json.loads(self.text)

    def _open(self, request: urllib.request.Request) -> str:
        try:
            with self.opener.open(request) as answer:
                self.status, self.text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            self.status, self.text = error.code, error.read().decode()
        return self.text

    # -- ways through the faces ---------------------------------------------------------------------------------------

    def to_the_calendar(self, counter: int = 1) -> str:
        """Page by page, with a mailed URL, until days can be chosen."""
        birthday = self.person["birthday"].replace("-", "")
        self.get("/pages/new")
        self.post("/pages/number", card=self.person["number"], birthday=birthday)
        self.post("/pages/people", people=1)
        self.post("/pages/consent", agree=1)
        self.post("/pages/mail", mail=self.person["mail"], again=self.person["mail"])
        mail = self.city.mail(self.person["mail"], "/pages/continue")
        self.get("/pages/continue" + re.search(r"/pages/continue(\S+)", mail)[1])
        return self.post("/pages/counter", counter=counter)

    def to_the_confirmation(self, slot: str) -> str:
        """From the calendar until one button is left."""
        self.get(f"/pages/pick?slot={slot}")
        who, phone = self.person, self.person["phone"].split("-")
        names = {name: who[name] for name in ("family", "given", "family_kana", "given_kana")}
        return self.post("/pages/applicant", **names, phone1=phone[0], phone2=phone[1], phone3=phone[2])

    def hold(self, slot: str, people: int = 1) -> Any:
        return self.call("hold", {"slot": slot, "counter": slot[0], "people": people})

    def book(self) -> Any:
        who = self.person
        return self.call(
            "book",
            {"number": who["number"], "birthday": who["birthday"], "name": who["family"] + who["given"], "kana": "みほん はなこ",
             "phone": who["phone"], "mail": who["mail"]},
        )  # fmt: skip

    def log_in(self) -> str:
        return self.post("/frames/main", act="login", id=self.person["letter_id"], password=self.person["letter_password"])

    def to_the_times(self, slot: str) -> str:
        """In the frames, from the log-in until a time can be chosen."""
        self.log_in()
        self.get("/frames/main?act=new")
        self.post("/frames/main", act="place", counter=slot[0])
        return self.post("/frames/main", act="day", val=slot[2:10])

    def to_the_final_button(self, slot: str) -> str:
        """From there until 本予約 is left."""
        self.post("/frames/main", act="hold", val=slot)
        return self.post("/frames/main", act="check", **self.in_the_frames())

    def in_the_frames(self) -> dict[str, Any]:
        who = self.person
        year, month, day = (int(part) for part in who["birthday"].split("-"))
        era, first = ("昭和", 1925) if year < 1989 else ("平成", 1988) if year < 2019 else ("令和", 2018)
        return {"name": who["family"] + who["given"], "kana": "ﾐﾎﾝ ﾊﾅｺ", "phone": who["phone"], "era": era, "year": year - first,
                "month": month, "day": day}  # fmt: skip
