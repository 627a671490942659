import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isPlain } from './allowed.ts';
import { plainPaste } from './paste.ts';

const named = (html: string, text = 'x') => plainPaste({ text, html }).formatting.map(({ name }) => name);

describe('S0-15: a paste arrives as plain text', () => {
  test('of a word processor: typography plain, losses by their place, formatting by its name', () => {
    const { plain, replaced, lost, formatting } = plainPaste({
      text: 'Your bill\r\n•\tIt’s due 🎉',
      html: `<html xmlns:o="urn:x"><head><style>p { font-weight: bold }</style></head><body><!--StartFragment-->
        <p class=MsoNormal style='font-family:"Georgia",serif;color:#C00000'><b>Your</b> bill</p>
        <ul><li><i>It’s due</i> 🎉</li></ul><!--EndFragment--></body></html>`,
    });
    expect(plain).toBe("Your bill\n- It's due");
    expect(replaced.map(({ name, line, column }) => [name, line, column])).toEqual([
      ['Bullet', 2, 1],
      ['Tab', 2, 2],
      ['Curly apostrophe', 2, 5],
    ]);
    expect(lost.map(({ name, line, column }) => [name, line, column])).toEqual([['Emoji 🎉', 2, 12]]);
    expect(formatting).toEqual([
      { kind: 'bold', name: 'Bold', excerpt: 'Your', times: 1 },
      { kind: 'color', name: 'Color', excerpt: 'Your bill', times: 1 },
      { kind: 'font', name: 'Font Georgia', excerpt: 'Your bill', times: 1 },
      { kind: 'italics', name: 'Italics', excerpt: 'It’s due', times: 1 },
      { kind: 'list', name: 'List', excerpt: 'It’s due 🎉', times: 1 },
    ]);
  });

  test.each([
    ['<b>x</b>', ['Bold']],
    ['<span style="font-weight: 700">x</span>', ['Bold']],
    ['<b style="font-weight:normal" id="docs-internal-guid-1">x</b>', []],
    ['<em>x</em><span style="font-style:italic">y</span>', ['Italics']],
    ['<u>x</u><s>y</s>', ['Underline', 'Strikethrough']],
    ['<span style="text-decoration: line-through">x</span>', ['Strikethrough']],
    ['<h2>x</h2>', ['Heading']],
    ['m<sup>2</sup>', ['Raised or lowered text']],
    ['<font face="Comic Sans MS" color="red">x</font>', ['Color', 'Font Comic Sans MS']],
    ['<span style="color: rgb(0, 0, 0); font-size: 14px">x</span>', []],
    ['<span style="color: #36c">x</span>', ['Color']],
    ['<table><tr><td>x</td></tr></table>', ['Table']],
    ['<img src="a.png" alt="A boiler">', ['Picture']],
    ['<a href="#top">x</a>', ['Link to #top']],
    ['<b> </b><!-- <b>x</b> --><style><b>x</b></style>', []],
  ])('%s', (html, formatting) => {
    expect(named(html)).toEqual(formatting);
  });

  test('the same formatting twice is named once, with its number', () => {
    expect(plainPaste({ text: 'a b', html: '<b>a</b> <b>b</b>' }).formatting).toEqual([
      { kind: 'bold', name: 'Bold', excerpt: 'a', times: 2 },
    ]);
  });

  test('HTML alone is read as text', () => {
    expect(plainPaste({ text: '', html: '<p>One&nbsp;&amp; two</p><p>three<br>four &#x1F389;</p>' }).plain).toBe(
      'One & two\nthree\nfour',
    );
  });
});

describe('S0-15: addresses', () => {
  const url = 'https://demo.portal.example/pay';

  test('of a link stays, behind its words', () => {
    const { plain, formatting } = plainPaste({
      text: 'Pay here, or here.',
      html: `Pay here, or <a href="${url}">here</a>.`,
    });
    expect(plain).toBe(`Pay here, or here (${url}).`);
    expect(formatting.map(({ name }) => name)).toEqual(['Link: its address stands behind it now']);
  });

  test.each([
    [url, url],
    ['demo.portal.example/pay', url],
    ['(512) 555-0142', 'tel:+15125550142'],
    ['office@brightwater.example', 'mailto:office@brightwater.example?subject=Hi'],
  ])('that is told already is not told twice: %s', (text, href) => {
    expect(plainPaste({ text, html: `<a href="${href}">${text}</a>` })).toMatchObject({ plain: text, formatting: [] });
  });

  test('of a mailbox or a telephone stays without its scheme', () => {
    const html = '<a href="tel:5125550142">Call us</a> or <a href="mailto:a@b.example">write</a>';
    expect(plainPaste({ text: 'Call us or write', html }).plain).toBe('Call us (5125550142) or write (a@b.example)');
  });

  test('that run code or lead nowhere are no addresses', () => {
    const html = '<a href="javascript:alert(1)">x</a> <a href="/pay">y</a>';
    expect(plainPaste({ text: 'x y', html }).plain).toBe('x y');
  });

  test('a special link copied from an email stays a special link', () => {
    const html = '<a href="{{ links.pay_invoice }}">Pay this invoice</a>';
    expect(plainPaste({ text: 'Pay this invoice', html }).plain).toBe('Pay this invoice ({{ links.pay_invoice }})');
  });

  test('in any rich text, the portal’s survives', () => {
    const words = fc.array(fc.constantFrom('pay', 'here', '🎉', '“now”', '—', '(', '.*'), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(words, words, words, (before, link, after) => {
        const text = [before.join(' '), link.join(' '), after.join(' ')];
        const html = `<p>${text[0]} <a href="${url}"><b>${text[1]}</b></a> ${text[2]}</p>`;
        const { plain } = plainPaste({ text: text.join(' '), html });
        expect(plain).toContain(url);
        expect(isPlain(plain)).toBe(true);
      }),
    );
  });
});

test('broken HTML of any kind is read as far as it goes', () => {
  const html = fc.array(
    fc.constantFrom(
      '<',
      '>',
      '<b',
      '<b>',
      '</b>',
      '</p>',
      '"',
      "'",
      '<a href="',
      'https://x.example',
      '&#',
      '&amp;',
      '<!--',
      ' style="color:',
      'x',
      '<script>',
    ),
  );
  fc.assert(
    fc.property(html, (parts) => {
      expect(isPlain(plainPaste({ text: 'x y', html: parts.join('') }).plain)).toBe(true);
    }),
  );
});
