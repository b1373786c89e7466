"""What stands in the ledger, and what is decided for the sites."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

Face = Literal["apply", "portal", "client"]
Kind = Literal["user", "sign"]
"""Which certificate a PIN opens: 利用者証明用 with four digits, or 署名用 with letters and digits."""

Entry = Literal["page", "iframe", "popup", "shadow_open", "shadow_closed"]
"""Where the field of a PIN stands: in the portal's own page, or in the card software's, in one of four ways."""

TRIES: dict[Kind, int] = {"user": 3, "sign": 5}
Positive = Annotated[float, msgspec.Meta(gt=0)]


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is decided for the sites; minutes may be fractions.

    :param apply_idle_minutes: how long a page of the application waits.
    :param portal_idle_minutes: how long the portal waits.
    :param warn_minutes: so long before that the portal says so with an alert.
    :param mailed_hours: how long a mailed URL is good.
    :param birth_input: whether the birthday is chosen from lists or from the browser's own calendar.
    :param login_entry: where the PIN of every log-in is typed; without it the card decides.
    :param sign_entry: the same for the PIN of a signature.
    :param insurance_minutes: how long an application for the health insurance is being dealt with.
    :param client_host: the name of the card software's host; under `localhost` it is another site, not only another origin.
    """

    apply_idle_minutes: Positive = 20
    portal_idle_minutes: Positive = 10
    warn_minutes: Positive = 1
    mailed_hours: Positive = 24
    birth_input: Literal["selects", "date"] = "selects"
    login_entry: Entry | None = None
    sign_entry: Entry | None = "page"
    insurance_minutes: float = 1
    client_host: Literal["127.0.0.1", "localhost"] = "127.0.0.1"


class Card(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A practice card.

    :param left: tries left for `pin`; 0 is locked.
    :param until: the last day of the user certificate.
    :param sign_pin: empty where there is no signature certificate.
    :param face_only: a 顔認証 card, which has no PIN.
    """

    pin: str
    until: date
    sign_until: date
    sign_pin: str = ""
    left: int = TRIES["user"]
    sign_left: int = TRIES["sign"]
    face_only: bool = False
    entry: Entry = "iframe"


class Person(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A made-up resident.

    :param application_id: of the form that the resident was sent; whoever has a card renews it with this.
    :param driving_licence: whether the card is a マイナ免許証 too, which a renewal has to ask first.
    """

    id: str
    name: str
    kana: str
    birthday: date
    application_id: str
    address: str
    insurer: str
    card: Card | None = None
    driving_licence: bool = False

    def age(self, today: date) -> int:
        """Full years."""
        return today.year - self.birthday.year - ((today.month, today.day) < (self.birthday.month, self.birthday.day))


class Photo(msgspec.Struct, frozen=True):
    """What is kept of a photo: enough to prove that it arrived unchanged."""

    size: int
    width: int
    height: int
    sha256: str


class Application(msgspec.Struct, kw_only=True):
    """An application for a card; `reason` is why it came back."""

    number: str
    at: datetime
    person: str
    application_id: str
    kind: Literal["first", "renewal"]
    contact_name: str
    mail: str
    photo: Photo | None
    birthday: date
    without_sign: bool
    without_user: bool
    braille: bool
    state: Literal["accepted", "defect", "replaced"] = "accepted"
    reason: str = ""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """The bank account that somebody has registered."""

    at: datetime
    bank: str
    branch: str
    kind: str
    number: str
    holder: str


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """An e-application, with what was typed and what was attached."""

    number: str
    at: datetime
    person: str
    city: str
    procedure: str
    given: dict[str, str]


class Mail(msgspec.Struct, kw_only=True):
    """A mail of the application site; `url` is the personal one in it."""

    at: datetime
    to: str
    subject: str
    text: str
    url: str = ""
    state: Literal["outbox", "sent", "refused"] = "outbox"


class Act(msgspec.Struct, frozen=True):
    """Something that somebody did; never what was typed as a secret."""

    at: datetime
    person: str
    what: str
    detail: str = ""


class Caught(msgspec.Struct, frozen=True):
    """What a hostile page says it got hold of; of texts only the length."""

    at: datetime
    face: Face
    trick: str
    outcome: str


class Start(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a rehearsal begins: what differs from `Rules`."""

    rules: dict[str, Any] = {}


class Denied(Exception):
    """The site says no, in the words that its page shows; nothing was changed."""
