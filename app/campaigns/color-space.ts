/** What a picture's file says of its colors, as libvips reads it. */
export type ColorFacts = { space?: string | undefined; icc?: Uint8Array | undefined };

const SPACES: Record<string, string> = { cmyk: 'CMYK', 'b-w': 'Gray', grey16: 'Gray', lab: 'Lab' };

/** A picture's colors in words, as people who print call them: `sRGB`, `CMYK`, `CMYK (Coated FOGRA39)`, `Gray`, `Display P3`. */
export function colorSpaceOf({ space, icc }: ColorFacts): string {
  const kind = SPACES[space ?? ''] ?? 'RGB';
  const profile = icc ? profileName(icc) : '';
  if (kind !== 'RGB') return profile ? `${kind} (${profile})` : kind;
  // A file that says nothing means sRGB.
  return profile === '' || /^sRGB/i.test(profile) ? 'sRGB' : profile;
}

/**
 * The name that a color profile gives itself (ICC.1, tag `desc`: text in version 2, many languages in version 4), at most 60
 * printable characters; empty where there is none or the profile can't be read.
 */
export function profileName(icc: Uint8Array): string {
  const view = new DataView(icc.buffer, icc.byteOffset, icc.byteLength);
  const tag = (at: number) => String.fromCharCode(...icc.subarray(at, at + 4));
  try {
    const count = Math.min(view.getUint32(128), 100);
    for (let n = 0; n < count; n++) {
      const entry = 132 + n * 12;
      if (tag(entry) !== 'desc') continue;
      const at = view.getUint32(entry + 4);
      if (tag(at) === 'desc') {
        return plain(new TextDecoder('latin1').decode(icc.subarray(at + 12, at + 12 + view.getUint32(at + 8))));
      }
      if (tag(at) !== 'mluc' || view.getUint32(at + 8) === 0) return '';
      const [length, offset] = [view.getUint32(at + 20), view.getUint32(at + 24)];
      return plain(new TextDecoder('utf-16be').decode(icc.subarray(at + offset, at + offset + length)));
    }
  } catch {
    // Offsets that lead out of the file: no name.
  }
  return '';
}

const plain = (text: string) =>
  text
    .replaceAll(/[^\p{L}\p{N}\p{P}\p{Zs}]/gu, '')
    .trim()
    .slice(0, 60);
