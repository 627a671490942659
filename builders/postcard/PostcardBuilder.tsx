import { ActionIcon, Group, VisuallyHidden } from '@mantine/core';
import { useDebouncedValue, useMounted } from '@mantine/hooks';
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';
import { useMemo, useRef, useState } from 'react';

import type { Problem } from '../merge/problem.ts';
import type { Portal } from '../merge/special-links.ts';
import { sampleValues } from '../merge/values.ts';
import { BuilderContext, type Builder } from './builder-context.tsx';
import { BackFields } from './BackFields.tsx';
import type { Card } from './card.ts';
import { CardPreview } from './CardPreview.tsx';
import { CodeFields } from './CodeFields.tsx';
import { DesignChoices, SizeChoices, drawnDesigns } from './DesignChoices.tsx';
import type { PostcardDocument } from './document.ts';
import { FrontFields } from './FrontFields.tsx';
import { useHistory, useUndoKeys } from './history.tsx';
import { FRONT, QR, whereOf } from './parts.ts';
import type { Pictures } from './PicturePicker.tsx';
import classes from './PostcardBuilder.module.css';
import { keyOfProblem, readPostcard, sheetOf, unfitting, type PostcardSample } from './reading.ts';

export type { PictureChoice, Pictures } from './PicturePicker.tsx';
export type { PostcardSample } from './reading.ts';

export type PostcardBuilderProps = {
  /** What is made. Another one than `onChange` gave last takes its place. */
  document: PostcardDocument;
  /** Called on each change, at once. */
  onChange: (document: PostcardDocument) => void;
  /** Recipients to preview the card as; an invented one where there is none. */
  samples: readonly PostcardSample[];
  /** The company's name, color and logo as they are on each card. */
  brand: Card['brand'];
  /** A line each. */
  returnAddress: readonly string[];
  /** An example of the company's short links, as long as they are: `https://demo.go.example/k7m2p9q4rs`. */
  exampleUrl: string;
  portal: Portal;
  pictures: Pictures;
  /** Where the PDF proof of what was saved last is; null where there is none. */
  proofHref?: string | null;
  /** Why the server did not keep it, by the names of the fields (`postcardFields`). */
  errors?: Readonly<Record<string, string>>;
  /** What the server found at the last save; said together with what is found here. */
  problems?: readonly Problem[];
  refuseUrl?: (url: string) => string | null;
  readOnly?: boolean;
};

const EXAMPLE: readonly PostcardSample[] = [
  {
    name: 'Dana Whitfield (an example)',
    values: sampleValues,
    address: ['Dana Whitfield', '9 Oak Street', 'Austin, TX 78702'],
  },
];
const NONE: Readonly<Record<string, string>> = {};

/** A pause in typing, after which what is wrong is said, in milliseconds. */
const PAUSE = 700;

/**
 * The step *Build Mail Sequence* (S0-14, S0-15, S0-16, B-12): what the card says and shows, and both its sides as any recipient
 * gets them, laid out anew with each letter. Before JavaScript it is a form with the fields of `postcardFields`.
 */
