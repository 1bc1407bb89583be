"""A model's answer to a lesson's prompt: sentences of the excerpts with markers, an analogy, and an invention."""

import html
import re
from itertools import cycle

ANALOGY = "Think of it as a kitchen in which every cook keeps to one dish."
INVENTION = "It was first described in 1847 by Ignatius Quelle at the University of Freiburg."
FRAMING = "Let's look at it step by step."

_EXCERPT = re.compile(r'<excerpt id="(\d+)"[^>]*>\n(.*?)\n</excerpt>', re.DOTALL)
_SECTION = re.compile(r"^\d+\. The line `## (\w+): (.+)`, then: .*?(?:Rests on excerpts ([\d, ]+)\..*)?$", re.MULTILINE)
_SENTENCE = re.compile(r"(?:(?<=\. )|(?<=\n))[A-Z][^.\n!?:;()\[\]|*#]{40,220}\.(?=\s|$)")
SENTENCES = 3


def grounded_reply(prompt: str) -> str:
    """Three sentences a section, each sentence at most once; the first section gets the analogy and the invention."""
    excerpts = [(int(number), html.unescape(text)) for number, text in _EXCERPT.findall(prompt)]
    facts = cycle([(text, number) for number, passage in excerpts for text in _SENTENCE.findall("\n" + passage)] or [])
    markers = cycle((" [{}].", ". [{}]"))
    sections = []
    for place, (kind, title, _) in enumerate(_SECTION.findall(prompt)):
        written = [FRAMING] if place == 0 else []
        for _, (fact, number), marker in zip(range(SENTENCES), facts, markers, strict=False):
            written.append(fact.rstrip(".") + marker.format(number))
        if place == 0:
            written += [f"{ANALOGY} [~]", f"{INVENTION} [1]"]
        sections.append(f"## {kind}: {title}\n\n" + " ".join(written))
    return "\n\n".join(sections) or "Ready."
