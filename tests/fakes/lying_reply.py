"""A model that tells the truth and lies in the same breath: each kind of error that a model makes, fluently."""

import html
import re

#: What the document of these lies says, one fact a line; it has a heading for each topic.
DOCUMENT = """\
# Glucose in the body

## The liver

The liver stores about 100 grams of glycogen in a healthy adult. Glucagon releases glucose from the liver when blood
sugar is low. The liver does not release insulin into the blood. The liver feeds the muscles during a long run.
In 1857 Claude Bernard described how the liver makes sugar.

## The pancreas

Insulin is made by the beta cells of the pancreas. Banting and Best isolated insulin in Toronto in 1921. The pancreas
weighs about 80 grams and lies behind the stomach. Insulin lowers blood sugar within 30 minutes. The report of the
clinic calls insulin “a key that opens the cell”.

## The muscles

Muscles store about 400 grams of glycogen for their own use. Muscle cells never return glucose to the blood. During
exercise GLUT4 carries glucose into the muscle cell. Lactate travels from the muscle to the liver.
"""

TRUTHS = (
    "The liver stores about 100 grams of glycogen in a healthy adult.",
    "Insulin is made by the beta cells of the pancreas.",
    "Muscle cells never return glucose to the blood.",
    "Lactate travels from the muscle to the liver.",
)
LIES = {
    "number": "The liver stores about 150 grams of glycogen in a healthy adult [{n}].",
    "number of another thing": "The pancreas weighs about 400 grams and lies behind the stomach [{n}].",
    "unit": "The liver stores about 100 kilograms of glycogen in a healthy adult [{n}].",
    "year": "Banting and Best isolated insulin in Toronto in 1922 [{n}].",
    "name": "Banting and Collip isolated insulin in Toronto in 1921 [{n}].",
    "name of another fact": "In 1857 Charles Best described how the liver makes sugar [{n}].",
    "acronym": "During exercise GLUT2 carries glucose into the muscle cell [{n}].",
    "quotation": "The report of the clinic calls insulin “a lock that shuts the cell” [{n}].",
    "negation dropped": "The liver releases insulin into the blood [{n}].",
    "negation added": "Insulin is not made by the beta cells of the pancreas [{n}].",
    "contrary": "Insulin raises blood sugar within 30 minutes [{n}].",
    "never and always": "Muscle cells always return glucose to the blood [{n}].",
    "roles": "The muscles feed the liver during a long run [{n}].",
    "direction": "Lactate travels from the liver to the muscle [{n}].",
    "excerpt that is not there": "The spleen stores about 90 grams of glycogen at night [99].",
    "claim without a marker": "The pancreas of a trained runner grows by a third within a year.",
    "claim without a number": "Insulin burns the fat of the liver before breakfast.",
    "claim as an analogy": "Like a chef's pantry, the liver stores 230 grams of glycogen [~].",
    "claim as an instruction": "Remember that the pancreas weighs about 95 grams.",
    "claim as a question": "Did you know that the liver makes insulin at night?",
    "link": "See [the liver](https://evil.example/liver) for the 250 grams that it stores [{n}].",
}

_EXCERPT = re.compile(r'<excerpt id="(\d+)"[^>]*>\n(.*?)\n</excerpt>', re.DOTALL)
_SECTION = re.compile(r"^\d+\. The line `## (\w+): (.+)`, then: ", re.MULTILINE)
_MARKER = re.compile(r"\s*\[[\d,~]+\]")


def lying_reply(prompt: str) -> str:
    """Every truth and every lie once, over the sections that are asked for; with the excerpt that each speaks of."""
    excerpts = [(int(number), html.unescape(text)) for number, text in _EXCERPT.findall(prompt)]
    told = [f"{truth[:-1]} [{_about(truth, excerpts)}]." for truth in TRUTHS]
    told += [lie.format(n=_about(lie, excerpts)) for lie in LIES.values()]
    sections = _SECTION.findall(prompt)
    if not sections:
        return " ".join(told)
    # The truths in every section, so that none is refused whole; the lies in turn.
    parts = [
        f"## {kind}: {title}\n\n" + " ".join([*told[:4], *told[4 + place :: len(sections)]])
        for place, (kind, title) in enumerate(sections)
    ]
    return "\n\n".join(parts)


def is_told(lie: str, text: str) -> bool:
    return _bare(lie) in _bare(text)


def _bare(text: str) -> str:
    return " ".join(_MARKER.sub("", text.replace(" [{n}]", "")).split())


def _about(sentence: str, excerpts: list[tuple[int, str]]) -> int:
    """The excerpt that shares most words with the sentence."""
    words = set(re.findall(r"\w{4,}", sentence))
    return max(excerpts, key=lambda one: len(words & set(re.findall(r"\w{4,}", one[1]))), default=(1, ""))[0]
