import { Combobox, Text, useCombobox } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useFetcher, useNavigate } from '@remix-run/react';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';

import classes from './SearchBox.module.css';

export type SearchHit = { to: string; label: string; note: string; group: string };

/** Search over everything: `/` or Ctrl-K. Enter opens the chosen hit; without JavaScript it leads to the customers found. */
export function SearchBox() {
  const [term, setTerm] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const fetcher = useFetcher<{ hits: SearchHit[] }>();
  const navigate = useNavigate();
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  useHotkeys([
    ['/', () => input.current?.focus()],
    ['mod+K', () => input.current?.focus()],
  ]);
  const found = fetcher.data?.hits;
  const hits = found ?? [];
  const { selectFirstOption } = combobox;
  useEffect(() => {
    if (found?.length) selectFirstOption();
  }, [found, selectFirstOption]);
  const search = (value: string) => {
    setTerm(value);
    clearTimeout(timer.current);
    if (value.trim().length < 2) return combobox.closeDropdown();
    combobox.openDropdown();
    timer.current = setTimeout(() => fetcher.load(`/search?q=${encodeURIComponent(value)}`), 200);
  };
  const groups = [...new Set(hits.map((hit) => hit.group))];
  return (
    <Combobox
      store={combobox}
      onOptionSubmit={(to) => {
        combobox.closeDropdown();
        setTerm('');
        input.current?.blur();
        navigate(to);
      }}
    >
      <form action="/customers" role="search">
        <Combobox.DropdownTarget>
          <div className={classes.box}>
            <IconSearch size={16} aria-hidden />
            <Combobox.EventsTarget>
              <input
                ref={input}
                name="q"
                className={classes.input}
                value={term}
                onChange={(event) => search(event.currentTarget.value)}
                onBlur={() => combobox.closeDropdown()}
                onFocus={() => hits.length > 0 && term.length > 1 && combobox.openDropdown()}
                placeholder="Search customers, invoices, campaigns"
                aria-label="Search customers, invoices and campaigns"
                autoComplete="off"
              />
            </Combobox.EventsTarget>
            <kbd className={classes.key}>/</kbd>
          </div>
        </Combobox.DropdownTarget>
      </form>
      <Combobox.Dropdown>
        <Combobox.Options mah={360} style={{ overflowY: 'auto' }}>
          {hits.length === 0 && (
            <Combobox.Empty>
              {fetcher.state === 'idle' ? 'Nothing found. Try a name, an address or an invoice number.' : 'Searching …'}
            </Combobox.Empty>
          )}
          {groups.map((group) => (
            <Combobox.Group key={group} label={group}>
              {hits
                .filter((hit) => hit.group === group)
                .map((hit) => (
                  <Combobox.Option key={hit.to} value={hit.to}>
                    <Text size="sm" fw={500}>
                      {hit.label}
                    </Text>
                    <Text size="xs" c="dimmed">
                      {hit.note}
                    </Text>
                  </Combobox.Option>
                ))}
            </Combobox.Group>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
