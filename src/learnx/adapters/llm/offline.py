"""The language model that needs no provider, no key and no network: it arranges the document's own sentences."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from time import monotonic

from learnx.adapters.llm import offline_answer, offline_summary
from learnx.adapters.llm.offline_lesson import OfflineLesson
from learnx.adapters.llm.offline_prompt import read_prompt
from learnx.application.ports.llm import LanguageModel, Recorder, Switched
from learnx.domain import answer_prompt, follow_ups, summary_prompts
from learnx.domain.model_calls import ModelCall
from learnx.domain.prompts import Prompt

_WORD_GROUP = re.compile(r"(?:\s*\S+){1,4}\s*|\s+")


class OfflineLanguageModel:
    """Obeys the protocol of every prompt. It selects and arranges; it invents nothing, analogies included.

    Deterministic. A token of the allowed length is four characters; it consumes none, costs nothing and never fails.
    """

    name = "offline"
    context_tokens = 128_000

    def most_usd(self, prompt: Prompt, *, max_tokens: int) -> float | None:
        return 0.0

    def from_model(self, name: str) -> LanguageModel:
        return self

    async def stream(
        self, prompt: Prompt, *, max_tokens: int, record: Recorder
    ) -> AsyncGenerator[str | Switched, None]:
        left = 4 * max_tokens
        begun = monotonic()
        first: float | None = None
        whole = False
        try:
            for piece in _pieces(prompt):
                left -= len(piece)
                if left < 0:
                    break
                if first is None:
                    first = monotonic() - begun
                yield piece
                await asyncio.sleep(0)
            whole = True
        finally:
            record(
                ModelCall(
                    model=self.name,
                    cost_usd=0.0,
                    whole=whole,
                    latency_seconds=monotonic() - begun,
                    first_token_seconds=first,
                )
            )


def _lesson(prompt: Prompt) -> Iterator[str]:
    return OfflineLesson(read_prompt(prompt)).text()


#: Who writes what a task asks for, by the line that its part of the prompt opens with; a lesson's is plain.
_WRITERS: dict[str, Callable[[Prompt], Iterable[str]]] = {
    answer_prompt.OPENING: offline_answer.answer,
    follow_ups.OPENING: offline_answer.standalone,
    summary_prompts.PART_OPENING: offline_summary.part,
    summary_prompts.SUMMARY_OPENING: offline_summary.summary,
    "<task>": _lesson,
}


def _pieces(prompt: Prompt) -> Iterator[str]:
    """An answer is one or two sentences, each said at once; a lesson grows as a provider's would."""
    opening = prompt.task.partition("\n")[0]
    for line in _WRITERS.get(opening, _lesson)(prompt):
        yield from [line] if opening == answer_prompt.OPENING else _WORD_GROUP.findall(line)
