"""Characters that nobody can see, in which a text can carry another one that only a model reads."""

import re

#: The inside of a character class: marks and fillers without width, bidirectional controls, selectors of variants,
#: tags, non-characters, lone surrogates. Not the joiners, which are spelling, nor U+FE0E and U+FE0F, which emoji need.
UNSEEN = (
    "\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d"
    "\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff"
)
_NEEDS_JOINERS = "\u0600-\u07ff\u0900-\u0dff"
#: U+200C and U+200D where no script is spelt with them. Two in a row spell nothing anywhere.
STRAY_JOINERS = re.compile(f"(?<![{_NEEDS_JOINERS}])[\u200c\u200d]|[\u200c\u200d](?![{_NEEDS_JOINERS}])")
