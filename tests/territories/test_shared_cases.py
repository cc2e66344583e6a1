"""Covered and visited on the server; territories/rules.test.ts binds the phone to the same cases."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from fieldcrm.accounts.filters import AccountFilter
from fieldcrm.accounts.lists import iterate
from fieldcrm.accounts.models import Account
from fieldcrm.core.clock import parse_iso
from fieldcrm.core.db import transaction
from fieldcrm.core.ids import new_id
from fieldcrm.territories import service
from tests.fixtures.people import Org
from tests.fixtures.surroundings import FrozenClock

CASES = json.loads((Path(__file__).parents[1] / "cases" / "covered.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: str(case["why"]))
def test_covered_and_visited_are_what_the_shared_cases_say(
    organisation: Org, frozen_clock: FrozenClock, make_user: Callable[..., object], case: dict[str, object]
) -> None:
    assert case["why"]
    frozen_clock.set(f"{CASES['today']}T12:00:00+09:00")
    actor, days = organisation.actor, CASES["days"]
    with transaction(actor) as session:
        session.add(
            Account(
                org_id=actor.org_id, id=new_id(), name="見本", due_on=case["due_on"],
                last_visit_at=parse_iso(case["last_visit_at"]),
            )
        )  # fmt: skip
        session.flush()
        counted = service.count(session, actor, days=days).total
        listed = [
            len(list(iterate(session, actor, AccountFilter(**{name: days}))))
            for name in ("covered_within_days", "visited_within_days")
        ]
    assert (counted.covered, counted.visited) == (case["is_covered"], case["is_visited"])
    assert listed == [case["is_covered"], case["is_visited"]]
