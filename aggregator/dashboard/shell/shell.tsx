import { Suspense, useState } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { useMay } from "../api/me.ts";
import { Button, IconButton, LinkButton } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Empty, SkeletonLines } from "../parts/states.tsx";
import { Tip } from "../parts/tip.tsx";
import { homeOf, MOVED, PAGES, type Page } from "../pages.ts";
import { AccountMenu } from "./account-menu.tsx";
import { clock, timeZone } from "./clock.ts";
import { Connection } from "./connection.tsx";
import { KeyHelp } from "./key-help.tsx";
import { Brand, Navigation } from "./navigation.tsx";
import { PageFallback } from "./page-fallback.tsx";
import { PageFrame } from "./page-frame.tsx";
import { useGoKeys, useShortcuts } from "./shortcuts.ts";
import { useKeepSearch } from "./url-state.ts";
import "./shell.css";

/** What stands around every page, once somebody is signed in. */
export function Shell() {
  const [path, navigate] = useLocation();
  const [isNavOpen, setNavOpen] = useState(false);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const toggleClock = () => clock.set(clock.get() === "utc" ? "local" : "utc");
  useShortcuts({ "?": () => setHelpOpen(true), t: toggleClock });
  useGoKeys((key) => {
    const page = PAGES.find((one) => one.key === key);
    if (page !== undefined) navigate(homeOf(page));
  });

  return (
    <div className="shell">
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <aside className="shell-side">
        <Brand />
        <Navigation />
        <p className="shell-hint">
          <kbd className="key">?</kbd> shows all keys
        </p>
      </aside>
      <header className="shell-bar">
        <IconButton icon="menu" label="Pages" className="shell-menu" onClick={() => setNavOpen(true)} />
        <span className="shell-brand">
          <Brand />
        </span>
        <div className="row end">
          <Connection />
          <ClockButton onPress={toggleClock} />
          <AccountMenu onShowKeys={() => setHelpOpen(true)} />
        </div>
      </header>
      <main id="page" className="shell-page" tabIndex={-1}>
        <PageFallback key={path.split("/")[1]}>
          <Suspense fallback={<PageSkeleton />}>
            <Pages />
          </Suspense>
        </PageFallback>
      </main>
      <Dialog open={isNavOpen} onClose={() => setNavOpen(false)} title={<Brand />} kind="nav">
        <Navigation onGo={() => setNavOpen(false)} />
      </Dialog>
      <KeyHelp open={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}

function Pages() {
  return (
    <Switch>
      <Route path="/">
        <Redirect to="/overview" replace />
      </Route>
      {PAGES.map((page) => (
        <Route key={page.path} path={page.path}>
          <Guarded page={page} />
        </Route>
      ))}
      {MOVED.map(({ from, to }) => (
        <Route key={from} path={from}>
          <Moved to={to} />
        </Route>
      ))}
      <Route>
        <PageFrame title="No such page">
          <Empty icon="search" title="There is nothing at this address">
            <p>The link may be old, or mistyped.</p>
            <LinkButton href="/overview">To the overview</LinkButton>
          </Empty>
        </PageFrame>
      </Route>
    </Switch>
  );
}

function Moved({ to }: { to: string }) {
  return <Redirect to={useKeepSearch()(to)} replace />;
}

/** A page for which the key's role is enough; in its place, why it is not. */
function Guarded({ page }: { page: Page }) {
  const { may, reason } = useMay(page.needs);
  if (may) return <page.view />;
  return (
    <PageFrame title={page.title}>
      <Empty icon="keys" title="This key may not see this">
        <p>{reason} An admin can make you one.</p>
      </Empty>
    </PageFrame>
  );
}

function ClockButton({ onPress }: { onPress(): void }) {
  const chosen = clock.use();
  const zone = timeZone(chosen);
  return (
    <Tip words={`Times are in ${zone}. Press for ${chosen === "utc" ? "local time" : "UTC"}.`}>
      <Button look="quiet" small onClick={onPress} aria-label={`Times are in ${zone}`} className="clock-button">
        {chosen === "utc" ? "UTC" : "Local"}
      </Button>
    </Tip>
  );
}

function PageSkeleton() {
  return (
    <div aria-busy="true">
      <span className="unseen">Loading the page</span>
      <SkeletonLines lines={10} />
    </div>
  );
}
