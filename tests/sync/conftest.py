"""What tests of sync share: phones that push, pulling to the end, the first load as rows again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fieldcrm.core import clock
from fieldcrm.core.ids import new_id
from fieldcrm.sync.models import Conflict
from fieldcrm.visits.models import Attachment
from tests.fixtures.people import FieldClient, Person
from tests.sync.phones import Phone

Tables = dict[str, list[dict[str, Any]]]


@pytest.fixture
def admin(client_for: Callable[..., FieldClient], make_user: Callable[..., Any]) -> FieldClient:
    return client_for(make_user("administrator"))


@pytest.fixture
def phone_of(client_for: Callable[[Person], FieldClient]) -> Callable[[Person], Phone]:
    return lambda person: Phone(client_for(person), person)


@pytest.fixture
def phone(phone_of: Callable[[Person], Phone], make_user: Callable[..., Person]) -> Phone:
    """The phone of an administrator."""
    return phone_of(make_user("administrator"))


@pytest.fixture
def account(phone: Phone) -> str:
    """The id of an account in the pool: everybody sees it."""
    return str(phone.client.post("/api/accounts", json={"name": "聖ルカ病院"}).json["id"])


def hang_on(session: Session, account_id: Any) -> None:
    """Give the account an attachment whose bytes are not there yet, and a conflict to settle."""
    moment, hash_ = clock.now(), "0" * 64
    told = {"account_id": account_id, "org_id": session.info["actor"].org_id}
    photo = {
        "kind": "photo",
        "name": "店先.jpg",
        "media_type": "image/jpeg",
        "size_bytes": 7,
        "sha256": hash_,
    }
    session.add(Attachment(**told, **photo, duration_s=1.5))
    sides = {"current_at": moment, "other_at": moment, "current_by": new_id(), "other_by": None}
    values = {"current_value": [{"number": "+81312345678"}], "other_value": None}
    about = {"entity": "account", "entity_id": account_id, "field": "phones"}
    session.add(Conflict(**told, **about, **values, **sides))
    session.flush()


def pull(client: FieldClient, cursor: int = 0, **query: Any) -> dict[str, Any]:
    """Return one page."""
    answer = client.get("/api/sync/pull", query_string={"cursor": cursor, **query})
    assert answer.status_code == 200, answer.text
    return answer.json


def load_part(client: FieldClient, part: str, **query: Any) -> dict[str, Any]:
    """Return one page of one part."""
    answer = client.get("/api/sync/snapshot", query_string={"part": part, **query})
    assert answer.status_code == 200, answer.text
    return answer.json


def rows_of(table: dict[str, Any]) -> list[dict[str, Any]]:
    """Return columns as rows."""
    return [dict(zip(table["columns"], values, strict=True)) for values in zip(*table["data"], strict=True)]


def first_load(client: FieldClient) -> Tables:
    """Return everything that ``details`` and ``activities`` hold, page after page, as rows."""
    start = load_part(client, "rows")
    given = {"cursor": start["cursor"]}
    if start["working_set"]:
        given["working_set"] = start["working_set"]
    tables: Tables = {}
    for part in ("details", "activities"):
        after: dict[str, str] = {}
        while True:
            page = load_part(client, part, **given, **after)
            assert page["cursor"] == start["cursor"]
            for name, table in page["tables"].items():
                tables.setdefault(name, []).extend(rows_of(table))
            if page["next"] is None:
                break
            after = {"after": page["next"]}
    return tables
