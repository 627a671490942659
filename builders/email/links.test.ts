import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linkBook, trackLinksIn } from '../merge/tracked-links.ts';
import { resolveAddress } from './links.ts';

function resolve(typed: string): string {
  const result = resolveAddress(typed, 'Button 1, Url', linkBook());
  return result.ok ? result.address : `problem: ${result.problems.map(({ message }) => message).join(' ')}`;
}

describe('resolveAddress', () => {
  test('S0-03 S0-05: special links and web addresses become tracked links, the same destination once', () => {
    const book = linkBook();
    const at = (typed: string) => resolveAddress(typed, 'Button 1, Url', book);
    expect(at('{{ links.customer_portal }}')).toEqual({ ok: true, address: '{{ tracked.l1 }}' });
    expect(at(' {{links.pay_invoice}} ')).toEqual({ ok: true, address: '{{ tracked.l2 }}' });
    expect(at('https://example.com/a?b=1&c=2#d')).toEqual({ ok: true, address: '{{ tracked.l3 }}' });
    expect(at('{{ links.customer_portal }}')).toEqual({ ok: true, address: '{{ tracked.l1 }}' });
    expect(book.links).toEqual([
      { key: 'l1', kind: 'customer_portal', url: null },
      { key: 'l2', kind: 'pay_invoice', url: null },
      { key: 'l3', kind: 'url', url: 'https://example.com/a?b=1&c=2#d' },
    ]);
  });

  test('unsubscribe, mailto and tel stay as they are', () => {
    expect(resolve('{{ links.unsubscribe }}')).toBe('{{ links.unsubscribe }}');
    expect(resolve('mailto:office@example.com?subject=Invoice')).toBe('mailto:office@example.com?subject=Invoice');
    expect(resolve('tel:+15125550142')).toBe('tel:+15125550142');
    expect(resolve('office@example.com')).toBe('mailto:office@example.com');
  });

  test('addresses without https are taken as people mean them', () => {
    const url = (typed: string) => {
      const book = linkBook();
      resolveAddress(typed, 'Url', book);
      return book.links[0]?.url;
    };
    expect(url('www.example.com')).toBe('https://www.example.com/');
    expect(url('example.com/pay?x=1')).toBe('https://example.com/pay?x=1');
    expect(url('//example.com/a')).toBe('https://example.com/a');
    expect(url('example.com:8080/a')).toBe('https://example.com:8080/a');
    expect(url('http://localhost:3000/x')).toBe('http://localhost:3000/x');
    expect(url('https://münchen.example/é')).toBe('https://xn--mnchen-3ya.example/%C3%A9');
  });

  test('what leads nowhere, or somewhere unsafe, is a problem', () => {
    expect(resolve('')).toMatch(/no address yet/);
    expect(resolve('#')).toMatch(/no address yet/);
    expect(resolve('exam')).toMatch(/must begin with https/);
    expect(resolve('https://exa mple.com')).toMatch(/cannot have spaces/);
    for (const scheme of [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'java\nscript:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      'file:///etc/passwd',
      'https:',
    ]) {
      expect(resolve(scheme), scheme).toMatch(/^problem: /);
    }
  });

  test('B-10: merge tags in an address are percent-encoded, checked, and only behind its domain', () => {
    expect(resolve('https://example.com/?i={{ invoice.number }}&n={{customer.name}}')).toBe(
      'https://example.com/?i={{ invoice.number | fp_url_part }}&n={{ customer.name | fp_url_part }}',
    );
    expect(resolve('{{ company.website }}')).toBe('{{ company.website | fp_address }}');
    expect(resolve('{{ customer.name }}')).toMatch(/cannot begin an address/);
    expect(resolve('{{ company.website }}/x')).toMatch(/cannot begin an address/);
    expect(resolve('https://{{ customer.name }}.example/')).toMatch(/behind the domain/);
    expect(resolve('javascript:{{ customer.name }}')).toMatch(/^problem: /);
    expect(resolve('{{ links.pay_invoice }}?utm=1')).toMatch(/must be the whole address/);
    expect(resolve('{{ links.portal }}')).toMatch(/Did you mean links.customer_portal\?/);
    expect(resolve('https://example.com/{% if invoice.number %}a{% endif %}')).toMatch(/cannot hold conditions/);
    expect(resolve('https://example.com/{{ invoice.number')).toMatch(/not closed/);
  });

  test('any text resolves to http(s), mailto, tel or one of our tags, or is a problem', () => {
    const part = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom('http://', 'javascript:', '{{', '}}', ' ', ':', '//', '@', '.com', '\n', 'invoice.number'),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const book = linkBook();
        const result = resolveAddress(parts.join(''), 'Url', book);
        if (!result.ok) expect(result.problems.length).toBeGreaterThan(0);
        else
          expect(result.address).toMatch(
            /^(\{\{ tracked\.l1 \}\}$|\{\{ links\.|\{\{ company\.|mailto:|tel:|https?:\/\/[^{]*[/?#])/,
          );
        for (const { url } of book.links) expect(url).toMatch(/^https?:\/\/[^\s{}<>"]+$/);
      }),
      { numRuns: 1_000 },
    );
  });
});

test('S0-05: a special link that stands in text as itself is tracked too', () => {
  const book = linkBook();
  expect(trackLinksIn('{{ links.pay_invoice }}', book)).toBe('{{ tracked.l1 }}');
  expect(trackLinksIn('{{ links.unsubscribe }}', book)).toBe('{{ links.unsubscribe }}');
  expect(trackLinksIn('{{ customer.name | default: "links.pay_invoice" }}', book)).toContain('"links.pay_invoice"');
});
