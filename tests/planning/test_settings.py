"""How a person works and how an organisation plans: who may read and set it, and what is refused where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from fieldcrm.core.actor import Role
from fieldcrm.core.audit import AuditEntry
from fieldcrm.core.db import transaction
from fieldcrm.planning.models import PlanningPreference
from tests.fixtures.people import FieldClient, MakeUser, Org, Person
from tests.fixtures.surroundings import FrozenClock

ClientFor = Callable[[Person], FieldClient]
HOME = {"lon": 139.6503, "lat": 35.6762, "name": "自宅の秘密"}
MINE: dict[str, Any] = {
    "working_hours": {"mon": ["08:00", "16:30"], "tue": ["09:00", "18:00"]},
    "works_on_holidays": True,
    "breaks": [{"begin_from": "11:00", "begin_until": "13:30", "minutes": 45}],
    "start_place": HOME,
    "end_place": None,
    "mode": "bicycle",
    "max_driving_min": 300,
    "nights": [{"day": "2026-12-02", "lon": 138.19, "lat": 36.65, "name": "長野のホテル"}],
}


def test_without_settings_one_works_as_everybody_does(make_user: MakeUser, client_for: ClientFor) -> None:
    found = client_for(make_user()).get("/api/planning/preferences").json
    assert found["is_own"] is False
    assert found["working_hours"] == {day: ["09:00", "18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    assert found["breaks"] == [{"begin_from": "11:30", "begin_until": "13:00", "minutes": 60}]
    assert (found["start_place"], found["nights"], found["mode"]) == (None, [], "car")


def test_what_one_sets_is_there_again_and_replaces_the_former(
    make_user: MakeUser, client_for: ClientFor
) -> None:
    client = client_for(make_user())
    assert client.put("/api/planning/preferences", json=MINE).json == {**MINE, "is_own": True}
    assert client.get("/api/planning/preferences").json == {**MINE, "is_own": True}
    second = client.put("/api/planning/preferences", json={}).json
    assert (second["start_place"], second["nights"], second["mode"]) == (None, [], "car")


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.MANAGER])
def test_nobody_else_is_told_where_somebody_lives(
    organisation: Org,
    make_user: MakeUser,
    make_team: Callable[..., Any],
    client_for: ClientFor,
    role: Role,
) -> None:
    team = make_team()
    rep, boss = make_user(teams=[team]), make_user(role, teams=[team])
    client_for(rep).put("/api/planning/preferences", json=MINE)
    client = client_for(boss)
    assert client.get("/api/planning/preferences").json["is_own"] is False
    told = [client.get(path).text for path in ("/api/planning/preferences", "/api/planning/settings")]
    told += [client.get("/api/audit-log").text] if role is Role.ADMINISTRATOR else []
    for text in told:
        assert "自宅の秘密" not in text
        assert "139.65" not in text
        assert "08:00" not in text
    with transaction(organisation.actor) as session:
        entries = session.scalars(
            select(AuditEntry).where(
                AuditEntry.org_id == organisation.org_id, AuditEntry.entity == "planning_preferences"
            )
        ).all()
        assert [(each.action, each.actor_id, each.changes) for each in entries] == [("update", rep.id, {})]


def test_two_settings_of_one_person_are_one_row(
    organisation: Org, make_user: MakeUser, client_for: ClientFor
) -> None:
    rep = make_user()
    for _ in range(2):
        client_for(rep).put("/api/planning/preferences", json=MINE)
    with transaction(organisation.actor) as session:
        query = select(PlanningPreference).where(PlanningPreference.org_id == organisation.org_id)
        assert [row.id for row in session.scalars(query)] == [rep.id]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"working_hours": {"mon": ["18:00", "09:00"]}}, "working_hours.mon", "hours_backwards"),
        ({"working_hours": {"mon": ["9:00", "18:00"]}}, "working_hours.mon.0", "bad_hours"),
        ({"working_hours": {"mon": ["09:00", "25:00"]}}, "working_hours.mon.1", "bad_hours"),
        ({"working_hours": {"monday": ["09:00", "18:00"]}}, "working_hours.monday.[key]", "not_a_choice"),
        (
            {"breaks": [{"begin_from": "13:00", "begin_until": "12:00", "minutes": 60}]},
            "breaks.0",
            "hours_backwards",
        ),
        ({"start_place": {"lon": 190, "lat": 35}}, "start_place.lon", "above_maximum"),
        ({"nights": [MINE["nights"][0], MINE["nights"][0]]}, "nights.1.day", "repeated"),
        ({"max_driving_min": 5}, "max_driving_min", "below_minimum"),
        ({"mode": "rocket"}, "mode", "not_a_choice"),
    ],
)
def test_bad_settings_are_refused_at_their_field(
    make_user: MakeUser, client_for: ClientFor, change: dict[str, Any], field: str, code: str
) -> None:
    answer = client_for(make_user()).put("/api/planning/preferences", json={**MINE, **change})
    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json["errors"]] == [(field, code)]


def test_administrators_set_how_the_organisation_plans_and_everybody_plans_by_it(
    make_user: MakeUser, client_for: ClientFor, frozen_clock: FrozenClock
) -> None:
    client = client_for(make_user(Role.ADMINISTRATOR))
    assert client.get("/api/planning/settings").json["weights"] == {
        "win": 50, "rank": 60, "due": 70, "promise": 50
    }  # fmt: skip
    office = {"lon": 139.7671, "lat": 35.6812, "name": "本社"}
    change = {
        "weights": {"win": 80}, "minutes_by_rank": {"A": 60}, "visit_min": 20, "opening": ["10:00", "17:00"],
        "office": office, "drive_min_per_value": 5,
    }  # fmt: skip
    assert client.patch("/api/planning/settings", json=change).status_code == 200
    found = client_for(make_user(Role.REP)).get("/api/planning/settings").json
    assert found["weights"] == {"win": 80, "rank": 60, "due": 70, "promise": 50}
    assert (found["minutes_by_rank"], found["visit_min"], found["office"]) == ({"A": 60}, 20, office)
    assert found["holidays"]["2026-11-23"] == "勤労感謝の日"
    back = client.patch("/api/planning/settings", json={"office": None, "weights": None}).json
    assert (back["office"], back["weights"]["win"], back["visit_min"]) == (None, 50, 20)


def test_durations_of_ranks_that_are_not_there_and_hours_backwards_are_refused(
    make_user: MakeUser, client_for: ClientFor
) -> None:
    client = client_for(make_user(Role.ADMINISTRATOR))
    change = {"minutes_by_rank": {"Z": 30}, "opening": ["18:00", "09:00"]}
    answer = client.patch("/api/planning/settings", json=change)
    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json["errors"]] == [
        ("minutes_by_rank", "unknown_reference"), ("opening", "hours_backwards")
    ]  # fmt: skip


def test_the_duration_of_a_rank_follows_its_name(make_user: MakeUser, client_for: ClientFor) -> None:
    client = client_for(make_user(Role.ADMINISTRATOR))
    client.patch("/api/planning/settings", json={"minutes_by_rank": {"A": 60}})
    assert client.post("/api/ranks/rename", json={"rank": "A", "to": "S"}).status_code == 200
    assert client.get("/api/planning/settings").json["minutes_by_rank"] == {"S": 60}


@pytest.mark.parametrize("role", [Role.MANAGER, Role.REP, Role.BACK_OFFICE])
def test_only_administrators_set_it(make_user: MakeUser, client_for: ClientFor, role: Role) -> None:
    answer = client_for(make_user(role)).patch("/api/planning/settings", json={"visit_min": 20})
    assert answer.status_code == 403
