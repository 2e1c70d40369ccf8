"""The words of tickets, stored as they stand here."""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(TextChoices):
    CLEARANCE = "clearance", _("Customs hold")
    DELAY = "delay", _("Delay")
    LOSS = "loss", _("Loss or damage")
    FAILED_DELIVERY = "failed_delivery", _("Failed delivery")
    RETURN = "return", _("Return")
    PAYMENT = "payment", _("Payment")
    SAFETY = "safety", _("Safety")
    WAREHOUSE = "warehouse", _("Warehouse")
    INQUIRY = "inquiry", _("Inquiry")


PREFIXES: dict[str, str] = {
    Kind.CLEARANCE: "CLR",
    Kind.DELAY: "DLY",
    Kind.LOSS: "LOS",
    Kind.FAILED_DELIVERY: "FDL",
    Kind.RETURN: "RET",
    Kind.PAYMENT: "PAY",
    Kind.SAFETY: "SAF",
    Kind.WAREHOUSE: "WHS",
    Kind.INQUIRY: "INQ",
}


class Phase(TextChoices):
    NEW = "new", _("New")
    ACTIVE = "active", _("Active")
    WAITING = "waiting", _("Waiting")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")


OPEN_PHASES = (Phase.NEW, Phase.ACTIVE, Phase.WAITING)
ENDED_PHASES = (Phase.RESOLVED, Phase.CLOSED)


class WaitingOn(TextChoices):
    US = "us", _("Us")
    CUSTOMER = "customer", _("Customer")
    SHIPPER = "shipper", _("Shipper")
    CARRIER = "carrier", _("Carrier")
    BROKER = "broker", _("Broker")
    CUSTOMS = "customs", _("Customs")
    WAREHOUSE = "warehouse", _("Warehouse")
    FINANCE = "finance", _("Finance")
    NOBODY = "nobody", _("Nobody")


class Resolution(TextChoices):
    NONE = "", _("None yet")
    SOLVED = "solved", _("Solved")
    DUPLICATE = "duplicate", _("Duplicate")
    MERGED = "merged", _("Merged")
    CONVERTED = "converted", _("Converted")
    FALSE_ALARM = "false_alarm", _("False alarm")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Priority(IntegerChoices):
    """Smaller is more urgent, so that a list sorts by it."""

    URGENT = 1, _("Urgent")
    HIGH = 2, _("High")
    NORMAL = 3, _("Normal")
    LOW = 4, _("Low")


class Audience(TextChoices):
    CUSTOMER = "customer", _("Customer")
    PARTNER = "partner", _("Partner")
    INTERNAL = "internal", _("Internal")
    PUBLIC = "public", _("Public")


class Direction(TextChoices):
    IN = "in", _("In")
    OUT = "out", _("Out")
    NOTE = "note", _("Note")


class MessageStatus(TextChoices):
    """How far a message came. Of an outgoing one only forward; DEAD and IN_DOUBT wait for a person."""

    RECEIVED = "received", _("Received")
    NOTED = "noted", _("Noted")
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    READ = "read", _("Read")
    IN_DOUBT = "in_doubt", _("In doubt")
    DEAD = "dead", _("Not delivered")


class ActorKind(TextChoices):
    STAFF = "staff", _("Staff")
    PARTNER = "partner", _("Partner")
    CUSTOMER = "customer", _("Customer")
    SCAN = "scan", _("Scan")
    RULE = "rule", _("Rule")
    CLOCK = "clock", _("Clock")
    SYSTEM = "system", _("System")


class Via(TextChoices):
    ADMIN = "admin", _("Desk")
    API = "api", _("API")
    PORTAL = "portal", _("Partner's pages")
    CHANNEL = "channel", _("Channel")
    LINK = "link", _("Customer's link")
    SCAN = "scan", _("Scan")
    RULE = "rule", _("Rule")
    CLOCK = "clock", _("Clock")
    COMMAND = "command", _("Command")


class LinkType(TextChoices):
    """How one ticket came from, or went into, another."""

    FOLLOWS = "follows", _("Follows")
    MERGED_INTO = "merged_into", _("Merged into")
    CONVERTED_TO = "converted_to", _("Converted to")
    SPLIT_FROM = "split_from", _("Split from")
    OPENED_BY = "opened_by", _("Opened by")


class LinkPurpose(TextChoices):
    """What a customer's signed link lets them do; one link, one purpose."""

    STATUS = "status", _("See the status")
    DOCUMENTS = "documents", _("Upload papers")
    INSTRUCTIONS = "instructions", _("Give delivery instructions")
    EVIDENCE = "evidence", _("Upload evidence")
    SURVEY = "survey", _("Say how it went")