export function PostcardBuilder(props: PostcardBuilderProps) {
  const { portal, pictures, brand, returnAddress, exampleUrl, refuseUrl, errors = NONE, readOnly = false } = props;
  const samples = props.samples.length > 0 ? props.samples : EXAMPLE;
  const { document, change, undo, redo } = useHistory(props.document, props.onChange);
  const { size, design, qr } = document;
  const mounted = useMounted();
  const [message, setMessage] = useState('');
  const [chosen, setChosen] = useState(0);
  const sample = samples[chosen] ?? samples[0] ?? EXAMPLE[0];

  const portalReady = portal.ready;
  const options = useMemo(() => ({ portalReady, ...(refuseUrl && { refuseUrl }) }), [portalReady, refuseUrl]);
  const parts = useMemo(() => ({ brand, returnAddress: [...returnAddress] }), [brand, returnAddress]);
  const reading = useMemo(() => readPostcard(document, options), [document, options]);
  const sheet = useMemo(
    () => sample && sheetOf(reading.prepared, sample, parts, exampleUrl),
    [reading, sample, parts, exampleUrl],
  );

  const [settled] = useDebouncedValue(document, PAUSE);
  const paused = mounted && settled === document;
  const told = useTold(props.problems, document);
  const found = [...reading.draft.problems, ...told].filter(
    (one, index, all) => all.findIndex((other) => sameProblem(one, other)) === index,
  );
  const of = (where: string) => (paused || !mounted ? found.filter((problem) => problem.where === where) : []);
  const empty = (problem: Problem) => problem.excerpt === '' && /is empty/.test(problem.message);
  const untouched = settled === props.document && document === props.document;
  const others = useMemo(
    () => (paused ? unfitting(reading, samples, sample, parts, exampleUrl) : []),
    [paused, reading, samples, sample, parts, exampleUrl],
  );
  const designs = useMemo(
    () => (mounted && sample ? drawnDesigns(settled, options, sample, parts, exampleUrl) : null),
    [mounted, settled, options, sample, parts, exampleUrl],
  );
  const announce = (said: string) => setMessage((before) => (before === said ? `${said} ` : said));
  const builder: Builder = {
    portal,
    readOnly,
    errors,
    announce,
    // An empty card is not wrong yet: that is said once somebody has begun.
    problemsOf: (name) => of(whereOf(name)).filter((problem) => !(untouched && empty(problem))),
    warningsOf: (where) => (paused ? reading.draft.warnings.filter((one) => one.where === where) : []),
    fitsOf: (name) => (sheet?.problems ?? []).filter((one) => keyOfProblem(one) === name).map((one) => one.message),
  };
  const root = useUndoKeys(readOnly ? null : undo, readOnly ? null : redo);
  return (
    <BuilderContext.Provider value={builder}>
      <div ref={root} className={classes.builder} role="group" aria-label="Postcard">
        <div className={classes.columns}>
          <div className={classes.main}>
            {mounted && !readOnly && (
              <Group gap={4} justify="flex-end" className={classes.history}>
                <ActionIcon variant="default" aria-label="Undo" disabled={undo === null} onClick={() => undo?.()}>
                  <IconArrowBackUp size={16} aria-hidden />
                </ActionIcon>
                <ActionIcon variant="default" aria-label="Redo" disabled={redo === null} onClick={() => redo?.()}>
                  <IconArrowForwardUp size={16} aria-hidden />
                </ActionIcon>
              </Group>
            )}
            <SizeChoices
              value={size}
              readOnly={readOnly}
              onChange={(next) => change({ ...document, size: next }, 'size')}
            />
            <DesignChoices
              value={design}
              drawn={designs}
              pictureUrl={pictures.urlOf}
              readOnly={readOnly}
              onChange={(next) => change({ ...document, design: next }, 'design')}
            />
            <FrontFields
              front={document.front}
              size={size}
              pictures={pictures}
              problems={untouched ? [] : of(FRONT)}
              onChange={(front, field) => change({ ...document, front }, field)}
            />
            <BackFields back={document.back} onChange={(back, field) => change({ ...document, back }, field)} />
            <section className={classes.section} aria-labelledby="postcard-code">
              <h2 id="postcard-code">QR code</h2>
              <CodeFields
                value={qr}
                problems={of(QR)}
                onChange={(next) => change({ ...document, qr: next }, `qr.${next?.target}`)}
              />
            </section>
          </div>
          <CardPreview
            sheet={sheet ?? null}
            samples={samples}
            chosen={chosen}
            onChoose={setChosen}
            pictureUrl={pictures.urlOf}
            proofHref={props.proofHref ?? null}
            others={others}
          />
        </div>
        <VisuallyHidden role="status">{message}</VisuallyHidden>
      </div>
    </BuilderContext.Provider>
  );
}

/** What the server found, until the card is another one. */
function useTold(problems: readonly Problem[] | undefined, document: PostcardDocument): readonly Problem[] {
  const heard = useRef({ problems, document });
  if (heard.current.problems !== problems) heard.current = { problems, document };
  return heard.current.document === document ? (problems ?? []) : [];
}

function sameProblem(a: Problem, b: Problem): boolean {
  return a.where === b.where && a.message === b.message && a.line === b.line && a.column === b.column;
}
