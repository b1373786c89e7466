"""What is said comes back in both languages, from endpoints that a city allows, and PINs are never sent (IZ-08)."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import soundfile

from contact_center.errors import BadInput, Conflict, NotAllowed, Unavailable
from contact_center.settings import Settings
from contact_center.speech.voice import speak
from contact_center.web.practice import begin, bind, end
from video_desk.interpreter import Interpreter
from video_desk.interpreter.fake import app
from video_desk.interpreter.glossary import Glossary
from video_desk.interpreter.phrases import phrases, verbatim
from video_desk.settings import DESK_SETTINGS

CITY = "mihon"
LANGUAGES = ("en", "zh", "ko", "pt", "vi")


def settings(url: str, **more: str) -> Settings:
    said = {one.name: one.default for one in DESK_SETTINGS}
    for end_ in ("speech", "translation"):
        said |= {f"desk.{end_}_url": url, f"desk.{end_}_model": "practice", f"desk.{end_}_country": "JP"}
        said |= {f"desk.{end_}_retention": "none"}
    return Settings(said | {f"desk.{name}": value for name, value in more.items()}, None, {})


def wav(text: str, language: str) -> bytes:
    samples, rate = speak(text, 1.0, language)
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV")
    return file.getvalue()


@pytest.fixture(scope="module")
def practice() -> Iterator[str]:
    server = bind(app())
    begin(server, "interpreter")
    yield f"http://127.0.0.1:{server.server_port}/v1"
    end(server)


class Model:
    """An endpoint of the test's own: it keeps what it was asked, and answers what it was told to."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.says = "ok"
        model = self

        class _Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # noqa: N802
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path.endswith("completions"):
                    model.asked.append(json.loads(body))
                    message = {"index": 0, "message": {"role": "assistant", "content": model.says}, "finish_reason": "stop"}
                    said: dict[str, Any] = {"id": "x", "object": "chat.completion", "created": 0, "model": "m"}
                    said["choices"] = [message]
                else:
                    said = {"text": model.says}
                told = json.dumps(said).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def model() -> Iterator[Model]:
    made = Model()
    yield made
    made.close()


@pytest.mark.requirement("IZ-08")
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_an_operator_says_is_read_in_the_residents_language_and_back(practice: str, language: str) -> None:
    phrase = next(one for one in phrases() if one["ja"].startswith("少しお待ち"))
    interpreter = Interpreter(settings(practice))
    ours = interpreter.heard(CITY, wav(phrase["ja"], "ja"), "ja", language)
    assert (ours.said, ours.translated) == (phrase["ja"], phrase[language])
    theirs = interpreter.heard(CITY, wav(phrase[language], language), language, "ja")
    assert (theirs.said, theirs.translated) == (phrase[language], phrase["ja"])


@pytest.mark.requirement("IZ-08")
def test_captions_for_the_deaf_are_in_japanese_and_nothing_is_translated(practice: str) -> None:
    caption = Interpreter(settings(practice)).heard(CITY, wav("少しお待ちください。", "ja"), "ja", "ja")
    assert (caption.said, caption.translated) == ("少しお待ちください。", "")


@pytest.mark.requirement("IZ-07", "NB-04")
@pytest.mark.parametrize("said", ["暗証番号は4821です", "マイナンバーは 1234-5678-9018 です", "パスワードは ABC123 です"])
def test_a_pin_or_number_that_is_said_aloud_is_neither_sent_on_nor_shown(model: Model, said: str) -> None:
    model.says = said
    caption = Interpreter(settings(model.url)).heard(CITY, wav("少しお待ちください。", "ja"), "ja", "en")
    sent = json.dumps(model.asked, ensure_ascii=False)
    for secret in ("4821", "1234-5678-9018", "ABC123"):
        assert secret not in caption.said and secret not in sent


@pytest.mark.requirement("IZ-08")
def test_the_citys_words_are_asked_for_and_added_where_a_model_uses_others(model: Model) -> None:
    model.says = "Please bring the number plate."
    caption = Interpreter(settings(model.url)).wrote(CITY, "マイナンバーカードをお持ちください", "ja", "en")
    assert "マイナンバーカード = My Number Card" in model.asked[0]["messages"][0]["content"]
    assert caption.translated == "Please bring the number plate. [My Number Card]"
    model.says = "Please bring your my number card."
    assert "[" not in Interpreter(settings(model.url)).wrote(CITY, "マイナンバーカードをお持ちください", "ja", "en").translated


