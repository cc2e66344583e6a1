"""`flask demo`: loads the demo once and prints its sign-ins."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from fieldcrm.demo.companies import COMPANIES, one_of_each_role
from fieldcrm.demo.load import PASSWORD, load
from fieldcrm.identity.service import resolve_slug

LABELS = {
    "administrator": ("管理者", "Administrator"),
    "manager": ("マネージャー", "Manager"),
    "rep": ("営業", "Rep"),
    "back_office": ("内勤", "Back office"),
}


def sign_ins() -> list[dict[str, str]]:
    """Return whom to sign in as in the first organisation, for the sign-in page."""
    return [
        {
            "label_ja": LABELS[person.role][0],
            "label_en": LABELS[person.role][1],
            "email": person.email,
            "password": PASSWORD,
        }
        for person in one_of_each_role(COMPANIES[0])
    ]


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Load the two demo organisations where missing; print how to sign in."""
    for company in COMPANIES:
        if resolve_slug(company.slug) is None:
            load(company)
    for company in COMPANIES:
        click.echo(f"  {company.name}")
        for person in one_of_each_role(company):
            click.echo(f"    {person.email:22} {' '.join(LABELS[person.role])}")
    click.echo(f"  Password パスワード: {PASSWORD}")
