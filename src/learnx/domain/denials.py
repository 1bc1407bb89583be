"""Recognises that a model says, in whatever words, that it finds no answer."""

import re

from learnx.domain.marker_forms import MARKER, bracketed
from learnx.domain.sentences import split_sentences

#: So much of a reply is looked at: who finds no answer says so at once.
LOOKED_AT = 600
_SOURCE = (
    r"(?:excerpts?|documents?|passages?|texts?|sources?|materials?|context|pages?|chapters?|files?|information|answer"
    r"|auszüge?n?|dokumente?|unterlagen|textes|extraits?|documentos?|textos?|pasajes?|fragmentos?)"
)
_NOT = (
    r"(?:n['’]t|\b(?:not|no|nothing|none|nowhere|neither|cannot|lacks?|unable|without|nicht|keine?n?|pas|aucune?|ne"
    r"|ninguna?))"
)
_SAYING = (
    r"(?:say|state|mention|contain|answer|provide|specif|includ|tell|giv|address|cover|discuss|reveal|explain|found|find"
    r"|describ|know|enough|sufficient|information|indicat|determin|available|say|sag|beantwort|enthalt|erwähn|steht"
    r"|dit|mentionn|répon|contien|indiqu|dice|menciona|respon)"
)
_DENIALS = (
    re.compile(rf"\b{_SOURCE}\b.*?{_NOT}\b.*?{_SAYING}", re.IGNORECASE),
    re.compile(rf"{_NOT}\b.*?{_SAYING}.*?\b{_SOURCE}\b", re.IGNORECASE),
    re.compile(rf"{_NOT}\b.*?\b(?:in|from|by|within)\b.*?\b{_SOURCE}\b", re.IGNORECASE),
    re.compile(
        r"\bI(?:['’]m| am)? (?:do not|don['’]t|cannot|can['’]t|could not|couldn['’]t|unable|not able|sorry|afraid)\b"
        r"|\b(?:is|are|was|were) not (?:stated|mentioned|given|specified|provided|answered|covered|addressed|known)\b"
        r"|\bunanswered\b|\bno (?:answer|information|mention)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:没有|未|不)(?:提到|提及|说明|回答|包含|给出)|答えていません|書かれていません|記載(?:が|は)?(?:ない|ありません)"
    ),
)


def denies(reply: str) -> bool:
    """Whether its first sentence says so; one that cites an excerpt is a statement of the document."""
    text = reply[:LOOKED_AT].strip()
    first = next((text[start:end] for start, end in split_sentences(text)), "")
    return MARKER.search(bracketed(first)) is None and any(denial.search(first) for denial in _DENIALS)