def test_a_longer_term_stands_for_itself() -> None:
    pairs = Glossary().found("署名用電子証明書の期限です", "ja", "en")
    assert len([one for one, _ in pairs if "電子証明書" in one]) == 1


@pytest.mark.requirement("IZ-08")
def test_a_citys_own_terms_stand_before_those_that_are_shipped(model: Model, tmp_path: Path) -> None:
    file = tmp_path / "terms.toml"
    desk = '[[term]]\nja = "みほん窓口"\nen = "Mihon Desk"\n'
    file.write_text(desk + '[[term]]\nja = "マイナンバーカード"\nen = "MyNa Card"\n', "utf-8")
    model.says = "Welcome."
    said = Interpreter(settings(model.url, glossary=str(file))).wrote(CITY, "みほん窓口でマイナンバーカードを作ります", "ja", "en")
    assert said.translated == "Welcome. [MyNa Card, Mihon Desk]"


@pytest.mark.parametrize("text", ["[[term", "", '[[term]]\nen = "x"\n', '[[term]]\nja = "x"\nfr = "y"\n'])
def test_a_glossary_that_cannot_be_used_says_where(tmp_path: Path, text: str) -> None:
    file = tmp_path / "terms.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(BadInput, match=r"terms\.toml を直してください"):
        Glossary(file)


@pytest.mark.requirement("IZ-08")
def test_an_agreed_phrase_is_shown_word_for_word_and_sent_nowhere(model: Model) -> None:
    phrase = phrases()[0]
    caption = Interpreter(settings(model.url)).wrote(CITY, phrase["ja"].rstrip("。"), "ja", "vi")
    assert caption.translated == phrase["vi"] and model.asked == []
    assert verbatim("これは決まった言い方ではない", "ja", "en") == ""


@pytest.mark.requirement("NB-17n", "IZ-08")
def test_a_city_that_allows_only_japan_refuses_every_other_country(practice: str) -> None:
    abroad = settings(practice, translation_country="US")
    assert Interpreter(abroad).place(CITY) is None
    with pytest.raises(NotAllowed, match="国外"):
        Interpreter(abroad).wrote(CITY, "こんにちは", "ja", "en")
    agreed = Interpreter(settings(practice, translation_country="US", interpreter_abroad="other, mihon"))
    assert agreed.place(CITY)["countries"] == ["JP", "US"]
    assert agreed.place("another") is None


@pytest.mark.parametrize("missing", ["speech_url", "translation_model", "speech_country", "translation_retention"])
def test_an_endpoint_that_does_not_say_where_and_how_long_is_not_used(practice: str, missing: str) -> None:
    interpreter = Interpreter(settings(practice, **{missing: ""}))
    assert interpreter.place(CITY) is None
    with pytest.raises(Conflict):
        interpreter.wrote(CITY, "こんにちは", "ja", "en")


def test_nothing_is_sent_unencrypted_to_another_machine() -> None:
    interpreter = Interpreter(settings("http://192.0.2.1/v1"))
    assert interpreter.place(CITY) is None
    with pytest.raises(Unavailable, match="暗号化"):
        interpreter.wrote(CITY, "こんにちは", "ja", "en")


def test_what_is_no_sound_or_too_long_is_refused(practice: str) -> None:
    interpreter = Interpreter(settings(practice))
    file = io.BytesIO()
    soundfile.write(file, [0.0] * 16000 * 13, 16000, format="WAV")
    for sound in (b"", b"RIFF nonsense", file.getvalue()):
        with pytest.raises(BadInput):
            interpreter.heard(CITY, sound, "ja", "en")


def test_an_endpoint_that_is_away_is_told_in_words() -> None:
    with pytest.raises(Unavailable, match="書いて伝える"):
        Interpreter(settings("http://127.0.0.1:9/v1")).wrote(CITY, "道案内をします", "ja", "en")
