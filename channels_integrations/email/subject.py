"""Subjects without the marks that mail programs put before them when answering or forwarding."""

from __future__ import annotations

import re

_MARKS = (
    "re|aw|antw|antwort|sv|vs|vá|vl|rif|r|res|odp|ynt|yanıt|bls|balas|trả lời|tl|hồi âm|отв|ответ|σχετ|απ|atb|"
    "fw|fwd|wg|tr|rv|enc|i|fs|vb|doorst|pd|iletilen|ilt|trs|chuyển tiếp|пер|переслано|πρθ|továbbítás|välitetty|"
    "回复|回覆|答复|答覆|回|答|转发|轉寄|轉發|转|轉|返信|転送|회신|답장|전달|ตอบกลับ|ส่งต่อ|رد|إعادة توجيه|"
    "自动回复|自動回覆|自动答复|automatische antwort|automatic reply|réponse automatique|respuesta automática"
)
_MARK = re.compile(
    rf"^\s*(?:\[(?:external|extern|externe|externo|外部邮件|外部|spam)\]\s*|(?:{_MARKS})(?:\s?[\[(（]?\d{{1,3}}[\])）]?)?\s?[:：]\s*)",
    re.IGNORECASE,
)


def clean_subject(subject: str) -> str:
    """The subject without Re:, AW:, 回复：, Fwd: and the like, however many; in at most 40 steps."""
    for _ in range(40):
        found = _MARK.match(subject)
        if not found:
            break
        subject = subject[found.end() :]
    return subject.strip()
