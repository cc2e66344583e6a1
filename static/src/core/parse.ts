/** Parsers for what comes from outside: they check a value and give it its type, or say where it is wrong. */

export type Parser<T> = (value: unknown, path: string) => T;
export type Parsed<P> = P extends Parser<infer T> ? T : never;

/** What the server (or an older build's store) sent is not what this build can read. */
export class UnreadableError extends Error {
  #path: string;
  #expected: string;

  constructor(path: string, expected: string) {
    super(`${path || 'value'}: expected ${expected}`);
    this.name = 'UnreadableError';
    this.#path = path;
    this.#expected = expected;
  }

  /** The same, told from further out. */
  under(outer: string): UnreadableError {
    const joint = !outer || !this.#path || this.#path.startsWith('[') ? '' : '.';
    return new UnreadableError(outer + joint + this.#path, this.#expected);
  }
}

/** Where a value stands is worked out only when it is wrong: a first load reads a million of them. */
const told = (error: unknown, outer: string): unknown => (error instanceof UnreadableError ? error.under(outer) : error);

export const text: Parser<string> = (value, path) => {
  if (typeof value !== 'string') throw new UnreadableError(path, 'text');
  return value;
};

export const number: Parser<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new UnreadableError(path, 'number');
  return value;
};

export const flag: Parser<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new UnreadableError(path, 'true or false');
  return value;
};

export const anything: Parser<unknown> = (value) => value;

/** Missing and null both read as null. */
export const nullable =
  <T>(inner: Parser<T>): Parser<T | null> =>
  (value, path) =>
    value === null || value === undefined ? null : inner(value, path);

/** Missing and null read as the fallback. */
export const optional =
  <T>(inner: Parser<T>, fallback: T): Parser<T> =>
  (value, path) =>
    value === null || value === undefined ? fallback : inner(value, path);

export const listOf =
  <T>(inner: Parser<T>): Parser<T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) throw new UnreadableError(path, 'list');
    let at = 0;
    try {
      const items: T[] = [];
      for (; at < value.length; at += 1) items.push(inner(value[at], ''));
      return items;
    } catch (error) {
      throw told(error, `${path}[${at}]`);
    }
  };

export const mapOf =
  <T>(inner: Parser<T>): Parser<Record<string, T>> =>
  (value, path) =>
    Object.fromEntries(Object.entries(objectAt(value, path)).map(([key, item]) => [key, inner(item, `${path}.${key}`)]));

export const oneOf =
  <const T extends readonly string[]>(...choices: T): Parser<T[number]> =>
  (value, path) => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new UnreadableError(path, choices.join(' or '));
    return found;
  };

type Shape = Record<string, Parser<unknown>>;
type Shaped<S extends Shape> = { [K in keyof S]: Parsed<S[K]> };

/** Fields not named in the shape are left out, so that a newer server does no harm. */
export const object = <S extends Shape>(shape: S): Parser<Shaped<S>> => {
  const fields = Object.entries(shape);
  return (value, path) => {
    const source = objectAt(value, path);
    const result: Record<string, unknown> = {};
    try {
      for (const [key, parse] of fields) result[key] = parse(source[key], key);
    } catch (error) {
      throw told(error, path);
    }
    // The loop above has just built exactly this shape; TypeScript cannot follow it key by key.
    return result as Shaped<S>;
  };
};

function objectAt(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UnreadableError(path, 'object');
  return value as Record<string, unknown>;
}
