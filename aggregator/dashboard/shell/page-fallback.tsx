import { Component, type ReactNode } from "react";
import { Button } from "../parts/button.tsx";
import { Empty } from "../parts/states.tsx";

/** Keeps the rest of the dashboard when a page breaks, or when its files are gone since a newer version was put up. */
export class PageFallback extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <Empty icon="refresh" title="This page could not be shown">
        <p>It broke, or a newer version of the dashboard is there by now.</p>
        <Button onClick={() => location.reload()}>Load it again</Button>
      </Empty>
    );
  }
}
