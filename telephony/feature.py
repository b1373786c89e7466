"""The telephone channel, as the house sees it."""

from __future__ import annotations

from contact_center.events.catalogue import (
    CallbackAsked,
    ContactDialled,
    DeviceChanged,
    HoursChanged,
    SeatChanged,
    SessionEnded,
    TrainingChanged,
)
from contact_center.features import Command, DemoScene, Door, Feature, HealthCheck, HubHandler, Reaction
from telephony import messages as m
from telephony.events import CallOrdered, LegLost
from telephony.settings import TELEPHONY_SETTINGS

_HUB = "telephony.handlers:"
_CALL = "telephony.conversation:"
_SECOND = "telephony.second_tier:"

feature = Feature(
    name="telephony",
    title="電話",
    settings=TELEPHONY_SETTINGS,
    blueprint="telephony.web:blueprint",
    doors=(
        Door("応対画面", "/console", "seat.use", 10),
        Door("責任者の画面", "/supervise", "contact.correct", 20),
        Door("掲示板", "/wallboard", "contact.correct", 30),
        Door("引き継ぎ", "/handover", "contact.correct", 40),
        Door("数字", "/figures", "contact.correct", 50),
        Door("訂正", "/corrections", "contact.correct", 60, begins=False),
        Door("手入力", "/enter", "contact.personal", 70, begins=False),
    ),
    hub_handlers=(
        HubHandler(m.TakeSeat, "seat.use", _HUB + "take_seat"),
        HubHandler(m.LeaveSeat, "seat.use", _HUB + "leave_seat"),
        HubHandler(m.ChoosePresence, "seat.use", _HUB + "choose_presence"),
        HubHandler(m.AskPhone, "seat.use", _HUB + "ask_phone"),
        HubHandler(m.CloseLine, "supervise.close", _HUB + "close_line", anywhere=True),
        HubHandler(m.ReopenLine, "supervise.close", _HUB + "reopen_line", anywhere=True),
        HubHandler(m.SayNotice, "supervise.close", _HUB + "say_notice", anywhere=True),
        HubHandler(m.WithdrawNotice, "supervise.close", _HUB + "withdraw_notice", anywhere=True),
        HubHandler(m.AskCard, "contact.personal", _HUB + "ask_card"),
        HubHandler(m.WriteNote, "contact.personal", _HUB + "write_note"),
        HubHandler(m.Classify, "contact.personal", _HUB + "classify"),
        HubHandler(m.CloseContact, "contact.personal", _HUB + "close_contact"),
        HubHandler(m.ExtendWrapUp, "seat.use", _HUB + "extend_wrap_up"),
        HubHandler(m.ReleaseSeat, "contact.correct", _HUB + "release_seat", anywhere=True),
        HubHandler(m.CallbackNumber, "contact.personal", _HUB + "callback_number", anywhere=True),
        HubHandler(m.CallBack, "contact.personal", _HUB + "call_back"),
        HubHandler(m.CallbackTried, "contact.personal", _HUB + "callback_tried", anywhere=True),
        HubHandler(m.SettleCallback, "contact.personal", _HUB + "settle_callback", anywhere=True),
        HubHandler(m.Dial, "seat.use", _CALL + "dial"),
        HubHandler(m.Consult, "seat.use", _CALL + "consult"),
        HubHandler(m.DropThird, "seat.use", _CALL + "drop"),
        HubHandler(m.Join, "seat.use", _CALL + "join"),
        HubHandler(m.HandOver, "seat.use", _CALL + "hand_over"),
        HubHandler(m.PassOn, "seat.use", _CALL + "pass_on"),
        HubHandler(m.RaiseHand, "seat.use", _CALL + "raise_hand"),
        HubHandler(m.MarkNuisance, "contact.personal", _CALL + "mark_nuisance"),
        HubHandler(m.Supervise, "supervise.listen", _CALL + "supervise", anywhere=True),
        HubHandler(m.EndSupervision, "supervise.listen", _CALL + "end_supervision", anywhere=True),
        HubHandler(m.LinkSource, "contact.personal", _SECOND + "link_source"),
        HubHandler(m.AskEarlier, "contact.personal", _SECOND + "earlier"),
        HubHandler(m.AskMine, "seat.use", _SECOND + "mine", anywhere=True),
        HubHandler(m.HandOn, "contact.personal", _SECOND + "hand_on", anywhere=True),
        HubHandler(m.ShowEscalation, "contact.read", _SECOND + "show", anywhere=True),
        HubHandler(m.ReceiveEscalation, "contact.read", _SECOND + "receive", anywhere=True),
        HubHandler(m.AnswerEscalation, "contact.read", _SECOND + "answer", anywhere=True),
        HubHandler(m.CloseEscalation, "contact.personal", _SECOND + "close", anywhere=True),
        HubHandler(m.TellLegLost, "seat.use", _HUB + "leg_lost"),
        HubHandler(m.PhoneCommand, "seat.use", _HUB + "phone_command"),
        HubHandler(m.PhoneReport, "device", _HUB + "phone_report"),
    ),
    events=(LegLost, CallOrdered),
    reactions=(
        Reaction(SeatChanged, "telephony.switchboard.reactions:seat_changed"),
        Reaction(HoursChanged, "telephony.switchboard.reactions:hours_changed"),
        Reaction(TrainingChanged, "telephony.switchboard.reactions:training_changed"),
        Reaction(DeviceChanged, "telephony.switchboard.kiosks:device_changed"),
        Reaction(SessionEnded, "telephony.switchboard.reactions:session_ended"),
        Reaction(CallbackAsked, "telephony.switchboard.outgoing:callback_asked"),
        Reaction(ContactDialled, "telephony.switchboard.outgoing:dial"),
        Reaction(CallOrdered, "telephony.switchboard.conversation:ordered"),
        Reaction(LegLost, "telephony.switchboard.reactions:leg_lost"),
    ),
    commands=(Command("line-test", "operator", "admin.cli.line_test:line_test"),),
    health=(HealthCheck("telephony", "telephony.health:check"),),
    demo_scenes=(DemoScene("first-call", "はじめの一本", 10, "telephony.demo:first_call"),),
)
