import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { createContext, use, useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import { LiveFeed, type LiveSnapshot } from "./live-feed.ts";
import { PATHS_OF, type LiveMessage } from "./live-messages.ts";
import { invalidate } from "./queries.ts";
import { currentKey, useKey } from "./session.ts";

/** Figures are added up over many events: asking for them more often than this shows nothing more. */
const FIGURES_MS = 10_000;
/** Without the feed, what is shown is asked for again so often. */
const POLL_MS = 20_000;
const FIGURES = ["/v1/metrics", "/v1/summary", "/v1/accounting"];

const Feed = createContext<LiveFeed | null>(null);

/** Opens the feed while somebody is signed in, and makes what pages read ask again when the feed tells of a change. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const key = useKey();
  const [feed] = useState(() => openFeed(client));
  useEffect(() => {
    feed.start();
    addEventListener("offline", feed.interrupt);
    addEventListener("online", feed.retryNow);
    return () => {
      removeEventListener("offline", feed.interrupt);
      removeEventListener("online", feed.retryNow);
      feed.stop();
    };
  }, [feed, key]);
  return <Feed value={feed}>{children}</Feed>;
}

function openFeed(client: QueryClient): LiveFeed {
  let figuresAtMs = 0;
  const onMessage = (message: LiveMessage) => {
    const paths = stalePaths(message);
    if (message.type === "stored" && Date.now() - figuresAtMs > FIGURES_MS) {
      figuresAtMs = Date.now();
      paths.push(...FIGURES);
    }
    if (paths.length > 0) void invalidate(client, paths);
  };
  const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/v1/live`;
  return new LiveFeed({
    connect: () => new WebSocket(url),
    key: currentKey,
    nowMs: Date.now,
    random: Math.random,
    onMessage,
  });
}

function stalePaths(message: LiveMessage): string[] {
  if (message.type === "gap") return ["/v1/"];
  if (message.type === "changed") return [...PATHS_OF[message.kind]];
  return message.type === "stored" && message.anomalies.length > 0 ? ["/v1/anomalies"] : [];
}

export function useFeed(): LiveFeed {
  const feed = use(Feed);
  if (feed === null) throw new Error("a page of the feed stands outside of LiveProvider");
  return feed;
}

export function useLive(): LiveSnapshot {
  const feed = useFeed();
  return useSyncExternalStore(feed.subscribe, feed.snapshot);
}

/** For `everyMs`: how often to ask by hand, which is not at all while the feed tells. */
export function usePolling(): number | undefined {
  return useLive().state.kind === "live" ? undefined : POLL_MS;
}
