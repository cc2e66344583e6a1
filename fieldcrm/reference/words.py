"""What the document says in words: its introduction, the rooms, parameters that mean the same everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

INTRODUCTION: Final = """
Everything the app does, it does through these endpoints.

**Who asks.** Programs send a personal access token (`Authorization: Bearer ...`); browsers use the cookie of
the sign-in, and send the CSRF token with every request that writes. What a person may see and do follows
from their role; what is not theirs to see is answered as if it were not there.

**Refusals** are problem documents (`application/problem+json`, RFC 9457) in the caller's language
(`Accept-Language`, or the person's own choice). Programs decide by `code`.

**Lists** come in pages: `limit` rows and a `next_cursor`; send it back as `cursor` until it is null.
Rows that come and go meanwhile shift nothing.

**Not asked twice.** Answers of reads carry an `ETag`; sent back as `If-None-Match` it gives 304 while nothing
has changed.

**Not done twice.** A write with an `Idempotency-Key` (a UUID) is done once; again, it gives the first answer.
Ids of new rows may be minted by the caller, with the same effect.

**Edits of others.** A change may carry the `base_version` it was made on: fields that someone else changed
since are refused with 412 and the row as it is now.

**Asking for help.** Every answer carries an `X-Request-Id` (one may be sent: 8 to 64 letters, digits,
`-`, `_`); the logs know it.

Moments are UTC with a trailing `Z`, days are local days of the organisation, lengths are metres, longitude
comes before latitude.
""".strip()

INTRODUCTION_JA: Final = """
アプリの機能は、すべてここにあるエンドポイントで動いています。

**認証** プログラムからは個人用アクセストークン（`Authorization: Bearer ...`）を送ります。
ブラウザーはサインインのCookieを使い、
書き込みのときはCSRFトークンも送ります。見える範囲とできることは役割で決まり、見えないものは「存在しない」と答えます。

**エラー** は `application/problem+json`（RFC 9457）で、利用者の言語で返ります。
プログラムでは `code` を見て判断してください。

**一覧** は `limit` 件ずつ返ります。`next_cursor` を次の `cursor` に渡し、null になるまで続けます。
途中で行が増減しても、重複や抜けはありません。

**変更がなければ送らない** 読み取りの応答には `ETag` が付きます。
`If-None-Match` に渡すと、変更がない間は304が返ります。

**二重に実行しない** `Idempotency-Key`（UUID）を付けた書き込みは一度だけ実行され、
再送には最初の応答が返ります。
新しい行のIDを呼び出し側で決めておくこともできます。

**ほかの人の変更** 変更に `base_version` を付けると、
その後にほかの人が変えた項目は412で断られ、最新の内容が返ります。

**問い合わせ** すべての応答に `X-Request-Id` が付きます
（英数字と `-` `_` 8〜64文字なら、送った値をそのまま使います）。
ログはこの番号で探せます。

日時はUTC（末尾は `Z`）、日付は組織の現地の日付、長さはメートル、座標は経度・緯度の順です。
""".strip()

ROOMS: Final[Mapping[str, str]] = {
    "accounts": "Companies, people and properties, their contacts, statuses and custom fields.",
    "appointments": "What is fixed in time in one's own calendar.",
    "auditlog": "Who did what to what and when, in words.",
    "core": "What an operator asks: is it well?",
    "geocoding": "From an address to a point and back, from the packaged gazetteer; the embedded basemap.",
    "identity": "Who is signed in, people, teams and tokens.",
    "imports": "Customers from files, and lists out to files and map programs.",
    "mapview": "Vector tiles of accounts: points near by, clusters from afar.",
    "planning": "Plans of days and weeks, how people work, what makes a visit worth it.",
    "reference": "This document.",
    "sync": "What phones send and receive, their devices, and what the app needs to start.",
    "territories": "Coverage by owner and by municipality, and maps of it to pass on.",
    "telemetry": "Figures for monitoring.",
    "visits": "Activities on every channel, outcomes, tasks, attachments, the team's day.",
}

PARAMETERS: Final[Mapping[str, str]] = {
    "accuracy_m": "How exact the position is, in metres.",
    "cursor": "Where the page before ended: its `next_cursor`.",
    "date": "A local day; today when left out.",
    "day": "A local day.",
    "due_before": "Only what is due before this day.",
    "done": "What is done, instead of what is open.",
    "settled": "What was settled, instead of what waits.",
    "limit": "How many rows a page holds at most.",
    "total": "Count all rows as well; slower.",
    "sort": "In which order.",
    "q": "Words to search for; kana, width and spelling are folded.",
    "kind": "Only this kind of account.",
    "status": "Only these statuses, by number; may be repeated.",
    "owner": "Whose: an id, `me`, or `none` for the pool.",
    "team": "Only of these teams; may be repeated.",
    "tag": "Only with this tag.",
    "win_min": "Win probability of at least this many per cent.",
    "win_max": "Win probability of at most this many per cent.",
    "rank": "Only of this rank.",
    "overdue": "Only accounts whose next visit is overdue.",
    "visited_within_days": "Only those visited in the last so many days.",
    "covered_within_days": "Only those visited within their cadence; where there is none, in so many days.",
    "municipality": "Only those in the municipality of this national code; `none`: where it is not known.",
    "never_visited": "Only accounts that were never visited.",
    "bbox": "Only inside this box: `west,south,east,north` in degrees.",
    "lon": "Longitude of where one stands, in degrees.",
    "lat": "Latitude of where one stands, in degrees.",
    "account_id": "The id of the account.",
    "user": "Only by this person.",
    "action": "Only what was done in this way.",
    "entity": "Only what was done to things of this kind.",
    "since": "Only from this day on.",
    "until": "Only up to this day, itself included.",
    "postal_code": "The postal code, if it is known apart.",
    "offset": "Where in the file this part begins, in bytes.",
    "part": "Which part of the first load.",
    "working_set": "As the first part answered it.",
    "after": "As the answer before told in `next`.",
    "reach": "As the answer before told: what the phone took its person to see.",
    "state": "Only rows in this state.",
    "no": "The number of the status or outcome.",
    "row_no": "The row's number in the file.",
    "x": "The tile's column.",
    "y": "The tile's row, from the north.",
    "z": "The tile's zoom.",
}
