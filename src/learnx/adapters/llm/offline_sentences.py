"""Sentences and lines of a document that may be material of a lesson: whole ones, tidied, that say something."""

import re
from collections.abc import Iterator

from learnx.domain.assertions import is_caption
from learnx.domain.planted import is_mostly_address, is_order
from learnx.domain.sentences import split_sentences
from learnx.domain.specifics import specifics
from learnx.domain.terms import terms

_LIST_MARK = re.compile(r"^(?:[•‣▪■□●○◦∙·❏-❒✓✔➔-➾►▶◆◇*+–—-]|\(?\d{1,3}[.)](?=\s)|\(?[a-z][.)](?=\s))\s+")
_NOTE_MARK = re.compile(r"\s*(?:\[\s*\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\s*\]|\[@[^\]]*\])")
_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_STOP = re.compile(r"[.!。！؟।][\"'”’»)」』]*$")
CASELESS = re.compile(r"[\u0590-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_JUNK = re.compile(
    r"\.{4}|\|\s|\s\||https?:|www\.|\bdoi\b|@|©|\bISBN\b|\ball rights reserved\b|[{}]|\bpp?\.\s?\d|</?\w[^<>]*>"
    r"|\"{3}|(?<!\w):\w{2,12}:\w|\w\s+[•‣▪●◦]\s|[a-z]{2}\.\d{1,3}\s+(?-i:[A-Z])"
    r"|\bet al\b.*\d{4}\)?\.$"
    r"|\bvol\.\s?\d|\(eds?\.\)|=\s*=|::|->|[\ue000-\uf8ff\ufffd]|^#|\$\$|\\[a-z]+\{",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"\b(?:acknowledges?|copyright|thanks?|grateful|funded by|feedback on th|appreciated|supported by"
    r"|(?:received|receives) (?:\w+ )?support from|(?:imply|implies) endorsement|contributed equally|all authors"
    r"|(?:draft of|reviewed) the manuscript|licen[cs]ed under|creative commons|cc[ -]by|permission is (?:hereby )?"
    r"granted|no part of this (?:book|publication|document|work)|trademarks?)\b|^keywords\b",
    re.IGNORECASE,
)
#: What a short sentence has and a caption has not: an auxiliary, or a word with a verb's ending.
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|may|will|would|should|could|must|do|does|did|ist|sind|wird|kann|hat|est|sont"
    r"|peut|es|son|puede)\b|\b[a-z]{2,}(?:ed|[^su]s)\b(?!['’])",
)
_EXERCISE = re.compile(
    r"^\W*(?:exercise|problem|question|quiz|homework|aufgabe|übung|exercice|ejercicio)\s*\d+(?:\.\d+)*\b", re.IGNORECASE
)
#: A numbered question, with what it supposes before it asks.
_ASKED = re.compile(r"\(?\d{1,2}[.)]\s.*[?？]\s*")
_LONG_WORD = re.compile(r"\b[^\W\d_][^\W_]{3,}")
#: A title or an entry of a bibliography has so many of its longer words with a capital.
_TITLE_SHARE = 0.85
_LONGEST_ROW, LONGEST_LINE = 120, 300
#: Words of a run of text that nothing ends, and what the next one may begin with.
_RUN = range(12, 30)
_GOING_ON = frozenset(
    {"and", "but", "so", "because", "then", "while", "when", "if", "or", "which", "where", "although"}
)
#: Lines of JSON are no words to a reader.
_DATA = re.compile(r"^[\[{(]|[\"']\s*:\s*[\[{\"]")


def spoken_lines(text: str) -> Iterator[str]:
    """Sentences and lines; where nothing ends one, as in what was dictated, runs of so many words, which end before a
    word that goes on with another thought, if they can."""
    for sentence, is_unwanted in sentences_of(text):
        words = sentence.split() if not is_unwanted else []
        if words and (len(sentence) <= LONGEST_LINE or len(words) <= _RUN.stop):
            yield sentence
            continue
        while words:
            ends = [place for place in _RUN if place < len(words) and words[place].lower() in _GOING_ON]
            size = ends[-1] if ends else _RUN.stop
            yield " ".join(words[:size])
            words = words[size:]


def is_telling(text: str) -> bool:
    """Two content words, of which a line of a table or of code may have more than a sentence would."""
    return (
        len(frozenset(terms(text))) >= 2
        and len(text) <= LONGEST_LINE
        and not (_THANKS.search(text) or _DATA.search(text))
    )


def is_row_or_formula(text: str) -> bool:
    """Where there is hardly anything else: one content word with a number or a formula, as in "Gold | 19.3"."""
    return is_telling(text) or (len(text) <= _LONGEST_ROW and bool(terms(text)) and specifics(text).any)


def sentences_of(text: str) -> Iterator[tuple[str, bool]]:
    """Each, and whether it is no material: an order takes with it what follows in its line, as do captions and
    exercises."""
    unwanted = 0
    for start, end in split_sentences(text):
        sentence = text[start:end]
        line_end = text.find("\n", end)
        line_end = line_end if line_end >= 0 else len(text)
        asked = _ASKED.fullmatch(text[start:line_end]) is not None
        if asked or is_order(sentence) or is_caption(sentence) or _EXERCISE.match(sentence):
            unwanted = line_end
        yield sentence, start < unwanted or is_mostly_address(sentence)


def tidied(raw: str) -> str:
    text = " ".join(raw.split())
    text = _NOTE_MARK.sub("", _MARKDOWN_LINK.sub(r"\1", text))
    return _LIST_MARK.sub("", text).strip()


def is_fit(text: str) -> bool:
    if not _STOP.search(text) or _JUNK.search(text) or _THANKS.search(text):
        return False
    letters = sum(map(str.isalpha, text))
    if letters < 0.72 * len(text.replace(" ", "")):
        return False
    if CASELESS.match(text):
        return 10 <= len(text) <= 300
    count = len(text.split())
    opening = text.lstrip("\"'“‘(*_`")[:1]
    if count < 12 and not _VERB.search(text):
        return False
    return (
        6 <= count <= 48
        and (opening.isupper() or not opening.isascii())
        and not re.match(
            r"(?:fig(?:ure|\.)|table|chapter|listing|copyright|source|note|warning|tip)\b[\s:.]*[\d:]?", text, re.I
        )
        and sum(word[:1].isupper() for word in text.split()) < 0.6 * count
        and not _is_title(text)
        and text.count("(") == text.count(")")
        and text.count('"') % 2 == 0
    )


def _is_title(text: str) -> bool:
    longer = _LONG_WORD.findall(text)
    return len(longer) > 1 and sum(word[0].isupper() for word in longer) >= _TITLE_SHARE * len(longer)
