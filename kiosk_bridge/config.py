"""What the installer says of one kiosk, in a TOML file (docs/operate/kiosk.md)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

import msgspec

from contact_center.errors import BadInput

Pixels = Annotated[int, msgspec.Meta(ge=200, le=8000)]


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kiosk.

    :param centre: address of the centre, `https://…`.
    :param home: folder of what the kiosk keeps, its token above all; where it is not named, that of this file.
    :param authority: file of the certificate that signs the centre's; empty: the system's.
    :param width: of the screen, pixels; `height` likewise.
    :param strip: pixels at the left that the face keeps while the resident's browser is shown; no window of Chromium is narrower
        than 500.
    :param shown: False: no screen at all (tests, training on a server).
    :param camera: for the photo: a number, or `file:` and a picture; empty: none.
    :param video: part of the name of the camera for the call; empty: the browser's first.
    :param papers: the stand camera, likewise.
    :param reader: part of the card reader's name, or `virtual:` and a file; empty: none.
    :param pad: whether the screen shows keys for PINs and passwords; not where a PIN pad is at hand.
    :param browser: further words of both browsers' command line.
    :param sleeps: whether the machine shuts itself down out of its counter's hours, and begins again before them.
    :param rehearsal: a script may stand in for the resident (training, demo, tests).
    """

    centre: str
    home: str
    authority: str = ""
    width: Pixels = 1920
    height: Pixels = 1080
    strip: Annotated[int, msgspec.Meta(ge=500, le=2000)] = 560
    shown: bool = True
    camera: str = ""
    video: str = ""
    papers: str = ""
    reader: str = ""
    pad: bool = True
    browser: tuple[str, ...] = ()
    sleeps: bool = False
    rehearsal: bool = False

    @property
    def token_file(self) -> Path:
        """Where the device's token lies, for nobody else to read."""
        return Path(self.home) / "device-token"

    def token(self) -> str:
        """The device's token.

        :raises BadInput: where it is not enrolled.
        """
        try:
            return self.token_file.read_text("ascii").strip()
        except OSError as error:
            raise BadInput("この端末は登録されていません。madoguchi-kiosk enrol --code コード で登録してください。") from error


def read_config(path: Path) -> Config:
    """Read a kiosk's file.

    :raises BadInput: naming what is wrong with it.
    """
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
        raw.setdefault("home", str(path.parent))
        config = msgspec.convert(raw, Config)
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("端末の設定 %(path)s を読めません。", path=path) from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadInput("端末の設定 %(path)s を直してください: %(why)s", path=path, why=error) from error
    if not config.centre.startswith("https://"):
        raise BadInput("端末の設定 %(path)s の centre は https:// で始めてください。", path=path)
    return config
