"""The ministry's files as they are: every row in, the wrong coordinates found, a second time nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from fieldcrm.accounts.models import Account
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import transaction
from tests.imports.conftest import Done, ImportFile

TOWN = 4


def codes(done: Done) -> Counter[str]:
    with transaction(done.actor) as session:
        from fieldcrm.imports import queries

        return Counter(queries.count_problems(session, done.actor, done.id))


def share_placed(actor: Actor) -> float:
    with transaction(actor) as session:
        placed = func.count().filter(Account.precision >= TOWN)
        query = select(placed, func.count()).where(Account.org_id == actor.org_id)
        at_town, total = session.execute(query).one()._tuple()
        return at_town / total


def test_hospitals_all_come_in_and_a_second_time_nothing_changes(
    shared_data: Path, import_file: ImportFile, actor: Actor
) -> None:
    raw = (shared_data / "jp_hospitals_2025-06.csv").read_bytes()
    done = import_file(raw, "jp_hospitals_2025-06.csv")
    counts = done.counts
    assert (counts["total"], counts["created"], counts["refused"]) == (7587, 7587, 0)
    found = codes(done)
    assert found["imports.geo_zero"] == 270
    assert found["imports.geo_outside_prefecture"] >= 1
    assert found["imports.geo_far_from_address"] >= 1
    assert share_placed(actor) >= 0.98
    again = import_file(raw, "jp_hospitals_2025-06.csv")
    assert (again.counts.get("created", 0), again.counts.get("updated", 0)) == (0, 0)
    assert again.counts["unchanged"] == 7587
    assert codes(again) == found


def test_hospitals_without_their_number_are_found_by_name_and_address(
    shared_data: Path, import_file: ImportFile
) -> None:
    raw = (shared_data / "jp_hospitals_2025-06.csv").read_bytes()
    mapping = {"0": None, "1": "name", "2": "name_kana", "3": "address", "6": "web"}
    first = import_file(raw, mapping=mapping)
    assert (first.counts["created"], first.counts["refused"]) == (7587, 0)
    again = import_file(raw, mapping=mapping)
    assert (again.counts.get("created", 0), again.counts["unchanged"]) == (0, 7587)


def test_care_homes_come_in_but_for_two_that_share_a_number(
    shared_data: Path, import_file: ImportFile, accounts_of: Callable[..., dict[str, Account]], actor: Actor
) -> None:
    raw = (shared_data / "jp_care_homes_2025-06.csv").read_bytes()
    done = import_file(raw)
    assert (done.counts["total"], done.counts["created"], done.counts["refused"]) == (8496, 8494, 2)
    refused = [(row, code) for row, field, code in done.problems() if field == "row"]
    assert refused == [(110, "imports.twice_in_file"), (5877, "imports.twice_in_file")]
    assert share_placed(actor) >= 0.97
    # The file's address lacks prefecture and municipality; the account's does not.
    assert accounts_of()["介護老人福祉施設　たんぽぽの丘"].address == ("北海道札幌市中央区南8条西26丁目1-2")
