import type { BlockNode, ColumnNode, SectionNode } from './document.ts';

import { FOOTER, INVITATION_NOTE, INVITATION_NOTE_CONTENT, INVOICE_SUMMARY } from './document.ts';

/** What the builder needs to know of the company to draw new blocks in its colors. */
export type Brand = {
  /** Hex color of buttons. */
  readonly color: string;
  readonly companyName: string;
  readonly postalAddress: string;
  readonly logoUrl: string | null;
};

export type BlockKind =
  | 'text'
  | 'button'
  | 'image'
  | 'columns-2'
  | 'columns-3'
  | 'divider'
  | 'spacer'
  | 'social'
  | 'invoice-summary'
  | 'invitation-note'
  | 'footer';

/** One entry of the blocks panel. */
export type BlockChoice = { readonly kind: BlockKind; readonly label: string; readonly help: string };

/** All blocks, in the order of the blocks panel. */
export const blockChoices: readonly BlockChoice[] = [
  { kind: 'text', label: 'Text', help: 'Words, links and merge tags' },
  { kind: 'button', label: 'Button', help: 'Leads to one place, such as the portal' },
  { kind: 'image', label: 'Image', help: 'A logo or photo' },
  { kind: 'columns-2', label: '2 columns', help: 'Side by side, stacked on a phone' },
  { kind: 'columns-3', label: '3 columns', help: 'Side by side, stacked on a phone' },
  { kind: 'divider', label: 'Divider', help: 'A thin line' },
  { kind: 'spacer', label: 'Spacer', help: 'Empty height' },
  { kind: 'social', label: 'Social', help: 'Links to your pages' },
  { kind: 'invoice-summary', label: 'Invoice summary', help: 'Number, due date and amount due' },
  { kind: 'invitation-note', label: 'Invitation note', help: 'How to request an invitation to the portal' },
  { kind: 'footer', label: 'Footer', help: 'Postal address and unsubscribe link' },
];

/** Networks a social block can link to. The pictures are this site's own, so that no mail loads them from a stranger. */
export const socialNetworks = [
  { name: 'facebook', label: 'Facebook' },
  { name: 'instagram', label: 'Instagram' },
  { name: 'youtube', label: 'YouTube' },
  { name: 'linkedin', label: 'LinkedIn' },
  { name: 'x', label: 'X' },
  { name: 'web', label: 'Website' },
] as const;

export type SocialNetwork = (typeof socialNetworks)[number]['name'];

/** The children of a social block: its links, in order. */
export type SocialLinkNode = Extract<BlockNode, { type: 'mj-social' }>['components'][number];

export function socialLink(name: SocialNetwork, href: string): SocialLinkNode {
  const label = socialNetworks.find((network) => network.name === name)?.label ?? name;
  return {
    type: 'mj-social-element',
    attributes: {
      name,
      ...(href === '' ? {} : { href }),
      src: `/email/social/${name}.png`,
      alt: label,
      'background-color': '#FFFFFF',
    },
    content: '',
  };
}

/** Four sides, clockwise from the top, in pixels. */
export function padding(top: number, right: number, bottom: number, left: number): Record<string, string> {
  return {
    'padding-top': `${top}px`,
    'padding-right': `${right}px`,
    'padding-bottom': `${bottom}px`,
    'padding-left': `${left}px`,
  };
}

export const textStyle = { 'font-size': '16px', 'line-height': '1.5', color: '#1D2420' };

export function text(content: string, attributes: Record<string, string> = {}): BlockNode {
  return { type: 'mj-text', attributes: { ...textStyle, ...padding(8, 32, 8, 32), ...attributes }, content };
}

export function button(content: string, href: string, color: string): BlockNode {
  return {
    type: 'mj-button',
    attributes: {
      ...(href === '' ? {} : { href }),
      'background-color': color,
      color: readableOn(color),
      'font-size': '16px',
      'font-weight': '600',
      'border-radius': '6px',
      'inner-padding': '14px 28px',
      align: 'left',
      ...padding(12, 32, 12, 32),
    },
    content,
  };
}

export function divider(): BlockNode {
  return {
    type: 'mj-divider',
    attributes: { 'border-color': '#E6E2DA', 'border-width': '1px', ...padding(16, 32, 16, 32) },
  };
}

export function invoiceSummary(): BlockNode {
  return {
    type: INVOICE_SUMMARY,
    attributes: {
      'background-color': '#FBFAF7',
      'border-color': '#E6E2DA',
      color: '#1D2420',
      ...padding(12, 32, 12, 32),
    },
  };
}

export function invitationNote(): BlockNode {
  return {
    type: INVITATION_NOTE,
    attributes: { color: '#5C665F', 'font-size': '14px', 'line-height': '1.5', ...padding(8, 32, 8, 32) },
    content: INVITATION_NOTE_CONTENT,
  };
}

export function footer(): BlockNode {
  return {
    type: FOOTER,
    attributes: { color: '#5C665F', 'font-size': '13px', align: 'left', ...padding(8, 32, 24, 32) },
  };
}

/** A white row of the page with one column of blocks. */
export function section(blocks: BlockNode[], attributes: Record<string, string> = {}): SectionNode {
  return {
    type: 'mj-section',
    attributes: { 'background-color': '#FFFFFF', ...padding(0, 0, 0, 0), ...attributes },
    components: [{ type: 'mj-column', attributes: {}, components: blocks }],
  };
}

/** A new block, or for columns a whole section, as the blocks panel adds it. */
export function newBlock(kind: BlockKind, brand: Pick<Brand, 'color'>): BlockNode | SectionNode {
  switch (kind) {
    case 'text':
      return text('Write something here.');
    case 'button':
      return button('Pay invoice', '{{ links.pay_invoice }}', brand.color);
    case 'image':
      return { type: 'mj-image', attributes: { align: 'center', ...padding(12, 32, 12, 32) } };
    case 'columns-2':
    case 'columns-3':
      return columns(kind === 'columns-2' ? 2 : 3);
    case 'divider':
      return divider();
    case 'spacer':
      return { type: 'mj-spacer', attributes: { height: '24px' } };
    case 'social':
      return {
        type: 'mj-social',
        attributes: { align: 'left', mode: 'horizontal', 'icon-size': '24px', ...padding(8, 28, 8, 28) },
        components: [socialLink('facebook', ''), socialLink('instagram', '')],
      };
    case 'invoice-summary':
      return invoiceSummary();
    case 'invitation-note':
      return invitationNote();
    case 'footer':
      return footer();
  }
}

function columns(count: number): SectionNode {
  const one = (index: number): ColumnNode => ({
    type: 'mj-column',
    attributes: {},
    components: [text(`Column ${index + 1}`, padding(8, 16, 8, 16))],
  });
  return {
    type: 'mj-section',
    attributes: { 'background-color': '#FFFFFF', ...padding(8, 16, 8, 16) },
    components: Array.from({ length: count }, (_, index) => one(index)),
  };
}

/** White or ink, whichever reads better on a hex color (WCAG relative luminance). White for anything that is no hex color. */
export function readableOn(color: string): '#FFFFFF' | '#1D2420' {
  const hex = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(color);
  if (hex === null) return '#FFFFFF';
  const [red = 0, green = 0, blue = 0] = hex.slice(1).map((pair) => {
    const share = Number.parseInt(pair, 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / (0.0165 + 0.05) ? '#FFFFFF' : '#1D2420';
}
