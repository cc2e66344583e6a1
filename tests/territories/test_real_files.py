"""Every hospital and care home of Japan with made-up visits: to the unit what pandas counts."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select, update

from fieldcrm.accounts.models import Account
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor, Role
from fieldcrm.core.db import transaction
from fieldcrm.geocoding.service import municipalities
from tests.fixtures.people import FieldClient, MakeUser, Org, Person, Team
from tests.imports.conftest import ImportFile, actor, import_file
from tests.territories.conftest import make_up_visits
from tests.territories.independent import Tables, sums, told

__all__ = ["actor", "import_file"]

FILES = ("jp_hospitals_2025-06.csv", "jp_care_homes_2025-06.csv")


def test_the_figures_of_the_real_files_are_those_of_an_independent_count(
    shared_data: Path, import_file: ImportFile, actor: Actor, organisation: Org, make_user: MakeUser,
    make_team: Callable[..., Team], client_for: Callable[[Person], FieldClient],
) -> None:  # fmt: skip
    for name in FILES:
        import_file((shared_data / name).read_bytes(), name)
    teams = [make_team() for _ in range(3)]
    reps = [make_user(Role.REP, teams=[team]) for team in teams for _ in range(2)]
    chance = random.Random(11)  # noqa: S311 - not a secret
    with transaction(actor) as session:
        ids = list(session.scalars(select(Account.id).where(Account.org_id == actor.org_id).order_by("id")))
        chosen = {account_id: chance.choice([*reps, None]) for account_id in ids}
        for person in [*reps, None]:
            theirs = {"owner_id": person and person.id, "team_id": person and min(person.actor.team_ids)}
            owned = [account_id for account_id in ids if chosen[account_id] is person]
            session.execute(
                update(Account).where(Account.org_id == actor.org_id, Account.id.in_(owned)).values(theirs)
            )
        make_up_visits(session, actor, ids, people=[rep.id for rep in reps], seed=5)
        tables = Tables(session, actor.org_id)
    assert len(tables.accounts) == 7587 + 8494
    people = (
        make_user(Role.ADMINISTRATOR),
        make_user(Role.BACK_OFFICE),
        make_user(Role.MANAGER, teams=teams[:2]),
        reps[0],
    )
    for person in people:
        found = client_for(person).get("/api/coverage?days=90").json
        wanted = tables.count(person.actor, days=90, now=clock.now())
        assert told(found["owners"], "owner_id") == sums(wanted, "owner_id")
        assert told(found["municipalities"], "code") == sums(wanted, "municipality_code")
    # The code is that of the address: nearly all begin with its prefecture and municipality.
    named = tables.accounts.dropna(subset=["municipality_code", "address"])
    agree = [
        address.startswith(known.prefecture) and known.name.split("郡")[-1] in address
        for code, address in zip(named["municipality_code"], named["address"], strict=True)
        for known in [municipalities().find(code)]
        if known is not None
    ]
    assert len(agree) > 0.99 * len(tables.accounts)
    assert sum(agree) > 0.97 * len(agree)
