"""The words that labelled claims are made with, kept apart from the verifier's own lists."""


def _words(text: str) -> list[str]:
    return text.split()


NUMBER_WORDS = _words("two three four five six seven eight nine ten twelve twenty hundred thousand million billion")
INVENTED_NAMES = _words("Wexler Brandovia Quillan Marstead Oduwole Kestrelburg Vantrier Tallowby")
AUXILIARIES = "is|are|was|were|has|have|had|can|could|will|would|may|might|must|should|does|do|did"
TRANSITIVE = "|".join(
    _words("""
    causes caused cause produces produced produce increases increased increase reduces reduced reduce affects affected
    affect controls controlled control contains contained contain includes included include requires required require
    influences influenced influence supports supported support follows followed follow forms formed form inhibits
    inhibited inhibit activates activated activate replaces replaced replace attracts attracted attract surrounds
    surrounded surround emits emitted emit absorbs absorbed absorb explains explained explain determines determined
    determine predicts predicted predict precedes preceded precede defeated defeats won discovered discovers studied
    study studies described describes describe observed observes observe targets targeted target binds bind triggers
    triggered trigger drives drove drive exceeds exceeded exceed orbits orbited orbit resembles resemble created
    creates create leads led feeds feed
    """)
)
_PAIRS = _words("""
    increase/decrease increases/decreases increased/decreased more/less higher/lower high/low larger/smaller
    large/small greater/smaller before/after above/below inner/outer internal/external positive/negative
    maximum/minimum always/never hot/cold warm/cool faster/slower long/short longer/shorter strong/weak
    stronger/weaker left/right upper/lower best/worst better/worse early/late earlier/later first/last open/closed
    begins/ends northern/southern eastern/western active/passive success/failure possible/impossible easy/difficult
    common/rare similar/different likely/unlikely simple/complex young/old younger/older near/far light/dark
    bright/dim rises/falls gain/loss gains/losses most/least majority/minority healthy/sick normal/abnormal
    effective/ineffective successful/unsuccessful able/unable public/private rural/urban ancient/modern male/female
    men/women boys/girls mother/father brother/sister parent/child
""")
ANTONYMS = dict(tuple(pair.split("/")) for pair in _PAIRS) | {
    second: first for first, second in (pair.split("/") for pair in _PAIRS)
}
#: A unit behind a number, as a regular expression, and a wrong one.
UNITS = (
    ("%", " degrees"), ("percent", " kilograms"), ("million", " billion"), ("billion", " million"),
    ("thousand", " million"), ("years?", " months"), ("months?", " weeks"), ("weeks?", " days"), ("days?", " years"),
    ("hours?", " days"), ("minutes?", " hours"), ("seconds?", " minutes"), ("kilometers?", " miles"),
    ("miles?", " feet"), ("km", " mm"), ("mg", " kg"), ("µg", " mg"), ("ml", " l"), ("meters?", " kilometers"),
    ("light-years?", " kilometers"), ("degrees?", " percent"), ("°C", " °F"), ("K", " °C"), ("AU", " km"),
)  # fmt: skip
