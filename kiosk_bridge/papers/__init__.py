"""Papers under the stand camera: made flat, read, shown to the operator without any My Number, never kept."""

from kiosk_bridge.papers.code import Form, NotAForm, application_id, read_form
from kiosk_bridge.papers.flat import enhance, flatten
from kiosk_bridge.papers.hiding import Shown, hide

__all__ = ["Form", "NotAForm", "Shown", "application_id", "enhance", "flatten", "hide", "read_form"]
