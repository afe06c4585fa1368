import { useParams } from "wouter";
import { LinkButton } from "../../parts/button.tsx";
import { Empty } from "../../parts/states.tsx";
import { DriftPart } from "./drift/drift-part.tsx";
import { ModelsFrame } from "./models-frame.tsx";
import { NowPart } from "./now/now-part.tsx";
import { ReleasesPart } from "./releases/releases-part.tsx";
import { RunList } from "./training/run-list.tsx";
import { RunPage } from "./training/run-page.tsx";
import { VersionList } from "./versions/version-list.tsx";
import { VersionPage } from "./versions/version-page.tsx";

/** What scores, what could, whether it still fits, and how it is learned. */
export function ModelsPage() {
  const { part, id } = useParams<{ part?: string; id?: string }>();
  if (part === undefined) return <NowPart />;
  if (part === "versions") {
    // As some programs write it in links.
    const version = id?.replaceAll("%40", "@");
    return version === undefined ? <VersionList /> : <VersionPage key={version} version={version} />;
  }
  if (part === "drift") return <DriftPart />;
  if (part === "training") return id === undefined ? <RunList /> : <RunPage key={id} id={id} />;
  if (part === "releases") return <ReleasesPart />;
  return (
    <ModelsFrame tab="Now">
      <Empty icon="search" title="There is no such part of models">
        <p>The link may be old, or mistyped.</p>
        <LinkButton href="/models">To what scores now</LinkButton>
      </Empty>
    </ModelsFrame>
  );
}
