import { chmod, writeFile } from 'node:fs/promises'

/**
 * Writes a file that a container is shown, in place: whoever runs in there may read it. On this machine only its owner
 * gets to it, as the run directory is closed to others.
 */
export async function writeShown(file: string, text: string): Promise<void> {
  await writeFile(file, text)
  await chmod(file, 0o644)
}
