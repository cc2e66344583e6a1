"""`flask org create`, `flask user create`."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy.engine import Connection

from fieldcrm.identity.sign_in import authenticate

PASSWORD = "まいにち-2026-kita"


@pytest.fixture
def cli(app: Flask, connection: Connection) -> FlaskCliRunner:
    return app.test_cli_runner()


def _create_user(
    cli: FlaskCliRunner, *, email: str = "ito@example.jp", password: str = PASSWORD, org: str = "kita"
):
    words = ["user", "create", "--org", org, "--email", email, "--name", "伊藤", "--role", "manager"]
    return cli.invoke(args=[*words, "--team", "北", "--team", "南", "--password", password])


def test_person_created_on_the_command_line_can_sign_in(cli: FlaskCliRunner) -> None:
    created = cli.invoke(args=["org", "create", "--slug", "kita", "--name", "北医療器"])
    assert created.exit_code == 0, created.output
    created = _create_user(cli)
    assert created.exit_code == 0, created.output
    assert authenticate(email="ito@example.jp", password=PASSWORD, address="").role == "manager"


def test_what_is_taken_or_wrong_is_said(cli: FlaskCliRunner) -> None:
    create = ["org", "create", "--name", "北医療器", "--slug"]
    assert cli.invoke(args=[*create, "kita"]).exit_code == 0
    assert "slug: Already in use" in cli.invoke(args=[*create, "kita"]).output
    assert "slug: Use lower-case" in cli.invoke(args=[*create, "Kita!"]).output
    assert "no organisation 'minami'" in _create_user(cli, org="minami").output
    assert "password: A password needs at least 10" in _create_user(cli, password="short").output
    assert "must not be the e-mail" in _create_user(cli, password="ITO@example.jp").output
    assert "email: Not a valid e-mail" in _create_user(cli, email="ito").output
    assert _create_user(cli).exit_code == 0
    assert "email: Already in use" in _create_user(cli, email="ITO@example.jp").output


def test_a_forgotten_password_is_set_on_the_command_line(cli: FlaskCliRunner) -> None:
    cli.invoke(args=["org", "create", "--slug", "kita", "--name", "北医療器"])
    _create_user(cli)
    words = ["user", "password", "--email", "ITO@example.jp", "--password"]
    assert "at least 10" in cli.invoke(args=[*words, "short"]).output
    assert cli.invoke(args=[*words, "つぎの合言葉2027年"]).exit_code == 0
    assert authenticate(email="ito@example.jp", password="つぎの合言葉2027年", address="").role == "manager"
    nobody = cli.invoke(args=["user", "password", "--email", "x@example.jp", "--password", PASSWORD])
    assert "Nobody active signs in as" in nobody.output
