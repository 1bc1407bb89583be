"""How many words a text has, in languages with and without spaces."""

import re

#: Chinese and Japanese have no spaces; two characters make a word on average.
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


def count_words(text: str) -> int:
    characters = len(_CJK.findall(text))
    return len(_CJK.sub(" ", text).split()) + -(-characters // 2) if characters else len(text.split())
