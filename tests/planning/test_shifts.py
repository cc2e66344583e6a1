"""A working day around what is fixed: breaks that find room, time that is taken, days off."""

from __future__ import annotations

from datetime import date

from fieldcrm.planning.opening import Day
from fieldcrm.planning.shifts import DEFAULT_BREAKS, Pause, Shift, around, shift_of

H = 3600
TUESDAY = Day(1, date(2026, 12, 1))
HOLIDAY = Day(0, date(2026, 11, 23), is_holiday=True)
HOURS = {"mon": ("09:00", "18:00"), "tue": ("08:30", "17:00")}
USUAL = Shift((9 * H, 18 * H), DEFAULT_BREAKS)


def test_a_shift_is_that_of_its_weekday_on_the_axis_of_the_plan() -> None:
    found = shift_of(TUESDAY, HOURS, DEFAULT_BREAKS)
    assert found == Shift((32 * H + H // 2, 41 * H), (Pause(35 * H + H // 2, 37 * H, H),))


def test_nobody_works_on_a_weekday_without_hours_or_on_a_holiday_unless_they_say_so() -> None:
    assert shift_of(Day(0, date(2026, 12, 5)), HOURS, ()) is None
    assert shift_of(HOLIDAY, HOURS, ()) is None
    assert shift_of(HOLIDAY, HOURS, (), works_on_holidays=True) == Shift((9 * H, 18 * H))


def test_what_is_taken_at_the_ends_shortens_the_day_and_in_the_middle_is_a_break() -> None:
    found = around(USUAL, taken=[(8 * H, 10 * H), (15 * H, 16 * H), (17 * H, 20 * H)])
    assert found == Shift((10 * H, 17 * H), (*DEFAULT_BREAKS, Pause(15 * H, 15 * H, H)))


def test_a_day_that_is_taken_as_a_whole_is_none() -> None:
    assert around(USUAL, taken=[(0, 24 * H)]) is None
    assert around(USUAL, taken=[(0, 12 * H), (12 * H, 18 * H - 60)]) is None


def test_lunch_gives_way_only_where_no_room_is_left_for_it() -> None:
    assert around(USUAL, taken=[], met=[(12 * H, 13 * H)]) == USUAL  # begun at 13:00 it still fits
    squeezed = around(USUAL, taken=[], met=[(12 * H, 13 * H + 60)])
    assert squeezed == Shift((9 * H, 18 * H))


def test_a_talk_over_lunch_takes_its_place() -> None:
    found = around(USUAL, taken=[(11 * H + H // 2, 14 * H)])
    assert found == Shift((9 * H, 18 * H), (Pause(11 * H + H // 2, 11 * H + H // 2, 2 * H + H // 2),))


def test_times_that_overlap_are_taken_once() -> None:
    found = around(Shift((9 * H, 18 * H)), taken=[(14 * H, 16 * H), (15 * H, 17 * H)])
    assert found == Shift((9 * H, 18 * H), (Pause(14 * H, 14 * H, 3 * H),))
