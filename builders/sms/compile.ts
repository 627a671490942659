import { problemAt, problemOf, type Problem } from '../merge/problem.ts';
import { checkTemplate, joinPieces, parseTemplate } from '../merge/template.ts';
import { linkBook } from '../merge/tracked-links.ts';
import { sampleValues, type MergeValues } from '../merge/values.ts';
import type { CompiledSms } from './compiled.ts';
import { composeSms, prepareSms } from './compose.ts';
import { TEXT_LIMIT, cleanTyped, type SmsDocument } from './document.ts';
import { OPT_OUT, tellsHowToStop } from './opt-out.ts';
import { stretchesOf, type LinkOptions, type Stretch } from './stretches.ts';

export type CompileSmsOptions = LinkOptions & {
  /** What the text is called where its problems are shown: "Message". */
  readonly where: string;
  /** The company's name: a text that never says it is warned of. */
  readonly companyName?: string;
};

export type CompileSmsResult =
  | { readonly ok: true; readonly compiled: CompiledSms; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const LIMIT = TEXT_LIMIT.toLocaleString('en-US');

/** As long as our short links are, for trying a text before there are any. */
const SHORT_URL = 'https://example.go.example.com/aaaaaaaaaa';

/** A typed text as far as it can be read: what the composer counts and shows while somebody types. */
export type SmsDraft = {
  readonly stretches: readonly Stretch[];
  /** Null while the text is empty or a tag in it cannot be read. Only one without problems may be sent. */
  readonly compiled: CompiledSms | null;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
};

/**
 * Compiles a text for all its recipients: every address in it becomes a short link, and there is no way around that (S0-11);
 * the line that tells how to stop texts is added unless the text tells it. Expected failures (nothing in it, broken tags,
 * addresses that cannot be used) are returned as problems with their places (B-10); what may be sent but should be looked at
 * comes as warnings.
 */
export function compileSms(document: SmsDocument, options: CompileSmsOptions): CompileSmsResult {
  const { compiled, problems, warnings } = draftSms(document, options);
  return compiled === null || problems.length > 0 ? { ok: false, problems } : { ok: true, compiled, warnings };
}

/** The same for a text that is still being written. A text is at most `TEXT_LIMIT` long, or that is its problem. */
export function draftSms(document: SmsDocument, options: CompileSmsOptions): SmsDraft {
  const text = cleanTyped(document.text);
  const { where } = options;
  const nothing = { stretches: [], compiled: null, warnings: [] };
  if (text.trim() === '') return { ...nothing, problems: [problemOf(where, 'The text is empty.')] };
  const book = linkBook();
  const checked = checkTemplate(text, where);
  const { stretches, problems: refused } = stretchesOf(text, where, book, options);
  const found = [...checked, ...refused.filter((one) => !checked.some((other) => samePlace(one, other)))];
  if (text.length > TEXT_LIMIT) {
    found.push(problemAt(text, TEXT_LIMIT, where, `From here on the text is longer than ${LIMIT} characters.`));
  }
  const problems = found.sort(byPlace);
  const parsed = parseTemplate(text, where);
  if (!parsed.ok) return { ...nothing, stretches, problems };

  const { names } = parsed.template;
  const kinds = new Set(book.links.map(({ kind }) => kind));
  const compiled: CompiledSms = {
    version: 1,
    source: sourceOf(stretches),
    optOut: tellsHowToStop(unconditional(stretches)) ? null : OPT_OUT,
    links: [...book.links],
    uses: {
      portalLink: kinds.has('customer_portal'),
      payLink: kinds.has('pay_invoice'),
      invoice: names.some((name) => name.startsWith('invoice.') || name === 'links.pay_invoice'),
      names: [...names].sort(),
    },
  };
  if (problems.length > 0) return { stretches, compiled, problems, warnings: [] };
  const { warnings, ...rest } = tried(compiled, where);
  return { stretches, compiled, ...rest, warnings: [...warnings, ...unnamed(stretches, options)] };
}

/** The compiled text of stretches: Liquid, with tracked links for addresses. */
export function sourceOf(stretches: readonly Stretch[]): string {
  return joinPieces(
    stretches.map(({ kind, source, start, end }) => {
      return { kind: kind === 'text' || kind === 'tag' ? kind : 'output', source, start, end };
    }),
  );
}

/** Carriers ask that a text says whom it is from (CTIA, Messaging Principles and Best Practices). A name within a condition does not count where it is typed out. */
function unnamed(stretches: readonly Stretch[], { where, companyName }: CompileSmsOptions): Problem[] {
  if (!companyName) return [];
  const words = unconditional(stretches).toLowerCase();
  const named = words.includes(companyName.toLowerCase()) || stretches.some(isName);
  if (named) return [];
  return [problemOf(where, 'The text never says who you are, which carriers ask for. Add {{ company.name }}.')];
}

const isName = ({ kind, source }: Stretch) => kind !== 'text' && /\bcompany\s*\.\s*name\b/.test(source);

/** The words that every recipient reads: what stands in a condition is not among them. */
function unconditional(stretches: readonly Stretch[]): string {
  let depth = 0;
  let words = '';
  for (const { kind, source } of stretches) {
    if (kind === 'tag' && /^\{% (if|unless|case)\b/.test(source)) depth += 1;
    if (kind === 'tag' && /^\{% end/.test(source)) depth -= 1;
    if (depth === 0) words += kind === 'text' ? source : kind === 'tag' ? '' : '…';
  }
  return words;
}

/** Puts the text together for an invented customer and for one of whom nothing is known. */
function tried(compiled: CompiledSms, where: string): { problems: Problem[]; warnings: Problem[] } {
  const prepared = prepareSms(compiled);
  const refusals = [sampleValues, unknownValues].map((values) => composeSms(prepared, values, () => SHORT_URL).refusal);
  const problem = (message: string) => ({ problems: [problemOf(where, message)], warnings: [] });
  if (refusals.includes('unshortened')) {
    return problem('An address is put together from pieces here, so it cannot be shortened. Type it whole.');
  }
  if (refusals.every((refusal) => refusal === 'too_long')) {
    return problem(`With its tags filled in, this text is longer than ${LIMIT} characters. Shorten it.`);
  }
  if (!refusals.includes('too_long')) return { problems: [], warnings: [] };
  const message = `With its tags filled in, this text can be longer than ${LIMIT} characters.`;
  return { problems: [], warnings: [problemOf(where, message)] };
}

const unknownValues: MergeValues = {
  customer: { first_name: '', last_name: '', name: '', company_name: '' },
  company: { name: '', phone: '', email: '', website: '', postal_address: '' },
  invoice: { number: '', amount_due: '', total: '', due_date: '', issued_date: '', days_overdue: 0, summary: '' },
  links: { customer_portal: '', pay_invoice: '', unsubscribe: '' },
};

function samePlace(a: Problem, b: Problem): boolean {
  return a.line === b.line && a.column === b.column;
}

function byPlace(a: Problem, b: Problem): number {
  return a.line - b.line || a.column - b.column;
}
