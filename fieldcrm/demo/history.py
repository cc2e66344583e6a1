"""Makes months of visits: how often each customer was seen, how it went, what was promised."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fieldcrm.demo.companies import Company
from fieldcrm.demo.customers import Customer
from fieldcrm.demo.words import NEXT_ACTIONS, NOTES

MONTHS_DAYS = 210
TOKYO = ZoneInfo("Asia/Tokyo")
OUTCOME_NO = {"met": 1, "absent": 2, "reception": 3, "material": 4, "order": 5, "complaint": 6}

# Status -> (fewest, most) visits, and how many cadences ago the last one was.
VISITS = {1: (0, 1), 2: (1, 3), 3: (3, 7), 4: (3, 9), 5: (1, 3), 6: (2, 4)}
LAST_SEEN = {1: (0.2, 2.5), 2: (0.1, 1.5), 3: (0.05, 1.2), 4: (0.05, 1.25), 5: (2.5, 5), 6: (1, 4)}


@dataclass(frozen=True, slots=True)
class Visit:
    """One made-up contact; ``customer`` and ``rep`` are positions in the loader's lists."""

    customer: int
    rep: int
    at: datetime
    channel: str
    outcome: int
    note: str
    duration_min: int
    win_prob_before: int
    win_prob_after: int
    status_before: int
    status_after: int
    next_action: str | None = None
    next_action_on: date | None = None


def visits(
    company: Company, people: Sequence[Customer], reps: Sequence[int], *, now: datetime
) -> list[Visit]:
    """Return every visit in order of time; ``reps[i]`` is the rep of customer i.

    The same organisation and day give the same visits.
    """
    dice = random.Random(company.seed * 7 + 1)  # noqa: S311 - a demo, not a secret
    calls_of_day: dict[tuple[int, date], int] = defaultdict(int)
    found: list[Visit] = []
    for index, customer in enumerate(people):
        days = _days(dice, customer, today=now.astimezone(TOKYO).date())
        path = _path(customer, len(days))
        for step, day in enumerate(days):
            slot = calls_of_day[reps[index], day]
            calls_of_day[reps[index], day] += 1
            at = _at(dice, day, slot)
            if at > now - timedelta(minutes=5):
                continue
            found.append(
                _visit(dice, company, customer, index=index, rep=reps[index], at=at,
                       before=path[step], after=path[step + 1], is_last=step == len(days) - 1)
            )  # fmt: skip
    return sorted(found, key=lambda visit: visit.at)


def _days(dice: random.Random, customer: Customer, *, today: date) -> list[date]:
    """Return the days the customer was visited, oldest first, on working days."""
    count = dice.randint(*VISITS[customer.status])
    age = dice.uniform(*LAST_SEEN[customer.status]) * customer.kind.cadence_days
    if customer.status in (2, 3, 4) and dice.random() < 0.04:
        age = 0  # today, be it a Sunday: a demo without visits today teaches little
    days = []
    for _ in range(count):
        day = _working_day(today - timedelta(days=round(age))) if age else today
        if (today - day).days > MONTHS_DAYS:
            break
        days.append(day)
        age += max(2, dice.gauss(1, 0.25) * customer.kind.cadence_days)
    return sorted(set(days))


def _working_day(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))


def _at(dice: random.Random, day: date, slot: int) -> datetime:
    start = datetime.combine(day, time(9, 10), TOKYO) + timedelta(minutes=50 * slot)
    return (start + timedelta(minutes=dice.randint(0, 15))).astimezone(UTC)


def _path(customer: Customer, steps: int) -> list[tuple[int, int]]:
    """Return (status, win probability) before the first visit and after each one."""
    start = (1, 10)
    path = [start]
    for step in range(1, steps + 1):
        share = step / steps
        probability = round((start[1] + (customer.win_prob - start[1]) * share) / 5) * 5
        is_there = step == steps
        status = customer.status if is_there or share > 0.6 else min(customer.status, 2)
        path.append((status, customer.win_prob if is_there else probability))
    return path


def _visit(
    dice: random.Random, company: Company, customer: Customer, *,
    index: int, rep: int, at: datetime,
    before: tuple[int, int], after: tuple[int, int], is_last: bool,
) -> Visit:  # fmt: skip
    outcome = _outcome(dice, after[0])
    person = customer.people[0][0].split()[0] + "様" if customer.people else "ご本人"
    title = customer.people[0][2] if customer.people else ""
    note = dice.choice(NOTES[outcome]).format(
        person=f"{title}の{person}" if title else person, product=dice.choice(company.products)
    )
    wants_more = is_last and after[0] in (2, 3, 4) and dice.random() < 0.6
    return Visit(
        customer=index,
        rep=rep,
        at=at,
        channel="visit" if dice.random() < 0.86 else dice.choice(("call", "video", "email")),
        outcome=OUTCOME_NO[outcome],
        note=note,
        duration_min=dice.choice((15, 20, 30, 30, 45, 60)) if outcome == "met" else 5,
        win_prob_before=before[1],
        win_prob_after=after[1],
        status_before=before[0],
        status_after=after[0],
        next_action=dice.choice(NEXT_ACTIONS) if wants_more else None,
        next_action_on=(at + timedelta(days=dice.choice((3, 7, 7, 14, 30)))).date() if wants_more else None,
    )


def _outcome(dice: random.Random, status: int) -> str:
    if status == 4:
        return dice.choices(("met", "order", "complaint", "absent"), (70, 15, 4, 11))[0]
    if status == 6:
        return dice.choices(("met", "absent", "reception"), (50, 25, 25))[0]
    return dice.choices(("met", "absent", "reception", "material"), (55, 17, 15, 13))[0]
