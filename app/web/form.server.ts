/**
 * The text fields of a posted form by name, as typed; missing ones and files are empty.
 * @param names which fields are looked for: nothing else is taken along
 */
export async function readFields<Name extends string>(
  request: Request,
  names: readonly Name[],
): Promise<Record<Name, string>> {
  const form = await request.formData();
  const fields = {} as Record<Name, string>;
  for (const name of names) {
    const value = form.get(name);
    fields[name] = typeof value === 'string' ? value : '';
  }
  return fields;
}
