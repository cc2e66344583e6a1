"""The organisation's own words: what its statuses, ranks, people and fields are called in files."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from fieldcrm.imports.matching import Vocabulary
from fieldcrm.imports.rules import FIELDS, KIND_WORDS, fold


@dataclass(frozen=True, slots=True)
class OwnField:
    """A custom field as a column may name and fill it."""

    key: str
    type: str
    label_ja: str
    label_en: str


@dataclass(frozen=True)
class Words:
    """Folded word -> what it stands for. Loaded once an import; knows no database."""

    statuses: Mapping[str, int]
    ranks: Mapping[str, str]
    owners: Mapping[str, uuid.UUID]
    own_fields: tuple[OwnField, ...]
    default_status: int
    timezone: str
    is_month_first: bool = False

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """Word -> kind of account."""
        return {fold(word): kind for kind, words in KIND_WORDS.items() for word in words}

    @cached_property
    def field_types(self) -> Mapping[str, str]:
        """``custom.<key>`` -> type of the field."""
        return {f"custom.{own.key}": own.type for own in self.own_fields}

    def field_keys(self) -> list[str]:
        """Return every key a column can be mapped to."""
        return [*FIELDS, *self.field_types]

    def vocabulary(self) -> Vocabulary:
        """Return what the column matcher needs of this."""
        named = (
            (name, f"custom.{own.key}")
            for own in self.own_fields
            for name in (own.key, own.label_ja, own.label_en)
        )
        return Vocabulary(
            custom={fold(name): key for name, key in named if name},
            choices={
                "kind": self.kinds,
                "status": self.statuses,
                "rank": self.ranks,
                "owner": self.owners,
            },
        )


def by_fold(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return folded word -> number; the first to take a word keeps it."""
    found: dict[str, int] = {}
    for word, number in pairs:
        if word:
            found.setdefault(fold(word), number)
    return found
