"""Settings that limit the size of a submission and the use by one owner."""

from pydantic import Field

from shared.settings.process import ProcessSettings


class LimitSettings(ProcessSettings):
    """Limits of submissions and owners."""

    max_body_bytes: int = Field(2 * 1024**3, ge=1024)
    """Largest request body the API reads."""

    max_files: int = Field(1000, ge=1)
    """Most files in one submission."""

    max_runs: int = Field(100_000, ge=1)
    """Most runs that one submission may expand to."""

    owner_queued_runs: int = Field(500_000, ge=0)
    """Most runs that one owner may have queued: five of the largest submissions, weeks of work for most fleets. 0: none
    is too many."""

    owner_running_runs: int = Field(0, ge=0)
    """Most runs of one owner that go on at once, on all engines together; all services need the same. 0: no cap,
    because owners take turns anyway; one is for fleets that keep slots free for whoever comes next."""

    owner_stored_bytes: int = Field(1024**4, ge=0)
    """Most bytes that one owner's inputs and results may take, so that nobody fills the store alone. 0: no cap."""

    owner_request_rate: str = Field("6000/minute", pattern=r"^([1-9][0-9]{0,6}/(second|minute|hour))?$")
    """Most requests of one owner per second, minute or hour and API process: a script that polls hundreds of runs is
    fine, a loop that forgot to wait is not. Empty: no cap."""
