"""How hard an English text is to read, as the school grade that it takes: what a technical level promises."""

import re

from learnx.domain.sentences import split_sentences

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[.,:]\d+)*")
_VOWELS = re.compile(r"[aeiouyàâäáãåæèéêëìíîïòóôöõøœùúûüýÿ]+")
#: An e that is not spoken: at the end, before the s of a plural, before the d of a past tense.
_SILENT = re.compile(
    r"(?<=[^aeiouyl])e$|(?<=[aeiouyrw]l)e[sd]?$|(?<=qu)e$|(?<=[eio]gu)e$|(?<=ll)e[sd]$|(?<=[^aeioutdsxzcgl])e[sd]$"
    r"|(?<=[scg])ed$"
)
#: Neighbouring vowels that are spoken apart ("re-al-i-ty", "ex-pe-ri-ence", "do-ing"), and an m that is a syllable.
_APART = re.compile(
    r"(?<![ctgsx])ia|(?<![ctgsxn])(?<!ll)io(?!ur)|iu|ie(?=t)|(?<![ct])ie(?=n[ct])|(?<=^sc)ie|(?<=[dghnrt])eo(?!us|n)"
    r"|(?<=cr)ea(?=t[eio])|(?<=[dr])ea$|(?<=r)ea(?=li)|eu(?=[sm]$)|(?<![gq])u[ao](?!u)|uou|uid|ii"
    r"|(?<=[aeiouy])ing(?=s?$)|sm$|thm$"
)
#: Marks of Markdown that no one reads aloud.
_MARKUP = re.compile(r"^\s*(?:[-*+]|\d+[.)]|#{1,6})\s+|[*_`]", re.MULTILINE)


def reading_grade(text: str, language: str | None = "en") -> float | None:
    """The Flesch–Kincaid grade: 0.39 words per sentence + 11.8 syllables per word − 15.59.

    J. P. Kincaid, R. P. Fishburne, R. L. Rogers and B. S. Chissom: Derivation of New Readability Formulas for Navy
    Enlisted Personnel, Research Branch Report 8-75 (1975). Its weights were fitted to English prose: for a text in
    another ``language`` (a BCP 47 tag; None: unknown), and for one without words, there is no grade, and None is said.
    """
    if language is None or language.partition("-")[0].lower() != "en":
        return None
    counted = words = syllables = 0
    plain = _MARKUP.sub("", text)
    for start, end in split_sentences(plain):
        found = _WORD.findall(plain[start:end])
        counted += bool(found)
        words += len(found)
        syllables += sum(map(syllable_count, found))
    return 0.39 * words / counted + 11.8 * syllables / words - 15.59 if words else None


def syllable_count(word: str) -> int:
    """At least 1. Groups of vowels, without silent e, with the commonest vowels that are spoken apart; a number is
    read as a word of two. An estimate: a dictionary knows better, and changes a text's grade by tenths."""
    if word[0].isdigit():
        return 2
    return sum(max(1, _spoken(part)) for part in re.split(r"[-'’]", word.lower()) if len(part) > 1) or 1


def _spoken(part: str) -> int:
    return len(_VOWELS.findall(part)) - bool(_SILENT.search(part)) + len(_APART.findall(part))
