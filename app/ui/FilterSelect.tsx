import { Menu, Button } from '@mantine/core';
import { IconCheck, IconChevronDown } from '@tabler/icons-react';
import { Link, useSearchParams } from '@remix-run/react';

/** One filter chip of a list: plain words, one choice, kept in the address under `name`. */
export function FilterSelect({
  name,
  label,
  options,
}: {
  name: string;
  label: string;
  options: { value: string; label: string }[];
}) {
  const [params] = useSearchParams();
  const chosen = options.find((option) => option.value === params.get(name));
  const to = (value: string | null) => {
    const next = new URLSearchParams(params);
    for (const key of ['after', 'before', name]) next.delete(key);
    if (value) next.set(name, value);
    return `?${next.toString()}`;
  };
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button
          variant={chosen ? 'light' : 'default'}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          fw={500}
        >
          {chosen ? chosen.label : label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} to={to(null)}>
          Any
        </Menu.Item>
        {options.map((option) => (
          <Menu.Item
            key={option.value}
            component={Link}
            to={to(option.value)}
            rightSection={option === chosen ? <IconCheck size={14} aria-hidden /> : null}
          >
            {option.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
