import { Text, UnstyledButton } from '@mantine/core';
import {
  IconAddressBook,
  IconAlignLeft,
  IconBrandFacebook,
  IconColumns2,
  IconColumns3,
  IconFileInvoice,
  IconLineDashed,
  IconPhoto,
  IconPointer,
  IconSpacingVertical,
  IconUserPlus,
} from '@tabler/icons-react';

import { type BlockKind, blockChoices, newBlock } from './blocks.ts';
import { useBuilder } from './builder-context.tsx';

export const blockIcons: Record<BlockKind, typeof IconPhoto> = {
  text: IconAlignLeft,
  button: IconPointer,
  image: IconPhoto,
  'columns-2': IconColumns2,
  'columns-3': IconColumns3,
  divider: IconLineDashed,
  spacer: IconSpacingVertical,
  social: IconBrandFacebook,
  'invoice-summary': IconFileInvoice,
  'invitation-note': IconUserPlus,
  footer: IconAddressBook,
};

/**
 * Every block, to be added with a click, tap or key after what is selected. With a mouse it can be dragged onto the canvas
 * too; a finger scrolls instead, and where one panel is shown at a time there is nothing to drag to.
 */
export function BlocksPanel({ narrow }: { narrow: boolean }) {
  const { add, editor, brand, readOnly } = useBuilder();
  return (
    <div className="fp-blocks">
      <Text size="xs" c="dimmed" mb="xs" id="fp-blocks-help">
        {!narrow && <span className="fp-by-mouse">Drag into the email, or click to add after what is selected.</span>}
        <span className={narrow ? undefined : 'fp-by-touch'}>
          Tap to add after what is selected. Move it under Structure.
        </span>
      </Text>
      <ul aria-label="Blocks" aria-describedby="fp-blocks-help">
        {blockChoices.map(({ kind, label, help }) => {
          const Icon = blockIcons[kind];
          return (
            <li key={kind}>
              <UnstyledButton
                className="fp-block"
                title={help}
                draggable={!readOnly && !narrow}
                disabled={readOnly || editor === null}
                onClick={() => add(kind)}
                onDragStart={(event) => {
                  // Firefox drags only what carries data.
                  event.dataTransfer.setData('text/plain', '');
                  event.dataTransfer.effectAllowed = 'copy';
                  editor?.startDrag(newBlock(kind, brand));
                }}
                onDragEnd={() => editor?.endDrag()}
              >
                <Icon size={18} stroke={1.5} aria-hidden />
                <span>{label}</span>
              </UnstyledButton>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
