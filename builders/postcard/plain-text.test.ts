import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ALLOWED, isPlain } from './allowed.ts';
import { hasGlyph } from './metrics.ts';
import { applyChanges, checkPlain, checkPlainTemplate, type Change } from './plain-text.ts';

const names = (changes: readonly Change[]) => changes.map(({ name }) => name);
const places = (changes: readonly Change[]) => changes.map(({ line, column }) => `${line}:${column}`);

/** Texts as people paste them, and worse. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          ...'🎉 👩‍👩‍👧‍👦 🇺🇸 1️⃣ “ ’ — … \u00a0 \u200d \ufe0f \u0301 \u20e3 • ° ½ а ﬁ 𝐇 h̶ ™ https:// demo.portal.example / | {{ }} {% " \' \ud83c \r\n \r \n'.split(
            ' ',
          ),
          ' ',
        ),
        fc.string({ maxLength: 3 }),
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

/** Web addresses of printable ASCII (RFC 3986, appendix A), as they stand in a text. */
const anyUrl = fc
  .tuple(
    fc.constantFrom(
      'https://demo.portal.example',
      'http://demo.portal.localhost:3000',
      'https://www.example.com',
      'demo.go.example',
    ),
    fc.string({ unit: fc.constantFrom(...`abcXYZ019-._~/?#[]@!$&'()*+,;=:%20`), maxLength: 40 }),
  )
  .map(([origin, rest]) => `${origin}/${rest}`);

describe('S0-15: the allowed set', () => {
  test('is printable ASCII without marks of code, and letters of names', () => {
    const ascii = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCharCode(0x20 + index));
    expect(ascii.filter((char) => !isPlain(char)).join('')).toBe('<>\\^`{|}');
    expect(isPlain('José Müller, Łukasz Ștefan, Nguyễn Thị, Gökçe, Ərol: ¿$418.50?\nÆ')).toBe(true);
    for (const { chars, why } of ALLOWED) expect([chars, why]).not.toContain('');
  });

  test('has only letters that are one character in any form of Unicode', () => {
    const allowed = Array.from({ length: 0x2000 }, (_, code) => String.fromCharCode(code)).filter(isPlain);
    expect(allowed.filter((char) => char.normalize('NFKC') !== char)).toEqual([]);
    expect(allowed.length).toBeGreaterThan(500);
  });

  test('has a glyph in the printing fonts for each of its characters', () => {
    const allowed = Array.from({ length: 0x2000 }, (_, code) => String.fromCharCode(code)).filter(isPlain);
    expect(allowed.filter((char) => char.trim() !== '' && !hasGlyph(char))).toEqual([]);
  });

  test('each code point of Unicode is allowed, replaced or lost, and what is left is allowed', () => {
    let chars: string[] = [];
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const char = String.fromCodePoint(code);
      // What is assigned; of the 137,468 for private use and of what is not assigned, one in a hundred.
      if (/[\p{Cn}\p{Co}]/u.test(char) && code % 101 > 0) continue;
      if (char !== '\r' && char !== '\n') chars.push(char);
      if (chars.length < 500 && code < 0x10ffff) continue;
      const { plain, replaced, lost } = checkPlain(chars.join('\n'));
      const found = [...replaced, ...lost].sort((one, other) => one.offset - other.offset);
      expect(found.map((one) => one.char)).toEqual(chars.filter((one) => !isPlain(one)));
      expect(found.filter(({ name }) => name === '')).toEqual([]);
      expect(isPlain(plain)).toBe(true);
      chars = [];
    }
  }, 120_000);

  test('of the code points in a word, none damages the letters beside it', () => {
    const wrong: string[] = [];
    for (let code = 0; code <= 0xffff; code += 1) {
      const char = String.fromCharCode(code);
      const { plain } = checkPlain(`zq${char}wz`);
      if (!/^z[^wz]*w?.*z$/s.test(plain) || !isPlain(plain)) wrong.push(code.toString(16));
    }
    expect(wrong).toEqual([]);
  });
});

