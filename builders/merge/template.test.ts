import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allowedFilters } from './engine.ts';
import { fieldTag, mergeFields } from './fields.ts';
import { specialLinkOf, specialLinks } from './special-links.ts';
import { checkTemplate, parseTemplate, renderTemplate, type MergeMode } from './template.ts';
import { mergeValuesSchema, sampleValues, type MergeValues } from './values.ts';

function render(source: string, mode: MergeMode = 'text', values: MergeValues = sampleValues): string {
  const parsed = parseTemplate(source, 'Text 1');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return renderTemplate(parsed.template, values, mode);
}

function withName(first_name: string): MergeValues {
  return { ...sampleValues, customer: { ...sampleValues.customer, first_name } };
}

const messages = (source: string) => checkTemplate(source, 'Text 1').map(({ message }) => message);

describe('the lists', () => {
  test('B-10: every field and link is a value that templates can read, with its proposed fallback', () => {
    for (const field of mergeFields) {
      expect(checkTemplate(fieldTag(field), 'Text 1'), field.name).toEqual([]);
      expect(render(fieldTag(field)), field.name).toBe(field.example);
    }
    for (const link of specialLinks) {
      expect(checkTemplate(link.tag, 'Text 1')).toEqual([]);
      expect(render(link.tag)).toMatch(/^https:/);
      expect(specialLinkOf(` ${link.tag.replaceAll(' ', '')} `)).toBe(link);
    }
    expect(mergeValuesSchema.parse(sampleValues)).toEqual(sampleValues);
    const known = [...mergeFields, ...specialLinks].map(({ name }) => name).sort();
    const given = Object.entries(sampleValues).flatMap(([root, group]) =>
      Object.keys(group).map((key) => `${root}.${key}`),
    );
    expect(given.sort()).toEqual(known);
  });

  test('S0-02 S0-05: the menu is Special links > Online Experience > Customer Portal, Pay invoice', () => {
    const menus = specialLinks.map(({ menu, tag, requires }) => [menu.join(' > '), tag, requires]);
    expect(menus).toEqual([
      ['Online Experience > Customer Portal', '{{ links.customer_portal }}', 'portal'],
      ['Online Experience > Pay invoice', '{{ links.pay_invoice }}', 'portal'],
      ['Subscription > Unsubscribe', '{{ links.unsubscribe }}', null],
    ]);
  });

  test('a fallback cannot break out of its tag', () => {
    const [field] = mergeFields;
    if (!field) throw new Error('no fields');
    expect(fieldTag(field)).toBe('{{ customer.first_name | default: "there" }}');
    expect(fieldTag(field, null)).toBe('{{ customer.first_name }}');
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (fallback) => {
        expect(checkTemplate(fieldTag(field, fallback), 'Text 1')).toEqual([]);
      }),
    );
  });
});

describe('rendering', () => {
  test('B-10: fallbacks and conditions', () => {
    expect(render('Hi {{ customer.first_name | default: "there" }}', 'text', withName(''))).toBe('Hi there');
    const late =
      '{% if invoice.days_overdue > 30 %}very late{% elsif invoice.days_overdue > 0 %}late{% else %}due{% endif %}';
    const overdue = (days_overdue: number) =>
      render(late, 'text', { ...sampleValues, invoice: { ...sampleValues.invoice, days_overdue } });
    expect([overdue(31), overdue(30), overdue(0)]).toEqual(['very late', 'late', 'due']);
    expect(render('{% assign who = customer.name | upcase %}{{ who }}')).toBe('DANA WHITFIELD');
    expect(render('{% case invoice.days_overdue %}{% when 12 %}twelve{% else %}other{% endcase %}')).toBe('twelve');
    expect(render('a {%- if invoice.number -%} b {%- endif -%} c')).toBe('abc');
  });

  test('B-10: values are escaped for where they land', () => {
    const evil = withName('<script>alert("1")</script>\r\nBcc: x & \u0000\u0007{{ company.name }}');
    const source = '<b>{{ customer.first_name }}</b>';
    expect(render(source, 'html', evil)).toBe(
      '<b>&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;\nBcc: x &amp; {{ company.name }}</b>',
    );
    expect(render('x{{ customer.first_name }}', 'header', evil)).toBe(
      'x<script>alert("1")</script> Bcc: x & {{ company.name }}',
    );
    expect(render('?q={{ customer.first_name }}', 'url', withName('a&b=c d/é?#"'))).toBe(
      '?q=a%26b%3Dc%20d%2F%C3%A9%3F%23%22',
    );
    expect(render('{{ customer.first_name }}', 'url', withName('\ud800'))).toBe('%EF%BF%BD');
  });

  test('B-10: no value gets out of HTML text, a quoted attribute, a header or an address part', () => {
    const parsed = parseTemplate('{{ customer.first_name }}', 'Text 1');
    if (!parsed.ok) throw new Error('does not parse');
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string()), (first_name) => {
        const values = withName(first_name);
        expect(renderTemplate(parsed.template, values, 'html')).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|#34;|#39;)/);
        expect(renderTemplate(parsed.template, values, 'header')).not.toMatch(/[\r\n\u0000\u2028\u2029]/);
        expect(renderTemplate(parsed.template, values, 'url')).toMatch(/^[A-Za-z0-9%_.!~*'()-]*$/);
      }),
    );
  });

  test('names of prototypes read nothing', () => {
    for (const name of [
      'customer.constructor',
      'customer.__proto__',
      'customer.name.constructor',
      'constructor',
      'toString',
      '__proto__.x',
    ]) {
      expect(render(`[{{ ${name} }}]`), name).toBe('[]');
      expect(messages(`{{ ${name} }}`)[0], name).toMatch(/^Unknown tag/);
    }
  });
});

