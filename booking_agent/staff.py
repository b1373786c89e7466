"""What a site asks of the centre itself: a mailbox, or a staff sign-in with which we book for others (in a file of its own)."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

from booking_agent.profiles import Profile
from booking_agent.settings import STAFF
from contact_center.errors import BadInput
from contact_center.settings import MAIL_HOST, Settings


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


def check_means(settings: Settings, profile: Profile) -> None:
    """Whether this centre has what a site asks of it beside the caller's own data: a mailbox, or a sign-in.

    :raises BadInput: naming the setting that is missing.
    """
    if profile.mailbox == "staff":
        staff_sign_in(settings, profile.site)
    if profile.mailbox == "desk" and not settings[MAIL_HOST]:
        raise BadInput(
            "このサイトは予約のメールを窓口のメールボックスで受けますが、その設定がありません。責任者にお知らせください"
            "（mail.host など）。"
        )
