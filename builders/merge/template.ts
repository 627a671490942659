import type { Liquid, Template } from 'liquidjs';
import { allowedFilters, allowedTags, createEngine, escapes, innerTags, type MergeMode } from './engine.ts';
import { mergeFields } from './fields.ts';
import { nearestName, problemAt, type Problem } from './problem.ts';
import { expressionOf, MAX_EXPRESSION, scanTemplate, shown, withoutQuoted, type Piece } from './scan.ts';
import { specialLinks } from './special-links.ts';
import { sampleValues, type MergeValues } from './values.ts';

export type { MergeMode } from './engine.ts';
export type { Problem } from './problem.ts';

/** A template that parses. Made by `parseTemplate`; whether its names are known is `checkTemplate`'s question. */
export type MergeTemplate = {
  /** The template with its expressions mended. */
  readonly source: string;
  readonly where: string;
  readonly pieces: readonly Piece[];
  /** Every merge name it reads, such as `customer.first_name`, each once. */
  readonly names: readonly string[];
};

export type ParsedTemplate =
  | { readonly ok: true; readonly template: MergeTemplate }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Expressions in one part of a message; far more than anybody writes by hand. */
const MAX_EXPRESSIONS = 400;

/** Characters of one part (a subject, a text block, a text message), as it is typed and as it is sent. */
const MAX_LENGTH = 100_000;

const engines: Record<MergeMode, Liquid> = {
  html: createEngine(escapes.html),
  text: createEngine(escapes.text),
  url: createEngine(escapes.url),
  header: createEngine(escapes.header),
};

const knownNames: readonly string[] = [...mergeFields.map(({ name }) => name), ...specialLinks.map(({ name }) => name)];
const roots: readonly string[] = ['customer', 'company', 'invoice', 'links'];

/**
 * Parses a text with merge expressions (B-10). Only the allowed tags and filters exist; expressions that are not closed,
 * not finished or too many are problems, each with its place and in plain words. Never throws.
 * @param where what the part is called in the builder ("Subject", "Text 2").
 */
export function parseTemplate(source: string, where: string): ParsedTemplate {
  const text = source.replaceAll('\r\n', '\n');
  if (text.length > MAX_LENGTH) return refuse(problemAt(text, 0, where, 'This text is too long.'));
  const { pieces, faults } = scanTemplate(text);
  const problems = faults.map(({ at, message }) => problemAt(text, at, where, message));
  const expressions = pieces.filter(({ kind }) => kind !== 'text');
  if (expressions.length > MAX_EXPRESSIONS) {
    const at = expressions[MAX_EXPRESSIONS]?.start ?? 0;
    return refuse(problemAt(text, at, where, `More than ${MAX_EXPRESSIONS} merge tags in one text are too many.`));
  }
  for (const piece of expressions) {
    const message = forbidden(piece);
    if (message) problems.push(problemAt(text, piece.start, where, message));
  }
  if (problems.length > 0) return refuse(...problems);
  const joined = joinPieces(pieces);
  try {
    const parsed = engines.text.parse(joined);
    const names = Object.values(engines.text.analyzeSync(parsed, { partials: false }).globals).flat();
    const unique = [...new Set(names.map((name) => name.toString()))];
    return { ok: true, template: { source: joined, where, pieces, names: unique } };
  } catch (error) {
    return refuse(...parseErrors(error).map((one) => explain(one, text, joined, pieces, where)));
  }
}

/**
 * Everything that is wrong with a text: what `parseTemplate` finds, unknown names with the nearest known one, and
 * expressions that grow without end (they are tried on a sample). Empty when it may be sent (B-10).
 */
export function checkTemplate(source: string, where: string): Problem[] {
  const parsed = parseTemplate(source, where);
  if (!parsed.ok) return [...parsed.problems];
  const { template } = parsed;
  const text = source.replaceAll('\r\n', '\n');
  const unknown = template.names.filter((name) => !knownNames.includes(name));
  if (unknown.length > 0) {
    return unknown.map((name) => problemAt(text, placeOfName(template, name), where, unknownMessage(name)));
  }
  try {
    const tried = [sampleValues, emptyValues].map((values) => renderTemplate(template, values, 'text'));
    if (tried.every(({ length }) => length <= MAX_LENGTH)) return [];
  } catch {
    // The engine's own limits.
  }
  const at = template.pieces.find(({ kind }) => kind !== 'text')?.start ?? 0;
  return [problemAt(text, at, where, 'This merge tag cannot be worked out, or its text grows too long.')];
}

/** Merge values with nothing in them: what a template does for a customer we know nothing of. */
const emptyValues: MergeValues = {
  customer: { first_name: '', last_name: '', name: '', company_name: '' },
  company: { name: '', phone: '', email: '', website: '', postal_address: '' },
  invoice: { number: '', amount_due: '', total: '', due_date: '', issued_date: '', days_overdue: 0, summary: '' },
  links: { customer_portal: '', pay_invoice: '', unsubscribe: '' },
};

const parsedFor = new WeakMap<MergeTemplate, Partial<Record<MergeMode, Template[]>>>();

/**
 * The text for one recipient. Values are escaped for where they land: 'html' for text and quoted attributes, 'url' for a
 * part of an address, 'header' without line breaks, 'text' as they are (control characters go in all of them).
 * The template itself is not escaped. Values are never parsed as templates.
 * @throws when a filter makes a text grow beyond all bounds; `checkTemplate` finds that before launch.
 */
