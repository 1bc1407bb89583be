"""A model's text as it comes in, piece by piece."""

from tests.domain.lesson_material import FILE, excerpts

from learnx.domain.answer_prompt import OUTLINE
from learnx.domain.grounding import Verifier
from learnx.domain.kept_sections import KeptSections
from learnx.domain.lesson_reply import Reply
from learnx.domain.persona_bounds import PersonaBounds


def steps_left(verifier: Verifier) -> int:
    left = 0
    while verifier.read_ahead():
        left += 1
    return left


def test_excerpts_are_indexed_while_the_first_sentence_grows_but_not_before_its_first_words() -> None:
    def after(words: int) -> int:
        verifier = Verifier(FILE, excerpts())
        reply = Reply(None, verifier, PersonaBounds(None, excerpts()), [OUTLINE], KeptSections([OUTLINE], {}))
        for number in range(words):
            reply.feed(f"word{number} ")
        return steps_left(verifier)

    everything = steps_left(Verifier(FILE, excerpts()))
    assert after(4) == everything
    assert after(200) == 0
