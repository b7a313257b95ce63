/** Why a file that the user named could not be read, as the end of a sentence. */
export function fileFailure(errno: string | undefined): string {
  switch (errno) {
    case 'ENOENT':
      return 'it does not exist'
    case 'EACCES':
      return 'permission denied'
    case 'EISDIR':
      return 'it is a folder'
    case 'EAGAIN':
      return 'nothing was given on it'
    default:
      return errno ?? 'unknown error'
  }
}
