import fc from 'fast-check';
import { expect, test } from 'vitest';

import { classify, crowded, machineRules, machineWords, type Visit } from './visitor.ts';
import { brief } from './visits.server.ts';

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
const GMAIL = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)';
const NOON = Date.UTC(2026, 5, 1, 12);

const visit = (more: Partial<Visit> = {}): Visit => ({
  companyId: 1,
  messageId: 1,
  code: 'aaaaaaaaaa',
  at: NOON,
  method: 'GET',
  userAgent: CHROME,
  purpose: undefined,
  ip: '203.0.113.7',
  ...more,
});
const opening = (more: Partial<Visit> = {}) => visit({ code: null, ...more });
const judge = (visits: Visit[], handedOver = new Map<number, number>()) => classify(visits, visits, handedOver);
const one = (more: Partial<Visit>) => judge([visit(more)])[0];

test('B-03: what a request says of itself', () => {
  expect(one({})).toBeNull();
  expect(one({ method: 'HEAD' })).toBe('head');
  expect(one({ purpose: 'prefetch;prerender' })).toBe('prefetch');
  expect(one({ userAgent: undefined })).toBe('unnamed');
  expect(one({ userAgent: '  ' })).toBe('unnamed');
  expect(one({ userAgent: 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' })).toBe('bot');
  expect(one({ userAgent: 'curl/8.5.0' })).toBe('bot');
  expect(one({ userAgent: 'Mozilla/5.0 (compatible; Mimecast)' })).toBe('scanner');
  expect(one({ userAgent: 'BarracudaCentral' })).toBe('scanner');
});

test('B-03: Gmail’s and Yahoo’s proxies load a picture for a reader, Apple’s for nobody', () => {
  expect(one({ code: null, userAgent: GMAIL })).toBeNull();
  expect(one({ code: null, userAgent: 'YahooMailProxy; https://help.yahoo.com/kb/x.html' })).toBeNull();
  expect(one({ code: null, userAgent: 'Mozilla/5.0' })).toBe('apple_privacy');
  // A proxy of pictures follows no link.
  expect(one({ userAgent: GMAIL })).toBe('bot');
});

test('B-03: Outlook reads mail as a person and looks links up as a program', () => {
  const outlook = 'Mozilla/4.0 (compatible; ms-office; MSOffice 16)';
  expect(one({ code: null, userAgent: outlook })).toBeNull();
  expect(one({ userAgent: outlook })).toBe('scanner');
});

test('B-03: within ten seconds of being sent, or before that was written down, nobody has read it', () => {
  const sent = new Map([[1, NOON]]);
  const after = (ms: number, more: Partial<Visit> = {}) => judge([visit({ at: NOON + ms, ...more })], sent)[0];
  expect([after(-500), after(0), after(9_999), after(10_000)]).toEqual(['too_soon', 'too_soon', 'too_soon', null]);
  expect(after(1_000, { code: null, userAgent: GMAIL })).toBe('too_soon');
});

test('B-03: several links of one message at once are no person’s, with the opening beside them', () => {
  const rules = judge([
    opening({ at: NOON - 200 }),
    visit(),
    visit({ code: 'bbbbbbbbbb', at: NOON + 2_500 }),
    // Somebody else at another message, the same link twice, and the recipient an hour later.
    visit({ messageId: 2 }),
    visit({ messageId: 2, at: NOON + 300 }),
    opening({ at: NOON + 3_600_000 }),
    visit({ at: NOON + 3_600_000 }),
    // The recipient's own opening, by another program.
    opening({ ip: '198.51.100.4' }),
  ]);
  expect(rules).toEqual(['many_links', 'many_links', 'many_links', null, null, null, null, null]);
  expect(judge([visit(), visit({ code: 'bbbbbbbbbb', at: NOON + 2_501 })])).toEqual([null, null]);
});

test('B-03: one client at ten messages within a minute is a scanner; a family behind one address is not', () => {
  const round = (count: number, more: (n: number) => Partial<Visit> = () => ({})) =>
    judge(Array.from({ length: count }, (_, n) => visit({ messageId: n + 1, at: NOON + n * 6_000, ...more(n) })));
  expect(new Set(round(9))).toEqual(new Set([null]));
  expect(new Set(round(10))).toEqual(new Set(['burst']));
  expect(new Set(round(10, (n) => ({ at: NOON + n * 7_000 })))).toEqual(new Set([null]));
  expect(new Set(round(12, (n) => ({ userAgent: n % 2 ? CHROME : CHROME.replace('126', '127') })))).toEqual(
    new Set([null]),
  );
  expect(new Set(round(40, () => ({ code: null, userAgent: GMAIL })))).toEqual(new Set([null]));
});

test('B-03: ten messages from one network within five seconds are a data center’s, whatever its programs call themselves', () => {
  const round = (count: number, more: (n: number) => Partial<Visit>) =>
    judge(
      Array.from({ length: count }, (_, n) =>
        visit({ messageId: n + 1, at: NOON + n * 400, userAgent: CHROME.replace('126', String(100 + n)), ...more(n) }),
      ),
    );
  const near = (n: number) => ({ ip: `198.51.100.${n + 1}` });
  expect(new Set(round(10, near))).toEqual(new Set(['data_center']));
  expect(new Set(round(9, near))).toEqual(new Set([null]));
  // Two clicks in three seconds: customers of one phone company after a large campaign.
  expect(new Set(round(60, (n) => ({ ...near(n), at: NOON + n * 600 })))).toEqual(new Set([null]));
  expect(new Set(round(40, (n) => ({ ip: `198.51.${n}.7` })))).toEqual(new Set([null]));
  expect(new Set(round(12, (n) => ({ ip: `2001:db8:7:${n}::1` })))).toEqual(new Set(['data_center']));
  expect(new Set(round(12, (n) => ({ ip: `2001:db8:${n}::1` })))).toEqual(new Set([null]));
  expect(new Set(round(40, (n) => ({ ...near(n), code: null, userAgent: GMAIL })))).toEqual(new Set([null]));
  // One message, many times: somebody who shows it around.
  expect(new Set(round(40, (n) => ({ ...near(n), messageId: 1 })))).toEqual(new Set([null]));
});

const anyVisit: fc.Arbitrary<Visit> = fc.record({
  companyId: fc.constant(1),
  messageId: fc.integer({ min: 1, max: 14 }),
  code: fc.constantFrom(null, 'aaaaaaaaaa', 'bbbbbbbbbb', 'cccccccccc'),
  at: fc.integer({ min: 0, max: 120_000 }).map((ms) => NOON + ms),
  method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD'),
  userAgent: fc.constantFrom(CHROME, CHROME, GMAIL, 'Mozilla/5.0', undefined),
  purpose: fc.constantFrom(undefined, undefined, 'prefetch'),
  ip: fc.constantFrom('203.0.113.7', '198.51.100.4'),
});

test('the order in which visits are handed in changes nothing, and what came later does not acquit', () => {
  fc.assert(
    fc.property(fc.array(anyVisit, { maxLength: 40 }), fc.array(anyVisit, { maxLength: 10 }), (visits, more) => {
      const rules = judge(visits);
      const turned = visits.toReversed();
      expect(classify(turned, turned, new Map()).toReversed()).toEqual(rules);
      const known = classify(visits, [...visits, ...more], new Map());
      for (const [index, rule] of rules.entries()) if (rule !== null) expect(known[index]).not.toBeNull();
    }),
  );
});

test('a crowd is found as one would by looking at every stretch', () => {
  fc.assert(
    fc.property(fc.array(anyVisit, { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), (made, least) => {
      const visits = made.toSorted((a, b) => a.at - b.at);
      const keyOf = (each: Visit) => String(each.messageId);
      const slow = visits.filter((each) =>
        visits.some((first) => {
          const stretch = visits.filter((other) => other.at >= first.at && other.at - first.at <= 20_000);
          return stretch.includes(each) && new Set(stretch.map(keyOf)).size >= least;
        }),
      );
      expect(new Set(crowded(visits, 20_000, least, keyOf))).toEqual(new Set(slow));
    }),
  );
});

test('twenty thousand visits of one client cost no more than each alone', () => {
  const visits = Array.from({ length: 20_000 }, (_, n) =>
    visit({ at: NOON + n, code: n % 3 ? null : `code${n % 7}`, messageId: n % 2 }),
  );
  const started = performance.now();
  judge(visits);
  expect(performance.now() - started).toBeLessThan(3_000);
});

test('of a header no more is held than tells programs apart', () => {
  expect(brief(undefined)).toBeUndefined();
  expect(brief(GMAIL)).toBe(GMAIL);
  expect(brief(GMAIL + 'x'.repeat(15_000))).toBe((GMAIL + 'x'.repeat(15_000)).slice(0, 500));
});

test('every rule has its words, and an unknown one too', () => {
  for (const rule of Object.keys(machineRules)) expect(machineWords(rule)).toBe(machineRules[rule as 'head']);
  expect(machineWords('of tomorrow')).toContain('does not look like a person');
  expect(machineWords('toString')).toContain('does not look like a person');
  expect(machineWords(undefined)).toContain('does not look like a person');
});

test('B-03: messages of two companies that happen to have one number are no crowd', () => {
  const across = [1, 2, 3].flatMap((companyId) =>
    visit({ companyId, code: `code${companyId}aaaaa`, at: NOON + companyId }),
  );
  expect(judge(across)).toEqual([null, null, null]);
  const within = across.map((each) => ({ ...each, companyId: 1 }));
  expect(judge(within)).toEqual(['many_links', 'many_links', 'many_links']);
});
