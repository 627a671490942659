import { withoutQuoted } from './scan.ts';
import { specialLinks } from './special-links.ts';

export type TrackedKind = 'customer_portal' | 'pay_invoice' | 'url';

/**
 * One destination of a message. Its clicks are counted under its key; a recipient's address for it is `tracked[key]`.
 * `url` is set for kind 'url' alone.
 */
export type TrackedLink = { readonly key: string; readonly kind: TrackedKind; readonly url: string | null };

/** The destinations of a message while it is compiled. The same destination twice has one key. */
export type LinkBook = { readonly links: readonly TrackedLink[]; keyOf(kind: TrackedKind, url: string | null): string };

export function linkBook(): LinkBook {
  const links: TrackedLink[] = [];
  return {
    links,
    keyOf(kind, url) {
      const known = links.find((link) => link.kind === kind && link.url === url);
      if (known) return known.key;
      const key = `l${links.length + 1}`;
      links.push({ key, kind, url });
      return key;
    },
  };
}

/** Special links that stand in text as themselves ("Pay here: {{ links.pay_invoice }}") get their tracked address too. */
export function trackLinksIn(expression: string, book: LinkBook): string {
  const bare = withoutQuoted(expression);
  return specialLinks.reduce((source, { id, name }) => {
    if (id === 'unsubscribe' || !bare.includes(name)) return source;
    return source.replaceAll(new RegExp(`\\b${name.replace('.', '\\.')}\\b`, 'g'), `tracked.${book.keyOf(id, null)}`);
  }, expression);
}

export function trackedTag(key: string): string {
  return `{{ tracked.${key} }}`;
}
