"""What columns are called: Japanese and English headers and the fields they mean.

Compared after ``rules.fold``, so width, case, spaces, brackets and punctuation do not matter.
"""

from __future__ import annotations

import re

from fieldcrm.imports.rules import REASON_HEADERS, fold

_SYNONYMS: dict[str, str] = {
    "id": "FieldCRM_ID",
    "external_id": """
        ID コード 管理番号 管理ID 管理コード 顧客番号 顧客ID 顧客コード 顧客No 得意先コード
        得意先番号 得意先ID 取引先コード 取引先番号 取引先ID 会社ID 会社コード 企業ID 企業コード
        法人番号 法人ID 施設ID 施設コード 施設番号 事業所番号 事業所ID 事業所コード 医療機関コード
        医療機関番号 店舗コード 店舗ID 物件番号 物件ID 物件コード 会員番号 会員ID 社員番号 外部ID
        登録番号 レコードID アカウントID リードID SFID キー account_id external_id customer_id
        customer_no customer_number customer_code client_id client_code company_id record_id lead_id
        contact_id property_id uid guid uuid key code account_number account_no crm_id salesforce_id
        hubspot_id
    """,
    "name": """
        名称 名前 氏名 お名前 ご氏名 会社名 企業名 法人名 社名 貴社名 施設名 施設名称 顧客名
        顧客名称 取引先名 取引先 取引先名称 得意先 得意先名 得意先名称 事業所名 事業所名称 事業者名
        事業者名称 病院名 医療機関名 医療機関名称 正式名称 店名 店舗名 店舗名称 屋号 団体名 学校名
        組織名 会社 企業 法人 物件名 物件名称 建物名称 アカウント名 クライアント名 販売先 納品先
        訪問先 訪問先名 見込み客 見込客名 顧客 名義 商号 商号又は名称 商号または名称 お客様名
        お客さま名 会社名団体名 企業団体名 法人名称 会社名称 薬局名 園名 name company company_name
        account account_name customer customer_name client client_name organization organisation
        organization_name organisation_name business business_name facility facility_name hospital
        hospital_name store store_name full_name property property_name legal_name title
        trading_name lead lead_name
    """,
    "name_kana": """
        フリガナ ふりがな カナ かな ヨミガナ よみがな 読み 読みがな 読み仮名 ヨミ よみ カナ名
        カナ名称 名称カナ 名称フリガナ 正式名称フリガナ 会社名カナ 会社名フリガナ 企業名カナ
        企業名フリガナ 法人名カナ 法人名フリガナ 施設名カナ 施設名フリガナ 事業所名カナ
        事業所名フリガナ 顧客名カナ 顧客名フリガナ 取引先名カナ 取引先名フリガナ 取引先カナ
        得意先名カナ 得意先カナ 氏名カナ 氏名フリガナ 氏名かな お名前カナ 店舗名カナ 医療機関名カナ
        病院名カナ 商号カナ 会社名ふりがな 氏名ふりがな 名前カナ 名前フリガナ 物件名カナ kana
        name_kana furigana yomi yomigana reading phonetic phonetic_name company_kana pronunciation
        name_reading
    """,
    "kind": """
        種別 法人個人 個人法人 法人個人区分 個人法人区分 顧客区分 顧客種別 取引先種別 区分 タイプ
        kind type account_type customer_type record_type
    """,
    "postal_code": """
        〒 郵便番号 郵便 郵便No 郵便コード 〒番号 勤務先郵便番号 会社郵便番号 本社郵便番号
        所在地郵便番号 住所郵便番号 郵便番号1 zip zip_code zipcode postal postal_code postcode
        post_code billing_zip billing_postal_code mailing_postal_code
    """,
    "prefecture": """
        都道府県 都道府県名 県名 府県 県 都道府県名称 所在地都道府県 本社都道府県 住所都道府県
        prefecture state province region state_province billing_state mailing_state
    """,
    "municipality": """
        市区町村 市区町村名 市町村 市町村名 市区郡 市区 市区町 自治体 自治体名 所在地市区町村 市郡区
        市区郡町村 city municipality town ward city_ward billing_city mailing_city locality
    """,
    "address": """
        住所 所在地 ご住所 会社住所 勤務先住所 本社住所 本社所在地 所在地住所 番地 町域 町名
        町名番地 番地等 丁目番地 住所1 住所2 住所3 所在地1 所在地2 町名以下 以下住所 それ以降の住所
        町域以下 丁目番地等 住所詳細 物件住所 物件所在地 設置場所 訪問先住所 住所町名番地 納品先住所
        請求先住所 町域番地 市区町村以降 市区町村以下 住所全体 address address1 address2 address_1
        address_2 address_line_1 address_line_2 addr street street_address location full_address
        billing_street mailing_street billing_address street1 street2 street_1 street_2
    """,
    "building": """
        ビル名 ビル 建物 建物名 建物名等 ビル名等 方書 方書ビル名等 マンション名 マンション
        アパート名 ビル名階数 建物名部屋番号 部屋番号 号室 マンションビル名 建物ビル名 ビル建物名
        ビルマンション名 住所建物名 階 建物名号室 building building_name apartment apt suite unit
        floor room
    """,
    "lat": """
        緯度 所在地座標緯度 座標緯度 北緯 Y座標 緯度世界測地系 緯度WGS84 lat latitude gps_lat
        geo_lat y_coord
    """,
    "lon": """
        経度 所在地座標経度 座標経度 東経 X座標 経度世界測地系 経度WGS84 lon lng long longitude
        gps_lng gps_lon geo_lng x_coord
    """,
    "phone": """
        電話 電話番号 TEL TEL番号 ＴＥＬ1 電話1 電話番号1 代表電話 代表電話番号 会社電話
        会社電話番号 勤務先電話番号 固定電話 固定電話番号 連絡先 連絡先電話番号 連絡先電話
        お電話番号 電話番号代表 TEL代表 代表TEL 代表番号 案内用電話番号 電話No phone tel telephone
        phone_number phone1 phone_1 main_phone business_phone work_phone office_phone contact_number
        telephone_number
    """,
    "phone2": """
        電話2 電話番号2 TEL2 携帯 携帯電話 携帯番号 携帯電話番号 携帯TEL 直通 直通電話 直通番号
        その他電話 電話番号その他 緊急連絡先 phone2 phone_2 mobile mobile_phone cell cell_phone
        cellphone direct other_phone mobile_number
    """,
    "fax": """
        FAX ＦＡＸ番号 ファックス ファクス ファックス番号 ファクシミリ ファクシミリ番号 FAX1 代表FAX
        fax fax_number facsimile
    """,
    "email": """
        メール メールアドレス Eメール 電子メール 電子メールアドレス Eメールアドレス 代表メール
        代表メールアドレス メアド 連絡先メール email e_mail mail email_address mail_address
    """,
    "web": """
        URL HP ホームページ ウェブサイト Webサイト サイト サイトURL ホームページアドレス
        ホームページURL HPアドレス HPURL 会社URL 企業URL 案内用ホームページアドレス WEB ウェブ
        リンク WebページURL 会社HP url web website web_site homepage home_page site link
        company_website web_url
    """,
    "status": """
        ステータス 状況 状態 営業状況 営業ステータス 商談状況 顧客ステータス 取引状況 進捗 進捗状況
        フェーズ 商談フェーズ 商談ステータス 段階 アプローチ状況 取引区分 対応状況 status stage
        phase account_status lead_status lifecycle_stage
    """,
    "win_prob": """
        確度 受注確度 受注確率 成約確率 成約確度 見込み度 見込度 案件確度 確率 角度 契約確度
        受注見込み win_prob win_probability probability win_rate likelihood confidence
        probability_pct
    """,
    "rank": """
        ランク 顧客ランク 重要度 優先度 優先順位 取引先ランク 等級 格付 得意先ランク 重点度
        ABCランク 顧客グレード rank grade tier priority importance customer_rank account_tier rating
    """,
    "owner": """
        担当 担当者 担当者名 担当営業 営業担当 営業担当者 営業担当者名 自社担当 自社担当者 弊社担当
        弊社担当者 当社担当 当社担当者 担当営業名 担当セールス 担当MR MR 主担当 主担当者 オーナー
        担当社員 所有者 担当メール 担当者メール 営業員 担当営業マン owner account_owner sales_rep
        rep salesperson sales_person assigned_to assignee account_manager owner_name owner_email
        sales_owner responsible
    """,
    "tags": """
        タグ ラベル キーワード 分類 カテゴリ カテゴリー 業種 業界 属性 グループ tag tags label
        labels keywords category categories industry segment group
    """,
    "cadence_days": """
        訪問周期 訪問間隔 訪問サイクル フォロー間隔 フォロー周期 巡回周期 巡回間隔 訪問頻度
        訪問周期日 訪問間隔日 訪問サイクル日 周期 訪問頻度日 フォロー周期日 cadence cadence_days
        visit_cycle visit_interval visit_frequency follow_up_interval days_between_visits
    """,
    "notes": """
        備考 メモ 備考欄 コメント 特記事項 注意事項 摘要 補足 その他 申し送り 備考1 備考2 メモ欄
        ノート 備考メモ 詳細 留意点 notes note memo comment comments remarks remark description
    """,
    "last_visit_at": """
        最終訪問日 最終訪問 前回訪問日 前回訪問 直近訪問日 最新訪問日 訪問日 最終訪問日時
        最終コンタクト日 前回訪問日時 直近の訪問日 last_visit last_visit_at last_visited
        last_visit_date last_visited_at last_visited_on date_of_last_visit last_activity_date
    """,
}

