/** Tells the one who waits how far the run is: one line, without its end. */
export type Say = (line: string) => void
