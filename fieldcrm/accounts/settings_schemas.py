"""Wire shapes of what the administrator defines: statuses and custom fields; and of contacts."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from fieldcrm.accounts.rules import rank_as_read, tidy_rank
from fieldcrm.accounts.schemas import Name, PhoneIn, PhoneOut
from fieldcrm.core.paging import PageQuery
from fieldcrm.core.wire import Wire

Label = Annotated[str, Field(min_length=1, max_length=40)]
Letter = Annotated[str, Field(min_length=1, max_length=2)]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Shape = Literal["circle", "square", "diamond", "triangle", "hexagon", "pentagon"]
FieldType = Literal["text", "number", "date", "choice"]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Position = Annotated[int, Field(ge=0, le=1000)]
Choices = Annotated[list[Annotated[str, Field(min_length=1, max_length=60)]], Field(max_length=100)]


class StatusIn(Wire):
    """A new status."""

    code: Key
    name_ja: Label
    name_en: Label
    letter_ja: Letter
    letter_en: Letter
    colour: Colour
    colour_dark: Colour
    shape: Shape = "circle"
    position: Position | None = None


class StatusChange(Wire):
    """Changed fields only; ``force`` takes a status in use out of the choices."""

    name_ja: Label | None = None
    name_en: Label | None = None
    letter_ja: Letter | None = None
    letter_en: Letter | None = None
    colour: Colour | None = None
    colour_dark: Colour | None = None
    shape: Shape | None = None
    position: Position | None = None
    is_active: bool | None = None
    force: bool = False


class StatusOut(Wire):
    """A stage of an account's life, as the organisation names it."""

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


class StatusList(Wire):
    """All statuses, those no longer chosen too."""

    items: list[StatusOut]
    next_cursor: str | None = None


class RankRenaming(Wire):
    """How many accounts have got their rank's new name, of how many."""

    rank: str
    to: str
    done: int
    total: int


class RankList(Wire):
    """The ranks that accounts may have, best first; to administrators ``renaming``, while it goes on."""

    ranks: list[str]
    renaming: RankRenaming | None = None


class RanksChange(Wire):
    """All ranks, best first; ``force`` takes out of the choices what accounts have."""

    ranks: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=20)]], Field(min_length=1, max_length=20)
    ]
    force: bool = False

    @field_validator("ranks")
    @classmethod
    def _distinct(cls, ranks: list[str]) -> list[str]:
        tidy = [tidy_rank(rank) for rank in ranks]
        if len({rank_as_read(rank) for rank in tidy}) < len(tidy):
            raise PydanticCustomError("repeated", "two ranks read the same")
        return tidy


class RankRename(Wire):
    """A rank and what it is to be called."""

    rank: str
    to: Annotated[str, Field(min_length=1, max_length=20)]

    @field_validator("to")
    @classmethod
    def _tidy(cls, to: str) -> str:
        return tidy_rank(to)


class CustomFieldIn(Wire):
    """A new field of the administrator's."""

    key: Key
    label_ja: Label
    label_en: Label
    type: FieldType
    choices: Choices = Field(default_factory=list)
    position: Position | None = None

    @field_validator("choices")
    @classmethod
    def _distinct(cls, choices: list[str]) -> list[str]:
        return distinct(choices)


class CustomFieldChange(Wire):
    """Changed fields only; key and type are for good."""

    label_ja: Label | None = None
    label_en: Label | None = None
    choices: Choices | None = None
    position: Position | None = None

    @field_validator("choices")
    @classmethod
    def _distinct(cls, choices: list[str] | None) -> list[str] | None:
        return None if choices is None else distinct(choices)


class CustomFieldOut(Wire):
    """A field the administrator defined."""

    id: uuid.UUID
    key: str
    label_ja: str
    label_en: str
    type: FieldType
    choices: list[str]
    position: int


class CustomFieldList(Wire):
    """The administrator's own fields in order."""

    items: list[CustomFieldOut]
    next_cursor: str | None = None


class ContactFields(Wire):
    """What people may set of a contact."""

    name: Name | None = None
    name_kana: str | None = Field(default=None, max_length=200)
    title: str | None = Field(default=None, max_length=100)
    department: str | None = Field(default=None, max_length=100)
    phones: list[PhoneIn | str] = Field(default_factory=list, max_length=10)
    email: str | None = Field(default=None, max_length=254)
    notes: str | None = Field(default=None, max_length=10_000)


class ContactDraft(ContactFields):
    """A new contact; ``id`` may be minted by the client."""

    id: uuid.UUID | None = None
    account_id: uuid.UUID
    name: Name


class ContactChange(ContactFields):
    """Changed fields only."""

    base_version: int | None = None


class ContactOut(Wire):
    """A person at an account."""

    id: uuid.UUID
    account_id: uuid.UUID
    name: str
    name_kana: str | None
    title: str | None
    department: str | None
    phones: list[PhoneOut]
    email: str | None
    notes: str | None
    version: int
    change_seq: int


class ContactPage(Wire):
    """An account's contacts by name."""

    items: list[ContactOut]
    next_cursor: str | None = None


class ContactQuery(PageQuery):
    """Whose contacts, and which page."""

    account_id: uuid.UUID


def distinct(choices: list[str]) -> list[str]:
    """Return the choices if each is there once."""
    if len(set(choices)) != len(choices):
        raise PydanticCustomError("already_taken", "each choice once")
    return choices
