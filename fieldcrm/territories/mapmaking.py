"""What a map to pass on shows, read for one person and put into their words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account
from fieldcrm.accounts.settings import list_statuses
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import ProblemError
from fieldcrm.core.messages import say
from fieldcrm.geocoding.area_shapes import MUNICIPALITIES, PREFECTURES, area_shapes
from fieldcrm.identity.policy import Scope, scope_of
from fieldcrm.territories import messages, service
from fieldcrm.territories.mapfile import Area, MapContent, StatusLayer
from fieldcrm.territories.queries import Asked
from fieldcrm.territories.rules import CLASSES, Counts

_PIECE: Final = 2_000
MOST_ACCOUNTS: Final = 50_000
"""More would make a file that no mail carries and no browser likes: the municipalities alone are drawn."""
_FIGURES: Final = ("accounts", "covered", "share", "overdue", "never_visited", "visits")

assert messages  # noqa: S101 - imported for the words it registers


class NoShapes(ProblemError):
    """The embedded basemap has not been built yet: there is nothing to draw coverage on."""

    status = 409
    code = "coverage.no_shapes"


def make_content(
    session: Session, actor: Actor, *, days: int, rank: str | None, locale: str, names: tuple[str, str]
) -> MapContent:
    """Return all that the map shows, of one rank or of all.

    ``names`` are the organisation's and the orderer's. Raises NoShapes.
    """
    asked = service.asked_by(actor, days=days, rank=rank)
    found = service.count(session, actor, days=days, rank=rank)
    land = area_shapes(session, level=PREFECTURES, generalisation=0)
    if not land:
        raise NoShapes()
    is_drawable = found.total.accounts <= MOST_ACCOUNTS
    layers = _layers(session, asked, locale=locale) if is_drawable else []
    words = _words(found, asked, locale=locale, names=names)
    missing = found.total.accounts - sum(len(layer.accounts) for layer in layers)
    if missing:
        code = "coverage.not_placed" if is_drawable else "coverage.too_many"
        words["missing"] = say(code, locale, n=f"{missing:,}")
    return MapContent(
        locale=locale,
        words=words,
        figures=_figures(found.total, days=days, locale=locale),
        classes=[
            say("coverage.percent", locale, low=low, high=high)
            for low, high in zip((0, *CLASSES), (*(start - 1 for start in CLASSES), 100), strict=True)
        ],
        land=[shape.geometry for shape in land],
        areas=list(_areas(session, found, locale=locale)),
        layers=layers,
    )


def _layers(session: Session, asked: Asked, *, locale: str) -> list[StatusLayer]:
    actor, today = asked.actor, asked.today
    is_english = locale.startswith("en")
    layers = {
        status.no: StatusLayer(
            status.name_en if is_english else status.name_ja,
            (status.letter_en if is_english else status.letter_ja)[:2],
            status.colour,
        )
        for status in list_statuses(session, actor)
    }
    query = (
        select(Account.status, Account.lon, Account.lat, Account.name, Account.last_visit_at, Account.due_on)
        .where(*asked.conditions(), Account.qk.is_not(None))
        .execution_options(yield_per=_PIECE)
    )
    zone, epoch = ZoneInfo(actor.timezone), date(1970, 1, 1)
    for piece in session.execute(query).partitions():
        for status, lon, lat, name, visited, due in piece:
            day = None if visited is None else (visited.astimezone(zone).date() - epoch).days
            place = [round(lon * 1e5), round(lat * 1e5)]  # type: ignore[operator]  # qk is of both
            layers[status].accounts.append([*place, name, day, int(due is not None and due < today)])
    return [layer for layer in layers.values() if layer.accounts]


def _areas(session: Session, found: service.Coverage, *, locale: str) -> Iterator[Area]:
    codes = [code for code in found.by_municipality if code is not None]
    for shape in area_shapes(session, level=MUNICIPALITIES, generalisation=1, codes=codes):
        counts = found.by_municipality[shape.code]
        at = service.municipality_json(shape.code)
        yield Area(
            code=shape.code,
            name=shape.name,
            share=counts.share or 0,
            lon=at["lon"],
            lat=at["lat"],
            geometry=shape.geometry,
            lines=[f"{label} {value}" for label, value in _figures(counts, days=found.days, locale=locale)],
        )


def _figures(counts: Counts, *, days: int, locale: str) -> list[tuple[str, str]]:
    values: dict[str, Any] = {name: getattr(counts, name) for name in _FIGURES}
    return [
        (
            say(f"coverage.{name}", locale, days=days),
            "–" if value is None else f"{value}%" if name == "share" else f"{value:,}",
        )
        for name, value in values.items()
    ]


def _words(found: service.Coverage, asked: Asked, *, locale: str, names: tuple[str, str]) -> dict[str, str]:
    plain = (
        "by_municipality", "statuses", "never_visited", "overdue", "last_visit", "legend", "credit", "layers",
        "zoom_in", "zoom_out",
    )  # fmt: skip
    sees_all = scope_of(asked.actor, "team.read") is Scope.ALL
    title = "coverage.title" if asked.rank is None else "coverage.title_of_rank"
    return {name: say(f"coverage.{name}", locale) for name in plain} | {
        "title": say(title, locale, day=found.today.isoformat(), rank=asked.rank),
        "organisation": names[0],
        "whose": say("coverage.all" if sees_all else "coverage.team", locale, name=names[1]),
        "definition": say("coverage.definition", locale, days=found.days),
        "missing": "",
    }
