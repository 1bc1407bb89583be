"""What a browser would make of Markdown: links, images, HTML, as CommonMark with GitHub's extensions reads it."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_MARKUP = frozenset({"html_block", "html_inline", "link_open", "image"})
_CODE = frozenset({"code_inline", "code_block", "fence"})
#: What GitHub's extension turns into links, and the commands by which TeX on a page does.
_LINKED = re.compile(
    r"\b(?:https?|ftp)://|\bwww\.\w|\b(?:mailto|xmpp|javascript|vbscript):\S|[\w.+-]@[\w-]+\.\w"
    r"|\\(?:href|url|includegraphics|class|cssId|style|html\w+)\s*\{",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[A-Za-z/!?]")


def markup_in(markdown: str) -> list[str]:
    """The pieces that would become markup, empty if none would."""
    return list(_found(_MARKDOWN.parse(markdown)))


def markup_in_plain_text(text: str) -> list[str]:
    """The same of a text that is no Markdown, but may be shown as if it were, or as HTML."""
    return [*markup_in(text), *(match[0] for match in (*_TAG.finditer(text), *_LINKED.finditer(text)))]


def _found(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in _MARKUP:
            yield token.content or str(token.attrs)
        elif token.children is not None:
            yield from _found(token.children)
        elif token.type not in _CODE:
            yield from (match[0] for match in _LINKED.finditer(token.content))