describe('S0-15: any text', () => {
  test('comes out allowed, and passes again untouched', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { plain } = checkPlain(text);
        expect(isPlain(plain)).toBe(true);
        expect(checkPlain(plain)).toEqual({ plain, replaced: [], lost: [] });
      }),
      { numRuns: 2_000 },
    );
  });

  test('what was found stands where it is said to stand, in order, and nothing else changed', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { replaced, lost, plain } = checkPlain(text);
        const found = [...replaced, ...lost].sort((a, b) => a.offset - b.offset);
        let end = 0;
        for (const { offset, char, line, column, codes } of found) {
          expect(offset).toBeGreaterThanOrEqual(end);
          expect(text.slice(offset, offset + char.length)).toBe(char);
          expect(isPlain(text.slice(end, offset).replaceAll('\r', ''))).toBe(true);
          expect(
            text
              .split('\n')
              .slice(0, line - 1)
              .join('\n').length +
              (line > 1 ? 1 : 0) +
              column -
              1,
          ).toBe(offset);
          expect(codes).toHaveLength([...char].length);
          end = offset + char.length;
        }
        expect(applyChanges(text, found)).toBe(plain);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a text that is allowed is left alone', () => {
    const chars = Array.from({ length: 0x2000 }, (_, code) => String.fromCharCode(code)).filter(isPlain);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...chars) }), (text) => {
        expect(checkPlain(text)).toEqual({ plain: text, replaced: [], lost: [] });
      }),
    );
  });

  test('a long one of nothing but losses takes no longer than it is', () => {
    const { plain, lost } = checkPlain('🎉'.repeat(20_000));
    expect([plain, lost.length]).toEqual(['', 20_000]);
    expect(checkPlain(`${'a'.repeat(50_000)}а`).lost).toHaveLength(1);
  });
});

describe('S0-15: web addresses', () => {
  test('survive untouched, whatever stands around them', () => {
    fc.assert(
      fc.property(anyUrl, anyText, anyText, (url, before, after) => {
        const text = `${before} ${url} ${after}`;
        expect(checkPlain(text).plain).toContain(url);
      }),
      { numRuns: 1_000 },
    );
  });

  test('the portal’s, in each place where it can stand', () => {
    const url = 'https://demo.portal.example/i/AbC-123_~x?from=card&n=1#pay';
    for (const around of [
      '“%”',
      '(%)',
      '🎉%🎉',
      '— % —',
      '…%…',
      '\u00a0%\u00a0',
      '•\t%',
      '\u200b%\u200b',
      '«%»',
      '%\u2028',
    ]) {
      expect(checkPlain(around.replace('%', url)).plain, around).toContain(url);
    }
  });

  test('lead where they led: what cannot be printed in one is percent-encoded', () => {
    const { plain, replaced, lost } = checkPlain('See https://example.com/a–b/{id}?q=日本™|x!');
    expect(plain).toBe('See https://example.com/a%E2%80%93b/%7Bid%7D?q=%E6%97%A5%E6%9C%AC%E2%84%A2%7Cx!');
    expect(names(replaced)[0]).toBe('“–” in a web address');
    expect(lost).toEqual([]);
  });

  test('an emoji at the end of one is none of it', () => {
    expect(checkPlain('https://example.com/pay🎉').plain).toBe('https://example.com/pay');
  });
});

describe('S0-15: what is lost, named as a person would', () => {
  test.each([
    ['an emoji', 'Hi 🎉 there', 'Hi there', ['Emoji 🎉']],
    ['one with joiners', 'a 👩‍👩‍👧‍👦 b', 'a b', ['Emoji 👩‍👩‍👧‍👦']],
    ['one with a skin tone', 'ok 👍🏽', 'ok', ['Emoji 👍🏽']],
    ['a flag', '🇺🇸 made', 'made', ['Emoji 🇺🇸']],
    ['a flag of tags', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '', ['Emoji 🏴󠁧󠁢󠁥󠁮󠁧󠁿']],
    ['a keycap', 'Step 1️⃣: call', 'Step: call', ['Emoji 1️⃣']],
    ['a sign as an emoji', 'I ❤️ it', 'I it', ['Emoji ❤️']],
    ['signs of ownership', 'Pro™ ©2026 Co®', 'Pro 2026 Co', ['Trademark sign', 'Copyright sign', 'Registered sign']],
    ['other money', '€5 or £4', '5 or 4', ['Currency sign “€”', 'Currency sign “£”']],
    ['an arrow', 'Turn → here', 'Turn here', ['Arrow “→”']],
    ['a bullet within a line', 'Austin • Texas', 'Austin Texas', ['Bullet']],
    ['a font', '𝐇𝐞𝐥𝐥𝐨 𝓌ᴏ', 'Hello wo', ['Font: “𝐇𝐞𝐥𝐥𝐨”', 'Font: “𝓌ᴏ”']],
    ['struck letters', 'h̶i̶', 'hi', ['Font: “h̶i̶”']],
    ['a look-alike', 'Bаnk', 'Bank', ['Look-alike: Cyrillic “а”, which is not the letter a']],
    ['a turn of direction', 'ab\u202ecd', 'abcd', ['Invisible direction mark U+202E']],
    ['an invisible character', 'a\u200bb\u00ad', 'ab', ['Invisible zero-width space', 'Invisible soft hyphen']],
    ['a control character', 'a\u0007b', 'ab', ['Control character U+0007']],
    ['another alphabet', 'Да 漢', '', ['Cyrillic letter “Д”', 'Cyrillic letter “а”', 'Chinese character “漢”']],
    ['half of a character', 'a\ud83cb', 'ab', ['Half of a character']],
    ['code', 'a <b> ^', 'a b', ['Less-than sign', 'Greater-than sign', 'Caret']],
  ])('%s', (_, text, plain, lost) => {
    const check = checkPlain(text);
    expect(check.plain).toBe(plain);
    expect(names(check.lost)).toEqual(lost);
    expect(check.replaced).toEqual([]);
  });

  test('by its place: line, column and code points', () => {
    const { lost } = checkPlain('Hi,\nit’s 🎉 now\n\n™');
    expect(places(lost)).toEqual(['2:6', '4:1']);
    expect(lost[0]).toMatchObject({ offset: 9, char: '🎉', codes: ['U+1F389'], kind: 'emoji', became: '' });
  });

  test('a whole word of another alphabet is not taken for a Latin one', () => {
    expect(checkPlain('СОР').lost.map(({ kind }) => kind)).toEqual(['alphabet', 'alphabet', 'alphabet']);
    expect(checkPlain('Сash').lost).toMatchObject([{ kind: 'look-alike', became: 'C' }]);
  });
});

