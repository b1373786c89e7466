"""The cities' staff sign-ins, with which we book for others where a city wants it so; they stand in a file of their own."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

from booking_agent.settings import STAFF
from contact_center.errors import BadInput
from contact_center.settings import Settings


def staff_sign_in(settings: Settings, site: str) -> dict[str, str]:
    """What a profile knows as `{staff_user}` and `{staff_password}`.

    :raises BadInput: where there is none for this site, or others than the centre could read the file.
    """
    if not settings[STAFF]:
        raise BadInput("このサイトの職員サインインが登録されていません。設定 booking.staff のファイルに書いてください。")
    path = Path(settings[STAFF])
    path = path if path.is_absolute() else settings.base / path
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise BadInput("%(path)s をほかの利用者が読めます。chmod 600 で閉じてください。", path=path.name)
        known = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput("%(path)s を読めません。[サイトのid] の下に user と password を書いてください。", path=path.name) from error
    found = known.get(site)
    if not isinstance(found, dict) or not found.get("user") or not found.get("password"):
        raise BadInput("このサイトの職員サインインが登録されていません。設定 booking.staff のファイルに書いてください。")
    return {"staff_user": str(found["user"]), "staff_password": str(found["password"])}
