import { Form } from '@remix-run/react';
import { IconLogout } from '@tabler/icons-react';

import { Disclosure } from './Disclosure.tsx';
import classes from './PersonMenu.module.css';

/** Who is signed in, where they work, and the way out. */
export function PersonMenu({
  person,
  role,
  company,
  companies,
}: {
  person: { name: string; email: string };
  role: string;
  company: { id: number; name: string };
  companies: { id: number; name: string }[];
}) {
  return (
    <Disclosure
      className={classes.box}
      buttonClassName={classes.button}
      button={
        <>
          <span className={classes.company}>{company.name}</span>
          <span className={classes.initials} aria-hidden>
            {initials(person.name)}
          </span>
          <span className="visually-hidden">{person.name}: open menu</span>
        </>
      }
    >
      <div className={classes.menu}>
        <p className={classes.label}>
          {person.name} · {role}
          <br />
          {person.email}
        </p>
        {companies.length > 1 && (
          <div className={classes.part}>
            <p className={classes.label}>Company</p>
            {companies.map((other) => (
              <Form key={other.id} method="post" action="/sign-in/company">
                <input type="hidden" name="companyId" value={other.id} />
                <button type="submit" className={classes.item} disabled={other.id === company.id}>
                  {other.name}
                </button>
              </Form>
            ))}
          </div>
        )}
        <Form method="post" action="/sign-out" className={classes.part}>
          <button type="submit" className={classes.item}>
            <IconLogout size={16} aria-hidden />
            Sign out
          </button>
        </Form>
      </div>
    </Disclosure>
  );
}

/** The first letters of the first and the last word. */
function initials(name: string): string {
  const words = name.split(' ').filter(Boolean);
  const ends = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return ends.map((word) => [...word][0]!.toUpperCase()).join('');
}
