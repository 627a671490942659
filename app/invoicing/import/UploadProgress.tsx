import { Button, Progress, Text } from '@mantine/core';

import classes from './import.module.css';
import type { UploadState } from './useUpload.tsx';

/** How much of a file is sent, with the way to stop. */
export function UploadProgress({
  phase,
  sent,
  total,
  onCancel,
}: Omit<UploadState, 'error'> & { onCancel: () => void }) {
  const percent = total > 0 ? Math.floor((sent / total) * 100) : 0;
  const reading = phase === 'reading';
  return (
    <div className={classes.reading}>
      <Progress
        value={reading ? 100 : percent}
        size="md"
        color="steel"
        animated={reading}
        aria-label={reading ? 'Reading the file' : 'Uploading the file'}
      />
      <div className={classes.sent}>
        <Text size="sm" className="figures">
          {reading ? 'Reading the file' : `${megabytes(sent)} of ${megabytes(total)} MB uploaded · ${percent}%`}
        </Text>
        <Button variant="subtle" size="compact-sm" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </div>
  );
}

const megabytes = (bytes: number) =>
  (bytes / (1024 * 1024)).toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
