/**
 * An email as data: GrapesJS project JSON with the component types of grapesjs-mjml and three of our own, cut down to what we
 * know. The builder writes it, the renderer walks it to MJML; anything that is not on the lists below is dropped on the way in.
 *
 *   project.pages[0].frames[0].component        wrapper
 *     .components[0]                            mjml
 *       .components[0]                          mj-body        (`bodyOf`)
 *         mj-section > mj-column > blocks; only mj-social has children of its own (mj-social-element)
 *
 * All text of a block is in its `content`, never in child components:
 *   mj-text, fp-invitation-note   rich text as `cleanRichText` leaves it (br strong em u a ul ol li, escaped text)
 *   mj-button, mj-social-element  escaped plain text (the label)
 * Attributes are MJML attributes, strings, not escaped: whoever writes MJML escapes them. `href` and `src` may hold a merge tag;
 * padding is always given side by side, never as the shorthand;
 * `src` may be a path of this site ("/images/…"), which the renderer makes absolute.
 *   fp-invoice-summary, fp-footer have no content: what they show is the renderer's, from the invoice and the company.
 */
import { z } from 'zod';

import { RICH_TEXT_LIMIT, cleanRichText, cleanUrl, escapeHtml, plainText } from './rich-text.ts';

/** Largest document, in characters of its JSON. A long campaign email takes about 20,000. */
export const DOCUMENT_LIMIT = 400_000;
/** Most blocks, columns and sections together. */
export const NODE_LIMIT = 500;

export const INVOICE_SUMMARY = 'fp-invoice-summary';
export const FOOTER = 'fp-footer';
export const INVITATION_NOTE = 'fp-invitation-note';

/** What the ready-made note beside the portal link says (S0-07). */
export const INVITATION_NOTE_CONTENT =
  'First time here? Follow the <a href="{{ links.customer_portal }}">Customer Portal</a> link and click ' +
  '<strong>Request an invitation</strong> to create your account with this email address.';

const PADDING = ['padding-top', 'padding-right', 'padding-bottom', 'padding-left'] as const;
const FONT = ['font-family', 'font-size', 'font-weight', 'line-height', 'letter-spacing', 'color', 'align'] as const;
const BOX = [...PADDING, 'container-background-color'] as const;
const BORDER = [
  'border',
  'border-radius',
  'border-color',
  'border-width',
  'border-style',
  'border-top',
  'border-bottom',
] as const;

/** Attributes that each component type keeps. */
const ATTRIBUTES = {
  'mj-body': ['width', 'background-color'],
  'mj-section': [...PADDING, ...BORDER, 'background-color', 'text-align'],
  'mj-column': [...PADDING, ...BORDER, 'background-color', 'vertical-align', 'width'],
  'mj-text': [...BOX, ...FONT],
  'mj-button': [...BOX, ...FONT, ...BORDER, 'href', 'background-color', 'inner-padding', 'width'],
  'mj-image': [...BOX, ...BORDER, 'src', 'href', 'alt', 'align', 'width'],
  'mj-divider': [...BOX, 'border-color', 'border-width', 'border-style', 'width', 'align'],
  'mj-spacer': ['height', 'container-background-color'],
  'mj-social': [...BOX, ...FONT, 'mode', 'icon-size', 'icon-padding', 'inner-padding', 'border-radius'],
  'mj-social-element': ['name', 'href', 'src', 'alt', 'background-color', 'color', 'icon-size', 'border-radius'],
  [INVOICE_SUMMARY]: [...BOX, 'background-color', 'border-color', 'color', 'font-size'],
  [INVITATION_NOTE]: [...BOX, ...FONT, 'background-color', 'border-color'],
  [FOOTER]: [...BOX, 'align', 'color', 'font-size'],
} as const;

export type NodeType = keyof typeof ATTRIBUTES;

