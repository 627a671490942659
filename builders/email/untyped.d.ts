/** The parts that we use of packages that come without types. */
declare module 'sanitize-html' {
  type Attributes = Record<string, string>;
  type Options = {
    allowedTags: string[];
    allowedAttributes: Record<string, string[]>;
    allowedStyles?: Record<string, Record<string, RegExp[]>>;
    allowedSchemes?: string[];
    disallowedTagsMode?: 'discard' | 'escape';
    enforceHtmlBoundary?: boolean;
    nestingLimit?: number;
    nonTextTags?: string[];
    transformTags?: Record<string, (tagName: string, attribs: Attributes) => { tagName: string; attribs: Attributes }>;
  };
  export default function sanitizeHtml(html: string, options: Options): string;
}

declare module 'html-to-text' {
  type Selector = { selector: string; format?: string; options?: Record<string, unknown> };
  type Node = { name?: string; attribs?: Record<string, string>; children?: Node[] };
  type Builder = { addInline(text: string, options?: object): void };
  type Formatter = (node: Node, walk: unknown, builder: Builder, options: Record<string, unknown>) => void;
  type Options = {
    wordwrap?: number | false;
    preserveNewlines?: boolean;
    selectors?: Selector[];
    formatters?: Record<string, Formatter>;
    limits?: Record<string, number>;
  };
  export function convert(html: string, options?: Options): string;
}
