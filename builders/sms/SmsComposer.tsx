/** Stand-in. */
export function SmsComposer(props: {
  text: string;
  onChange: (text: string) => void;
  samples: readonly object[];
  exampleUrl: string;
  sender: string;
  website: string;
  portal: { ready: boolean; settingsHref: string };
  error?: string | undefined;
  readOnly: boolean;
}) {
  return <textarea name="text" value={props.text} onChange={(event) => props.onChange(event.target.value)} />;
}
