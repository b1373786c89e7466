"""The practice sites as a browser without scripts works them."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any

import numpy as np
from flask.testing import FlaskClient
from PIL import Image

from contact_center.clock import TOKYO, FakeClock
from video_desk.rehearsal_sites.japanese import era_years, from_era
from video_desk.rehearsal_sites.serve import application, card_software
from video_desk.rehearsal_sites.site import Site

TOKEN = "control-of-the-test"


class Sites:
    """Both sites, the card software and the back door."""

    def __init__(self) -> None:
        self.clock = FakeClock(datetime(2026, 11, 24, 10, 0, tzinfo=TOKYO))
        self.site = Site(self.clock, TOKEN)
        self.web: FlaskClient = application(self.site).test_client()
        self.software: FlaskClient = card_software(self.site).test_client()

    def get(self, path: str) -> str:
        return self.web.get(path, follow_redirects=True).text

    def post(self, path: str, **given: Any) -> str:
        return self.web.post(path, data=given, follow_redirects=True).text

    def control(self, path: str, body: Any = None) -> Any:
        how: dict[str, Any] = {"headers": {"X-Control": TOKEN}}
        answer = self.web.get(f"/control/{path}", **how) if body is None else self.web.post(f"/control/{path}", json=body, **how)
        assert answer.status_code == 200, answer.text
        return answer.json

    def person(self, id: str) -> dict[str, Any]:
        return next(one for one in self.control("ledger/people") if one["id"] == id)

    def acts(self) -> list[str]:
        return [one["what"] for one in self.control("ledger/acts")]

    # -- the ways through -------------------------------------------------------------------------------------------

    def mailed(self, id: str) -> str:
        """The personal URL of somebody who has registered an address."""
        self.get(f"/apply/?id={self.person(id)['application_id']}")
        self.post("/apply/terms", agree="1")
        address = f"{id}@mihon.example"
        self.post("/apply/mail", name="見本", mail=address, again=address)
        assert "メールを送信しました" in self.post("/apply/send")
        return str(self.control("ledger/mails")[-1]["url"]).removeprefix(self.site.url)

    def photo(self, picture: bytes) -> str:
        return self.post("/apply/photo", photo=(io.BytesIO(picture), "face.jpg"))

    def ticket(self, page: str) -> str:
        found = re.search(r'name="ticket" value="([^"]+)"', page)
        assert found
        return found[1]

    def pin(self, ticket: str, pin: str) -> dict[str, Any]:
        answer = self.software.post("/client/verify", data={"ticket": ticket, "pin": pin}).json
        assert isinstance(answer, dict)
        return answer

    def state(self, ticket: str) -> dict[str, Any]:
        answer = self.software.get(f"/client/state?ticket={ticket}").json
        assert isinstance(answer, dict)
        return answer

    def sign_in(self, id: str = "hanako") -> str:
        """The menu of whoever has signed in."""
        self.control("card", {"person": id})
        ticket = self.ticket(self.get("/portal/"))
        code = self.pin(ticket, self.person(id)["card"]["pin"])["code"]
        return self.post("/portal/login", ticket=ticket, code=code)


def picture(width: int = 600, height: int = 800, mode: str = "RGB", form: str = "JPEG") -> bytes:
    """Noise, so that it is not too small."""
    channels = {"RGB": 3, "CMYK": 4, "L": 1}[mode]
    noise = np.random.default_rng(1).integers(0, 255, (height, width, channels), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise if channels > 1 else noise[:, :, 0], mode).save(out, form)
    return out.getvalue()


def birthday(sites: Sites, id: str) -> dict[str, str]:
    """How somebody chooses the birthday from three lists."""
    day = datetime.fromisoformat(sites.person(id)["birthday"]).date()
    year = next(value for value, _ in era_years(sites.clock.now().date()) if from_era(value, str(day.month), str(day.day)) == day)
    return {"year": year, "month": str(day.month), "day": str(day.day)}
