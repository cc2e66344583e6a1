"""`flask org ...` and `flask user ...`: organisations and people from the command line."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from fieldcrm.core.actor import Actor, Role, system_actor
from fieldcrm.core.db import forget_tenant, transaction
from fieldcrm.core.errors import ProblemError
from fieldcrm.core.messages import say
from fieldcrm.identity import queries, rules, service
from fieldcrm.identity.sign_in import find_person

org = AppGroup("org", help="Organisations.")
user = AppGroup("user", help="People of an organisation.")

_password = click.option(
    "--password",
    envvar="FIELDCRM_PASSWORD",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="Asked for when not given; FIELDCRM_PASSWORD keeps it out of the process list.",
)
"""How a password is given on the command line."""


class Refused(click.ClickException):
    """A problem, told in English with each field it is about."""

    def __init__(self, error: ProblemError) -> None:
        lines = [f"{e.field}: {say(e.code, 'en', **e.params)}" for e in error.errors]
        super().__init__("; ".join(lines) or say(error.code, "en", **error.params))


@org.command("create")
@click.option("--slug", required=True, help="Short name: a-z, 0-9 and hyphens.")
@click.option("--name", required=True, help="Name as people see it.")
@click.option("--locale", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
@click.option("--timezone", default="Asia/Tokyo", show_default=True)
def create_org(slug: str, name: str, locale: str, timezone: str) -> None:
    """Create an organisation."""
    actor = system_actor(service.reserve_org_id(), locale=locale, timezone=timezone)
    try:
        with transaction(actor) as session:
            service.create_organisation(
                session, actor, slug=slug, name=name, locale=locale, timezone=timezone
            )
    except ProblemError as error:
        raise Refused(error) from None
    click.echo(f"Created organisation {slug}.")


@user.command("create")
@click.option("--org", "slug", required=True, help="Short name of the organisation.")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([role.value for role in Role]), default="rep", show_default=True)
@click.option("--team", "teams", multiple=True, help="Name of a team; made where missing. Repeatable.")
@_password
def create_user(slug: str, email: str, name: str, role: str, teams: tuple[str, ...], password: str) -> None:  # noqa: PLR0917 - click passes by name
    """Create a person who can sign in."""
    actor = actor_of(slug)
    try:
        with transaction(actor) as session:
            known = {team.name: team.id for team in queries.list_teams(session, actor.org_id)}
            team_ids = [
                known.get(team) or service.create_team(session, actor, name=team).id for team in teams
            ]
            service.create_user(
                session, actor, email=email, name=name, role=Role(role), password=password, team_ids=team_ids
            )
    except ProblemError as error:
        raise Refused(error) from None
    click.echo(f"Created {role} {email}.")


@user.command("password")
@click.option("--email", required=True)
@_password
def set_password(email: str, password: str) -> None:
    """Give a person a new password, where no mail brings them back in; they are signed out everywhere."""
    found = find_person(rules.normal_email(email))
    if found.actor is None or found.user_id is None:
        raise click.ClickException(f"Nobody active signs in as {email!r}.")
    actor = system_actor(found.org_id)
    try:
        with transaction(actor) as session:
            service.set_password(session, actor, user_id=found.user_id, password=password)
    except ProblemError as error:
        raise Refused(error) from None
    click.echo(f"{email} has a new password.")


def actor_of(slug: str) -> Actor:
    """Return the system actor of the organisation named on the command line."""
    org_id = service.resolve_slug(slug)
    forget_tenant()
    if org_id is None:
        raise click.ClickException(f"There is no organisation {slug!r}.")
    return system_actor(org_id)
