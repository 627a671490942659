/** Names as Amazon SNS writes them. */

/**
 * True for the ARN of an SNS topic in any of Amazon's partitions, such as `arn:aws:sns:us-east-1:123456789012:fieldpost`.
 * FIFO topics take no HTTP subscribers, so their names are none.
 */
export function isTopicArn(text: string): boolean {
  return /^arn:aws(-[a-z]+)*:sns:[a-z]{2}(-[a-z]+)+-\d{1,2}:\d{12}:[\w-]{1,256}$/.test(text);
}

/**
 * An address at SNS itself, or null. Whoever may name the host may sign anything, so nothing but the plain form passes:
 * https, `sns.<region>.amazonaws.com` (in China `.com.cn`), no port, no user, no fragment.
 */
export function snsAddress(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isPlain = url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '';
  return isPlain && url.hash === '' && /^sns\.[a-z]{2}(-[a-z]+)+-\d{1,2}\.amazonaws\.com(\.cn)?$/.test(url.hostname)
    ? url
    : null;
}

/** The address of a certificate that SNS signs with, or null: `/SimpleNotificationService-<hex>.pem` at SNS. */
export function certificateAddress(text: string): URL | null {
  const url = snsAddress(text);
  return url?.search === '' && /^\/SimpleNotificationService-[0-9a-f]{1,64}\.pem$/.test(url.pathname) ? url : null;
}
