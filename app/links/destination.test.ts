import { domainToASCII, domainToUnicode } from 'node:url';

import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { expect, test } from 'vitest';

import { refuseDestination } from './destination.ts';
import { readLabel } from './punycode.ts';

const ours = { linkDomain: 'go.fieldpost.com', portalDomain: 'portal.fieldpost.com' };
const refused = (url: string) => refuseDestination(url, ours);

test.each([
  'https://larkfield.example/tips?a=1&b=%20#top',
  'http://www.example.com',
  'HTTPS://Example.com/A',
  'https://example.com:8443/status',
  'http://example.com:80/',
  'https://8.8.8.8/',
  'https://[2606:4700::1111]/',
  'https://demo.portal.fieldpost.com/invoices/4',
  'https://fieldpost.com/',
  'https://paypal.com/x',
  'https://www.paypal.de/x',
  'https://café.fr/menü',
  'https://straße.de/',
  'https://россия.рф/',
  'https://例え.jp/',
  'https://한국hello.com/',
  'https://example.com/@name?user=a@b.c',
  'https://example.com./',
])('S0-11: a public web address passes: %s', (url) => {
  expect(refused(url)).toBeNull();
});

const hostile: [string, RegExp][] = [
  ['javascript:alert(1)', /https:\/\//],
  ['JaVaScRiPt:alert(1)', /https:\/\//],
  ['data:text/html,<b>', /https:\/\//],
  ['file:///etc/passwd', /https:\/\//],
  ['ftp://example.com/', /https:\/\//],
  ['mailto:a@example.com', /https:\/\//],
  ['//evil.com', /https:\/\//],
  ['///evil.com', /https:\/\//],
  ['https:evil.com', /https:\/\//],
  ['https:/evil.com', /https:\/\//],
  ['https:///evil.com', /https:\/\//],
  ['', /https:\/\//],
  ['/tips', /https:\/\//],
  ['example.com', /https:\/\//],
  ['https://example.com\\@evil.com', /backslash/],
  ['https:\\\\evil.com', /backslash/],
  ['https://example.com/\r\nset-cookie: a=b', /can’t be seen/],
  ['java\tscript:alert(1)', /can’t be seen/],
  [' https://example.com', /can’t be seen/],
  ['https://exam\u200bple.com', /can’t be seen/],
  ['https://example.com/\u202egpj.exe', /can’t be seen/],
  ['https://example.com/\0', /can’t be seen/],
  ['https://paypal.com@evil.com/', /before its “@”/],
  ['https://a:b@evil.com/', /before its “@”/],
  ['https://@evil.com/', /before its “@”/],
  [`https://example.com/${'a'.repeat(2_000)}`, /longer than 2,000/],
  ['https://exa mple.com', /can’t be seen/],
  ['https://exa%00mple.com', /not a web address/],
  ['https://a..b.com/', /not a name/],
  ['https://example.com:99999/', /not a web address/],
  ['http://localhost:3000/', /from outside/],
  ['http://demo.localhost/', /from outside/],
  ['http://printer/', /from outside/],
  ['http://printer./', /from outside/],
  ['http://nas.local/', /from outside/],
  ['http://metadata.google.internal/', /from outside/],
  ['http://router.home.arpa/', /from outside/],
  ['https://acme.go.fieldpost.com/abcdefghjk', /in a circle/],
  ['https://ACME.GO.FieldPost.com./abcdefghjk', /in a circle/],
  ['https://acme.go.fieldpost.com:8080/abcdefghjk', /in a circle/],
  ['https://go.fieldpost.com/', /in a circle/],
  ['https://acme。go。fieldpost。com/abcdefghjk', /in a circle/],
];

test('S0-11: hostile addresses are refused, with words', () => {
  for (const [url, words] of hostile) expect(refused(url), url.slice(0, 80)).toMatch(words);
});

test('S0-11: our own hosts are told by name, whichever of the two domains lies below the other, and whatever the port', () => {
  const dev = { linkDomain: 'go.localhost:3000', portalDomain: 'portal.localhost:3000' };
  expect(refuseDestination('http://demo.go.localhost:3000/abcdefghjk', dev)).toMatch(/circle/);
  expect(refuseDestination('http://demo.portal.localhost:3000/', dev)).toBeNull();
  const linksBelow = { linkDomain: 'go.example.com', portalDomain: 'example.com' };
  expect(refuseDestination('https://a.go.example.com/x', linksBelow)).toMatch(/circle/);
  expect(refuseDestination('https://a.example.com/x', linksBelow)).toBeNull();
  const portalsBelow = { linkDomain: 'example.com', portalDomain: 'portal.example.com' };
  expect(refuseDestination('https://a.example.com/x', portalsBelow)).toMatch(/circle/);
  expect(refuseDestination('https://a.portal.example.com/x', portalsBelow)).toBeNull();
});

test.each([
  ['https://pаypal.com/', /mixes letters.*|xn--/], // a Cyrillic а
  ['https://xn--pypal-4ve.com/', /xn--pypal-4ve\.com/],
  ['https://аррӏе.com/', /looks like apple.*/], // all Cyrillic
  ['https://www.paypál.com/', /looks like paypal/],
  ['https://paypa1.com/', /looks like paypal/],
  ['https://login.arnazon.com/', /looks like amazon/],
  ['https://g00gle.net/', /looks like google/],
  ['https://vvalmart.com/', /looks like walmart/],
  ['https://fie1dpost.com/', /looks like fieldpost\.com/],
  ['https://portal.fіeldpost.com/', /mixes letters/],
  ['https://сосо.com/', /letters that look like others/],
  ['https://xn--a.com/', /can’t be read|not a web address/],
])('S0-11: %s looks like another name, and the words say which it really is', (url, words) => {
  const why = refused(url);
  expect(why).toMatch(words);
  const { hostname } = URL.canParse(url) ? new URL(url) : { hostname: '' };
  if (hostname.includes('xn--')) expect(why).toContain(hostname);
});

const privates =
  `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 224.0.0.0/4 240.0.0.0/4`
    .split(' ')
    .map((text) => ipaddr.IPv4.parseCIDR(text));

/** An address of a private range, as a number. */
const privateIp = fc
  .record({ range: fc.constantFrom(...privates), offset: fc.integer({ min: 0, max: 2 ** 32 - 1 }) })
  .map(({ range: [base, bits], offset }) => {
    const start = base.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0);
    return start + (offset % 2 ** (32 - bits));
  });

const bytes = (ip: number) => [24, 16, 8, 0].map((shift) => Math.floor(ip / 2 ** shift) % 256);

/** The same address in the notations that browsers read. */
const notation = fc.constantFrom<(ip: number) => string>(
  (ip) => bytes(ip).join('.'),
  String,
  (ip) => `0x${ip.toString(16)}`,
  (ip) => `0${ip.toString(8)}`,
  (ip) =>
    bytes(ip)
      .map((byte) => `0x${byte.toString(16)}`)
      .join('.'),
  (ip) =>
    bytes(ip)
      .map((byte) => `0${byte.toString(8)}`)
      .join('.'),
  (ip) => `${bytes(ip)[0]}.${ip % 2 ** 24}`,
  (ip) => `${bytes(ip).slice(0, 2).join('.')}.${ip % 2 ** 16}`,
  (ip) => `${bytes(ip).join('.')}.`,
  (ip) => bytes(ip).join('。'),
  (ip) => [...bytes(ip).join('.')].map((char) => (char === '.' ? char : `%3${char}`)).join(''),
  (ip) => `[::ffff:${bytes(ip).join('.')}]`,
  (ip) => `[::${bytes(ip).join('.')}]`,
  (ip) => `[64:ff9b::${bytes(ip).join('.')}]`,
);

test('S0-11: a private address is refused in every notation', () => {
  fc.assert(
    fc.property(privateIp, notation, fc.constantFrom('http', 'https', 'HTTP'), (ip, write, scheme) => {
      expect(refused(`${scheme}://${write(ip)}/x`)).toMatch(/from outside/);
    }),
    { numRuns: 500 },
  );
});

test.each([
  '[::1]',
  '[::]',
  '[fe80::1]',
  '[fc00::1]',
  '[fd12:3456::1]',
  '[ff02::1]',
  '[2001:db8::1]',
  '[2002:7f00:1::]',
])('S0-11: http://%s/ is refused', (host) => {
  expect(refused(`http://${host}/`)).toMatch(/from outside/);
});

test('S0-11: whatever passes is what the URL parser takes it for: http(s), without user, on a public name', () => {
  const anything = fc.oneof(
    fc.webUrl({ withFragments: true, withQueryParameters: true, validSchemes: ['http', 'https', 'ftp', 'javascript'] }),
    fc.string({ unit: 'binary' }),
    fc
      .tuple(
        fc.constantFrom('https://', 'http://', '//', 'https:/', '\\\\', 'javascript:', ''),
        fc.string({
          unit: fc.constantFrom('a', '.', '@', '/', ':', '\\', '1', 'x', '%', 'а', '[', ']', '\t', '。', '#', '?'),
        }),
      )
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(anything, (url) => {
      const why = refused(url);
      if (why !== null) {
        expect(why).toMatch(/[.…/]$/);
        return;
      }
      const { protocol, username, password, hostname } = new URL(url);
      expect(['http:', 'https:']).toContain(protocol);
      expect(username + password).toBe('');
      expect(hostname).toMatch(/\.|^\[/);
      expect(hostname).not.toMatch(/fieldpost\.com$/);
    }),
    { numRuns: 2_000 },
  );
});

test('a label of punycode reads as the platform reads it', () => {
  const letter = fc.constantFrom(...'abcxyz0189äöüéñßабвгдежз漢字かなハングル한국어');
  fc.assert(
    fc.property(fc.string({ unit: letter, minLength: 1, maxLength: 20 }), (text) => {
      const ascii = domainToASCII(text);
      if (ascii !== '') expect(readLabel(ascii)).toBe(domainToUnicode(ascii));
    }),
  );
  for (const broken of ['xn--', 'xn--a', 'xn--\u00e4', 'xn--99999999999', 'plain'])
    expect(typeof readLabel(broken)).toBe('string');
});
