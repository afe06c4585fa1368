import { CSPProvider } from "@base-ui/react/csp-provider";
import { Tooltip } from "@base-ui/react/tooltip";
import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { LiveProvider } from "./api/live.tsx";
import { useMe } from "./api/me.ts";
import { createQueryClient } from "./api/queries.ts";
import { useKey } from "./api/session.ts";
import { SignInPage } from "./pages/sign-in/sign-in-page.tsx";
import { ErrorBox } from "./parts/states.tsx";
import { Toasts } from "./parts/toast.tsx";
import { Shell } from "./shell/shell.tsx";

const TIP_AFTER_MS = 350;

export function App() {
  const key = useKey();
  return (
    <CSPProvider disableStyleElements>
      <Tooltip.Provider delay={TIP_AFTER_MS}>
        {key === null ? <SignInPage /> : <SignedIn key={key} />}
        <Toasts />
      </Tooltip.Provider>
    </CSPProvider>
  );
}

/** With a memory of its own: of what one key was allowed to see the next may see nothing. */
function SignedIn() {
  const [client] = useState(createQueryClient);
  return (
    <QueryClientProvider client={client}>
      <Known />
    </QueryClientProvider>
  );
}

/** What may be shown depends on the key's role. */
function Known() {
  const { data, error, refetch } = useMe();
  if (data === undefined) {
    return error === null ? null : <ErrorBox error={error} retry={() => void refetch()} />;
  }
  return (
    <LiveProvider>
      <Shell />
    </LiveProvider>
  );
}
