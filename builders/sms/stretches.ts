import { nearestName, problemAt, type Problem } from '../merge/problem.ts';
import { expressionOf, scanTemplate, shown, withoutQuoted, type Piece } from '../merge/scan.ts';
import { PORTAL_MISSING, specialLinkOf, specialLinks } from '../merge/special-links.ts';
import { trackedTag, type LinkBook } from '../merge/tracked-links.ts';
import { EDGE, PLACE, findUrls, resolveUrl, type FoundUrl } from './urls.ts';

/** A run of a typed text that is one thing: words, an address, a special link, another merge tag or a condition. */
export type Stretch = {
  readonly kind: 'text' | 'url' | 'link' | 'output' | 'tag';
  /** UTF-16 units of the typed text. What `{%-` trims away is in no stretch. */
  readonly start: number;
  readonly end: number;
  /** What stands for it in the compiled text: an address and a special link are a tracked link. */
  readonly source: string;
};

export type LinkOptions = {
  /** False makes links to the portal a problem (S0-06). */
  readonly portalReady: boolean;
  /**
   * The company's website as it is now: *Our website* becomes a short link to it. Without it that tag is a problem, as it
   * would put in an address that is not shortened.
   */
  readonly website?: string;
  /** Says in words why an address cannot be used, or null; on top of what is refused anyway (see `resolveUrl`). */
  readonly refuseUrl?: (url: string) => string | null;
};

const WEBSITE = 'company.website';

/**
 * Splits a typed text, and registers where its links lead (S0-11). Addresses in plain words become tracked links; an address
 * that cannot be one, and a tag that would bring in an unshortened one, are problems with their place. The tags themselves are
 * `checkTemplate`'s to check.
 */
export function stretchesOf(
  text: string,
  where: string,
  book: LinkBook,
  options: LinkOptions,
): { stretches: Stretch[]; problems: Problem[] } {
  const { pieces, faults } = scanTemplate(text);
  const stretches: Stretch[] = [];
  const problems: Problem[] = [];
  if (faults.length > 0) return { stretches, problems };
  const refuse = (at: number, message: string) => problems.push(problemAt(text, at, where, message));
  /** A tracked link. One whose address is refused counts like any other while the text is written; it is never sent. */
  const linkTo = (at: number, address: string): string => {
    const resolved = resolveUrl(address, options.refuseUrl);
    if (!resolved.ok) refuse(at, resolved.message);
    return trackedTag(book.keyOf('url', resolved.ok ? resolved.url : address));
  };
  const urls = findUrls(withMarks(text, pieces));
  for (const { start, text: address } of urls) if (address.includes(PLACE)) linkTo(start, address);
  for (const { start, end } of urls) {
    const at = pieces.findIndex((piece) => piece.start === end && /^\{% (if|unless|case)\b/.test(piece.source));
    const inside = at < 0 ? undefined : pieces[at + 1];
    if (inside && inside.kind !== 'tag' && GLUED.test(inside.kind === 'output' ? 'x' : inside.source)) {
      refuse(start, 'An address cannot have a condition in it. Put the whole address into each branch.');
    }
  }
  pieces.forEach((piece, index) => {
    if (piece.kind === 'text') {
      const from = text.indexOf(piece.source, piece.start);
      stretches.push(...textStretches(text, from, from + piece.source.length, urls, linkTo));
      return;
    }
    const { start, end } = piece;
    const problem = problemOfTag(piece, options);
    if (problem !== null) refuse(start, problem);
    const next = pieces[index + 1];
    const special = piece.kind === 'output' ? specialLinkOf(piece.source) : null;
    if (special !== null && special.id !== 'unsubscribe') {
      if (special.requires === 'portal' && !options.portalReady) refuse(start, PORTAL_MISSING);
      if (next?.kind === 'text' && next.start === end && GLUED.test(next.source)) {
        refuse(end, 'Nothing can be added to a special link. Put a blank behind it.');
      }
      stretches.push({ kind: 'link', start, end, source: trackedTag(book.keyOf(special.id, null)) });
    } else if (problem === null && isWebsite(piece)) {
      stretches.push({ kind: 'link', start, end, source: linkTo(start, options.website ?? '') });
    } else {
      stretches.push({ kind: piece.kind, start, end, source: piece.source });
    }
  });
  return { stretches, problems };
}

/** What would be read as part of the address before it. */
const GLUED = /^[\p{L}\p{N}/\\?#&=%@_~+$-]/u;

/** The text with its expressions as marks, so that an address around one is seen whole. */
function withMarks(text: string, pieces: readonly Piece[]): string {
  let marked = '';
  let at = 0;
  for (const { kind, start, end } of pieces) {
    if (kind === 'text') continue;
    marked += text.slice(at, start) + (kind === 'output' ? PLACE : EDGE).repeat(end - start);
    at = end;
  }
  return marked + text.slice(at);
}

function textStretches(
  text: string,
  from: number,
  to: number,
  urls: readonly FoundUrl[],
  linkTo: (at: number, address: string) => string,
): Stretch[] {
  const stretches: Stretch[] = [];
  let at = from;
  const words = (end: number) => {
    if (end > at) stretches.push({ kind: 'text', start: at, end, source: text.slice(at, end) });
  };
  for (const { start, end, text: address } of urls) {
    if (start < from || end > to) continue;
    words(start);
    stretches.push({ kind: 'url', start, end, source: linkTo(start, address) });
    at = end;
  }
  words(to);
  return stretches;
}

/** What a merge tag would do that a text cannot have; null where it does nothing of the kind. */
function problemOfTag(piece: Piece, { website }: LinkOptions): string | null {
  const expression = expressionOf(piece);
  const bare = withoutQuoted(expression);
  if (/\blinks\s*\.\s*unsubscribe\b/.test(bare)) {
    return 'A text has no unsubscribe link: people stop texts by replying STOP. The line that says so is added by itself.';
  }
  // A condition puts in nothing: only what is put in, and what is kept to be put in later, is looked at.
  if (piece.kind === 'tag' && !/^assign\b/.test(bare)) return null;
  if (/\blinks\b/.test(bare) && specialLinkOf(piece.source) === null) {
    const name = /\blinks\s*\.\s*(\w+)/.exec(bare)?.[1] ?? '';
    const known = specialLinks.filter(({ id }) => id !== 'unsubscribe').map((link) => link.name);
    return `A special link stands by itself, with nothing else in its braces: {{ ${nearestName(`links.${name}`, known) ?? known[0]} }}`;
  }
  if (/\bcompany\s*\.\s*website\b/.test(bare)) {
    if (!isWebsite(piece)) return `“${shown(piece.source)}” cannot be shortened. Use {{ ${WEBSITE} }} by itself.`;
    if (!website) return 'Our website is not set, so it cannot be shortened. Type its address.';
  }
  for (const [, double, single] of expression.matchAll(/"([^"]*)"|'([^']*)'/g)) {
    const [url] = findUrls(double ?? single ?? '');
    if (url)
      return `“${url.text}” stands inside a merge tag, where it cannot be shortened. Type it outside of {{ … }}.`;
  }
  return null;
}

function isWebsite(piece: Piece): boolean {
  return piece.kind === 'output' && expressionOf(piece) === WEBSITE;
}
