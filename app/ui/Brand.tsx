import classes from './Brand.module.css';

/** The product's mark and name. */
export function Brand() {
  return (
    <span className={classes.brand}>
      <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden>
        <path d="M4 2h2v16H4z" fill="currentColor" />
        <path d="M6 3h11l-3 3.5L17 10H6z" fill="var(--mantine-primary-color-filled)" />
      </svg>
      Fieldpost
    </span>
  );
}
