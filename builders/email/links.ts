import { nearestName, problemAt, problemOf, type Problem } from '../merge/problem.ts';
import { scanTemplate, shown, withoutQuoted } from '../merge/scan.ts';
import { specialLinkOf } from '../merge/special-links.ts';
import { checkTemplate } from '../merge/template.ts';
import { trackedTag, type LinkBook } from '../merge/tracked-links.ts';

export type ResolvedAddress =
  | { readonly ok: true; readonly address: string }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * What a link's address becomes in the compiled email:
 * a special link or a plain http(s) address becomes `{{ tracked.l1 }}`; *Unsubscribe* stays `{{ links.unsubscribe }}`;
 * mailto and tel stay. An address with merge tags in it is different for each recipient, so it is not tracked: its tags are
 * percent-encoded (`fp_url_part`), and a tag that is the whole address must be http(s) when it is sent (`fp_address`).
 * Addresses without a scheme are taken as people mean them: www.example.com, office@example.com.
 * Anything else (javascript:, data:, an empty one) is a problem.
 */
export function resolveAddress(typed: string, where: string, book: LinkBook): ResolvedAddress {
  // Browsers ignore these characters in addresses, so "java\nscript:" would get past a check that sees them.
  const raw = typed.replace(/[\u0000-\u001f\u007f\u200b-\u200f\u2060\ufeff]/g, '').trim();
  const special = specialLinkOf(raw);
  if (special) {
    return resolved(special.id === 'unsubscribe' ? special.tag : trackedTag(book.keyOf(special.id, null)));
  }
  if (raw === '' || raw === '#') return refused(problemOf(where, 'This link has no address yet.'));
  if (/\{\{|\{%|\}\}|%\}/.test(raw)) return resolveMerged(raw, where);
  if (/\s/.test(raw) && !/^(tel|mailto):/i.test(raw)) {
    return refused(problemAt(raw, raw.search(/\s/), where, 'An address cannot have spaces.'));
  }
  const address = withScheme(raw);
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol === 'mailto:' || url?.protocol === 'tel:') return resolved(url.href.replace(/\s/g, ''));
  if ((url?.protocol === 'http:' || url?.protocol === 'https:') && DOMAIN.test(url.hostname)) {
    // Braces would be read as a merge tag in the compiled email.
    return resolved(trackedTag(book.keyOf('url', url.href.replaceAll('{', '%7B').replaceAll('}', '%7D'))));
  }
  return refused(problemOf(where, `“${raw.slice(0, 60)}” is not a web address. It must begin with https://`, raw));
}

/** A whole domain (or this machine, for trying things out), as the URL parser leaves it. */
const DOMAIN = /^(localhost|[a-z0-9_-]+(\.[a-z0-9_-]+)+)\.?$/;

/** Names that hold whole addresses, so that they may be an address by themselves. */
const ADDRESS_NAMES = ['company.website'];

function resolveMerged(raw: string, where: string): ResolvedAddress {
  const problems = checkTemplate(raw, where);
  if (problems.length > 0) return { ok: false, problems };
  const { pieces } = scanTemplate(raw);
  const tag = pieces.find(({ kind }) => kind === 'tag');
  if (tag) return refused(problemAt(raw, tag.start, where, 'An address cannot hold conditions, only {{ … }} tags.'));
  const link = pieces.find(({ kind, source }) => kind === 'output' && /\blinks\./.test(withoutQuoted(source)));
  if (link) {
    return refused(
      problemAt(raw, link.start, where, 'A special link must be the whole address, with nothing beside it.'),
    );
  }
  const [first] = pieces;
  if (first?.kind === 'output') {
    const name = /^\{\{ ([\w.]+)/.exec(first.source)?.[1] ?? '';
    if (pieces.length > 1 || !ADDRESS_NAMES.includes(name)) {
      const instead = nearestName(name, ADDRESS_NAMES);
      const hint = instead && instead !== name ? ` Did you mean ${instead}?` : '';
      return refused(
        problemAt(raw, 0, where, `${shown(first.source)} cannot begin an address. Begin with https://${hint}`),
      );
    }
    return resolved(first.source.replace(/ \}\}$/, ' | fp_address }}'));
  }
  const start = withScheme(first?.source ?? '');
  const host = /^https?:\/\/([^/?#]+)[/?#]/i.exec(start)?.[1] ?? '';
  if (!DOMAIN.test(host.replace(/:\d+$/, '').toLowerCase()) && !/^(mailto|tel):/i.test(start)) {
    const message =
      'Merge tags may stand behind the domain of an address only, such as https://example.com/?i={{ invoice.number }}';
    return refused(problemAt(raw, 0, where, message));
  }
  const address = pieces.map(({ kind, source }, index) => {
    if (kind === 'output') return source.replace(/ \}\}$/, ' | fp_url_part }}');
    return (index === 0 ? start : source).replaceAll('{', '%7B').replaceAll('}', '%7D').replace(/\s/g, '%20');
  });
  return resolved(address.join(''));
}

function withScheme(raw: string): string {
  if (/^[a-z][a-z0-9+.-]*:(?!\d)/i.test(raw)) return raw;
  if (raw.startsWith('//')) return `https:${raw}`;
  if (/^[^\s/@?#]+@[^\s/@?#]+\.[a-z]{2,}$/i.test(raw)) return `mailto:${raw}`;
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?([/?#]|$)/i.test(raw)) return `https://${raw}`;
  return raw;
}

function resolved(address: string): ResolvedAddress {
  return { ok: true, address };
}

function refused(problem: Problem): ResolvedAddress {
  return { ok: false, problems: [problem] };
}
