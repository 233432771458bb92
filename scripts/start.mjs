/** `npm start`: builds what is stale, then becomes the server (the same process, so that signals and its pid are the server's). */
await import('./build.mjs');
await import('../dist/src/main.js');
