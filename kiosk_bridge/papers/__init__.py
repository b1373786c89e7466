"""Papers under the stand camera: made flat, read, shown to the operator, never kept."""

from kiosk_bridge.papers.code import Form, NotAForm, application_id, read_form, typed_id
from kiosk_bridge.papers.flat import enhance, flatten

__all__ = ["Form", "NotAForm", "application_id", "enhance", "flatten", "read_form", "typed_id"]
