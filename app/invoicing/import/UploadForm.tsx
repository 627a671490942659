import { Button, Text } from '@mantine/core';
import { Form, useNavigate } from '@remix-run/react';
import { IconUpload } from '@tabler/icons-react';
import { useCallback, useRef, useState } from 'react';

import { ErrorSummary } from '#app/ui/FormErrors.tsx';

import classes from './import.module.css';
import { MAX_FILE, SAY_MAX_FILE } from './limits.ts';
import { UploadProgress } from './UploadProgress.tsx';
import { useUpload } from './useUpload.tsx';

/**
 * The place where a file is dropped or chosen. A plain form before JavaScript.
 * @param refused why a file was refused that came without JavaScript
 */
export function UploadForm({ refused }: { refused?: string | undefined }) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [tooLarge, setTooLarge] = useState(false);
  const navigate = useNavigate();
  const open = useCallback((importId: number) => navigate(`/imports/${importId}`), [navigate]);
  const upload = useUpload(open);
  const busy = upload.state.phase !== 'idle';
  // What was said of one file does not hold for the next.
  const [chosen, setChosen] = useState(false);
  const check = () => {
    setChosen(true);
    setTooLarge((input.current?.files?.[0]?.size ?? 0) > MAX_FILE);
  };
  const drop = (event: React.DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (busy || !input.current || event.dataTransfer.files.length === 0) return;
    input.current.files = event.dataTransfer.files;
    check();
  };
  const said = tooLarge
    ? `The file is larger than ${SAY_MAX_FILE}. Split it and import the parts one after the other.`
    : chosen
      ? undefined
      : (upload.state.error ?? refused);
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const file = input.current?.files?.[0];
    if (!file || tooLarge) return;
    setChosen(false);
    upload.start(file);
  };
  return (
    <Form method="post" action="/imports" encType="multipart/form-data" onSubmit={submit}>
      <ErrorSummary title="Not uploaded" errors={said && !busy ? { file: said } : null} />
      <div
        className={classes.drop}
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <IconUpload size={24} stroke={1.5} aria-hidden />
        <label htmlFor="file" className={classes.dropLabel}>
          CSV file
        </label>
        <Text size="sm" c="dimmed" id="file-help">
          Drop it here or choose it. From QuickBooks Online, Jobber, Housecall Pro, ServiceTitan, FreshBooks or any
          other product, up to {SAY_MAX_FILE}.
        </Text>
        <div className={classes.row}>
          <input
            ref={input}
            id="file"
            name="file"
            type="file"
            required
            accept=".csv,.tsv,.txt,text/csv,text/plain"
            aria-describedby={said ? 'file-error file-help' : 'file-help'}
            disabled={busy}
            aria-invalid={said ? true : undefined}
            className={classes.file}
            onChange={check}
          />
          <Button type="submit" loading={busy} disabled={tooLarge}>
            Upload
          </Button>
        </div>
        {said && !busy && (
          <Text size="sm" c="var(--mantine-color-error)" id="file-error">
            {said}
          </Text>
        )}
        {busy && <UploadProgress {...upload.state} onCancel={upload.cancel} />}
      </div>
    </Form>
  );
}
