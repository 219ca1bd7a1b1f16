/** Resolves like `answer`; with null when it rejects or takes longer than `deadlineMs`. */
export async function within<Answer>(deadlineMs: number, answer: Promise<Answer>): Promise<Answer | null> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), deadlineMs)
  })
  const settled = await Promise.race([answer.catch(() => null), deadline])
  clearTimeout(timer)
  return settled
}
