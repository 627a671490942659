declare module 'lob' {
  import type { Agent } from 'node:http';

  type Answer = Record<string, unknown>;

  /** What of the SDK is used. Calls reject with an Error that holds `status_code` and `_response`, or one of the connection. */
  export default class Lob {
    constructor(apiKey: string, options: { host?: string; agent?: Agent });
    postcards: {
      create(fields: Record<string, unknown>, headers: Record<string, string>): Promise<Answer>;
      list(query: Record<string, unknown>): Promise<Answer>;
      delete(id: string): Promise<Answer>;
    };
    usVerifications: { verify(fields: Record<string, string>): Promise<Answer> };
  }
}
