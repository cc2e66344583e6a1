"""The two demo organisations: who they are, what they sell, where and to whom."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the demo."""

    name: str
    email: str
    role: str
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of customer: how its name is put together and how often it is visited."""

    label: str
    label_kana: str
    pattern: str
    share: int
    cadence_days: int
    account_kind: str = "company"


@dataclass(frozen=True, slots=True)
class Company:
    """One demo organisation."""

    slug: str
    name: str
    people: tuple[Person, ...]
    areas: tuple[tuple[str, str, str, int], ...]
    """(prefecture, municipality, team, number of accounts)."""
    kinds: tuple[Kind, ...]
    products: tuple[str, ...]
    seed: int


MEDICAL = Company(
    slug="mirai",
    name="みらいメディカルサプライ株式会社",
    people=(
        Person("山口 直樹", "admin@mirai.example", "administrator"),
        Person("高橋 涼", "manager@mirai.example", "manager", "城南チーム"),
        Person("佐藤 美咲", "rep@mirai.example", "rep", "城南チーム"),
        Person("鈴木 健", "suzuki@mirai.example", "rep", "城南チーム"),
        Person("田中 悠斗", "tanaka@mirai.example", "rep", "城南チーム"),
        Person("伊藤 葵", "ito@mirai.example", "rep", "都心・横浜チーム"),
        Person("渡邉 蓮", "watanabe@mirai.example", "rep", "都心・横浜チーム"),
        Person("中川 恵", "office@mirai.example", "back_office"),
    ),
    areas=(
        ("東京都", "世田谷区", "城南チーム", 190),
        ("東京都", "目黒区", "城南チーム", 90),
        ("東京都", "大田区", "城南チーム", 130),
        ("東京都", "品川区", "城南チーム", 95),
        ("東京都", "渋谷区", "都心・横浜チーム", 80),
        ("東京都", "港区", "都心・横浜チーム", 85),
        ("東京都", "新宿区", "都心・横浜チーム", 80),
        ("東京都", "江東区", "都心・横浜チーム", 60),
        ("神奈川県", "横浜市西区", "都心・横浜チーム", 40),
        ("神奈川県", "横浜市中区", "都心・横浜チーム", 50),
        ("神奈川県", "川崎市中原区", "城南チーム", 60),
    ),
    kinds=(
        Kind("内科クリニック", "ナイカクリニック", "{family}{label}", 26, 30),
        Kind("歯科医院", "シカイイン", "{family}{label}", 18, 60),
        Kind("調剤薬局", "チョウザイヤッキョク", "{flower}{label} {town}店", 18, 30),
        Kind("病院", "ビョウイン", "医療法人社団 {flower}会 {flower}総合{label}", 8, 14),
        Kind("整形外科", "セイケイゲカ", "{family}{label}", 9, 45),
        Kind("の里", "ノサト", "社会福祉法人 {flower}会 特別養護老人ホーム {flower}{label}", 9, 45),
        Kind("訪問看護ステーション", "ホウモンカンゴステーション", "{flower}{label}", 8, 60),
        Kind("眼科", "ガンカ", "{town}{family}{label}", 4, 60),
    ),
    products=("内視鏡システム", "電子カルテ", "超音波診断装置", "介護ベッド", "血圧計", "滅菌器"),
    seed=20_261,
)

HOUSING = Company(
    slug="naniwa",
    name="なにわ住設株式会社",
    people=(
        Person("西村 誠", "admin@naniwa.example", "administrator"),
        Person("岡本 由美", "manager@naniwa.example", "manager", "大阪チーム"),
        Person("松田 大輔", "rep@naniwa.example", "rep", "大阪チーム"),
        Person("原田 彩", "harada@naniwa.example", "rep", "大阪チーム"),
        Person("竹内 智子", "office@naniwa.example", "back_office"),
    ),
    areas=(
        ("大阪府", "大阪市北区", "大阪チーム", 110),
        ("大阪府", "大阪市中央区", "大阪チーム", 100),
        ("大阪府", "大阪市天王寺区", "大阪チーム", 60),
        ("大阪府", "豊中市", "大阪チーム", 90),
        ("大阪府", "吹田市", "大阪チーム", 80),
        ("兵庫県", "西宮市", "大阪チーム", 60),
    ),
    kinds=(
        Kind("工務店", "コウムテン", "有限会社 {family}{label}", 26, 30),
        Kind("住宅設備", "ジュウタクセツビ", "株式会社 {family}{label}", 18, 30),
        Kind("設計事務所", "セッケイジムショ", "{family}{label}", 12, 60),
        Kind("マンション", "マンション", "{flower}{label} {town}", 20, 90, "property"),
        Kind("", "", "{person}", 16, 120, "person"),
        Kind("リフォーム", "リフォーム", "{flower}{label} {town}店", 8, 45),
    ),
    products=("システムキッチン", "給湯器", "太陽光パネル", "ユニットバス", "床暖房", "宅配ボックス"),
    seed=20_262,
)

COMPANIES = (MEDICAL, HOUSING)


def one_of_each_role(company: Company) -> list[Person]:
    """Return the first person of each role: whom to sign in as."""
    first: dict[str, Person] = {}
    for person in company.people:
        first.setdefault(person.role, person)
    return list(first.values())
