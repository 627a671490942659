import { Button, Progress, Text } from '@mantine/core';
import { Form, useNavigation } from '@remix-run/react';
import { IconUpload } from '@tabler/icons-react';
import { useRef, useState } from 'react';

import { ErrorSummary } from '#app/ui/FormErrors.tsx';

import classes from './import.module.css';
import { MAX_FILE, SAY_MAX_FILE } from './limits.ts';

/** The place where a file is dropped or chosen. A plain form before JavaScript. */
export function UploadForm({ error }: { error?: string | undefined }) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [tooLarge, setTooLarge] = useState(false);
  const navigation = useNavigation();
  const busy = navigation.state !== 'idle' && navigation.formAction === '/imports';
  const check = () => setTooLarge((input.current?.files?.[0]?.size ?? 0) > MAX_FILE);
  const drop = (event: React.DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!input.current || event.dataTransfer.files.length === 0) return;
    input.current.files = event.dataTransfer.files;
    check();
  };
  const said = tooLarge
    ? `The file is larger than ${SAY_MAX_FILE}. Split it and import the parts one after the other.`
    : error;
  return (
    <Form method="post" action="/imports" encType="multipart/form-data">
      <ErrorSummary title="Not uploaded" errors={said ? { file: said } : null} />
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
            aria-describedby="file-help"
            aria-invalid={said ? true : undefined}
            className={classes.file}
            onChange={check}
          />
          <Button type="submit" loading={busy} disabled={tooLarge}>
            Upload
          </Button>
        </div>
        {busy && (
          <div className={classes.reading} role="status">
            <Progress value={100} animated color="steel" aria-label="Uploading and reading the file" />
            <Text size="sm">Uploading and reading the file</Text>
          </div>
        )}
      </div>
    </Form>
  );
}
