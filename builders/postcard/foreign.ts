import { isPlain } from './allowed.ts';
import { inLatinWord, lookAlike } from './look-alikes.ts';
import { plainForm } from './typography.ts';

/** What a character that no postcard has is. */
export type ForeignKind =
  | 'typography'
  | 'letter'
  | 'font'
  | 'look-alike'
  | 'emoji'
  | 'symbol'
  | 'alphabet'
  | 'direction'
  | 'invisible'
  | 'unknown';

export type ForeignWords = {
  readonly kind: ForeignKind;
  /** In words: "Curly quote", "Emoji 🎉", "Look-alike: Cyrillic “а”, which is not the letter a". */
  readonly name: string;
  /** What prints in its place; '' where nothing does. */
  readonly became: string;
  /** False where the reader of the card misses nothing: "…" has become "...". */
  readonly lost: boolean;
};

/**
 * One character as a person sees it: an emoji with its joiners, skin tones and selectors, a flag, a keycap, a letter with its
 * marks. (The form of an emoji is that of Unicode Technical Standard 51, section 1.4.9.)
 */
const CLUSTER =
  /\p{RI}\p{RI}|[#*0-9]\ufe0f?\u20e3|\p{ExtPict}(?:\p{EMod}|\ufe0f\u20e3?|\ufe0e|[\u{e0020}-\u{e007e}]+\u{e007f})?(?:\u200d\p{ExtPict}(?:\p{EMod}|[\ufe0e\ufe0f])?)*|\p{L}(?:(?![\ufe00-\ufe0f\u{e0100}-\u{e01ef}])\p{M})+|[^]/uy;

/** The character, as a person sees it, that begins at a place (UTF-16 units). */
export function clusterAt(text: string, index: number): string {
  CLUSTER.lastIndex = index;
  return CLUSTER.exec(text)?.[0] ?? '';
}

const EMOJI =
  /^(?:\p{RI}|[#*0-9]\ufe0f?\u20e3|\p{Emoji_Presentation}|\p{EMod}|\p{ExtPict}.*(?:\u200d|\ufe0f|\u{e007f}|\p{EMod}))/su;

/** Small capitals, which Unicode has for phonetics and people use as a font. */
const SMALL_CAPITALS = new Map(
  [...'ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ'].map((char, index) => [char, 'abcdefghijklmnoprstuvwyz'[index] ?? '']),
);

/** Letters and digits in a style, of which the plain one is left: mathematical, double-struck, raised, circled, squared. */
const STYLED =
  /^[\u{1d400}-\u{1d7ff}\u02b0-\u02b8\u02e0-\u02e4\u1d2c-\u1d6a\u1d78-\u1dbf\u2071\u207f\u2090-\u209c\u2460-\u24ff\u3250\ua7f2-\ua7f4\u{1f100}-\u{1f1ad}]|^(?=[\u2100-\u214f])\p{L}/u;

/** Signs by their names; the rest is named by what it is. */
const SIGNS: Readonly<Record<string, string>> = {
  '™': 'Trademark sign',
  '℠': 'Service mark',
  '©': 'Copyright sign',
  '®': 'Registered sign',
  '§': 'Section sign',
  '¶': 'Paragraph sign',
  '°': 'Degree sign',
  '•': 'Bullet',
  '†': 'Dagger',
  '‡': 'Dagger',
  '^': 'Caret',
  '<': 'Less-than sign',
  '>': 'Greater-than sign',
  '\ufffc': 'Place of a picture',
  '\ufffd': 'Character that was broken before',
};

const INVISIBLE: Readonly<Record<string, string>> = {
  '\u00ad': 'soft hyphen',
  '\u200b': 'zero-width space',
  '\u200c': 'zero-width non-joiner',
  '\u200d': 'zero-width joiner',
  '\u2060': 'word joiner',
  '\ufeff': 'byte order mark',
};

const DIRECTION = /^[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]$/;
const ARROW = /^[←-⇿⟰-⟿⤀-⥿⬀-⬑⬰-⭏⭚-⯿]/u;

/** Alphabets by their names in Unicode and in words. */
const ALPHABETS = (
  [
    ['Cyrillic', 'Cyrillic letter'],
    ['Greek', 'Greek letter'],
    ['Han', 'Chinese character'],
    ['Hiragana', 'Japanese letter'],
    ['Katakana', 'Japanese letter'],
    ['Hangul', 'Korean letter'],
    ['Arabic', 'Arabic letter'],
    ['Hebrew', 'Hebrew letter'],
    ['Devanagari', 'Hindi letter'],
    ['Thai', 'Thai letter'],
    ['Armenian', 'Armenian letter'],
    ['Cherokee', 'Cherokee letter'],
  ] as const
).map(([script, name]) => ({ of: new RegExp(`^\\p{Script=${script}}`, 'u'), name }));

/**
 * Says what a character is that no postcard has, and what becomes of it.
 * @param char as `clusterAt` gives it
 * @param at where it stands in `text`, in UTF-16 units: what becomes of some depends on what stands beside them
 */
export function describeForeign(char: string, text: string, at: number): ForeignWords {
  const gone = (kind: ForeignKind, name: string): ForeignWords => ({ kind, name, became: '', lost: true });
  if (EMOJI.test(char)) return gone('emoji', `Emoji ${char}`);
  const composed = char.normalize('NFC');
  if (composed.length < char.length && isPlain(composed)) {
    return { kind: 'typography', name: `“${composed}” in two pieces`, became: composed, lost: false };
  }
  const end = at + char.length;
  const plain = plainForm(char, text.slice(Math.max(0, at - 40), at), text.slice(end, end + 2));
  if (plain) return styledOr(char, plain);
  if (SIGNS[char] !== undefined) return gone('symbol', SIGNS[char]);
  const like = lookAlike(char);
  if (like && inLatinWord(text, at)) return { kind: 'look-alike', name: like.name, became: like.plain, lost: true };
  const small = SMALL_CAPITALS.get(char);
  if (small !== undefined) return { kind: 'font', name: `Font: small capitals “${char}”`, became: small, lost: true };
  return describeLetter(char) ?? gone(...nameOf(char));
}

function styledOr(char: string, plain: { name: string; became: string }): ForeignWords {
  if (!STYLED.test(char)) return { kind: 'typography', ...plain, lost: false };
  return { kind: 'font', name: `Font: “${char}”`, became: plain.became, lost: true };
}

/** A letter with fewer marks or none; null where nothing is left of it. */
function describeLetter(char: string): ForeignWords | null {
  if (!/^\p{L}/u.test(char)) return null;
  const became = baseOf(char);
  if (became === null) return null;
  // Strokes through and lines under each letter are a font of people who have none.
  if (/[\u0332-\u0338\u20d0-\u20ff]/.test(char)) {
    return { kind: 'font', name: `Font: struck or underlined “${char}”`, became, lost: true };
  }
  return { kind: 'letter', name: `Letter “${char}”`, became, lost: false };
}

/** As much of a letter as is kept: "ã̱" keeps its tilde, "ǟ" is one that we have. */
function baseOf(char: string): string | null {
  const marks = [...char.normalize('NFD')];
  for (let keep = marks.length - 1; keep > 0; keep -= 1) {
    const shorter = marks.slice(0, keep).join('').normalize('NFC');
    if (isPlain(shorter)) return shorter;
  }
  const folded = char.normalize('NFKD').replace(/\p{M}/gu, '');
  return folded !== '' && isPlain(folded) ? folded : null;
}

function nameOf(char: string): [ForeignKind, string] {
  if (DIRECTION.test(char)) return ['direction', `Invisible direction mark ${codesOf(char).join(' ')}`];
  const invisible = INVISIBLE[char];
  if (invisible) return ['invisible', `Invisible ${invisible}`];
  if (/^[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u.test(char)) return ['invisible', 'Invisible variation selector'];
  if (/^\p{Cc}/u.test(char)) return ['invisible', `Control character ${codesOf(char).join(' ')}`];
  if (/^[\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}]/u.test(char)) {
    return ['invisible', `Invisible character ${codesOf(char).join(' ')}`];
  }
  if (/^\p{Cs}/u.test(char)) return ['unknown', 'Half of a character'];
  if (/^\p{Co}/u.test(char)) return ['symbol', `Sign of a symbol font ${codesOf(char).join(' ')}`];
  if (/^\p{Cn}/u.test(char)) return ['unknown', `Unknown character ${codesOf(char).join(' ')}`];
  if (/^\p{Sc}/u.test(char)) return ['symbol', `Currency sign “${char}”`];
  if (ARROW.test(char)) return ['symbol', `Arrow “${char}”`];
  if (/^\p{ExtPict}/u.test(char)) return ['emoji', `Emoji ${char}`];
  if (/^\p{Sm}/u.test(char)) return ['symbol', `Math sign “${char}”`];
  if (/^\p{M}/u.test(char)) return ['symbol', `Mark without a letter ${codesOf(char).join(' ')}`];
  const alphabet = ALPHABETS.find(({ of }) => of.test(char));
  if (alphabet) return ['alphabet', `${alphabet.name} “${char}”`];
  if (/^\p{L}/u.test(char)) return ['alphabet', `Letter “${char}”`];
  if (/^\p{N}/u.test(char)) return ['symbol', `Number “${char}”`];
  return ['symbol', `Symbol “${char}”`];
}

/** `U+1F389` of each code point. */
export function codesOf(char: string): string[] {
  return [...char].map((one) => `U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`);
}
