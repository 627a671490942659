import { Button, Group, Modal, Text, type ButtonProps } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Form, useNavigation } from '@remix-run/react';

/**
 * Asks once, naming the thing and the number affected, then posts. The button is a submit button of its own form before
 * JavaScript, so that it works without.
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
