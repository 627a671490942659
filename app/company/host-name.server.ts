import { createRequire } from 'node:module';

const require = createRequire(import.meta.url); // the package is a JSON file

/** Words that no company may answer at: a common list, and what would be taken for us or for a machine's own name. */
const reserved: ReadonlySet<string> = new Set(
  [
    ...(require('reserved-usernames') as string[]),
    ...`admin administrator api app apps assets auth autoconfig autodiscover billing blog cdn customer customers dashboard
        demo dev dkim dmarc docs email fieldpost fieldposts ftp go help hostmaster imap info invoice invoices isatap localhost
        login mail mailer mta-sts mtasts mx noreply ns1 ns2 office official pay payment payments pop pop3 portal portals
        postmaster root sandbox secure security server sign signin smtp ssl staff staging static status support system test
        tls webmaster webmail wpad www www1 www2`.split(/\s+/),
  ].map((name) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')),
);

export type HostName = { ok: true; name: string } | { ok: false; error: string };

/**
 * Checks what was typed as *Host* or *Subdomain*: one word of 3 to 63 letters `a-z` and digits, in lower case (S0-09, S0-12), and
 * none that is reserved (S2-09). Whether another company has it, only the database knows: see `claimHost`.
 * @param kind what it is called where the person is looking
 */
export function readHostName(typed: string, kind: 'portal' | 'link' = 'portal'): HostName {
  const name = typed.trim().toLowerCase();
  const refuse = (error: string): HostName => ({ ok: false, error });
  if (name === '') return refuse(`Enter a ${kind === 'portal' ? 'host' : 'subdomain'}, such as xyzplumbing.`);
  if (/\s/.test(name)) return refuse('Use one word without spaces, such as xyzplumbing.');
  if (/^xn--/.test(name)) {
    return refuse('A name that begins with xn-- stands for letters that customers can’t type. Choose another.');
  }
  if (/^https?:|[./:]/.test(name)) {
    return refuse('Enter only the first word of the address, without dots or slashes, such as xyzplumbing.');
  }
  const odd = [...name].find((character) => !/[a-z0-9]/.test(character));
  if (odd !== undefined) {
    return refuse(`Use only the letters a to z and digits. “${odd}” can’t be used.`);
  }
  if (name.length < 3) return refuse('Use at least 3 characters.');
  if (name.length > 63) return refuse('Use at most 63 characters.');
  if (reserved.has(name)) return refuse(`“${name}” is reserved. Choose another name.`);
  return { ok: true, name };
}
