/** Ends the reading of what is no capture. The message goes on after "Cannot read the capture FILE:". */
export class ArchiveRefusal extends Error {}