class PaperState(TextChoices):
    MISSING = "missing", _("Missing")
    RECEIVED = "received", _("Received")


class LossWhat(TextChoices):
    LOST = "lost", _("Lost")
    DAMAGED = "damaged", _("Damaged")
    SHORT = "short", _("Something missing")
    NOT_RECEIVED = "not_received", _("Shown delivered but not received")


class DelayCause(TextChoices):
    WEATHER = "weather", _("Weather")
    CONGESTION = "congestion", _("Congestion")
    CAPACITY = "capacity", _("Capacity")
    CUSTOMS_QUEUE = "customs_queue", _("Customs queue")
    STRIKE = "strike", _("Strike")
    MISSED_CONNECTION = "missed_connection", _("Missed connection")
    CARRIER_ERROR = "carrier_error", _("Carrier's error")
    UNKNOWN = "unknown", _("Unknown")


class RefusalReason(TextChoices):
    PROHIBITED = "prohibited", _("Prohibited goods")
    LICENCE = "licence", _("Licence missing")
    VALUE = "value", _("Declared value doubted")
    RIGHTS = "rights", _("Intellectual property")
    UNPAID = "unpaid", _("Duties unpaid")
    OTHER = "other", _("Other")


class DeliveryProblem(TextChoices):
    ADDRESS = "address", _("Address wrong or incomplete")
    ABSENT = "absent", _("Nobody there")
    REFUSED = "refused", _("Refused")
    ACCESS = "access", _("No access")
    PAYMENT = "payment", _("Payment missing")
    IDENTIFICATION = "identification", _("Identification missing")
    RESTRICTED_AREA = "restricted_area", _("Restricted area")


class DutyType(TextChoices):
    DUTY = "duty", _("Customs duty")
    VAT = "vat", _("Import VAT")
    EXCISE = "excise", _("Excise")
    FEE = "fee", _("Handling fee")
    STORAGE = "storage", _("Storage and demurrage")
    PENALTY = "penalty", _("Penalty")


class Payer(TextChoices):
    CUSTOMER = "customer", _("Customer")
    SHIPPER = "shipper", _("Shipper")
    CARRIER = "carrier", _("Carrier")
    US = "us", _("Us")


class SettlementMethod(TextChoices):
    REFUND = "refund", _("Refund")
    RESHIP = "reship", pgettext_lazy("a parcel", "Send again")
    COUPON = "coupon", _("Coupon")
    NONE = "none", _("No compensation")


class InstructionChoice(TextChoices):
    """What a customer wants after a failed delivery."""

    REDELIVER = "redeliver", _("Deliver again")
    NEW_ADDRESS = "new_address", _("Deliver to another address")
    PICKUP = "pickup", _("I pick it up")
    REFUSE = "refuse", _("I do not want it any more")


class Target(TextChoices):
    """What a clock promises."""

    FIRST_RESPONSE = "first_response", _("First response")
    NEXT_RESPONSE = "next_response", _("Next response")
    NEXT_UPDATE = "next_update", _("Next update")
    RESOLUTION = "resolution", _("Resolution")
    PARTNER_ANSWER = "partner_answer", _("Partner's answer")
    CARRIER_ANSWER = "carrier_answer", _("Carrier's answer")


class HoursOf(TextChoices):
    """In whose working time a duration is counted."""

    WALL = "wall", _("Around the clock")
    TEAM = "team", _("The team's hours")
    PARTNER = "partner", _("The partner's hours")
    CALENDAR = "calendar", _("This calendar's hours")


class ClockOutcome(TextChoices):
    KEPT = "kept", _("Kept")
    MISSED = "missed", _("Missed")
    CANCELLED = "cancelled", _("No longer owed")


class BreachCause(TextChoices):
    """Why a promise was missed, as far as the facts tell."""

    NO_OWNER = "no_owner", _("Nobody owned it")
    OWNER = "owner", _("Its owner did not act in time")
    OUT_OF_HOURS = "out_of_hours", _("Nobody was at work")
    SNOOZED = "snoozed", _("It was snoozed")
    PARTNER_SILENT = "partner_silent", _("The partner did not answer")
    CARRIER_SILENT = "carrier_silent", _("The carrier did not answer")
    NOT_DELIVERED = "not_delivered", _("Our message did not arrive")


class RuleTrigger(TextChoices):
    EVENT = "event", _("Something happens")
    TIME = "time", _("Some time after")
    SCHEDULE = "schedule", _("At set times")
    SENDING = "sending", _("Before a message goes out")


class RunOutcome(TextChoices):
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CAPPED = "capped", _("Too often")
    TOO_DEEP = "too_deep", _("Stopped: rules called each other")


