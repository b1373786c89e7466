"""Editor, supervisor and city at one table, for the tests of the FAQ."""

from __future__ import annotations

from typing import Any

from contact_center.house import House
from contact_center.identity import Actor
from faq_engine import service
from faq_engine.content import Content
from faq_engine.index import Index
from faq_engine.model import Article
from faq_engine.service import Faq
from tests.conftest import person

CITY = "mihon"


class Desk:
    """Editor, supervisor and city at one table."""

    def __init__(self, house: House, engine: str = "ranked") -> None:
        self.house = house
        self.faq: Faq = service.of(house)
        self.faq.index = Index(engine, house.clock)
        self.editor, self.boss = person(house, "editor", "faq_editor"), person(house, "boss", "supervisor")
        self.city, self.agent = person(house, "cityhall", "city_staff"), person(house, "agent")

    def do(self, what: str, actor: Actor, *given: Any, **more: Any) -> Any:
        with self.house.database.session_scope() as session:
            workflow = self.faq.workflow
            if given and isinstance(given[0], int):
                given = (session.get_one(Article, given[0]), *given[1:])
            made = getattr(workflow, what)(session, actor, *given, **more)
            return made.id if isinstance(made, Article) else made

    def write(self, code: str, question: str, answer: str, city: str = "", **more: Any) -> int:
        content = Content(question=question, answer=answer, **more)
        return int(self.do("create", self.editor, code, city, content, "初版"))

    def publish(self, code: str, question: str, answer: str, city: str = "", **more: Any) -> int:
        id = self.write(code, question, answer, city, **more)
        self.to_city(id)
        self.confirm()
        return id

    def to_city(self, id: int) -> None:
        number = self.article(id).newest
        self.do("submit", self.editor, id, number, False)
        self.do("review", self.boss, id, number)

    def confirm(self) -> None:
        with self.house.database.reading() as session:
            waiting = [revision.id for _, _, revision in self.faq.workflow.awaiting(session, [CITY])]
        with self.house.database.session_scope() as session:
            self.faq.workflow.confirm(session, self.city, CITY, waiting)

    def article(self, id: int) -> Article:
        with self.house.database.reading() as session:
            return session.get_one(Article, id)

    def finds(self, typed: str, **more: Any) -> list[str]:
        with self.house.database.reading() as session:
            return [one.code for one in self.faq.search(session, typed, self.faq.wanted(CITY, **more))]

    def answer(self, code: str) -> str:
        with self.house.database.reading() as session:
            return self.faq.read(session, code, self.faq.wanted(CITY)).answer
