/** What a text that came in asks for: no more texts, texts again, who we are; or it is an answer to be read. */
export type Meaning = 'stop' | 'start' | 'help' | 'reply';

/**
 * What somebody means by a text. Carriers know a few keywords; US rules honour a revocation "in any reasonable manner"
 * (47 CFR 64.1200(a)(10)), so that plain words count as well. The rules, in this order:
 * 1. What Twilio has told us that it took it for (`OptOutType`) holds.
 * 2. A text that is nothing but a keyword, in any case and spelling that comes to the same, means the keyword. Stopping has
 *    small slips forgiven ("Stpo"), and politeness around it ("pls stop", "stop thanks").
 * 3. A text that says in so many words that texts should end means stop, however long it is.
 * 4. Everything else is an answer: "I'll stop by tomorrow", "Can you cancel my appointment?".
 * In doubt a short text means stop and a long one is an answer: who wanted to go on can be asked by phone, who wanted to stop
 * must not be asked again.
 * @param optOutType `STOP`, `START` or `HELP` where the provider tells it
 */
export function meaningOf(body: string, optOutType: string | null = null): Meaning {
  const told = /^(stop|start|help)$/i.exec(optOutType?.trim() ?? '')?.[1]?.toLowerCase();
  if (told) return told as Meaning;
  const words = wordsOf(body);
  const plain = words.join(' ');
  const bare = withoutManners(words).join(' ');
  if (bare === '') return 'reply';
  if (STOPS.has(bare) || STOPS.has(plain)) return 'stop';
  if (STARTS.has(bare) || STARTS.has(plain)) return 'start';
  if (HELPS.has(bare) || HELPS.has(plain)) return 'help';
  if (isSlip(bare)) return 'stop';
  return ASKS.some((ask) => ask.test(plain)) && !NOT_ASKED.some((other) => other.test(plain)) ? 'stop' : 'reply';
}

/** Keywords of the rules and of the carriers, and what people write for them in English and Spanish. */
const STOPS = new Set([
  'stop',
  // In Cyrillic letters, whole or in part.
  'ctop',
  'ctoп',
  'stopall',
  'stop all',
  'stop it',
  'stop now',
  'stop texting',
  'stop messaging',
  'stop texts',
  'stop messages',
  'stop sms',
  'stop please',
  'full stop',
  'unsubscribe',
  'unsub',
  'unsubscribe me',
  'end',
  'end texts',
  'end messages',
  'quit',
  'quit texting',
  'quit it',
  'revoke',
  'revoke consent',
  'optout',
  'opt out',
  'opt me out',
  'opting out',
  'cancel',
  'cancel texts',
  'cancel messages',
  'remove',
  'remove me',
  'delete me',
  'no more',
  'no more texts',
  'no more messages',
  'no texts',
  'dont text',
  'do not text',
  'dont text me',
  'do not text me',
  'leave me alone',
  'go away',
  'wrong number',
  'wrong person',
  'alto',
  'pare',
  'parar',
  'para',
  'basta',
  'baja',
  'cancelar',
  'detener',
  'no mas',
  'no mas mensajes',
  'no mas textos',
  'numero equivocado',
]);

const STARTS = new Set([
  'start',
  'unstop',
  'resume',
  'subscribe',
  'optin',
  'opt in',
  'opt me in',
  'empezar',
  'comenzar',
]);

const HELPS = new Set(['help', 'info', 'help me', 'who is this', 'whos this', 'ayuda', 'quien es']);

/** Words around a keyword that change nothing. */
const MANNERS = new Set([
  'please',
  'pls',
  'plz',
  'plse',
  'thanks',
  'thank',
  'you',
  'thx',
  'ty',
  'ok',
  'okay',
  'hi',
  'hello',
  'hey',
  'sir',
  'maam',
  'just',
  'now',
  'immediately',
  'asap',
  'por',
  'favor',
  'gracias',
]);

