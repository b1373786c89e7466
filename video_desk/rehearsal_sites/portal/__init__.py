"""The practice Mynaportal."""

from video_desk.rehearsal_sites.portal import account, insurance, login, services
from video_desk.rehearsal_sites.portal.flow import blueprint

__all__ = ["account", "blueprint", "insurance", "login", "services"]
