"""Guesses the language of a document from its script and its small words: in a millisecond, and without a model."""

import re
from collections import Counter
from collections.abc import Iterable

_SAMPLE_CHARS = 20_000
_MIN_LETTERS = 20
#: Share of words that must be small words of the language.
_MIN_SHARE = 0.08
#: How many different small words of the language must occur: "a" alone, in a heading, is a word of six of them.
_MIN_SMALL_WORDS = 3

_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("ar", re.compile("[\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufefc]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
)
_BEYOND_LATIN = re.compile("[\u0370-\uffff]+")
_SMALL_WORDS = {
    "en": "the of and to in is that it for as with was are be this on by not or an which from at we you have",
    "de": "der die und das den von zu mit sich des auf für ist im dem nicht ein eine als auch es werden wird oder",
    "fr": "le la les des et en un une du est que qui dans pour sur pas au par avec sont ce cette plus il elle",
    "es": "el la los las de y en que un una es por con para del se no al lo como más su este esta son",
    "it": "il di che la le e in un una è per non del della con si gli sono da come anche questo nel alla più",
    "pt": "o a os as de e em que um uma é para com do da não se por no na dos das mais como ao são",
    "nl": "de het een van en in is dat op te zijn met voor niet aan die er om als ook bij door wordt naar",
    "sv": "och att det som en på är av för med den till inte ett om har de vi kan eller från så",
    "da": "og at det som en på er af for med den til ikke et om har de vi kan eller fra så var",
    "nb": "og å det som en på er av for med den til ikke et om har de vi kan eller fra så var jeg",
    "fi": "ja on ei se että oli mutta kun niin hän joka myös ovat tai sekä kuin ole sen olla voi",
    "pl": "i w na się z do nie że to jest o jak a po co dla od za przez przy są oraz być",
    "cs": "a se v na je že to s z do o i k jako ale pro by od podle které jsou tak nebo",
    "tr": "ve bir bu için ile de da ne çok gibi daha olarak olan en kadar sonra ya ki mi her",
    "hu": "a az és hogy nem is egy ez de van meg csak mint ha vagy már volt el lesz kell",
    "ro": "și de a în la cu nu că o un pe este care din mai se pentru sunt ce sau fi au",
    "id": "yang dan di dengan untuk dari ini itu pada tidak dalam adalah ke akan oleh sebagai juga atau",
    "vi": "và của là có trong một được cho không các với những đã người này để khi từ như",
}
_BY_WORD: dict[str, list[str]] = {}
for _language, _words in _SMALL_WORDS.items():
    for _word in _words.split():
        _BY_WORD.setdefault(_word, []).append(_language)


def detect_language(texts: Iterable[str]) -> str | None:
    """A primary language tag of BCP 47, or None where the text is too short or in none of the languages known here."""
    sample = _sample(texts)
    letters = sum(character.isalpha() for character in sample)
    if letters < _MIN_LETTERS:
        return None
    beyond_latin = "".join(_BEYOND_LATIN.findall(sample))
    for language, script in _SCRIPTS:
        share = len(script.findall(beyond_latin)) / letters
        if share > (0.1 if language == "ja" else 0.4):
            return "uk" if language == "ru" and re.search("[іїєґ]", sample) else language
    words = re.findall(r"[^\W\d_]+", sample.lower())
    votes = Counter(language for word in words for language in _BY_WORD.get(word, ()))
    if not votes:
        return None
    language, count = votes.most_common(1)[0]
    seen = sum(language in _BY_WORD.get(word, ()) for word in set(words))
    return language if seen >= _MIN_SMALL_WORDS and count >= _MIN_SHARE * len(words) else None


def _sample(texts: Iterable[str]) -> str:
    """Up to ``_SAMPLE_CHARS`` characters, spread over the document: its first pages are often lists and names."""
    whole = list(texts)
    step = max(1, sum(map(len, whole)) // _SAMPLE_CHARS)
    return " ".join(whole[::step])[: 2 * _SAMPLE_CHARS]
