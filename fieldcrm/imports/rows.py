"""One row of a file as an account: its cells gathered by field, read, checked as the API checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fieldcrm.accounts.schemas import AccountFields
from fieldcrm.accounts.service import Catalogue, Checked, check_fields
from fieldcrm.core.errors import FieldError, Invalid
from fieldcrm.core.wire import parse
from fieldcrm.imports import cells
from fieldcrm.imports.addresses import whole_address
from fieldcrm.imports.delimited import UNCLOSED_QUOTE_LINES
from fieldcrm.imports.fields import PHONE_FIELDS, READERS, SOFT, Row, phone_numbers, read_own_field
from fieldcrm.imports.rules import JOINED
from fieldcrm.imports.words import Words

_LONG_ROW = 500  # characters: shorter ones are not looked at for an open quotation mark
_MULTI_LINE = frozenset({"notes", "tags", *PHONE_FIELDS})


class RowReader:
    """Reads rows of one file: knows its mapping, the organisation's words and its choices."""

    def __init__(self, mapping: Mapping[int, str], *, width: int, words: Words, catalogue: Catalogue) -> None:
        self._mapping = sorted(mapping.items())
        self._width = width
        self._words = words
        self._catalogue = catalogue

    def read(self, row_no: int, row: Sequence[str]) -> Row:
        """Return a row of the file, checked."""
        found = self.read_texts(row_no, self.texts(row), row=row)
        if len(row) > self._width and any(cell.strip() for cell in row[self._width :]):
            found.blame("row", "imports.too_many_cells", expected=self._width, found=len(row))
        if sum(map(len, row)) > _LONG_ROW and any(cell.count("\n") >= UNCLOSED_QUOTE_LINES for cell in row):
            found.blame("row", "imports.unclosed_quote")
        return found

    def read_texts(self, row_no: int, texts: Mapping[str, str], *, row: Sequence[str] = ()) -> Row:
        """Return an account from its fields' texts (a row corrected by hand has no cells)."""
        found = Row(row_no=row_no, cells=row, texts=texts)
        is_readable = not cells.has_unreadable("\n".join(texts.values()))
        for name, text in texts.items():
            if not is_readable and cells.has_unreadable(text):
                found.blame(name, "imports.unreadable" if "\ufffd" in text else "bad_characters")
            elif text and (read := READERS.get(name)):
                read(found, name, text, self._words)
            elif text and name.startswith("custom."):
                read_own_field(found, name, text, self._words)
        if not texts.get("name"):
            found.blame("name", "required")
        self._complete_address(found)
        if not found.is_refused:
            self._check(found)
        return found

    def texts(self, row: Sequence[str]) -> dict[str, str]:
        """Return the text of each mapped field."""
        return texts_of(self._mapping, row)

    def _complete_address(self, row: Row) -> None:
        given = row.given
        whole = whole_address(
            given.get("prefecture", ""), given.get("municipality", ""), row.texts.get("address", "")
        )
        if whole:
            given["address"] = whole

    def _check(self, row: Row) -> None:
        errors: Sequence[FieldError]
        try:
            checked = check_fields(parse(AccountFields, row.given), self._catalogue)
            errors = checked.errors
        except Invalid as refused:
            errors, checked = refused.errors, Checked()
        for error in errors:
            name = _field_of_error(error.field, row.texts)
            is_fatal = name not in SOFT or error.code == "too_long"
            row.blame(name, error.code, is_fatal=is_fatal, **error.params)
        row.columns = checked.columns


def texts_of(mapping: Sequence[tuple[int, str]], row: Sequence[str]) -> dict[str, str]:
    """Return the text of each field; ``mapping`` is (column, field) in the order of the columns."""
    texts: dict[str, str] = {}
    for index, name in mapping:
        raw = row[index] if index < len(row) else ""
        text = cells.block(raw) if name in _MULTI_LINE else cells.line(raw)
        before = texts.get(name, "")
        is_joined = before and text
        texts[name] = before + _between(name, before, text) + text if is_joined else before or text
    return texts


def _between(name: str, before: str, after: str) -> str:
    """Return what stands between joined cells: Latin address lines need a space, Japanese none."""
    last, first = before[-1], after[0]
    touches = last.isascii() and first.isascii() and last.isalnum() and first.isalnum()
    return JOINED.get(name, " ") or (" " if touches else "")


def _field_of_error(path: str, texts: Mapping[str, str]) -> str:
    """Return the field of the file that an error of the account's own check is about."""
    head, _, rest = path.partition(".")
    if head == "phones":
        filled = [name for name in PHONE_FIELDS for _ in phone_numbers(texts.get(name, ""))]
        index = rest.partition(".")[0]
        return filled[int(index)] if index.isdecimal() and int(index) < len(filled) else "phone"
    if head == "custom":
        return path
    return "owner" if head == "owner_id" else head
