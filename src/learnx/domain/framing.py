"""What may be said without a source: questions, instructions, words about the learner and the lesson, analogies."""

import re
from collections.abc import Sequence

import msgspec

from learnx.domain.claims import Claim, unsupported_specific
from learnx.domain.passages import ExcerptIndex, Passages
from learnx.domain.terms import FUNCTION_WORDS

_END = r"[\"'”’»)*_\s]*$"
_QUESTION = re.compile(rf"[?？؟]{_END}")
#: Questions that state something: "Did you know that …?", "…, isn't it?", "…, right?"
_STATING_QUESTION = re.compile(
    r"^\W*(?:did|do) you know\b|^\W*(?:do|did|can|could|will|would) you \w+ that\b"
    r"|^\W*(?:isn|wasn|aren|weren|don|doesn|didn)['’]t\b|^\W*who knew\b"
    r"|,\s*(?:right|correct|no|(?:is|was|are|were|do|does|did)n['’]t (?:it|they|he|she|that))\s*[?？]",
    re.IGNORECASE,
)
#: What a statement behind "why" and "how" does not begin with: verbs of a question, and words for what was just said.
_NOT_A_SUBJECT = (
    r"(?:(?:is|are|was|were|do|does|did|can|could|would|should|will|might|may|must|has|have|had)(?:n['’]t)?|not|to|many"
    r"|much|long|often|far|old|well|come|about|else|exactly|so|then|you|your|we|our|i|such|and|or|that"
    r"|the (?:following|same|answer|above)|what|which|who|whose|where|when|whether|if"
    r"|how|why)\b"
)
#: What a sentence takes for granted, whoever it asks or tells to do something: "Ask yourself why the sea is salt."
_TAKEN_FOR_GRANTED = re.compile(
    rf"\b(?:why|how|the reasons? (?:why|that|for which))\s+(?!{_NOT_A_SUBJECT})(?P<why>\w+\W+\w+.*)",
    re.IGNORECASE | re.DOTALL,
)
_DIRECT = re.compile(r"^\W*(?:(?:so|and|but|now|then)\W+)?(?:how|why)\b|[,;:]\s*(?:how|why)\b", re.IGNORECASE)
#: How two things compare and how one works may be asked of any.
_COMPARED = re.compile(r"\b(?:differ\w*|similar|compar\w+|relat(?:es?|ed)|works?|interact\w*|look\w*)\b", re.IGNORECASE)
#: Questions to which there is no answer but yes: "Have you heard that …?", "How amazing is it that …?"
_ASSERTING_QUESTION = re.compile(
    r"^\W*(?:(?:is|was) (?:it|this|that) (?:not|n['’]t)\b.*?\b(?:that|how)"
    r"|how \w+ (?:is|was) it (?:that|how)|(?:how|why) (?:is|was) it that"
    r"|(?:have|had) you (?:ever )?(?:heard|noticed|reali[sz]ed|read|seen|learn(?:ed|t))(?: that)?"
    r"|who (?:would|could) have (?:thought|guessed|known|believed)(?: that)?|what if I (?:told|tell) you(?: that)?"
    r"|(?:would|could|can) you (?:ever )?(?:have )?(?:believed?|imagined?|guess(?:ed)?)(?: that)?|guess what:?"
    rf"|(?:did|do) you know(?: that)?)\s+(?!{_NOT_A_SUBJECT})"
    r"(?P<that>\w+\W+\w+.*)"
    r"|^(?P<tagged>.*\w\W+\w+),\s*(?:right|correct|you know|you see|you agree|agreed"
    r"|(?:do|would|wouldn|don)(?:n?['’]t)? you (?:think|say|agree))\s*[?？]\W*$",
    re.IGNORECASE | re.DOTALL,
)
_NEXT_CLAUSE = re.compile(
    r"[;:?!.](?:\s|$)|,?\s(?:and|or|but)\s+(?:also\s+)?(?:what|how|why|when|where|whether|which|who|explain|describe|give"
    r"|name|say|draw|tell|write|provide)\b|,\s+(?:\w+ing|in your|in particular|such as|for example|with)\b",
    re.IGNORECASE,
)
#: What an analogy compares by; "is the coach of" and "is your team" as well.
_COMPARISON = re.compile(
    r"\b(?:like|as if|as though|imagine|imagining|picture|pictures|think of|thinking of|consider|suppose|similar\w*"
    r"|likewise|resembl\w+|reminds?|remember|akin|analog\w+|metaphor\w*|compar\w+|equivalent|counterpart|version of"
    r"|just as|same as|same way|the way|as (?:\w+ ){1,3}as|(?:act|serve|work|function|behave|see|treat|regard|view)\w*"
    r"(?: \w+){0,3} as|role of|roles? as|kind of|sort of|so to speak|in a way|would|were|if|when you|whenever you"
    r"|correspond\w*|stands? for|parallel\w*|mirror\w*|match\w*|wie|als ob|comme|como)\b|[-\w]like\b",
    re.IGNORECASE,
)
_MAPPING = re.compile(r"\b(?:is|are|becomes?)\s+(?:the|your|its|our|their|his|her)\b", re.IGNORECASE)
_DEFINITE = re.compile(r"\W*(?:the|your|our|each|every)\b", re.IGNORECASE)
_PART = re.compile(r"[,;:]|\b(?:and|while|that|which|who)\b")
#: A lesson that says for whom it was made speaks of its reader's persona.
_PERSONALISED = re.compile(
    r"^(?=.*\b(?:lesson|summary|overview|text|section|guide|course|version|material|explanation|journey|lektion|leçon"
    r"|lección|for you|your own)\b).*\b(?:personali[sz]|individuali[sz]|customi[sz]|tailor|bespoke|maßgeschneidert)\w*"
    r"|\b(?:made|written|designed|created|adapted|adjusted|prepared|built|crafted) (?:just |only |especially |specially"
    r"|specifically )?(?:for|to) (?:you|your)\b|\bbased on your (?:\w+ )?(?:interests?|profile|persona|preferences"
    r"|background|hobb(?:y|ies)|job|role|level)\b",
    re.IGNORECASE | re.DOTALL,
)
_INTERROGATIVE = re.compile(
    r"^\W*(?:(?:so|and|but|now|then|first|next|in your own words|for example)[, ]+)?(?:what|how|why|when|where"
    r"|which|who"
    r"|whom|whose|is|are|was|were|do|does|did|can|could|would|should|will|have|has|had|if|in which|in what"
    r"|by how|at what"
    r"|to what|from what|on what|under what|for what|with what|true or false)\b",
    re.IGNORECASE,
)
_PREAMBLE = (
    r"^\W*(?:(?:now|then|first|next|finally|please|so|and|before reading on|in your own words|without looking|to check"
    r"|for each|again|quick check|(?:now )?it['’]s your turn|your turn)[,: ]+)*"
)
_IMPERATIVE = re.compile(
    rf"{_PREAMBLE}(?:ask|bring|build|calculate|choose|compare|compute|consider|create|define|derive|describe|discuss|draw"
    r"|explain|find|follow|give|go|identify|imagine|jot|keep in mind|let['’]s|let us"
    r"|listen|observe|predict|prove|read|recall|remember|reread"
    r"|rewrite|say|see|solve|speak|summari[sz]e|suppose|take|teach|tell|think|try|underline|verify|visuali[sz]e|wonder|write)"
    r"\b(?![-’'])",
    re.IGNORECASE,
)
#: Verbs that are nouns as well: an instruction only before a word that can't follow the noun.
_AMBIGUOUS_IMPERATIVE = re.compile(
    rf"{_PREAMBLE}(?:answer|check|close|contrast|copy|count|cover|fill|guess|label|list|look|make|mark|match|move|name|open"
    r"|pause|pick|picture|plot|point|practi[sc]e|put|repeat|return|set|show|sketch|skim|sort|start|state|stop|talk|test"
    r"|trace|turn|type|use|wait|walk|watch|work)\s+(?:an?|the|this|that|these|those|each|every|all|both|your|yourself|it"
    r"|them|what|how|why|which|when|where|who|whether|if|out|down|back|first|two|three|four|five|aloud|before|for a)\b",
    re.IGNORECASE,
)
_NOT_STATED = r"(?!(?:you|your|yours|yourself|we|our|i|what|how|why|which|when|where|who|whether|if|to)\b)"
#: Sentences that hand a statement over as something to remember, to imagine or to learn.
_EMBEDDING = re.compile(
    r"\b(?:imagine|suppose|remember|notes?|notice|consider|recall|assume|observe|reali[sz]e|know|learn(?:ed|t)?|see|seen"
    r"|saw|say|think|understand|believe|in mind|forget|discover|find|found|found out|clear|true|agree|accept)"
    rf"[,:]?\s+that\s+{_NOT_STATED}(?P<clause>\w+\W+\w.*)"
    r"|\b(?:remember|note|recall|forget|in mind)\s*:\s*(?P<told>\w+\W+\w+\W+\w.*)"
    rf"|{_PREAMBLE}(?:let['’]s\s+|let us\s+)?(?:imagine|suppose|remember|note|notice|recall|assume"
    r"|keep in mind|bear in mind)"
    rf"[,:]?\s+{_NOT_STATED}(?P<bare>(?:(?!\b(?:that|which|who|what|how|when|where|as)\b).)*?"
    r"\b(?:is|are|was|were|has|have|can|cannot|will|must|does|do)\b.*)",
    re.IGNORECASE | re.DOTALL,
)
_STATES = re.compile(r"\b(?:is|are|was|were|never|always|has|have|does|do)\b", re.IGNORECASE)
_SUBORDINATING = re.compile(
    r"\b(?:what|how|why|which|when|where|who|whose|whether|that|if|as|before|while|until|once|so)\b", re.IGNORECASE
)
#: Sentences that are about the reader or the text, by their subject …
_ABOUT_LESSON = re.compile(
    r"^\W*(?:(?:in|by the end of|with|after|before|throughout) (?:this|the|each|every) (?:lesson|section|part"
    r"|chapter|text"
    r"|summary|page)|(?:this|the|each|every|next) (?:lesson|section|part|text|summary|explanation|example|exercise"
    r"|question|following)|(?:the|these|those) (?:lessons|sections|questions|examples|exercises|points|answers)|you\b"
    r"|you['’]|your\b|we\b|we['’]|let['’]s|here (?:is|are|comes)|now (?:you|we|that you)|if you|as you|when you"
    r"|once you|(?:now )?it['’]s (?:your|time)|now it is your"
    r"|next,? (?:you|we)|with that|from here|so far|great|good|well done|nice|excellent|keep)",
    re.IGNORECASE,
)
#: … and what readers and texts do.
_LEARNING = re.compile(
    r"\b(?:learn|see|meet|read|look|find|explore|understand|start|begin|begun|go|move|turn|build|practi[sc]e"
    r"|remember|try"
    r"|follow|cover|walk|discover|test|check|answer|work|work through|take|ask|explain|introduce|show"
    r"|summari[sz]e|ready"
    r"|reach|done|finish|arrange|contain|rest|come|quote|state|proceed|continue|get|recall|review|study|doing"
    r"|did|made"
    r"|progress|job|way|far|going)\w*\b",
    re.IGNORECASE,
)
_ADDRESSING = re.compile(r"\b(?:you|your|yours|yourself|we|our|us|let['’]s|i|this (?:lesson|section))\b", re.IGNORECASE)
#: "The gate is haunted": said of something, and not of what was said.
_OF_THINGS = re.compile(
    r"^\W*(?:the|an?|all|every|each|no|some|most|many|any|both|everyone|everybody)\b", re.IGNORECASE
)
#: What only turns to the reader before a statement.
_TURNING = re.compile(
    r"^\W*(?:(?:great|good|nice|right|okay|ok|well|well done|exactly|yes|no)[,!:]\s*)?(?:so\b\W*)?"
    r"(?:(?:as )?(?:you|we) (?:can (?:now )?see|see|know|all know|saw|have seen|will see),\s*)?",
    re.IGNORECASE,
)
#: More of the subject's terms than this, and even a sentence about the lesson is a statement about the subject.
_MOST_TERMS = 4
#: A transition or an encouragement has no more content words than this: what goes on for longer says something.
_MOST_WORDS = 12


