import { Anchor, Button, Menu, Text } from '@mantine/core';
import { IconBraces, IconChevronDown, IconWorldShare } from '@tabler/icons-react';
import { forwardRef } from 'react';

import { type MergeField } from './fields.ts';
import { MergeTagItems } from './MergeTagItems.tsx';
import { PORTAL_MISSING, type Portal, type SpecialLink, specialLinks } from './special-links.ts';

type MenuProps = {
  disabled?: boolean;
  compact?: boolean;
  /** Says to a screen reader what was inserted. */
  announce: (message: string) => void;
};

/** *Special links*, the same in every builder (S0-02, S0-03, S0-10). */
export function SpecialLinksMenu({
  links = specialLinks,
  portal,
  announce,
  onPick,
  disabled,
  compact,
}: MenuProps & {
  /** Those that this kind of message can have. */
  links?: readonly SpecialLink[];
  portal: Portal;
  onPick: (link: SpecialLink) => void;
}) {
  const folders = [...new Set(links.map((link) => link.menu[0] ?? ''))];
  const pick = (link: SpecialLink) => {
    onPick(link);
    const broken = link.requires === 'portal' && !portal.ready;
    announce(broken ? PORTAL_MISSING : `${link.label} link inserted.`);
  };
  return (
    <Menu position="bottom-start" withinPortal shadow="md" returnFocus={false}>
      <Menu.Target>
        <MenuButton disabled={disabled} compact={compact} icon={<IconWorldShare size={16} aria-hidden />}>
          Special links
        </MenuButton>
      </Menu.Target>
      <Menu.Dropdown data-keep-typing="">
        {folders.map((folder) => (
          <Menu.Sub key={folder} closeDelay={200}>
            <Menu.Sub.Target>
              <Menu.Sub.Item>{folder}</Menu.Sub.Item>
            </Menu.Sub.Target>
            <Menu.Sub.Dropdown data-keep-typing="">
              {links
                .filter((link) => link.menu[0] === folder)
                .map((link) => (
                  <Menu.Item key={link.id} onClick={() => pick(link)}>
                    {link.label}
                    {link.requires === 'portal' && !portal.ready && (
                      <Text span size="xs" c="red.8" display="block">
                        The portal is not set up
                      </Text>
                    )}
                  </Menu.Item>
                ))}
            </Menu.Sub.Dropdown>
          </Menu.Sub>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** *Merge tags*: hands over the tag with its fallback (`{{ customer.first_name | default: "there" }}`). */
export function MergeTagsMenu({ announce, onPick, disabled, compact }: MenuProps & { onPick: (tag: string) => void }) {
  const pick = (tag: string, field: MergeField) => {
    onPick(tag);
    announce(`${field.label} inserted.`);
  };
  return (
    <Menu position="bottom-start" withinPortal shadow="md" width={280} returnFocus={false}>
      <Menu.Target>
        <MenuButton disabled={disabled} compact={compact} icon={<IconBraces size={16} aria-hidden />}>
          Merge tags
        </MenuButton>
      </Menu.Target>
      <Menu.Dropdown data-keep-typing="">
        <MergeTagItems onPick={pick} />
      </Menu.Dropdown>
    </Menu>
  );
}

/** Why a portal link is an error for now, and the way out of it (S0-06). */
export function PortalMissing({ portal }: { portal: Portal }) {
  return (
    <>
      {PORTAL_MISSING}{' '}
      <Anchor href={portal.settingsHref} inherit c="inherit" underline="always">
        Set it up
      </Anchor>
    </>
  );
}

type MenuButtonProps = Omit<React.ComponentPropsWithoutRef<'button'>, 'color' | 'style'> &
  Omit<MenuProps, 'announce'> & { icon: React.ReactNode };

/** Mantine hands the menu's ref and aria attributes to its target, so they are passed on. */
const MenuButton = forwardRef<HTMLButtonElement, MenuButtonProps>(function MenuButton(
  { compact, icon, children, ...rest },
  ref,
) {
  return (
    <Button
      {...rest}
      ref={ref}
      variant={compact ? 'subtle' : 'default'}
      color={compact ? 'gray' : undefined}
      size="compact-sm"
      className="fp-tool"
      leftSection={icon}
      rightSection={<IconChevronDown size={14} aria-hidden />}
      data-keep-typing=""
      onMouseDown={(event) => event.preventDefault()}
    >
      {children}
    </Button>
  );
});
