import { describe, expect, test } from 'vitest';

import { PORTAL_MISSING } from '../merge/special-links.ts';
import { compilePostcard, draftPostcard, type CompilePostcardOptions } from './compile.ts';
import { compiledPostcardSchema } from './compiled.ts';
import type { PostcardDocument } from './document.ts';
import { emptyPostcard, parsePostcardDocument, postcardOfForm } from './form.ts';
import { postcardTemplates } from './templates.ts';

const options: CompilePostcardOptions = { portalReady: true };

type Changes = { front?: Partial<PostcardDocument['front']>; back?: Partial<PostcardDocument['back']> } & Partial<
  Pick<PostcardDocument, 'qr'>
>;

function postcard({ front, back, ...rest }: Changes = {}): PostcardDocument {
  const empty = emptyPostcard();
  return {
    ...empty,
    front: { ...empty.front, headline: 'Hello', ...front },
    back: { ...empty.back, headline: 'Hi', body: 'Pay at {{ links.pay_invoice }}', ...back },
    ...rest,
  };
}

const problemsOf = (document: PostcardDocument, more: Partial<CompilePostcardOptions> = {}) => {
  const result = compilePostcard(document, { ...options, ...more });
  return result.ok
    ? []
    : result.problems.map(({ where, message, line, column }) => `${where} ${line}:${column} ${message}`);
};

function compiledOf(document: PostcardDocument) {
  const result = compilePostcard(document, options);
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.compiled;
}

describe('S0-14: what a postcard needs', () => {
  test('an empty one is told what to write', () => {
    expect(problemsOf(emptyPostcard())).toEqual([
      'Front 1:1 The front is empty. Write a headline or choose a picture.',
      'Body 1:1 The body is empty. Write the message, and where to go.',
    ]);
  });

  test('a picture alone is a front', () => {
    const picture = { token: 'abc', width: 1875, height: 1275 };
    expect(problemsOf(postcard({ front: { headline: ' ', picture } }))).toEqual([]);
    expect(draftPostcard(postcard({ front: { picture } }), options).warnings).toMatchObject([
      { where: 'Front, description of the picture' },
    ]);
  });

  test('one that leads nowhere may be printed, but is looked at', () => {
    const nowhere = { back: { body: 'Thank you.' }, qr: null };
    expect(draftPostcard(postcard(nowhere), options).warnings).toMatchObject([{ where: 'QR code' }]);
    for (const body of ['See brightwater.com/pay', 'Call (512) 555-0142', '{{ company.website }}']) {
      expect(draftPostcard(postcard({ ...nowhere, back: { body } }), options).warnings, body).toEqual([]);
    }
  });

  test('one of whose body nothing is left for anybody is refused', () => {
    expect(problemsOf(postcard({ back: { body: '{% if invoice.days_overdue > 9000 %}x{% endif %}' } }))).toEqual([
      'Body 1:1 With its tags filled in, nothing is left of the body.',
    ]);
  });
});

describe('B-10: merge tags', () => {
  test('are checked in each text, and named by it', () => {
    expect(
      problemsOf(
        postcard({
          front: { headline: '{{ customer.fist_name }}', offer: 'Hi {{ company.name' },
          back: { coupon: { title: '{{ x | upcaze }}', terms: '{% for %}' } },
          qr: { target: 'pay_invoice', url: '', caption: 'Scan {{ invoice.numbr }}' },
        }),
      ),
    ).toEqual([
      'Front, headline 1:1 Unknown tag customer.fist_name. Did you mean customer.first_name?',
      'Front, offer 1:4 “{{ company.name” is not closed. It must end with “}}”.',
      'Coupon, title 1:1 Unknown filter “upcaze”. Did you mean “upcase”?',
      expect.stringMatching(/^Coupon, terms 1:1 “for” cannot be used/),
      'QR code, caption 1:6 Unknown tag invoice.numbr. Did you mean invoice.number?',
    ]);
  });

  test('that are being typed leave the words around them in the draft', () => {
    const { compiled } = draftPostcard(postcard({ back: { body: 'Dear {{ customer' } }), options);
    expect(compiled.back.body).toBe('Dear  customer');
  });

  test('what is read is known: for the audience, and for what an invoice must be there for', () => {
    const { uses } = compiledOf(
      postcard({ front: { headline: '{{ customer.name }} {{ invoice.number }}' }, qr: null }),
    );
    expect(uses).toEqual({
      portalLink: false,
      payLink: true,
      invoice: true,
      names: ['customer.name', 'invoice.number', 'links.pay_invoice'],
    });
  });
});

