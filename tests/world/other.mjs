// SPDX-License-Identifier: Apache-2.0
//
// Another stand-in for AWS, as small as can be: other.mjs FIXTURE PORT.
//
// It shares no line and no library with idcsim.  What the daemons do here they
// do because of what AWS documents, not because of how the simulator happens to
// answer: order of fields, spelling of headers, XML from STS, lists in pages of
// two, codes of another form.  It verifies nothing.
// POST /approve?code=CODE&as=USERNAME stands for the browser.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { randomBytes } from "node:crypto";

const fixture = JSON.parse(readFileSync(process.argv[2], "utf8"));
const codes = new Map();
const tokens = new Map();
const sessions = new Map();
const random = () => randomBytes(24).toString("base64url");

class Refusal extends Error {
  constructor(status, name, body) {
    super(name);
    Object.assign(this, { status, name, body });
  }
}

const oauth = (error, name) =>
  new Refusal(400, name, { error_description: name, error });

const setsOf = (user, account) =>
  fixture.permission_sets
    .filter((set) =>
      set.Assignments.some(
        (a) =>
          a.AccountId === account &&
          (a.PrincipalId === user.UserId ||
            fixture.groups.some(
              (g) =>
                g.GroupId === a.PrincipalId && g.Members.includes(user.UserId),
            )),
      ),
    )
    .map((set) => set.Name);

// Two at a time, and an empty page first.
const page = (list, token) => {
  const from = token === undefined ? -2 : Number(token.slice(1));
  return {
    rows: from < 0 ? [] : list.slice(from, from + 2),
    next: from + 2 < list.length ? `p${from + 2}` : undefined,
  };
};

const oidc = {
  "/client/register": () => ({
    clientSecretExpiresAt: Math.floor(Date.now() / 1000) + 7776000,
    clientSecret: random(),
    clientId: random(),
    clientIdIssuedAt: Math.floor(Date.now() / 1000),
  }),
  "/device_authorization": ({ startUrl }) => {
    const code = `${1000 + codes.size}-${randomBytes(2).toString("hex").toUpperCase()}`;
    const deviceCode = random();
    if (startUrl !== fixture.start_url)
      throw oauth("invalid_request", "InvalidRequestException");
    codes.set(deviceCode, { code });
    return {
      verificationUri: `${startUrl}/#/device`,
      interval: 1,
      expiresIn: 60,
      userCode: code,
      verificationUriComplete: `${startUrl}/#/device?user_code=${code}`,
      deviceCode,
    };
  },
  "/token": ({ deviceCode }) => {
    const open = codes.get(deviceCode);
    if (open === undefined)
      throw oauth("invalid_grant", "InvalidGrantException");
    if (open.user === undefined)
      throw oauth("authorization_pending", "AuthorizationPendingException");
    codes.delete(deviceCode);
    const accessToken = random();
    tokens.set(accessToken, open.user);
    return { tokenType: "Bearer", accessToken, expiresIn: 3600 };
  },
};

const portal = {
  "/assignment/accounts": (query) => {
    const { rows, next } = page(fixture.accounts, query.next_token);
    return {
      nextToken: next,
      accountList: rows.map((a) => ({
        accountName: a.AccountName,
        accountId: a.AccountId,
      })),
    };
  },
  "/assignment/roles": (query, user) => {
    const { rows, next } = page(
      setsOf(user, query.account_id),
      query.next_token,
    );
    return {
      nextToken: next,
      roleList: rows.map((roleName) => ({
        accountId: query.account_id,
        roleName,
      })),
    };
  },
  "/federation/credentials": (query, user) => {
    if (!setsOf(user, query.account_id).includes(query.role_name))
      throw new Refusal(403, "ForbiddenException", { message: "No access" });
    const sessionToken = random();
    sessions.set(sessionToken, {
      account: query.account_id,
      role: `AWSReservedSSO_${query.role_name}_0123456789abcdef`,
      name: user.UserName,
    });
    return {
      roleCredentials: {
        sessionToken,
        accessKeyId: "ASIAOTHER",
        secretAccessKey: random(),
        expiration: Date.now() + 3600000,
      },
    };
  },
};

