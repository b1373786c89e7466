"""pjsua2 in a process of its own: the native seat phone, the scripted resident, the line probe. Spoken to in JSON lines."""

from telephony.softphone.process import SoftphoneProcess

__all__ = ["SoftphoneProcess"]
