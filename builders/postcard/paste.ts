import { readHtml, shortened, type Formatting, type HtmlLink } from './paste-html.ts';
import { checkPlainTemplate, type PlainCheck } from './plain-text.ts';

export type PlainPaste = PlainCheck & {
  /** The pasted text before anything was replaced, with the addresses of its links: the places are places in it. */
  readonly text: string;
  /** What the rich text had that plain text has not, in the order in which it ends there. A link's address is kept. */
  readonly formatting: readonly Formatting[];
};

/**
 * What a paste arrives as (S0-15): plain text, with everything that it lost. Where the address of a link would be lost, it is put
 * behind the words, as one must be able to type it: "Pay here (https://demo.portal.example/)".
 * @param clipboard its `text/plain` and, where there is one, its `text/html`
 */
export function plainPaste(clipboard: { readonly text: string; readonly html?: string }): PlainPaste {
  const rich = readHtml(clipboard.html ?? '');
  const { text, formatting } = withAddresses(clipboard.text === '' ? rich.text : clipboard.text, rich.links);
  return { ...checkPlainTemplate(text), text, formatting: [...rich.formatting, ...formatting] };
}

function withAddresses(text: string, links: readonly HtmlLink[]): { text: string; formatting: Formatting[] } {
  const places: { at: number; address: string }[] = [];
  const formatting: Formatting[] = [];
  for (const link of links) {
    const address = addressOf(link.href);
    if (address !== null && isTold(link.text, address)) continue;
    const at = address === null ? null : endOfNth(text, link);
    if (address !== null && at !== null) places.push({ at, address });
    const name = at === null ? `Link to ${shortened(link.href)}` : 'Link: its address stands behind it now';
    formatting.push({ kind: 'link', name, excerpt: shortened(link.text), times: 1 });
  }
  let out = '';
  let from = 0;
  for (const { at, address } of places.sort((a, b) => a.at - b.at)) {
    out += `${text.slice(from, at)} (${address})`;
    from = at;
  }
  return { text: out + text.slice(from), formatting };
}

/** What a person would type to get where a link leads; null where that is nowhere. */
function addressOf(href: string): string | null {
  const named = /^(?:mailto|tel):([^?]+)/i.exec(href)?.[1];
  if (named !== undefined) return named;
  return /^https?:\/\/\S+$|^\{\{[^{}]*\}\}$/i.test(href) ? href : null;
}

function isTold(words: string, address: string): boolean {
  const bare = (text: string) => text.toLowerCase().replace(/^https?:\/\/(?:www\.)?|\/$/g, '');
  if (/^\+?[\d()\s.-]+$/.test(address)) return words.replace(/\D/g, '').endsWith(address.replace(/\D/g, '').slice(-10));
  return words.toLowerCase().includes(bare(address));
}

function endOfNth(text: string, { text: words, nth }: HtmlLink): number | null {
  const pattern = words.split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const match = [...text.matchAll(new RegExp(pattern.join('\\s+'), 'g'))][nth];
  return match ? match.index + match[0].length : null;
}
