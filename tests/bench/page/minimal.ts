import { createRequestHandler } from '@remix-run/express';
import type { ServerBuild } from '@remix-run/node';
import { Outlet, Scripts, useLoaderData } from '@remix-run/react';
import express from 'express';
import { createElement, type ReactNode } from 'react';

/**
 * The least that Remix needs to answer with a page: a root, one route, the same queries in one transaction, and plain elements in
 * place of components. A table is written from what the queries returned, as any page must; all around it is fixed. No session,
 * no permissions, no security headers, no nested loaders.
 * @param options.html the real page: its markup is what the route renders
 * @param options.load the page's queries
 * @param options.rows what stands in a table's body
 * @param options.scripts false for a page that runs none
 */
export function minimalApp<Loaded>(options: {
  build: ServerBuild;
  html: string;
  load: () => Promise<Loaded>;
  rows?: (loaded: Loaded) => ReactNode;
  scripts?: boolean;
}) {
  const { build, html, load, rows = () => null, scripts = true } = options;
  const body = parse(/<body[^>]*>([\s\S]*)<\/body>/.exec(html)![1]!);
  const head = parse(/<head[^>]*>([\s\S]*)<\/head>/.exec(html)![1]!);
  const page: Partial<ServerBuild['routes'][string]> & { module: object } = {
    id: 'page',
    parentId: 'root',
    index: true,
    module: {
      loader: load,
      default: function Page() {
        const loaded = useLoaderData() as Loaded;
        return body.map((node) => render(node, () => rows(loaded)));
      },
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
          createElement('head', null, ...head.map((node) => render(node, () => null))),
          createElement('body', null, createElement(Outlet), scripts && createElement(Scripts)),
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

/** @param table what stands in the table's body */
const render = (node: Node, table: () => ReactNode): ReactNode =>
  typeof node === 'string'
    ? node
    : createElement(
        node.tag,
        node.props,
        ...(node.tag === 'tbody' ? [table()] : node.children.map((child) => render(child, table))),
      );

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
