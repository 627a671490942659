import fc from 'fast-check';
import { expect, test } from 'vitest';

import { readHostName } from './host-name.server.ts';

const errorOf = (typed: string) => {
  const read = readHostName(typed);
  return read.ok ? null : read.error;
};

test('S0-09: a host is one word of letters and digits, kept in lower case', () => {
  expect(readHostName('  XYZplumbing24 ')).toEqual({ ok: true, name: 'xyzplumbing24' });
  expect(errorOf('')).toMatch(/Enter a host/);
  expect(errorOf('xyz plumbing')).toMatch(/without spaces/);
  expect(errorOf('xyz\tplumbing')).toMatch(/without spaces/);
  expect(errorOf('xyz-plumbing')).toMatch(/“-” can’t be used/);
  expect(errorOf('xyz_plumbing')).toMatch(/“_”/);
  expect(errorOf('plömbing')).toMatch(/“ö”/);
  expect(errorOf('pаypal')).toMatch(/“а”/); // a Cyrillic letter
  expect(errorOf('plumbing🔧')).toMatch(/“🔧”/);
  expect(errorOf('xn--plmbing-n2a')).toMatch(/xn--/);
  expect(errorOf('xyz.example.com')).toMatch(/without dots/);
  expect(errorOf('https://xyz')).toMatch(/without dots/);
  expect(errorOf('ab')).toMatch(/at least 3/);
  expect(errorOf('a'.repeat(64))).toMatch(/at most 63/);
  expect(readHostName('a'.repeat(63)).ok).toBe(true);
});

test('S2-09: reserved names ask for another', () => {
  const reserved = 'www api admin support billing pay portal fieldpost autodiscover mtasts WWW Admin root mail status';
  for (const name of reserved.split(' ')) expect(errorOf(name), name).toMatch(/reserved. Choose another/);
  for (const name of ['larkfield', 'xyzplumbing', 'billingsplumbing', 'adminton'])
    expect(errorOf(name), name).toBeNull();
});

test('S0-09: whatever is typed, only a name that fits a web address passes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[a-zA-Z0-9.\- ]{0,70}$/)), (typed) => {
      const read = readHostName(typed);
      if (read.ok) expect(read.name).toMatch(/^[a-z0-9]{3,63}$/);
      else expect(read.error).not.toBe('');
    }),
  );
});
