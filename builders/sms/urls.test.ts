import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { EDGE, PLACE, findUrls, resolveUrl } from './urls.ts';

const found = (text: string) => findUrls(text).map((url) => url.text);
const resolved = (typed: string) => {
  const result = resolveUrl(typed);
  return result.ok ? result.url : `problem: ${result.message}`;
};

describe('S0-11: what is an address', () => {
  test('with or without https, www or a path, in capitals, in brackets', () => {
    expect(found('See https://example.com/a?b=1&c=%20#d or http://example.org')).toEqual([
      'https://example.com/a?b=1&c=%20#d',
      'http://example.org',
    ]);
    expect(found('www.example.com example.com/pay EXAMPLE.COM Example.com pay.acme.plumbing')).toEqual([
      'www.example.com',
      'example.com/pay',
      'EXAMPLE.COM',
      'Example.com',
      'pay.acme.plumbing',
    ]);
    expect(found('(https://example.com/a_(b)), [example.com], "example.com/x"')).toEqual([
      'https://example.com/a_(b)',
      'example.com',
      'example.com/x',
    ]);
    expect(found('//example.com/a example.com:8080/a https:example.com HTTPS://EXAMPLE.COM')).toHaveLength(4);
    expect(
      found('Pay.https://a.com w/example.com here...example.com -example.com example.com’s 1https://b.com'),
    ).toEqual(['https://a.com', 'example.com', 'example.com', 'example.com', 'example.com', 'https://b.com']);
    expect(found('a.com/x,https://b.com/y;www.c.com')).toEqual(['a.com/x', 'https://b.com/y', 'www.c.com']);
    expect(found('//a.comHTTPS://b.com //a.comftp://b.com')).toEqual([
      '//a.com',
      'HTTPS://b.com',
      '//a.comftp',
      '//b.com',
    ]);
  });

  test('punctuation at its end does not belong to it', () => {
    for (const end of ['.', ',', ')', '?', '!', ':', ';', '…', '...', '.)', '?!', '’', '”']) {
      for (const url of ['https://example.com/pay', 'example.com', 'www.example.com/a?b=c']) {
        expect(found(`Go to ${url}${end} Now`), url + end).toEqual([url]);
      }
    }
  });

  test('prices, times, dates, files, shortened words and email addresses are none', () => {
    for (const text of [
      '3.50 $1.99/mo 4.5/5 1,204.00 12.05.2024 v2.0 10.30am 5.pm 24/7',
      'e.g. i.e. a.k.a. U.S.A. p.m. Ph.D. No.5 St.Paul Mr.Smith Mon.Tue approx.3',
      'invoice.pdf plan.md photo.jpg script.py setup.zip README.md movie.mov',
      'and/or w/o he/she yes... ok.Thanks Done.Call us.Today now.Please',
      'office@example.com, first.last@example.co.uk @acme.co',
      'Tel:555-0142 Data: 5 GB Note:this JavaScript: yes',
    ]) {
      expect(found(text), text).toEqual([]);
    }
    expect(found('plan.md/x www.plan.md')).toEqual(['plan.md/x', 'www.plan.md']);
  });

  test('what hides an address is seen through', () => {
    expect(found('exam\u200bple.com example。com').map(resolved)).toEqual([
      'https://example.com/',
      'https://example.com/',
    ]);
    expect(found('谢谢。中国')).toEqual([]);
    expect(found('https:\\\\example.com').map(resolved)).toEqual(['https://example.com/']);
    expect(found('аpple.com').map(resolved)).toEqual(['https://xn--pple-43d.com/']);
  });

  test('merge tags are seen as part of an address, conditions as its end', () => {
    expect(found(`https://example.com/?i=${PLACE}${PLACE}&x=1`)).toHaveLength(1);
    expect(found(`${PLACE}.com www.${PLACE} https://${PLACE}/x`)).toHaveLength(3);
    expect(found(`Mr.${PLACE} ${PLACE}. ${PLACE}.Thanks ${PLACE}@example.com`)).toEqual([]);
    expect(found(`${EDGE}https://example.com/a${EDGE}b`)).toEqual(['https://example.com/a']);
  });

  test('any text: what is found stands where it is said to, and no work grows out of hand', () => {
    const part = fc.oneof(
      fc.string({ maxLength: 8, unit: 'grapheme' }),
      fc.constantFrom('https://', 'www.', '.com', '@', '/', ':', '.', ',', ' ', 'example', PLACE, EDGE, '(', '\\'),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const text = parts.join('');
        let last = 0;
        for (const { start, end, text: url } of findUrls(text)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(text.slice(start, end)).toBe(url);
          expect(url).not.toBe('');
          last = end;
          const result = resolveUrl(url);
          if (result.ok) expect(result.url).toMatch(/^https?:\/\/[^\s{}<>"@/]+\//);
          else expect(result.message).not.toMatch(/undefined|\ue002/);
        }
      }),
      { numRuns: 1_000 },
    );
    const started = performance.now();
    for (const bad of ['a.', 'a+', 'https:', 'a@', 'www.', '.com/,', '//', 'a-']) findUrls(bad.repeat(800));
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('hostile addresses are problems', () => {
  test.each([
    ['javascript:alert(1)', /not a web address/],
    ['JaVaScRiPt:alert(1)', /not a web address/],
    ['data:text/html,x', /not a web address/],
    ['vbscript:x', /not a web address/],
    ['file:///etc/passwd', /not a web address/],
    ['ftp://example.com/a', /not a web address/],
    ['mailto:office@example.com', /not a web address/],
    ['https://', /no address behind it/],
    ['//evil', /Is a part missing/],
    ['https://server', /Is a part missing/],
    ['https://a..b', /Is a part missing/],
    ['https://user:secret@example.com', /before an “@”/],
    ['https://example.com@evil.com/', /before an “@”/],
    ['https://@evil.com/', /before an “@”/],
    ['https://example.com,x@evil.com/', /before an “@”/],
    ['example.com@evil.com/x', /before an “@”/],
    ['http://127.0.0.1/x', /number of a machine/],
    ['http://0x7f.1/', /number of a machine/],
    ['http://2130706433/', /number of a machine/],
    ['192.168.0.1', /number of a machine/],
    ['http://[::1]/x', /number of a machine/],
    ['http://localhost:3000/', /cannot be reached/],
    ['localhost:3000/x', /cannot be reached/],
    ['https://printer.local/', /cannot be reached/],
    ['https://db.internal/', /cannot be reached/],
  ])('%s', (typed, words) => {
    expect(found(`Go to ${typed} now`)).toEqual([typed]);
    expect(resolved(typed)).toMatch(words);
  });

  test('an address with a merge tag, and one that the caller refuses', () => {
    expect(resolved(`https://example.com/?i=${PLACE}${PLACE}`)).toMatch(
      /“https:\/\/example.com\/\?i={{ … }}” has a merge tag/,
    );
    expect(resolveUrl('example.com/a', (url) => (url === 'https://example.com/a' ? 'Not this one.' : null))).toEqual({
      ok: false,
      message: 'Not this one.',
    });
  });
});
