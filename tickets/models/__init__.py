"""Tickets and all that hangs on them."""

from tickets.models.audit import Audit, AuditAbout, AuditDecision
from tickets.models.conversation import Attachment, ChannelIdentity, Conversation, Message, Participant
from tickets.models.customer_link import CustomerLink
from tickets.models.details import (
    DETAILS,
    ClearanceDetail,
    DelayDetail,
    Duty,
    FailedDeliveryDetail,
    InquiryDetail,
    LossDetail,
    PaperRequest,
    PaymentDetail,
    RedeliveryBooking,
    ReturnDetail,
    SafetyDetail,
    WarehouseDetail,
)
from tickets.models.escalation import (
    Escalation,
    EscalationLevel,
    EscalationPolicy,
    Page,
    Rota,
    RotaLayer,
    RotaOverride,
    RotaTurn,
    StaffReach,
)
from tickets.models.follow_up import KnowledgeUse, SurveyAnswer
from tickets.models.history import ChainHead, TicketEvent, TicketEventContent, TicketFacts
from tickets.models.kpi import KpiDims, KpiMark, KpiParcelDay, KpiProgress, KpiRollup, KpiTouched
from tickets.models.money import Claim, ClaimTerms, Compensation
from tickets.models.notice import Notice, NoticeState, NoticeWhat
from tickets.models.partner_event import PartnerEvent
from tickets.models.promise import Breach, Clock, PromisePolicy, PromiseRecount
from tickets.models.reminder import Reminder, WebhookCall
from tickets.models.report import ReportEvery, ReportFormat, ReportRun, ReportSchedule
from tickets.models.rule import EventToSettle, Rule, RuleRun, RuleSwitch, RuleVersion
from tickets.models.saved_view import SavedView
from tickets.models.shipped_role import ShippedRole
from tickets.models.survey import SurveyRequest, SurveySettings, SurveyState
from tickets.models.team import Handover, HandoverTicket, Membership, Presence, ShiftEnd, Team
from tickets.models.ticket import OPEN, OURS, Ticket, TicketLink

__all__ = [
    "DETAILS",
    "OPEN",
    "OURS",
    "Attachment",
    "Audit",
    "AuditAbout",
    "AuditDecision",
    "Breach",
    "ChainHead",
    "ChannelIdentity",
    "Claim",
    "ClaimTerms",
    "ClearanceDetail",
    "Clock",
    "Compensation",
    "Conversation",
    "CustomerLink",
    "DelayDetail",
    "Duty",
    "Escalation",
    "EscalationLevel",
    "EscalationPolicy",
    "EventToSettle",
    "FailedDeliveryDetail",
    "Handover",
    "HandoverTicket",
    "InquiryDetail",
    "KnowledgeUse",
    "KpiDims",
    "KpiMark",
    "KpiParcelDay",
    "KpiProgress",
    "KpiRollup",
    "KpiTouched",
    "LossDetail",
    "Membership",
    "Message",
    "Notice",
    "NoticeState",
    "NoticeWhat",
    "Page",
    "PaperRequest",
    "Participant",
    "PartnerEvent",
    "PaymentDetail",
    "Presence",
    "PromisePolicy",
    "PromiseRecount",
    "RedeliveryBooking",
    "Reminder",
    "ReportEvery",
    "ReportFormat",
    "ReportRun",
    "ReportSchedule",
    "ReturnDetail",
    "Rota",
    "RotaLayer",
    "RotaOverride",
    "RotaTurn",
    "Rule",
    "RuleRun",
    "RuleSwitch",
    "RuleVersion",
    "SafetyDetail",
    "SavedView",
    "ShiftEnd",
    "ShippedRole",
    "StaffReach",
    "SurveyAnswer",
    "SurveyRequest",
    "SurveySettings",
    "SurveyState",
    "Team",
    "Ticket",
    "TicketEvent",
    "TicketEventContent",
    "TicketFacts",
    "TicketLink",
    "WarehouseDetail",
    "WebhookCall",
]