/** Safe in a style attribute: no way out of the value, no url() and no expression. */
const STYLE_VALUE = /^(?!.*(?:url|expression)\s*\()[\w\s#%.,()'"+-]{0,200}$/i;

/** Attributes whose name is on the type's list and whose value is fit for its place; others are left out. */
function attributesOf(type: NodeType) {
  const known = new Set<string>(ATTRIBUTES[type]);
  return z
    .record(z.string().max(100), z.unknown())
    .default({})
    .transform((given) => {
      const kept: Record<string, string> = {};
      for (const [name, value] of Object.entries(given)) {
        if (!known.has(name) || typeof value !== 'string' || value === '' || value.length > 2_048) continue;
        const fit = name === 'href' || name === 'src' ? cleanUrl(value) : value;
        if (fit === '' || (!['href', 'src', 'alt'].includes(name) && !STYLE_VALUE.test(fit))) continue;
        kept[name] = fit;
      }
      return kept;
    });
}

const richText = z
  .string()
  .max(RICH_TEXT_LIMIT, 'This text is too long for one block.')
  .default('')
  .transform(cleanRichText);
const label = z
  .string()
  .max(1_000)
  .default('')
  .transform((html) => escapeHtml(plainText(cleanRichText(html))));

/** A component without text: exact type, known attributes. */
function bare<T extends NodeType>(type: T) {
  return z.object({ type: z.literal(type), attributes: attributesOf(type) });
}

const socialElement = bare('mj-social-element').extend({ content: label });
const block = z.discriminatedUnion('type', [
  bare('mj-text').extend({ content: richText }),
  bare('mj-button').extend({ content: label }),
  bare('mj-image'),
  bare('mj-divider'),
  bare('mj-spacer'),
  bare('mj-social').extend({
    components: z.array(socialElement).max(12).default([]),
  }),
  bare(INVOICE_SUMMARY),
  bare(INVITATION_NOTE).extend({ content: richText }),
  bare(FOOTER),
]);
const column = bare('mj-column').extend({ components: z.array(block).max(NODE_LIMIT).default([]) });
const section = bare('mj-section').extend({ components: z.array(column).max(4).default([]) });
const body = bare('mj-body').extend({ components: z.array(section).max(NODE_LIMIT).default([]) });
const mjml = z.object({ type: z.literal('mjml'), components: z.tuple([body]) });
const wrapper = z.object({ type: z.literal('wrapper'), components: z.tuple([mjml]) });

/** A stored email. Its depth is fixed by its shape: body, section, column, block, social link. */
export const EmailDocument = z
  .object({
    version: z.literal(1),
    project: z.object({
      pages: z.tuple([z.object({ frames: z.tuple([z.object({ component: wrapper })]) })]),
    }),
  })
  .superRefine((document, context) => {
    if (countNodes(bodyOf(document)) > NODE_LIMIT) {
      context.addIssue({
        code: 'custom',
        message: `An email can hold at most ${NODE_LIMIT} blocks, columns and sections.`,
      });
    } else if (JSON.stringify(document).length > DOCUMENT_LIMIT) {
      context.addIssue({
        code: 'custom',
        message: 'This email is too large to save. Take out some blocks or text.',
      });
    }
  });

export type EmailDocument = z.infer<typeof EmailDocument>;
export type BodyNode = z.infer<typeof body>;
export type SectionNode = z.infer<typeof section>;
export type ColumnNode = z.infer<typeof column>;
export type BlockNode = z.infer<typeof block>;
/** Any component below the body. */
export type EmailNode = BodyNode | SectionNode | ColumnNode | BlockNode | z.infer<typeof socialElement>;

/** Reads untrusted JSON as an email. What is unknown is left out; what can't be an email gives one plain sentence. */
export function parseEmailDocument(
  input: unknown,
): { ok: true; document: EmailDocument } | { ok: false; error: string } {
  const parsed = EmailDocument.safeParse(input);
  if (parsed.success) return { ok: true, document: parsed.data };
  const issue = parsed.error.issues.find((each) => each.code === 'custom' || each.code === 'too_big');
  const error =
    issue?.code === 'custom' || issue?.message.includes('one block')
      ? issue.message
      : 'This is not an email we can read.';
  return { ok: false, error };
}

/** The body of an email: its sections are the rows of the page. */
export function bodyOf(document: Pick<EmailDocument, 'project'>): BodyNode {
  return document.project.pages[0].frames[0].component.components[0].components[0];
}

/** An email with these sections on our quiet ground. */
export function documentOf(sections: SectionNode[], background = '#F4F2ED'): EmailDocument {
  const page: BodyNode = {
    type: 'mj-body',
    attributes: { 'background-color': background, width: '600px' },
    components: sections,
  };
  const component = {
    type: 'wrapper' as const,
    components: [{ type: 'mjml' as const, components: [page] as [BodyNode] }],
  };
  return {
    version: 1,
    project: { pages: [{ frames: [{ component: component as z.infer<typeof wrapper> }] }] },
  };
}

/** A new email: one empty section to fill, and the footer that every campaign email needs. */
export function emptyDocument(): EmailDocument {
  const flat = { 'padding-top': '0px', 'padding-right': '0px', 'padding-bottom': '0px', 'padding-left': '0px' };
  const small = { color: '#5C665F', 'font-size': '13px', align: 'left' };
  const around = { 'padding-top': '24px', 'padding-right': '32px', 'padding-bottom': '32px', 'padding-left': '32px' };
  const column = (blocks: BlockNode[]): ColumnNode => ({ type: 'mj-column', attributes: {}, components: blocks });
  return documentOf([
    { type: 'mj-section', attributes: { ...flat, 'background-color': '#FFFFFF' }, components: [column([])] },
    {
      type: 'mj-section',
      attributes: flat,
      components: [column([{ type: FOOTER, attributes: { ...small, ...around } }])],
    },
  ]);
}

function countNodes(node: { components?: unknown[] }): number {
  return (node.components ?? []).reduce<number>(
    (sum, child) => sum + 1 + countNodes(child as { components?: unknown[] }),
    0,
  );
}
