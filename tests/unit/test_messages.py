"""What comes over wires is closed: anything else is refused with a sentence, and nothing breaks."""

import random

import pytest

from contact_center.errors import BadInput
from contact_center.messages import Beat, Hello, catalogue, decode, encode
from telephony.messages import Classify

KINDS = catalogue((Hello, Beat, Classify))


def test_a_message_survives_the_wire() -> None:
    sent = Classify(contact=4, category="pin", further=["loss"], outcome=None)
    assert decode(encode(sent), KINDS) == (sent, None)


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null", '"hello"', "{}", '{"type": "nothing"}', '{"type": ["hello"]}', '{"type":"beat","n":"x"}',
        '{"type":"beat","n":1,"extra":1}', '{"type":"hello","last":1.5}', '{"type":"beat","ref":"1"}', "\ud800",
        '{"type":"contact.classify","contact":1}', "[" * 5000, '{"type":"beat","n":' + "9" * 5000 + "}", "x" * 70000,
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        decode(text, KINDS)


def test_random_garbage_is_refused_and_never_breaks() -> None:
    dice = random.Random(7)
    good = encode(Classify(contact=4, category="pin", further=["loss"], outcome="faq"))
    for _ in range(200):
        broken = list(good)
        for _ in range(dice.randrange(1, 6)):
            broken[dice.randrange(len(broken))] = chr(dice.randrange(1, 0x3000))
        try:
            decode("".join(broken), KINDS)
        except BadInput:
            continue


def test_two_kinds_cannot_share_a_name() -> None:
    class Other(Beat):
        pass

    with pytest.raises(ValueError, match="beat"):
        catalogue((Beat, Other))
