/** Stand-in. */
export function PhonePreview({ sender, body, reader }: { sender: string; body: string; reader: string }) {
  return (
    <figure aria-label={`The text as ${reader} gets it`}>
      <figcaption>{sender}</figcaption>
      <p style={{ whiteSpace: 'pre-wrap' }}>{body}</p>
    </figure>
  );
}
