"""What the doctor asks of the booking agent."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from booking_agent import service
from booking_agent.model import Intent, SiteCheck, Waits
from booking_agent.settings import MAIL_HOST
from booking_agent.staff import staff_sign_in
from contact_center.errors import BadInput
from contact_center.features import Finding
from contact_center.house import House


def check(house: House) -> Iterator[Finding]:
    """Profiles that can be used, a mailbox where one is needed, sites that look as they did, bookings that wait for a person."""
    bookings = service.of(house)
    try:
        profiles = bookings.profiles.all()
    except BadInput as error:
        yield Finding("予約サイト", False, error.sentence())
        return
    if not profiles:
        yield Finding("予約サイト", True, "登録されていません（docs/tutorial-add-a-site.md の手順で加えられます）。")
        return
    yield Finding("予約サイト", True, "、".join(profile.title for profile in profiles))
    if any(profile.mailbox == "desk" for profile in profiles) and not house.settings[MAIL_HOST]:
        yield Finding(
            "予約サイトのメール", False, "窓口のメールボックスが要るサイトがあります。booking.mail_host などを設定してください。"
        )
    for profile in profiles:
        if profile.mailbox == "staff":
            try:
                staff_sign_in(house.settings, profile.site)
            except BadInput as error:
                yield Finding(f"予約サイト {profile.site}", False, error.sentence())
    with house.database.reading() as session:
        for row in session.scalars(select(SiteCheck).where(SiteCheck.finding != "")):
            yield Finding(f"予約サイト {row.site}", row.good, row.finding)
        waiting = session.scalar(select(func.count()).select_from(Intent).where(Intent.waits == Waits.PERSON)) or 0
    if waiting:
        yield Finding("予約の確認待ち", False, f"{waiting}件の予約が、市への電話での確認を待っています。")
