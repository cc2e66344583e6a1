"""`flask demo`: loads the demo once and prints its sign-ins."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from fieldcrm.demo.companies import COMPANIES
from fieldcrm.demo.load import PASSWORD, load
from fieldcrm.identity.service import resolve_slug

SHOWN_ROLES = {
    "administrator": "管理者 administrator",
    "manager": "マネージャー manager",
    "rep": "営業 rep",
    "back_office": "内勤 back office",
}


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Load the two demo organisations where missing; print how to sign in."""
    for company in COMPANIES:
        if resolve_slug(company.slug) is None:
            load(company)
    for company in COMPANIES:
        click.echo(f"  {company.name}")
        shown: set[str] = set()
        for person in company.people:
            if person.role not in shown:
                shown.add(person.role)
                click.echo(f"    {person.email:22} {SHOWN_ROLES[person.role]}")
    click.echo(f"  Password パスワード: {PASSWORD}")
