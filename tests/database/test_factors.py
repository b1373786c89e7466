"""Second factors: what proves it is they, once; and how long a proof is good."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from contact_center.clock import FakeClock
from contact_center.errors import BadInput, NotAllowed, NotFound, NotSignedIn
from contact_center.house import House
from contact_center.identity import HalfSignedIn, passwords
from contact_center.identity.model import Person
from tests.conftest import make_house

PASSWORD = "Kz7-wmPq-otter"


@pytest.fixture
def strict(tmp_path: Path, clock: FakeClock, quick_passwords: None) -> Iterator[House]:
    """A centre as it is installed: administrators and city staff need two factors."""
    made = make_house(tmp_path, clock, '[identity]\nidle_minutes = 60\n')
    yield made
    made.close()


def somebody(house: House, account: str, role: str) -> int:
    return house.people.add("operator", account, account, PASSWORD, [role], ["izumi"])


def code(secret: str, clock: FakeClock) -> str:
    return pyotp.TOTP(secret).at(clock.now())


def with_app(house: House, person: int, clock: FakeClock) -> str:
    secret, _ = house.factors.new_totp("x")
    house.factors.add_totp(person, "", secret, code(secret, clock))
    clock.advance(31)
    return secret


@pytest.mark.requirement("NB-17c")
@pytest.mark.parametrize("role", ["administrator", "city_staff"])
def test_administrators_and_city_staff_are_half_signed_in_until_the_second_factor(
    strict: House, clock: FakeClock, role: str
) -> None:
    person = somebody(strict, "kanri", role)
    token = strict.sessions.sign_in("kanri", PASSWORD)
    with pytest.raises(HalfSignedIn):
        strict.sessions.who(token)
    secret = with_app(strict, person, clock)
    fresh = strict.sessions.whole(token, lambda: strict.factors.prove_code(person, code(secret, clock)))
    assert strict.sessions.who(fresh).person == person
    # The token of the lower rank is good for nothing any more.
    with pytest.raises(NotSignedIn):
        strict.sessions.who(token)
    with pytest.raises(NotSignedIn):
        strict.sessions.half(token)


@pytest.mark.requirement("NB-17c")
def test_an_agent_without_a_factor_is_signed_in_at_once_and_with_one_is_asked_for_it(strict: House, clock: FakeClock) -> None:
    person = somebody(strict, "hanako", "agent")
    assert strict.sessions.who(strict.sessions.sign_in("hanako", PASSWORD)).person == person
    with_app(strict, person, clock)
    with pytest.raises(HalfSignedIn):
        strict.sessions.who(strict.sessions.sign_in("hanako", PASSWORD))


@pytest.mark.requirement("NB-17c")
def test_each_code_is_taken_once(strict: House, clock: FakeClock) -> None:
    person = somebody(strict, "hanako", "agent")
    secret = with_app(strict, person, clock)
    used = code(secret, clock)
    assert strict.factors.prove_code(person, used) == "totp"
    with pytest.raises(NotAllowed):
        strict.factors.prove_code(person, used)
    recovery = strict.factors.new_recovery_codes(person)
    typed = f"{recovery[0][:4]}-{recovery[0][4:8]}-{recovery[0][8:]}".lower()
    assert strict.factors.prove_code(person, typed) == "recovery"
    with pytest.raises(NotAllowed):
        strict.factors.prove_code(person, recovery[0])
    # Fresh codes end the former ones.
    strict.factors.new_recovery_codes(person)
    with pytest.raises(NotAllowed):
        strict.factors.prove_code(person, recovery[1])


@pytest.mark.requirement("NB-17c")
def test_a_code_of_another_person_or_of_another_time_is_refused(strict: House, clock: FakeClock) -> None:
    person, other = somebody(strict, "hanako", "agent"), somebody(strict, "taro", "agent")
    secret = with_app(strict, person, clock)
    with_app(strict, other, clock)
    with pytest.raises(NotAllowed):
        strict.factors.prove_code(other, code(secret, clock))
    late = code(secret, clock)
    clock.advance(95)
    with pytest.raises(NotAllowed):
        strict.factors.prove_code(person, late)
    with pytest.raises(BadInput):
        strict.factors.add_totp(person, "", pyotp.random_base32(), "000000")


@pytest.mark.requirement("NB-17c")
def test_after_ten_wrong_codes_the_account_rests_and_an_operator_can_end_that(strict: House, clock: FakeClock) -> None:
    person = somebody(strict, "kanri", "administrator")
    secret = with_app(strict, person, clock)
    token = strict.sessions.sign_in("kanri", PASSWORD)
    for _ in range(10):
        with pytest.raises(NotAllowed):
            strict.sessions.whole(token, lambda: strict.factors.prove_code(person, "000000"))
    with pytest.raises(NotAllowed, match="しばらく"):
        strict.sessions.whole(token, lambda: strict.factors.prove_code(person, code(secret, clock)))
    strict.people.unlock("operator", "kanri")
    assert strict.sessions.whole(token, lambda: strict.factors.prove_code(person, code(secret, clock)))


@pytest.mark.requirement("NB-17c")
def test_a_certificate_proves_only_whose_it_is_and_an_empty_one_nobody(strict: House) -> None:
    person, other = somebody(strict, "hanako", "agent"), somebody(strict, "taro", "agent")
    strict.factors.add_certificate(person, "3番の席", "ab" * 32)
    assert strict.factors.prove_certificate(person, "ab" * 32) == "certificate"
    for whose, shown in ((other, "ab" * 32), (person, "cd" * 32), (person, "")):
        with pytest.raises(NotAllowed):
            strict.factors.prove_certificate(whose, shown)


@pytest.mark.requirement("NB-17c")
def test_a_factor_that_was_removed_proves_nothing_and_nobody_removes_anothers(strict: House, clock: FakeClock) -> None:
    person, other = somebody(strict, "hanako", "agent"), somebody(strict, "taro", "agent")
    secret = with_app(strict, person, clock)
    id = strict.factors.of(person)[0].id
    with pytest.raises(NotFound):
        strict.factors.remove("person:2", other, id)
    strict.factors.remove("person:1", person, id)
    with pytest.raises(NotAllowed):
        strict.factors.prove_code(person, code(secret, clock))
    assert strict.sessions.who(strict.sessions.sign_in("hanako", PASSWORD)).person == person


@pytest.mark.requirement("NB-17c")
def test_a_proof_is_fresh_for_ten_minutes_and_the_password_renews_it(strict: House, clock: FakeClock) -> None:
    somebody(strict, "hanako", "agent")
    token = strict.sessions.sign_in("hanako", PASSWORD)
    assert strict.sessions.who(token).fresh
    clock.advance(601)
    assert not strict.sessions.who(token).fresh
    with pytest.raises(NotAllowed):
        strict.sessions.confirm(token, "Kz7-wrong-otter")
    assert not strict.sessions.who(token).fresh
    strict.sessions.confirm(token, PASSWORD)
    assert strict.sessions.who(token).fresh


def test_a_half_session_is_over_after_ten_minutes(strict: House, clock: FakeClock) -> None:
    somebody(strict, "kanri", "administrator")
    token = strict.sessions.sign_in("kanri", PASSWORD)
    clock.advance(timedelta(minutes=10).total_seconds() + 1)
    with pytest.raises(NotSignedIn):
        strict.sessions.half(token)


@pytest.mark.requirement("NB-17c")
def test_no_password_that_somebody_has_had_comes_back(strict: House) -> None:
    somebody(strict, "hanako", "agent")
    strict.people.set_password("operator", "hanako", "Vt4-plum-garden")
    for former in (PASSWORD, "Vt4-plum-garden"):
        with pytest.raises(BadInput, match="前に使った"):
            strict.people.set_password("operator", "hanako", former)


@pytest.mark.requirement("NB-17c")
@pytest.mark.parametrize(
    "weak",
    [
        "Password1!", "Madoguchi1!", "Hanako-2026", "Qwerty123!", "Aa1!Aa1!Aa", "Abcdefg1!!", "short-1A", "nouppercase-1",
        "K" * 70 + "a1!",
    ],
)
def test_passwords_that_are_guessed_from_lists_or_from_the_context_are_refused(strict: House, weak: str) -> None:
    with pytest.raises(BadInput):
        strict.people.add("operator", "hanako", "花子", weak, ["agent"], ["izumi"])


def test_a_password_that_was_stored_with_fewer_rounds_is_stored_anew_at_the_next_sign_in(
    strict: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = somebody(strict, "hanako", "agent")
    monkeypatch.setattr(passwords, "ROUNDS", 2000)
    strict.sessions.sign_in("hanako", PASSWORD)
    with strict.database.reading() as session:
        assert session.get_one(Person, person).password.startswith("2000$")
    assert strict.sessions.sign_in("hanako", PASSWORD)


@pytest.mark.requirement("NB-17c")
def test_a_session_is_seen_and_ended_by_whose_it_is_and_by_nobody_elses_number(strict: House) -> None:
    first, other = somebody(strict, "hanako", "agent"), somebody(strict, "taro", "agent")
    here, there = strict.sessions.sign_in("hanako", PASSWORD, "192.0.2.1"), strict.sessions.sign_in("hanako", PASSWORD)
    seen = strict.sessions.of(first)
    assert [row.address for row, _ in seen] == ["", "192.0.2.1"]
    with pytest.raises(NotFound):
        strict.sessions.end("person:2", seen[0][0].id, other)
    strict.sessions.end("person:1", seen[0][0].id, first)
    with pytest.raises(NotSignedIn):
        strict.sessions.who(there)
    assert strict.sessions.who(here).person == first
