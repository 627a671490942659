/**
 * The email as an outline, and where things go in it. Positions are paths of indexes from the body: [section], [section, column],
 * [section, column, block]. The builder's structure panel, its blocks panel and its keyboard all plan with these functions,
 * so that what a key does is decided in one place and can be tried without a browser.
 */
import type { BlockNode, BodyNode, ColumnNode, SectionNode } from './document.ts';

import { FOOTER, INVITATION_NOTE, INVOICE_SUMMARY } from './document.ts';
import { plainText } from './rich-text.ts';
import { type SpecialLink, specialLinks } from '../merge/special-links.ts';

export type Path = readonly number[];
/** Before the child with this index of this parent; the index may be the number of children (at the end). */
export type Place = { readonly parent: Path; readonly index: number };
export type OutlineNode = SectionNode | ColumnNode | BlockNode;
export type OutlineRow = { readonly path: Path; readonly node: OutlineNode; readonly name: string };

const KIND_NAMES: Record<OutlineNode['type'], string> = {
  'mj-section': 'Section',
  'mj-column': 'Column',
  'mj-text': 'Text',
  'mj-button': 'Button',
  'mj-image': 'Image',
  'mj-divider': 'Divider',
  'mj-spacer': 'Spacer',
  'mj-social': 'Social',
  [INVOICE_SUMMARY]: 'Invoice summary',
  [INVITATION_NOTE]: 'Invitation note',
  [FOOTER]: 'Footer',
};

/** "Button", "Invoice summary": the word for a kind of component. */
export function kindName(type: OutlineNode['type']): string {
  return KIND_NAMES[type];
}

/** A readable name: the kind, then what tells it from its neighbors ("Text: Hi {{ customer.first_name…"). */
export function nodeName(node: OutlineNode): string {
  const kind = kindName(node.type);
  switch (node.type) {
    case 'mj-text':
    case 'mj-button': {
      const words = plainText(node.content);
      return words === '' ? `${kind}: empty` : `${kind}: ${shorten(words, 40)}`;
    }
    case 'mj-image':
      return `${kind}: ${node.attributes.alt ? shorten(node.attributes.alt, 40) : node.attributes.src ? 'no alt text' : 'no picture yet'}`;
    case 'mj-section': {
      const count = node.components.length;
      return count > 1 ? `${kind}: ${count} columns` : kind;
    }
    default:
      return kind;
  }
}

/** All rows of the outline, top to bottom. A section's only column is not shown: its blocks stand under the section. */
export function outline(body: BodyNode): OutlineRow[] {
  return body.components.flatMap((section, at) => [
    row([at], section),
    ...section.components.flatMap((column, columnAt) => [
      ...(section.components.length > 1
        ? [{ path: [at, columnAt], node: column, name: `Column ${columnAt + 1}` } as const]
        : []),
      ...column.components.map((block, blockAt) => row([at, columnAt, blockAt], block)),
    ]),
  ]);
}

/** The node at a path, or null if there is none. */
export function nodeAt(body: BodyNode, path: Path): OutlineNode | null {
  const [at = -1, columnAt, blockAt] = path;
  const section = body.components[at];
  if (section === undefined || columnAt === undefined) return section ?? null;
  const column = section.components[columnAt];
  if (column === undefined || blockAt === undefined) return column ?? null;
  return column.components[blockAt] ?? null;
}

/**
 * Where a new block or section goes: right after what is selected, or with nothing selected at the end, which is before the
 * footer. `wrap` says that the block needs a section of its own there (there is no column to put it into).
 */
export function insertionPlace(body: BodyNode, selected: Path | null, isSection: boolean): Place & { wrap: boolean } {
  const node = selected === null ? null : nodeAt(body, selected);
  if (selected === null || node === null) return endPlace(body, isSection);
  const [at = 0, columnAt = 0, blockAt] = selected;
  if (isSection) return { parent: [], index: at + 1, wrap: false };
  if (blockAt !== undefined) return { parent: [at, columnAt], index: blockAt + 1, wrap: false };
  const column = body.components[at]?.components[columnAt];
  if (column === undefined) return { parent: [], index: at + 1, wrap: true };
  return { parent: [at, columnAt], index: column.components.length, wrap: false };
}

