"""Files of every kind, good and bad, and what is said about them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
import xlsxwriter

from fieldcrm.core.errors import Invalid
from fieldcrm.imports import encodings, header_row, reading, workbooks
from fieldcrm.imports.delimited import find_delimiter

TEXT = "会社名,住所,電話\n見本,東京都港区芝1-1,03-1234-5678\nカフェ髙橋,大阪市北区1,06-1234-5678\n"


def rows_of(content: bytes, filename: str = "x.csv", encoding: str | None = None) -> list[list[str]]:
    return list(reading.open_table(io.BytesIO(content), filename, encoding=encoding).rows())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp932", "euc_jp"])
def test_every_encoding_is_recognised(encoding: str) -> None:
    # EUC-JP has no 髙; the others do.
    text = TEXT.replace("髙", "高") if encoding == "euc_jp" else TEXT
    assert rows_of(text.encode(encoding))[2][0] == ("カフェ高橋" if encoding == "euc_jp" else "カフェ髙橋")


def test_chosen_encoding_overrides_the_detected_one() -> None:
    assert rows_of("名称\n①商店\n".encode("cp932"), encoding="Shift_JIS")[1] == ["①商店"]
    with pytest.raises(Invalid) as refused:
        rows_of(b"a,b\n1,2\n", encoding="klingon")
    assert refused.value.errors[0].code == "imports.unknown_encoding"


def test_western_text_is_not_taken_for_japanese() -> None:
    assert encodings.detect(io.BytesIO("name,city\nCafé Zürich,Köln\n".encode("cp1252"))) == "cp1252"


@pytest.mark.parametrize(("text", "delimiter"), [
    ("a,b,c\n1,2,3\n", ","),
    ("a\tb\tc\n1,5\t2\t3\n", "\t"),
    ("a;b;c\n1,5;2,5;3\n", ";"),
    ('a,b\n"1;2;3","x;y"\n', ","),
])  # fmt: skip
def test_delimiter_is_found(text: str, delimiter: str) -> None:
    assert find_delimiter(text) == delimiter


def test_quoted_newlines_stay_in_their_cell() -> None:
    assert rows_of('名称,備考\n見本,"一行目\n二行目"\n'.encode())[1] == ["見本", "一行目\n二行目"]


def test_nul_bytes_do_not_stop_the_reader() -> None:
    rows = rows_of(b"name,notes\nA,x\x00y\nB,fine\n")
    assert [row[0] for row in rows] == ["name", "A", "B"]


@pytest.mark.parametrize(("content", "filename", "code"), [
    (b"", "x.csv", "imports.empty_file"),
    (b" \n\n", "x.csv", "imports.empty_file"),
    (bytes(range(256)) * 50, "x.csv", "imports.not_a_table"),
    (b"<!DOCTYPE html><html><table><tr><td>x</td></tr></table>", "x.csv", "imports.web_page"),
])  # fmt: skip
def test_unreadable_files_are_refused_with_the_reason(content: bytes, filename: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        rows_of(content, filename)
    assert [(error.field, error.code) for error in refused.value.errors] == [("file", code)]


def workbook(fill: Callable[..., None], **options: object) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, options)
    fill(book)
    book.close()
    return target.getvalue()


def test_workbook_cells_become_text_as_typed() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["名称", "番号", "緯度", "訪問日"])
        sheet.write_row(1, 0, ["見本", 12, 35.5])
        sheet.write_datetime(1, 3, date(2025, 6, 1), book.add_format({"num_format": "yyyy/mm/dd"}))

    assert rows_of(workbook(fill), "x.xlsx") == [
        ["名称", "番号", "緯度", "訪問日"],
        ["見本", "12", "35.5", "2025-06-01"],
    ]


def test_first_visible_sheet_with_content_is_read_and_rows_keep_their_numbers() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("空")
        hidden = book.add_worksheet("隠し")
        hidden.write(0, 0, "秘密")
        hidden.hide()
        book.add_worksheet("顧客").write(2, 0, "名称")

    assert rows_of(workbook(fill), "x.xlsx") == [[""], [""], ["名称"]]


@pytest.mark.parametrize("damage", [
    lambda good: good[: len(good) // 2],
    lambda good: b"PK\x03\x04 not really a workbook",
    lambda good: b"this is not a workbook at all",
])  # fmt: skip
def test_broken_workbook_is_refused_with_the_reason(damage: Callable[[bytes], bytes]) -> None:
    good = workbook(lambda book: book.add_worksheet().write(0, 0, "名称"))
    with pytest.raises(Invalid) as refused:
        rows_of(damage(good), "x.xlsx")
    assert refused.value.errors[0].code == "imports.broken_workbook"


def _with_sheet(xml: bytes) -> bytes:
    good = workbook(lambda book: book.add_worksheet().write(0, 0, "名称"))
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, xml if part == "xl/worksheets/sheet1.xml" else old.read(part))
    return target.getvalue()


def test_workbook_of_a_million_rows_is_refused_with_the_limit_and_little_memory() -> None:
    import tracemalloc

    row = b'<row r="%d"><c r="A%d" t="n"><v>1</v></c></row>'
    sheet = b"<worksheet><sheetData>" + b"".join(row % (n, n) for n in range(1, 1_000_001))
    content = _with_sheet(sheet + b"</sheetData></worksheet>")
    del sheet
    tracemalloc.start()
    with pytest.raises(Invalid) as refused:
        rows_of(content, "x.xlsx")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused.value.errors[0].code == "imports.too_many_rows"
    assert refused.value.errors[0].params["max"] == "200,000"
    assert peak < 20_000_000


def test_one_stray_cell_in_the_last_corner_does_not_fill_the_memory() -> None:
    cells = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    sheet = b"<worksheet><sheetData>" + cells + b"</sheetData></worksheet>"
    with pytest.raises(workbooks.TooManyRows):
        workbooks.rows(io.BytesIO(_with_sheet(sheet)))


def test_headings_are_found_below_titles_and_missed_where_there_are_none() -> None:
    titled = [["顧客一覧"], [], ["出力日", "2025/06/01"], ["会社名", "住所"], ["見本", "東京都港区1"]]
    assert header_row.find(titled) == 3
    assert (
        header_row.find([["見本商事", "東京都港区芝1-1"], ["例社", "大阪府大阪市1"]]) == header_row.NO_HEADER
    )
    unknown = [["甲", "乙"], ["見本商事", "03-1234-5678"], ["例社", "06-1234-5678"]]
    assert header_row.find(unknown) == 0
