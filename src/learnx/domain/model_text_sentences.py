"""Where one sentence of Markdown ends and the next begins, while it is written word by word."""

import re

from learnx.domain.marker_forms import MARKER, bracketed, consists_of_markers, ends_before, pending_marker
from learnx.domain.sentences import split_sentences

CJK_STOP = "。！？"
_ENDS = re.compile(r"[.!?…؟。！？:][\"'”’»)\]}」』*_]*$")
_CLOSING_TAG = re.compile(r"(?:\s*</\w{1,12}>)+\s*$")


def end_of_sentence(written: str, word: str) -> int | None:
    """Where the sentence ends that was written so far, if ``word`` shows that another one has begun by now.

    A marker belongs to the sentence before it; what only began like one ("(see the moon)") begins the next.
    """
    pending = pending_marker(written)
    if pending is not None:
        held = f"{written[pending:]} {word}"
        if pending_marker(held) == 0 or consists_of_markers(held):
            return None
        if _starts(written[pending:], written[:pending].rstrip()):
            return len(written) if ends_before(written, word) else pending
    if consists_of_markers(word) or pending_marker(word) == 0:
        return None
    return len(written) if _starts(word, written) else None


def _starts(word: str, sentence: str) -> bool:
    before = _CLOSING_TAG.sub("", MARKER.sub("", bracketed(sentence))).rstrip()
    if not _ENDS.search(before) or before.endswith(":"):
        return False
    if before[-1] in CJK_STOP:
        return True
    after = word.lstrip("*_\"“'(") or word
    spans = split_sentences(f"{before.rstrip('*_')} {after}")
    return len(spans) > 1 and spans[-1][0] >= len(before.rstrip("*_"))
