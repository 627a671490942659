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

test('Lob’s keys are both there, or none of them', () => {
  expect(readEnv({ ...base, LOB_WEBHOOK_SECRET: '' })).toMatchObject({ lob: null, lobApiBase: null });
  const both = { LOB_API_KEY: 'live_0123456789', LOB_WEBHOOK_SECRET: 'whs_0123456789' };
  expect(readEnv({ ...base, ...both, LOB_API_BASE: 'http://localhost:1/' })).toMatchObject({
    lob: { apiKey: 'live_0123456789', webhookSecret: 'whs_0123456789' },
    lobApiBase: 'http://localhost:1',
  });
  for (const [name, value] of Object.entries(both)) {
    expect(() => readEnv({ ...base, [name]: value }), name).toThrow(/or none of them/);
  }
});

test.each([
  ['LOB_API_KEY', 'pk_1'],
  ['LOB_API_BASE', 'not an address'],
  ['TWILIO_ACCOUNT_SID', 'SK1'],
  ['TWILIO_MESSAGING_SERVICE_SID', 'MG1'],
  ['TWILIO_NUMBER', '512-555-0100'],
  ['TWILIO_API_BASE', 'not an address'],
])('%s is checked at the start, and named', (name, value) => {
  expect(() => readEnv({ ...base, ...keys, TWILIO_NUMBER: '+15125550100', [name]: value })).toThrow(`${name}: `);
});
