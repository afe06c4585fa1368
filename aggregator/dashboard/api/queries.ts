import {
  keepPreviousData,
  QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type InfiniteData,
  type QueryKey,
} from "@tanstack/react-query";
import { pathTo, request, type Answer, type Input, type PathOf, type RowOf } from "./client.ts";
import { RequestFailed } from "./problem.ts";

const FRESH_MS = 10_000;
const TRIES_MOST = 4;
const BACKOFF_MS = 500;
const BACKOFF_MOST_MS = 15_000;

/** What was asked is kept by path, so that a change can make everything below a path ask again. */
export function keyOf(path: string, input: object): QueryKey {
  return [path, pathTo(path, input)];
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        retry: (failures, error) => error instanceof RequestFailed && error.isPassing && failures < TRIES_MOST,
        retryDelay: (failures, error) => {
          const asked = error instanceof RequestFailed ? error.retryAfterMs : null;
          return Math.min(asked ?? BACKOFF_MS * 2 ** failures, BACKOFF_MOST_MS);
        },
      },
    },
  });
}

interface Options {
  /** Ask again after this time, when nothing tells of changes. */
  everyMs?: number | undefined;
  /** Do not ask while false. */
  enabled?: boolean;
  /** Show what the query before answered until this one does. */
  keep?: boolean;
}

/** What a route answers, kept fresh. */
export function useGet<P extends PathOf<"get">>(path: P, input: Input<"get", P>, options: Options = {}) {
  const { everyMs, enabled = true, keep = false } = options;
  return useQuery<Answer<"get", P>, RequestFailed>({
    queryKey: keyOf(path, input),
    queryFn: ({ signal }) => request("get", path, input, signal),
    enabled,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
    ...(keep ? { placeholderData: keepPreviousData } : {}),
  });
}

interface Page<Row> {
  data: Row[];
  next_cursor: string | null;
}

/** A list that is read page by page: `rows` are those read so far. */
export function useList<P extends PathOf<"get">>(path: P, input: Input<"get", P>, options: Options = {}) {
  const { everyMs, enabled = true, keep = false } = options;
  const list = useInfiniteQuery<Page<RowOf<P>>, RequestFailed, InfiniteData<Page<RowOf<P>>>, QueryKey, string | null>({
    queryKey: [...keyOf(path, input), "pages"],
    queryFn: async ({ signal, pageParam }) => {
      const asked: { query?: object | undefined } = input;
      const page = { ...asked, query: { ...asked.query, ...(pageParam === null ? {} : { cursor: pageParam }) } };
      // Of the route's own input, with its own cursor; every list answers a page.
      return (await request("get", path, page as Input<"get", P>, signal)) as Page<RowOf<P>>;
    },
    initialPageParam: null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    enabled,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
    ...(keep ? { placeholderData: keepPreviousData } : {}),
  });
  return { ...list, rows: list.data?.pages.flatMap(({ data }) => data) ?? [] };
}

/**
 * A change by one route. Once it is made, what was read below the given paths is asked for again.
 *
 * @param stale beginnings of paths, such as `/v1/anomalies`
 */
export function useChange<M extends "post" | "patch" | "delete", P extends PathOf<M>>(
  method: M,
  path: P,
  stale: readonly string[],
) {
  const client = useQueryClient();
  return useMutation<Answer<M, P>, RequestFailed, Input<M, P>>({
    mutationFn: (input) => request(method, path, input),
    onSuccess: () => invalidate(client, stale),
  });
}

/** Makes everything that was read below these paths ask again; what no page shows asks when one does. */
export async function invalidate(client: QueryClient, paths: readonly string[]): Promise<void> {
  await client.invalidateQueries({
    predicate: ({ queryKey: [path] }) => typeof path === "string" && paths.some((start) => path.startsWith(start)),
  });
}
