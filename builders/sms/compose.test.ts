import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { sampleValues, type MergeValues } from '../merge/values.ts';
import { compileSms } from './compile.ts';
import type { CompiledSms } from './compiled.ts';
import { composeSms, prepareSms, refusalWords, tagsTakenApart, type ComposedSms } from './compose.ts';
import { TEXT_LIMIT } from './document.ts';
import { estimateSms } from './estimate.ts';
import { INVITATION_NOTE, noteFits, withNote } from './note.ts';
import { OPT_OUT } from './opt-out.ts';
import { priceOf, priceWords } from './prices.ts';
import { countText } from './segments.ts';
import { findUrls } from './urls.ts';

const SHORT = 'https://demo.go.example/';
const shortUrl = (key: string) => `${SHORT}k7m2p9q4r${key.slice(1)}`;

function compiled(text: string): CompiledSms {
  const result = compileSms({ version: 1, text }, { where: 'Message', portalReady: true });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.compiled;
}

function compose(text: string, values: MergeValues = sampleValues): ComposedSms {
  return composeSms(prepareSms(compiled(text)), values, shortUrl);
}

function withCustomer(customer: Partial<MergeValues['customer']>): MergeValues {
  return { ...sampleValues, customer: { ...sampleValues.customer, ...customer } };
}

const withName = (first_name: string) => withCustomer({ first_name });

describe('the text of one recipient', () => {
  test('S0-10 S0-11 B-11: merged, shortened, with the opt-out line, and counted as such', () => {
    const text =
      'Hi {{ customer.first_name }}, {{ invoice.amount_due }} is due. Pay: {{ links.pay_invoice }} or www.example.com/a.';
    const { body, count, refusal } = compose(text);
    expect(body).toBe(`Hi Dana, $418.50 is due. Pay: ${SHORT}k7m2p9q4r1 or ${SHORT}k7m2p9q4r2.\n${OPT_OUT}`);
    expect(count).toEqual(countText(body));
    expect(count).toMatchObject({ encoding: 'GSM-7', parts: 1, units: body.length });
    expect(refusal).toBeNull();
  });

  test('a text that tells how to stop gets no line', () => {
    expect(compose('Hi. Reply STOP to end.').body).toBe('Hi. Reply STOP to end.');
  });

  test('values come on one line, without control characters, their typography plain; names keep their letters', () => {
    const body = (name: string) =>
      compose('Hi {{ customer.first_name | default: "you" }}!', withName(name)).body.split('\n')[0];
    expect(body('Dana\r\n\t Lee\0\u0007')).toBe('Hi Dana Lee!');
    expect(body('O’Brien\u00a0–\u200b Smith')).toBe("Hi O'Brien - Smith!");
    expect(body('Łukasz 👩‍👧')).toBe('Hi Łukasz 👩‍👧!');
    expect(body(' \n\u200b ')).toBe('Hi you!');
    expect(body('{{ company.name }} {% if %}')).toBe('Hi {{ company name }} {% if %}!');
    expect(body('\ue000x\ue001')).toBe('Hi x!');
  });

  test('B-11: one name with an emoji makes the whole text UCS-2', () => {
    const text = 'Hi {{ customer.first_name }}, your technician is on the way and will call you from the van.';
    expect(compose(text).count).toMatchObject({ encoding: 'GSM-7', parts: 1 });
    const smile = compose(text, withName('Dana 😀')).count;
    expect(smile).toMatchObject({ encoding: 'UCS-2', parts: 2, offenders: [{ char: '😀', kind: 'emoji' }] });
  });

  test('a link never runs into what stands beside it', () => {
    const link = `${SHORT}k7m2p9q4r1`;
    const line = (text: string, values?: MergeValues) => compose(text, values).body.split('\n')[0];
    expect(line('Hi{{ links.pay_invoice }}{{ customer.first_name }}')).toBe(`Hi ${link} Dana`);
    expect(line('Pay:{{ links.pay_invoice }}, thanks')).toBe(`Pay:${link}, thanks`);
    expect(line('({{ links.pay_invoice }}).{% if invoice.number %}Thanks{% endif %}')).toBe(`(${link}). Thanks`);
    expect(line('{{ links.pay_invoice }},{{ links.pay_invoice }}{{ links.pay_invoice }}')).toBe(
      `${link}, ${link} ${link}`,
    );
    expect(line('{{ links.pay_invoice }}{{ customer.first_name }}', withName('?x=1'))).toBe(`${link}? x=1`);
  });

  test('a text too long, empty, or with an address put together is refused for that recipient alone', () => {
    const long = compose('Hi {{ customer.first_name }}', withName('a'.repeat(2_000)));
    expect(long.refusal).toBe('too_long');
    expect(refusalWords.too_long).toMatch(/longer than 1,600 characters/);
    expect(compose('Hi {{ customer.first_name }}', withName('a'.repeat(500_000))).refusal).toBe('too_long');
    const grown =
      '{{ customer.first_name | replace: "a", "aaaaaaaaaaaaaaaaaaaa" | replace: "a", "aaaaaaaaaaaaaaaaaaaa" }}';
    expect(compose(grown, withName('a'.repeat(1_000))).refusal).toBe('too_long');
    expect(compose('{{ customer.first_name }}', withName(''))).toMatchObject({ refusal: 'empty', body: '' });
    const built = '{% if customer.first_name == "x" %}evil{% else %}we{% endif %}{{ ".c" }}{{ "om" }}';
    expect(() => compiled(built)).toThrow(/put together/);
    const half = '{% if customer.first_name == "x" %}evil{% endif %}{{ "." }}{{ "com" }}';
    expect(compose(half, withName('x')).refusal).toBe('unshortened');
    expect(compose(half).refusal).toBeNull();
  });

  test('the limit counts the whole text as it is sent', () => {
    const text = `Hi {{ customer.first_name }}`;
    const room = TEXT_LIMIT - 'Hi \n'.length - OPT_OUT.length;
    expect(compose(text, withName('a'.repeat(room)))).toMatchObject({
      refusal: null,
      count: { units: 1_600, parts: 11 },
    });
    expect(compose(text, withName('a'.repeat(room + 1))).refusal).toBe('too_long');
  });

  test('S0-11: an address in a recipient’s own value is taken apart, and said', () => {
    const summary = (text: string) => ({ ...sampleValues, invoice: { ...sampleValues.invoice, summary: text } });
    const said = (text: string, source = 'For {{ invoice.summary }}') =>
      compose(source, summary(text)).body.split('\n')[0];
    expect(said('Site of Acme.com')).toBe('For Site of Acme com');
    expect(said('Site of acme.com', 'For {{ invoice.summary | upcase }}')).toBe('For SITE OF ACME COM');
    expect(said('see https://www.evil.com/pay?x=1#y, now')).toBe('For see www evil com, now');
    expect(said('http://bank.com@evil.com:8080/x')).toBe('For evil com');
    expect(said('javascript:alert(1) pump')).toBe('For  pump');
    expect(said('Pump, 3.5 kW, office@larks.example')).toBe('For Pump, 3.5 kW, office@larks.example');
    const prepared = prepareSms(compiled('For {{ invoice.summary }} of {{ company.name }}'));
    expect(tagsTakenApart(prepared, summary('www.x.com'))).toEqual(['invoice.summary']);
    expect(tagsTakenApart(prepared, summary('Pump'))).toEqual([]);
  });
});

