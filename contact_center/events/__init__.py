"""What has happened: a closed catalogue of events, written last in each transaction, replayed by growing ids."""

from contact_center.events.catalogue import KERNEL_EVENTS, Event
from contact_center.events.log import EventLog, Recorded
from contact_center.events.watch import Watch, follow, watch

__all__ = ["KERNEL_EVENTS", "Event", "EventLog", "Recorded", "Watch", "follow", "watch"]
