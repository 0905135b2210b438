"""The cause of a failure: its text without what differs between runs that fail alike, such as names and numbers."""

import re

#: Stands for a name, a number, a line or a path.
PLACEHOLDER = "*"
#: Characters of a cause that are kept: it is a key, and what comes later is more of the same.
LONGEST = 500

#: Characters of a message that are read.
READ = 4000

#: In this order: values may have spaces.
_VALUES = (
    # `<root>[Zone][Core] - ...`: the class stays.
    re.compile(r"(?<=\])\[[^\]\n]*\]"),
    re.compile(r'"[^"\n]*"'),
    # No apostrophe, as in `zone's`.
    re.compile(r"(?<!\w)'[^'\n]*'(?!\w)"),
    # `Zone=Core has no surfaces`: one word, because the reason may follow; more words are names if they look like it.
    re.compile(r"(?<==)\s*[^\s,;]+"),
)
_WORD = re.compile(r"[\w./\\:+-]+")
_REPEATED = re.compile(r"\*(?:[\s,]*\*)+")


def cause_of(code: str, message: str) -> str:
    """The cause of a failure with this code and message; failures of one cause have equal ones."""
    lines = (_general(line) for line in message[:READ].splitlines())
    # How often a message is repeated differs between runs.
    distinct = dict.fromkeys(line for line in lines if line)
    return "\n".join((code, *distinct))[:LONGEST]


def _general(line: str) -> str:
    for value in _VALUES:
        line = value.sub(PLACEHOLDER, line)
    line = _WORD.sub(lambda word: PLACEHOLDER if _is_name(word[0]) else word[0], line)
    return " ".join(_REPEATED.sub(PLACEHOLDER, line).split())


def _is_name(word: str) -> bool:
    """Whether a word is a number, a name as EnergyPlus writes it, in capitals, or has a digit or an underscore."""
    return any(letter.isdigit() or letter == "_" for letter in word) or (len(word) > 1 and word.isupper())
