/** The value, or an error that says what took too long. What was begun is not undone: its own limits end it. */
export async function withinDeadline<Value>(value: Promise<Value>, timeoutMs: number, what: string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${timeoutMs / 1000} s`)), timeoutMs);
  });
  try {
    return await Promise.race([value, late]);
  } finally {
    clearTimeout(timer);
    // Whoever comes too late must not be an unhandled rejection.
    value.catch(() => undefined);
  }
}
