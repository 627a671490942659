import { Box, Input, Text } from '@mantine/core';
import { useEffect, useId, useRef, useState } from 'react';

import { PortalMissing } from '../../merge/LinkMenus.tsx';
import { TextTools } from '../TextTools.tsx';
import { useBuilder } from '../builder-context.tsx';
import { cleanRichText } from '../rich-text.ts';
import { startTyping } from '../rich-typing.tsx';
import { type OutlineNode, specialLinksIn } from '../structure.ts';
import { type PropertyProps, TextLook, useDraft } from './fields.tsx';

/** A text or a note: its words, editable here without the canvas (B-19), then how it looks. */
export function TextProperties({
  attributes,
  set,
  node,
  setContent,
}: PropertyProps & { node: OutlineNode & { content: string }; setContent: (content: string) => void }) {
  const { portal } = useBuilder();
  const broken = !portal.ready && specialLinksIn(node).some((link) => link.requires === 'portal');
  return (
    <>
      <RichTextField
        label="Text"
        value={node.content}
        onChange={setContent}
        error={broken ? <PortalMissing portal={portal} /> : null}
      />
      <TextLook attributes={attributes} set={set} max={60} />
    </>
  );
}

function RichTextField({
  label,
  value,
  onChange,
  error,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  error: React.ReactNode;
}) {
  const id = useId();
  const element = useRef<HTMLDivElement>(null);
  const [box, setBox] = useState<HTMLElement | null>(null);
  const sent = useRef<string | null>(null);
  const commit = (html: string) => {
    sent.current = html;
    onChange(html);
  };
  const [, setDraft, flush] = useDraft(value, commit);
  const change = useRef(setDraft);
  useEffect(() => {
    change.current = setDraft;
  });

  useEffect(() => {
    const target = element.current;
    if (target === null) return;
    setBox(target);
    return startTyping(
      target,
      () => change.current(cleanRichText(target.innerHTML)),
      () => target.blur(),
    );
  }, []);
  useEffect(() => {
    // An echo of what was typed here must not touch the caret.
    if (element.current === null || value === sent.current) return;
    sent.current = value;
    element.current.innerHTML = cleanRichText(value);
  }, [value]);

  return (
    <Box>
      <Input.Label id={id} component="div">
        {label}
      </Input.Label>
      <Box className="fp-rich-field" data-invalid={error !== null || undefined}>
        <TextTools label="Text tools" target={box === null ? null : () => Promise.resolve(box)} active={box} />
        <div
          ref={element}
          role="textbox"
          tabIndex={0}
          aria-multiline="true"
          aria-labelledby={id}
          aria-describedby={error === null ? undefined : `${id}-error`}
          aria-invalid={error !== null}
          className="fp-rich-text"
          onBlur={flush}
        />
      </Box>
      {error !== null && (
        <Text id={`${id}-error`} size="xs" className="fp-error" mt={4}>
          {error}
        </Text>
      )}
    </Box>
  );
}
