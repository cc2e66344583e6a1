/** What can go wrong with a request, as types: a problem document, no network, an answer that cannot be read. */
import { listOf, nullable, object, optional, text, type Parsed } from './parse';

export const parseFieldProblem = object({ field: text, code: optional(text, ''), message: text });
export type FieldProblem = Parsed<typeof parseFieldProblem>;

export const parseProblemDocument = object({
  title: optional(text, ''),
  detail: nullable(text),
  code: optional(text, ''),
  errors: optional(listOf(parseFieldProblem), []),
});

/** The server understood and refused (RFC 9457). `message` is in the user's language. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: FieldProblem[];

  constructor(status: number, document: Parsed<typeof parseProblemDocument>) {
    super(document.detail || document.title || `HTTP ${status}`);
    this.name = 'Problem';
    this.status = status;
    this.code = document.code;
    this.errors = document.errors;
  }
}

/** No answer of ours came back: no network, a timeout, or somebody else's page (a hotel's sign-in) in its place. */
export class Unreachable extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'Unreachable';
  }
}
