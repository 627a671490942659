import classes from './Phone.module.css';

/** A phone around texts: whose number they are with on top, and below what stands at its foot. */
export function Phone({
  with: other,
  children,
  foot,
  short = false,
}: {
  with: string;
  children: React.ReactNode;
  foot?: React.ReactNode;
  /** For one text. */
  short?: boolean;
}) {
  return (
    <div className={classes.phone}>
      <div className={classes.bar} aria-hidden />
      <div className={classes.screen} data-short={short || undefined}>
        <p className={classes.with}>{other}</p>
        {/* A long conversation scrolls, so the keyboard must reach it. */}
        <div className={classes.thread} tabIndex={0} role="group" aria-label={`Texts with ${other}`}>
          {children}
        </div>
        {foot && <div className={classes.foot}>{foot}</div>}
      </div>
    </div>
  );
}

/** One text that arrived on it. */
export function PhoneText({ children }: { children: React.ReactNode }) {
  return <p className={classes.text}>{children}</p>;
}
