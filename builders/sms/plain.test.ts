import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { checkTemplate, parseTemplate, renderTemplate } from '../merge/template.ts';
import { sampleValues } from '../merge/values.ts';
import { isGsm } from './gsm7.ts';
import { foreignIn, makePlain, makePlainTemplate } from './plain.ts';

describe('B-11: typography made plain', () => {
  test('what a word processor puts in becomes what a keyboard types', () => {
    expect(makePlain('“It’s due” – today — or … tomorrow')).toBe('"It\'s due" - today - or ... tomorrow');
    expect(makePlain('$40.00\u00a0due\u2009now\u3000ok\u202fok')).toBe('$40.00 due now ok ok');
    expect(makePlain('• one\n‣ two\n\uf0b7 three')).toBe('- one\n- two\n- three');
    expect(makePlain('the ﬁrst ﬂoor oﬀer, eﬃcient')).toBe('the first floor offer, efficient');
    expect(makePlain('in\u200bvisi\u00adble\ufeff, \u200dloose\u200e marks')).toBe('invisible, loose marks');
    expect(makePlain('`a´ ‹b› «c» 1⁄2 5′ 6″ Acme™')).toBe("'a' 'b' \"c\" 1/2 5' 6\" Acme(TM)");
    expect(makePlain('Cafe\u0301, sen\u0303or, jalapen\u0303o')).toBe('Café, señor, jalapeño');
  });

  test('letters and emoji stay as they are, with what holds them together', () => {
    for (const kept of ['Łukasz', 'ć á ç', '中文', '😀', '👩‍👩‍👧‍👦', '❤️', '1️⃣', '🇺🇸', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'क्‍ष', '½']) {
      expect(makePlain(kept), kept).toBe(kept);
      expect(foreignIn(kept).length, kept).toBeGreaterThan(0);
    }
  });

  test('an offender says what it is and what could stand for it', () => {
    const offered = (text: string) => foreignIn(text).map(({ name, replacement, kind }) => [name, replacement, kind]);
    expect(offered('’')).toEqual([['Curly apostrophe', "'", 'typography']]);
    expect(offered('\u00a0')).toEqual([['Non-breaking space', ' ', 'typography']]);
    expect(offered('ć')).toEqual([['Letter “ć”', 'c', 'letter']]);
    expect(offered('Ł')).toEqual([['Letter “Ł”', 'L', 'letter']]);
    expect(offered('中')).toEqual([['Letter “中”', null, 'letter']]);
    expect(offered('👩‍👩‍👧‍👦')).toEqual([['Emoji', null, 'emoji']]);
    expect(offered('1½')).toEqual([['“½”', ' 1/2', 'other']]);
    expect(offered('e\u0301')).toEqual([['“é” in two pieces', 'é', 'typography']]);
    expect(offered('\ud83d')).toEqual([['Invisible character U+D83D', null, 'other']]);
  });

  test('any text: plain twice is plain once, GSM-7 is not touched, and no offender of typography is left', () => {
    const text = fc
      .array(
        fc.oneof(
          fc.string({ unit: 'grapheme', maxLength: 4 }),
          fc.constantFrom('’', '“', '\u200d', '\ufe0f', '\u200b', '👩', '1', '\u20e3', 'e\u0301', 'ć', '…', '\u202e'),
        ),
        { maxLength: 30 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (typed) => {
        const plain = makePlain(typed);
        expect(makePlain(plain)).toBe(plain);
        expect(foreignIn(plain).filter(({ kind }) => kind === 'typography')).toEqual([]);
        for (const { replacement } of foreignIn(typed)) expect(isGsm(replacement ?? '')).toBe(true);
        if (isGsm(typed)) expect(plain).toBe(typed);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('texts with merge tags', () => {
  test('quotes in a tag are made plain without breaking it', () => {
    const plain = (source: string) => {
      const made = makePlainTemplate(source);
      expect(checkTemplate(made, 'Message'), made).toEqual([]);
      const parsed = parseTemplate(made, 'Message');
      return parsed.ok ? renderTemplate(parsed.template, { ...sampleValues, customer: nobody }, 'text') : '';
    };
    expect(plain('Hi {{ customer.first_name | default: “there” }}’s')).toBe("Hi there's");
    expect(plain('Hi {{ customer.first_name | default: "the “boss”" }}')).toBe("Hi the 'boss'");
    expect(plain("Hi {{ customer.first_name | default: 'it’s' }}")).toBe("Hi it's");
    expect(plain('a  {{- customer.first_name | default: “–” -}}  b')).toBe('a-b');
    expect(plain('{% if customer.first_name == “x” %}a{% else %}b…{% endif %}')).toBe('b...');
  });

  test('a tag that is not finished is text like any other', () => {
    expect(makePlainTemplate('“Hi” {{ customer.first_name')).toBe('"Hi" {{ customer.first_name');
  });
});

const nobody = { first_name: '', last_name: '', name: '', company_name: '' };
