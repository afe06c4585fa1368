import { useQuery } from "@tanstack/react-query";
import { request, type Answer } from "./client.ts";
import type { RequestFailed } from "./problem.ts";
import { useKey } from "./session.ts";

export type Me = Answer<"get", "/v1/me">;
export type Role = NonNullable<Me["role"]>;

/** Weakest first: each may do what those before it may. */
const ROLES: readonly Role[] = ["ingest", "analyst", "operator", "admin"];

/** Who is signed in; undefined until it is known. */
export function useMe() {
  const key = useKey();
  return useQuery<Me, RequestFailed>({
    // Not the key itself: what is asked for stands in developer tools.
    queryKey: ["/v1/me", key?.split("_")[1] ?? ""],
    queryFn: ({ signal }) => request("get", "/v1/me", {}, signal),
    enabled: key !== null,
    staleTime: 60_000,
  });
}

/** Whether the signed-in key may do what needs a role, and if not, why. */
export function useMay(role: Role): { may: boolean; reason: string | undefined } {
  const { data } = useMe();
  const own = data?.role ?? null;
  const may = own !== null && ROLES.indexOf(own) >= ROLES.indexOf(role);
  return { may, reason: may ? undefined : `Needs a key of role ${role}${own === null ? "" : `; yours is ${own}`}.` };
}
