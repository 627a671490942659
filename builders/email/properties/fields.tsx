import {
  Box,
  ColorInput,
  Group,
  Input,
  NumberInput,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useEffect, useId, useRef, useState } from 'react';

import { PortalMissing } from '../../merge/LinkMenus.tsx';
import { specialLinkOf } from '../../merge/special-links.ts';
import { SpecialLinksMenu } from '../LinkMenus.tsx';
import { useBuilder } from '../builder-context.tsx';
import { cleanUrl } from '../rich-text.ts';

export type Attributes = Readonly<Record<string, string>>;
/** Writes attributes of the selected block; undefined takes one away. */
export type SetAttributes = (changes: Record<string, string | undefined>) => void;
export type PropertyProps = { attributes: Attributes; set: SetAttributes };

const PAUSE_MS = 250;

/**
 * What is typed in a field: shown at once, handed on after a short pause so that undo takes back words, not letters, and on
 * leaving the field. A change from elsewhere (undo, the canvas) shows in the field unless it is being typed in.
 */
export function useDraft(
  value: string,
  commit: (value: string) => void,
): [string, (draft: string) => void, () => void] {
  const [draft, setDraft] = useState(value);
  const pending = useRef<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const send = useRef(commit);
  useEffect(() => {
    send.current = commit;
  });
  useEffect(() => {
    if (pending.current === null) setDraft(value);
  }, [value]);
  const flush = () => {
    clearTimeout(timer.current);
    if (pending.current === null) return;
    const last = pending.current;
    pending.current = null;
    send.current(last);
  };
  const change = (next: string) => {
    setDraft(next);
    pending.current = next;
    clearTimeout(timer.current);
    timer.current = setTimeout(flush, PAUSE_MS);
  };
  useEffect(() => flush, []);
  return [draft, change, flush];
}

type Field = { label: string; value: string; onChange: (value: string) => void; description?: React.ReactNode };

export function TextField({
  label,
  value,
  onChange,
  description,
  error,
  placeholder,
}: Field & { error?: React.ReactNode; placeholder?: string }) {
  const [draft, setDraft, flush] = useDraft(value, onChange);
  return (
    <TextInput
      label={label}
      description={description}
      error={error}
      placeholder={placeholder}
      value={draft}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={flush}
    />
  );
}

/** A Url box with *Special links* under it (S0-03), and the error of a link that can't work yet (S0-06). */
export function UrlField({ label = 'Url', value, onChange }: Omit<Field, 'label'> & { label?: string }) {
  const { portal } = useBuilder();
  // What can't be a link stays in the box with its error; the email keeps the link that it had.
  const [draft, setDraft, flush] = useDraft(value, (url) => {
    if (url.trim() === '' || cleanUrl(url) !== '') onChange(url);
  });
  const link = specialLinkOf(draft);
  const unsafe = draft.trim() !== '' && cleanUrl(draft) === '';
  const error =
    link?.requires === 'portal' && !portal.ready ? (
      <PortalMissing portal={portal} />
    ) : unsafe ? (
      'Only web, email and phone links work in an email. Start with https://, mailto: or tel:.'
    ) : undefined;
  return (
    <Stack gap={6} align="flex-start">
      <TextInput
        w="100%"
        label={label}
        placeholder="https://"
        description={
          link !== null && error === undefined ? `Leads to each person's own page: ${link.label}` : undefined
        }
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        error={error}
        value={draft}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onBlur={flush}
      />
      <SpecialLinksMenu
        onPick={(picked) => {
          setDraft(picked.tag);
          onChange(picked.tag);
        }}
      />
    </Stack>
  );
}

const SWATCHES = ['#1D2420', '#5C665F', '#1E6B52', '#2B5C9E', '#9A6700', '#A6372B', '#E6E2DA', '#F4F2ED', '#FFFFFF'];

