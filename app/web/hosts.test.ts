import fc from 'fast-check';
import { expect, test } from 'vitest';

import { areaOf } from './hosts.ts';

const at = {
  appOrigin: 'http://localhost:3000',
  portalDomain: 'portal.localhost:3000',
  linkDomain: 'go.localhost:3000',
};

test('S0-08: a portal answers at <host>.<portal domain>, links at <subdomain>.<link domain>', () => {
  expect(areaOf('localhost:3000', at)).toEqual({ area: 'office' });
  expect(areaOf('demo.portal.localhost:3000', at)).toEqual({ area: 'portal', name: 'demo' });
  expect(areaOf('DEMO.portal.localhost:3000', at)).toEqual({ area: 'portal', name: 'demo' });
  expect(areaOf('demo.go.localhost:3000', at)).toEqual({ area: 'link', name: 'demo' });
});

test('any other host is none of ours', () => {
  for (const host of [
    '',
    'evil.example',
    'portal.localhost:3000',
    'a.b.portal.localhost:3000',
    'demo.portal.localhost',
    'xn--d.portal.localhost:3000',
    'demoportal.localhost:3000',
  ]) {
    expect(areaOf(host, at), host).toBeNull();
  }
});

test('no host throws, and a name is always one plain label', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const found = areaOf(`${text}.portal.localhost:3000`, at);
      if (found && found.area !== 'office') expect(found.name).toMatch(/^[a-z0-9]{1,63}$/);
    }),
  );
});
