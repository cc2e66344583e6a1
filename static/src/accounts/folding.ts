/**
 * Folding text for search and for sorting: one spelling for every way a name is written.
 * The server folds alike (fieldcrm/accounts/folding.py); tests/cases/fold.json binds the two.
 */

/** Old and personal forms of kanji, each beside the form in common use. */
const VARIANTS = `
髙高 﨑崎 嵜崎 碕崎 邊辺 邉辺 濵浜 濱浜 澤沢 齋斎 齊斉 嶋島 嶌島 眞真 櫻桜 廣広 國国 圓円 學学 會会 藏蔵
壽寿 惠恵 榮栄 瀨瀬 舘館 萬万 龍竜 瀧滝 豐豊 德徳 佛仏 條条 淺浅 來来 實実 寶宝 應応 樂楽 氣気 淸清 聲声
舊旧 蘆芦 藝芸 讓譲 醫医 醬醤 鐵鉄 關関 靜静 顯顕 驛駅 鷄鶏 黑黒 龜亀 冨富 桒桑 栁柳 峯峰 檜桧 渕淵 渊淵
曻昇 舩船 籠篭 鷗鴎 麴麹 戶戸 吳呉 內内 亞亜 亙亘 團団 圖図 壯壮 寬寛 將将 彌弥 從従 戀恋 擇択
曉暁 橫横 歐欧 歸帰 殘残 澁渋 濟済 燒焼 獨独 畫画 盡尽 禮礼 稻稲 竝並 經経 緖緒 縣県 總総 繩縄 臺台
與与 莊荘 薰薫 藥薬 處処 號号 蠶蚕 衞衛 裝装 觀観 譽誉 變変 豫予 賴頼 轉転 邨村 鄕郷 鎭鎮 靈霊
`;

const LEGAL_SHORT: Record<string, string> = {
  株: '株式会社',
  有: '有限会社',
  同: '合同会社',
  名: '合名会社',
  資: '合資会社',
  医: '医療法人',
  学: '学校法人',
  福: '社会福祉法人',
  財: '財団法人',
  社: '社団法人',
  独: '独立行政法人',
  宗: '宗教法人',
  特非: '特定非営利活動法人',
};

const LEGAL_IN_BRACKETS = new RegExp(`\\((${Object.keys(LEGAL_SHORT).join('|')})\\)`, 'g');
const byLength = Object.values(LEGAL_SHORT).sort((a, b) => b.length - a.length);
const LEGAL_FORMS = new RegExp(`(?:一般|公益)?(?:社団法人|財団法人)|地方独立行政法人|${byLength.join('|')}`, 'g');
const NOT_WRITTEN = /[^\p{L}\p{N}]+/gu;

function characters(): Map<string, string> {
  const table = new Map(VARIANTS.trim().split(/\s+/).map((pair) => [pair.slice(0, 1), pair.slice(1)]));
  for (let code = 0x30a1; code < 0x30f7; code += 1) table.set(String.fromCharCode(code), String.fromCharCode(code - 0x60));
  const large = 'あいうえおつやゆよわかけ';
  [...'ぁぃぅぇぉっゃゅょゎゕゖ'].forEach((small, index) => {
    table.set(small, large.charAt(index));
    table.set(String.fromCharCode(small.charCodeAt(0) + 0x60), large.charAt(index));
  });
  table.set('ー', '');
  return table;
}

const CHARACTERS = characters();

/** Fold text as search compares it: NFKC, lower case, large hiragana, kanji in common use, legal forms in full, no punctuation. */
export function fold(text: string): string {
  let folded = '';
  for (let at = 0; at < text.length; at += 1) {
    const one = foldedAlone(text.charCodeAt(at));
    if (one === null) return foldWhole(text);
    folded += one;
  }
  return folded;
}

/** By UTF-16 unit, filled as they come: a first load folds three million characters of some thousand kinds. */
const ALONE: (string | null | undefined)[] = [];

/** What a character folds to wherever it stands; null where that hangs on its neighbours (marks, half-width kana, a bracket). */
function foldedAlone(code: number): string | null {
  let found = ALONE[code];
  if (found === undefined) {
    const character = String.fromCharCode(code);
    found = STANDS_ALONE.test(character) ? foldWhole(character) : null;
    ALONE[code] = found;
  }
  return found;
}

/** ASCII and its full-width forms, kana, CJK punctuation, common kanji. */
const STANDS_ALONE = /^[ -'*-~\u3000-\u3020\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff\uff01-\uff07\uff0a-\uff5e]$/;

function foldWhole(text: string): string {
  let plain = '';
  for (const character of text.normalize('NFKC').toLowerCase()) plain += CHARACTERS.get(character) ?? character;
  if (plain.includes('(')) plain = plain.replace(LEGAL_IN_BRACKETS, (_, short: string) => LEGAL_SHORT[short] ?? '');
  return plain.replace(NOT_WRITTEN, '');
}

/** Folded text without its legal form (株式会社 ...), or as it is when nothing else is left. */
export const bare = (folded: string): string => folded.replace(LEGAL_FORMS, '') || folded;

/** The key by which lists are ordered: the reading where it is known, else the name. */
export const sortKey = (name: string, kana: string | null): string => (kana ? fold(kana) : '') || bare(fold(name));

const MAX_WORDS = 8;

const DIALLED = /^[\d\s()+-]+$/;

/** The folded words of a query; all must be found. A number typed with spaces is one word. */
export function searchWords(query: string): string[] {
  const plain = query.normalize('NFKC');
  const words = (DIALLED.test(plain) ? [plain] : plain.split(/\s+/)).map((word) => bare(fold(word.trim().replaceAll('+81', '0')))).filter(Boolean);
  return [...new Set(words)].slice(0, MAX_WORDS);
}

const ASCII = /^[\x21-\x7e]+$/;

/** ASCII letters and digits at full width, which no folded text holds: telephone numbers and codes are kept so, to be told from other text. */
export function wide(folded: string): string {
  if (!ASCII.test(folded)) return folded;
  let text = '';
  for (let at = 0; at < folded.length; at += 1) text += String.fromCharCode(folded.charCodeAt(at) + 0xfee0);
  return text;
}

/**
 * How to look for a folded word in folded fields, each on a line of its own: a lone character must begin a field, and so
 * must two of a number or code (as on the server, whose index knows no less). Made once, asked 20,000 times.
 */
export function holding(word: string): (folded: string) => boolean {
  const inText = [...word].length === 1 ? `\n${word}` : word;
  if (!ASCII.test(word)) return (folded) => folded.includes(inText);
  const inCode = word.length > 2 ? wide(word) : `\n${wide(word)}`;
  return (folded) => folded.includes(inText) || folded.includes(inCode);
}
