import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { sampleValues, type MergeValues } from '../merge/values.ts';
import { OPT_OUT } from './opt-out.ts';
import { kindsOf, partPlaces, readSms, runsOf } from './reading.ts';
import { countText } from './segments.ts';

const options = { where: 'Message', portalReady: true };
const shortUrl = (key: string) => `https://demo.go.example/k7m2p9q4r${key.slice(1)}`;
const named = (first_name: string): MergeValues => ({
  ...sampleValues,
  customer: { ...sampleValues.customer, first_name },
});
const read = (text: string, samples = [sampleValues]) => readSms(text, options, samples, shortUrl);

describe('S0-13 B-11: while a text is typed', () => {
  test('the count is of the typical recipient as sent', () => {
    const { count, estimate } = read('Hi {{ customer.first_name }}: www.example.com', [
      named('Bo'),
      named('Dana'),
      named('Bartholomew'),
    ]);
    expect(count).toEqual(countText(`Hi Dana: https://demo.go.example/k7m2p9q4r1\n${OPT_OUT}`));
    expect(estimate).toMatchObject({ worst: { sample: 2 }, best: { sample: 0 }, typical: { sample: 1 } });
  });

  test('with a tag that is not finished, of the text as typed; empty, of nothing', () => {
    const open = read('Hi {{ customer.fi');
    expect(open.count).toEqual(countText(`Hi {{ customer.fi\n${OPT_OUT}`));
    expect(open.estimate).toBeNull();
    expect(open.draft.problems).toHaveLength(1);
    expect(read('').count.parts).toBe(0);
  });

  test('what can be counted is counted in spite of problems: no portal, an address that is refused', () => {
    const { count, draft } = readSms(
      '{{ links.pay_invoice }} http://10.0.0.1/a',
      { ...options, portalReady: false },
      [sampleValues],
      shortUrl,
    );
    expect(draft.problems).toHaveLength(2);
    expect(count).toEqual(
      countText(`https://demo.go.example/k7m2p9q4r1 https://demo.go.example/k7m2p9q4r2\n${OPT_OUT}`),
    );
  });

  test('offenders stand by kind with all their places; in an address or as quotes of a tag they force nothing', () => {
    const text = 'It’s “here”: https://example.com/’x {{ customer.first_name | default: “it’s ć” }}’';
    const { foreign } = read(text);
    expect(
      kindsOf(foreign).map(({ char, places }) => [
        char,
        places.map((at) => text.slice(at, at + 1)).join(''),
        places.length,
      ]),
    ).toEqual([
      ['’', '’’’', 3],
      ['“', '“', 1],
      ['”', '”', 1],
      ['ć', 'ć', 1],
    ]);
  });
});

test('B-11: where parts begin is shown in the typed text', () => {
  const text = `Hi {{ customer.first_name }}, ${'a'.repeat(200)}`;
  const reading = read(text);
  expect(partPlaces(reading, sampleValues, reading.count, shortUrl)).toEqual([
    text.length - 200 + 153 - 'Hi Dana, '.length,
  ]);
  const behind = read('a'.repeat(150));
  expect(partPlaces(behind, sampleValues, behind.count, shortUrl)).toEqual([null]);
});

test('runs are the whole text, whatever is marked in it', () => {
  const part = fc.constantFrom(
    'Hi ',
    '’',
    '👩‍👧',
    'e\u0301',
    ' example.com/a ',
    '{{ customer.first_name }}',
    '{% if invoice.number %}',
    '{% endif %}',
    '{{',
    'a'.repeat(60),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 16 }), (parts) => {
      const text = parts.join('');
      const reading = read(text);
      const places = partPlaces(reading, sampleValues, reading.count, shortUrl);
      const runs = runsOf(text, reading.draft.stretches, reading.foreign, places);
      expect(runs.map((run) => run.text).join('')).toBe(text);
      expect(runs.every((run) => run.text !== '')).toBe(true);
      const marked = runs
        .filter(({ foreign }) => foreign)
        .map((run) => run.text)
        .join('');
      expect(marked).toBe(reading.foreign.map(({ char }) => char).join(''));
      const found = places.filter((place) => place !== null && place < text.length);
      expect(runs.filter((run) => run.part !== null).length).toBe(new Set(found).size);
    }),
    { numRuns: 300 },
  );
});
