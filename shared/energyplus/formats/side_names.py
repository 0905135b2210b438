"""Names by which a model refers to the files beside it."""


def plain_name(named: str) -> str | None:
    """The file's own name; None for a path that leads to another directory.

    EnergyPlus takes a file in the run's directory by its name, with or without `./` or `.\\` before it.
    """
    name = named.strip().removeprefix("./").removeprefix(".\\")
    leads_elsewhere = any(mark in name for mark in "/\\:") or name.strip(" .") == ""
    return None if leads_elsewhere else name
