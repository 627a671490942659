import type { ServerBuild } from '@remix-run/node';
import { describe, expect, test } from 'vitest';

import { narrowBuild } from './narrow-build.ts';

const routes = {
  root: { id: 'root', path: '' },
  office: { id: 'office', parentId: 'root' },
  home: { id: 'home', parentId: 'office', index: true },
  invoices: { id: 'invoices', parentId: 'office', path: 'invoices' },
  invoice: { id: 'invoice', parentId: 'office', path: 'invoices/:id' },
  settings: { id: 'settings', parentId: 'office', path: 'settings' },
  people: { id: 'people', parentId: 'settings', path: 'people' },
  missing: { id: 'missing', parentId: 'office', path: '*' },
};
const build = { routes, assets: { version: '1', routes } } as unknown as ServerBuild;
const narrow = narrowBuild(build);
const at = (pathname: string) => Object.keys(narrow(pathname).routes);

describe('the routes that a request is matched against', () => {
  const always = ['root', 'office', 'home', 'missing'];

  test('are those of its first segment, their layouts, and those that take any path', () => {
    expect(at('/invoices')).toEqual(['root', 'office', 'home', 'invoices', 'invoice', 'missing']);
    expect(at('/INVOICES/7')).toEqual(at('/invoices'));
    expect(at('/%69nvoices/7')).toEqual(at('/invoices'));
    expect(at('/settings/people')).toEqual(['root', 'office', 'home', 'settings', 'people', 'missing']);
    expect(at('/')).toEqual(always);
    expect(at('/nothing')).toEqual(always);
  });

  test('are the same when the page asks for its data alone', () => {
    expect(at('/invoices.data')).toEqual(at('/invoices'));
    expect(at('/_root.data')).toEqual(always);
  });

  test('leave the browser’s list of routes in step, and whole where the browser asks for it', () => {
    expect(Object.keys(narrow('/invoices').assets.routes)).toEqual(at('/invoices'));
    expect(narrow('/__manifest')).toBe(build);
  });

  test('are worked out once: no path makes a new object', () => {
    expect(narrow('/invoices/1')).toBe(narrow('/invoices/2'));
    expect(narrow('/x')).toBe(narrow('/y'));
  });
});