describe('S0-15: what is not plain is refused on the server too', () => {
  test('each character with its place, and what to do', () => {
    expect(
      problemsOf(postcard({ back: { body: 'Hi 🎉,\nit’s “due” {{ customer.name | default: "you ™" }}' } })),
    ).toEqual([
      'Body 1:4 Emoji 🎉 cannot be printed. Take it out.',
      'Body 2:3 Curly apostrophe cannot be printed. Use a straight apostrophe instead.',
      'Body 2:6 Curly quote cannot be printed. Use a straight quote instead.',
      'Body 2:10 Curly quote cannot be printed. Use a straight quote instead.',
      'Body 2:45 Trademark sign cannot be printed. Take it out.',
    ]);
  });

  test('of very many, the first are named and the rest counted', () => {
    const problems = problemsOf(postcard({ front: { headline: '🎉'.repeat(50) } }));
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)).toBe('Front, headline 1:41 30 more characters cannot be printed, from here on.');
  });

  test('the parts that a card does not have are not looked at', () => {
    expect(problemsOf(postcard({ front: { pictureText: '🎉' } }))).toEqual([]);
  });
});

describe('S0-16: links and the QR code', () => {
  test('special links are each recipient’s own; the code shares the key of the same link', () => {
    const { back, links, qr } = compiledOf(
      postcard({
        back: { body: 'Pay at {{ links.pay_invoice }} or {{links.customer_portal}}.' },
        qr: { target: 'pay_invoice', url: '', caption: 'Scan' },
      }),
    );
    expect(back.body).toBe('Pay at {{ tracked.l1 }} or {{ tracked.l2 }}.');
    expect(links).toEqual([
      { key: 'l1', kind: 'pay_invoice', url: null },
      { key: 'l2', kind: 'customer_portal', url: null },
    ]);
    expect(qr).toEqual({ key: 'l1', caption: 'Scan' });
  });

  test('an address in a text stays as it was typed', () => {
    const { back, links } = compiledOf(postcard({ back: { body: 'See www.brightwater.com/pay' }, qr: null }));
    expect([back.body, links]).toEqual(['See www.brightwater.com/pay', []]);
  });

  test('an own address of the code is one that browsers understand', () => {
    const { links } = compiledOf(postcard({ qr: { target: 'url', url: ' brightwater.com/spring ', caption: '' } }));
    expect(links.at(-1)).toEqual({ key: 'l2', kind: 'url', url: 'https://brightwater.com/spring' });
  });

  test.each([
    ['', /leads nowhere. Type the address/],
    ['javascript:alert(1)', /is not a web address/],
    ['ftp://example.com', /is not a web address/],
    ['https://user@example.com', /name before an “@”/],
    ['http://192.168.0.1/', /number of a machine/],
    ['https://demo.localhost/', /cannot be reached/],
    ['https://example.com/{{ invoice.number }}', /cannot have merge tags/],
    ['https://example.com/a b', /no blanks/],
  ])('an own address that cannot be used is refused: %s', (url, message) => {
    const [problem] = problemsOf(postcard({ qr: { target: 'url', url, caption: '' } }));
    expect(problem).toMatch(/^QR code 1:1 /);
    expect(problem).toMatch(message);
  });

  test('one that the caller refuses is refused in its words', () => {
    const qr = { target: 'url', url: 'https://demo.go.example/x', caption: '' } as const;
    expect(problemsOf(postcard({ qr }), { refuseUrl: () => 'This is a short link already.' })).toEqual([
      'QR code 1:1 This is a short link already.',
    ]);
  });

  test('S0-06: links to the portal are problems while there is none', () => {
    expect(problemsOf(postcard(), { portalReady: false })).toEqual([
      `Body 1:8 ${PORTAL_MISSING}`,
      `QR code 1:1 ${PORTAL_MISSING}`,
    ]);
    expect(problemsOf(postcard({ back: { body: 'Call us.' }, qr: null }), { portalReady: false })).toEqual([]);
  });

  test('an unsubscribe link is refused, with what to do instead', () => {
    expect(problemsOf(postcard({ back: { body: 'Stop: {{ links.unsubscribe }}' } }))).toEqual([
      'Body 1:7 Nobody can click on paper, so a postcard has no unsubscribe link. Take it out; to say how to stop mail, write whom to call: {{ company.phone }}.',
    ]);
  });

  test.each([
    ['{{ links.pay_invoice | upcase }}', /stands by itself/],
    ['{{ links.pay_invoice }}/extra', /Nothing can be added/],
    ['{% assign a = links.pay_invoice %}{{ a }}', /stands by itself/],
  ])('a special link stands by itself: %s', (body, message) => {
    expect(problemsOf(postcard({ back: { body } }))[0]).toMatch(message);
  });
});

