import { Liquid } from 'liquidjs';
import MailComposer from 'nodemailer/lib/mail-composer';
import { composeMime, prepareMime, type Envelope } from '#app/messaging/mime.server.ts';
import { compileEmail } from '#builders/email/compile.server.ts';
import { documentOf, type BlockNode } from '#builders/email/document.ts';
import type { CompiledEmail } from '#builders/email/render.ts';
import { sampleValues, type MergeValues } from '#builders/merge/values.ts';
import type { BenchFigure } from './figure.ts';

export const name = 'render';

const ROUNDS = 7;
const MESSAGES_A_ROUND = 200;

/**
 * One recipient of a 40 KB email, rendered and made into MIME, without compiling MJML. The target is 0.5 ms. The baseline
 * parses the same templates for each recipient and has nodemailer write the message; `ratio` is ours to that (lower is
 * better). Rounds of the two alternate, and the median counts, so that a busy machine disturbs both alike.
 */
export async function run(): Promise<BenchFigure[]> {
  const compiled = await emailOf40KB();
  const prepared = prepareMime(compiled);
  const ours = (index: number) => {
    const { mime } = composeMime(prepared, messageFor(index));
    return Promise.resolve(mime.length);
  };
  const plain = new Liquid({ ownPropertyOnly: true, outputEscape: 'escape' });
  plain.registerFilter('fp_url_part', encodeURIComponent);
  plain.registerFilter('fp_address', String);
  const baseline = async (index: number) => {
    const { values, tracked, from, to, replyTo, ...rest } = messageFor(index);
    const scope = { ...values, tracked };
    const message = new MailComposer({
      ...rest,
      from: box(from),
      to: box(to),
      ...(replyTo ? { replyTo: box(replyTo) } : {}),
      subject: String(plain.parseAndRenderSync(compiled.subject, scope)),
      html: String(plain.parseAndRenderSync(compiled.html, scope)),
      text: String(plain.parseAndRenderSync(compiled.text, scope)),
    });
    return (await message.compile().build()).length;
  };
  await measure(ours);
  await measure(baseline);
  const rounds: { ours: number; baseline: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({ ours: await measure(ours), baseline: await measure(baseline) });
  }
  const mine = median(rounds.map((round) => round.ours));
  const theirs = median(rounds.map((round) => round.baseline));
  return [
    { bench: name, metric: 'recipient', value: round3(mine), unit: 'ms', ratio: round3(mine / theirs) },
    { bench: name, metric: 'recipient, nodemailer and Liquid parsed each time', value: round3(theirs), unit: 'ms' },
    { bench: name, metric: 'HTML', value: round3(compiled.sizeBytes / 1024), unit: 'KB' },
    { bench: name, metric: 'recipients a second', value: Math.round(1000 / mine), unit: '/s' },
  ];
}

/** Milliseconds of one message. */
async function measure(one: (index: number) => Promise<number>): Promise<number> {
  const start = performance.now();
  let bytes = 0;
  for (let index = 0; index < MESSAGES_A_ROUND; index += 1) bytes += await one(index);
  if (bytes < MESSAGES_A_ROUND * 40_000) throw new Error('The messages are smaller than what is measured.');
  return (performance.now() - start) / MESSAGES_A_ROUND;
}

export function messageFor(
  index: number,
): Envelope & { values: MergeValues; tracked: { open: string; [key: string]: string } } {
  const token = `Vx8_k2${index}QmZr-1bT`;
  return {
    from: { name: 'Brightwater Plumbing', address: 'office@brightwater.example' },
    to: { name: `Zoë Müller ${index}`, address: `customer${index}@mail.example` },
    replyTo: { address: 'office@brightwater.example' },
    messageId: `${token}@brightwater.example`,
    date: new Date(Date.UTC(2026, 2, 4, 15, 0, index % 60)),
    headers: {
      'List-Unsubscribe': `<https://brightwater.portal.example/unsubscribe/${token}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
    values: {
      ...sampleValues,
      customer: { ...sampleValues.customer, first_name: 'Zoë', name: `Zoë Müller ${index}` },
      invoice: { ...sampleValues.invoice, number: `INV-${index}`, days_overdue: index % 90 },
    },
    tracked: {
      open: `https://brightwater.go.example/o/${token}`,
      l1: `https://brightwater.go.example/${token}1`,
      l2: `https://brightwater.go.example/${token}2`,
    },
  };
}

function box({ name: label = '', address }: { name?: string; address: string }): { name: string; address: string } {
  return { name: label, address };
}

/** Sections as a long newsletter has them, until the HTML is 40 KB. */
export async function emailOf40KB(): Promise<CompiledEmail> {
  const blocks: BlockNode[] = [
    {
      type: 'mj-text',
      attributes: {},
      content:
        'Hi {{ customer.first_name | default: "there" }}, invoice {{ invoice.number }} over <strong>{{ invoice.amount_due }}</strong> ' +
        'was due on {{ invoice.due_date }}{% if invoice.days_overdue > 30 %}, {{ invoice.days_overdue }} days ago{% endif %}. ' +
        `${'A paragraph of plain words, as a letter has them. '.repeat(8)}See it in the <a href="{{ links.customer_portal }}">Customer Portal</a>.`,
    },
    { type: 'mj-button', attributes: { href: '{{ links.pay_invoice }}' }, content: 'Pay {{ invoice.amount_due }}' },
  ];
  for (let count = 1; count < 40; count += 1) {
    const section = { type: 'mj-section', attributes: {} } as const;
    const repeated = Array.from({ length: count }, () => ({
      ...section,
      components: [{ type: 'mj-column' as const, attributes: {}, components: blocks }],
    }));
    const result = await compileEmail({
      document: documentOf([
        ...repeated,
        {
          ...section,
          components: [{ type: 'mj-column', attributes: {}, components: [{ type: 'fp-footer', attributes: {} }] }],
        },
      ]),
      subject: 'Invoice {{ invoice.number }} from {{ company.name }}',
      preheader: '{{ invoice.amount_due }} is due',
    });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    if (result.email.sizeBytes >= 40 * 1024) return result.email;
  }
  throw new Error('The email did not reach 40 KB.');
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function round3(value: number): number {
  return Math.round(value * 1000) / 1000;
}
