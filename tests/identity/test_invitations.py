"""An administrator invites; the link in the mail, or handed over otherwise, lets one person in, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from fieldcrm.core.db import forget_tenant, set_tenant
from tests.fixtures.mail import MailServer, RunJobs, link_in, words_of
from tests.fixtures.people import FieldClient, MakeOrganisation, MakeUser, Person, Team
from tests.fixtures.surroundings import FrozenClock
from tests.identity.forms import PASSWORD, sign_in, submit

ClientFor = Callable[[Person], FieldClient]


@pytest.fixture
def team(make_team: Callable[..., Team]) -> Team:
    return make_team("東京第一")


@pytest.fixture
def admin(make_user: MakeUser, client_for: ClientFor) -> FieldClient:
    return client_for(make_user("administrator", name="管理 太郎"))


def _invite(admin: FieldClient, **changes: object) -> dict[str, object]:
    body = {"email": "Tanaka@Example.jp", "name": "田中 実", "role": "rep", "locale": "ja", **changes}
    answer = admin.post("/api/invitations", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json


@pytest.mark.parametrize(
    ("locale", "subject", "words", "button"),
    [
        ("ja", "見本商事 FieldCRMへの招待", "管理 太郎さんから、見本商事のFieldCRMへの招待", "はじめる"),
        ("en", "Your invitation to 見本商事 on FieldCRM", "管理 太郎 invites you to 見本商事", "Start"),
    ],
)
def test_who_is_invited_joins_with_role_and_teams(
    admin: FieldClient,
    stranger: FieldClient,
    team: Team,
    mail_server: MailServer,
    run_jobs: RunJobs,
    locale: str,
    subject: str,
    words: str,
    button: str,
) -> None:
    invited = _invite(admin, locale=locale, role="manager", team_ids=[str(team.id)])
    assert invited["mailed_at"] is None
    run_jobs()
    (listed,) = admin.get("/api/invitations").json["items"]
    assert listed["mailed_at"] is not None
    (mail,) = mail_server.mails
    assert (mail["To"], mail["Subject"], mail["Content-Language"]) == ("tanaka@example.jp", subject, locale)
    assert words in words_of(mail)
    path = link_in(mail)
    page = stranger.get(path, headers={"Accept-Language": "fr"})
    assert button in page.text  # the invitation's language where the browser speaks neither
    answer = submit(stranger, path, name="田中  みのる", password=PASSWORD, again=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/")
    me = stranger.get("/api/session").json["user"]
    assert (me["name"], me["email"], me["role"]) == ("田中 みのる", "tanaka@example.jp", "manager")
    assert (me["team_ids"], me["locale"]) == ([str(team.id)], locale)
    assert admin.get("/api/invitations").json["items"] == []
    assert stranger.get(path).status_code == 410
    again = FieldClient(stranger.application, use_cookies=True)
    assert sign_in(again, email="tanaka@example.jp", password=PASSWORD).status_code == 303


def test_link_can_be_copied_ends_when_sent_again_and_when_withdrawn(
    admin: FieldClient, stranger: FieldClient, mail_server: MailServer, run_jobs: RunJobs
) -> None:
    invitation = _invite(admin)["id"]

    def copied() -> str:
        link = admin.post(f"/api/invitations/{invitation}/link").json["link"]
        return str(link).removeprefix("https://crm.example")

    first = copied()
    assert stranger.get(first).status_code == 200
    assert admin.post(f"/api/invitations/{invitation}/resend").status_code == 200
    run_jobs()
    # The first mail's link had ended before the mail server was asked: only the newest is sent.
    assert [link_in(mail) for mail in mail_server.mails] == [copied()]
    assert stranger.get(first).status_code == 410
    assert stranger.get(copied()).status_code == 200
    second = copied()
    assert admin.delete(f"/api/invitations/{invitation}").status_code == 204
    assert stranger.get(second).status_code == 410
    assert admin.post(f"/api/invitations/{invitation}/resend").status_code == 409
    _invite(admin)  # the address is free again


def test_link_ends_after_a_week_and_a_fresh_one_is_sent(
    admin: FieldClient,
    stranger: FieldClient,
    mail_server: MailServer,
    run_jobs: RunJobs,
    frozen_clock: FrozenClock,
) -> None:
    invitation = _invite(admin)["id"]
    run_jobs()
    path = link_in(mail_server.mails[0])
    frozen_clock.move(days=7, minutes=1)
    ended = stranger.get(path, headers={"Accept-Language": "ja"})
    assert ended.status_code == 410
    assert "管理者に再送を頼んで" in ended.text
    admin.post(f"/api/invitations/{invitation}/resend")
    run_jobs()
    assert stranger.get(link_in(mail_server.mails[1])).status_code == 200


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"email": "tanaka"}, "email", "bad_email"),
        ({"email": "here@example.jp"}, "email", "already_taken"),
        ({"email": "twice@example.jp"}, "email", "already_invited"),
        ({"name": " "}, "name", "required"),
        ({"role": "king"}, "role", "not_a_choice"),
        ({"team_ids": ["01890000-0000-7000-8000-000000000000"]}, "team_ids", "unknown_reference"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    admin: FieldClient, make_user: MakeUser, change: dict[str, object], field: str, code: str
) -> None:
    make_user("rep", email="here@example.jp")
    _invite(admin, email="twice@example.jp")
    body = {"email": "tanaka@example.jp", "name": "田中", "role": "rep", **change}
    answer = admin.post("/api/invitations", json=body)
    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json["errors"]] == [(field, code)]


def test_whose_address_is_of_another_organisation_is_told_on_joining_and_nobody_else_is(
    admin: FieldClient, stranger: FieldClient, make_user: MakeUser, make_organisation: MakeOrganisation
) -> None:
    make_user("rep", email="tanaka@example.jp", org=make_organisation())
    invitation = _invite(admin)["id"]  # the administrator does not learn of it
    link = admin.post(f"/api/invitations/{invitation}/link").json["link"]
    path = "/" + link.split("/", 3)[3]
    answer = submit(stranger, f"{path}&lang=ja", name="田中", password=PASSWORD, again=PASSWORD)
    assert answer.status_code == 422
    assert "別の組織" in answer.text


def test_a_team_that_went_meanwhile_is_left_out(
    admin: FieldClient, stranger: FieldClient, team: Team
) -> None:
    invitation = _invite(admin, team_ids=[str(team.id)])["id"]
    session = set_tenant(team.org.actor)
    session.execute(text("update teams set deleted_at = now() where org_id = :org"), {"org": team.org.org_id})
    session.commit()
    forget_tenant()
    link = admin.post(f"/api/invitations/{invitation}/link").json["link"]
    answer = submit(stranger, "/" + link.split("/", 3)[3], name="田中", password=PASSWORD, again=PASSWORD)
    assert answer.status_code == 303
    assert stranger.get("/api/session").json["user"]["team_ids"] == []


def test_inviting_and_joining_are_in_the_audit_log(
    admin: FieldClient, stranger: FieldClient, team: Team
) -> None:
    invitation = _invite(admin)["id"]
    link = admin.post(f"/api/invitations/{invitation}/link").json["link"]
    submit(stranger, "/" + link.split("/", 3)[3], name="田中", password=PASSWORD, again=PASSWORD)
    session = set_tenant(team.org.actor)
    rows = session.execute(
        text("select action, changes from audit_log where entity_id = :id order by id"), {"id": invitation}
    ).all()
    forget_tenant()
    assert [row.action for row in rows] == ["create", "show_link", "update"]
    assert "accepted_at" in rows[2].changes


def test_only_administrators_invite(make_user: MakeUser, client_for: ClientFor) -> None:
    for role in ("manager", "rep", "back_office"):
        client = client_for(make_user(role))
        body = {"email": "tanaka@example.jp", "name": "田中", "role": "rep"}
        assert client.post("/api/invitations", json=body).status_code == 403
        assert client.get("/api/invitations").status_code == 403
        assert client.get("/api/users").status_code == 403