export function ColorField({ label, value, onChange }: Field) {
  const { brand } = useBuilder();
  const [draft, setDraft, flush] = useDraft(value, (color) => {
    if (/^#([\da-f]{3}|[\da-f]{6})$/i.test(color)) onChange(color.toUpperCase());
  });
  const swatches = [...new Set([brand.color.toUpperCase(), ...SWATCHES])];
  return (
    <ColorInput
      label={label}
      value={draft}
      onChange={setDraft}
      onBlur={flush}
      format="hex"
      swatches={swatches}
      swatchesPerRow={9}
      eyeDropperButtonProps={{ 'aria-label': 'Pick a color from the screen' }}
      popoverProps={{ withinPortal: true }}
    />
  );
}

/** A length in whole pixels; empty takes it away. */
export function PixelField({
  label,
  value,
  onChange,
  min = 0,
  max = 200,
  placeholder,
}: Field & { min?: number; max?: number; placeholder?: string }) {
  const number = Number.parseInt(value, 10);
  const [draft, setDraft, flush] = useDraft(Number.isNaN(number) ? '' : String(number), (text) =>
    onChange(text === '' ? '' : `${text}px`),
  );
  return (
    <NumberInput
      label={label}
      value={draft}
      onChange={(next) =>
        setDraft(next === '' ? '' : String(Math.min(max, Math.max(min, Math.round(Number(next) || 0)))))
      }
      onBlur={flush}
      min={min}
      max={max}
      suffix=" px"
      placeholder={placeholder}
      allowDecimal={false}
      allowNegative={false}
    />
  );
}

export function ChoiceField({
  label,
  value,
  onChange,
  choices,
}: Field & { choices: readonly { value: string; label: string }[] }) {
  const id = useId();
  return (
    <Box>
      <Input.Label id={id} component="div">
        {label}
      </Input.Label>
      <SegmentedControl
        fullWidth
        size="xs"
        data={[...choices]}
        value={value}
        onChange={onChange}
        aria-labelledby={id}
      />
    </Box>
  );
}

export function AlignField({
  attributes,
  set,
  name = 'align',
  fallback = 'left',
}: PropertyProps & { name?: string; fallback?: string }) {
  return (
    <ChoiceField
      label="Align"
      value={attributes[name] ?? fallback}
      onChange={(value) => set({ [name]: value })}
      choices={[
        { value: 'left', label: 'Left' },
        { value: 'center', label: 'Center' },
        { value: 'right', label: 'Right' },
      ]}
    />
  );
}

const SIDES = ['top', 'right', 'bottom', 'left'] as const;

export function PaddingField({ attributes, set }: PropertyProps) {
  return (
    <Box component="fieldset" className="fp-fieldset">
      <Text component="legend" size="sm" fw={500}>
        Padding
      </Text>
      <SimpleGrid cols={2} spacing="xs" verticalSpacing="xs">
        {SIDES.map((side) => (
          <PixelField
            key={side}
            label={side.charAt(0).toUpperCase() + side.slice(1)}
            value={attributes[`padding-${side}`] ?? ''}
            onChange={(value) => set({ [`padding-${side}`]: value === '' ? '0px' : value })}
          />
        ))}
      </SimpleGrid>
    </Box>
  );
}

export function Pair({ children }: { children: React.ReactNode }) {
  return (
    <Group grow gap="xs" align="flex-start">
      {children}
    </Group>
  );
}

/** How text looks: alignment, color, size, and the room around it. @param max the largest size, in pixels */
export function TextLook({ attributes, set, max }: PropertyProps & { max: number }) {
  return (
    <>
      <AlignField attributes={attributes} set={set} />
      <Pair>
        <ColorField label="Color" value={attributes.color ?? ''} onChange={(color) => set({ color })} />
        <PixelField
          label="Size"
          min={10}
          max={max}
          value={attributes['font-size'] ?? '13px'}
          onChange={(size) => set({ 'font-size': size })}
        />
      </Pair>
      <PaddingField attributes={attributes} set={set} />
    </>
  );
}
