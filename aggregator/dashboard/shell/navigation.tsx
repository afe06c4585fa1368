import { Link, useLocation } from "wouter";
import { useMay } from "../api/me.ts";
import { classes } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { homeOf, PAGES, type Page } from "../pages.ts";
import "./navigation.css";

const GROUPS = ["Watch", "Understand", "Operate"] as const;

export function Navigation({ onGo }: { onGo?: () => void }) {
  return (
    <nav className="nav" aria-label="Pages">
      {GROUPS.map((group) => (
        <div key={group} className="nav-group">
          <p className="nav-label">{group}</p>
          <ul>
            {PAGES.filter((page) => page.group === group).map((page) => (
              <li key={page.path}>
                <NavLink page={page} onGo={onGo} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function NavLink({ page, onGo }: { page: Page; onGo: (() => void) | undefined }) {
  const [path] = useLocation();
  const { may, reason } = useMay(page.needs);
  const home = homeOf(page);
  const isHere = path === home || path.startsWith(`${home}/`);
  return (
    <Link
      href={home}
      className={classes("nav-link", isHere && "nav-here", !may && "nav-closed")}
      aria-current={isHere ? "page" : undefined}
      title={reason}
      onClick={() => onGo?.()}
    >
      <Icon name={page.icon} />
      {page.title}
    </Link>
  );
}

export function Brand() {
  return (
    <Link href="/overview" className="brand">
      <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" className="brand-ground" />
        <path d="M5 17h5l3-8 5 15 3.500-9 1.500 2h4" className="brand-line" />
      </svg>
      PulseEcom
    </Link>
  );
}
