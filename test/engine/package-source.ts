/** A source of one Debian package over HTTP, which gets updates as Debian's own does. Containers reach it. */
import { createServer } from "node:http";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { succeed } from "./compose-stack.ts";

export const PACKAGE = "mailkeep-probe";

export interface PackageSource {
  /** Puts a version there, beside those that are. */
  readonly publish: (version: string) => Promise<void>;
  /** Builds an image with what the source has now, on another one. */
  readonly build: (tag: string, base: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Makes a package, and prints its entry in the list and then its content. */
const MAKE = `
cd /tmp && mkdir -p tree/DEBIAN
cat > tree/DEBIAN/control <<END
Package: ${PACKAGE}
Version: $1
Architecture: all
Maintainer: nobody <nobody@example.org>
Description: a package with an update
END
dpkg-deb --build tree one.deb >/dev/null
dpkg-deb --field one.deb
echo "Filename: ./$1.deb"
echo "Size: $(stat -c %s one.deb)"
echo "SHA256: $(sha256sum one.deb | cut -d' ' -f1)"
echo
base64 -w0 one.deb
`;

/**
 * @param base an image with dpkg
 * @param folder for what is built
 */
export async function startPackageSource(base: string, folder: string): Promise<PackageSource> {
  const files = new Map<string, Buffer>();
  let list = "";
  let address = "";
  const server = createServer((request, response) => {
    // apt asks for "/./Packages".
    const content = files.get(decodeURIComponent(new URL(request.url ?? "", address).pathname));
    if (content === undefined) response.writeHead(404).end();
    else response.end(content);
  });
  const gateway = await succeed("docker", [
    ...["network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}"],
  ]);
  // An engine that has not yet made its network says no gateway: Docker's default then.
  const host = gateway.trim() || "172.17.0.1";
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, host, resolve));
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("The source of packages has no port.");
  address = `http://${host}:${bound.port}`;
  return {
    publish: async (version) => {
      const args = ["run", "--rm", "--network", "none", "--entrypoint", "sh", base, "-ec", MAKE, "sh", version];
      const [entry = "", content = ""] = (await succeed("docker", args)).split("\n\n");
      list += `${entry}\n\n`;
      files.set(`/${version}.deb`, Buffer.from(content, "base64"));
      files.set("/Packages", Buffer.from(list));
    },
    build: async (tag, from) => {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, "Dockerfile"), dockerfile(from, address, host));
      // What was installed earlier must not be taken from the cache, whatever the source has now.
      await succeed("docker", ["build", "--quiet", "--no-cache", "--force-rm", "--tag", tag, folder]);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function dockerfile(base: string, address: string, host: string): string {
  return `FROM ${base}
RUN rm /etc/apt/sources.list.d/* \\
 && echo 'deb [trusted=yes] ${address} ./' > /etc/apt/sources.list.d/probe.list \\
 && echo 'Acquire::http::Proxy::${host} "DIRECT";' > /etc/apt/apt.conf.d/95probe \\
 && rm -rf /var/lib/apt/lists/* && apt-get update && apt-get install --yes ${PACKAGE} && rm -rf /var/lib/apt/lists/*
`;
}
