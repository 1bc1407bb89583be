"""The language model that needs no provider, no key and no network: it arranges the document's own sentences."""

import asyncio
import re
from collections.abc import AsyncGenerator, Iterator

from learnx.adapters.llm.offline_lesson import OfflineLesson
from learnx.adapters.llm.offline_prompt import read_prompt
from learnx.domain.lessons import Usage
from learnx.domain.prompts import Prompt

_WORD_GROUP = re.compile(r"(?:\s*\S+){1,4}\s*|\s+")


class OfflineLanguageModel:
    """Obeys the protocol of every prompt. It selects and arranges; it invents nothing, analogies included.

    Deterministic. Tokens are counted as a quarter of the characters, rounded up; it costs nothing and never fails.
    """

    name = "offline"
    context_tokens = 32_000

    async def stream(self, prompt: Prompt, *, max_tokens: int) -> AsyncGenerator[str | Usage, None]:
        left = 4 * max_tokens
        written = 0
        for piece in _pieces(prompt):
            if written + len(piece) > left:
                break
            written += len(piece)
            yield piece
            await asyncio.sleep(0)
        yield Usage(
            prompt_tokens=_tokens(len(prompt.text)), completion_tokens=_tokens(written), cost_usd=0.0, model=self.name
        )


def _pieces(prompt: Prompt) -> Iterator[str]:
    for line in OfflineLesson(read_prompt(prompt)).text():
        yield from _WORD_GROUP.findall(line)


def _tokens(characters: int) -> int:
    return -(-characters // 4)
