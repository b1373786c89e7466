"""The telephone channel, as the house sees it."""

from __future__ import annotations

from contact_center.events.catalogue import CallbackAsked, ContactDialled, HoursChanged, SeatChanged, SessionEnded
from contact_center.features import DemoScene, Door, Feature, HealthCheck, HubHandler, Reaction
from telephony import messages as m
from telephony.events import CallOrdered, LegLost
from telephony.settings import TELEPHONY_SETTINGS

_HUB = "telephony.handlers:"
_CALL = "telephony.conversation:"

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
        HubHandler(m.Dial, "seat.use", _CALL + "dial"),
        HubHandler(m.Consult, "seat.use", _CALL + "consult"),
        HubHandler(m.DropThird, "seat.use", _CALL + "drop"),
        HubHandler(m.Join, "seat.use", _CALL + "join"),
        HubHandler(m.HandOver, "seat.use", _CALL + "hand_over"),
        HubHandler(m.PassOn, "seat.use", _CALL + "pass_on"),
        HubHandler(m.RaiseHand, "seat.use", _CALL + "raise_hand"),
        HubHandler(m.MarkNuisance, "contact.personal", _CALL + "mark_nuisance"),
        HubHandler(m.Supervise, "supervise.listen", _CALL + "supervise"),
        HubHandler(m.EndSupervision, "supervise.listen", _CALL + "end_supervision"),
        HubHandler(m.TellLegLost, "seat.use", _HUB + "leg_lost"),
        HubHandler(m.PhoneCommand, "seat.use", _HUB + "phone_command"),
        HubHandler(m.PhoneReport, "device", _HUB + "phone_report"),
    ),
    events=(LegLost, CallOrdered),
    reactions=(
        Reaction(SeatChanged, "telephony.switchboard.reactions:seat_changed"),
        Reaction(HoursChanged, "telephony.switchboard.reactions:hours_changed"),
        Reaction(SessionEnded, "telephony.switchboard.reactions:session_ended"),
        Reaction(CallbackAsked, "telephony.switchboard.outgoing:callback_asked"),
        Reaction(ContactDialled, "telephony.switchboard.outgoing:dial"),
        Reaction(CallOrdered, "telephony.switchboard.conversation:ordered"),
        Reaction(LegLost, "telephony.switchboard.reactions:leg_lost"),
    ),
    health=(HealthCheck("telephony", "telephony.health:check"),),
    demo_scenes=(DemoScene("first-call", "はじめの一本", 10, "telephony.demo:first_call"),),
)
