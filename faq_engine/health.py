"""What the doctor asks of the FAQ."""

from __future__ import annotations

from collections.abc import Iterator

from contact_center.features import Finding
from contact_center.house import House
from faq_engine import service
from faq_engine.content import PLACES


def check(house: House) -> Iterator[Finding]:
    """Whether each city has articles, and whether its texts have something to say at every place."""
    faq = service.of(house)
    with house.database.reading() as session:
        for city in house.directory.cities(session):
            cards = faq.index.cards(session, city.id, house.clock.now())
            if not cards:
                yield Finding(
                    "faq", False, f"{city.name}で公開中のFAQがありません。madoguchi faq load で読み込み、市が確認すると使えます。"
                )
                continue
            values = faq.places.local(session, city.id).values
            missing = [
                name for name in PLACES if name not in values and any(f"{{{name}}}" in card.content.answer for card in cards)
            ]
            if missing:
                names = "、".join(missing)
                yield Finding(
                    "faq", False, f"{city.name}のFAQに入る言葉が未設定です（{names}）。FAQの編集の「市の言葉」で設定してください。"
                )
            else:
                yield Finding("faq", True, f"{city.name}のFAQは{len(cards)}件です。")
