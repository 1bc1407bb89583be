"""Where one sentence of Markdown ends and the next begins, while it is written word by word."""

import re

from learnx.domain.markers import is_marker_like, without_markers
from learnx.domain.sentences import split_sentences

CJK_STOP = "。！？"
_ENDS = re.compile(r"[.!?…؟。！？:][\"'”’»)\]}」』*_]*$")
_CLOSING_TAG = re.compile(r"(?:\s*</\w{1,12}>)+\s*$")
_OPEN_MARKER = re.compile(
    r"(?:[\[【]\s*(?:\^|\#)?|[\[(]\s*(?:see\s+)?(?:excerpts?|sources?)[\s:#]*|[\[(]\s*see\s*)[\d\s,;–-]*$",
    re.IGNORECASE,
)


def starts_sentence(word: str, sentence: str) -> bool:
    """Whether ``word`` begins another sentence than the one written so far; a marker belongs to the one before it."""
    if is_marker_like(word) or _OPEN_MARKER.search(sentence):
        return False
    before = _CLOSING_TAG.sub("", without_markers(sentence)).rstrip()
    if not _ENDS.search(before) or before.endswith(":"):
        return False
    if before[-1] in CJK_STOP:
        return True
    after = word.lstrip("*_\"“'(") or word
    spans = split_sentences(f"{before.rstrip('*_')} {after}")
    return len(spans) > 1 and spans[-1][0] >= len(before.rstrip("*_"))