describe('checking', () => {
  test('B-10: an unknown name is named with its place and the nearest known one', () => {
    expect(checkTemplate('Hello\nHi {{customer.firstname}}!', 'Text 2')).toEqual([
      {
        message: 'Unknown tag customer.firstname. Did you mean customer.first_name?',
        where: 'Text 2',
        line: 2,
        column: 4,
        excerpt: 'Hi {{customer.firstname}}!',
      },
    ]);
    expect(messages('{{ FirstName }}')).toEqual(['Unknown tag FirstName. Did you mean customer.first_name?']);
    expect(messages('{{ invoice.amountdue }}')).toEqual([
      'Unknown tag invoice.amountdue. Did you mean invoice.amount_due?',
    ]);
    expect(messages('{{ links.portal }}')).toEqual(['Unknown link links.portal. Did you mean links.customer_portal?']);
    expect(messages('{{ weather }}')).toEqual(['Unknown tag weather. Pick one from the menu.']);
    expect(messages('{{ customer }}')[0]).toContain('is a group of tags');
    expect(messages('{{ tracked.l1 }}')[0]).toMatch(/^Unknown tag/);
    expect(messages('{% if invoice.overdue %}x{% endif %}')[0]).toMatch(/^Unknown tag invoice.overdue/);
    expect(messages('{{ a }}{% assign a = 1 %}')[0]).toMatch(/^Unknown tag a\./);
    expect(messages('{{ nope.a }} {{ nope.b }}')).toHaveLength(2);
  });

  test('B-10: what is broken is said in plain words', () => {
    const cases: [string, RegExp][] = [
      ['Hi {{ customer.name', /“\{\{ customer.name” is not closed/],
      ['Hi {{ customer.name } and', /ends with one brace/],
      ['Hi {{ customer.name {{ company.name }}', /is not closed/],
      ['Hi customer.name }}', /has no “\{\{” before it/],
      ['{{ }}', /is empty/],
      ['{{ customer.name | defalt: "x" }}', /Unknown filter “defalt”. Did you mean “default”\?/],
      ['{{ customer.name | raw }}', /Unknown filter “raw”/],
      ['{{ customer.name | constructor }}', /Unknown filter “constructor”/],
      ['{{ customer.name | default: "x }}', /cannot be read/],
      ['{% if invoice.number %}x', /is never ended. Put \{% endif %\}/],
      ['{% unless invoice.number %}x', /Put \{% endunless %\}/],
      ['x{% endif %}', /stands alone/],
      ['{% else %}', /stands alone/],
      ['{% iff invoice.number %}', /“iff” cannot be used in \{% … %\}. Did you mean “if”\?/],
      ['{% constructor %}', /“constructor” cannot be used/],
      ['{{ customer["constructor"] }}', /Brackets cannot be used/],
      ['{% assign customer = "x" %}', /“customer” is a name of ours/],
    ];
    for (const [source, message] of cases) expect(messages(source)[0], source).toMatch(message);
    expect(messages('{{ customer.name {{ a }')).toHaveLength(2);
  });

  test('B-10: the file, loop and escape-free parts of Liquid do not exist', () => {
    for (const tag of [
      'include',
      'render',
      'layout',
      'block',
      'for',
      'tablerow',
      'capture',
      'cycle',
      'increment',
      'raw',
      'echo',
      'liquid',
      'comment',
    ]) {
      expect(messages(`{% ${tag} "a" %}`)[0], tag).toMatch(/cannot be used in/);
    }
    expect(allowedFilters).not.toContain('raw');
  });

  test('B-10: an expression that never ends, or explodes, is an error at once', () => {
    const start = performance.now();
    expect(messages('{% for i in (1..100000000) %}x{% endfor %}')[0]).toMatch(/range of numbers/);
    expect(messages('{{ (1..100000000) }}')[0]).toMatch(/range of numbers/);
    const doubling = `{% assign a = "0123456789" %}${'{% assign a = a | append: a %}'.repeat(40)}{{ a }}`;
    expect(messages(doubling)[0]).toMatch(/grows too long/);
    const replacing = `{{ "aaaaaaaaaa"${' | replace: "a", "aaaaaaaaaa"'.repeat(9)} }}`;
    expect(messages(replacing)[0]).toMatch(/grows too long/);
    const repeating = `{% assign a = "01234567" %}${'{% assign a = a | append: a %}'.repeat(12)}${'{{ a }}'.repeat(300)}`;
    expect(messages(repeating)[0]).toMatch(/grows too long/);
    expect(messages(`{{ "a"${' | append: "a"'.repeat(50)} }}`)[0]).toMatch(/ten filters/);
    expect(messages('{% if invoice.number %}'.repeat(1000))[0]).toMatch(/too many/);
    expect(messages(`{{ ${'('.repeat(50_000)} }}`)).not.toEqual([]);
    expect(messages('x'.repeat(2_000_000))[0]).toMatch(/too long/);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test('B-10: checking takes no longer than the text is long, however many braces and quotes it holds', () => {
    const start = performance.now();
    const hostile = [
      '{{'.repeat(50_000),
      '{%'.repeat(50_000),
      '{{ "'.repeat(25_000),
      '{{ “'.repeat(25_000),
      `{{ ${'‘a'.repeat(40_000)} }}`,
      `{{ "${'\\"'.repeat(45_000)}}}`,
      `{% if ${'customer.name and '.repeat(4_000)}customer.name %}x{% endif %}`,
    ];
    for (const source of hostile) {
      const problems = checkTemplate(source, 'Text 1');
      expect(problems.length, source.slice(0, 20)).toBeGreaterThan(0);
      expect(problems.length, source.slice(0, 20)).toBeLessThanOrEqual(5);
      for (const { message } of problems) expect(message.length).toBeLessThan(200);
    }
    expect(messages(`{{ customer.name | default: "${'x'.repeat(1_000)}" }}`)).toEqual([
      'A merge tag can have 1000 characters at most.',
    ]);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test('B-10: quotes and blanks of word processors inside a tag are understood', () => {
    const values = withName('');
    for (const source of [
      '{{ customer.first_name | default: “there” }}',
      '{{ customer.first_name | default: ”there” }}',
      '{{ customer.first_name | default: ‘there’ }}',
      '{{ customer.first_name | default: "there” }}',
      '{{\u00a0customer.first_name\u00a0|\u00a0default: "there"\u00a0}}',
      '{{ customer.\u200bfirst_name | default: "there" }}',
    ]) {
      expect(checkTemplate(source, 'Text 1'), source).toEqual([]);
      expect(render(source, 'text', values), source).toBe('there');
    }
    expect(render('{{ customer.first_name | default: “Bob’s place” }}', 'text', values)).toBe('Bob’s place');
    expect(render('{{ customer.first_name | default: "Bob’s }} “pal”" }}', 'text', values)).toBe('Bob’s }} “pal”');
  });

  test('B-10: any text gives problems or renders, and what passes the check never throws', () => {
    const part = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom(
        '{{',
        '}}',
        '{%',
        '%}',
        '{',
        '-',
        ' | ',
        '"',
        "'",
        '“',
        '”',
        ': ',
        ' if ',
        ' endif ',
        ' else ',
        '\n',
      ),
      fc.constantFrom(
        'customer.name',
        'invoice.days_overdue',
        ' default ',
        ' assign a = ',
        ' case ',
        ' when ',
        '(',
        ')',
        ',',
      ),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 24 }), (parts) => {
        const source = parts.join('');
        const problems = checkTemplate(source, 'Text 1');
        for (const { line, column, message } of problems) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(message).not.toMatch(/undefined|NaN|\[object/);
        }
        if (problems.length === 0) expect(typeof render(source, 'html')).toBe('string');
      }),
      { numRuns: 1_000 },
    );
  });

  test('text without expressions stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!/[{}]|\r/.test(text));
        expect(checkTemplate(text, 'Text 1')).toEqual([]);
        expect(render(text)).toBe(text);
      }),
    );
    expect(render('{ a } {a} 100% {x')).toBe('{ a } {a} 100% {x');
    expect(render('{ {%- if invoice.number %}b{% endif %}')).toBe('{b');
  });
});
