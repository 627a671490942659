import { Section } from '#app/ui/Section.tsx';

import classes from './EmailPreview.module.css';

/** An email as it will be read. Nothing in it may run, open or post anything here. @param note what goes along, in words */
export function EmailPreview({
  title,
  mail,
  note,
}: {
  title: string;
  mail: { subject: string; html: string };
  note?: string;
}) {
  return (
    <Section title={title} flush>
      <div className={classes.subject}>
        <strong>{mail.subject}</strong>
        {note && <div>{note}</div>}
      </div>
      <iframe title={`The email “${mail.subject}”`} sandbox="" srcDoc={mail.html} className={classes.frame} />
    </Section>
  );
}
