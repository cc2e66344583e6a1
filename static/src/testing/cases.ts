/** Cases that this code and the server's must both satisfy (tests/cases). */
import { readFileSync } from 'node:fs';
import { listOf, type Parser } from '../core/parse';

export function readCases<T>(name: string, parse: Parser<T>): T[] {
  const path = new URL(`../../../tests/cases/${name}.json`, import.meta.url);
  return listOf(parse)(JSON.parse(readFileSync(path, 'utf8')), name);
}