describe('what is frozen and what is read', () => {
  test.each(postcardTemplates.map((template) => [template.id, template] as const))(
    'S0-14 S0-16: the ready-made %s compiles, has a code, and survives as JSON',
    (_, { document }) => {
      expect(parsePostcardDocument(JSON.parse(JSON.stringify(document)))).toEqual({ ok: true, document });
      const result = compilePostcard(document, options);
      expect(result).toMatchObject({ ok: true, warnings: [] });
      const compiled = compiledOf(document);
      expect(compiledPostcardSchema.parse(JSON.parse(JSON.stringify(compiled)))).toEqual(compiled);
      expect(compiled.qr).not.toBeNull();
      expect(compiled.links.length).toBeGreaterThan(0);
    },
  );

  test('the ready-made ones differ in size and design', () => {
    expect(new Set(postcardTemplates.map(({ document }) => document.design)).size).toBe(postcardTemplates.length);
    expect(new Set(postcardTemplates.map(({ document }) => document.size))).toEqual(new Set(['4x6', '6x9', '6x11']));
  });

  test('a form is the document that it shows', () => {
    const pictures = [{ token: 'pic', width: 10, height: 20, name: 'boiler.jpg' }];
    const fields = {
      size: '6x9',
      design: 'photo',
      'front.headline': 'A',
      'front.offer': 'B\r\nb',
      'front.picture': 'pic',
      'front.pictureText': 'C',
      'back.headline': 'D',
      'back.body': 'E',
      'back.coupon': 'on',
      'back.coupon.title': 'F',
      'back.coupon.terms': 'G',
      'qr.target': 'url',
      'qr.url': 'https://example.com/',
      'qr.caption': 'H',
    };
    expect(parsePostcardDocument(postcardOfForm(fields, pictures))).toEqual({
      ok: true,
      document: {
        version: 1,
        size: '6x9',
        design: 'photo',
        front: { headline: 'A', offer: 'B\nb', picture: { token: 'pic', width: 10, height: 20 }, pictureText: 'C' },
        back: { headline: 'D', body: 'E', coupon: { title: 'F', terms: 'G' } },
        qr: { target: 'url', url: 'https://example.com/', caption: 'H' },
      },
    });
    const none = { ...fields, 'front.picture': '', 'back.coupon': '', 'qr.target': '' };
    expect(postcardOfForm(none, pictures)).toMatchObject({
      front: { picture: null },
      back: { coupon: null },
      qr: null,
    });
  });

  test('what is too long is said at its field, and what is none in one sentence', () => {
    const long = postcard({ back: { body: 'x'.repeat(2_001) } });
    expect(parsePostcardDocument(long)).toEqual({
      ok: false,
      errors: { 'back.body': 'Body: Use 2,000 characters at most.' },
    });
    const none = { ok: false, errors: { form: 'This is not a postcard we can read.' } };
    for (const input of [null, 'x', {}, { ...postcard(), size: '5x7' }, { ...postcard(), qr: { target: 'ftp' } }]) {
      expect(parsePostcardDocument(input)).toEqual(none);
    }
  });
});
