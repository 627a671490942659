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
};

export type CompileSmsResult =
  | { readonly ok: true; readonly compiled: CompiledSms; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** As long as our short links are, for trying a text before there are any. */
const SHORT_URL = 'https://example.go.example.com/aaaaaaaaaa';

/**
 * Compiles a text for all its recipients: every address in it becomes a short link, and there is no way around that (S0-11);
 * the line that tells how to stop texts is added unless the text tells it. Expected failures (nothing in it, broken tags,
 * addresses that cannot be used) are returned as problems with their places (B-10); what may be sent but should be looked at
 * comes as warnings.
 */
export function compileSms(document: SmsDocument, options: CompileSmsOptions): CompileSmsResult {
  const text = cleanTyped(document.text);
  const { where } = options;
  if (text.trim() === '') return { ok: false, problems: [problemOf(where, 'The text is empty.')] };
  if (text.length > TEXT_LIMIT) {
    const limit = TEXT_LIMIT.toLocaleString('en-US');
    return { ok: false, problems: [problemAt(text, TEXT_LIMIT, where, `Longer than ${limit} characters.`)] };
  }
  const book = linkBook();
  const checked = checkTemplate(text, where);
  const { stretches, problems: refused } = stretchesOf(text, where, book, options);
  const problems = [...checked, ...refused.filter((one) => !checked.some((other) => samePlace(one, other)))];
  const parsed = parseTemplate(text, where);
  if (problems.length > 0 || !parsed.ok) return { ok: false, problems: problems.sort(byPlace) };

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
  return tried(compiled, where);
}

/** The compiled text of stretches: Liquid, with tracked links for addresses. */
export function sourceOf(stretches: readonly Stretch[]): string {
  return joinPieces(
    stretches.map(({ kind, source, start, end }) => {
      return { kind: kind === 'text' || kind === 'tag' ? kind : 'output', source, start, end };
    }),
  );
}

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
function tried(compiled: CompiledSms, where: string): CompileSmsResult {
  const prepared = prepareSms(compiled);
  const known = composeSms(prepared, sampleValues, () => SHORT_URL);
  const unknown = composeSms(prepared, unknownValues, () => SHORT_URL);
  const refuse = (message: string): CompileSmsResult => ({ ok: false, problems: [problemOf(where, message)] });
  if (known.refusal === 'unshortened' || unknown.refusal === 'unshortened') {
    return refuse('An address is put together from pieces here, so it cannot be shortened. Type it whole.');
  }
  const limit = TEXT_LIMIT.toLocaleString('en-US');
  if (known.refusal === 'too_long' && unknown.refusal === 'too_long') {
    return refuse(`With its tags filled in, this text is longer than ${limit} characters. Shorten it.`);
  }
  const warnings =
    known.refusal === 'too_long'
      ? [problemOf(where, `With its tags filled in, this text can be longer than ${limit} characters.`)]
      : [];
  return { ok: true, compiled, warnings };
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
