"""Settings that limit the size of a submission and the use by one owner."""

from pydantic import Field

from shared.settings.process import ProcessSettings


class LimitSettings(ProcessSettings):
    """Limits of submissions and owners."""

    max_body_bytes: int = Field(2 * 1024**3, ge=1024)
    """Largest request body the API reads. All files of a submission together may have no more bytes: uploaded, unpacked
    from archives, and stored ones that it names."""

    max_files: int = Field(1000, ge=1)
    """Maximum number of files in one submission."""

    max_runs: int = Field(100_000, ge=1)
    """Maximum number of runs in one submission."""

    owner_queued_runs: int = Field(500_000, ge=0)
    """Maximum number of queued runs per owner; the default is five of the largest submissions, weeks of work for most
    fleets. 0: no limit."""

    owner_running_runs: int = Field(0, ge=0)
    """Maximum number of running runs per owner, on all engines together; all services need the same value. Set it to
    keep slots free for other owners. 0: no limit; owners take turns in any case."""

    owner_stored_bytes: int = Field(1024**4, ge=0)
    """Maximum size of the inputs and results of one owner, so that no owner can fill the store. 0: no limit."""

    owner_request_rate: str = Field("6000/minute", pattern=r"^([1-9][0-9]{0,6}/(second|minute|hour))?$")
    """Maximum request rate of one owner, per API process; the default allows a script that polls hundreds of runs, and
    stops a loop without a pause. Empty: no limit."""
