import { describe, expect, it } from 'vitest';

import { type BlockNode, type BodyNode, bodyOf, documentOf, emptyDocument } from './document.ts';
import { button, footer, invitationNote, newBlock, section, text } from './blocks.ts';
import {
  insertionPlace,
  movePlace,
  nodeAt,
  nodeName,
  outline,
  portalLinkPaths,
  selectionAfterDelete,
  specialLinksIn,
} from './structure.ts';

const brand = { color: '#1E6B52' };

/** Section of two texts, section of two columns with one text each, footer. */
function sample(): BodyNode {
  const columns = newBlock('columns-2', brand);
  if (columns.type !== 'mj-section') throw new Error('Columns are a section.');
  return bodyOf(documentOf([section([text('One'), text('Two')]), columns, section([footer()])]));
}

describe('B-19: the email as an outline', () => {
  it('names every row so that it can be told from its neighbors', () => {
    expect(outline(sample()).map((row) => `${row.path.join('.')} ${row.name}`)).toEqual([
      '0 Section',
      '0.0.0 Text: One',
      '0.0.1 Text: Two',
      '1 Section: 2 columns',
      '1.0 Column 1',
      '1.0.0 Text: Column 1',
      '1.1 Column 2',
      '1.1.0 Text: Column 2',
      '2 Section',
      '2.0.0 Footer',
    ]);
  });

  it('shortens long text and says what is empty', () => {
    expect(nodeName(text('Hi {{ customer.first_name | default: "there" }}, how are you today?'))).toMatch(
      /^Text: Hi \{\{ customer.*…$/,
    );
    expect(nodeName(text(''))).toBe('Text: empty');
    expect(nodeName({ type: 'mj-image', attributes: {} })).toBe('Image: no picture yet');
  });

  it('each path leads to its node', () => {
    const body = sample();
    for (const row of outline(body)) expect(nodeAt(body, row.path)).toBe(row.node);
    for (const path of [[9], [0, 9], [0, 0, 9], []]) expect(nodeAt(body, path)).toBeNull();
  });
});

describe('B-19: where a new block goes', () => {
  it('right after the selected block', () => {
    expect(insertionPlace(sample(), [0, 0, 0], false)).toEqual({ parent: [0, 0], index: 1, wrap: false });
  });

  it('at the end of the selected column or section', () => {
    expect(insertionPlace(sample(), [1, 1], false)).toEqual({ parent: [1, 1], index: 1, wrap: false });
    expect(insertionPlace(sample(), [0], false)).toEqual({ parent: [0, 0], index: 2, wrap: false });
  });

  it('a section goes after the selected section, wherever in it the selection is', () => {
    expect(insertionPlace(sample(), [0, 0, 0], true)).toEqual({ parent: [], index: 1, wrap: false });
  });

  it('with nothing selected: at the end, before the footer; in a section of its own if the last one has columns', () => {
    expect(insertionPlace(sample(), null, false)).toEqual({ parent: [], index: 2, wrap: true });
    expect(insertionPlace(sample(), null, true)).toEqual({ parent: [], index: 2, wrap: false });
    expect(insertionPlace(bodyOf(emptyDocument()), null, false)).toEqual({ parent: [0, 0], index: 0, wrap: false });
  });

  it('into an email that lost all its sections', () => {
    expect(insertionPlace(bodyOf(documentOf([])), null, false)).toEqual({ parent: [], index: 0, wrap: true });
  });

  it('a selection that is gone counts as none', () => {
    expect(insertionPlace(sample(), [7, 0, 0], true)).toEqual({ parent: [], index: 2, wrap: false });
  });
});

describe('B-19: moving by key', () => {
  it('within a column, then over the border of columns and sections, and not off the ends', () => {
    const body = sample();
    expect(movePlace(body, [0, 0, 0], 'down')).toEqual({ parent: [0, 0], index: 1 });
    expect(movePlace(body, [0, 0, 1], 'down')).toEqual({ parent: [1, 0], index: 0 });
    expect(movePlace(body, [1, 1, 0], 'up')).toEqual({ parent: [1, 0], index: 1 });
    expect(movePlace(body, [0, 0, 0], 'up')).toBeNull();
    expect(movePlace(body, [2, 0, 0], 'down')).toBeNull();
  });

  it('a block that is moved down to the end can be moved up to the start, through every column', () => {
    const body = sample();
    const take = (path: readonly number[]) => body.components[path[0] ?? 0]?.components[path[1] ?? 0]?.components ?? [];
    let path: readonly number[] = [0, 0, 0];
    const walk = (direction: 'up' | 'down') => {
      for (let place = movePlace(body, path, direction); place !== null; place = movePlace(body, path, direction)) {
        const [block] = take(path).splice(path[2] ?? 0, 1) as [BlockNode];
        take(place.parent).splice(place.index, 0, block);
        path = [...place.parent, place.index];
      }
    };
    walk('down');
    expect(path).toEqual([2, 0, 1]);
    walk('up');
    expect(path).toEqual([0, 0, 0]);
    expect(nodeAt(body, path)).toMatchObject({ content: 'One' });
  });

  it('sections and columns among their own kind', () => {
    expect(movePlace(sample(), [1], 'up')).toEqual({ parent: [], index: 0 });
    expect(movePlace(sample(), [1, 0], 'down')).toEqual({ parent: [1], index: 1 });
    expect(movePlace(sample(), [1, 0], 'up')).toBeNull();
  });
});

describe('B-19: what is selected after a delete', () => {
  it('the next sibling, else what stands before', () => {
    expect(selectionAfterDelete(sample(), [0, 0, 0])).toEqual([0, 0, 0]);
    expect(selectionAfterDelete(sample(), [0, 0, 1])).toEqual([0, 0, 0]);
    expect(selectionAfterDelete(sample(), [0])).toEqual([0]);
    expect(selectionAfterDelete(sample(), [2])).toEqual([1, 1, 0]);
    expect(selectionAfterDelete(bodyOf(documentOf([section([])])), [0])).toBeNull();
  });
});

describe('links to the portal', () => {
  it('S0-03: a button names the special link in its Url', () => {
    expect(specialLinksIn(button('Pay', '{{links.pay_invoice}}', '#1E6B52')).map((link) => link.id)).toEqual([
      'pay_invoice',
    ]);
    expect(specialLinksIn(button('Site', 'https://a.example', '#1E6B52'))).toEqual([]);
  });

  it('S0-06: finds every block that would lead nowhere without a portal, and no other', () => {
    const body = bodyOf(
      documentOf([
        section([
          text('plain'),
          text('a <a href="{{ links.customer_portal }}">link</a>'),
          button('Pay', '{{ links.pay_invoice }}', '#1E6B52'),
          text('<a href="{{ links.unsubscribe }}">Unsubscribe</a>'),
          invitationNote(),
        ]),
      ]),
    );
    expect(portalLinkPaths(body)).toEqual([
      [0, 0, 1],
      [0, 0, 2],
      [0, 0, 4],
    ]);
  });
});
