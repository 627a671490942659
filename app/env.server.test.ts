import { tmpdir } from 'node:os';

import { expect, test } from 'vitest';

import { readEnv } from './env.server.ts';

const base = { NODE_ENV: 'test', APP_SECRET: 's'.repeat(40), DATA_DIR: tmpdir() } as const;
const accountSid = `AC${'0'.repeat(32)}`;
const messagingServiceSid = `MG${'a'.repeat(32)}`;
const authToken = 't'.repeat(32);
const keys = { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken };

test('Twilio’s keys come with a number or a Messaging Service, and all or none of them', () => {
  expect(readEnv(base)).toMatchObject({ twilio: null, twilioApiBase: null });
  expect(readEnv({ ...base, ...keys, TWILIO_NUMBER: '+15125550100', TWILIO_MESSAGING_SERVICE_SID: '' }).twilio).toEqual(
    {
      accountSid,
      authToken,
      messagingServiceSid: null,
      number: '+15125550100',
    },
  );
  expect(readEnv({ ...base, ...keys, TWILIO_MESSAGING_SERVICE_SID: messagingServiceSid }).twilio).toMatchObject({
    messagingServiceSid,
    number: null,
  });
  for (const some of [
    keys,
    { TWILIO_ACCOUNT_SID: accountSid },
    { TWILIO_AUTH_TOKEN: authToken },
    { TWILIO_NUMBER: '+15125550100' },
    { TWILIO_ACCOUNT_SID: accountSid, TWILIO_NUMBER: '+15125550100' },
  ]) {
    expect(() => readEnv({ ...base, ...some }), JSON.stringify(some)).toThrow(/or none of them/);
  }
});

test.each([
  ['TWILIO_ACCOUNT_SID', 'SK1'],
  ['TWILIO_MESSAGING_SERVICE_SID', 'MG1'],
  ['TWILIO_NUMBER', '512-555-0100'],
  ['TWILIO_API_BASE', 'not an address'],
])('%s is checked at the start, and named', (name, value) => {
  expect(() => readEnv({ ...base, ...keys, TWILIO_NUMBER: '+15125550100', [name]: value })).toThrow(`${name}: `);
});
