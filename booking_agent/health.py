"""What the doctor asks of the booking agent."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from booking_agent import service
from booking_agent.model import Intent, SiteCheck, Waits
from booking_agent.staff import check_means
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
    for profile in profiles:
        try:
            check_means(house.settings, profile)
        except BadInput as error:
            yield Finding(f"予約サイト {profile.site}", False, error.sentence())
    with house.database.reading() as session:
        for row in session.scalars(select(SiteCheck).where(SiteCheck.finding != "")):
            yield Finding(f"予約サイト {row.site}", row.good, row.finding)
        waiting = session.scalar(select(func.count()).select_from(Intent).where(Intent.waits == Waits.PERSON)) or 0
    if waiting:
        yield Finding("予約の確認待ち", False, f"{waiting}件の予約が、市への電話での確認を待っています。")
