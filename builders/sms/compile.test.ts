import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { compileSms, type CompileSmsOptions } from './compile.ts';
import { compiledSmsSchema, type CompiledSms } from './compiled.ts';
import { emptySms, type SmsDocument } from './document.ts';
import { OPT_OUT } from './opt-out.ts';

const options: CompileSmsOptions = { where: 'Message', portalReady: true };
const typed = (text: string): SmsDocument => ({ version: 1, text });

function compile(text: string, more: Partial<CompileSmsOptions> = {}): CompiledSms {
  const result = compileSms(typed(text), { ...options, ...more });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  expect(compiledSmsSchema.parse(JSON.parse(JSON.stringify(result.compiled)))).toEqual(result.compiled);
  return result.compiled;
}

function problems(text: string, more: Partial<CompileSmsOptions> = {}): string[] {
  const result = compileSms(typed(text), { ...options, ...more });
  return result.ok ? [] : result.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

describe('S0-10 S0-11: every address becomes a tracked link', () => {
  test('typed, pasted, and special links, each destination once', () => {
    const compiled = compile(
      'Hi {{customer.first_name | default: "there"}}, pay at {{ links.pay_invoice }} or {{links.pay_invoice}}.\n' +
        'See www.example.com/a, https://www.example.com/a and {{ links.customer_portal }}',
    );
    expect(compiled.source).toBe(
      'Hi {{ customer.first_name | default: "there" }}, pay at {{ tracked.l1 }} or {{ tracked.l1 }}.\n' +
        'See {{ tracked.l2 }}, {{ tracked.l2 }} and {{ tracked.l3 }}',
    );
    expect(compiled.links).toEqual([
      { key: 'l1', kind: 'pay_invoice', url: null },
      { key: 'l2', kind: 'url', url: 'https://www.example.com/a' },
      { key: 'l3', kind: 'customer_portal', url: null },
    ]);
    expect(compiled.uses).toEqual({
      portalLink: true,
      payLink: true,
      invoice: true,
      names: ['customer.first_name', 'links.customer_portal', 'links.pay_invoice'],
    });
  });

  test('B-11: a text that never says whom it is from is warned of', () => {
    const warned = (text: string) => {
      const result = compileSms(
        { version: 1, text },
        { where: 'Message', portalReady: true, companyName: 'Larkfield Air' },
      );
      return result.ok ? result.warnings.map((one) => one.message) : ['not compiled'];
    };
    const unnamed = [expect.stringMatching(/never says who you are/)];
    expect(warned('Your invoice is due.')).toEqual(unnamed);
    expect(warned('{% if invoice.days_overdue > 9 %}Larkfield Air{% endif %} Your invoice is due.')).toEqual(unnamed);
    expect(warned('LARKFIELD AIR: your invoice is due.')).toEqual([]);
    expect(warned('{{ company.name }}: your invoice is due.')).toEqual([]);
  });

  test('our website becomes a short link to it; without one it is a problem', () => {
    const compiled = compile('{{ company.website }}', { website: 'brightwater.example/' });
    expect(compiled.links).toEqual([{ key: 'l1', kind: 'url', url: 'https://brightwater.example/' }]);
    expect(problems('{{ company.website }}')).toEqual([expect.stringMatching(/^1:1 Our website is not set/)]);
    expect(problems('{{ company.website }}', { website: 'http://10.0.0.1' })).toHaveLength(1);
    expect(problems('{{ company.website | upcase }}', { website: 'https://a.com' })).toEqual([
      expect.stringMatching(/cannot be shortened\. Use {{ company\.website }} by itself/),
    ]);
  });

  test('the caller can refuse an address, in its own words and in its place', () => {
    const refuseUrl = (url: string) =>
      url.startsWith('https://demo.go.example/') ? 'This is a short link already.' : null;
    expect(problems('Hi,\nsee https://demo.go.example/k7m2p9q4rs', { refuseUrl })).toEqual([
      '2:5 This is a short link already.',
    ]);
    expect(problems('see https://example.com', { refuseUrl })).toEqual([]);
  });

  test('an address with merge tags or a condition in it is a problem', () => {
    expect(problems('a https://example.com/?i={{ invoice.number }}&x')).toEqual([
      expect.stringMatching(/^1:3 “https:\/\/example\.com\/\?i={{ … }}&x” has a merge tag in it/),
    ]);
    expect(problems('{{ customer.first_name }}.com')).toHaveLength(1);
    expect(problems('https://example.com/{% if invoice.number %}a{% endif %}')).toEqual([
      expect.stringMatching(/^1:1 An address cannot have a condition in it/),
    ]);
    expect(problems('{% if invoice.number %}https://example.com{% else %}example.org{% endif %} or call')).toEqual([]);
  });

  test('a tag that would put in an address is a problem', () => {
    expect(problems('{{ customer.name | default: "example.com" }}')).toEqual([
      expect.stringMatching(/^1:1 “example\.com” stands inside a merge tag/),
    ]);
    expect(problems('{% assign a = "https://example.com/" %}{{ a }}')).toHaveLength(1);
    expect(problems('{% assign a = links.pay_invoice %}{{ a }}')).toEqual([
      expect.stringMatching(/A special link stands by itself.*{{ links\.pay_invoice }}/),
    ]);
    expect(problems('{{ links.pay_invoice | append: "?x=1" }}')).toHaveLength(1);
    expect(problems('{{ links.pay_invoice }}?x=1')).toEqual([
      '1:24 Nothing can be added to a special link. Put a blank behind it.',
    ]);
    expect(problems('{{ "exa" | append: "mple" | append: ".com" }}')).toEqual([
      expect.stringMatching(/put together from pieces/),
    ]);
    expect(problems('{% if links.pay_invoice %}ok{% endif %}')).toEqual([]);
  });
});

describe('what cannot be sent', () => {
  test('an empty text, and one that is too long', () => {
    expect(compileSms(emptySms(), options)).toMatchObject({ ok: false, problems: [{ message: 'The text is empty.' }] });
    expect(problems(' \n ')).toHaveLength(1);
    expect(problems('a'.repeat(1_601))).toHaveLength(1);
    expect(problems('a'.repeat(1_600))).toEqual([expect.stringMatching(/longer than 1,600/)]);
    const opted = 'a'.repeat(1_600 - ' Reply STOP.'.length);
    expect(problems(`${opted} Reply STOP.`)).toEqual([]);
  });

  test('a text that can grow too long is a warning, one that always does a problem', () => {
    const wide = compileSms(typed('{{ company.postal_address }} '.repeat(55)), options);
    expect(wide).toMatchObject({
      ok: true,
      warnings: [{ message: expect.stringMatching(/can be longer than 1,600/) }],
    });
    expect(problems('https://a.co '.repeat(100))).toEqual([expect.stringMatching(/is longer than 1,600/)]);
  });

  test('B-10: unknown and broken tags, with their place, once each', () => {
    expect(problems('Hi\n{{ customer.frist_name }}')).toEqual([expect.stringMatching(/^2:1 Unknown tag.*first_name/)]);
    expect(problems('{{ links.portal }}')).toEqual([expect.stringMatching(/Did you mean links.customer_portal/)]);
    expect(problems('{{ customer.name')).toHaveLength(1);
  });

  test('S0-06: a portal link without a portal', () => {
    expect(problems('{{ links.customer_portal }} {{ links.pay_invoice }}', { portalReady: false })).toEqual([
      '1:1 The Customer Portal is not set up, so this link would lead nowhere.',
      '1:29 The Customer Portal is not set up, so this link would lead nowhere.',
    ]);
  });

  test('an unsubscribe link: texts are stopped by replying STOP', () => {
    expect(problems('{{ links.unsubscribe }}')).toEqual([expect.stringMatching(/^1:1 .*replying STOP/)]);
  });

  test('several problems come in the order of the text', () => {
    const found = problems('ftp://a.com {{ customer.nme }} http://10.0.0.1/');
    expect(found.map((one) => one.split(' ')[0])).toEqual(['1:1', '1:13', '1:32']);
  });
});

describe('the opt-out line', () => {
  test('is added unless the text tells how to stop', () => {
    expect(compile('Hello').optOut).toBe(OPT_OUT);
    for (const text of [
      'Reply STOP to end.',
      'text "stop" to opt out',
      'Respond with STOP',
      'STOP to unsubscribe',
      'STOP=End, HELP=Help',
      'Text us to stop by. Reply STOP to cancel',
    ]) {
      expect(compile(text).optOut, text).toBeNull();
    }
    for (const text of [
      'Stop by our office',
      'Text us to stop by',
      'Do not reply STOP',
      'STOP paying too much. Reply YES',
      'NONSTOP service',
      'Reply NONSTOP',
    ]) {
      expect(compile(text).optOut, text).toBe(OPT_OUT);
    }
  });

  test('an instruction that only some recipients get does not count', () => {
    expect(compile('Hi {% if invoice.number %}Reply STOP to end{% endif %}').optOut).toBe(OPT_OUT);
    expect(compile('Hi {{ customer.name | default: "Reply STOP to end" }}').optOut).toBe(OPT_OUT);
  });
});

test('any text compiles or says what is wrong, with a place', () => {
  const part = fc.oneof(
    fc.string({ maxLength: 6, unit: 'grapheme' }),
    fc.constantFrom(
      '{{ customer.name }}',
      '{{ links.pay_invoice }}',
      '{% if invoice.number %}',
      '{% endif %}',
      '{{',
      '}}',
    ),
    fc.constantFrom('https://example.com', '.com', 'www.', ' ', '\n', '@', '/', '{', '}', '{{ links.unsubscribe }}'),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 16 }), (parts) => {
      const result = compileSms(typed(parts.join('')), options);
      if (result.ok) {
        expect(compiledSmsSchema.safeParse(result.compiled).success).toBe(true);
        for (const { url } of result.compiled.links) expect(url ?? 'https://x/').toMatch(/^https?:\/\//);
        return;
      }
      expect(result.problems.length).toBeGreaterThan(0);
      for (const { line, column, message } of result.problems) {
        expect(Math.min(line, column)).toBeGreaterThanOrEqual(1);
        expect(message).not.toMatch(/undefined|NaN|[\ue000-\ue003]/);
      }
    }),
    { numRuns: 1_000 },
  );
});
