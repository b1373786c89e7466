"""Signing in: what is asked, what is refused, when a session ends."""

from __future__ import annotations

import pytest

from contact_center.clock import FakeClock
from contact_center.errors import BadInput, Conflict, NotAllowed, NotSignedIn
from contact_center.house import House
from contact_center.identity.passwords import check, made_up_password
from contact_center.settings import SESSION_HOURS, SESSION_IDLE

GOOD = "Kawa-no-mizu7"


@pytest.mark.requirement("NB-17c")
@pytest.mark.parametrize("weak", ["short1-A", "alllower-123", "ALLUPPER-123", "NoDigits-here", "NoSymbol123", ""])
def test_a_weak_password_is_refused(house: House, weak: str) -> None:
    with pytest.raises(BadInput):
        house.people.add("operator", "taro", "太郎", weak, ["agent"], [])


def test_made_up_passwords_keep_the_rule() -> None:
    for _ in range(200):
        check(made_up_password())


def test_an_account_is_never_used_twice(house: House) -> None:
    house.people.add("operator", "taro", "太郎", GOOD, ["agent"], [])
    with pytest.raises(Conflict):
        house.people.add("operator", "taro", "次郎", GOOD, ["agent"], [])


def test_wrong_account_and_wrong_password_sound_the_same_and_too_many_make_the_account_rest(
    house: House, clock: FakeClock
) -> None:
    house.people.add("operator", "taro", "太郎", GOOD, ["agent"], [])
    said = set()
    for account in ("taro", "nobody"):
        with pytest.raises(NotAllowed) as refused:
            house.sessions.sign_in(account, "Wrong-pass-1")
        said.add(refused.value.sentence())
    assert len(said) == 1
    for _ in range(9):
        with pytest.raises(NotAllowed):
            house.sessions.sign_in("taro", "Wrong-pass-1")
    with pytest.raises(NotAllowed, match="しばらく"):
        house.sessions.sign_in("taro", GOOD)
    clock.advance(301)
    assert house.sessions.sign_in("taro", GOOD)


def test_a_session_ends_by_idleness_by_age_by_sign_out_and_by_a_new_password(house: House, clock: FakeClock) -> None:
    house.people.add("operator", "taro", "太郎", GOOD, ["agent"], ["mihon"])
    idle = house.sessions.sign_in("taro", GOOD)
    clock.advance(house.settings[SESSION_IDLE] * 60 + 1)
    with pytest.raises(NotSignedIn):
        house.sessions.who(idle)
    old = house.sessions.sign_in("taro", GOOD)
    for _ in range(house.settings[SESSION_HOURS] * 2):
        clock.advance(1800)
        try:
            house.sessions.who(old)
        except NotSignedIn:
            break
    clock.advance(1)
    with pytest.raises(NotSignedIn):
        house.sessions.who(old)
    left = house.sessions.sign_in("taro", GOOD)
    house.sessions.sign_out(left)
    with pytest.raises(NotSignedIn):
        house.sessions.who(left)
    other = house.sessions.sign_in("taro", GOOD)
    house.people.set_password("operator", "taro", "Umi-no-mizu8")
    with pytest.raises(NotSignedIn):
        house.sessions.who(other)


def test_old_sessions_are_ended_so_that_their_seats_can_be_left(house: House, clock: FakeClock) -> None:
    house.people.add("operator", "taro", "太郎", GOOD, ["agent"], ["mihon"])
    old = house.sessions.sign_in("taro", GOOD)
    clock.advance(house.settings[SESSION_IDLE] * 60 + 1)
    fresh = house.sessions.sign_in("taro", GOOD)
    assert house.sessions.end_old() == 1
    assert house.sessions.end_old() == 0
    assert house.sessions.who(fresh)
    with pytest.raises(NotSignedIn):
        house.sessions.who(old)
    with house.database.reading() as session:
        events = [type(r.event).__name__ for r in house.log.since(session, 0)]
    assert events.count("SessionEnded") == 1


@pytest.mark.parametrize("token", ["", "x", "x" * 500, "é", None])
def test_a_made_up_token_is_nobody(house: House, token: str | None) -> None:
    with pytest.raises(NotSignedIn):
        house.sessions.who(token)


def test_no_password_and_no_token_lie_in_the_database(house: House) -> None:
    from sqlalchemy import text

    house.people.add("operator", "taro", "太郎", GOOD, ["agent"], [])
    token = house.sessions.sign_in("taro", GOOD)
    with house.database.reading() as session:
        rows = [str(row) for table in ("people", "sessions") for row in session.execute(text(f"SELECT * FROM {table}"))]
    assert GOOD not in " ".join(rows)
    assert token not in " ".join(rows)


def test_a_revoked_device_is_refused(house: House) -> None:
    token = house.devices.enrol(house.devices.invite("operator", "phone", "seat-1", "seat-1"))
    device = house.devices.who(token)
    house.devices.revoke("operator", device.id)
    with pytest.raises(NotSignedIn):
        house.devices.who(token)


def test_a_kiosk_enrols_by_a_code_that_is_good_once_and_for_a_day(house: House, clock: FakeClock) -> None:
    code = house.devices.invite("operator", "kiosk", "hall kiosk", "hall")
    token = house.devices.enrol(f" {code[:6].lower()}-{code[6:]}")
    assert house.devices.who(token).place == "hall"
    late = house.devices.invite("operator", "kiosk", "hall kiosk", "hall")
    clock.advance(25 * 3600)
    for useless in (code, late, "", "ABCDEFGHJKLM"):
        with pytest.raises(NotSignedIn):
            house.devices.enrol(useless)


def test_a_new_kiosk_at_a_counter_takes_the_place_of_the_former(house: House) -> None:
    former, now = (house.devices.enrol(house.devices.invite("operator", "kiosk", "kiosk", "hall")) for _ in range(2))
    with pytest.raises(NotSignedIn):
        house.devices.who(former)
    with house.database.reading() as session:
        kiosk = house.devices.kiosk_of(session, "hall")
        assert kiosk is not None and kiosk.id == house.devices.who(now).id
        assert house.devices.kiosk_of(session, "elsewhere") is None
