/** Says what is done and what goes wrong, to whoever looks. */
export interface Voice {
  say(text: string): void;
  fail(text: string): void;
  lastError(): string | null;
  speak(isOn: unknown): void;
  /** The same function, except that nothing it throws gets out: nothing of ours may end up as an error of the page. */
  guard<Args extends unknown[], Result>(run: (...args: Args) => Result): (...args: Args) => Result | undefined;
}

export function createVoice(console: Pick<Console, "info">): Voice {
  let isSpeaking = false;
  let lastError: string | null = null;
  const voice: Voice = {
    say(text) {
      try {
        if (isSpeaking) console.info(`[pulse] ${text}`);
      } catch {
        // A page may have replaced its console.
      }
    },
    fail(text) {
      lastError = text;
      voice.say(text);
    },
    lastError: () => lastError,
    speak(isOn) {
      isSpeaking = !!isOn;
    },
    guard:
      (run) =>
      (...args) => {
        try {
          return run(...args);
        } catch (error) {
          voice.fail(String(error));
          return undefined;
        }
      },
  };
  return voice;
}
