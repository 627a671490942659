import sharp from 'sharp';

/** What `sampleCard` names: a picture as a JPEG and a logo as a PNG that is transparent around its mark. */
export async function cardPictures(): Promise<ReadonlyMap<string, Buffer>> {
  const picture = sharp(svg(HOUSE)).jpeg({ quality: 88 }).toBuffer();
  const logo = sharp(svg(MARK)).png().toBuffer();
  return new Map([
    ['picture', await picture],
    ['logo', await logo],
  ]);
}

function svg(drawing: string): Buffer {
  return Buffer.from(drawing.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" '));
}

const HOUSE = `<svg width="1875" height="1275">
  <linearGradient id="sky" x2="0" y2="1"><stop stop-color="#7fb0d8"/><stop offset="1" stop-color="#f3e6cf"/></linearGradient>
  <rect width="1875" height="1275" fill="url(#sky)"/>
  <path d="M0 860 Q500 740 1000 850 T1875 800 V1275 H0Z" fill="#5f7f43"/>
  <rect x="760" y="520" width="620" height="380" fill="#efe4d2"/>
  <path d="M700 540 L1070 300 L1440 540Z" fill="#8a4b38"/>
</svg>`;

const MARK = `<svg width="600" height="200">
  <path d="M100 10 C100 10 30 90 30 125 a70 62 0 0 0 140 0 C170 90 100 10 100 10Z" fill="#1f5f99"/>
  <rect x="210" y="60" width="360" height="34" fill="#17324d"/><rect x="210" y="116" width="240" height="24" fill="#1f5f99"/>
</svg>`;
