"""A working day on the plan's axis: from when to when, with which breaks, around what is fixed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from fieldcrm.planning.opening import Day, Span, seconds

DEFAULT_HOURS: Final = ("09:00", "18:00")
SHORTEST_S: Final = 900
"""What is left of a day in less time than this is no working day."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A break that begins within ``from_s``..``to_s``."""

    from_s: int
    to_s: int
    duration_s: int


DEFAULT_BREAKS: Final = (Pause(41_400, 46_800, 3_600),)
"""An hour, begun between 11:30 and 13:00."""


@dataclass(frozen=True, slots=True)
class Shift:
    """When somebody is on the way on one day."""

    span: Span
    breaks: tuple[Pause, ...] = ()


def shift_of(
    day: Day,
    hours: Mapping[str, Sequence[str]],
    breaks: Sequence[Pause],
    *,
    works_on_holidays: bool = False,
) -> Shift | None:
    """Return the person's shift on a day; None where they do not work. Breaks are told from midnight on."""
    span = hours.get(day.weekday)
    if span is None or (day.is_holiday and not works_on_holidays):
        return None
    found = (day.starts_s + seconds(span[0]), day.starts_s + seconds(span[1]))
    return Shift(found, tuple(moved(each, day.starts_s) for each in breaks))


def moved(pause: Pause, by_s: int) -> Pause:
    """Return the break that much later."""
    return replace(pause, from_s=pause.from_s + by_s, to_s=pause.to_s + by_s)


def around(shift: Shift, *, taken: Sequence[Span], met: Sequence[Span] = ()) -> Shift | None:
    """Return what is left of a shift when some of its time is ``taken``, wherever the person is then.

    What is taken at its ends shortens it, in its middle it is a break. ``met`` are appointments that are
    stops of the route. A break that finds no room beside both is left out. None: nothing worth it is left.
    """
    start, end = shift.span
    middle: list[Span] = []
    for taken_from, taken_to in joined(taken):
        if taken_to <= start or taken_from >= end:
            continue
        if taken_from <= start:
            start = taken_to
        elif taken_to >= end:
            end = taken_from
        else:
            middle.append((taken_from, taken_to))
    if end - start < SHORTEST_S:
        return None
    fixed = joined([*middle, *met])
    kept = [pause for pause in shift.breaks if _has_room(pause, (start, end), fixed)]
    blocked = [Pause(a, a, b - a) for a, b in middle if start <= a and b <= end]
    return Shift((start, end), tuple(sorted([*kept, *blocked], key=lambda each: each.from_s)))


def joined(spans: Sequence[Span]) -> list[Span]:
    """Return the spans in order, those that meet as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _has_room(pause: Pause, span: Span, fixed: Sequence[Span]) -> bool:
    """Return whether the break can begin in its window beside what is fixed, within the shift."""
    begin = max(pause.from_s, span[0])
    for start, end in fixed:
        if begin + pause.duration_s > start and begin < end:
            begin = end
    return begin <= pause.to_s and begin + pause.duration_s <= span[1]
