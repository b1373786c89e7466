"""Whatever the kiosk says it says in every language, with the same places to fill in."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

FOLDER = Path("video_desk/words")
OTHERS = ("easy", "en", "ko", "pt", "vi", "zh")
KANJI = re.compile(r"[一-鿿々]")


def words(language: str) -> dict[str, str]:
    tables = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    return {f"{table}.{key}": text for table, texts in tables.items() for key, text in texts.items()}


def places(text: str) -> list[str]:
    return sorted(re.findall(r"\{([a-z]+)\}", text))


def test_these_are_all_languages() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == {"ja", *OTHERS}


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_says_all_that_the_master_says(language: str) -> None:
    master, other = words("ja"), words(language)
    assert list(other) == list(master)
    assert {key: places(text) for key, text in other.items()} == {key: places(text) for key, text in master.items()}
    assert all(text.strip() for text in other.values())


def test_easy_japanese_has_the_reading_of_every_kanji() -> None:
    bare = {key: re.sub(r"\{[^{}|]+\|[ぁ-んー]+\}", "", text) for key, text in words("easy").items()}
    assert {key: text for key, text in bare.items() if KANJI.search(text)} == {}


def test_no_word_is_one_that_nobody_reads() -> None:
    folders = ((Path("video_desk"), "*.py"), (Path("video_desk/procedures"), "*.toml"), (Path("kiosk_bridge"), "*.py"))
    sources = [*(path for folder, kind in folders for path in folder.rglob(kind)), *Path("video_desk/face").glob("*.js")]
    text = "\n".join(path.read_text("utf-8") for path in sources)

    def is_read(word: str) -> bool:
        if word in text:
            return True
        table, _, rest = word.partition(".")
        # What is put together from two parts has its second one somewhere as a word of its own.
        named = re.sub(r"_choice$", "", rest)
        return bool(re.search(rf"{table}\.\$?\{{", text)) and f'"{named}"' in text

    assert [word for word in words("ja") if not is_read(word)] == []
