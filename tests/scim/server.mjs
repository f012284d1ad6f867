// SPDX-License-Identifier: Apache-2.0
//
// server.mjs FIXTURE TOKEN: SCIMMY, a SCIM 2.0 server that shares no code with
// us, holding the people and groups of a fixture.  Says its port on stdout.
// With express 5 its router would overlook startIndex and count.

import { readFileSync } from "node:fs";
import express from "express";
import SCIMMY from "scimmy";
import routers from "scimmy-routers";

const [, , file, token] = process.argv;
const fixture = JSON.parse(readFileSync(file, "utf8"));
const meta = { created: new Date(), lastModified: new Date() };
const stores = {
  User: new Map(
    fixture.users.map((u) => [
      u.UserId,
      {
        id: u.UserId,
        userName: u.UserName,
        ...(u.DisplayName && { displayName: u.DisplayName }),
        active: u.UserStatus !== "DISABLED",
        meta,
      },
    ]),
  ),
  Group: new Map(
    fixture.groups.map((g) => [
      g.GroupId,
      {
        id: g.GroupId,
        displayName: g.DisplayName,
        members: g.Members.map((value) => ({ value, type: "User" })),
        meta,
      },
    ]),
  ),
};

for (const [name, rows] of Object.entries(stores))
  SCIMMY.Resources.declare(SCIMMY.Resources[name])
    .ingress(() => {
      throw new SCIMMY.Types.Error(403, null, "read only");
    })
    .egress((resource) => {
      if (resource.id) {
        if (rows.has(resource.id)) return rows.get(resource.id);
        throw new SCIMMY.Types.Error(404, null, `no ${resource.id}`);
      }
      const all = [...rows.values()];
      return resource.filter ? resource.filter.match(all) : all;
    })
    .degress(() => {
      throw new SCIMMY.Types.Error(403, null, "read only");
    });

const Router = routers.default ?? routers;
const app = express();
app.use(
  "/scim/v2",
  new Router({
    type: "bearer",
    docUri: "https://example.com",
    handler: (request) => {
      if (request.header("Authorization") !== `Bearer ${token}`)
        throw new Error("Bad token");
      return "client";
    },
  }),
);
const server = app.listen(0, "127.0.0.1", () =>
  console.log(server.address().port),
);