export function renderTemplate(template: MergeTemplate, values: MergeValues, mode: MergeMode): string {
  const cache = parsedFor.get(template) ?? {};
  parsedFor.set(template, cache);
  const parsed = (cache[mode] ??= engines[mode].parse(template.source));
  const rendered = String(engines[mode].renderSync(parsed, values));
  return mode === 'header' ? rendered.replace(/[\r\n]+/g, ' ') : rendered;
}

/** The source of all pieces together. A brace before an expression is kept from joining it. */
export function joinPieces(pieces: readonly Piece[]): string {
  return pieces
    .map(({ kind, source }, index) =>
      kind === 'text' && source.endsWith('{') && index < pieces.length - 1 ? `${source.slice(0, -1)}{{ "{" }}` : source,
    )
    .join('');
}

/** What is forbidden in an expression before it is parsed; null when nothing is. */
function forbidden(piece: Piece): string | null {
  const expression = expressionOf(piece);
  if (expression.length > MAX_EXPRESSION) return null; // named by the scan
  const bare = withoutQuoted(expression);
  if (/\.\./.test(bare)) return `A range of numbers cannot be used: ${shown(piece.source)}`;
  if (/[[\]]/.test(bare)) return `Brackets cannot be used in a merge tag: ${shown(piece.source)}`;
  if ((bare.match(/\|/g)?.length ?? 0) > 10) return 'A merge tag can have ten filters at most.';
  if (piece.kind === 'output') return null;
  const tag = /^\w+/.exec(bare)?.[0] ?? '';
  // The end of a forbidden tag: its beginning is named already, and one that stands alone is named by the parser.
  if (tag.startsWith('end') && !innerTags.includes(tag)) return null;
  if (!allowedTags.includes(tag) && !innerTags.includes(tag)) {
    const nearest = nearestName(tag, [...allowedTags, ...innerTags]);
    return `“${(tag || expression).slice(0, 20)}” cannot be used in {% … %}. ${
      nearest ? `Did you mean “${nearest}”?` : `Use ${allowedTags.slice(0, -1).join(', ')} or ${allowedTags.at(-1)}.`
    }`;
  }
  const assigned = tag === 'assign' ? /^assign\s+(\w+)/.exec(bare)?.[1] : undefined;
  if (assigned && roots.includes(assigned))
    return `“${shown(assigned)}” is a name of ours. Choose another name to assign.`;
  return null;
}

function unknownMessage(name: string): string {
  if (roots.includes(name)) {
    const inside = knownNames.filter((known) => known.startsWith(`${name}.`));
    return `“${name}” is a group of tags. Choose one of them, such as ${inside[0] ?? name}.`;
  }
  const isLink = name.startsWith('links.');
  const nearest = nearestName(name, isLink ? knownNames.filter((known) => known.startsWith('links.')) : knownNames);
  return `Unknown ${isLink ? 'link' : 'tag'} ${shown(name)}.${nearest ? ` Did you mean ${nearest}?` : ' Pick one from the menu.'}`;
}

function placeOfName(template: MergeTemplate, name: string): number {
  const wanted = name.replace(/^\["?|"?\]$/g, '');
  const piece = template.pieces.find(
    ({ kind, source }) =>
      kind !== 'text' &&
      withoutQuoted(source)
        .replace(/\s*\.\s*/g, '.')
        .includes(wanted),
  );
  return piece?.start ?? 0;
}

type LiquidFault = { message: string; offset: number };

/** liquidjs's errors as message and offset in the parsed source. */
function parseErrors(error: unknown): LiquidFault[] {
  const list = error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : [error];
  return list.map((one: unknown) => {
    const token = one instanceof Error && 'token' in one ? one.token : null;
    const begin = token && typeof token === 'object' && 'begin' in token ? Number(token.begin) : 0;
    return { message: one instanceof Error ? one.message : String(one), offset: Number.isFinite(begin) ? begin : 0 };
  });
}

function explain(fault: LiquidFault, text: string, joined: string, pieces: readonly Piece[], where: string): Problem {
  let offset = 0;
  let found: Piece | undefined;
  for (const piece of pieces) {
    if (offset > fault.offset) break;
    if (piece.kind !== 'text') found = piece;
    offset = joined.indexOf(piece.source, offset) + piece.source.length;
  }
  return problemAt(text, found?.start ?? 0, where, explanation(fault.message, shown(found?.source ?? '')));
}

function explanation(message: string, source: string): string {
  const filter = /undefined filter: ([\w-]+)/.exec(message)?.[1];
  if (filter) {
    const nearest = nearestName(filter, allowedFilters);
    return `Unknown filter “${shown(filter)}”.${nearest ? ` Did you mean “${nearest}”?` : ''}`;
  }
  if (/^tag .* not closed/.test(message)) {
    const tag = /^\{%\s*(\w+)/.exec(source)?.[1] ?? 'if';
    return `${source} is never ended. Put {% end${tag} %} behind the text it is for.`;
  }
  const orphan = /tag "(\w+)" not found/.exec(message)?.[1];
  if (orphan) return `${source} stands alone: there is no open {% if %}, {% unless %} or {% case %} before it.`;
  if (/expected filter name/.test(message)) return `A filter is missing behind “|” in ${source}`;
  if (/expected "\|" before filter/.test(message))
    return `This tag cannot be read: ${source} Is a “|” or a quote missing?`;
  return `This tag cannot be read: ${source}`;
}

function refuse(...problems: Problem[]): ParsedTemplate {
  return { ok: false, problems };
}
