import { Checkbox } from '@mantine/core';

import { escapeHtml, plainText } from '../rich-text.ts';
import {
  AlignField,
  ColorField,
  PaddingField,
  Pair,
  PixelField,
  type PropertyProps,
  TextField,
  UrlField,
} from './fields.tsx';

/** *Button Properties*: the Url box has *Special links* under it (S0-03). */
export function ButtonProperties({
  attributes,
  set,
  content,
  setContent,
}: PropertyProps & { content: string; setContent: (content: string) => void }) {
  return (
    <>
      <TextField
        label="Label"
        value={plainText(content)}
        onChange={(label) => setContent(escapeHtml(label))}
        error={content === '' ? 'A button needs a label.' : undefined}
      />
      <UrlField value={attributes.href ?? ''} onChange={(href) => set({ href })} />
      <Pair>
        <ColorField
          label="Color"
          value={attributes['background-color'] ?? ''}
          onChange={(color) => set({ 'background-color': color })}
        />
        <ColorField label="Text color" value={attributes.color ?? ''} onChange={(color) => set({ color })} />
      </Pair>
      <AlignField attributes={attributes} set={set} fallback="center" />
      <Checkbox
        label="Full width"
        checked={attributes.width === '100%'}
        onChange={(event) => set({ width: event.currentTarget.checked ? '100%' : undefined })}
      />
      <Pair>
        <PixelField
          label="Radius"
          max={40}
          value={attributes['border-radius'] ?? '3px'}
          onChange={(radius) => set({ 'border-radius': radius === '' ? '0px' : radius })}
        />
        <PixelField
          label="Text size"
          min={10}
          max={32}
          value={attributes['font-size'] ?? '13px'}
          onChange={(size) => set({ 'font-size': size })}
        />
      </Pair>
      <PaddingField attributes={attributes} set={set} />
    </>
  );
}
