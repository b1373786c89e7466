"""The FAQ: the way of an article to the city, what is in force, what agents find, and what nobody can undo."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from admin.app import create_app
from contact_center.clock import FakeClock
from contact_center.errors import BadInput, Conflict, MadoguchiError, NotAllowed
from contact_center.events import Recorded
from contact_center.house import House, build, read_settings
from contact_center.web import COOKIE
from faq_engine import service
from faq_engine.content import Content, Synonyms
from faq_engine.index import Index
from faq_engine.model import Article, ChangeRow, Stage
from faq_engine.service import Faq
from faq_engine.shipped import load
from tests.conftest import MORNING, person

from .faq_table import CITY, Desk
from .play import Play


@pytest.fixture(params=["ranked", "whoosh"])
def engine(request: pytest.FixtureRequest) -> str:
    """Both engines pass the same tests."""
    return str(request.param)


@pytest.fixture
def table(house: House, engine: str) -> Desk:
    return Desk(house, engine)


@pytest.fixture
def ranked(house: House) -> Desk:
    return Desk(house)


@pytest.mark.requirement("IZ-06", "NB-15", "TO-12")
def test_an_article_is_found_only_once_the_city_has_confirmed_it(table: Desk) -> None:
    id = table.write("pickup", "カードの受け取りに何が要りますか。", "はがきと本人確認書類をお持ちください。")
    assert table.finds("受け取り") == []
    table.do("submit", table.editor, id, 1, False)
    with pytest.raises(NotAllowed):
        table.do("review", table.editor, id, 1)
    table.do("review", table.boss, id, 1)
    assert table.finds("受け取り") == []
    with table.house.database.session_scope() as session, pytest.raises(NotAllowed):
        table.faq.workflow.confirm(session, table.boss, CITY, [1])
    table.confirm()
    assert table.finds("受け取り") == ["pickup"]
    assert table.article(id).stage == Stage.DONE


@pytest.mark.requirement("IZ-06")
def test_a_revision_answers_in_the_place_of_the_former_one_from_the_moment_it_is_confirmed(table: Desk) -> None:
    id = table.publish("fee", "再交付の手数料はいくらですか。", "千円です。")
    table.do("write", table.editor, id, 1, Content(question="再交付の手数料はいくらですか。", answer="八百円です。"), "料金改定")
    table.to_city(id)
    assert table.answer("fee") == "千円です。"
    table.confirm()
    assert table.answer("fee") == "八百円です。"
    assert table.finds("手数料") == ["fee"]


def test_what_begins_next_month_follows_what_answers_until_then(table: Desk, clock: FakeClock) -> None:
    id = table.publish("fee", "再交付の手数料はいくらですか。", "千円です。")
    content = Content(question="再交付の手数料はいくらですか。", answer="八百円です。", valid_from=date(2026, 12, 1))
    table.do("write", table.editor, id, 1, content, "料金改定")
    table.to_city(id)
    table.confirm()
    assert table.answer("fee") == "千円です。" and table.finds("手数料") == ["fee"]
    clock.advance(86400 * 7)
    assert table.answer("fee") == "八百円です。" and table.finds("手数料") == ["fee"]


def test_what_was_to_begin_later_gives_way_to_what_is_confirmed_before(ranked: Desk, clock: FakeClock) -> None:
    id = ranked.publish("fee", "手数料はいくらですか。", "千円です。")
    for number, (answer, first) in enumerate((("八百円です。", date(2026, 12, 1)), ("九百円です。", None)), 1):
        content = Content(question="手数料はいくらですか。", answer=answer, valid_from=first)
        ranked.do("write", ranked.editor, id, number, content, "料金改定")
        ranked.to_city(id)
        ranked.confirm()
    assert ranked.answer("fee") == "九百円です。"
    clock.advance(86400 * 30)
    assert ranked.answer("fee") == "九百円です。"


@pytest.mark.requirement("NB-15")
def test_what_the_city_has_sent_back_cannot_pass_it_by_as_a_minor_change(ranked: Desk) -> None:
    id = ranked.publish("fee", "手数料はいくらですか。", "千円です。")
    ranked.do("write", ranked.editor, id, 1, Content(question="手数料はいくらですか。", answer="九百円です。"), "料金改定")
    ranked.to_city(id)
    ranked.do("send_back", ranked.city, id, 2, "根拠を示してください", CITY)
    for number in (2, 3):
        with pytest.raises(BadInput, match="市が差し戻した"):
            ranked.do("submit", ranked.editor, id, number, True)
        if number == 2:
            ranked.do("write", ranked.editor, id, 2, Content(question="手数料はいくらですか。", answer="九百円です！"), "直した")
    ranked.to_city(id)
    ranked.confirm()
    ranked.do("write", ranked.editor, id, 3, Content(question="手数料は、いくらですか。", answer="九百円です。"), "読点")
    ranked.do("submit", ranked.editor, id, 4, True)


def test_what_an_agent_remarks_names_nobody(ranked: Desk) -> None:
    with ranked.house.database.session_scope() as session:
        typed, said = "ペット 登録 鈴木花子 09011112222", "犬の登録について。鈴木花子さん、山田様も"
        ranked.faq.remark(session, ranked.agent, "not_found", CITY, None, "", typed, said)
    with ranked.house.database.reading() as session:
        (row,) = ranked.faq.remarks(session, [CITY], "not_found")
    for name in ("鈴木", "花子", "09011112222", "山田"):
        assert name not in row.asked + row.said
    assert "ペット" in row.asked and "犬の登録" in row.said


def test_whoever_types_the_reading_of_a_synonym_finds_what_it_means(ranked: Desk) -> None:
    id = int(ranked.do("create", ranked.editor, "words-again", "", Synonyms(words=("再交付", "再発行")), "初版"))
    ranked.to_city(id)
    ranked.publish("again", "カードの再交付はできますか。", "できます。")
    for typed in ("再発行", "さいはっこう", "saihakkou"):
        assert ranked.finds(typed) == ["again"], typed


@pytest.mark.requirement("NB-15")
def test_the_city_sends_back_with_a_reason_and_the_article_waits_for_its_editor(ranked: Desk) -> None:
    id = ranked.write("hours", "受付は何時までですか。", "五時までです。")
    ranked.to_city(id)
    with pytest.raises(BadInput, match="理由"):
        ranked.do("send_back", ranked.city, id, 1, " ", CITY)
    ranked.do("send_back", ranked.city, id, 1, "木曜は七時までです", CITY)
    assert ranked.article(id).stage == Stage.SENT_BACK
    with ranked.house.database.reading() as session:
        assert ranked.faq.workflow.awaiting(session, [CITY]) == []
        revision = ranked.faq.workflow.newest(session, session.get_one(Article, id))
        assert ranked.faq.workflow.steps(session, [revision.id])[revision.id][-1].reason == "木曜は七時までです"


@pytest.mark.requirement("IZ-06")
def test_a_minor_change_needs_two_people_and_no_city(ranked: Desk) -> None:
    id = ranked.publish("pin", "暗証番号を忘れました。", "窓口で再設定できます。")
    ranked.do("write", ranked.boss, id, 1, Content(question="暗証番号を忘れました。", answer="窓口で、再設定できます。"), "読点")
    ranked.do("submit", ranked.boss, id, 2, True)
    with pytest.raises(NotAllowed, match="別の方"):
        ranked.do("review", ranked.boss, id, 2, True)
    second = person(ranked.house, "second", "supervisor")
    ranked.do("review", second, id, 2, True)
    assert ranked.answer("pin") == "窓口で、再設定できます。"


def test_what_was_not_submitted_as_minor_is_not_approved_as_minor(ranked: Desk) -> None:
    id = ranked.publish("pin", "暗証番号を忘れました。", "窓口で再設定できます。")
    ranked.do("write", ranked.editor, id, 1, Content(question="暗証番号を忘れました。", answer="再設定はできません。"), "誤り")
    ranked.do("submit", ranked.editor, id, 2, False)
    with pytest.raises(BadInput, match="市の確認"):
        ranked.do("review", ranked.boss, id, 2, True)
    assert ranked.answer("pin") == "窓口で再設定できます。"


@pytest.mark.requirement("NB-15")
def test_the_second_of_two_editors_is_shown_the_conflict_and_nothing_is_overwritten(ranked: Desk) -> None:
    id = ranked.write("loss", "カードをなくしました。", "まず電話で止めてください。")
    ranked.do("write", ranked.editor, id, 1, Content(question="カードをなくしました。", answer="はじめに電話で止めます。"), "文体")
    with pytest.raises(Conflict, match="ほかの方"):
        ranked.do("write", ranked.boss, id, 1, Content(question="紛失", answer="警察へ。"), "短く")
    with ranked.house.database.reading() as session:
        article = session.get_one(Article, id)
        assert [one.number for one in ranked.faq.workflow.history(session, article)] == [2, 1]
        assert ranked.faq.workflow.newest(session, article).content["answer"] == "はじめに電話で止めます。"


def test_a_newer_revision_takes_the_older_one_off_the_citys_list(ranked: Desk) -> None:
    id = ranked.write("child", "子どものカードはどう作りますか。", "保護者が申請します。")
    ranked.to_city(id)
    ranked.do("write", ranked.editor, id, 1, Content(question="子どものカードはどう作りますか。", answer="親が申請します。"), "語")
    with ranked.house.database.session_scope() as session:
        assert ranked.faq.workflow.awaiting(session, [CITY]) == []
        with pytest.raises(Conflict, match="替わって"):
            ranked.faq.workflow.confirm(session, ranked.city, CITY, [1])


@pytest.mark.requirement("IZ-16")
def test_a_withdrawn_article_is_gone_from_every_process_by_the_next_key(table: Desk, engine: str) -> None:
    id = table.publish("stop", "システムが止まっていますか。", "動いています。")
    other = Faq(table.house)
    other.index = Index(engine, table.house.clock)

    def found() -> list[str]:
        with table.house.database.reading() as session:
            return [one.code for one in other.search(session, "システム", other.wanted(CITY))]

    assert found() == ["stop"]
    with pytest.raises(NotAllowed):
        table.do("withdraw", table.editor, id, "誤り")
    table.do("withdraw", table.boss, id, "誤り")
    assert found() == table.finds("システム") == []


@pytest.mark.requirement("IZ-16")
def test_an_article_whose_time_is_over_or_has_not_come_is_never_shown_as_current(table: Desk, clock: FakeClock) -> None:
    today = clock.now().date()
    table.publish("campaign", "窓口の延長はありますか。", "今日まで延長します。", valid_until=today)
    table.publish("later", "窓口の延長はいつからですか。", "あすからです。", valid_from=today + timedelta(days=1))
    assert table.finds("延長") == ["campaign"]
    clock.advance(24 * 3600)
    assert table.finds("延長") == ["later"]


def test_whoever_is_in_charge_finds_what_expires_first_on_their_list(ranked: Desk, clock: FakeClock) -> None:
    last = clock.now().date() + timedelta(days=7)
    for code in ("early", "mine"):
        ranked.publish(code, f"{code}の期限はいつですか。", "来週です。", valid_until=last + timedelta(days=code == "mine"))
    with ranked.house.database.reading() as session:
        mine = session.query(Article).filter_by(code="mine").one().id
    ranked.do("own", ranked.boss, mine)
    client = create_app(ranked.house).test_client()
    client.set_cookie(COOKIE, ranked.house.sessions.sign_in("boss", "Aa1-boss-long"), domain="localhost", secure=True)
    page = client.get("/faq/lists", base_url="https://localhost", headers={"Accept": "text/html"}).text
    assert page.index("あなたの担当") < page.index("mineの期限") < page.index("earlyの期限")


def test_a_citys_own_article_stands_in_the_place_of_the_common_one_until_it_is_withdrawn(table: Desk) -> None:
    table.publish("place", "受け取りの場所はどこですか。", "市役所です。")
    own = table.publish("place", "受け取りの場所はどこですか。", "駅前の窓口です。", city=CITY)
    assert (table.finds("受け取り"), table.answer("place")) == (["place"], "駅前の窓口です。")
    table.do("withdraw", table.boss, own, "駅前は閉まった")
    assert table.answer("place") == "市役所です。"


def test_what_is_only_for_agents_is_not_among_what_residents_may_be_shown(table: Desk) -> None:
    table.publish("care", "怒っている方への話し方は。", "まず聞きます。", audience="agent")
    assert table.finds("怒っている") == ["care"]
    assert table.finds("怒っている", public_only=True) == []


def test_the_citys_own_word_finds_what_it_means(table: Desk) -> None:
    table.publish("notice", "交付通知書をなくしました。", "本人確認書類があれば受け取れます。")
    table.publish("other", "手数料はいくらですか。", "無料です。")
    assert "notice" not in table.finds("ピンクの紙")
    id = table.do("create", table.editor, "pink", "", Synonyms(words=("ピンクの紙", "交付通知書")), "住民の言い方")
    table.to_city(id)
    table.confirm()
    assert table.finds("ピンクの紙がない")[0] == "notice"
    table.do("withdraw", table.boss, id, "使わない")
    assert "notice" not in table.finds("ピンクの紙")


def test_each_place_in_a_text_reads_what_the_city_says_there(ranked: Desk) -> None:
    ranked.publish("where", "どこへ行けばよいですか。", "{counter}（{counter_phone}）です。受付は{hours}です。")
    assert ranked.answer("where") == "市民課（0559990100）です。受付は（未設定: hours）です。"
    with ranked.house.database.session_scope() as session:
        ranked.faq.places.say(session, ranked.editor, CITY, "hours", "平日")
        ranked.faq.places.say(session, ranked.editor, CITY, "counter", "1番窓口")
    assert ranked.answer("where") == "1番窓口（0559990100）です。受付は平日です。"
    with pytest.raises(BadInput, match="mayor"):
        ranked.write("mayor", "市長はだれですか。", "{mayor}です。")


def test_an_article_without_a_confirmed_source_never_leaves_its_draft(ranked: Desk) -> None:
    id = ranked.write("rumour", "来年は無料ですか。", "そう聞きました。", unsourced=True)
    with pytest.raises(BadInput, match="出典"):
        ranked.do("submit", ranked.editor, id, 1, False)


@pytest.mark.requirement("TO-12")
@pytest.mark.parametrize("order", ["UPDATE faq_revisions SET why = 'x'", "DELETE FROM faq_steps", "DELETE FROM faq_revisions"])
def test_nobody_changes_the_history_not_even_by_sql(ranked: Desk, order: str) -> None:
    ranked.publish("fixed", "変わりますか。", "変わりません。")
    with pytest.raises(Exception, match="append-only"), ranked.house.database.session_scope() as session:  # noqa: PT011
        session.execute(text(order))


@pytest.mark.requirement("IZ-17", "IZ-17b")
def test_what_an_agent_used_stands_on_the_contact_and_what_they_missed_on_the_editors_list(
    house: House, play: Play, clock: FakeClock, ranked: Desk
) -> None:
    ranked.publish("address", "引っ越したらどうしますか。", "十四日以内に届け出ます。")
    play.seat(ranked.agent)
    id = play.arrive()
    for step in ("offer", "answer"):
        play.do(step, id)
    with house.database.session_scope() as session:
        ranked.faq.used(session, ranked.agent, play.contact(id), "address", ["転居 手続 1234 5678 9012"])
        ranked.faq.remark(session, ranked.agent, "not_found", CITY, id, "", "ペットのカード", "犬のカードを作りたい")
    assert play.contact(id).sources == ["faq:address"]
    with house.database.reading() as session:
        [missing] = ranked.faq.remarks(session, [CITY], "not_found")
        [reworded] = ranked.faq.remarks(session, [CITY], "reworded")
        assert ranked.faq.uses(session, CITY) == {"address": 1}
        kinds = [type(one.event).__name__ for one in _events(house, session)]
    assert (missing.asked, missing.said, missing.contact_id) == ("ペットのカード", "犬のカードを作りたい", id)
    assert "5678" not in reworded.asked
    assert {"FaqUsed", "FaqUnanswered"} <= set(kinds)


def _events(house: House, session: Any) -> list[Recorded]:
    return house.log.since(session, 0)


@pytest.mark.requirement("IZ-16")
def test_a_notice_stands_above_the_results_for_its_time_only(ranked: Desk, clock: FakeClock) -> None:
    def shown() -> list[str]:
        with ranked.house.database.reading() as session:
            return [row.text for row in ranked.faq.notices(session, CITY)]

    start = clock.now() + timedelta(hours=1)
    with ranked.house.database.session_scope() as session:
        ranked.faq.say(session, ranked.boss, "", "国のシステムが止まっています", start, start + timedelta(hours=2))
    assert shown() == []
    clock.advance(3600)
    assert shown() == ["国のシステムが止まっています"]
    clock.advance(2 * 3600)
    assert shown() == []
    with ranked.house.database.session_scope() as session, pytest.raises(NotAllowed):
        ranked.faq.say(session, ranked.agent, "", "休みます", clock.now(), clock.now() + timedelta(hours=1))


def test_the_shipped_articles_wait_for_the_city_and_are_loaded_once(tmp_path: Path, ranked: Desk) -> None:
    new = load(ranked.house)
    assert new >= 200
    assert load(ranked.house) == 0
    with ranked.house.database.reading() as session:
        waiting = ranked.faq.workflow.awaiting(session, [CITY])
        drafts = [one for one in session.query(Article) if one.stage == Stage.DRAFT]
    assert len(waiting) >= 150
    assert len(waiting) + len(drafts) == new
    ranked.confirm()
    assert ranked.finds("うけとりよやく")[0] == "booking-how"
    with ranked.house.database.reading() as session:
        readings = [
            ranked.faq.read(session, card.code, ranked.faq.wanted(CITY)) for card in ranked.faq.index.cards(session, CITY, MORNING)
        ]
    assert not [one.code for one in readings if "○○市" in one.answer or "{" in one.answer.replace("（未設定", "")]


def test_every_process_builds_its_index_anew_on_one_command(ranked: Desk) -> None:
    ranked.publish("one", "受け取りの予約", "電話で予約します。")
    assert ranked.finds("予約") == ["one"]
    # Whatever an index has come to believe, the database is right.
    ranked.faq.index._in_force.clear()  # noqa: SLF001
    assert ranked.finds("予約") == []
    with ranked.house.database.session_scope() as session:
        session.add(ChangeRow(publication_id=None))
    assert ranked.finds("予約") == ["one"]


def test_a_process_that_was_killed_gives_the_same_answer(ranked: Desk) -> None:
    for n in range(30):
        ranked.publish(f"a{n:02}", f"質問{n}の受け取りについて", f"回答{n}です。窓口で受け取ります。")
    ranked.do("write", ranked.editor, 3, 1, Content(question="受け取りの予約", answer="電話で予約します。"), "改訂")
    ranked.to_city(3)
    ranked.confirm()
    before = ranked.finds("受け取り 予約")
    again = build(read_settings(Path(ranked.house.settings.home) / "madoguchi.toml"), ranked.house.clock)
    with again.database.reading() as session:
        faq = service.of(again)
        assert [one.code for one in faq.search(session, "受け取り 予約", faq.wanted(CITY))] == before
    again.close()


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (Content(question=" ", answer="x"), "質問"), (Content(question="x", answer=""), "回答"),
        (Content(question="x", answer="x", sources=("市の頁",)), "https"),
        (Content(question="x", answer="x", valid_from=date(2026, 2, 1), valid_until=date(2026, 1, 1)), "有効期限"),
        (Synonyms(words=("はがき", "はがき")), "二つ以上"),
    ],
)  # fmt: skip
def test_what_nobody_could_use_is_refused_with_a_sentence(ranked: Desk, content: Any, hint: str) -> None:
    with pytest.raises(MadoguchiError, match=hint):
        ranked.do("create", ranked.editor, "bad", "", content, "初版")
    with ranked.house.database.reading() as session:
        assert session.query(Article).count() == 0
