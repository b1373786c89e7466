"""Every table of the kernel, for alembic."""

from contact_center.availability.ledger import MinuteRow
from contact_center.contacts.model import Callback, Contact, Escalation
from contact_center.directory.model import Calendar, Choice, City, Closing, Department, Line, Menu, Notice, Pool
from contact_center.events.model import EventRow
from contact_center.identity.model import Device, Person, SessionRow
from contact_center.personal.model import PersonalValue
from contact_center.reports.model import FoldCursor, HourRow, SubjectRow
from contact_center.seats.model import Seat

TABLES = (
    City, Calendar, Pool, Line, Menu, Department, Choice, Closing, Notice, MinuteRow, Contact, Callback,
    Escalation,
    EventRow, Device, Person, SessionRow, PersonalValue, FoldCursor, HourRow, SubjectRow, Seat,
)  # fmt: skip
