"""Wire shapes of the session: what the app needs to know before its first screen."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Literal

from fieldcrm.accounts.settings_schemas import FieldType, Shape
from fieldcrm.core.actor import Role
from fieldcrm.core.wire import Wire

Locale = Literal["ja", "en"]


class SessionUser(Wire):
    """The person signed in; ``locale`` is what the app speaks to them."""

    id: uuid.UUID
    name: str
    email: str
    role: Role
    locale: Locale
    team_ids: list[uuid.UUID]


class SessionOrganisation(Wire):
    """Their organisation; ``today`` in its time zone, ``clock`` its change clock, weekdays as ISO numbers."""

    id: str
    name: str
    locale: str
    timezone: str
    today: date
    ranks: list[str]
    working_days: list[int]
    clock: int


class SessionStatus(Wire):
    """A status of accounts."""

    no: int
    code: str
    name_ja: str
    name_en: str
    letter_ja: str
    letter_en: str
    colour: str
    colour_dark: str
    shape: Shape
    position: int
    is_active: bool


class SessionOutcome(Wire):
    """An outcome of activities."""

    no: int
    code: str
    name_ja: str
    name_en: str
    position: int
    is_active: bool


class SessionCustomField(Wire):
    """A field that the administrator defined."""

    id: uuid.UUID
    key: str
    label_ja: str
    label_en: str
    type: FieldType
    choices: list[str]
    position: int


class SessionColleague(Wire):
    """A person of the organisation; also one who left: what they did names them."""

    id: uuid.UUID
    name: str
    role: Role
    team_ids: list[uuid.UUID]
    is_active: bool


class SessionTeam(Wire):
    """A team of the organisation."""

    id: uuid.UUID
    name: str


class SessionBasemap(Wire):
    """Where the map's background may come from."""

    raster_url: str | None
    raster_attribution: str
    pmtiles_url: str | None


class SessionOut(Wire):
    """``GET /api/session``."""

    csrf_token: str
    user: SessionUser
    organisation: SessionOrganisation
    statuses: list[SessionStatus]
    outcomes: list[SessionOutcome]
    custom_fields: list[SessionCustomField]
    users: list[SessionColleague]
    teams: list[SessionTeam]
    basemap: SessionBasemap
    version: str


class Preferences(Wire):
    """What a person may choose for themselves."""

    locale: Locale
