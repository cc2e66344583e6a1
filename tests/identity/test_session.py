"""GET /api/session and the language preference; the gate's own cost."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text

from fieldcrm.core.db import forget_tenant, set_tenant
from tests.fixtures.people import FieldClient, MakeOrganisation, MakeUser, Person, Team
from tests.fixtures.surroundings import FrozenClock

ClientFor = Callable[[Person], FieldClient]
MakeTeam = Callable[..., Team]


def test_session_tells_person_organisation_and_colleagues(
    client_for: ClientFor,
    make_user: MakeUser,
    make_team: Callable[..., Team],
    make_organisation: MakeOrganisation,
) -> None:
    team = make_team("東京第一")
    me = make_user("manager", name="佐藤 花子", teams=[team])
    make_user("rep", name="鈴木 一郎")
    make_user("rep", name="よその人", org=make_organisation())
    found = client_for(me).get("/api/session")
    assert found.status_code == 200
    session = found.json
    assert session["user"]["name"] == "佐藤 花子"
    assert session["user"]["team_ids"] == [str(team.id)]
    assert session["user"]["locale"] == "ja"
    assert {user["name"] for user in session["users"]} == {"佐藤 花子", "鈴木 一郎"}
    assert session["teams"] == [{"id": str(team.id), "name": "東京第一"}]
    assert session["organisation"]["timezone"] == "Asia/Tokyo"
    assert session["organisation"]["ranks"] == ["A", "B", "C", "D"]


def test_today_is_the_organisations_day(
    client_for: ClientFor, make_user: MakeUser, frozen_clock: FrozenClock
) -> None:
    client = client_for(make_user())
    frozen_clock.set("2026-11-18T23:30:00+00:00")
    assert client.get("/api/session").json["organisation"]["today"] == "2026-11-19"


def test_stranger_is_told_to_sign_in_in_their_language(stranger: FieldClient) -> None:
    answer = stranger.get("/api/session", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    assert answer.json["title"] == "Please sign in"
    assert answer.content_type == "application/problem+json"


def test_language_preference_is_kept(client_for: ClientFor, make_user: MakeUser) -> None:
    client = client_for(make_user(locale="ja"))
    answer = client.put("/api/session/preferences", json={"locale": "en"})
    assert answer.json["user"]["locale"] == "en"
    assert client.get("/api/session", headers={"Accept-Language": "ja"}).json["user"]["locale"] == "en"
    refused = client.put("/api/session/preferences", json={"locale": "fr"})
    assert refused.status_code == 422
    assert refused.json["errors"][0] == {
        "field": "locale",
        "code": "not_a_choice",
        "message": "Choose one of the options",
    }


def test_without_own_choice_the_browser_decides_then_the_organisation(
    client_for: ClientFor, make_user: MakeUser, make_organisation: MakeOrganisation
) -> None:
    client = client_for(make_user(locale=None, org=make_organisation(locale="en")))
    asked = {
        header: client.get("/api/session", headers={"Accept-Language": header}).json
        for header in ("ja", "fr")
    }
    assert asked["ja"]["user"]["locale"] == "ja"
    assert asked["fr"]["user"]["locale"] == "en"


def test_use_of_a_session_is_written_down_at_most_every_five_minutes(
    client_for: ClientFor, make_user: MakeUser, frozen_clock: FrozenClock
) -> None:
    me = make_user()
    client = client_for(me)

    def ends_at() -> str:
        session = set_tenant(me.actor)
        try:
            return session.scalar(text("select expires_at::text from user_sessions"))
        finally:
            forget_tenant()

    before = ends_at()
    frozen_clock.move(minutes=4)
    assert "Set-Cookie" not in client.get("/api/session").headers
    assert ends_at() == before
    frozen_clock.move(minutes=2)
    # The browser's copy of the cookie lives on as well.
    assert "Expires" in client.get("/api/session").headers["Set-Cookie"]
    assert ends_at() > before
    for _ in range(3):
        frozen_clock.move(days=20)
        assert client.get("/api/session").status_code == 200
    frozen_clock.move(days=31)
    assert client.get("/api/session").status_code == 401


def test_gate_costs_one_query(client_for: ClientFor, make_user: MakeUser, count_queries) -> None:
    client = client_for(make_user())
    with count_queries() as seen:
        client.get("/api/session")
    of_the_gate = [statement for statement in seen if "user_sessions" in statement]
    assert len(of_the_gate) == 1, seen
    assert len(seen) <= 8, seen


def test_another_organisations_cookie_number_opens_nothing(
    client_for: ClientFor, make_user: MakeUser, make_organisation: MakeOrganisation
) -> None:
    client = client_for(make_user())
    other = make_organisation()
    with client.session_transaction() as cookie:
        _, _, session_id = cookie["_user_id"].partition(":")
        cookie["_user_id"] = f"{other.org_id}:{session_id}"
    assert client.get("/api/session").status_code == 401
