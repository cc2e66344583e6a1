"""What imports say, in both languages."""

from __future__ import annotations

from fieldcrm.core.messages import register

register(
    {
        "imports.empty_file": ("ファイルが空です", "The file is empty"),
        "imports.header_only": (
            "見出しだけで、取り込むデータの行がありません",
            "The file has headings only, no rows to import",
        ),
        "imports.web_page": (
            "Excelではなくウェブページ（HTML）のファイルです。Excelで開き、xlsx形式で保存し直してください",
            "This is a web page (HTML), not a spreadsheet. Open it in Excel and save it as xlsx",
        ),
        "imports.not_a_table": (
            "表として読めないファイルです。CSVまたはExcel（xlsx）を選んでください",
            "This file cannot be read as a table. Choose a CSV or Excel (xlsx) file",
        ),
        "imports.broken_workbook": (
            "Excelファイルが壊れているため開けません。Excelで開いて保存し直してください",
            "The workbook is damaged and cannot be opened. Open it in Excel and save it again",
        ),
        "imports.encrypted_workbook": (
            "パスワード付きのExcelファイルです。パスワードを外して保存し直してください",
            "The workbook is protected by a password. Remove it and save again",
        ),
        "imports.too_many_rows": (
            "一度に取り込めるのは{max}行・{columns}列までです。ファイルを分けてください",
            "At most {max} rows and {columns} columns can be imported at once. Please split the file",
        ),
        "imports.too_many_columns": (
            "一度に取り込めるのは{max}列までです",
            "At most {max} columns can be imported",
        ),
        "imports.unknown_encoding": (
            "対応していない文字コードです（UTF-8、Shift_JIS、UTF-16、EUC-JP）",
            "This encoding is not supported (UTF-8, Shift_JIS, UTF-16, EUC-JP)",
        ),
        "imports.file_needed": ("ファイルを選んでください", "Choose a file"),
        "imports.no_such_column": ("この列はファイルにありません", "The file has no such column"),
        "imports.no_such_field": ("この項目はありません", "There is no such field"),
        "imports.field_twice": (
            "同じ項目が二つの列に割り当てられています",
            "Two columns feed the same field",
        ),
        "imports.name_needed": (
            "名称にあたる列を選んでください",
            "Choose the column that holds the name",
        ),
        "imports.already_started": ("この取り込みは開始済みです", "This import has already been started"),
        "imports.not_done": (
            "取り込みが終わってから修正してください",
            "Please wait until the import is done",
        ),
        "imports.row_is_done": ("この行は取り込み済みです", "This row has been imported already"),
        "imports.cannot_undo": (
            "この取り込みは元に戻せません（実行中か、書き込みがありません）",
            "This import cannot be undone (it is running, or wrote nothing)",
        ),
        "imports.interrupted": (
            "途中で止まりました。{row}行目の手前まで取り込み済みです。続きから再開します",
            "Stopped half-way. Everything before row {row} is in; it goes on from there",
        ),
        "imports.column": ("列{letter}", "Column {letter}"),
        "imports.too_many_cells": (
            "列の数が見出しと合いません（見出し{expected}列、この行{found}列）",
            "More cells than headings ({found} instead of {expected})",
        ),
        "imports.unclosed_quote": (
            '引用符（"）が閉じられていないため、以降の行までひと続きに読まれました',
            "A quotation mark is not closed, so the rows after it were read as part of this one",
        ),
        "imports.unreadable": (
            "文字化けしている文字があります。文字コードを確認してください",
            "Holds characters that could not be read. Please check the file's encoding",
        ),
        "imports.not_a_choice": (
            "「{value}」は選択肢にありません",
            "“{value}” is not one of the options",
        ),
        "imports.no_such_owner": (
            "担当者「{value}」が見つからないため、担当者なしで取り込みました",
            "There is no user “{value}”; imported without an owner",
        ),
        "imports.bad_postal_code": ("郵便番号として読めません", "Not a postal code"),
        "imports.not_yet": ("未来の日付です", "This day has not come yet"),
        "imports.no_such_account": (
            "このIDの顧客はありません",
            "There is no account with this id",
        ),
        "imports.out_of_reach": (
            "ほかのチームの顧客のため変更できません",
            "This account belongs to another team and cannot be changed",
        ),
        "imports.twice_in_file": (
            "{row}行目と同じ顧客ですが、内容が異なります",
            "The same customer as row {row}, with other content",
        ),
        "imports.already_in_file": (
            "同じファイルの別の行で取り込み済みの顧客です",
            "Another row of this file is already imported as this customer",
        ),
        "imports.not_located": (
            "住所から位置を特定できませんでした",
            "The address could not be placed on the map",
        ),
        "imports.geo_zero": (
            "座標が0のため、住所から位置を決めました",
            "The coordinates are 0; placed by the address",
        ),
        "imports.geo_outside_prefecture": (
            "座標が住所の都道府県（{prefecture}）の外にあるため、住所から位置を決めました",
            "The coordinates lie outside the address's prefecture ({prefecture}); placed by the address",
        ),
        "imports.geo_not_in_japan": (
            "座標が海上または国外のため、住所から位置を決めました",
            "The coordinates lie in the sea or abroad; placed by the address",
        ),
        "imports.geo_swapped": (
            "緯度と経度が入れ替わっていたため、入れ替えて使いました",
            "Latitude and longitude were swapped; used the other way round",
        ),
        "imports.geo_far_from_address": (
            "座標が住所から遠く離れています。地図で確認してください",
            "The coordinates are far from the address. Please check on the map",
        ),
        "imports.kept_changed": (
            "取り込み後に変更されているため、そのまま残しました",
            "Changed since the import, so it was left as it is",
        ),
        "imports.reason": ("取り込めなかった理由", "Reason not imported"),
    }
)
