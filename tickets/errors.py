"""Failures of tickets that we expect."""

from __future__ import annotations

from common.errors import DomainError


class TransitionRefused(DomainError):
    """The ticket's state, its guard or somebody quicker does not allow this way."""

    code = "transition_refused"


class LinkRefused(DomainError):
    """A customer's link that is unknown, ended, revoked, or made for something else."""

    code = "link_refused"


class AttachmentRefused(DomainError):
    """A file that is too large, of a type we do not keep, or empty."""

    code = "attachment_refused"


class CannotWrite(DomainError):
    """Nobody can be written to this way: no address, no consent, a closed channel, or personal data in the text."""

    code = "cannot_write"


class SavedMeanwhile(DomainError):
    """Somebody else saved the same thing since it was opened; what they saved stands."""

    code = "saved_meanwhile"


class KpiRefused(DomainError):
    """A figure, a cut or a period that there is none of (``unknown_figure``, ``unknown_cut``, ``bad_period``)."""

    code = "kpi_refused"


class SurveyRefused(DomainError):
    """A mark or comment that is not taken: not_asked, already_answered, too_late, bad_mark, empty."""

    code = "survey_refused"
