"""What CONTRIBUTING.md tells to do: the commands and the files of its sections."""

import re

SECTION = re.compile(r"^## (?P<title>.+)\n(?P<text>(?:(?!## ).*\n?)*)", re.MULTILINE)
BLOCK = re.compile(r"^```sh\n(?P<lines>.*?)^```$", re.MULTILINE | re.DOTALL)
#: A numbered item begins with the path of a file, or of a directory that gets one.
ITEM = re.compile(r"^\d+\. (?P<lead>[^:\n]+)", re.MULTILINE)
QUOTED = re.compile(r"`([^`]+)`")


def section(document: str, title: str) -> str:
    """The text below one heading."""
    texts = {match["title"]: match["text"] for match in SECTION.finditer(document)}
    return texts[title]


def commands(document: str, title: str) -> list[str]:
    """The lines of the section's shell blocks, each of which is a command."""
    found = [line for block in BLOCK.finditer(section(document, title)) for line in block["lines"].splitlines() if line]
    assert found, f"{title} has no command"
    return found


def paths(document: str, title: str) -> list[str]:
    """The files that the section's numbered items say to change, and with a slash at the end the directories."""
    leads = [match["lead"] for match in ITEM.finditer(section(document, title))]
    return [path for lead in leads for path in QUOTED.findall(lead)]
