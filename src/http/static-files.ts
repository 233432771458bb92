import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** What a browser may do on pages of this server: load from here, talk to here, and nothing else. */
const pagePolicy = contentSecurityPolicy("'self'");
/** GraphiQL's editor writes style elements and brings its fonts inside its style sheet. */
const graphiqlPolicy = contentSecurityPolicy("'self' 'unsafe-inline'");

function contentSecurityPolicy(styles: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${styles}`,
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export interface StaticFile {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly etag: string;
}

export function staticFile(bytes: Buffer, name: string): StaticFile {
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  return { bytes, contentType: contentTypes[extname(name)] ?? 'application/octet-stream', etag };
}

/**
 * The files under `directory` by their URL path. They are read once: a request can only name a path that was found then,
 * so no spelling of a path leads out of the directory.
 */
export function readStaticFiles(directory: string): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const url = `/${relative(directory, path).split(sep).join('/')}`;
    files.set(url, staticFile(readFileSync(path), entry.name));
  }
  const index = files.get('/index.html');
  if (index) files.set('/', index);
  return files;
}

/** Browsers keep the file and ask each time whether it is still the same (a few bytes). */
export function sendStatic(request: IncomingMessage, response: ServerResponse, file: StaticFile): void {
  response.setHeader('etag', file.etag);
  response.setHeader('cache-control', 'no-cache');
  response.setHeader('content-security-policy', request.url?.startsWith('/graphiql') ? graphiqlPolicy : pagePolicy);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  if (request.headers['if-none-match']?.split(/, */).includes(file.etag)) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { 'content-type': file.contentType, 'content-length': file.bytes.length });
  response.end(request.method === 'HEAD' ? undefined : file.bytes);
}
