/** Telephone numbers as typed, as stored (E.164) and as shown (in the local form). */

/** Make the number international for Japan where it is written locally; anything else stays as typed, for the server to judge. */
export function toInternational(typed: string): string {
  const plain = typed.normalize('NFKC').replace(/[\s()\-\u2010-\u2015\u2212\u30fc.]/g, '');
  if (/^\+\d{7,15}$/.test(plain)) return plain;
  if (/^0\d{9,10}$/.test(plain)) return `+81${plain.slice(1)}`;
  return typed.trim();
}

/** How a Japanese number after its leading 0 is parted. Only area codes that no longer one begins with: a wrong hyphen is worse than none. */
const GROUPS: [RegExp, number, number][] = [
  [/^[5-9]0\d{8}$/, 2, 4],
  [/^(120|800)\d{6,7}$/, 3, 3],
  [/^570\d{6}$/, 3, 3],
  [/^[36]\d{8}$/, 1, 4],
  [/^(11|44|45|52|75|78)\d{7}$/, 2, 3],
  [/^(48|92)[1-9]\d{6}$/, 2, 3],
];

/** 03-1234-5678 for a Japanese number; others as stored. */
export function displayPhone(number: string): string {
  if (!number.startsWith('+81')) return number;
  const national = number.slice(3);
  const group = GROUPS.find(([pattern]) => pattern.test(national));
  if (!group) return `0${national}`;
  const [, area, exchange] = group;
  return `0${national.slice(0, area)}-${national.slice(area, area + exchange)}-${national.slice(area + exchange)}`;
}

/** An account's numbers as people write them; the server has written the first. */
export function displayPhones(account: { phones: { number: string }[]; phone_display: string | null }): string[] {
  return account.phones.map((phone, index) => (index === 0 && account.phone_display ? account.phone_display : displayPhone(phone.number)));
}
