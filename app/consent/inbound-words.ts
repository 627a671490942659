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
  return readText(body, optOutType).meaning;
}

/**
 * The same, with whether the text says nothing else: what does is for people to read, too, as a way of putting it may have been
 * misread.
 */
export function readText(body: string, optOutType: string | null = null): { meaning: Meaning; bare: boolean } {
  const told = /^(stop|start|help)$/i.exec(optOutType?.trim() ?? '')?.[1]?.toLowerCase();
  if (told) return { meaning: told as Meaning, bare: true };
  const words = wordsOf(body);
  const plain = words.join(' ');
  const bare = withoutManners(words).join(' ');
  if (bare === '') return { meaning: 'reply', bare: false };
  for (const [meaning, keywords] of [
    ['stop', STOPS],
    ['start', STARTS],
    ['help', HELPS],
  ] as const) {
    if (keywords.has(bare) || keywords.has(plain)) return { meaning, bare: true };
  }
  if (isSlip(bare)) return { meaning: 'stop', bare: true };
  if (words.length <= 6 && /\bwrong (?:number|person)\b/.test(plain)) return { meaning: 'stop', bare: false };
  const asks = ASKS.some((ask) => ask.test(plain)) && !NOT_ASKED.some((other) => other.test(plain));
  return { meaning: asks ? 'stop' : 'reply', bare: false };
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
  'sorry',
  'por',
  'favor',
  'gracias',
]);

/** What a text is called, and what writing one is called. */
const TEXTS = '(?:texts?|txts?|messages?|msgs?|sms|reminders?|alerts?|notifications?|spam|promotions?)';
const TEXTING = '(?:sending|texting|txting|messaging|contacting|bothering|spamming|harassing|reminding)';
/** What may follow STOP at the head of a text that has nothing to do with texts: stop by, stop the leak, stop charging. */
const ELSE = String.raw`(?!\s+(?:by|at|in|into|over|on|over|for|off|and\s+(?:get|see|pick)|the|your|sign|valve|\w+ing)\b)`;

