"""Check of schedule files: EnergyPlus takes zeros for missing rows and only warns."""

from pathlib import Path

from shared.energyplus.formats.document import Document, ModelObject, PreparationError, shown_name
from shared.energyplus.formats.side_names import plain_name
from shared.energyplus.untrusted_file import is_plain, open_plain

CLASS = "Schedule:File"
HOURS, MINUTES_OF_AN_HOUR = 8760, 60


def check_schedule_files(document: Document, directory: Path) -> None:
    """Raises PreparationError for the first schedule whose file in `directory` has fewer rows than it reads.

    A file that is not there, or in another directory, is left to EnergyPlus, which names it.
    """
    for schedule in document.objects(CLASS):
        name = plain_name(str(schedule.get("file_name") or ""))
        if name is None or not is_plain(path := directory / name):
            continue
        needed = _number(schedule, "number_of_hours_of_data", HOURS) * (
            MINUTES_OF_AN_HOUR // max(_number(schedule, "minutes_per_item", MINUTES_OF_AN_HOUR), 1)
        )
        rows = _rows(path) - _number(schedule, "rows_to_skip_at_top", 0)
        if rows < needed:
            raise PreparationError(
                "schedule_file_too_short",
                f"{shown_name(schedule)}: {path.name} has {max(rows, 0)} rows of values, and the schedule "
                f"reads {needed}; EnergyPlus would take zeros for the rest",
            )


def _number(schedule: ModelObject, field: str, default: int) -> int:
    value = schedule.get(field)
    return int(value) if isinstance(value, int | float) else default


def _rows(path: Path) -> int:
    """Lines up to the last that is not blank."""
    count = last = 0
    with open_plain(path) as file:
        for line in file:
            count += 1
            last = count if line.strip() else last
    return last
