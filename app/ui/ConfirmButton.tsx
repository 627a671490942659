import { Alert, Button, Group, Modal, Text, type ButtonProps } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Form, Link, useNavigation } from '@remix-run/react';

/**
 * Asks once, naming the thing and the number affected, then posts. The button is a submit button of its own form before
 * JavaScript, so that it works without; an action that must never go unasked looks for `confirmed` among the fields, which
 * only the question sends, and lets the page ask with `ConfirmNow`.
 * @param action the address that is posted to
 */
export function ConfirmButton({
  action,
  title,
  body,
  confirm,
  fields = {},
  children,
  ...button
}: ButtonProps & {
  action: string;
  title: string;
  body: React.ReactNode;
  /** The verb on the confirming button. */
  confirm: string;
  fields?: Record<string, string>;
  children: React.ReactNode;
}) {
  const [opened, { open, close }] = useDisclosure(false);
  const navigation = useNavigation();
  const busy = navigation.state !== 'idle' && navigation.formAction === action;
  const hidden = Object.entries(fields).map(([name, value]) => (
    <input key={name} type="hidden" name={name} value={value} />
  ));
  return (
    <>
      <Form
        method="post"
        action={action}
        onSubmit={(event) => {
          event.preventDefault();
          open();
        }}
      >
        {hidden}
        <Button type="submit" loading={busy} {...button}>
          {children}
        </Button>
      </Form>
      <Modal opened={opened} onClose={close} title={title}>
        <Text component="div">{body}</Text>
        <Form method="post" action={action} onSubmit={close}>
          {hidden}
          <input type="hidden" name="confirmed" value="yes" />
          <Group justify="flex-end" mt="lg" gap="xs">
            <Button variant="default" onClick={close}>
              Not now
            </Button>
            <Button type="submit" color={button.color} data-autofocus>
              {confirm}
            </Button>
          </Group>
        </Form>
      </Modal>
    </>
  );
}

/**
 * The question of a `ConfirmButton` as a part of the page: for whoever clicked before JavaScript came, or has none.
 * @param back where *Not now* leads
 */
export function ConfirmNow({
  action,
  title,
  body,
  confirm,
  fields = {},
  color,
  back,
}: {
  action: string;
  title: string;
  body: React.ReactNode;
  confirm: string;
  fields?: Record<string, string>;
  color?: string;
  back: string;
}) {
  return (
    <Alert role="alert" color={color ?? 'evergreen'} variant="light" mb="md" title={title}>
      {body}
      <Form method="post" action={action}>
        {Object.entries({ ...fields, confirmed: 'yes' }).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <Group mt="sm" gap="xs">
          <Button type="submit" color={color}>
            {confirm}
          </Button>
          <Button variant="default" component={Link} to={back}>
            Not now
          </Button>
        </Group>
      </Form>
    </Alert>
  );
}