/** What asks for no more texts inside a longer text. */
const ASKS = [
  // STOP comes first, or after a word or two of politeness, or again.
  new RegExp(
    String.raw`^(?:(?:please|pls|plz|yes|yeah|ok|okay|no|hi|hello|hey|sorry|again|txt|text)\s+){0,2}stop\b${ELSE}`,
  ),
  new RegExp(String.raw`\b(?:please|pls|plz)\s+stop\b${ELSE}`),
  new RegExp(String.raw`\b(?:reply|replied|said|texted|told\s+you)\s+(?:to\s+)?stop\b${ELSE}`),
  new RegExp(
    String.raw`\b(?:stop|quit|cease|discontinue)\s+(?:${TEXTING})\b(?!\s+(?:the\s+tech|someone|somebody|people|paper|mail|bills?|invoices?))`,
  ),
  new RegExp(
    String.raw`\b(?:stop|end|cancel|quit|cease|discontinue)\s+(?:all\s+|the\s+|these\s+|your\s+|any\s+|my\s+)?${TEXTS}\b`,
  ),
  /^(?:cease\s+and\s+desist|stop\s+contact)\b/,
  /^(?:unsubscribe|unsubscribed|optout)\b/,
  /\b(?:unsubscribe|unenroll)\s+(?:me|us|my|this|from|all)\b/,
  /\b(?:take|remove|delete|get|drop)\s+(?:me|us|my\s+(?:number|name|phone|cell)|this\s+(?:number|phone))\s+(?:off|out|from)\b(?!\s+(?:of\s+)?(?:the\s+|your\s+)?(?:autopay|auto\s+pay|invoice|bill|quote|plan|membership))/,
  /^(?:please\s+)?(?:take|get)\s+(?:me\s+)?off(?:\s+(?:your\s+|the\s+)?list)?$/,
  /\b(?:remove|delete|lose|unsubscribe)\s+(?:my|this)\s+number\b(?!\s+plate)/,
  new RegExp(
    String.raw`\b(?:do\s+not|dont|never|no\s+longer|not\s+to)\s+(?:ever\s+)?(?:text|txt|message|msg|contact|sms)(?:\s+(?:me|us|this|my\s+(?:number|phone|cell)|here|any\s*more|again)\b(?!\s+(?:until|till|before|after|unless|at|on)\b)|$)`,
  ),
  new RegExp(
    String.raw`\b(?:do\s+not|dont|never|no\s+longer|not\s+to)\s+send\s+(?:me\s+|us\s+)?(?:any\s+)?(?:more\s+)?(?:these\s+)?${TEXTS}\b`,
  ),
  new RegExp(String.raw`\bno\s+(?:more|further)\s+(?:texts?|txts?|messages?|msgs?|sms|reminders?\s+by\s+text)\b`),
  /\b(?:opt|opting)\s+(?:me\s+|us\s+)?out\b(?!\s+of\s+(?:the\s+|your\s+)?(?:\w+\s+)?(?:plan|membership|service|visit|autopay|warranty))/,
  /\b(?:revoke|withdraw)\s+(?:my\s+|our\s+|all\s+)?(?:consent|permission)\b/,
  new RegExp(
    String.raw`\b(?:dont|do\s+not|no\s+longer)\s+want\s+(?:your\s+|these\s+|any\s+|any\s+more\s+|more\s+)?(?:to\s+(?:get|receive|be)\s+)?(?:your\s+|these\s+|any\s+|more\s+)*(?:${TEXTS}|texted|messaged|contacted)\b`,
  ),
  /\bdeja(?:n|d|me)?\s+(?:de\s+(?:mand|envi|escrib|molest)\w*|en\s+paz)/,
  /\bdejen\s+de\s+(?:mand|envi|escrib|molest)\w*/,
  /\bquit(?:ame|enme|arme)\b.*\blista\b/,
  /\bno\s+(?:me\s+)?(?:envies|envien|envie|mandes|manden|mande|escribas|escriban)\s+(?:mas|mensajes|textos)\b/,
  /\b(?:ya\s+)?no\s+(?:quiero|deseo)\s+(?:mas|recibir|mensajes|textos)\b/,
];

/** What only looks like it. */
const NOT_ASKED = [
  /\b(?:dont|do\s+not|never|not)\s+(?:stop|quit|end|cancel)\b/,
  /^(?:when|why|how|can|could|will|would|did|do|does|is|are)\b.*\b(?:stop|end|quit|cancel)\b.*\b(?:sale|offer|work|leak|water|appointment|job|service|visit|membership|plan|warranty|bills?)\b/,
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
  в: 'b',
  к: 'k',
  м: 'm',
  н: 'h',
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

/** One slip of the finger: a letter too many, too few, doubled, the one beside it, or two in the wrong order. */
function isSlip(bare: string): boolean {
  if (SLIPS.has(bare)) return true;
  if (!/^[a-z0-9]{3,12}$/.test(bare) || WORDS_NEAR_STOP.has(bare)) return false;
  if (/^s+t+[o0]+p+(?:e?d|ping)?$/.test(bare)) return true;
  if (['stop', 'unsubscribe', 'cancel'].some((word) => swapped(word).has(bare) || beside(word).has(bare))) return true;
  return ['stop', 'unsubscribe'].some((word) => missing(word).has(bare));
}

const SLIPS = new Set([
  'st op',
  's top',
  'sto p',
  'unsuscribe',
  'unsubcribe',
  'stop stop',
  'stop stop stop',
  'stopp stopp',
]);

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

/** The keys around those of STOP on a telephone's keyboard. */
const KEYS: Readonly<Record<string, string>> = { s: 'awdzx', t: 'ryfg', o: 'ip90kl', p: 'ol0' };

const beside = (word: string) =>
  new Set(
    [...word].flatMap((letter, at) =>
      [...(KEYS[letter] ?? '')].map((key) => word.slice(0, at) + key + word.slice(at + 1)),
    ),
  );
