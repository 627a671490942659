import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cleanRichText, cleanUrl, plainText } from './rich-text.ts';

describe('rich text', () => {
  it('S0-02: keeps the portal link as the toolbar inserts it', () => {
    const html = 'See the <a href="{{ links.customer_portal }}">Customer Portal</a>.';
    expect(cleanRichText(html)).toBe(html);
  });

  it('keeps merge tags with fallbacks letter for letter', () => {
    const html = 'Hi {{ customer.first_name | default: "there" }},<br><br>hello';
    expect(cleanRichText(html)).toBe(html);
  });

  it.each([
    ['<p>One</p><p>Two</p>', 'One<br><br>Two'],
    ['<div>One</div><div>Two</div>', 'One<br>Two'],
    ['<b style="x">a</b><i>b</i>', '<strong>a</strong><em>b</em>'],
    ['<p>x</p><ul><li>a<li>b</ul>', 'x<ul><li>a</li><li>b</li></ul>'],
    ['a<script>alert(1)</script><style>p{}</style>b', 'ab'],
    ['<img src=x onerror=alert(1)>a<svg onload=x><circle/></svg>', 'a'],
    ['<a href="java&#115;cript:alert(1)">a</a>', 'a'],
    ['<a href=" jav&#x09;ascript:x">a</a>', 'a'],
    ['<a href="https://a.example" onclick="x">a', '<a href="https://a.example">a</a>'],
    ['<!--[if mso]><b>x</b><![endif]-->a<o:p></o:p>', 'a'],
    ['2 < 3 & 4 > 1', '2 &lt; 3 &amp; 4 &gt; 1'],
    ['<strong>a', '<strong>a</strong>'],
    ['a</strong></a>b', 'ab'],
    ['<table><tr><td>a</td><td>b</td></tr></table>', 'a b'],
    ['a&nbsp;b', 'a b'],
  ])('%s becomes %s', (given, wanted) => {
    expect(cleanRichText(given)).toBe(wanted);
  });

  it('whatever is pasted: only known tags come out, balanced, and cleaning again changes nothing', () => {
    const scrap = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '<a href="',
      '<b>',
      '</b>',
      '<script>',
      '</script>',
      '<p',
      '/>',
      '&',
      '&lt;',
      '<!--',
      '<li>',
      '<ul>',
      '</ul>',
      'on',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(scrap, fc.string({ maxLength: 6 }))), (scraps) => {
        const clean = cleanRichText(scraps.join(''));
        const stack: string[] = [];
        const rest = clean.replace(/<(\/?)(strong|em|u|a|ul|ol|li|br)( href="[^"<>]*")?>/g, (_tag, slash, name) => {
          if (name === 'br') return '';
          if (slash === '') stack.push(name);
          else expect(stack.pop()).toBe(name);
          return '';
        });
        expect(rest).not.toMatch(/[<>]/);
        expect(stack).toEqual([]);
        expect(cleanRichText(clean)).toBe(clean);
      }),
      { numRuns: 500 },
    );
  });

  it('20,000 characters made to be slow are cleaned in a second', () => {
    for (const unit of ['<a "', '<a href="', '<!--', '<b \'"', '<script']) {
      const started = performance.now();
      cleanRichText(unit.repeat(Math.floor(20_000 / unit.length)));
      expect(performance.now() - started, unit).toBeLessThan(1_000);
    }
  });

  it('plainText is what a person reads', () => {
    expect(plainText('<strong>Pay</strong>&amp;<br>go<ul><li>a</li></ul>')).toBe('Pay& go a');
  });

  it('cleanUrl keeps what is being typed and drops what could run', () => {
    expect(cleanUrl('  exam ')).toBe('exam');
    expect(cleanUrl('{{ links.pay_invoice }}')).toBe('{{ links.pay_invoice }}');
    expect(cleanUrl('javascript\n:alert(1)')).toBe('');
  });
});
