"""Moments as an office in western Indonesia reads its clock: WIB, seven hours before UTC, without summer time."""

from datetime import UTC, date, datetime, timedelta, timezone

from api.catalog import Catalog

WIB = timezone(timedelta(hours=7), "WIB")
_MONDAY = date(1970, 1, 5)


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def day_and_time(moment: datetime, t: Catalog) -> str:
    """A moment with a time zone as `24 Nov 2026 08:00 WIB`."""
    local = moment.astimezone(WIB)
    return f"{day(local, t)} {local:%H:%M} WIB"


def day(moment: datetime | date, t: Catalog) -> str:
    """The day of a moment in WIB, or a day, as `24 Nov 2026`."""
    local = moment.astimezone(WIB) if isinstance(moment, datetime) else moment
    return f"{local.day} {t('moment.months').split()[local.month - 1]} {local.year}"


def date_of(moment: datetime) -> date:
    """The day of a moment in WIB."""
    return moment.astimezone(WIB).date()


def start_of(day: date) -> datetime:
    """The moment at which a day begins in WIB."""
    return datetime(day.year, day.month, day.day, tzinfo=WIB)


def week_of(moment: datetime) -> int:
    """The number of a moment's week in WIB; week 0 began on Monday, 5 January 1970."""
    return week_number(date_of(moment))


def week_number(day: date) -> int:
    """The number of the week that holds a day."""
    return (day - _MONDAY).days // 7


def monday(week: int) -> date:
    """The first day of a week by its number."""
    return _MONDAY + timedelta(days=7 * week)


def read_day(written: str) -> date | None:
    """A day from a form or an address, `2026-11-24`; None where it is none.

    Years outside 1970 to 9998 are none: no ad is from there, and a day more or less must stay a date.
    """
    try:
        day = date.fromisoformat(written.strip())
    except ValueError:
        return None
    return day if 1970 <= day.year <= 9998 else None
