import { createRequestHandler } from '@remix-run/express';
import type { ServerBuild } from '@remix-run/node';
import { Outlet, Scripts } from '@remix-run/react';
import express from 'express';
import { createElement, type ReactNode } from 'react';

import { hasInvoices, listBusinessUnits, listInvoices } from '#app/invoicing/invoices.server.ts';
import { dateIn } from '#app/ui/format.ts';
import { withCompany, type Db } from '#db/client.ts';

/**
 * The least that Remix needs to answer with the invoice list: a root, one route, the same queries in one transaction, and
 * plain elements in place of components. No session, no permissions, no security headers, no nested loaders.
 * @param options.html the real page: its markup is what the route renders
 */
export function minimalApp(options: { db: Db; build: ServerBuild; companyId: number; html: string }) {
  const { db, build, companyId, html } = options;
  const body = parse(/<body[^>]*>([\s\S]*)<\/body>/.exec(html)![1]!);
  const head = parse(/<head[^>]*>([\s\S]*)<\/head>/.exec(html)![1]!);
  const page: Partial<ServerBuild['routes'][string]> & { module: object } = {
    id: 'page',
    parentId: 'root',
    index: true,
    module: {
      loader: () =>
        withCompany(db, companyId, async (tx) => {
          const today = dateIn('America/New_York', new Date());
          const [list, units, any] = await Promise.all([
            listInvoices(tx, { today }, {}),
            listBusinessUnits(tx),
            hasInvoices(tx),
          ]);
          return { ...list, units, any, today };
        }),
      default: () => body.map(render),
    },
  };
  const root = {
    id: 'root',
    path: '',
    module: {
      default: () =>
        createElement(
          'html',
          { lang: 'en' },
          createElement('head', null, ...head.map(render)),
          createElement('body', null, createElement(Outlet), createElement(Scripts)),
        ),
    },
  };
  const asset = (id: string, parentId?: string) => ({
    id,
    parentId,
    module: `/${id}.js`,
    hasLoader: id === 'page',
    hasAction: false,
    hasErrorBoundary: false,
    hasClientAction: false,
    hasClientLoader: false,
    ...(parentId ? { index: true } : { path: '' }),
  });
  const minimal = {
    ...build,
    routes: { root, page },
    assets: {
      entry: { imports: [], module: '/entry.js' },
      routes: { root: asset('root'), page: asset('page', 'root') },
      url: '/manifest.js',
      version: '1',
    },
  } as unknown as ServerBuild;
  const app = express();
  app.use(createRequestHandler({ build: minimal, getLoadContext: () => ({ nonce: '' }) as never, mode: 'production' }));
  return app;
}

type Node = string | { tag: string; props: Record<string, unknown>; children: Node[] };

const VOID = new Set(['meta', 'link', 'input', 'img', 'br', 'hr']);

const render = (node: Node): ReactNode =>
  typeof node === 'string' ? node : createElement(node.tag, node.props, ...node.children.map(render));

/** Reads markup that React itself wrote, so quotes, entities and nesting are as they should be. Scripts are left out. */
function parse(html: string): Node[] {
  const root: Node[] = [];
  const open: { tag: string; children: Node[] }[] = [{ tag: '', children: root }];
  const token =
    /<!--[\s\S]*?-->|<(script|style)([^>]*)>([\s\S]*?)<\/\1>|<\/([a-zA-Z]\w*)>|<([a-zA-Z]\w*)([^>]*?)\/?>|([^<]+)/g;
  for (const [, raw, rawProps, rawText, closes, opens, props, text] of html.matchAll(token)) {
    const at = open.at(-1)!;
    if (text) at.children.push(decode(text));
    else if (raw === 'style') {
      at.children.push({
        tag: 'style',
        props: { ...attributes(rawProps!), dangerouslySetInnerHTML: { __html: rawText } },
        children: [],
      });
    } else if (closes) open.pop();
    else if (opens) {
      const node = { tag: opens, props: attributes(props!), children: [] };
      at.children.push(node);
      if (!VOID.has(opens)) open.push(node);
    }
  }
  return root;
}

function attributes(text: string): Record<string, unknown> {
  const props: Record<string, unknown> = {};
  for (const [, name, value = ''] of text.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)) {
    if (name === 'style') props.style = styles(decode(value));
    else props[name === 'class' ? 'className' : name!] = decode(value);
  }
  return props;
}

const styles = (text: string) =>
  Object.fromEntries(
    text
      .split(';')
      .filter(Boolean)
      .map((rule) => {
        const at = rule.indexOf(':');
        const key = rule.slice(0, at).trim();
        const camel = key.startsWith('--')
          ? key
          : key.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
        return [camel, rule.slice(at + 1).trim()];
      }),
  );

const decode = (text: string) =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&amp;', '&');
