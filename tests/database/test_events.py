"""Events: last in the transaction, ids in the order of commit, a wake-up after each commit."""

from __future__ import annotations

import threading

import pytest

from contact_center.clock import SystemClock
from contact_center.events import watch
from contact_center.events.catalogue import Event, HoursChanged
from contact_center.house import House


def test_since_n_misses_nothing_while_many_write(house: House) -> None:
    with house.database.reading() as session:
        start = house.log.last_id(session)
    writers, each = 4, 40

    def write(name: str) -> None:
        for n in range(each):
            with house.database.session_scope() as session:
                house.log.append(session, HoursChanged(actor=name, what=str(n)))

    threads = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(writers)]
    for thread in threads:
        thread.start()
    seen: list[tuple[int, str, str]] = []
    last = start
    while len(seen) < writers * each:
        # Asked before the look: what the last writer commits is then seen by one more look.
        all_done = not any(thread.is_alive() for thread in threads)
        with house.database.reading() as session:
            news = house.log.since(session, last)
        for recorded in news:
            assert isinstance(recorded.event, HoursChanged)
            seen.append((recorded.id, recorded.event.actor, recorded.event.what))
            last = recorded.id
        if all_done and not news:
            break
        # Who asks without a pause leaves no turn to those who write in this same process.
        SystemClock().sleep(0.001)
    for thread in threads:
        thread.join()
    assert len(seen) == writers * each
    assert [id for id, _, _ in seen] == sorted({id for id, _, _ in seen})


def test_a_rolled_back_transaction_leaves_no_event(house: House) -> None:
    with house.database.reading() as session:
        before = house.log.last_id(session)
    with pytest.raises(RuntimeError), house.database.session_scope() as session:
        house.log.append(session, HoursChanged(actor="x", what="y"))
        raise RuntimeError
    with house.database.reading() as session:
        assert house.log.last_id(session) == before


def test_an_event_outside_the_catalogue_is_refused(house: House) -> None:
    class Unknown(Event):
        pass

    with house.database.session_scope() as session, pytest.raises(ValueError, match="catalogue"):
        house.log.append(session, Unknown(actor="x"))


def test_who_watches_wakes_up_after_a_commit_and_not_before(house: House) -> None:
    news = watch(house.database, SystemClock())
    try:
        assert news.wait(0.05), "what was committed before counts as news"
        assert not news.wait(0.05)
        with house.database.session_scope() as session:
            house.log.append(session, HoursChanged(actor="x", what="y"))
        assert news.wait(5)
    finally:
        news.close()
