import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { blockChoices, newBlock, section } from './blocks.ts';
import {
  type BlockNode,
  DOCUMENT_LIMIT,
  FOOTER,
  NODE_LIMIT,
  bodyOf,
  documentOf,
  emptyDocument,
  parseEmailDocument,
} from './document.ts';
import { RICH_TEXT_LIMIT } from './rich-text.ts';

function parsed(blocks: unknown[]): BlockNode[] {
  const result = parseEmailDocument(documentOf([section(blocks as BlockNode[])]));
  if (!result.ok) throw new Error(result.error);
  return bodyOf(result.document).components[0]?.components[0]?.components ?? [];
}

describe('email document', () => {
  it('a new email is a document and holds the footer that every campaign needs', () => {
    const result = parseEmailDocument(emptyDocument());
    expect(result).toEqual({ ok: true, document: emptyDocument() });
    expect(JSON.stringify(emptyDocument())).toContain(FOOTER);
  });

  it('every block of the blocks panel is kept whole', () => {
    for (const { kind } of blockChoices) {
      const block = newBlock(kind, { color: '#1E6B52' });
      const sections = block.type === 'mj-section' ? [block] : [section([block])];
      expect(parseEmailDocument(documentOf(sections)), kind).toEqual({ ok: true, document: documentOf(sections) });
    }
  });

  it('unknown component types are refused', () => {
    for (const type of ['mj-raw', 'mj-include', 'script', 'mj-html']) {
      const result = parseEmailDocument(documentOf([section([{ type, attributes: {}, content: '' } as never])]));
      expect(result, type).toEqual({ ok: false, error: 'This is not an email we can read.' });
    }
  });

  it('attributes that are not on the list, or that leave their value, are left out', () => {
    const attributes = {
      color: '#1E6B52',
      onclick: 'alert(1)',
      'css-class': 'x',
      'font-family': '"x;} body{display:none',
      'container-background-color': 'url(https://evil.example/x)',
      'font-size': '16px',
    };
    expect(parsed([{ type: 'mj-text', attributes, content: 'a' }])[0]?.attributes).toEqual({
      color: '#1E6B52',
      'font-size': '16px',
    });
  });

  it('addresses with a scheme that runs code are left out, also when disguised', () => {
    for (const href of [
      'javascript:alert(1)',
      ' JaVa\tscript:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      'file:///etc',
    ]) {
      expect(parsed([{ type: 'mj-button', attributes: { href }, content: 'x' }])[0]?.attributes, href).toEqual({});
    }
    for (const href of [
      'https://a.example/?x="1"',
      'mailto:a@b.example',
      'tel:+15125550142',
      '{{ links.pay_invoice }}',
      'exam',
    ]) {
      expect(parsed([{ type: 'mj-button', attributes: { href }, content: 'x' }])[0]?.attributes, href).toEqual({
        href,
      });
    }
  });

  it('the label of a button is text, whatever HTML it was given', () => {
    const [button] = parsed([
      { type: 'mj-button', attributes: {}, content: '<b>Pay</b> now & <script>x()</script>later' },
    ]);
    expect(button).toMatchObject({ content: 'Pay now &amp; later' });
  });

  it('a text that is too long, too many blocks and too large an email are refused in words', () => {
    const long = documentOf([section([{ type: 'mj-text', attributes: {}, content: 'a'.repeat(RICH_TEXT_LIMIT + 1) }])]);
    expect(parseEmailDocument(long)).toEqual({ ok: false, error: 'This text is too long for one block.' });

    const spacer: BlockNode = { type: 'mj-spacer', attributes: {} };
    const many = documentOf([section(Array.from({ length: NODE_LIMIT }, () => spacer))]);
    expect(parseEmailDocument(many)).toMatchObject({ ok: false, error: expect.stringContaining(String(NODE_LIMIT)) });

    const text: BlockNode = { type: 'mj-text', attributes: {}, content: 'a'.repeat(RICH_TEXT_LIMIT) };
    const large = documentOf([section(Array.from({ length: DOCUMENT_LIMIT / RICH_TEXT_LIMIT + 1 }, () => text))]);
    expect(parseEmailDocument(large)).toMatchObject({ ok: false, error: expect.stringContaining('too large') });
  });

  it('JSON nested beyond any email is refused without running out of stack', () => {
    let deep: unknown = { type: 'mj-text' };
    for (let depth = 0; depth < 20_000; depth += 1) deep = { type: 'mj-section', components: [deep] };
    const project = { pages: [{ frames: [{ component: { type: 'wrapper', components: [deep] } }] }] };
    expect(parseEmailDocument({ version: 1, project }).ok).toBe(false);
  });

  it('any JSON is either refused or read, and what was read is read again unchanged', () => {
    const leaf = fc.record({
      type: fc.constantFrom('mj-text', 'mj-button', 'mj-image', 'fp-footer', 'mj-raw'),
      attributes: fc.dictionary(fc.constantFrom('href', 'src', 'color', 'alt', 'onload', '__proto__'), fc.string()),
      content: fc.string(),
    });
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.array(leaf)), (input) => {
        const document = Array.isArray(input) ? documentOf([section(input as BlockNode[])]) : input;
        const first = parseEmailDocument(document);
        if (first.ok) expect(parseEmailDocument(first.document)).toEqual(first);
      }),
    );
  });
});
