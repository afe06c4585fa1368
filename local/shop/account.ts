import { page, see, type Answer, type Visit } from "./answer.ts";
import { Email } from "./checkout.ts";
import { accountPage, signInPage } from "./pages/account.ts";
import type { Visitors } from "./visitors.ts";

/** Signing in and out, and what was ordered. */
export function createAccounts(visitors: Visitors) {
  return {
    view: ({ visitor }: Visit): Answer =>
      page(visitor.account === null ? signInPage("", null) : accountPage(visitor.account)),

    signIn({ visitor, form }: Visit): Answer {
      const typed = (form.get("email") ?? "").trim();
      if (!Email.safeParse(typed).success)
        return page(signInPage(typed, "Type an e-mail address, such as name@example.com."));
      const isNew = visitors.signIn(visitor, typed);
      visitor.tracks.push([isNew ? "sign_up" : "login", { method: "email" }]);
      visitor.notice = isNew ? "Your account is made." : "Welcome back.";
      return see("/account");
    },

    signOut({ visitor }: Visit): Answer {
      visitor.account = null;
      visitor.notice = "You are signed out.";
      return see("/account");
    },
  };
}
