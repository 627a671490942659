import { partField, recordPaymentFields, type RecordPaymentForm } from '#app/invoicing/payments/record-payment-form.ts';
import { readForm } from '#app/web/form.server.ts';

/**
 * Reads the form of an office payment. Parts of invoices come in fields named by their ids.
 * @returns `suggests`: the person asked where it could go, and nothing is to be recorded
 */
export async function readRecordForm(request: Request): Promise<{ values: RecordPaymentForm; suggests: boolean }> {
  const form = await readForm(request);
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value : '';
  };
  const prefix = partField('');
  const parts: Record<string, string> = {};
  for (const [name, value] of form) {
    if (name.startsWith(prefix) && typeof value === 'string') parts[name.slice(prefix.length)] = value;
  }
  const fields = Object.fromEntries(recordPaymentFields.map((name) => [name, text(name)])) as Record<
    (typeof recordPaymentFields)[number],
    string
  >;
  return { values: { ...fields, parts }, suggests: text('intent') === 'suggest' };
}
