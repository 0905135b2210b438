"""Exit status of a child process."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exit:
    """Exit code or signal of a child, its resource usage (CPU seconds, peak resident bytes), and the cause if known."""

    code: int | None
    signal: int | None
    user_seconds: float = 0.0
    system_seconds: float = 0.0
    max_rss_bytes: int = 0
    cause: str = ""

    def __str__(self) -> str:
        how = f"signal {self.signal}" if self.signal is not None else f"exit code {self.code}"
        return f"{how}, {self.cause}" if self.cause else how
