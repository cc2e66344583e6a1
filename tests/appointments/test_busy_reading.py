"""Times that calendars elsewhere say are taken: time zones, whole days, repetition with exceptions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fieldcrm.appointments.busy_reading import MOST_TIMES, NotACalendar, read_taken

TOKYO = "Asia/Tokyo"
BERLIN_RULES = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""
SERIES = (
    BERLIN_RULES
    + """BEGIN:VEVENT
UID:weekly
DTSTAMP:20260301T000000Z
DTSTART;TZID=Europe/Berlin:20260318T090000
DTEND;TZID=Europe/Berlin:20260318T100000
RRULE:FREQ=WEEKLY;COUNT=5
EXDATE;TZID=Europe/Berlin:20260408T090000
SUMMARY:Jour fixe
END:VEVENT
BEGIN:VEVENT
UID:weekly
DTSTAMP:20260301T000000Z
RECURRENCE-ID;TZID=Europe/Berlin:20260401T090000
DTSTART;TZID=Europe/Berlin:20260401T140000
DTEND;TZID=Europe/Berlin:20260401T153000
SUMMARY:Jour fixe (moved)
END:VEVENT
"""
)


def calendar(*events: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN", *"".join(events).splitlines()]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def event(*lines: str) -> str:
    head = ["BEGIN:VEVENT", "UID:one", "DTSTAMP:20260101T000000Z"]
    return "\n".join([*head, *lines, "END:VEVENT", ""])


def taken(*events: str, timezone: str = TOKYO, days: int = 60, keeps_titles: bool = False):
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    return read_taken(
        calendar(*events),
        begin=begin,
        end=begin + timedelta(days=days),
        timezone=timezone,
        keeps_titles=keeps_titles,
    )


def hours(*events: str, **options):
    return [(f"{each.starts_at:%m-%d %H:%M}", f"{each.ends_at:%H:%M}") for each in taken(*events, **options)]


def test_a_weekly_hour_stays_an_hour_of_its_own_clock_across_the_change_of_the_clock():
    """The third is moved to the afternoon, the fourth is left out; the clock changes on 29 March."""
    assert hours(SERIES) == [
        ("03-18 08:00", "09:00"),
        ("03-25 08:00", "09:00"),
        ("04-01 12:00", "13:30"),
        ("04-15 07:00", "08:00"),
    ]


def test_no_title_is_kept_unless_wanted():
    assert {each.title for each in taken(SERIES)} == {None}
    assert {each.title for each in taken(SERIES, keeps_titles=True)} == {"Jour fixe", "Jour fixe (moved)"}


def test_whole_days_are_days_where_the_organisation_lives():
    holiday = event("DTSTART;VALUE=DATE:20260310", "DTEND;VALUE=DATE:20260312")
    (found,) = taken(holiday)
    assert (found.starts_at, found.ends_at, found.is_all_day) == (
        datetime(2026, 3, 9, 15, tzinfo=UTC), datetime(2026, 3, 11, 15, tzinfo=UTC), True
    )  # fmt: skip
    (alone,) = taken(event("DTSTART;VALUE=DATE:20260329"), timezone="Europe/Berlin")
    assert alone.ends_at - alone.starts_at == timedelta(hours=23)


def test_hours_without_a_time_zone_are_the_organisations():
    assert hours(event("DTSTART:20260310T090000", "DURATION:PT90M")) == [("03-10 00:00", "01:30")]
    assert hours(event("DTSTART:20260310T090000Z", "DTEND:20260310T093000Z")) == [("03-10 09:00", "09:30")]


def test_a_time_zone_by_its_name_in_windows_is_understood():
    tokyo = event(
        "DTSTART;TZID=Tokyo Standard Time:20260310T090000", "DTEND;TZID=Tokyo Standard Time:20260310T100000"
    )
    assert hours(tokyo, timezone="UTC") == [("03-10 00:00", "01:00")]


@pytest.mark.parametrize(
    "line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"]
)
def test_what_takes_no_time_is_left_out(line):
    assert taken(event("DTSTART:20260310T090000Z", "DTEND:20260310T093000Z", line)) == []


def test_a_daily_one_without_an_end_is_spread_over_the_days_asked_for_alone():
    daily = event("DTSTART:20200101T000000Z", "DTEND:20200101T003000Z", "RRULE:FREQ=DAILY")
    assert len(taken(daily)) == 60


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=1", "FREQ=HOURLY"])
def test_a_flood_of_repetitions_is_not_spread_out(rule):
    flood = event("DTSTART:20260310T090000Z", "DTEND:20260310T090001Z", f"RRULE:{rule}")
    good = event("DTSTART:20260311T090000Z", "DTEND:20260311T100000Z").replace("UID:one", "UID:two")
    assert hours(flood, good) == [("03-11 09:00", "10:00")]


def test_a_flood_within_each_day_is_not_spread_out_either():
    every_second = ",".join(map(str, range(60)))
    rule = f"RRULE:FREQ=DAILY;BYHOUR=9;BYMINUTE={every_second};BYSECOND={every_second}"
    assert taken(event("DTSTART:20260310T090000Z", "DURATION:PT1S", rule)) == []


def test_no_more_than_a_screenful_of_years_is_kept():
    many = [
        event(f"DTSTART:20260310T{n // 60 % 24:02}{n % 60:02}00Z", f"DURATION:PT{1 + n // 1440}M").replace(
            "UID:one", f"UID:{n}"
        )
        for n in range(MOST_TIMES + 5)
    ]
    assert len(taken(*many)) == MOST_TIMES


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>sign in</html>",
        b"\xff\xfe\x00",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
        b"BEGIN:VEVENT\r\nEND:VEVENT\r\n",
    ],
)
def test_what_is_no_calendar_is_said_to_be_none(content):
    now = datetime(2026, 3, 1, tzinfo=UTC)
    with pytest.raises(NotACalendar):
        read_taken(content, begin=now, end=now + timedelta(days=1), timezone=TOKYO)


def test_one_bad_event_does_not_take_the_others_with_it():
    bad = event("DTSTART:not a time", "DTEND:20260310T093000Z", "RRULE:FREQ=NEVER")
    good = event("DTSTART:20260311T090000Z", "DTEND:20260311T100000Z").replace("UID:one", "UID:two")
    assert hours(bad, good) == [("03-11 09:00", "10:00")]