def is_question(text: str) -> bool:
    return _QUESTION.search(text) is not None


def embedded_statement(text: str) -> str | None:
    """ "Remember that ice floats.": what is handed over as a fact, unless it is about the reader, or asked."""
    if is_question(text) and _INTERROGATIVE.match(text):
        return None
    match = _EMBEDDING.search(text)
    return (match["clause"] or match["bare"] or match["told"]) if match else None


def presupposition(text: str) -> str | None:
    """What a question or an instruction takes for granted of its subject: "Ask yourself why tides come twice a day"."""
    if match := _ASSERTING_QUESTION.search(text):
        return match["tagged"] or match["that"]
    match = _TAKEN_FOR_GRANTED.search(text)
    if match is None or (is_question(text) and _DIRECT.search(text)):
        return None
    clause = _NEXT_CLAUSE.split(match["why"], maxsplit=1)[0]
    return None if _COMPARED.search(clause) else clause


def addresses(text: str) -> bool:
    """Whether a text speaks to the learner, or of the lesson."""
    return _ADDRESSING.search(text) is not None


def is_about_lesson(text: str) -> bool:
    """Whether a sentence says what the reader or the lesson does."""
    return _ABOUT_LESSON.match(text) is not None and _LEARNING.search(text) is not None


def is_framing(claimed: Claim, known_terms: int, lacking: str | None) -> bool:
    """Of a sentence without a marker that is not supported: may it stand, since it states nothing?

    ``known_terms`` counts its content terms that the excerpts have; ``lacking`` is a specific that they don't have.
    """
    text = claimed.text
    if _PERSONALISED.search(text):
        return False
    if is_question(text):
        return not _STATING_QUESTION.search(text) and (lacking is None or bool(_INTERROGATIVE.match(text)))
    if lacking is not None and _checkable(claimed):
        return False
    if is_instruction(text):
        return known_terms <= _MOST_TERMS or not _STATES.search(text) or _SUBORDINATING.search(text) is not None
    if len(claimed.terms) > _MOST_WORDS:
        return False
    if is_about_lesson(text) and known_terms <= _MOST_TERMS:
        return True
    if lacking is not None or known_terms >= 2 or _checkable(claimed):
        return False
    rest = _TURNING.sub("", text)
    return bool(_ADDRESSING.search(rest)) or (len(claimed.terms) <= 3 and _says_nothing(rest, known_terms))


