"""The content words of a text in a form in which they can be compared: lower case, stemmed, without function words."""

import re
import unicodedata
from functools import lru_cache


def word_list(text: str) -> list[str]:
    """The words of a constant that is written as running text."""
    return text.split()


_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")

#: Words that carry no subject matter. English in full; in other languages frequency does the same work.
FUNCTION_WORDS = frozenset(
    word_list("""
    a about above across actually after again against all almost along already also although always am among an and
    another any anything are aren't around as at away back be because been before being below between both but by came
    can can't cannot come could couldn't did didn't do does doesn't doing don't done down during each either else enough
    especially etc even ever every everything far few for from further get gets give given gives go goes going got had
    has hasn't have haven't having he hence her here hers him his how however i if in indeed instead into is isn't it
    it's its itself just keep kind know known last later least less let let's like likely made make makes making many
    may maybe me mean means might mine more moreover most much must my namely near need needs neither never new next no
    nor not nothing now of off often on once one ones only onto or other others otherwise our out over own per perhaps
    put quite rather really same say see seem seems seen several shall she should shown shows similarly simply since so
    some something sometimes soon still such take takes than that that's the their them themselves then there therefore
    these they thing things this those though through throughout thus to together too toward towards turn turns two
    under unless until up upon us use used uses using usually various very via want was wasn't way ways we well went
    were what whatever when where whereas whether which while who whole whom whose why will with within without won't
    would wouldn't yes yet you your yours yourself first second third called example examples percent
    der die das und ist ein eine nicht mit von den dem des sich auch auf für im zu le la les des une est dans que qui
    pour pas sur el los las una por con para del se
    """)
)


def folded(text: str) -> str:
    """NFKC, lower case, straight apostrophes."""
    return unicodedata.normalize("NFKC", text).replace("’", "'").lower()


def words(text: str) -> list[str]:
    """The words of a folded text in order; runs of Chinese or Japanese as bigrams, as they have no spaces."""
    if not _CJK.search(text):
        return _WORD.findall(text)
    found: list[str] = []
    for word in _WORD.findall(text):
        if _CJK.search(word):
            found.extend(word[at : at + 2] for at in range(max(1, len(word) - 1)))
        else:
            found.append(word)
    return found


def terms(text: str) -> list[str]:
    """The stems of the content words of a text, in order, with repetitions."""
    return [stem(word) for word in words(folded(text)) if word not in FUNCTION_WORDS and len(word) > 1]


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A light English stemmer (plural, -ing, -ed, -ly, final e and y), harmless for words of other languages.

    It conflates forms of one word, and hardly ever two words: a lighter cut of Porter's step 1 (1980).
    """
    word = word.removesuffix("'s").replace("'", "")
    if len(word) > 4:
        if word.endswith("ies"):
            word = word[:-3] + "y"
        elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
            word = word[:-2]
        elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
            word = word[:-1]
    elif len(word) == 4 and word.endswith("s") and word[-2] not in "sui":
        word = word[:-1]
    for suffix in ("ingly", "edly", "ing", "ed", "ly"):
        cut = word.removesuffix(suffix)
        if cut != word and len(cut) >= 3 and re.search(r"[aeiouyàâäéèêëïîôöùûü]", cut):
            word = cut[:-1] if len(cut) > 3 and cut[-1] == cut[-2] and cut[-1] not in "lsz" else cut
            break
    if len(word) > 4 and word.endswith("e"):
        word = word[:-1]
    return word[:-1] + "i" if len(word) > 3 and word.endswith("y") else word