/** What asks for no more texts inside a longer text. */
const ASKS = [
  /\b(?:stop|quit|cease|end|cancel|discontinue)\s+(?:sending|texting|messaging|contacting|bothering|spamming|harassing|these|all|the|your|any|with)\b.*?(?:\b(?:me|us|texts?|messages?|msgs?|sms|spam|reminders?|number|phone)\b|$)/,
  /\b(?:please|pls|plz)\s+(?:stop|unsubscribe|quit)(?:\s+(?:me|now|this|it|thanks|thank you))?$/,
  /\b(?:unsubscribe|unenroll)\s+(?:me|us|my|this|from)\b/,
  /\b(?:take|get|remove|delete|drop)\s+(?:me|us|my\s+(?:number|name|phone|cell)|this\s+(?:number|phone))\b.*\b(?:list|texts?|messages?|off|from|system|database|alerts?)\b/,
  /\b(?:remove|delete|unsubscribe)\s+(?:my|this)\s+(?:number|phone|cell)\b/,
  /\b(?:do\s+not|dont|never|no\s+longer|not\s+to)\s+(?:ever\s+)?(?:text|message|msg|contact|send\s+(?:me|us)|sms)\b(?!(?:\s+(?:me|us|here))?\s+(?:until|till|before|after|unless|at|on)\b)/,
  /\bno\s+(?:more|further)\s+(?:texts?|messages?|msgs?|sms|reminders?\s+by\s+text)\b/,
  /\b(?:opt|opting)\s+(?:me\s+|us\s+)?out\b/,
  /\b(?:i|we)\s+(?:revoke|withdraw)\b.*\b(?:consent|permission)\b/,
  /\b(?:dont|do\s+not|no\s+longer)\s+want\s+(?:your|these|any|any\s+more|more|to\s+(?:get|receive|be))\b.*\b(?:texts?|messages?|msgs?|sms|texted|messaged|contacted)\b/,
  /\b(?:reply|replied|said|texted|text|told\s+you\s+to)\s+stop\b/,
  /\bno\s+(?:me\s+)?(?:envien|manden|escriban|mande|envie)\s+mas\b/,
  /\bno\s+(?:quiero|deseo)\s+(?:mas|recibir)\b/,
  /\bdejen?\s+de\s+(?:mandar|enviar|escribir|molestar)/,
];

/** What only looks like it. */
const NOT_ASKED = [
  /\b(?:dont|do\s+not|never)\s+(?:stop|quit|end|cancel)\b/,
  /\b(?:when|why|how|can|could|will|would|did|do|does|is|are)\b[^.]*\b(?:stop|end|quit|cancel)\b[^.]*\b(?:sale|offer|work|leak|water|appointment|job|service|visit|membership|plan|warranty)\b/,
];

/** The few letters of other alphabets that pass for Latin ones in a keyword. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  а: 'a',
  е: 'e',
  о: 'o',
  р: 'p',
  с: 'c',
  т: 't',
  у: 'y',
  х: 'x',
  ѕ: 's',
  і: 'i',
  ο: 'o',
  ρ: 'p',
  τ: 't',
  ѵ: 'v',
};

/** A text as plain small words: no accents, no full-width forms, no punctuation, no emoji. */
function wordsOf(body: string): string[] {
  const plain = body
    .slice(0, 2_000)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\p{M}\p{Cf}’'`´ʼ]/gu, '')
    .replace(/\p{L}/gu, (letter) => LOOK_ALIKES[letter] ?? letter);
  // "S.T.O.P" and "s t o p" are one word.
  const spelled = plain.replace(/(?<![\p{L}\p{N}])(?:\p{L}[\s.\-_*]+){2,}\p{L}(?![\p{L}\p{N}])/gu, (letters) =>
    letters.replace(/[^\p{L}]/gu, ''),
  );
  return spelled.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

function withoutManners(words: readonly string[]): string[] {
  if (words.length > 6) return [...words];
  const kept = words.filter((word) => !MANNERS.has(word));
  return kept.length === 0 ? [...words] : kept;
}

/** One slip of the finger from STOP: a letter too many, too few, doubled, or two in the wrong order. */
function isSlip(bare: string): boolean {
  if (!/^[a-z]{3,8}$/.test(bare) || WORDS_NEAR_STOP.has(bare)) return false;
  if (/^s+t+o+p+(?:e?d)?$/.test(bare)) return true;
  return ['stop', 'unsubscribe', 'cancel'].some((word) => swapped(word).has(bare)) || missing('stop').has(bare);
}

/** Words of their own that are one letter from it. */
const WORDS_NEAR_STOP = new Set([
  'top',
  'sop',
  'step',
  'shop',
  'stoop',
  'slop',
  'atop',
  'stomp',
  'stow',
  'tops',
  'spot',
]);

const swapped = (word: string) =>
  new Set(
    Array.from(
      { length: word.length - 1 },
      (_, at) => word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2),
    ),
  );

const missing = (word: string) =>
  new Set(Array.from({ length: word.length }, (_, at) => word.slice(0, at) + word.slice(at + 1)));