const urls = fc
  .tuple(
    fc.constantFrom('', 'https://', 'http://', 'HTTPS://', '//', 'www.'),
    fc.webUrl({ validSchemes: ['https'], withQueryParameters: true, withFragments: true }).map((url) => url.slice(8)),
  )
  .map(([start, rest]) => `${start}${rest.replaceAll(/[{}]/g, '')}`);

describe('S0-11: no address that was typed survives in any composed text', () => {
  const words = fc.constantFrom('Hi ', 'see ', '(', ') ', '. ', ', ', '\n', '"', 'Pay:', '{{ customer.name }} ', '? ');
  const tags = fc.constantFrom(
    '{% if invoice.number %}',
    '{% endif %}',
    '{{ links.pay_invoice }} ',
    '{{ company.name }}',
  );
  const values = fc
    .tuple(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constantFrom('', 'com', '.com', 'www.', '/x', '\n'))
    .map(([name, more]) => withCustomer({ name: name + more, first_name: more }));

  test('whatever stands around it', () => {
    let composedTexts = 0;
    fc.assert(
      fc.property(fc.array(fc.oneof(words, tags, urls), { maxLength: 8 }), values, (parts, recipient) => {
        const result = compileSms({ version: 1, text: parts.join('') }, { where: 'Message', portalReady: true });
        if (!result.ok) return;
        composedTexts += 1;
        const { body, count, refusal } = composeSms(prepareSms(result.compiled), recipient, shortUrl);
        expect(count).toEqual(countText(body));
        if (refusal !== null) return;
        expect(body.length).toBeLessThanOrEqual(TEXT_LIMIT);
        const others = findUrls(body).filter(({ text }) => !/^https:\/\/demo\.go\.example\/k7m2p9q4r\d+$/.test(text));
        expect(others).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
    expect(composedTexts).toBeGreaterThan(200);
  });

  test('a single address between words is shortened to itself', () => {
    fc.assert(
      fc.property(urls, (url) => {
        fc.pre(findUrls(url).length === 1 && findUrls(url)[0]?.text === url);
        const result = compileSms({ version: 1, text: `See ${url} today` }, { where: 'Message', portalReady: true });
        if (!result.ok) return;
        const [link] = result.compiled.links;
        expect(link?.url).toBe(new URL(/^https?:/i.test(url) ? url : `https://${url.replace(/^\/\//, '')}`).href);
        expect(composeSms(prepareSms(result.compiled), sampleValues, shortUrl).body).toBe(
          `See ${SHORT}k7m2p9q4r1 today\n${OPT_OUT}`,
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe('B-11: worst, typical and best recipient', () => {
  const text = 'Hi {{ customer.first_name }}, {{ invoice.amount_due }} is due: {{ links.pay_invoice }}';
  const names = ['Bo', 'Bartholomew Featherstonehaugh'.repeat(4), 'Dana', 'Jo 😀'];
  const samples = names.map(withName);

  test('by parts, then by units; each says which recipient it is', () => {
    const estimate = estimateSms(prepareSms(compiled(text)), samples, shortUrl);
    expect(estimate).toMatchObject({
      best: { sample: 0, composed: { count: { parts: 1 } } },
      typical: { sample: 2, composed: { count: { parts: 1 } }, price: priceOf(1) },
      worst: { sample: 1, composed: { count: { parts: 2 } }, price: priceOf(2) },
      refused: 0,
    });
    expect(estimateSms(prepareSms(compiled(text)), [], shortUrl)).toBeNull();
  });

  test('one whose text is too long to be sent is the worst', () => {
    const estimate = estimateSms(prepareSms(compiled(text)), [...samples, withName('x'.repeat(9_000))], shortUrl);
    expect(estimate).toMatchObject({ worst: { sample: 4, composed: { refusal: 'too_long' } }, refused: 1 });
  });

  test('prices are ranges in words', () => {
    expect(priceWords(priceOf(1))).toBe('about 1.1 to 1.3¢');
    expect(priceWords(priceOf(2))).toBe('about 2.3 to 2.7¢');
    expect(priceWords(priceOf(100))).toBe('about $1.13 to $1.33');
    expect(priceWords(priceOf(0))).toBe('nothing');
  });
});

describe('S0-13: the invitation note is advised only where it still fits', () => {
  const fits = (text: string, names: string[]) => noteFits(compiled(text), names.map(withName), shortUrl);
  const text = 'Hi {{ customer.first_name }}, see your invoice: {{ links.customer_portal }}';

  test('where no recipient’s text gets a part longer', () => {
    expect(fits(text, ['Dana'])).toBe(true);
    const room = 160 - compose(text, withName('')).body.length - INVITATION_NOTE.length - 1;
    expect(fits(text, ['Dana', 'x'.repeat(room)])).toBe(true);
    expect(fits(text, ['Dana', 'x'.repeat(room + 1)])).toBe(false);
    expect(fits(text, ['Dana', 'x'.repeat(160)])).toBe(true);
    // In UCS-2 the same note no longer fits.
    expect(fits(text, ['Dana'.padEnd(50)])).toBe(true);
    expect(fits(text, ['Dana'.padEnd(48) + '😀'])).toBe(false);
  });

  test('not without a portal link, not twice, and not where it makes a text too long', () => {
    expect(fits('Hi {{ customer.first_name }}', ['Dana'])).toBe(false);
    expect(fits(withNote(text), ['Dana'])).toBe(false);
    expect(fits(text, [])).toBe(false);
    expect(fits(text, ['x'.repeat(1_500)])).toBe(false);
    expect(compose(withNote(text)).body).toContain(`r1 ${INVITATION_NOTE}\n`);
    const followed = withNote('See {{ links.customer_portal }}. Thanks');
    expect(followed).toBe(`See {{ links.customer_portal }}. ${INVITATION_NOTE} Thanks`);
    expect(withNote('See {{ links.customer_portal }}\n\nThanks')).toBe(
      `See {{ links.customer_portal }} ${INVITATION_NOTE}\n\nThanks`,
    );
    // The payment page opens without an account.
    expect(fits('Pay: {{ links.pay_invoice }}', ['Dana'])).toBe(false);
    expect(withNote('See {{ links.customer_portal }}, thanks')).toBe(
      `See {{ links.customer_portal }}, thanks ${INVITATION_NOTE}`,
    );
    expect(withNote('')).toBe(INVITATION_NOTE);
  });
});
