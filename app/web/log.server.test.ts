import { expect, test } from 'vitest';

import { loggedPath, webLog } from './log.server.ts';

test.each([
  ['/campaigns/12/review?x=ann@mail.example', 'office', '/campaigns/12/review'],
  ['/customers/4711.data?q=Ann', 'office', '/customers/4711.data'],
  ['/join/abcDEF0123456789abcdef', 'office', '/join/…'],
  ['/u/1-7-abcDEF_-0123456789abcd', 'link', '/u/…'],
  ['/o/1-7-abcDEF_-0123456789abcd.gif', 'link', '/o/…'],
  ['/abcdefghjk', 'link', '/…'],
  ['/pay/9XbTz0-aaaaaaaaaaaaaaaaaaaaaa', 'portal', '/pay/…'],
  ['/ann@mail.example', 'office', '/…'],
  ['/Ann%20Smith/18505550101', 'portal', '/…/…'],
  ['/', 'none', '/'],
  ['//x/../y', 'office', '//x/…/y'],
])('%s at %s is logged as %s', (url, area, logged) => {
  expect(loggedPath(url, area)).toBe(logged);
});

test('an error is logged with its stack and without addresses', () => {
  const lines: string[] = [];
  const log = webLog('info', { write: (line) => lines.push(line) });
  log.error({ reference: 'abc', err: new Error('Key (email)=(ann@mail.example) exists') }, 'failed');
  log.error({ err: 'bob@mail.example said no' }, 'failed');
  expect(lines.join('')).not.toContain('@mail.example');
  expect(JSON.parse(lines[0]!)).toMatchObject({
    process: 'web',
    reference: 'abc',
    err: { type: 'Error', message: 'Key (email)=([address]) exists' },
  });
  expect(lines[0]).toContain('log.server.test.ts');
});
