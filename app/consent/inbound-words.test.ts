import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { meaningOf, type Meaning } from './inbound-words.ts';

const wordings: Record<Meaning, string[]> = {
  stop: [
    'STOP',
    'stop',
    'Stop.',
    'STOP!',
    ' stop ',
    '"STOP"',
    '“Stop”',
    'ＳＴＯＰ',
    'STOP 🛑',
    '🛑 stop',
    'S.T.O.P.',
    's t o p',

    'STOPALL',
    'Stop all',
    'UNSUBSCRIBE',
    'unsubscribe.',
    'END',
    'QUIT',
    'REVOKE',
    'OPTOUT',
    'Opt out',
    'opt-out',
    'OPT  OUT',

    'CANCEL',
    'Cancel',
    'СТОP',
    'stоp',
    'pls stop',
    'Please stop',
    'plz stop',
    'stop please',
    'STOP thanks',
    'Ok stop',
    'Stpo',
    'STPO',
    'sotp',
    'tsop',
    'stp',
    'sto',
    'STOPP',
    'sstop',
    'stooop',
    'stopped',

    'stop texting me',
    'Stop texting',
    'Please stop texting me!!',
    'stop sending me these texts',
    'Stop messaging this number',

    'please unsubscribe me',
    'unsubscribe me from this',
    'Take me off your list',
    'take us off the text list please',
    'Remove me from your list',
    'remove my number',
    'Please remove my number from your system',
    'delete my number',
    'no more texts',
    'No more messages please',
    'no more texts from you people',
    'do not text me',
    "Don't text me",

    'Don’t text this number again',
    'do not contact me again',
    'never text me again',
    'please do not send me any more messages',

    'leave me alone',
    'Wrong number',
    'WRONG NUMBER!',
    'opt me out',
    'I want to opt out of these',
    'I revoke my consent',
    'I withdraw my permission to text me',
    "I don't want these texts",
    'we no longer want to receive texts',

    'I said stop',
    'I already replied STOP',
    'quit texting',
    'cease contacting me',
    'Stop all messages',
    'end texts',

    'ALTO',
    'alto por favor',
    'PARAR',
    'CANCELAR',
    'BAJA',
    'no más mensajes',
    'No mas',
    'No me manden más mensajes',

    'no quiero recibir mensajes',
    'Dejen de mandar mensajes',
    'Hi, this is Dana. Please stop texting me, I already paid by check.',
  ],
  start: ['START', 'start', 'Unstop', 'UNSTOP', 'Opt in', 'opt-in', 'resume', 'Subscribe', 'please start', 'START.'],
  help: ['HELP', 'help', 'Help!', 'INFO', 'info', 'help me', 'Who is this?', 'who’s this', 'AYUDA', '¿Quién es?'],
  reply: [
    'I’ll stop by tomorrow to pay',
    'Can you cancel my appointment?',
    'Please cancel my appointment for Friday',
    'Don’t stop the repair',

    'When does the sale end?',
    'Will the leak stop by itself?',
    'ok',
    'Thanks!',
    'thank you',
    'Yes',
    'no',
    'Y',
    '👍',
    '',
    '   ',

    'I paid this yesterday',
    'Can I pay Friday?',
    'What is this for?',
    'call me',
    'Who do I make the check out to?',
    'I need help with my bill',

    'The end of the month works',
    'step',
    'shop',
    'top',
    'spot on',
    'Could you send the invoice again?',
    'I have no texts from you',

    'The water would not stop so we called somebody else',
    'Is there a stop valve in the basement?',
    'We quit smoking lol',

    'my info is the same as before',
    'please text me the amount',
    'Do not text me before 9, I work nights',
    'Is this a real bus stop?',

    'Send it to my email please',
    'I will start paying next week',
    'how do I start',
    'we are at the end of our rope',
    'para cuando es?',

    'Why did the job cost so much',
    'remove the old heater too please',
    'take the old unit away',
    'Gracias',
    'Mañana pago',
  ],
};

describe.each(Object.entries(wordings))('B-13: what means %s', (meaning, texts) => {
  test.each(texts.map((text) => [text]))('%j', (text) => {
    expect(meaningOf(text)).toBe(meaning);
  });
});

test('B-13: what the provider has taken a text for holds, whatever it says', () => {
  expect(meaningOf('bye', 'STOP')).toBe('stop');
  expect(meaningOf('STOP', 'START')).toBe('start');
  expect(meaningOf('hm', 'HELP')).toBe('help');
  expect(meaningOf('hm', 'OTHER')).toBe('reply');
});

test('B-13: case, blanks and punctuation around a keyword never change what it means', () => {
  const keywords = ['stop', 'stopall', 'unsubscribe', 'end', 'quit', 'revoke', 'optout', 'opt out', 'cancel'];
  const noise = fc.stringMatching(/^[\s.,!?"'()…*-]{0,6}$/);
  fc.assert(
    fc.property(
      fc.constantFrom(...keywords),
      noise,
      noise,
      fc.infiniteStream(fc.boolean()),
      (word, before, after, upper) => {
        const cased = [...word].map((char) => (upper.next().value ? char.toUpperCase() : char)).join('');
        expect(meaningOf(`${before}${cased}${after}`)).toBe('stop');
      },
    ),
  );
});

test('B-13: any text means something, at once', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (text) => void meaningOf(text)));
  expect(meaningOf('stop '.repeat(100_000))).toMatch(/^(stop|reply)$/);
});
