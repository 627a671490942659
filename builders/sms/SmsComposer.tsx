import { Button, Group, Text, VisuallyHidden } from '@mantine/core';
import { useDebouncedValue, useMounted } from '@mantine/hooks';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

import { MergeTagsMenu, SpecialLinksMenu } from '../merge/LinkMenus.tsx';
import { problemOf, type Problem } from '../merge/problem.ts';
import { type Portal, specialLinks } from '../merge/special-links.ts';
import { sampleValues } from '../merge/values.ts';
import { Counts } from './Counts.tsx';
import { composeSms } from './compose.ts';
import { cleanTyped } from './document.ts';
import { ForeignCharacters } from './ForeignCharacters.tsx';
import { MessageField } from './MessageField.tsx';
import { INVITATION_NOTE, noteFits, withNote } from './note.ts';
import { PhonePreview } from './PhonePreview.tsx';
import type { SmsTariff } from './prices.ts';
import { ProblemLines } from './ProblemLines.tsx';
import { partPlaces, readSms, type SmsSample } from './reading.ts';
import classes from './SmsComposer.module.css';
import { insertLink, insertTag, rewrite } from './text-typing.tsx';
import { spokenCount } from './words.ts';

export type SmsComposerProps = {
  /** What is typed. Another one than `onChange` gave last takes its place. */
  text: string;
  /** Called on each change, at once. */
  onChange: (text: string) => void;
  /** Recipients to count for: the longest, the typical and the shortest text are found among them. */
  samples: readonly SmsSample[];
  /** An example of the company's short links, as long as they are: `https://demo.go.example/k7m2p9q4rs`. */
  exampleUrl: string;
  /** Whom the text comes from; without a number while the company has none. */
  sender: { readonly name: string; readonly number: string | null };
  portal: Portal;
  /** Why the server did not keep the text. */
  error?: string | undefined;
  /** What the server found at the last save; said together with what is found here. */
  problems?: readonly Problem[];
  /** The company's website, for *Our website*. */
  website?: string;
  refuseUrl?: (url: string) => string | null;
  /** What a part costs; null where texts cost nothing. */
  tariff?: SmsTariff | null;
  /** When the preview's text came, in words. */
  sentAt?: string;
  readOnly?: boolean;
};

const EXAMPLE: readonly SmsSample[] = [{ name: 'Dana Whitfield (an example)', values: sampleValues }];
const links = specialLinks.filter(({ id }) => id !== 'unsubscribe');

/** What a text is called where its problems are shown. */
const WHERE = 'Message';

/** Of the field, as it is named: a summary of errors links to it. */
const ID = 'text';

/** A pause in typing, after which what is wrong is said and the count is read out, in milliseconds. */
const PAUSE = 700;

/**
 * The step *Automated Text Message Content* (S0-10, S0-11, S0-13, B-11): the text, what it costs as it is sent, and how it looks
 * on the phone of any recipient. Before JavaScript it is a textarea named `text`.
 */
