import { expect, test } from 'vitest';

import { addressLine } from './address-words.ts';
import type { PostalAddress } from './postal-address.ts';
import { isSameButShort } from './postal-shorthand.ts';

const at = (more: Partial<PostalAddress> = {}): PostalAddress => ({
  line1: '12 North Oak Street',
  line2: 'Apt 5',
  city: 'Saint Elmo',
  state: 'TN',
  zip: '37402',
  ...more,
});

test.each([
  { line1: '12 N OAK ST', line2: 'APT 5', city: 'SAINT ELMO', zip: '37402-1234' },
  { line1: '12 n. oak st., #5', line2: '' },
  { line1: '12 N Oak St Unit 5', line2: '', city: 'St. Elmo' },
  { state: 'Tennessee' },
])('B-12: shorthand is the same address: %o', (more) => {
  expect(isSameButShort(at(), at(more))).toBe(true);
});

test.each([
  { line1: '12 South Oak Street' },
  { line1: '21 North Oak Street' },
  { line1: '12 North Oak Leaf Street' },
  { line2: 'Apt 6' },
  { line2: '' },
  { city: 'Chattanooga' },
  { state: 'GA' },
  { zip: '37403' },
])('B-12: another address is another: %o', (more) => {
  expect(isSameButShort(at(), at(more))).toBe(false);
});

test('an address stands on one line without what is missing', () => {
  expect(addressLine(at())).toBe('12 North Oak Street, Apt 5, Saint Elmo, TN 37402');
  expect(addressLine(at({ line2: '', state: '' }))).toBe('12 North Oak Street, Saint Elmo, 37402');
});
