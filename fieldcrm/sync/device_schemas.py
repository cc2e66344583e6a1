"""Wire shapes of devices. Where a device is, is nowhere in them."""

from __future__ import annotations

import uuid
from typing import Annotated

from pydantic import Field

from fieldcrm.core.wire import Moment, Wire


class DeviceIn(Wire):
    """What a device tells of itself; it mints its id."""

    id: uuid.UUID
    label: Annotated[str, Field(min_length=1, max_length=120)]
    app_version: Annotated[str, Field(min_length=1, max_length=40)]


class SealKey(Wire):
    """The key (base64) with which the device locks what is unsent when its person signs out."""

    id: uuid.UUID
    seal_key: str


class DeviceOut(Wire):
    """A device, whose it is and when it was last in touch."""

    id: uuid.UUID
    user_id: uuid.UUID
    user_name: str
    label: str
    app_version: str
    first_seen_at: Moment
    last_seen_at: Moment
    wipe_asked_at: Moment | None
    wiped_at: Moment | None


class DeviceList(Wire):
    """Devices, lately seen ones first."""

    items: list[DeviceOut]
    next_cursor: str | None = None


class Wiped(Wire):
    """What an emptied device had not been able to send."""

    unsent: Annotated[int, Field(ge=0, le=1_000_000)]
