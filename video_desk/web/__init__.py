"""The kiosk's face and the operator's panel."""

from flask import Blueprint

blueprint = Blueprint(
    "video_desk", "video_desk", template_folder="templates", static_folder="static", static_url_path="/static/video_desk"
)

from video_desk.web import city, heard, kiosk, panel  # noqa: E402

__all__ = ["blueprint", "city", "heard", "kiosk", "panel"]
