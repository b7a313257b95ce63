import { parentPort, workerData } from 'node:worker_threads'
import { serveReads } from './serve-reads.js'

/**
 * The reading thread. It can be stuck in the kernel for as long as a reset lasts, or for ever; whoever started it watches
 * its counter and goes on without it (`deadline-reader.ts`). Bundled on its own, beside the tool.
 */
if (parentPort !== null) serveReads(parentPort, workerData)
