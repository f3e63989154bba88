"""Times as people say them in Vietnam: "trước 15:40 hôm nay", "thứ Hai, 07:30", "còn 1 giờ 20 phút"."""

from datetime import datetime, timedelta

from shared.clock import local
from shared.web.languages import Translator

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def moment(at: datetime, now: datetime, t: Translator) -> str:
    """`15:40 hôm nay`; a day's name within six days; else the date."""
    there, here = local(at), local(now)
    clock = f"{there:%H:%M}"
    days = (there.date() - here.date()).days
    if -1 <= days <= 1:
        return t(f"time.{('yesterday', 'today', 'tomorrow')[days + 1]}", clock=clock)
    if 1 < days <= 6:
        return t("time.on_day", clock=clock, day=t(f"time.{_WEEKDAYS[there.weekday()]}"))
    return t("time.on_date", clock=clock, date=date(at, now))


def date(at: datetime, now: datetime) -> str:
    """`25/11`, with the year where it is another one."""
    there = local(at)
    return f"{there:%d/%m}" if there.year == local(now).year else f"{there:%d/%m/%Y}"


def before(at: datetime, now: datetime, t: Translator) -> str:
    """A promise: `trước 15:40 hôm nay`."""
    return t("time.before", moment=moment(at, now, t))


def exact(at: datetime, t: Translator) -> str:
    """For hover and tap: `thứ Ba, 24/11/2026, 15:40:07`."""
    there = local(at)
    return f"{t(f'time.{_WEEKDAYS[there.weekday()]}')}, {there:%d/%m/%Y, %H:%M:%S}"


def relative(at: datetime, now: datetime, t: Translator) -> str:
    """`5 phút trước`, `sau 2 giờ`, `vừa xong`."""
    gap = at - now
    if abs(gap) < timedelta(minutes=1):
        return t("time.just_now")
    return t("time.ahead" if gap > timedelta() else "time.ago", span=span(abs(gap).total_seconds(), t))


def remaining(due: datetime, now: datetime, t: Translator) -> str:
    """To a target: `còn 1 giờ 20 phút`, or `quá hạn 20 phút`."""
    gap = due - now
    return t("time.left" if gap >= timedelta() else "time.late", span=span(abs(gap).total_seconds(), t))


def span(seconds: float, t: Translator) -> str:
    """Seconds in at most two units: `45 giây`, `20 phút`, `1 giờ 20 phút`, `2 ngày 3 giờ`."""
    if seconds < 60:
        return t("time.seconds", count=round(seconds))
    minutes = round(seconds / 60)
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = (("days", days), ("hours", hours), ("minutes", minutes))
    first = next(index for index, (_, count) in enumerate(parts) if count)
    return " ".join(t(f"time.{unit}", count=count) for unit, count in parts[first : first + 2] if count)
