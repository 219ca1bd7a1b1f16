import { chmod, writeFile } from 'node:fs/promises'

/**
 * Writes a file that is mounted into a container, in place, and readable for any user in there. On this machine other users
 * can't reach it, since the run directory is closed to them.
 */
export async function writeMounted(file: string, text: string): Promise<void> {
  await writeFile(file, text)
  await chmod(file, 0o644)
}
