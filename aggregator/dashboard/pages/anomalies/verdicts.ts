import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { request, type Answer } from "../../api/client.ts";
import type { RequestFailed } from "../../api/problem.ts";
import { invalidate } from "../../api/queries.ts";
import { toast } from "../../parts/toast.tsx";

export type Label = "confirmed" | "dismissed";

interface Said {
  ids: readonly string[];
  /** Null takes back what was said. */
  label: Label | null;
  note?: string | undefined;
}

type Result = Answer<"post", "/v1/anomalies/feedback">["results"][number];

/** What is read anew once a verdict is given. */
const STALE = ["/v1/anomalies", "/v1/events", "/v1/entities", "/v1/summary"];
/** What the API judges at once. */
const TOGETHER = 200;
const REMEMBERED = 50;

export interface Verdicts {
  /** By anomaly: what was said of it and is on its way, or answered and not read yet. Null for open again. */
  pending: ReadonlyMap<string, Label | null>;
  give(said: Said): void;
  /** Puts back what the last verdict changed. @returns what that was about; nothing when there is none */
  undo(): readonly string[];
}

/** Verdicts show and are sent at once; each can be taken back as long as the page is open. */
export function useVerdicts(): Verdicts {
  const client = useQueryClient();
  const [pending, setPending] = useState<ReadonlyMap<string, Label | null>>(new Map());
  const given = useRef<{ ids: readonly string[]; results: Promise<Result[]> }[]>([]);
  const { mutateAsync } = useMutation<Result[], RequestFailed, Said>({ mutationFn: judge });

  const send = async (said: Said): Promise<Result[]> => {
    setPending((before) => new Map([...before, ...said.ids.map((id) => [id, said.label] as const)]));
    try {
      return await mutateAsync(said);
    } catch (error) {
      toast(`The verdict was not taken. ${error instanceof Error ? error.message : ""}`, { tone: "bad" });
      return [];
    } finally {
      await invalidate(client, STALE);
      setPending((before) => new Map([...before].filter(([id]) => !said.ids.includes(id))));
    }
  };
  const takeBack = async (results: Promise<Result[]>) => {
    const changed = (await results).filter(({ status, before }) => status !== before);
    for (const [before, own] of Map.groupBy(changed, (result) => result.before)) {
      const label = before === "open" ? null : before;
      void send({ ids: own.map(({ id }) => id), label });
    }
  };

  return {
    pending,
    give(said) {
      given.current = [...given.current, { ids: said.ids, results: send(said) }].slice(-REMEMBERED);
    },
    undo() {
      const last = given.current.pop();
      if (last === undefined) return [];
      void takeBack(last.results);
      return last.ids;
    },
  };
}

async function judge({ ids, label, note }: Said): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < ids.length; start += TOGETHER) {
    const body = {
      ids: ids.slice(start, start + TOGETHER),
      label,
      ...(note === undefined || note === "" ? {} : { note }),
    };
    results.push(...(await request("post", "/v1/anomalies/feedback", { body })).results);
  }
  return results;
}