describe('S0-15: what is replaced by its plain form', () => {
  test.each([
    ['quotes', '“It’s” ‘due’ «now»', `"It's" 'due' "now"`],
    ['dashes', '9–5, now—or never — ok −5', '9-5, now - or never - ok -5'],
    ['an ellipsis', 'Wait…', 'Wait...'],
    ['blanks', 'a\u00a0b\u2003c\td', 'a b c d'],
    ['line ends', 'a\u2028b\u2029c\r\nd\re', 'a\nb\nc\nd\ne'],
    ['ligatures', 'ﬁne oﬃce', 'fine office'],
    ['fractions', '½ cup, 1½ cups', '1/2 cup, 1 1/2 cups'],
    ['full-width forms', 'Ｐａｙ　＄５', 'Pay $5'],
    ['bullets that begin a line', '• one\n  ▪ two', '- one\n  - two'],
    ['degrees', '72°F, 20 °, 5℃', '72 degrees F, 20 degrees, 5 degrees C'],
    ['raised digits', 'm²', 'm2'],
    ['letters in two pieces', 'Jose\u0301', 'José'],
    ['marks that no font of ours has', 'q\u0303', 'q'],
    ['a sign between numbers', '20×10 | 5\\6 №7', '20x10 - 5/6 No.7'],
  ])('%s', (_, text, plain) => {
    const check = checkPlain(text);
    expect(check.plain).toBe(plain);
    expect(check.lost).toEqual([]);
  });

  test('line ends of Windows are no loss', () => {
    expect(checkPlain('a\r\nb')).toEqual({ plain: 'a\nb', replaced: [], lost: [] });
  });
});

describe('S0-15: texts with merge tags', () => {
  test('tags stay; what they put in themselves is held to the rule', () => {
    const { plain, lost, replaced } = checkPlainTemplate(
      'Hi {{ customer.first_name | default: "you 🎉" }} — {% if invoice.days_overdue > 9 %}it’s late{% endif %}',
    );
    expect(plain).toBe(
      'Hi {{ customer.first_name | default: "you" }} - {% if invoice.days_overdue > 9 %}it\'s late{% endif %}',
    );
    expect(places(lost)).toEqual(['1:43']);
    expect(names(replaced)).toEqual(['Em dash', 'Curly apostrophe']);
  });

  test('a quote inside of quotes does not end them', () => {
    expect(checkPlainTemplate('{{ customer.name | default: "the “boss”" }}').plain).toBe(
      `{{ customer.name | default: "the 'boss'" }}`,
    );
    expect(checkPlainTemplate("{{ customer.name | default: 'it’s you' }}").plain).toBe(
      "{{ customer.name | default: 'its you' }}",
    );
  });

  test('a tag that is being typed is left alone', () => {
    for (const typed of ['Hi {', 'Hi {{', 'Hi {{ customer', 'Hi {{ customer.name }', '{% if']) {
      expect(checkPlainTemplate(typed).lost, typed).toEqual([]);
    }
  });

  test('an emoji beside a tag goes without the blank that holds words apart', () => {
    expect(checkPlainTemplate('Hi 🎉{{ customer.name }} 🎉 ok').plain).toBe('Hi {{ customer.name }} ok');
  });

  test('never throws, and passes again untouched', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { plain } = checkPlainTemplate(text);
        expect(checkPlainTemplate(plain).plain).toBe(plain);
      }),
      { numRuns: 2_000 },
    );
  });
});
