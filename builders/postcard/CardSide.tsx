import { memo } from 'react';

import './CardSide.css';
import { GEOMETRY, type Box, type CardGeometry } from './geometry.ts';
import { kernOf, widthOf } from './metrics.ts';
import type { Operation, QrSymbol, Sheet, TextRun } from './sheet.ts';

type Side = 'front' | 'back';

/**
 * One side of a card on the screen, true to print: the same operations that the press prints (B-12), cut at the trim edge. With
 * `guides` the bleed shows too, and cut, safe area and ink-free block are marked.
 */
export function CardSide({
  sheet,
  side,
  pictureUrl,
  guides = false,
  address = null,
}: {
  sheet: Sheet;
  side: Side;
  pictureUrl: (token: string) => string;
  guides?: boolean;
  /** The recipient's, shown on the back where the printer will put it. It is never a part of the print. */
  address?: readonly string[] | null;
}) {
  const geometry = GEOMETRY[sheet.size];
  const { x, y, width, height } = guides ? geometry.art : geometry.trim;
  const { operations, description } = sheet[side];
  const addressed = side === 'back' && address !== null && address.length > 0 ? address : null;
  return (
    <svg
      className="card-side"
      role="img"
      aria-label={addressed ? `${description} Addressed by the printer to ${addressed.join(', ')}.` : description}
      viewBox={`${x} ${y} ${width} ${height}`}
      xmlns="http://www.w3.org/2000/svg"
    >
      <Drawn operations={operations} pictureUrl={pictureUrl} />
      {addressed && <Address lines={addressed} box={geometry.inkFree} />}
      {guides && <Guides geometry={geometry} side={side} />}
    </svg>
  );
}

const Drawn = memo(function Drawn({
  operations,
  pictureUrl,
}: {
  operations: readonly Operation[];
  pictureUrl: (token: string) => string;
}) {
  return operations.map((operation, index) => <Drawing key={index} operation={operation} pictureUrl={pictureUrl} />);
});

function Drawing({ operation, pictureUrl }: { operation: Operation; pictureUrl: (token: string) => string }) {
  switch (operation.kind) {
    case 'rect':
      return <rect {...operation.box} fill={operation.color} />;
    case 'line':
      return <Line {...operation} />;
    case 'text':
      return <Text run={operation} />;
    case 'picture':
      return <image href={pictureUrl(operation.token)} {...operation.box} preserveAspectRatio="xMidYMid slice" />;
    case 'qr':
      return <path d={pathOf(operation)} fill={operation.color} shapeRendering="crispEdges" />;
  }
}

function Line({ from, to, width, color, dash }: Extract<Operation, { kind: 'line' }>) {
  return (
    <line
      x1={from[0]}
      y1={from[1]}
      x2={to[0]}
      y2={to[1]}
      stroke={color}
      strokeWidth={width}
      strokeDasharray={dash?.join(' ')}
    />
  );
}

function Text({ run: { x, y, size, weight, color, text } }: { run: TextRun }) {
  const [first, ...more] = piecesOf(text, size, weight);
  return (
    <text x={x} y={y} fontSize={size} fontWeight={weight} fill={color}>
      {first?.text}
      {more.map((piece) => (
        <tspan key={piece.from} x={x + piece.from}>
          {piece.text}
        </tspan>
      ))}
    </text>
  );
}

/** A line in pieces that need no kerning within, and how far each begins from the first: browsers round what they add up. */
function piecesOf(text: string, size: number, weight: TextRun['weight']): { from: number; text: string }[] {
  const pieces: { from: number; text: string }[] = [];
  let start = 0;
  for (let at = 1; at <= text.length; at += 1) {
    if (at < text.length && kernOf(text[at - 1] ?? '', text[at] ?? '', weight) === 0) continue;
    pieces.push({ from: start === 0 ? 0 : widthTo(text, start, size, weight), text: text.slice(start, at) });
    start = at;
  }
  return pieces;
}

/** Where the letter at a place begins. */
function widthTo(text: string, at: number, size: number, weight: TextRun['weight']): number {
  const kern = kernOf(text[at - 1] ?? '', text[at] ?? '', weight) * size;
  return Math.round((widthOf(text.slice(0, at), size, weight) + kern) * 1_000) / 1_000;
}

function pathOf({ box, modules, runs }: QrSymbol): string {
  const module = box.width / modules;
  return runs
    .map(([column, row, length]) => {
      const width = length * module;
      return `M${box.x + column * module} ${box.y + row * module}h${width}v${module}h${-width}z`;
    })
    .join('');
}

/** As the printer will put it, in grey: it is theirs, and no part of what we print. */
function Address({ lines, box }: { lines: readonly string[]; box: Box }) {
  const size = 10;
  const left = box.x + box.width * 0.22;
  const top = box.y + box.height * 0.5;
  return (
    <g fill="#6b746e" aria-hidden>
      <rect
        x={box.x + box.width - 62}
        y={box.y + 8}
        width={54}
        height={46}
        fill="none"
        stroke="#9aa29d"
        strokeDasharray="2 2"
        strokeWidth={0.5}
      />
      <text x={box.x + box.width - 35} y={box.y + 34} fontSize={7} textAnchor="middle">
        Postage
      </text>
      {lines.map((line, index) => (
        <text key={index} x={left} y={top + index * size * 1.35} fontSize={size}>
          {line}
        </text>
      ))}
      <text x={box.x + box.width - 8} y={box.y + box.height - 6} fontSize={6} textAnchor="end">
        Address and postage are printed by the printer
      </text>
    </g>
  );
}

function Guides({ geometry: { art, trim, safe, inkFree }, side }: { geometry: CardGeometry; side: Side }) {
  return (
    <g aria-hidden fontSize={6}>
      {/* The bleed: what is cut off. */}
      <path d={`${ringOf(art)}${ringOf(trim)}`} fill="#d6336c" fillOpacity={0.18} fillRule="evenodd" />
      <Outline box={trim} color="#d6336c" />
      <Outline box={safe} color="#1c7ed6" dash="3 2" />
      <Label x={trim.x + 30} y={trim.y - 2} color="#a61e4d" text="Bleed: cut off" />
      <Label x={safe.x + 90} y={safe.y + 6} color="#1864ab" text="Safe area: text stays inside" />
      {side === 'back' && (
        <>
          <Outline box={inkFree} color="#d9480f" dash="3 2" />
          <Label x={inkFree.x + 3} y={inkFree.y + 8} color="#a63c06" text="Ink-free: for address and postage" />
        </>
      )}
    </g>
  );
}

function Outline({ box, color, dash }: { box: Box; color: string; dash?: string }) {
  return <rect {...box} fill="none" stroke={color} strokeWidth={0.6} strokeDasharray={dash} />;
}

function Label({ x, y, color, text }: { x: number; y: number; color: string; text: string }) {
  return (
    <text x={x} y={y} fill={color} fontWeight={600} stroke="#fff" strokeWidth={1.6} paintOrder="stroke">
      {text}
    </text>
  );
}

function ringOf({ x, y, width, height }: Box): string {
  return `M${x} ${y}h${width}v${height}h${-width}z`;
}