def may_be_furniture(claimed: Claim, excerpts: Sequence[ExcerptIndex], passages: Passages) -> bool:
    """Of an analogy: names and small numbers may be made up; quotations, formulas and larger numbers may not."""
    strict = msgspec.structs.replace(
        claimed.specifics,
        names=(),
        acronyms=(),
        opening=None,
        numbers=tuple(number for number in claimed.specifics.numbers if not number.is_small),
    )
    loose = msgspec.structs.replace(claimed, specifics=strict, sequence=())
    return unsupported_specific(loose, excerpts, passages) is None


def compares(text: str) -> bool:
    """Whether a sentence compares one thing with another, in words that do nothing else."""
    return _COMPARISON.search(text) is not None


def mapped(text: str) -> tuple[str, ...]:
    """The sides of "The ball is the energy" that may be of another field, which makes a comparison of it."""
    match = _MAPPING.search(text)
    if match is None:
        return ()
    one, other = _PART.split(text[: match.start()])[-1], _PART.split(text[match.end() :])[0]
    return (one, other) if _DEFINITE.match(one) else (other,)


def is_instruction(text: str) -> bool:
    return (_IMPERATIVE.match(text) or _AMBIGUOUS_IMPERATIVE.match(text)) is not None


def _checkable(claimed: Claim) -> bool:
    """Specifics that may not be furniture of an instruction: small numbers may ("name three organs")."""
    found = claimed.specifics
    return bool(
        [number for number in found.numbers if not number.is_small]
        or found.dates
        or found.formulas
        or found.quotations
        or found.acronyms
        or found.names
    )


def _says_nothing(text: str, known_terms: int) -> bool:
    """A short transition ("That is only half of the story.") that names no subject of its own."""
    bare = text.rstrip("*_ ")
    if _OF_THINGS.match(text) and not bare.endswith(":"):
        return False
    first = text.split(maxsplit=1)[0].strip("\"'“”‘’*_,.:;!").casefold() if text.split() else ""
    return first in FUNCTION_WORDS or bare.endswith(":") or (bare.endswith("!") and not known_terms)
