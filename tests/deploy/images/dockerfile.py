"""Parses a Dockerfile into stages with their base and instructions."""

import re
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DOCKERFILE = ROOT / "deploy" / "images" / "Dockerfile"


@dataclass
class Stage:
    """One FROM and the instructions after it."""

    name: str
    base: str
    instructions: list[tuple[str, str]] = field(default_factory=list)


def stages(text: str) -> dict[str, Stage]:
    """Stages by name, in order; the lines before the first FROM are the stage ''."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found = {"": Stage("", "")}
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            base, name = re.split(r"\s+AS\s+", rest)
            found[name] = Stage(name, base)
        else:
            list(found.values())[-1].instructions.append((word, rest.strip()))
    return found


def inherited(name: str, word: str, text: str) -> list[str]:
    """The arguments of every `word` instruction of a stage and of the stages it is based on, the oldest first."""
    known = stages(text)
    if name not in known:
        return []
    own = [rest for instruction, rest in known[name].instructions if instruction == word]
    return inherited(known[name].base, word, text) + own
