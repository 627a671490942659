import { nearestName, problemAt, problemOf, type Problem } from '../merge/problem.ts';
import { expressionOf, withoutQuoted, type Piece } from '../merge/scan.ts';
import { PORTAL_MISSING, specialLinkOf, specialLinks } from '../merge/special-links.ts';
import { trackedTag, type LinkBook } from '../merge/tracked-links.ts';
import { joinPieces } from '../merge/template.ts';
import { resolveUrl } from '../sms/urls.ts';
import type { PostcardDocument } from './document.ts';
import { QR } from './parts.ts';

export type LinkOptions = {
  /** False makes links to the portal a problem (S0-06). */
  readonly portalReady: boolean;
  /** Says in words why an address cannot be used, or null; on top of what is refused anyway (see `resolveUrl`). */
  readonly refuseUrl?: (url: string) => string | null;
};

/** The special links that lead somewhere from paper. */
export const postcardLinks = specialLinks.filter(({ id }) => id !== 'unsubscribe');

/**
 * A text's source with its special links as tracked ones: each recipient's own short link is printed. An address that was typed
 * stays as it was typed: it is what people recognise, and nothing on paper has to be clicked.
 */
export function trackText(
  text: string,
  pieces: readonly Piece[],
  where: string,
  book: LinkBook,
  { portalReady }: LinkOptions,
): { source: string; problems: Problem[] } {
  const problems: Problem[] = [];
  const tracked = pieces.map((piece): Piece => {
    if (piece.kind === 'text') return piece;
    const refusal = refusalOf(piece);
    if (refusal !== null) problems.push(problemAt(text, piece.start, where, refusal));
    const special = piece.kind === 'output' ? specialLinkOf(piece.source) : null;
    if (special === null || special.id === 'unsubscribe') return piece;
    if (special.requires === 'portal' && !portalReady) {
      problems.push(problemAt(text, piece.start, where, PORTAL_MISSING));
    }
    if (/^[\p{L}\p{N}/?#&=%@_~+$-]/u.test(text.slice(piece.end))) {
      problems.push(
        problemAt(text, piece.end, where, 'Nothing can be added to a special link. Put a blank behind it.'),
      );
    }
    return { ...piece, source: trackedTag(book.keyOf(special.id, null)) };
  });
  return { source: joinPieces(tracked), problems };
}

function refusalOf(piece: Piece): string | null {
  const bare = withoutQuoted(expressionOf(piece));
  if (/\blinks\s*\.\s*unsubscribe\b/.test(bare)) {
    return (
      'Nobody can click on paper, so a postcard has no unsubscribe link. Take it out; ' +
      'to say how to stop mail, write whom to call: {{ company.phone }}.'
    );
  }
  // A condition prints nothing itself.
  if (piece.kind === 'tag' && !/^assign\b/.test(bare)) return null;
  if (!/\blinks\b/.test(bare) || specialLinkOf(piece.source) !== null) return null;
  const name = /\blinks\s*\.\s*(\w+)/.exec(bare)?.[1] ?? '';
  const known = postcardLinks.map((link) => link.name);
  return `A special link stands by itself, with nothing else in its braces: {{ ${nearestName(`links.${name}`, known) ?? known[0]} }}`;
}

/** The QR code's key among the links, and what is wrong with where it leads (S0-16). */
export function trackCode(
  qr: NonNullable<PostcardDocument['qr']>,
  book: LinkBook,
  options: LinkOptions,
): { key: string; problems: Problem[] } {
  if (qr.target !== 'url') {
    const problems = options.portalReady ? [] : [problemOf(QR, PORTAL_MISSING)];
    return { key: book.keyOf(qr.target, null), problems };
  }
  const typed = qr.url.trim();
  const refuse = (message: string) => ({ key: book.keyOf('url', typed), problems: [problemOf(QR, message, typed)] });
  if (typed === '')
    return refuse('The QR code leads nowhere. Type the address that it leads to, or choose another target.');
  if (/\{\{|\{%/.test(typed)) {
    return refuse(
      'The QR code leads everybody to the same address, so that cannot have merge tags. ' +
        'Customer Portal and Pay invoice lead each recipient to their own.',
    );
  }
  if (/\s/.test(typed)) return refuse('An address has no blanks in it. Take them out.');
  const resolved = resolveUrl(typed, options.refuseUrl);
  return resolved.ok ? { key: book.keyOf('url', resolved.url), problems: [] } : refuse(resolved.message);
}