/** One step up or down, across columns and sections for blocks; null at the end of the email. */
export function movePlace(body: BodyNode, path: Path, direction: 'up' | 'down'): Place | null {
  const step = direction === 'up' ? -1 : 1;
  if (path.length < 3) {
    const parent = path.slice(0, -1);
    const index = (path.at(-1) ?? 0) + step;
    const count = path.length === 1 ? body.components.length : (body.components[path[0] ?? 0]?.components.length ?? 0);
    return index < 0 || index >= count ? null : { parent, index };
  }
  const [at = 0, columnAt = 0, blockAt = 0] = path;
  const here = body.components[at]?.components[columnAt];
  const index = blockAt + step;
  if (here !== undefined && index >= 0 && index < here.components.length) return { parent: [at, columnAt], index };
  const columns = body.components.flatMap((section, s) =>
    section.components.map((column, c) => ({ parent: [s, c], column })),
  );
  const order = columns.findIndex(({ parent }) => parent[0] === at && parent[1] === columnAt);
  const next = columns[order + step];
  if (next === undefined) return null;
  return { parent: next.parent, index: direction === 'up' ? next.column.components.length : 0 };
}

/** What to select after the node at this path is gone: the one after it, else the one before, else its parent. */
export function selectionAfterDelete(body: BodyNode, path: Path): Path | null {
  const rows = outline(body).filter((each) => !startsWith(each.path, path));
  const before = rows.filter((each) => comparePaths(each.path, path) < 0);
  const after = rows[before.length];
  if (
    after !== undefined &&
    after.path.length === path.length &&
    samePath(after.path.slice(0, -1), path.slice(0, -1))
  ) {
    return path;
  }
  return before.at(-1)?.path ?? (rows.length > 0 ? [0] : null);
}

/** The special links that a node itself uses, in its Url or its text. */
export function specialLinksIn(node: OutlineNode): SpecialLink[] {
  const source = `${node.attributes.href ?? ''} ${'content' in node ? node.content : ''}`;
  const names = new Set([...source.matchAll(/\{\{-?\s*(links\.\w+)/g)].map((match) => match[1]));
  return specialLinks.filter((link) => names.has(link.name));
}

/** Blocks whose links lead to the portal: errors as long as the portal is not set up (S0-06). */
export function portalLinkPaths(body: BodyNode): Path[] {
  return outline(body)
    .filter((each) => specialLinksIn(each.node).some((link) => link.requires === 'portal'))
    .map((each) => each.path);
}

export function samePath(one: Path | null, other: Path | null): boolean {
  return one === other || (one !== null && other !== null && one.join('.') === other.join('.'));
}

function endPlace(body: BodyNode, isSection: boolean): Place & { wrap: boolean } {
  const last = body.components.at(-1);
  const isFooter = last?.components.some((column) => column.components.some((block) => block.type === FOOTER)) ?? false;
  const count = body.components.length - (isFooter ? 1 : 0);
  const columns = body.components[count - 1]?.components ?? [];
  const only = columns[0];
  if (isSection || only === undefined || columns.length > 1) return { parent: [], index: count, wrap: !isSection };
  return { parent: [count - 1, 0], index: only.components.length, wrap: false };
}

function row(path: Path, node: OutlineNode): OutlineRow {
  return { path, node, name: nodeName(node) };
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((index, at) => path[at] === index);
}

function comparePaths(one: Path, other: Path): number {
  for (let at = 0; at < Math.max(one.length, other.length); at += 1) {
    const difference = (one[at] ?? -1) - (other[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

function shorten(words: string, length: number): string {
  return words.length <= length ? words : `${words.slice(0, length).trimEnd()}…`;
}
