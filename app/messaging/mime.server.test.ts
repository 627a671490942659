import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileEmail } from '#builders/email/compile.server.ts';
import { documentOf, type BlockNode } from '#builders/email/document.ts';
import { prepareEmail, renderEmail, type CompiledEmail, type TrackedLinks } from '#builders/email/render.ts';
import { sampleValues, type MergeValues } from '#builders/merge/values.ts';
import { isMailAddress } from './mime-headers.ts';
import { composeMime, composePlainMime, prepareMime, type Envelope } from './mime.server.ts';

const blocks: BlockNode[] = [
  {
    type: 'mj-text',
    attributes: {},
    content:
      'Hi {{ customer.first_name | default: "there" }},<br>.hidden dot<br>From here on: naïve — “quotes” 🚿 100% = {all}' +
      '{% if invoice.days_overdue > 3 %} {{ invoice.days_overdue }} days late {% else %} soon {% endif %}' +
      `{{ customer.name }}{{ customer.company_name }} {{ invoice.summary }} ${'long '.repeat(60)}`,
  },
  { type: 'mj-button', attributes: { href: '{{ links.pay_invoice }}' }, content: 'Pay {{ invoice.amount_due }}' },
  { type: 'fp-invoice-summary', attributes: {} },
  { type: 'fp-footer', attributes: {} },
];
const document = documentOf([
  { type: 'mj-section', attributes: {}, components: [{ type: 'mj-column', attributes: {}, components: blocks }] },
]);
const tracked: TrackedLinks = { l1: 'https://demo.go.example/Ab3-_x?e=1&m=2', open: 'https://demo.go.example/o/=41' };
const envelope: Envelope = {
  from: { name: 'Brightwater Plumbing', address: 'office@brightwater.example' },
  to: { name: 'Dana', address: 'dana@customer.example' },
  replyTo: { address: 'reply@brightwater.example' },
  messageId: 'abc123@brightwater.example',
  date: new Date('2026-03-04T15:06:07Z'),
  headers: {
    'List-Unsubscribe': '<https://demo.portal.example/unsubscribe/token>',
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  },
};

let compiled: CompiledEmail;
beforeAll(async () => {
  const result = await compileEmail({
    document,
    subject: 'Invoice {{ invoice.number }} for {{ customer.name }}',
    preheader: '{{ invoice.amount_due }} is due',
  });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  compiled = result.email;
});

/** CRLF of the wire as LF, and without the line end that closes a part. */
function lines(text: string | undefined): string {
  return (text ?? '').replaceAll('\r\n', '\n').trimEnd();
}

