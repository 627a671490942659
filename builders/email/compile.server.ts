import { convert } from 'html-to-text';
import { problemOf, type Problem } from '../merge/problem.ts';
import { linkBook } from '../merge/tracked-links.ts';
import { sampleValues } from '../merge/values.ts';
import type { EmailDocument } from './document.ts';
import { toMjml } from './mjml.ts';
import { SUBJECT_MARK, fillSlots, plainWithSlots } from './mjml-text.ts';
import { prepareEmail, renderEmail, untrackedLinks, type CompiledEmail, type PreparedEmail } from './render.ts';

export type EmailContent = {
  readonly document: EmailDocument;
  readonly subject: string;
  readonly preheader: string;
  /** Origin for pictures that are stored here, such as https://app.example.com. */
  readonly assetOrigin?: string;
};

export type Compiled =
  | { readonly ok: true; readonly email: CompiledEmail; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Gmail clips a message whose HTML is longer (to be checked). */
const GMAIL_CLIP_BYTES = 102 * 1024;

/** More than anybody corrects in one go; the rest comes up when these are gone. */
const MAX_PROBLEMS = 50;

/** Characters of HTML for one recipient, some ten times what mail programs show. */
const MAX_RENDERED = 1_000_000;

/**
 * Compiles an email for all its recipients: MJML to HTML once, a text alternative, links made trackable.
 * Expected failures (nothing in it, broken tags, links that lead nowhere) are returned as problems with their places (B-10);
 * what may be sent but should be looked at comes as warnings.
 */
export async function compileEmail(content: EmailContent): Promise<Compiled> {
  const subject = content.subject.replaceAll(/\s+/g, ' ').trim();
  const preheader = content.preheader.replaceAll(/\s+/g, ' ').trim();
  const lines = { book: linkBook(), slots: [], names: new Set<string>(), problems: [] as Problem[] };
  if (subject === '') lines.problems.push(problemOf('Subject', 'The subject is empty.'));
  const subjectLine = lineSource(subject, 'Subject', lines);
  const preheaderLine = lineSource(preheader, 'Preheader', lines);
  const body = toMjml(content.document, content.assetOrigin === undefined ? {} : { assetOrigin: content.assetOrigin });
  const problems = [...lines.problems, ...(body.ok ? [] : body.problems)];
  if (!body.ok || problems.length > 0) return { ok: false, problems: problems.slice(0, MAX_PROBLEMS) };

  const { default: mjml2html } = await import('mjml'); // slow to load, and seldom needed
  const { html: marked } = await mjml2html(body.mjml, { validationLevel: 'skip', fonts: {}, keepComments: false });
  const page = minify(marked);
  const html = framed(fillSlots(page, body.slots), subjectLine, preheaderLine);
  const text = fillSlots(textOf(page), body.slots);
  const names = [...new Set([...lines.names, ...body.names])].sort();
  const email: CompiledEmail = {
    version: 1,
    subject: subjectLine.source,
    preheader: preheaderLine.source,
    html,
    text,
    links: [...body.links],
    sizeBytes: new TextEncoder().encode(html).length,
    uses: {
      portalLink: names.includes('links.customer_portal'),
      payLink: names.includes('links.pay_invoice'),
      unsubscribe: names.includes('links.unsubscribe'),
      postalAddress: names.includes('company.postal_address'),
      invoice: names.some((name) => name.startsWith('invoice.') || name === 'links.pay_invoice'),
      names,
    },
  };
  if (textOf(page).trim() === '') return { ok: false, problems: [problemOf('Email', 'The email is empty.')] };
  const broken = brokenAsWhole(email);
  if (broken) return { ok: false, problems: [problemOf('Email', broken)] };
  return { ok: true, email, warnings: warningsOf(email) };
}

/** What only shows when the checked parts stand together; null when the email can be rendered. */
function brokenAsWhole(email: CompiledEmail): string | null {
  let prepared: PreparedEmail;
  try {
    prepared = prepareEmail(email);
  } catch {
    // A condition around half of a table or list can parse in HTML and not in text.
    return 'A condition begins in one place of a list or table and ends in another. Put both into the same text.';
  }
  try {
    const { html } = renderEmail(prepared, sampleValues, untrackedLinks(email, sampleValues));
    if (html.length <= MAX_RENDERED) return null;
  } catch {
    // Parts that stay within the limits each can go beyond them together.
  }
  return 'The merge tags of this email make it grow too long. Take out those that are put together from others.';
}

type Line = { readonly source: string; readonly html: string };

/** A one-line text as template source, and the same as HTML. */
function lineSource(text: string, where: string, gathered: Parameters<typeof plainWithSlots>[2]): Line {
  const marked = plainWithSlots(text, where, gathered);
  const plain = unescapeLine(marked);
  return { source: fillSlots(plain, gathered.slots), html: fillSlots(marked, gathered.slots) };
}

function warningsOf(email: CompiledEmail): Problem[] {
  if (email.sizeBytes <= GMAIL_CLIP_BYTES) return [];
  const size = Math.ceil(email.sizeBytes / 1024);
  return [problemOf('Email', `This email is ${size} KB. Gmail hides what is beyond 102 KB: shorten it.`)];
}

/**
 * Takes out the indentation that MJML writes. Line ends stay where there were some, so that the message has short lines, and
 * between the tags of tables, where blanks mean nothing, nothing stays.
 */
function minify(html: string): string {
  return html
    .replaceAll(/[ \t]*[\r\n][ \t\r\n]*/g, '\n')
    .replaceAll(/<[a-z][^<>]*\n[^<>]*>/gi, (tag) => tag.replaceAll(/\s*\n\s*/g, ' ').replace(/\s+>$/, '>'))
    .replaceAll(/\n(?=<\/?(?:table|tbody|tr|td|div|p|!\[endif)\b)/g, '')
    .replaceAll(/(<\/?(?:table|tbody|tr|td)\b[^>]*>)\n/g, '$1')
    .trim();
}

/** Puts in what is not of the document: the subject as title, the hidden preheader, the open pixel. */
function framed(html: string, subject: Line, preheader: Line): string {
  const titled = html.replaceAll(SUBJECT_MARK, () => subject.html);
  const pixel =
    '{% if tracked.open %}<img src="{{ tracked.open }}" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0;">{% endif %}';
  const hidden =
    'display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden;mso-hide:all;';
  // The blanks keep mail programs from filling a short preview with the beginning of the letter.
  const preview =
    preheader.html === '' ? '' : `<div style="${hidden}">${preheader.html}${'&#847;&zwnj;&nbsp;'.repeat(60)}</div>`;
  return titled
    .replace(/(<body\b[^>]*>)/, (body) => `${body}${preview}`)
    .replace(/<\/body>(?![\s\S]*<\/body>)/, () => `${pixel}</body>`);
}

/** The text alternative: layout tables run on, the invoice summary is a table, links show their address. */
function textOf(html: string): string {
  return convert(html, {
    wordwrap: false,
    selectors: [
      { selector: 'a', options: { linkBrackets: ['<', '>'], hideLinkHrefIfSameAsText: true, ignoreHref: false } },
      { selector: 'img', format: 'alternative' },
      // Every block of the email is a div: a blank line between them reads as paragraphs.
      { selector: 'div', options: { leadingLineBreaks: 2, trailingLineBreaks: 2 } },
      { selector: 'h1', options: { uppercase: false } },
      { selector: 'h2', options: { uppercase: false } },
      { selector: 'h3', options: { uppercase: false } },
      { selector: 'h4', options: { uppercase: false } },
      { selector: 'td.fp-data > table', format: 'dataTable', options: { colSpacing: 2, uppercaseHeaderCells: false } },
    ],
    formatters: {
      alternative: (node, _walk, builder) => {
        if (node.attribs?.alt) builder.addInline(node.attribs.alt);
      },
    },
  })
    .replaceAll(/[ \t]+$/gm, '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

function unescapeLine(html: string): string {
  return html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}
