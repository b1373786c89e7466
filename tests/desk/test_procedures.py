"""The procedures of the remote counter as data: complete, and closed against what must not be left out."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from contact_center.errors import BadInput
from video_desk.procedures import Procedure, load, standard

WORDS = Path("video_desk/words")
SMALL = """
[[procedure]]
id = "own"
title = "市の手続き"
topic = "other"
site = "{site}"
declares = ["mine"]
devices = []
outcomes = ["done"]
[[procedure.step]]
id = "ask"
say = "うかがいます"
{more}
"""


def named(id: str) -> Procedure:
    return next(one for one in standard() if one.id == id)


@pytest.mark.requirement("IZ-11", "IZ-12", "IZ-20", "NB-10", "TO-13")
def test_what_the_tenders_ask_for_can_be_done() -> None:
    assert {one.id for one in standard()} == {
        "new-with-form", "new-without-form", "renewal", "insurance", "account", "services", "without-paper", "guidance",
    }  # fmt: skip
    topics = tomllib.loads((WORDS / "ja.toml").read_text("utf-8"))["topics"]
    assert all(one.topic in topics for one in standard())


@pytest.mark.requirement("NB-11")
def test_a_city_adds_a_procedure_by_a_file_of_its_own() -> None:
    (one,) = load(SMALL.format(site="", more=""), "own.toml")
    assert (one.id, [step.say for step in one.step]) == ("own", ["うかがいます"])


@pytest.mark.requirement("NB-11")
def test_a_citys_own_topic_brings_the_names_that_the_kiosk_shows() -> None:
    own = SMALL.format(site="", more="").replace('topic = "other"', 'topic = "residence"')
    with pytest.raises(BadInput, match="names"):
        load(own, "own.toml")
    (one,) = load(own.replace("devices", 'names = { ja = "住所の変更", en = "Change of address" }\ndevices'), "own.toml")
    assert one.names["en"] == "Change of address"


@pytest.mark.parametrize(
    ("site", "more", "said"),
    [("portal", "", "logged_out"), ("elsewhere", "", "site"), ("", 'guard = "hope"', "guard"),
     ("", '[[procedure.step]]\nid = "ask"\nsay = "x"', "二つ"), ("", "[", "own.toml")],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_its_place(site: str, more: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        load(SMALL.format(site=site, more=more), "own.toml")
    assert said in refused.value.sentence()


def test_no_photo_is_asked_of_a_child_under_one() -> None:
    photo = [step.id for step in named("new-with-form").steps(frozenset({"under_one"}))]
    assert "photo" not in photo and "photo" in [step.id for step in named("new-with-form").steps()]


def test_an_account_is_registered_only_after_the_resident_has_touched_that_both_names_are_the_same() -> None:
    steps = [step.id for step in named("account").step]
    same = next(step for step in named("account").step if step.touch == "same")
    assert steps.index(same.id) < steps.index("read-back")


def test_a_renewal_asks_for_the_driving_licence_first() -> None:
    assert named("renewal").step[0].id == "licence" and named("renewal").step[0].guard == "answered"
