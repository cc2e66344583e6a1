/** Lists that come in pages, fetched to their end. */
import { request } from './http';
import { listOf, nullable, object, text, type Parser } from './parse';

/** The most that the server gives at once. */
const PAGE = 200;

/** Fetch every row of a list, page by page. */
export async function fetchWhole<T>(path: string, parse: Parser<T>): Promise<T[]> {
  const parsePage = object({ items: listOf(parse), next_cursor: nullable(text) });
  const rows: T[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: String(PAGE), ...(cursor === null ? {} : { cursor }) });
    const page: { items: T[]; next_cursor: string | null } = await request('GET', `${path}?${query}`, parsePage);
    rows.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return rows;
}
