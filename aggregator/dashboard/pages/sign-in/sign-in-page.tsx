import { useState, type SubmitEvent } from "react";
import { keyFault, tryKey } from "../../api/try-key.ts";
import { signIn } from "../../api/session.ts";
import { Button } from "../../parts/button.tsx";
import { CheckField, TextField } from "../../parts/field.tsx";
import { Brand } from "../../shell/navigation.tsx";
import "./sign-in.css";

/** Takes a key and finds out whether it may read before anything else is shown. */
export function SignInPage() {
  const [key, setKey] = useState("");
  const [stays, setStays] = useState(false);
  const [fault, setFault] = useState<string>();
  const [isTrying, setTrying] = useState(false);

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = key.trim();
    const early = keyFault(text);
    setFault(early);
    if (early !== undefined) return;
    setTrying(true);
    const refused = await tryKey(text);
    setTrying(false);
    if (refused === undefined) signIn(text, stays);
    else setFault(refused);
  };

  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <Brand />
        <h1>Sign in</h1>
        <p className="soft">With a secret key of role analyst, operator or admin. It is sent to this address alone.</p>
        <form onSubmit={(event) => void submit(event)} noValidate>
          <TextField
            label="Secret key"
            type="password"
            name="key"
            placeholder="sk_…"
            autoComplete="current-password"
            autoCapitalize="off"
            spellCheck={false}
            autoFocus
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
            {...(fault === undefined ? {} : { error: fault })}
          />
          <CheckField
            label="Stay signed in on this device"
            words="Otherwise the key is forgotten with this tab."
            checked={stays}
            onChange={(event) => setStays(event.currentTarget.checked)}
          />
          <Button type="submit" look="primary" busy={isTrying}>
            {isTrying ? "Signing in …" : "Sign in"}
          </Button>
        </form>
        <details>
          <summary>Where do I get a key?</summary>
          <p>
            An admin makes one under Keys, or with <code>POST /v1/api-keys</code>. The very first comes from{" "}
            <code>npm run grant-key</code>. On your own machine, <code>npm start</code> writes keys to{" "}
            <code>local.json</code>.
          </p>
        </details>
      </div>
    </main>
  );
}
