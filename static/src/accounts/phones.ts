/** Telephone numbers as typed, as stored (E.164) and as shown (in the local form). */

/** Make the number international for Japan where it is written locally; anything else stays as typed, for the server to judge. */
export function toInternational(typed: string): string {
  const plain = typed.normalize('NFKC').replace(/[\s()\-\u2010-\u2015\u2212\u30fc.]/g, '');
  if (/^\+\d{7,15}$/.test(plain)) return plain;
  if (/^0\d{9,10}$/.test(plain)) return `+81${plain.slice(1)}`;
  return typed.trim();
}

/** Area codes by their length after the leading 0; those not named here have two digits more than Tokyo's. */
const ONE_DIGIT = /^[36]/;
const TWO_DIGITS = /^(11|22|23|24|25|26|27|28|29|4[2-9]|5[2-5]|58|59|72|7[3-9]|8[2-9]|9[2-689])/;

/** 03-1234-5678 for a Japanese number; others as stored. */
export function displayPhone(number: string): string {
  if (!number.startsWith('+81')) return number;
  const national = number.slice(3);
  const lead = /^[5-9]0/.test(national) && national.length === 10 ? 2 : /^(120|800|570)/.test(national) ? 3 : ONE_DIGIT.test(national) ? 1 : TWO_DIGITS.test(national) ? 2 : 3;
  const last = national.length - 4;
  if (last <= lead) return `0${national}`;
  return `0${national.slice(0, lead)}-${national.slice(lead, last)}-${national.slice(last)}`;
}