function expectWellFormed(mime: string): void {
  expect(mime).toMatch(/^[\x09\x0a\x0d\x20-\x7e]*$/);
  expect(mime.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  for (const line of mime.split('\r\n')) {
    expect(line.length).toBeLessThanOrEqual(line.startsWith('List-') ? 900 : 76);
    expect(line).not.toMatch(/^\./);
  }
}

describe('composeMime', () => {
  test('B-08: the message that goes out says what the preview shows', async () => {
    const { mime, subject } = composeMime(prepareMime(compiled), { ...envelope, values: sampleValues, tracked });
    const shown = renderEmail(prepareEmail(compiled), sampleValues, tracked);
    expectWellFormed(mime);
    const read = await PostalMime.parse(mime);
    expect(read.subject).toBe(shown.subject);
    expect(subject).toBe('Invoice INV-1042 for Dana Whitfield');
    expect(lines(read.html)).toBe(lines(shown.html));
    expect(lines(read.text)).toBe(lines(shown.text));
    expect(read.html).toContain('12 days late');
    expect(read.html).toContain('href="https://demo.go.example/Ab3-_x?e=1&amp;m=2"');
    expect(read.from).toMatchObject({ name: 'Brightwater Plumbing', address: 'office@brightwater.example' });
    expect(read.to).toMatchObject([{ name: 'Dana', address: 'dana@customer.example' }]);
    expect(read.replyTo).toMatchObject([{ address: 'reply@brightwater.example' }]);
    expect(read.messageId).toBe('<abc123@brightwater.example>');
    expect(read.date).toBe('2026-03-04T15:06:07.000Z');
    const header = (key: string) => read.headers.find((one) => one.key === key)?.value;
    expect(header('list-unsubscribe')).toBe('<https://demo.portal.example/unsubscribe/token>');
    expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
  });

  test('B-08: with any values, the message reads as rendered, in ASCII lines of 76', async () => {
    const prepared = prepareMime(compiled);
    const preview = prepareEmail(compiled);
    const any = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.string({ maxLength: 200 }),
      fc.stringMatching(/^[ .=F\r\n\t{}%<>&"'é🚿-]{0,40}$/u),
      fc.constantFrom(
        '',
        '.',
        ' ',
        '=',
        'From x',
        '.\r\n.\r\n',
        'a \nb\t\n',
        '{{ customer.name }}',
        '\r\nBcc: x@y.example',
      ),
    );
    await fc.assert(
      fc.asyncProperty(any, any, any, async (name, company, summary) => {
        const values: MergeValues = {
          ...sampleValues,
          customer: { ...sampleValues.customer, first_name: name, name, company_name: company },
          invoice: { ...sampleValues.invoice, summary, number: company },
        };
        const { mime } = composeMime(prepared, { ...envelope, values, tracked });
        const shown = renderEmail(preview, values, tracked);
        expectWellFormed(mime);
        const read = await PostalMime.parse(mime);
        const even = (text: string | undefined) => lines(text?.replaceAll(/\r\n?/g, '\n'));
        expect(even(read.html)).toBe(even(shown.html));
        expect(even(read.text)).toBe(even(shown.text));
        expect((read.subject ?? '').replaceAll(/\s+/g, ' ').trim()).toBe(shown.subject);
        expect(read.to).toMatchObject([{ address: 'dana@customer.example' }]);
        expect(read.headers.filter(({ key }) => key === 'bcc')).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test('no value begins a header of its own', async () => {
    const evil = 'x\r\nBcc: victim@other.example\r\n\r\n<script>alert(1)</script>';
    const { mime } = composeMime(prepareMime(compiled), {
      ...envelope,
      from: { name: evil, address: 'office@brightwater.example' },
      to: { name: `"${evil}"`, address: 'dana@customer.example' },
      messageId: 'abc>\r\nBcc: victim@other.example',
      headers: { 'X-Campaign': evil },
      values: { ...sampleValues, customer: { ...sampleValues.customer, name: evil } },
      tracked,
    });
    expectWellFormed(mime);
    const head = mime.slice(0, mime.indexOf('\r\n\r\n'));
    expect(head).not.toMatch(/^Bcc:/im);
    const read = await PostalMime.parse(mime);
    expect(read.headers.map(({ key }) => key)).not.toContain('bcc');
    expect(read.html).not.toContain('<script>');
    expect(read.from).toMatchObject({ address: 'office@brightwater.example' });
  });

  test('no merge value, name or address adds a header or a part, whatever it holds', () => {
    const prepared = prepareMime(compiled);
    const plain = { ...envelope, values: sampleValues, tracked };
    const namesOf = (mime: string) =>
      mime
        .slice(0, mime.indexOf('\r\n\r\n'))
        .split(/\r\n(?![ \t])/)
        .map((line) => line.slice(0, line.indexOf(':')));
    const expected = namesOf(composeMime(prepared, plain).mime);
    const ends = fc.constantFrom(
      '\r\n',
      '\n',
      '\r',
      '\u2028',
      '\u0085',
      '\v',
      '\0',
      '\r\n ',
      '\r\n\r\n',
      '=0D=0A',
      '=?utf-8?Q?=0D=0A?=',
    );
    const lure = fc.constantFrom(
      'Bcc: eve@mail.example',
      'Content-Type: text/html',
      '--=_fieldpost',
      '.',
      '',
      '<a@b.example>',
      '",',
    );
    const evil = fc
      .array(fc.oneof(ends, lure, fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 8 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(evil, evil, evil, (name, number, from) => {
        const { mime } = composeMime(prepared, {
          ...plain,
          from: { ...envelope.from, name: from },
          to: { ...envelope.to, name },
          values: {
            ...sampleValues,
            customer: { ...sampleValues.customer, name },
            invoice: { ...sampleValues.invoice, number },
          },
        });
        expect(namesOf(mime)).toEqual(expected);
        expect(mime.match(/^--=_fieldpost/gm)).toHaveLength(3);
        expectWellFormed(mime);
      }),
      { numRuns: 300 },
    );
  });

  test('addresses and headers that cannot be sent are refused before anything goes out', () => {
    const prepared = prepareMime(compiled);
    const send = (part: Partial<Envelope>) => () =>
      composeMime(prepared, { ...envelope, ...part, values: sampleValues, tracked });
    expect(send({ to: { address: 'a@b.example\r\nBcc: c@d.example' } })).toThrow(TypeError);
    expect(send({ to: { address: 'a@b.example, c@d.example' } })).toThrow(TypeError);
    expect(send({ headers: { 'Bad\r\nName': 'x' } })).toThrow(TypeError);
    expect(send({ headers: { Subject: 'again' } })).toThrow(TypeError);
    expect(send({ headers: { 'X-Name': 'é' } })).toThrow(TypeError);
    for (const bad of [
      '',
      'a',
      'a@',
      '@b.example',
      'a b@c.example',
      'a@b',
      'é@b.example',
      'a@b.example>',
      'a@[1.2.3.4]',
    ]) {
      expect(isMailAddress(bad), bad).toBe(false);
    }
    for (const good of ['a@b.example', 'first.last+tag@sub.b.example', 'a@münchen.example', 'root@localhost']) {
      expect(isMailAddress(good), good).toBe(true);
    }
  });

  test('names and subjects in other scripts come through, folded', async () => {
    const name = `${'Größe '.repeat(12)}水道 🚿`.trim();
    const { mime } = composeMime(prepareMime(compiled), {
      ...envelope,
      from: { name, address: 'a@münchen.example' },
      to: { name: 'O’Brien, "Pat" \\ Co', address: 'pat@customer.example' },
      values: { ...sampleValues, customer: { ...sampleValues.customer, name } },
      tracked,
    });
    expectWellFormed(mime);
    const read = await PostalMime.parse(mime);
    expect(read.from).toMatchObject({ name, address: 'a@xn--mnchen-3ya.example' });
    expect(read.to).toMatchObject([{ name: 'O’Brien, "Pat" \\ Co' }]);
    expect(read.subject).toBe(`Invoice INV-1042 for ${name}`);
  });
});

describe('composePlainMime', () => {
  test('any subject, text and HTML read back', async () => {
    const any = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.string({ unit: 'binary', maxLength: 100 }),
    );
    await fc.assert(
      fc.asyncProperty(any, any, fc.option(any, { nil: undefined }), async (subject, text, html) => {
        const { mime } = composePlainMime({ ...envelope, subject, text, ...(html === undefined ? {} : { html }) });
        expectWellFormed(mime);
        const read = await PostalMime.parse(mime);
        const wire = (value: string) =>
          lines(new TextDecoder().decode(new TextEncoder().encode(value)).replaceAll(/\r\n?/g, '\n'));
        expect(lines(read.text)).toBe(wire(text));
        if (html !== undefined) expect(lines(read.html)).toBe(wire(html));
      }),
      { numRuns: 150 },
    );
  });

  test('without HTML it is plain text', async () => {
    const { mime } = composePlainMime({ ...envelope, subject: 'Receipt', text: 'Thank you.\nBye' });
    const read = await PostalMime.parse(mime);
    expect(mime).toContain('Content-Type: text/plain; charset=utf-8');
    expect(mime).not.toContain('multipart');
    expect(lines(read.text)).toBe('Thank you.\nBye');
  });
});
