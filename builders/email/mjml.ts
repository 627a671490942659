import { problemOf, type Problem } from '../merge/problem.ts';
import { linkBook, type TrackedLink } from '../merge/tracked-links.ts';
import {
  FOOTER,
  INVITATION_NOTE,
  INVITATION_NOTE_CONTENT,
  INVOICE_SUMMARY,
  bodyOf,
  parseEmailDocument,
  type BlockNode,
  type ColumnNode,
  type EmailDocument,
  type SectionNode,
} from './document.ts';
import {
  SUBJECT_MARK,
  addressWithSlots,
  escapeText,
  plainWithSlots,
  richWithSlots,
  slot,
  type Gathered,
} from './mjml-text.ts';

export type MjmlResult =
  | {
      readonly ok: true;
      /** A whole MJML document. Merge expressions stand in it as slots (`fillSlots`), so that nothing mangles them. */
      readonly mjml: string;
      readonly slots: readonly string[];
      readonly links: readonly TrackedLink[];
      /** Merge names that the email reads. */
      readonly names: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export type MjmlOptions = {
  /** Origin for images stored here ("/images/…"), such as https://app.example.com. Without it they are problems. */
  readonly assetOrigin?: string;
};

type Walk = Gathered & {
  readonly assetOrigin: string | undefined;
  /** How many of each kind were met, so that problems can say "Button 2". */
  readonly counts: Map<string, number>;
};

const FONT = "Inter, 'Helvetica Neue', Helvetica, Arial, sans-serif";

/**
 * An email document as MJML. The document is parsed again here: whatever is not on its lists of components and attributes is
 * gone, text is sanitized, addresses are http(s), mailto, tel or special links, merge tags are known.
 * @returns every problem found, each with the block it is in.
 */
export function toMjml(document: EmailDocument, options: MjmlOptions = {}): MjmlResult {
  const parsed = parseEmailDocument(document);
  if (!parsed.ok) return { ok: false, problems: [problemOf('Email', parsed.error)] };
  const walk: Walk = {
    book: linkBook(),
    slots: [],
    names: new Set(),
    problems: [],
    assetOrigin: options.assetOrigin,
    counts: new Map(),
  };
  const body = bodyOf(parsed.document);
  const sections = body.components.map((section) => sectionMjml(section, walk)).join('\n');
  if (walk.problems.length > 0) return { ok: false, problems: walk.problems };
  const mjml = [
    '<mjml lang="en">',
    `<mj-head><mj-title>${SUBJECT_MARK}</mj-title><mj-attributes><mj-all font-family="${FONT}" />`,
    '<mj-text line-height="1.5" padding="0" /><mj-image padding="0" /></mj-attributes>',
    // Padding of phones comes from the blocks; long words and addresses must not widen the page.
    '<mj-style>a { color: inherit; } h1, h2, h3, h4 { margin: 0; line-height: 1.3; } ul, ol { margin: 0; padding-left: 24px; }</mj-style></mj-head>',
    `<mj-body${attributes(body.attributes)}>`,
    sections,
    '</mj-body></mjml>',
  ].join('\n');
  return { ok: true, mjml, slots: walk.slots, links: walk.book.links, names: [...walk.names] };
}

function sectionMjml(section: SectionNode, walk: Walk): string {
  const columns = section.components.map((column) => columnMjml(column, walk)).join('\n');
  return element('mj-section', section.attributes, columns === '' ? element('mj-column', {}, '') : columns);
}

function columnMjml(column: ColumnNode, walk: Walk): string {
  return element('mj-column', column.attributes, column.components.map((block) => blockMjml(block, walk)).join('\n'));
}

function blockMjml(block: BlockNode, walk: Walk): string {
  switch (block.type) {
    case 'mj-text':
      return element(block.type, block.attributes, richWithSlots(block.content, place('Text', walk), true, walk));
    case 'mj-button':
      return buttonMjml(block, walk);
    case 'mj-image':
      return imageMjml(block, walk);
    case 'mj-divider':
    case 'mj-spacer':
      return element(block.type, block.attributes, '');
    case 'mj-social':
      return element(block.type, block.attributes, block.components.map((one) => socialMjml(one, walk)).join(''));
    case INVOICE_SUMMARY:
      return invoiceSummaryMjml(block.attributes, walk);
    case INVITATION_NOTE:
      return invitationNoteMjml(block, walk);
    case FOOTER:
      return footerMjml(block.attributes, walk);
  }
}

type BlockOf<Type extends BlockNode['type']> = Extract<BlockNode, { type: Type }>;

function buttonMjml({ attributes: given, content }: BlockOf<'mj-button'>, walk: Walk): string {
  const where = place('Button', walk);
  const { href: typed = '', ...rest } = given;
  const label = richWithSlots(content, where, false, walk);
  if (content.trim() === '') walk.problems.push(problemOf(where, 'This button has no label.'));
  const href = addressWithSlots(typed, `${where}, Url`, walk);
  return element('mj-button', rest, label, href === null ? '' : ` href="${href}"`);
}

function imageMjml({ attributes: given }: BlockOf<'mj-image'>, walk: Walk): string {
  const where = place('Image', walk);
  const { src: typedSrc = '', href: typed, alt = '', ...rest } = given;
  const src = imageAddress(typedSrc, where, walk);
  const href = typed === undefined ? null : addressWithSlots(typed, `${where}, Url`, walk);
  const extra = ` src="${src}" alt="${plainWithSlots(alt, `${where}, alternative text`, walk)}"`;
  return element('mj-image', rest, '', href === null ? extra : `${extra} href="${href}"`);
}

function socialMjml(node: BlockOf<'mj-social'>['components'][number], walk: Walk): string {
  const { name = 'web', href: typed = '', src, alt = '', ...rest } = node.attributes;
  const where = `Social link ${alt || name}`;
  const href = addressWithSlots(typed, where, walk);
  const icon = imageAddress(src ?? `/email/social/${name}.png`, where, walk);
  // Without MJML's own `name`: it would turn the address into a "share this page" link and load a stranger's picture.
  const extra = ` src="${icon}" alt="${plainWithSlots(alt, where, walk)}" href="${href ?? ''}"`;
  return element('mj-social-element', rest, richWithSlots(node.content, where, false, walk), extra);
}

/** The address of a picture, absolute and static: mail programs load it without knowing the recipient. */
function imageAddress(typed: string, where: string, walk: Walk): string {
  const raw = typed.trim();
  if (raw === '') walk.problems.push(problemOf(where, 'This image has no picture yet.'));
  else if (/\{[{%]/.test(raw))
    walk.problems.push(problemOf(where, 'The address of a picture cannot hold merge tags.', raw));
  else {
    const isOurs = raw.startsWith('/') && !raw.startsWith('//');
    const absolute = isOurs ? (URL.canParse(raw, walk.assetOrigin) ? new URL(raw, walk.assetOrigin).href : '') : raw;
    const url = URL.canParse(absolute) ? new URL(absolute) : null;
    if (url?.protocol === 'https:' || url?.protocol === 'http:') return escapeText(url.href.replace(/[{}]/g, ''));
    walk.problems.push(problemOf(where, 'The address of a picture must begin with https://', raw.slice(0, 80)));
  }
  return '';
}

/** Number, job, amount due and due date of the invoice, as a small table. */
function invoiceSummaryMjml(given: Record<string, string>, walk: Walk): string {
  for (const name of ['invoice.number', 'invoice.summary', 'invoice.amount_due', 'invoice.due_date'])
    walk.names.add(name);
  const { 'background-color': background, 'border-color': border = '#E6E2DA', ...rest } = given;
  const rows = [
    ['Invoice', '{{ invoice.number }}'],
    ['For', '{{ invoice.summary | default: "Your recent service" }}'],
    ['Due date', '{{ invoice.due_date }}'],
    ['Amount due', '{{ invoice.amount_due }}'],
  ] as const;
  const edge = `border-bottom:1px solid ${escapeText(border)};`;
  const fill = background === undefined ? '' : `background-color:${escapeText(background)};`;
  const cells = rows.map(([label, tag], index) => {
    const isAmount = index === rows.length - 1;
    const style = `${fill}${isAmount ? '' : edge}padding:10px 16px;`;
    const value = isAmount ? `<strong>${slot(walk, tag)}</strong>` : slot(walk, tag);
    return `<tr><th scope="row" align="left" style="${style}font-weight:normal;white-space:nowrap;">${label}</th><td align="right" style="${style}">${value}</td></tr>`;
  });
  return element(
    'mj-table',
    { 'font-size': '15px', 'line-height': '1.4', ...rest },
    cells.join(''),
    ' css-class="fp-data"',
  );
}

/** How to get into the portal, next to its link (S0-07). */
function invitationNoteMjml({ attributes: given, content }: BlockOf<typeof INVITATION_NOTE>, walk: Walk): string {
  const { 'background-color': background, 'border-color': _, ...rest } = given;
  const fill: Record<string, string> = background === undefined ? {} : { 'container-background-color': background };
  const text = content.trim() === '' ? INVITATION_NOTE_CONTENT : content;
  return element('mj-text', { ...fill, ...rest }, richWithSlots(text, place('Invitation note', walk), true, walk));
}

/** Who sent this, from where, and the way out: what CAN-SPAM asks of every campaign email. */
function footerMjml(given: Record<string, string>, walk: Walk): string {
  for (const name of ['company.name', 'company.postal_address', 'links.unsubscribe']) walk.names.add(name);
  const content =
    `${slot(walk, '{{ company.name }}')}<br>${slot(walk, '{{ company.postal_address }}')}<br>` +
    `<a href="${slot(walk, '{{ links.unsubscribe }}')}" style="text-decoration:underline;">Unsubscribe</a>`;
  return element('mj-text', { 'font-size': '13px', ...given }, content);
}

function place(kind: string, walk: Walk): string {
  const count = (walk.counts.get(kind) ?? 0) + 1;
  walk.counts.set(kind, count);
  return `${kind} ${count}`;
}

function element(tag: string, given: Record<string, string>, content: string, extra = ''): string {
  return `<${tag}${attributes(given)}${extra}>${content}</${tag}>`;
}

/** Attributes of the parsed document: names and values are on its lists already, here they are only escaped. */
function attributes(given: Record<string, string>): string {
  return Object.entries(given)
    .map(([name, value]) => ` ${name}="${escapeText(value.replaceAll('"', "'"))}"`)
    .join('');
}
