"""The telephone channel, as the house sees it."""

from __future__ import annotations

from contact_center.events.catalogue import CallbackAsked, ContactDialled, HoursChanged, SeatChanged, SessionEnded
from contact_center.features import DemoScene, Door, Feature, HealthCheck, HubHandler, Reaction
from telephony import messages as m
from telephony.events import LegLost
from telephony.settings import TELEPHONY_SETTINGS

_HUB = "telephony.handlers:"

feature = Feature(
    name="telephony",
    title="電話",
    settings=TELEPHONY_SETTINGS,
    blueprint="telephony.web:blueprint",
    doors=(Door("応対画面", "/console", "seat.use"),),
    hub_handlers=(
        HubHandler(m.TakeSeat, "seat.use", _HUB + "take_seat"),
        HubHandler(m.LeaveSeat, "seat.use", _HUB + "leave_seat"),
        HubHandler(m.ChoosePresence, "seat.use", _HUB + "choose_presence"),
        HubHandler(m.AskPhone, "seat.use", _HUB + "ask_phone"),
        HubHandler(m.CloseLine, "supervise.close", _HUB + "close_line"),
        HubHandler(m.ReopenLine, "supervise.close", _HUB + "reopen_line"),
        HubHandler(m.SayNotice, "supervise.close", _HUB + "say_notice"),
        HubHandler(m.WithdrawNotice, "supervise.close", _HUB + "withdraw_notice"),
        HubHandler(m.AskCard, "contact.personal", _HUB + "ask_card"),
        HubHandler(m.WriteNote, "contact.personal", _HUB + "write_note"),
        HubHandler(m.Classify, "contact.personal", _HUB + "classify"),
        HubHandler(m.CloseContact, "contact.personal", _HUB + "close_contact"),
        HubHandler(m.ExtendWrapUp, "seat.use", _HUB + "extend_wrap_up"),
        HubHandler(m.ReleaseSeat, "contact.correct", _HUB + "release_seat"),
        HubHandler(m.CallbackNumber, "contact.personal", _HUB + "callback_number"),
        HubHandler(m.CallBack, "contact.personal", _HUB + "call_back"),
        HubHandler(m.CallbackTried, "contact.personal", _HUB + "callback_tried"),
        HubHandler(m.TellLegLost, "seat.use", _HUB + "leg_lost"),
        HubHandler(m.PhoneCommand, "seat.use", _HUB + "phone_command"),
        HubHandler(m.PhoneReport, "device", _HUB + "phone_report"),
    ),
    events=(LegLost,),
    reactions=(
        Reaction(SeatChanged, "telephony.switchboard.reactions:seat_changed"),
        Reaction(HoursChanged, "telephony.switchboard.reactions:hours_changed"),
        Reaction(SessionEnded, "telephony.switchboard.reactions:session_ended"),
        Reaction(CallbackAsked, "telephony.switchboard.outgoing:callback_asked"),
        Reaction(ContactDialled, "telephony.switchboard.outgoing:dial"),
        Reaction(LegLost, "telephony.switchboard.reactions:leg_lost"),
    ),
    health=(HealthCheck("telephony", "telephony.health:check"),),
    demo_scenes=(DemoScene("first-call", "はじめの一本", 10, "telephony.demo:first_call"),),
)
