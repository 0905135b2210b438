"""Calendar rules of run periods."""

from datetime import date, timedelta


def is_year(begin: date, end: date) -> bool:
    """Whether a period goes from a date to the day before that date a year later."""
    try:
        return end + timedelta(days=1) == begin.replace(year=begin.year + 1)
    except ValueError:
        return False
