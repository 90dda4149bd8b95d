// What stands in the queue MEDIA: files to be fetched, conversations to be indexed. Opaque ids only; the rows say what is to be
// done, and the cron finds them when a message was lost. Written by walks, read by index.ts.

/** `files`: messages whose file waits. `words`: conversations with something new to find. */
export type MediaJob = { of: 'files' | 'words'; accountId: string; ids: string[] }
