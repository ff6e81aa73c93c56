/** Rules for where images come from. */
import type { Problem } from "./problem.ts";
import type { Settings } from "./schema.ts";

/** Problems with the registry and who logs in there. */
export function checkImages(settings: Settings): Problem[] {
  const { registry, user } = settings.images;
  return registry === undefined ? withoutRegistry(settings) : [...ofLocalSites(settings), ...login(settings, user)];
}

function withoutRegistry({ images, registryPassword }: Settings): Problem[] {
  const wanted = "nothing, without `images.registry`";
  const fix = "take it out, or name the registry";
  return [
    ...(images.user === undefined ? [] : [{ path: "images.user", got: images.user, wanted, fix }]),
    ...(registryPassword === undefined ? [] : [{ path: "registryPassword", got: "a password", wanted, fix }]),
  ];
}

function ofLocalSites({ sites, images }: Settings): Problem[] {
  if (sites.every(({ platform }) => platform !== "local")) return [];
  return [
    {
      path: "images.registry",
      got: `${images.registry}, and the sites are local`,
      wanted: "nothing: local sites run what is built on this machine",
      fix: "take it out",
    },
  ];
}

function login({ registryPassword }: Settings, user: string | undefined): Problem[] {
  if (user === undefined && registryPassword !== undefined) {
    return [
      {
        path: "images.user",
        got: "nothing, and there is a registryPassword",
        wanted: "who the password belongs to",
        fix: "add the user, or take the password out where anybody may pull",
      },
    ];
  }
  if (user !== undefined && registryPassword === undefined) {
    return [
      {
        path: "registryPassword",
        got: `nothing: the sites could not pull as ${user}`,
        wanted: "that user's password, or a token that may only pull",
        fix: "pulumi config set --secret mailkeep:registryPassword",
      },
    ];
  }
  return [];
}