export function SmsComposer(props: SmsComposerProps) {
  const { exampleUrl, portal, website, refuseUrl, sender, error, tariff = 'US long code', readOnly = false } = props;
  const samples = props.samples.length > 0 ? props.samples : EXAMPLE;
  const field = useRef<HTMLTextAreaElement>(null);
  const mounted = useMounted();
  const [text, change] = useTyped(props.text, props.onChange);
  const [message, announce] = useState('');
  const [first] = useState(props.text);
  const [chosen, setChosen] = useState('typical');

  const portalReady = portal.ready;
  const options = useMemo(
    () => ({
      where: WHERE,
      companyName: sender.name,
      portalReady,
      ...(website && { website }),
      ...(refuseUrl && { refuseUrl }),
    }),
    [portalReady, sender.name, website, refuseUrl],
  );
  const shortUrl = useCallback(() => exampleUrl, [exampleUrl]);
  const values = useMemo(() => samples.map((sample) => sample.values), [samples]);
  const reading = useMemo(
    () => readSms(text, options, values, shortUrl, tariff ?? undefined),
    [text, options, values, shortUrl, tariff],
  );
  const { draft, estimate } = reading;
  const typical = estimate?.typical.sample ?? 0;
  const shown =
    { typical, longest: estimate?.worst.sample ?? 0, shortest: estimate?.best.sample ?? 0 }[chosen] ?? Number(chosen);
  const sample = samples[shown] ?? samples[typical] ?? EXAMPLE[0];
  const composed = reading.prepared && sample ? composeSms(reading.prepared, sample.values, shortUrl) : null;
  const parts = sample ? partPlaces(reading, sample.values, composed?.count ?? reading.count, shortUrl) : [];

  const [settled] = useDebouncedValue(text, PAUSE);
  const paused = mounted && settled === text;
  const told = useTold(props.problems, text);
  const kept = error === undefined ? [] : [problemOf(WHERE, error)];
  const found = paused && text.trim() !== '' ? draft.problems : [];
  const problems = paused || !mounted ? withoutRepeats([...kept, ...found, ...told]) : kept;
  const noteOffered = useMemo(
    () =>
      paused && draft.compiled !== null && draft.problems.length === 0 && noteFits(draft.compiled, values, shortUrl),
    [paused, draft, values, shortUrl],
  );
  const type = (act: (element: HTMLTextAreaElement) => void) => {
    if (field.current && !readOnly) act(field.current);
  };
  return (
    <div className={classes.composer}>
      <div className={classes.columns}>
        <div className={classes.main}>
          <MessageField
            ref={field}
            id={ID}
            text={text}
            reading={reading}
            parts={parts}
            readOnly={readOnly}
            problems={problems}
            onChange={(typed) => change(cleanTyped(typed))}
            announce={announce}
            tools={
              <Group gap={4} role="group" aria-label="Insert">
                <SpecialLinksMenu
                  compact
                  links={links}
                  portal={portal}
                  announce={announce}
                  disabled={readOnly || !mounted}
                  onPick={(link) => type((element) => insertLink(element, link.tag))}
                />
                <MergeTagsMenu
                  compact
                  announce={announce}
                  disabled={readOnly || !mounted}
                  onPick={(tag) => type((element) => insertTag(element, tag))}
                />
              </Group>
            }
          >
            <Counts reading={reading} samples={samples} free={tariff === null} />
          </MessageField>
          <ProblemLines
            id={`${ID}-problems`}
            problems={problems}
            warnings={draft.warnings}
            text={text}
            portal={portal}
            field={field}
          />
          {mounted && (
            <>
              <ForeignCharacters reading={reading} text={text} field={field} readOnly={readOnly} announce={announce} />
              {noteOffered && !readOnly && (
                <div className={classes.offer}>
                  <Text size="sm">
                    There is room for customers without an account: <q className={classes.quote}>{INVITATION_NOTE}</q>
                  </Text>
                  <Button
                    size="compact-sm"
                    variant="default"
                    onClick={() => {
                      type((element) => rewrite(element, withNote(text)));
                      announce('Invitation note added.');
                    }}
                  >
                    Add it
                  </Button>
                </div>
              )}
            </>
          )}
        </div>
        <PhonePreview
          reading={reading}
          samples={samples}
          chosen={chosen}
          onChoose={setChosen}
          composed={composed}
          sender={sender}
          sentAt={props.sentAt ?? 'Today 9:05 AM'}
          exampleUrl={exampleUrl}
        />
      </div>
      <VisuallyHidden role="status">{message}</VisuallyHidden>
      <VisuallyHidden role="status">{paused && settled !== first ? spokenCount(reading.count) : ''}</VisuallyHidden>
    </div>
  );
}

/** What is typed, kept here so that a letter shows whatever the page around does meanwhile. */
function useTyped(text: string, onChange: (text: string) => void): [string, (next: string) => void] {
  const [typed, setTyped] = useState(text);
  const last = useRef(text);
  useEffect(() => {
    if (text === last.current) return;
    last.current = text;
    setTyped(text);
  }, [text]);
  const change = (next: string) => {
    last.current = next;
    setTyped(next);
    onChange(next);
  };
  return [typed, change];
}

/** What the server found, until the text is another one. */
function useTold(problems: readonly Problem[] | undefined, text: string): readonly Problem[] {
  const heard = useRef({ problems, text });
  if (heard.current.problems !== problems) heard.current = { problems, text };
  return heard.current.text === text ? (problems ?? []) : [];
}

function withoutRepeats(problems: readonly Problem[]): Problem[] {
  return problems.filter(
    (one, index) =>
      problems.findIndex(
        (other) => other.message === one.message && other.line === one.line && other.column === one.column,
      ) === index,
  );
}