class WhomKind(TextChoices):
    """Whom a level of an escalation calls."""

    OWNER = "owner", _("The ticket's owner")
    PERSON = "person", _("A person")
    ROLE = "role", _("A role")
    TEAM = "team", _("A team")
    TEAM_OPEN = "team_open", _("The team that is open now")
    ON_CALL = "on_call", _("Who is on call")
    PARTNER_CONTACT = "partner_contact", _("The partner's contact")
    PARTNER_BACKUP = "partner_backup", _("The partner's backup contact")
    PARTNER_SUPERVISOR = "partner_supervisor", _("The partner's supervisor")
    PARTNER_PUBLIC = "partner_public", _("The partner's public account")
    PARTNER_ASSOCIATION = "partner_association", _("The partner's association")


class CallBy(TextChoices):
    """By what a person is called."""

    DESK = "desk", _("In the desk")
    EMAIL = "email", _("By e-mail")
    TELEGRAM = "telegram", _("By Telegram")


class EscalationEnd(TextChoices):
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    ANSWERED = "answered", _("Answered")
    RESOLVED = "resolved", _("The ticket was resolved")
    EXHAUSTED = "exhausted", _("Nobody answered")
    STOPPED = "stopped", _("Stopped")


class PageState(TextChoices):
    OPEN = "open", _("Waiting for an answer")
    TO_APPROVE = "to_approve", _("To be released")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    WITHDRAWN = "withdrawn", _("No longer needed")
    FAILED = "failed", _("Did not arrive")


class WebhookState(TextChoices):
    WAITING = "waiting", _("Waiting to be sent")
    TAKEN = "taken", _("Taken")
    GIVEN_UP = "given_up", _("Given up")


class HandoverWhy(TextChoices):
    """Why a ticket could not wait for its team's next shift; the first that fits."""

    URGENT = "urgent", _("urgent")
    UNANSWERED = "unanswered", _("the customer waits for an answer")
    DUE = "due", _("due before the team is back")


class CompensationState(TextChoices):
    DRAFT = "draft", pgettext_lazy("compensation", "Draft")
    AWAITING_APPROVAL = "awaiting_approval", _("Awaiting approval")
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", pgettext_lazy("compensation", "Declined")
    EXPIRED = "expired", pgettext_lazy("compensation", "Expired")
    PAYING = "paying", _("Being paid")
    PAID = "paid", pgettext_lazy("compensation", "Paid")
    FAILED = "failed", pgettext_lazy("compensation", "Payment failed")
    CANCELLED = "cancelled", pgettext_lazy("compensation", "Cancelled")


COMPENSATION_OVER = (
    CompensationState.DECLINED.value,
    CompensationState.EXPIRED.value,
    CompensationState.PAID.value,
    CompensationState.CANCELLED.value,
)


class ClaimState(TextChoices):
    DRAFT = "draft", pgettext_lazy("claim", "To be filed")
    FILED = "filed", _("Filed")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("claim", "Acknowledged")
    MORE_EVIDENCE_WANTED = "more_evidence_wanted", _("More evidence wanted")
    APPROVED = "approved", _("Approved")
    PARTLY_APPROVED = "partly_approved", _("Partly approved")
    DENIED = "denied", _("Denied")
    APPEALED = "appealed", _("Appealed")
    PAID = "paid", pgettext_lazy("claim", "Paid")
    WRITTEN_OFF = "written_off", _("Written off")


CLAIM_OVER = (ClaimState.PAID.value, ClaimState.WRITTEN_OFF.value)


class ClaimFrom(TextChoices):
    """From what a carrier counts the days in which a claim must be filed."""

    SHIPPED = "shipped", _("The first scan")
    DELIVERED = "delivered", pgettext_lazy("claims", "The delivery")
    NOTICED = "noticed", _("The day we noticed")


class Proposal(TextChoices):
    """What a month's figures speak for; ``tickets.policies.audit`` says when."""

    KEEP = "keep", _("Leave it as it is")
    NO_DATA = "no_data", _("Too little to judge by")
    SWITCH_CHANNEL = "switch_channel", _("Ask by another channel")
    NAME_BACKUP = "name_backup", _("Name a backup contact")
    BACKUP_FIRST = "backup_first", _("Make the backup the first contact")
    AGREE_ANEW = "agree_anew", _("Agree on another answer time")
    TALK = "talk", _("Talk about the trend")
    REVIEW = "review", _("Review the partnership")
    MEND_CHANNEL = "mend_channel", _("Look why messages do not arrive")
    STAFF_CHANNEL = "staff_channel", _("Put more people on this channel")
