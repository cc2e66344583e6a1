"""What imports ask of the organisation: its words."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy.orm import Session

from fieldcrm.accounts.service import Catalogue
from fieldcrm.accounts.settings import list_custom_fields, list_statuses
from fieldcrm.core.actor import Actor
from fieldcrm.identity import queries as identity
from fieldcrm.imports.rules import fold
from fieldcrm.imports.words import OwnField, Words, by_fold


def load_reader_parts(session: Session, actor: Actor) -> tuple[Words, Catalogue]:
    """Return words and choices, both whole: rows are then read without the database."""
    catalogue = Catalogue(session, actor)
    for name in ("statuses", "ranks", "former_ranks", "custom_fields", "team_of_owner", "teams"):
        getattr(catalogue, name)
    return load_words(session, actor), catalogue


def load_words(session: Session, actor: Actor) -> Words:
    """Return what statuses, ranks, people and fields of the actor's organisation are called."""
    catalogue = Catalogue(session, actor)
    return Words(
        statuses=by_fold(_status_words(session, actor)),
        ranks={
            **{fold(former): rank for former, rank in catalogue.former_ranks.items()},
            **{fold(rank): rank for rank in catalogue.ranks},
        },
        owners=_owner_words(session, actor, catalogue),
        own_fields=tuple(
            OwnField(field.key, field.type, field.label_ja, field.label_en)
            for field in list_custom_fields(session, actor)
        ),
        default_status=next(iter(catalogue.statuses), 1),
        timezone=actor.timezone,
        is_month_first=actor.locale.startswith("en"),
    )


def _status_words(session: Session, actor: Actor) -> Iterator[tuple[str, int]]:
    statuses = [status for status in list_statuses(session, actor) if status.is_active]
    for status in statuses:
        yield from ((status.name_ja, status.no), (status.name_en, status.no), (status.code, status.no))
    # Numbers and letters only after every name has had its turn.
    for status in statuses:
        yield from ((str(status.no), status.no), (status.letter_ja, status.no))


def _owner_words(session: Session, actor: Actor, catalogue: Catalogue) -> dict[str, UUID]:
    """A name two people share names nobody: their e-mail addresses still do."""
    people = [p for p in identity.list_users(session, actor.org_id) if p.id in catalogue.team_of_owner]
    names = [fold(person.name) for person in people]
    found = {fold(p.name): p.id for p in people if names.count(fold(p.name)) == 1}
    return found | {fold(person.email): person.id for person in people}
