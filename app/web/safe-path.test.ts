import fc from 'fast-check';
import { expect, test } from 'vitest';

import { safePath } from './safe-path.ts';

const origin = 'http://demo.portal.localhost:3000';
const request = new Request(`${origin}/login`);

test('a path of our own is kept with its query', () => {
  for (const path of ['/', '/invoices/7', '/pay?invoice=1&invoice=2']) expect(safePath(path, request)).toBe(path);
});

test('whatever else stands there, the browser stays on this site', () => {
  const tricks = [
    '//e.example',
    '/\\e.example',
    '/\t/e.example',
    '/\n//e.example',
    '/.//e.example',
    '/a/..//e.example',
  ];
  const hostile = fc
    .array(fc.constantFrom('/', '\\', '.', '..', '\t', '\n', '%2f', 'e.example', 'http:', '@', '?', '#', ':80'), {
      maxLength: 8,
    })
    .map((parts) => parts.join(''));
  const check = (to: string) => {
    const path = safePath(to, request);
    expect(path, JSON.stringify(to)).toMatch(/^\/(?!\/)/);
    expect(new URL(path, origin).origin, JSON.stringify(to)).toBe(origin);
  };
  for (const to of [...tricks, '', 'javascript:alert(1)', 'https://e.example']) check(to);
  fc.assert(fc.property(fc.oneof(hostile, fc.string()), check), { numRuns: 2000 });
  expect(safePath(null, request)).toBe('/');
});