FIELD_OF_HEADER: dict[str, str] = {
    fold(word): field for field, words in _SYNONYMS.items() for word in words.split()
}
_REASONS = frozenset(fold(header) for header in REASON_HEADERS)

# Words around a known header: 本社住所, 施設の電話番号, 名称（必須), "Company Phone Number".
_TAILS = ("必須", "任意", "半角", "全角", "ハイフンあり", "ハイフンなし", "yyyymmdd", "required", "optional")
_HEADS = tuple(
    """
        顧客 取引先 得意先 会社 企業 法人 施設 事業所 店舗 病院 医療機関 本社 勤務先 所属 物件 訪問先 お客様
        案内用 所在地 代表 主たる 現 account customer company client billing mailing primary main
        business work contact shipping
    """.split()
)
_NUMBERED = re.compile(r"^(.*?)[0-9１-９]$")
# A synonym inside a longer header; the ones that would mean something else inside are left out.
_INSIDE = tuple(
    sorted(
        (
            (word, field)
            for word, field in FIELD_OF_HEADER.items()
            if len(word) >= 3 and not word.isascii() and word not in {fold("その他"), fold("取引先")}
        ),
        key=lambda pair: -len(pair[0]),
    )
)

EXACT, AROUND, INSIDE = 1.0, 0.9, 0.6


def is_reason(header: str) -> bool:
    """Return whether the column is the one we add to a file of refused rows."""
    return fold(header) in _REASONS


def field_of(header: str) -> tuple[str | None, float]:
    """Return the field a header means and how sure that is, 0 to 1."""
    plain = fold(header)
    if not plain or plain in _REASONS:
        return None, 0.0
    found = FIELD_OF_HEADER.get(plain)
    if found:
        return found, EXACT
    stripped = _without_surroundings(plain)
    found = FIELD_OF_HEADER.get(stripped)
    if found:
        return found, AROUND
    numbered = _NUMBERED.match(stripped)
    if numbered and (found := FIELD_OF_HEADER.get(numbered[1])):
        return found, AROUND
    for word, field in _INSIDE:
        if plain.endswith(word):
            return field, INSIDE
    return None, 0.0


def _without_surroundings(plain: str) -> str:
    for tail in _TAILS:
        plain = plain.removesuffix(tail)
    for head in _HEADS:
        if plain.startswith(head) and len(plain) > len(head) + 1:
            return plain.removeprefix(head)
    return plain
