import { useLive, useFeed } from "../api/live.tsx";
import type { LiveState } from "../api/live-feed.ts";
import { classes } from "../parts/button.tsx";
import { Tip } from "../parts/tip.tsx";
import { useNow } from "./clock.ts";
import "./connection.css";

/** Whether what is shown is kept up to date as it happens, and if not, what happens instead. */
export function Connection() {
  const { state } = useLive();
  const { retryNow } = useFeed();
  const nowMs = useNow(1_000);
  const { look, word, words } = told(state, nowMs);
  return (
    <Tip words={words}>
      <button
        type="button"
        className={classes("connection", `connection-${look}`)}
        onClick={retryNow}
        aria-label={`Live feed: ${word}`}
        aria-description={words}
      >
        <span className="connection-dot" />
        <span className="connection-word">{word}</span>
      </button>
    </Tip>
  );
}

function told(state: LiveState, nowMs: number): { look: "live" | "trying" | "lost"; word: string; words: string } {
  switch (state.kind) {
    case "live":
      return { look: "live", word: "Live", words: "Events and changes show as they happen." };
    case "connecting":
      return { look: "trying", word: "Connecting", words: "The live feed is being opened." };
    case "waiting": {
      const seconds = Math.max(0, Math.ceil((state.retryAtMs - nowMs) / 1000));
      const words = `The live feed ${state.lost ? "was lost" : "cannot be opened"}: pages ask again every 20 s. Next try in ${seconds} s; press to try now.`;
      return { look: "lost", word: "Not live", words };
    }
    case "refused":
      return { look: "lost", word: "Not live", words: `The live feed was refused: ${state.reason}.` };
    case "off":
    default:
      return { look: "trying", word: "Off", words: "The live feed is closed." };
  }
}
