"""What the map to pass on says, and what is said about making it."""

from __future__ import annotations

from fieldcrm.core.messages import register

register(
    {
        "coverage.title": ("カバレッジ {day}", "Coverage, {day}"),
        "coverage.title_of_rank": ("ランク{rank}のカバレッジ {day}", "Coverage of rank {rank}, {day}"),
        "coverage.all": ("全社の顧客", "All accounts"),
        "coverage.team": ("{name}さんが見られる顧客", "Accounts visible to {name}"),
        "coverage.accounts": ("顧客", "Accounts"),
        "coverage.covered": ("期限内", "Covered"),
        "coverage.share": ("カバー率", "Coverage"),
        "coverage.overdue": ("期限超過", "Overdue"),
        "coverage.never_visited": ("未訪問", "Never visited"),
        "coverage.without_cadence": ("訪問周期なし", "Without a cadence"),
        "coverage.visited": ("訪問した顧客（直近{days}日）", "Accounts visited in {days} days"),
        "coverage.visits": ("訪問（直近{days}日）", "Visits in {days} days"),
        "coverage.visits_made": ("訪問件数", "Visits"),
        "coverage.by_municipality": ("市区町村別カバー率", "Coverage by municipality"),
        "coverage.by_owner": ("担当別", "By owner"),
        "coverage.by_place": ("市区町村別", "By municipality"),
        "coverage.owner": ("担当", "Owner"),
        "coverage.no_owner": ("担当なし", "No owner"),
        "coverage.place": ("市区町村", "Municipality"),
        "coverage.prefecture": ("都道府県", "Prefecture"),
        "coverage.code": ("市区町村コード", "Municipality code"),
        "coverage.no_place": ("市区町村不明", "Municipality unknown"),
        "coverage.total": ("合計", "Total"),
        "coverage.total_of_rank": ("合計（ランク{rank}）", "Total (rank {rank})"),
        "coverage.statuses": ("顧客の状況", "Accounts by status"),
        "coverage.layers": ("表示の切り替え", "Layers"),
        "coverage.zoom_in": ("拡大", "Zoom in"),
        "coverage.zoom_out": ("縮小", "Zoom out"),
        "coverage.legend": ("凡例", "Legend"),
        "coverage.last_visit": ("最終訪問", "Last visit"),
        "coverage.not_placed": ("地図に位置のない顧客 {n}件", "{n} accounts have no place on the map"),
        "coverage.too_many": (
            "顧客が{n}件と多いため、顧客の地点は省いています",
            "With {n} accounts, the accounts themselves are left out",
        ),
        "coverage.percent": ("{low}〜{high}%", "{low}–{high}%"),
        "coverage.definition": (
            "カバー率は、周期の期限内に訪問できた顧客の割合です。周期がなければ直近{days}日の訪問で数えます",
            "Coverage: share visited within their cadence, or without one in the last {days} days",
        ),
        "coverage.credit": (
            "市区町村の形: Geolonia 住所データ (CC BY 4.0) から作成 ・ Leaflet",
            "Municipality shapes: made from Geolonia address data (CC BY 4.0) · Leaflet",
        ),
        "coverage.file": ("カバレッジ地図", "coverage-map"),
        "coverage.no_shapes": (
            "地図の下地を準備しています。1分ほど待ってから、もう一度作成してください",
            "The base map is still being prepared. Wait a minute, then make the map again",
        ),
        "coverage.failed": (
            "地図を作成できませんでした。もう一度お試しください",
            "The map could not be made. Please try again",
        ),
        "coverage.interrupted": (
            "地図の作成が途中で止まりました。もう一度作成してください",
            "Making the map was interrupted. Please make it again",
        ),
    }
)
