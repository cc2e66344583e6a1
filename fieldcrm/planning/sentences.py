"""What a visit is worth, as a sentence: the figures of each factor in the reader's language. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from fieldcrm.core.messages import say
from fieldcrm.planning import messages
from fieldcrm.planning.value import DUE, PROMISE, RANK, WIN, Part, Value

assert messages  # noqa: S101 - imported for the words it registers


def sentence(worth: Value, *, on: date, locale: str) -> str:
    """Return the value and what it is made of; a factor that does not count, or is not there, is left out."""
    told = [_told(part, on, locale) for part in worth.parts if part.weight]
    parts = say("value.and", locale).join(each for each in told if each is not None)
    return say("value.sentence", locale, value=worth.value, parts=parts)


def _told(part: Part, on: date, locale: str) -> str | None:
    if part.factor == WIN:
        known = part.told["win_prob"] is not None
        return say("value.win" if known else "value.win_unknown", locale, **part.told)
    if part.factor == RANK:
        known = part.told["rank"] is not None
        return say("value.rank" if known else "value.rank_unknown", locale, **part.told)
    if part.factor == DUE:
        return _due(part.told, on, locale)
    return _promise(part.told, locale) if part.factor == PROMISE else None


def _due(told: Mapping[str, object], on: date, locale: str) -> str:
    due_on, visited_on = told["due_on"], told["visited_on"]
    if isinstance(due_on, date):
        days = (on - due_on).days
        code = "value.overdue" if days > 0 else "value.due_today" if days == 0 else "value.due_later"
        return say(code, locale, span=_span(abs(days), locale))
    if isinstance(visited_on, date):
        return say("value.visited", locale, span=_span(max((on - visited_on).days, 0), locale))
    return say("value.never_visited", locale)


def _span(count: int, locale: str) -> str:
    if locale == "ja":
        return f"{count}日"
    return "1 day" if count == 1 else f"{count} days"


def _promise(told: Mapping[str, object], locale: str) -> str | None:
    promised_on, promise = told["promised_on"], told["promise"]
    if not isinstance(promised_on, date):
        return None
    day = f"{promised_on.month}月{promised_on.day}日" if locale == "ja" else f"{promised_on:%-d %b}"
    if not promise:
        return say("value.promised_untold", locale, day=day)
    return say("value.promised", locale, promise=promise, day=day)
