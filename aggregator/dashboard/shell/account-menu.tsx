import { useMe } from "../api/me.ts";
import { signOut } from "../api/session.ts";
import { Button } from "../parts/button.tsx";
import { Menu, MenuChoice, MenuItem, MenuLine, MenuWords } from "../parts/menu.tsx";
import { clock } from "./clock.ts";
import { theme } from "./theme.ts";

/** Who is signed in, and what this browser shows how. */
export function AccountMenu({ onShowKeys }: { onShowKeys(): void }) {
  const { data } = useMe();
  const role = data?.role ?? "…";
  return (
    <Menu
      label="Account and display"
      button={
        <Button look="quiet" icon="user" aria-label={`Account and display: signed in as ${role}`}>
          <span className="account-role">{role}</span>
        </Button>
      }
    >
      <MenuWords>
        <b>{data?.description ?? "A secret key"}</b>
        <br />
        <span className="soft small">
          role {role} · <span className="mono">{data?.key_id}</span>
        </span>
      </MenuWords>
      <MenuLine />
      <MenuChoice
        label="Theme"
        value={theme.use()}
        onChange={theme.set}
        options={[
          { value: "system", label: "As the system", icon: "screen" },
          { value: "light", label: "Light", icon: "sun" },
          { value: "dark", label: "Dark", icon: "moon" },
        ]}
      />
      <MenuLine />
      <MenuChoice
        label="Times"
        value={clock.use()}
        onChange={clock.set}
        options={[
          { value: "local", label: "Local time", icon: "clock" },
          { value: "utc", label: "UTC", icon: "clock" },
        ]}
      />
      <MenuLine />
      <MenuItem icon="keyboard" onSelect={onShowKeys}>
        Keyboard shortcuts
      </MenuItem>
      <MenuItem icon="out" onSelect={signOut}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
