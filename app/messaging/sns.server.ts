import { verify, X509Certificate, type KeyObject } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import { signedText, type SnsMessage } from './sns-message.ts';
import { certificateAddress, snsAddress } from './sns-names.ts';

/** Reads a text from an address at Amazon. @throws when there is no answer of at most `maxBytes` with status 200 in time */
export type FetchText = (url: URL, limits: { maxBytes: number; timeoutMs: number }) => Promise<string>;

/** Thrown by a `FetchText` when the answer is not 200: asking again won't help. */
export class NotThere extends Error {
  override name = 'NotThere';
}

export type SnsCheck =
  | { ok: true }
  /** `unreachable` may pass by itself; the others are for good. */
  | { ok: false; why: 'stale' | 'future' | 'certificate_address' | 'certificate' | 'signature' | 'unreachable' };

export type SnsVerifier = {
  /** Whether SNS said this, lately. The topic is the caller's to check. @param now milliseconds */
  check: (message: SnsMessage, now: number) => Promise<SnsCheck>;
  /** Confirms a subscription whose message was checked. */
  confirm: (
    message: SnsMessage & { Type: 'SubscriptionConfirmation' },
  ) => Promise<{ ok: true } | { ok: false; why: 'subscribe_address' | 'unreachable' }>;
};

/**
 * SNS tries an HTTP endpoint for 3,600 seconds at most (Developer Guide, "Amazon SNS message delivery retries", a hard
 * limit), so whatever is older comes from somebody who kept it.
 */
const MAX_AGE_MS = 60 * 60_000;
/** Clocks differ a little. */
const MAX_AHEAD_MS = 5 * 60_000;

const CERTIFICATE_LIMITS = { maxBytes: 16 * 1024, timeoutMs: 5_000 };
const CONFIRM_LIMITS = { maxBytes: 64 * 1024, timeoutMs: 10_000 };
/** Amazon uses one certificate a region and changes it about once a year. */
const MAX_CERTIFICATES = 32;
/** Certificates that are asked for at a time; made-up addresses must not tie up the process. */
const MAX_FETCHES = 4;

type Certificate = { key: KeyObject; from: number; to: number };

/**
 * Tells messages of Amazon SNS from forged ones: the signature (version 1 is SHA-1 and 2 is SHA-256, both with RSA) is verified
 * with a certificate that comes from SNS's own host over https, names SNS, and is in its time. Certificates are kept.
 * @param options.fetchText how certificates and confirmations are asked for; https by default
 */
export function snsVerifier(options: { fetchText?: FetchText } = {}): SnsVerifier {
  const fetchText = options.fetchText ?? fetchFromAmazon;
  const kept = new LRUCache<string, Promise<Certificate>>({ max: MAX_CERTIFICATES });
  let fetching = 0;

  const certificateAt = (url: URL): Promise<Certificate> => {
    const known = kept.get(url.href);
    if (known) return known;
    if (fetching >= MAX_FETCHES) return Promise.reject(new Error('too many certificates are asked for'));
    fetching++;
    const asked = fetchText(url, CERTIFICATE_LIMITS)
      .then(readCertificate)
      .finally(() => fetching--);
    kept.set(url.href, asked);
    asked.catch(() => kept.delete(url.href));
    return asked;
  };

  return {
    async check(message, now) {
      const age = now - Date.parse(message.Timestamp);
      if (age > MAX_AGE_MS) return { ok: false, why: 'stale' };
      if (age < -MAX_AHEAD_MS) return { ok: false, why: 'future' };
      const url = certificateAddress(message.SigningCertURL);
      if (!url) return { ok: false, why: 'certificate_address' };
      let certificate: Certificate;
      try {
        certificate = await certificateAt(url);
      } catch (error) {
        return { ok: false, why: error instanceof NotThere ? 'certificate' : 'unreachable' };
      }
      if (now < certificate.from || now > certificate.to) {
        kept.delete(url.href);
        return { ok: false, why: 'certificate' };
      }
      return isSigned(message, certificate.key) ? { ok: true } : { ok: false, why: 'signature' };
    },

    async confirm(message) {
      const url = snsAddress(message.SubscribeURL);
      const is = (name: string, value: string) => url?.searchParams.get(name) === value;
      const asksToConfirm =
        is('Action', 'ConfirmSubscription') && is('TopicArn', message.TopicArn) && is('Token', message.Token);
      if (!url || url.pathname !== '/' || !asksToConfirm) return { ok: false, why: 'subscribe_address' };
      try {
        await fetchText(url, CONFIRM_LIMITS);
        return { ok: true };
      } catch {
        return { ok: false, why: 'unreachable' };
      }
    },
  };
}

function isSigned(message: SnsMessage, key: KeyObject): boolean {
  const algorithm = message.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256';
  return verify(algorithm, Buffer.from(signedText(message)), key, Buffer.from(message.Signature, 'base64'));
}

/** Names under which SNS signs: `sns.amazonaws.com`, and some with a region in them. */
const SIGNER = /^CN=sns([.-][a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/m;

/** @throws NotThere when the text is no certificate of SNS */
function readCertificate(pem: string): Certificate {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw new NotThere('not a certificate');
  }
  const key = certificate.publicKey;
  if (key.asymmetricKeyType !== 'rsa' || !SIGNER.test(certificate.subject)) throw new NotThere('not a signer of SNS');
  return { key, from: Date.parse(certificate.validFrom), to: Date.parse(certificate.validTo) };
}

/**
 * The real thing: one request, no redirects.
 * @throws NotThere for any answer but 200 that will stay so, and for one that is too long
 */
export const fetchFromAmazon: FetchText = async (url, limits) => {
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(limits.timeoutMs) });
  if (answer.status >= 500 || answer.status === 429) throw new Error(`answered ${answer.status}`);
  const reader = answer.status === 200 ? answer.body?.getReader() : undefined;
  if (!reader) throw new NotThere(`answered ${answer.status}`);
  const chunks: Uint8Array[] = [];
  for (let bytes = 0, read = await reader.read(); !read.done; read = await reader.read()) {
    bytes += read.value.byteLength;
    if (bytes > limits.maxBytes) {
      await reader.cancel();
      throw new NotThere('too long');
    }
    chunks.push(read.value);
  }
  return Buffer.concat(chunks).toString('utf8');
};
