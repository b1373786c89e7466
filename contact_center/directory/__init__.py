"""Cities, lines, counters, menus, pools, departments and transfer targets; and whether a line is open."""

from contact_center.directory.file import load_file
from contact_center.directory.notices import Notices
from contact_center.directory.service import Directory, LineView

__all__ = ["Directory", "LineView", "Notices", "load_file"]