const membership = (group, user) => ({
  MembershipId: `${fixture.identity_store_id.slice(2)}-${group.GroupId.slice(-36)}`,
  MemberId: { UserId: user },
  GroupId: group.GroupId,
  IdentityStoreId: fixture.identity_store_id,
});
const listed = (name, list, body) => {
  const { rows, next } = page(list, body.NextToken);
  return { NextToken: next, [name]: rows };
};
const inStore = (thing) => ({
  ...thing,
  Members: undefined,
  IdentityStoreId: fixture.identity_store_id,
});
const store = {
  ListUsers: (body) => listed("Users", fixture.users.map(inStore), body),
  ListGroups: (body) => listed("Groups", fixture.groups.map(inStore), body),
  ListGroupMemberships: (body) => {
    const group = fixture.groups.find((g) => g.GroupId === body.GroupId);
    const all = group.Members.map((m) => membership(group, m));
    return listed("GroupMemberships", all, body);
  },
  ListGroupMembershipsForMember: (body) => {
    const user = body.MemberId.UserId;
    const all = fixture.groups
      .filter((g) => g.Members.includes(user))
      .map((g) => membership(g, user));
    return listed("GroupMemberships", all, body);
  },
  DescribeUser: (body) => {
    const user = fixture.users.find((u) => u.UserId === body.UserId);
    if (user === undefined)
      throw new Refusal(400, "ResourceNotFoundException", {
        __type: "com.amazonaws.identitystore#ResourceNotFoundException",
        ResourceType: "USER",
        Message: "USER not found.",
      });
    return inStore(user);
  },
};

const callerIdentity = (headers) => {
  const s = sessions.get(headers["x-amz-security-token"]);
  if (s === undefined)
    throw new Refusal(403, "InvalidClientTokenId", "<ErrorResponse/>");
  return `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <UserId>AROAOTHER:${s.name}</UserId>
    <Account>${s.account}</Account>
    <Arn>arn:aws:sts::${s.account}:assumed-role/${s.role}/${s.name}</Arn>
  </GetCallerIdentityResult>
</GetCallerIdentityResponse>`;
};

const approve = (query) => {
  const open = [...codes.values()].find((c) => c.code === query.code);
  open.user = fixture.users.find((u) => u.UserName.startsWith(`${query.as}@`));
  return { approved: open.user.UserName };
};

const answer = (req, body) => {
  const url = new URL(req.url, "http://localhost");
  const query = Object.fromEntries(url.searchParams);
  const target = req.headers["x-amz-target"];
  if (url.pathname === "/approve") return approve(query);
  if (target?.startsWith("AWSIdentityStore."))
    return store[target.split(".")[1]](JSON.parse(body));
  if (url.pathname in oidc) return oidc[url.pathname](JSON.parse(body));
  if (url.pathname in portal) {
    const user = tokens.get(req.headers["x-amz-sso_bearer_token"]);
    if (user === undefined)
      throw new Refusal(401, "UnauthorizedException", {
        message: "Session token not found or invalid",
      });
    return portal[url.pathname](query, user);
  }
  if (body.includes("Action=GetCallerIdentity"))
    return callerIdentity(req.headers);
  throw new Refusal(404, "UnknownOperationException", {});
};

const server = createServer((req, res) => {
  let body = "";
  req.on("data", (chunk) => (body += chunk));
  req.on("end", () => {
    let status = 200;
    let said;
    try {
      said = answer(req, body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      status = error.status;
      said = error.body;
      res.setHeader("X-Amzn-ErrorType", `${error.name}:`);
    }
    const xml = typeof said === "string";
    res.setHeader("Content-Type", xml ? "text/xml" : "application/json");
    res.writeHead(status);
    res.end(xml ? said : JSON.stringify(said));
    console.log(req.method, req.url.split("?")[0], req.headers["x-amz-target"] ?? "", status);
  });
});
server.listen(Number(process.argv[3]), "127.0.0.1");
