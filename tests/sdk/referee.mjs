// SPDX-License-Identifier: Apache-2.0
//
// The simulator's referee: AWS's own SDK for JavaScript, as it comes, through
// every operation that idcsim has.  What the SDK cannot use, AWS would not have
// sent; what it maps to the wrong error, we got wrong.
// covers: spine.9, dir.4

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import * as store from "@aws-sdk/client-identitystore";
import * as portal from "@aws-sdk/client-sso";
import * as admin from "@aws-sdk/client-sso-admin";
import * as oidc from "@aws-sdk/client-sso-oidc";
import * as sts from "@aws-sdk/client-sts";
import { fromHttp } from "@aws-sdk/credential-provider-http";
import { fromTokenFile } from "@aws-sdk/credential-provider-web-identity";

import {
  client,
  clientConfig,
  fileWith,
  fixture,
  hostKeys,
  idcsim,
  imdsUrl,
  plainUrl,
  requestLog,
  start,
  stop,
} from "./simulator.mjs";

const DEVICE = "urn:ietf:params:oauth:grant-type:device_code";
const SCOPE = "sso:account:access";
const IdentityStoreId = fixture.identity_store_id;
const InstanceArn = fixture.instance_arn;
const account = fixture.host_account;
const [alice, bob, carol] = fixture.users;

let asOidc, asPortal, asStore, asAdmin;

before(async () => {
  await start();
  asOidc = client(oidc.SSOOIDCClient);
  asPortal = client(portal.SSOClient);
  const credentials = hostKeys();
  asStore = client(store.IdentitystoreClient, { credentials });
  asAdmin = client(admin.SSOAdminClient, { credentials });
});
after(async () => {
  assert.equal(await stop(), 0);
});
beforeEach(() => {
  idcsim("fault", "clear");
  idcsim("clock", "reset");
});

const send = (to, Command, input) => to.send(new Command(input));

// The call fails with exactly this error: name, status, and the members of
// @more.
async function refused(promise, name, status, more = {}) {
  const error = await promise.then(
    () => assert.fail(`${name} was expected, it succeeded`),
    (reason) => reason,
  );
  assert.equal(error.name, name, `${error.name}: ${error.message}`);
  assert.equal(error.$metadata.httpStatusCode, status);
  assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
  for (const [key, value] of Object.entries(more))
    assert.equal(error[key], value, key);
}

// --- signing in -------------------------------------------------------------

async function register(more = { scopes: [SCOPE] }) {
  const { clientId, clientSecret } = await send(
    asOidc,
    oidc.RegisterClientCommand,
    { clientName: "ssh to bastion as alice", clientType: "public", ...more },
  );
  return { clientId, clientSecret };
}

const authorize = (who) =>
  send(asOidc, oidc.StartDeviceAuthorizationCommand, {
    ...who,
    startUrl: fixture.start_url,
  });

const poll = (who, deviceCode) =>
  send(asOidc, oidc.CreateTokenCommand, {
    ...who,
    grantType: DEVICE,
    deviceCode,
  });

async function signIn(person, more) {
  const who = await register(more);
  const { deviceCode, userCode } = await authorize(who);
  idcsim("approve", userCode, "--as", person);
  return { who, deviceCode, token: await poll(who, deviceCode) };
}

const bearer = async (person) => (await signIn(person)).token.accessToken;

const roleKeys = async (person, roleName) => {
  const accessToken = await bearer(person);
  const { roleCredentials } = await send(
    asPortal,
    portal.GetRoleCredentialsCommand,
    { accessToken, accountId: account, roleName },
  );
  return roleCredentials;
};

// The signer wants a Date where the portal has milliseconds.
const signer = (keys) => ({ ...keys, expiration: new Date(keys.expiration) });

test("RegisterClient: a client lives 90 days", async () => {
  const r = await send(asOidc, oidc.RegisterClientCommand, {
    clientName: "x",
    clientType: "public",
  });
  assert.equal(r.clientSecretExpiresAt - r.clientIdIssuedAt, 7776000);
  assert.ok(Math.abs(r.clientIdIssuedAt * 1000 - Date.now()) < 5000);
});

test("RegisterClient: what it refuses", async () => {
  await refused(
    register({ clientType: "confidential" }),
    "InvalidClientMetadataException",
    400,
    { error: "invalid_client_metadata" },
  );
  await refused(
    register({ scopes: ["everything"] }),
    "InvalidScopeException",
    400,
    { error: "invalid_scope" },
  );
  await refused(
    register({ grantTypes: ["password"] }),
    "UnsupportedGrantTypeException",
    400,
    { error: "unsupported_grant_type" },
  );
  await refused(
    register({ clientName: "" }),
    "InvalidRequestException",
    400,
    { error: "invalid_request" },
  );
});

test("StartDeviceAuthorization: code, URLs, times", async () => {
  const r = await authorize(await register());
  assert.match(r.userCode, /^[A-Z]{4}-[A-Z]{4}$/);
  assert.equal(r.verificationUri, `${fixture.start_url}/#/device`);
  assert.equal(
    r.verificationUriComplete,
    `${fixture.start_url}/#/device?user_code=${r.userCode}`,
  );
  assert.equal(r.expiresIn, 600);
  assert.equal(r.interval, 30);
});

test("StartDeviceAuthorization: what it refuses", async () => {
  const who = await register();
  await refused(
    send(asOidc, oidc.StartDeviceAuthorizationCommand, {
      ...who,
      startUrl: "https://d-0000000000.awsapps.com/start",
    }),
    "InvalidRequestException",
    400,
  );
  await refused(
    authorize({ ...who, clientSecret: "wrong" }),
    "InvalidClientException",
    401,
    { error: "invalid_client" },
  );
  await refused(
    authorize(
      await register({
        grantTypes: ["authorization_code"],
        issuerUrl: fixture.start_url,
        redirectUris: ["http://127.0.0.1/"],
      }),
    ),
    "UnauthorizedClientException",
    400,
    { error: "unauthorized_client" },
  );
});

test("CreateToken: pending, then the token, then never again", async () => {
  const who = await register();
  const { deviceCode, userCode } = await authorize(who);
  await refused(
    poll(who, deviceCode),
    "AuthorizationPendingException",
    400,
    { error: "authorization_pending" },
  );
  assert.match(idcsim("pending"), new RegExp(`^${userCode}\\t.*as alice$`, "m"));
  idcsim("approve", userCode, "--as", "alice");
  assert.doesNotMatch(idcsim("pending"), new RegExp(userCode));
  idcsim("clock", "+30");
  const token = await poll(who, deviceCode);
  assert.equal(token.tokenType, "Bearer");
  assert.equal(token.expiresIn, 3600);
  assert.ok(token.accessToken.length > 1000);
  assert.ok(token.refreshToken.length > 1000);
  assert.equal(token.idToken, undefined);
  idcsim("clock", "+30");
  await refused(poll(who, deviceCode), "InvalidGrantException", 400, {
    error: "invalid_grant",
  });
});

test("CreateToken: polled too early, the interval grows for good", async () => {
  const who = await register();
  const { deviceCode, userCode } = await authorize(who);
  await refused(
    poll(who, deviceCode),
    "AuthorizationPendingException",
    400,
  );
  await refused(poll(who, deviceCode), "SlowDownException", 400, {
    error: "slow_down",
  });
  idcsim("approve", userCode, "--as", "alice");
  idcsim("clock", "+30");
  await refused(poll(who, deviceCode), "SlowDownException", 400);
  idcsim("clock", "+40");
  assert.ok((await poll(who, deviceCode)).accessToken);
});

test("CreateToken: denied, expired, unknown", async () => {
  const who = await register();
  const one = await authorize(who);
  idcsim("deny", one.userCode);
  await refused(poll(who, one.deviceCode), "AccessDeniedException", 400, {
    error: "access_denied",
  });
  const two = await authorize(who);
  idcsim("clock", "+601");
  await refused(poll(who, two.deviceCode), "ExpiredTokenException", 400, {
    error: "expired_token",
  });
  await refused(poll(who, "nothing"), "InvalidGrantException", 400);
  idcsim("clock", "reset");
  const three = await authorize(who);
  const other = await register();
  await refused(poll(other, three.deviceCode), "InvalidGrantException", 400);
});

test("CreateToken: what it refuses", async () => {
  const who = await register();
  const ask = (more) =>
    send(asOidc, oidc.CreateTokenCommand, { ...who, ...more });
  await refused(
    ask({ grantType: "password" }),
    "UnsupportedGrantTypeException",
    400,
  );
  await refused(ask({ grantType: DEVICE }), "InvalidRequestException", 400);
  await refused(
    ask({ grantType: "refresh_token", refreshToken: "nothing" }),
    "InvalidGrantException",
    400,
  );
  await refused(
    ask({ clientId: "nobody", grantType: DEVICE, deviceCode: "x" }),
    "InvalidClientException",
    401,
  );
});

test("CreateToken: a refresh token is good once", async () => {
  const { who, token } = await signIn("alice");
  const ask = (refreshToken) =>
    send(asOidc, oidc.CreateTokenCommand, {
      ...who,
      grantType: "refresh_token",
      refreshToken,
    });
  const next = await ask(token.refreshToken);
  assert.notEqual(next.accessToken, token.accessToken);
  await refused(ask(token.refreshToken), "InvalidGrantException", 400);
  assert.ok((await ask(next.refreshToken)).accessToken);
});

test("CreateToken: without a scope no refresh token", async () => {
  const { token } = await signIn("alice", {});
  assert.equal(token.refreshToken, undefined);
  assert.equal(token.expiresIn, 28800);
});

test("approving: only who is there and enabled", async () => {
  const { userCode } = await authorize(await register());
  assert.throws(() => idcsim("approve", userCode, "--as", "carol"), /disabled/);
  assert.throws(() => idcsim("approve", userCode, "--as", "nobody"), /no such/);
  assert.throws(() => idcsim("approve", "AAAA-AAAA", "--as", "bob"), /no such/);
  idcsim("approve", userCode.toLowerCase(), "--as", bob.UserId);
  assert.throws(() => idcsim("deny", userCode), /no longer open/);
});

// --- the portal -------------------------------------------------------------

test("ListAccounts and ListAccountRoles", async () => {
  const accessToken = await bearer("alice");
  const { accountList } = await send(asPortal, portal.ListAccountsCommand, {
    accessToken,
  });
  assert.deepEqual(
    accountList,
    fixture.accounts.map((a) => ({
      accountId: a.AccountId,
      accountName: a.AccountName,
      emailAddress: a.EmailAddress,
    })),
  );
  const names = [];
  const pages = [];
  for await (const page of portal.paginateListAccountRoles(
    { client: asPortal, pageSize: 2 },
    { accessToken, accountId: account },
  )) {
    pages.push(page.roleList.length);
    names.push(...page.roleList.map((r) => r.roleName));
  }
  assert.deepEqual(names, ["AdministratorAccess", "ReadOnly", "Login"]);
  assert.deepEqual(pages, [2, 1]);
});

test("ListAccounts: short and empty pages go on", async () => {
  const accessToken = await bearer("alice");
  for (const kind of ["truncate-page", "empty"]) {
    idcsim("fault", "ListAccounts", kind);
    const seen = [];
    let pages = 0;
    for await (const page of portal.paginateListAccounts(
      { client: asPortal },
      { accessToken },
    )) {
      pages++;
      seen.push(...page.accountList);
    }
    assert.equal(seen.length, 2, kind);
    assert.equal(pages, 2, kind);
    idcsim("fault", "clear");
  }
});

test("GetRoleCredentials: keys, in milliseconds", async () => {
  const keys = await roleKeys("alice", "Login");
  assert.match(keys.accessKeyId, /^ASIA[A-Z2-7]{16}$/);
  assert.equal(keys.secretAccessKey.length, 40);
  assert.ok(Math.abs(keys.expiration - Date.now() - 3600000) < 60000);
});

test("the portal: what it refuses", async () => {
  const accessToken = await bearer("dave");
  const ask = (Command, more) =>
    send(asPortal, Command, { accessToken, accountId: account, ...more });
  await refused(
    ask(portal.GetRoleCredentialsCommand, { roleName: "Login" }),
    "ForbiddenException",
    403,
    { message: "No access" },
  );
  await refused(
    ask(portal.ListAccountRolesCommand),
    "ForbiddenException",
    403,
  );
  await refused(
    ask(portal.ListAccountRolesCommand, { accountId: "1" }),
    "InvalidRequestException",
    400,
  );
  await refused(
    ask(portal.ListAccountsCommand, { nextToken: "made up" }),
    "InvalidRequestException",
    400,
  );
  await refused(
    ask(portal.ListAccountsCommand, { maxResults: 101 }),
    "InvalidRequestException",
    400,
  );
  await refused(
    send(asPortal, portal.ListAccountsCommand, { accessToken: "no token" }),
    "UnauthorizedException",
    401,
    { message: "Session token not found or invalid" },
  );
  idcsim("fault", "portal", "throttle", "--count", "1");
  await refused(
    ask(portal.ListAccountsCommand),
    "TooManyRequestsException",
    429,
  );
});

test("a token outlives the person's being disabled, not its time", async () => {
  const accessToken = await bearer("bob");
  const ask = () => send(asPortal, portal.ListAccountsCommand, { accessToken });
  idcsim("set", "user", "bob", "disabled");
  assert.ok((await ask()).accountList.length);
  idcsim("set", "user", "bob", "enabled");
  idcsim("clock", "+3601");
  await refused(ask(), "UnauthorizedException", 401);
});

test("Logout ends the sign-in", async () => {
  const accessToken = await bearer("alice");
  await send(asPortal, portal.LogoutCommand, { accessToken });
  await refused(
    send(asPortal, portal.LogoutCommand, { accessToken }),
    "UnauthorizedException",
    401,
  );
});

test("an assignment taken away counts at once", async () => {
  const accessToken = await bearer("alice");
  const roleName = "AdministratorAccess";
  const ask = () =>
    send(asPortal, portal.GetRoleCredentialsCommand, {
      accessToken,
      accountId: account,
      roleName,
    });
  assert.ok((await ask()).roleCredentials);
  idcsim("set", "set", roleName, "alice", "off", "--account", account);
  await refused(ask(), "ForbiddenException", 403);
  idcsim("set", "set", roleName, "Operators", "on", "--account", account);
  assert.ok((await ask()).roleCredentials);
  idcsim("set", "member", "Operators", "alice", "off");
  await refused(ask(), "ForbiddenException", 403);
  idcsim("set", "member", "Operators", "alice", "on");
  idcsim("set", "set", roleName, "Operators", "off");
  idcsim("set", "set", roleName, "alice", "on", "--account", account);
});

// --- STS --------------------------------------------------------------------

const asSts = (credentials, more) =>
  client(sts.STSClient, { credentials, ...more });
const whoAmI = (credentials, more) =>
  send(asSts(credentials, more), sts.GetCallerIdentityCommand, {});

test("GetCallerIdentity: the ARN names the person and the set", async () => {
  const keys = await roleKeys("alice", "Login");
  const { Arn, Account, UserId } = await whoAmI(signer(keys));
  assert.match(
    Arn,
    new RegExp(
      `^arn:aws:sts::${account}:assumed-role/` +
        `AWSReservedSSO_Login_[0-9a-f]{16}/alice@example\\.com$`,
    ),
  );
  assert.equal(Account, account);
  assert.match(UserId, /^AROA[A-Z2-7]{17}:alice@example\.com$/);
  const again = await whoAmI(signer(await roleKeys("alice", "Login")));
  assert.equal(again.Arn, Arn);
  const other = await whoAmI(signer(await roleKeys("alice", "ReadOnly")));
  assert.notEqual(other.Arn.slice(-34, -18), Arn.slice(-34, -18));
});

test("GetCallerIdentity: from another region, and the host's own", async () => {
  const { Arn } = await whoAmI(hostKeys(), { region: "eu-central-1" });
  assert.equal(Arn, `arn:aws:iam::${account}:user/awssso-host`);
});

test("GetCallerIdentity: what it refuses", async () => {
  const keys = signer(await roleKeys("alice", "Login"));
  await refused(
    whoAmI({ ...keys, secretAccessKey: "x".repeat(40) }),
    "SignatureDoesNotMatch",
    403,
  );
  await refused(
    whoAmI({ ...keys, accessKeyId: "ASIAAAAAAAAAAAAAAAAA" }),
    "InvalidClientTokenId",
    403,
  );
  await refused(
    whoAmI({ ...keys, sessionToken: undefined }),
    "InvalidClientTokenId",
    403,
  );
  idcsim("fault", "GetCallerIdentity", "expire");
  await refused(whoAmI(keys), "ExpiredToken", 403);
  idcsim("fault", "clear");
  idcsim("fault", "GetCallerIdentity", "throttle");
  await refused(whoAmI(keys), "Throttling", 400);
});

test("a clock that is off is refused, and corrected by the SDK", async () => {
  idcsim("clock", "+400");
  const to = asSts(hostKeys(), { maxAttempts: 1 });
  await refused(
    send(to, sts.GetCallerIdentityCommand, {}),
    "SignatureDoesNotMatch",
    403,
  );
  assert.ok((await send(to, sts.GetCallerIdentityCommand, {})).Arn);
});

// --- the directory ----------------------------------------------------------

async function all(paginator, to, key, input) {
  const rows = [];
  for await (const page of paginator({ client: to }, input))
    rows.push(...page[key]);
  return rows;
}

test("ListUsers: all pages, every member", async () => {
  const users = await all(store.paginateListUsers, asStore, "Users", {
    IdentityStoreId,
    MaxResults: 100,
  });
  assert.equal(users.length, fixture.users.length);
  for (const [i, want] of fixture.users.entries()) {
    const { CreatedAt, UpdatedAt, IdentityStoreId: id, ...rest } = users[i];
    assert.deepEqual(rest, want);
    assert.equal(id, IdentityStoreId);
    assert.ok(CreatedAt instanceof Date && CreatedAt.getTime() % 1000);
    assert.ok(UpdatedAt >= CreatedAt);
  }
});

test("ListUsers: the deprecated filter", async () => {
  const find = (AttributeValue) =>
    send(asStore, store.ListUsersCommand, {
      IdentityStoreId,
      Filters: [{ AttributePath: "UserName", AttributeValue }],
    });
  assert.equal((await find(bob.UserName)).Users[0].UserId, bob.UserId);
  assert.deepEqual((await find("nobody")).Users, []);
});

test("ListGroups and ListGroupMemberships", async () => {
  const groups = await all(store.paginateListGroups, asStore, "Groups", {
    IdentityStoreId,
  });
  assert.deepEqual(
    groups.map((g) => [g.GroupId, g.DisplayName, g.Members]),
    fixture.groups.map((g) => [g.GroupId, g.DisplayName, undefined]),
  );
  for (const group of fixture.groups) {
    const { GroupId, Members } = group;
    const rows = await all(
      store.paginateListGroupMemberships,
      asStore,
      "GroupMemberships",
      { IdentityStoreId, GroupId },
    );
    assert.deepEqual(
      rows.map((m) => m.MemberId.UserId),
      Members,
    );
    assert.ok(rows.every((m) => m.MembershipId && m.GroupId === GroupId));
  }
});

test("ListGroupMembershipsForMember and IsMemberInGroups", async () => {
  const MemberId = { UserId: bob.UserId };
  const mine = fixture.groups.filter((g) => g.Members.includes(bob.UserId));
  const rows = await all(
    store.paginateListGroupMembershipsForMember,
    asStore,
    "GroupMemberships",
    { IdentityStoreId, MemberId },
  );
  assert.deepEqual(
    rows.map((m) => m.GroupId),
    mine.map((g) => g.GroupId),
  );
  const { Results } = await send(asStore, store.IsMemberInGroupsCommand, {
    IdentityStoreId,
    MemberId,
    GroupIds: fixture.groups.map((g) => g.GroupId),
  });
  assert.deepEqual(
    Results.map((r) => r.MembershipExists),
    fixture.groups.map((g) => mine.includes(g)),
  );
});

test("DescribeUser, DescribeGroup and their ids by name", async () => {
  const user = await send(asStore, store.DescribeUserCommand, {
    IdentityStoreId,
    UserId: carol.UserId,
  });
  assert.equal(user.UserStatus, "DISABLED");
  assert.equal(user.UserName, carol.UserName);
  const group = await send(asStore, store.DescribeGroupCommand, {
    IdentityStoreId,
    GroupId: fixture.groups[2].GroupId,
  });
  assert.equal(group.DisplayName, fixture.groups[2].DisplayName);
  const named = (Command, AlternateIdentifier) =>
    send(asStore, Command, { IdentityStoreId, AlternateIdentifier });
  const unique = (AttributePath, AttributeValue) => ({
    UniqueAttribute: { AttributePath, AttributeValue },
  });
  for (const id of [
    unique("userName", bob.UserName),
    unique("emails.value", bob.Emails[0].Value),
    { ExternalId: bob.ExternalIds[0] },
  ])
    assert.equal(
      (await named(store.GetUserIdCommand, id)).UserId,
      bob.UserId,
    );
  assert.equal(
    (
      await named(
        store.GetGroupIdCommand,
        unique("displayName", fixture.groups[0].DisplayName),
      )
    ).GroupId,
    fixture.groups[0].GroupId,
  );
  await refused(
    named(store.GetUserIdCommand, unique("UserName", bob.UserName)),
    "ValidationException",
    400,
  );
  await refused(
    named(store.GetUserIdCommand, unique("userName", "nobody")),
    "ResourceNotFoundException",
    400,
    { ResourceType: "USER" },
  );
});

test("the Identity Store: what is not there", async () => {
  const nobody = `${IdentityStoreId.slice(2)}-${"0".repeat(8)}-0000-4000-8000-${"0".repeat(12)}`;
  const ask = (more) =>
    send(asStore, store.DescribeUserCommand, {
      IdentityStoreId,
      UserId: nobody,
      ...more,
    });
  await refused(ask(), "ResourceNotFoundException", 400, {
    ResourceType: "USER",
    ResourceId: nobody,
  });
  await refused(
    ask({ IdentityStoreId: "d-0000000000" }),
    "ResourceNotFoundException",
    400,
    { ResourceType: "IDENTITY_STORE" },
  );
  await refused(ask({ UserId: "nobody" }), "ValidationException", 400);
  await refused(
    send(asStore, store.ListGroupMembershipsCommand, {
      IdentityStoreId,
      GroupId: nobody,
    }),
    "ResourceNotFoundException",
    400,
    { ResourceType: "GROUP" },
  );
});

test("the Identity Store: what it refuses", async () => {
  const ask = (more, to = asStore) =>
    send(to, store.ListUsersCommand, { IdentityStoreId, ...more });
  await refused(ask({ MaxResults: 101 }), "ValidationException", 400);
  await refused(ask({ MaxResults: 0 }), "ValidationException", 400);
  await refused(ask({ NextToken: ":made:up" }), "ValidationException", 400);
  const { NextToken } = await send(asStore, store.ListGroupsCommand, {
    IdentityStoreId,
  });
  await refused(ask({ NextToken }), "ValidationException", 400);
  const as = (credentials) => client(store.IdentitystoreClient, { credentials });
  const keys = hostKeys();
  await refused(
    ask({}, as({ ...keys, secretAccessKey: "x".repeat(40) })),
    "InvalidSignatureException",
    403,
  );
  await refused(
    ask({}, as({ ...keys, accessKeyId: "AKIAAAAAAAAAAAAAAAAA" })),
    "UnrecognizedClientException",
    400,
  );
  await refused(
    ask({}, as(signer(await roleKeys("alice", "AdministratorAccess")))),
    "AccessDeniedException",
    400,
  );
});

test("throttled: mapped, and retried by the SDK", async () => {
  const ask = (to) =>
    send(to, store.DescribeUserCommand, {
      IdentityStoreId,
      UserId: alice.UserId,
    });
  idcsim("fault", "DescribeUser", "throttle", "--count", "1");
  await refused(ask(asStore), "ThrottlingException", 400, {
    RetryAfterSeconds: 1,
  });
  idcsim("fault", "DescribeUser", "throttle", "--count", "2");
  const patient = client(store.IdentitystoreClient, {
    credentials: hostKeys(),
    maxAttempts: 3,
  });
  const r = await ask(patient);
  assert.equal(r.$metadata.attempts, 3);
  idcsim("fault", "DescribeUser", "status", "503", "--count", "2");
  assert.equal((await ask(patient)).$metadata.attempts, 3);
  idcsim("fault", "DescribeUser", "close", "--count", "2");
  assert.equal((await ask(patient)).$metadata.attempts, 3);
});

test("changes to the directory are seen at once", async () => {
  const find = (AttributeValue) =>
    send(asStore, store.GetUserIdCommand, {
      IdentityStoreId,
      AlternateIdentifier: {
        UniqueAttribute: { AttributePath: "userName", AttributeValue },
      },
    });
  idcsim("add-user", "frank@example.com", "Frank");
  const { UserId } = await find("frank@example.com");
  assert.match(UserId, new RegExp(`^${IdentityStoreId.slice(2)}-`));
  idcsim("rename", "frank", "francis@example.com");
  assert.equal((await find("francis@example.com")).UserId, UserId);
  idcsim("set", "member", "Operators", "francis", "on");
  idcsim("delete-user", "francis");
  await refused(
    find("francis@example.com"),
    "ResourceNotFoundException",
    400,
  );
  const { GroupMemberships } = await send(
    asStore,
    store.ListGroupMembershipsCommand,
    { IdentityStoreId, GroupId: fixture.groups[1].GroupId },
  );
  assert.deepEqual(
    GroupMemberships.map((m) => m.MemberId.UserId),
    fixture.groups[1].Members,
  );
});

// --- SSO admin --------------------------------------------------------------

test("instances", async () => {
  const [one, ...more] = await all(
    admin.paginateListInstances,
    asAdmin,
    "Instances",
    {},
  );
  assert.equal(more.length, 0);
  assert.equal(one.InstanceArn, InstanceArn);
  assert.equal(one.IdentityStoreId, IdentityStoreId);
  assert.equal(one.Status, "ACTIVE");
  const same = await send(asAdmin, admin.DescribeInstanceCommand, {
    InstanceArn,
  });
  assert.equal(same.IdentityStoreId, IdentityStoreId);
  assert.ok(same.CreatedDate instanceof Date);
});

test("permission sets", async () => {
  const arns = fixture.permission_sets.map((p) => p.PermissionSetArn);
  const list = (paginator, more) =>
    all(paginator, asAdmin, "PermissionSets", { InstanceArn, ...more });
  assert.deepEqual(await list(admin.paginateListPermissionSets), arns);
  const inAccount = (AccountId, ProvisioningStatus) =>
    list(admin.paginateListPermissionSetsProvisionedToAccount, {
      AccountId,
      ProvisioningStatus,
    });
  assert.deepEqual(await inAccount(account), arns);
  assert.deepEqual(await inAccount(fixture.accounts[1].AccountId), [arns[1]]);
  assert.deepEqual(
    await inAccount(account, "LATEST_PERMISSION_SET_NOT_PROVISIONED"),
    [],
  );
  const { PermissionSet } = await send(
    asAdmin,
    admin.DescribePermissionSetCommand,
    { InstanceArn, PermissionSetArn: arns[2] },
  );
  assert.equal(PermissionSet.Name, "Login");
  assert.equal(PermissionSet.SessionDuration, "PT1H");
});

test("assignments", async () => {
  const [administrator, readOnly] = fixture.permission_sets;
  const rows = await all(
    admin.paginateListAccountAssignments,
    asAdmin,
    "AccountAssignments",
    {
      InstanceArn,
      AccountId: account,
      PermissionSetArn: readOnly.PermissionSetArn,
    },
  );
  assert.deepEqual(rows, [
    {
      AccountId: account,
      PermissionSetArn: readOnly.PermissionSetArn,
      PrincipalType: "GROUP",
      PrincipalId: fixture.groups[0].GroupId,
    },
  ]);
  const of = (PrincipalType, PrincipalId, Filter) =>
    all(
      admin.paginateListAccountAssignmentsForPrincipal,
      asAdmin,
      "AccountAssignments",
      { InstanceArn, PrincipalType, PrincipalId, Filter },
    );
  const mine = await of("USER", alice.UserId);
  assert.deepEqual(
    mine.map((a) => a.PermissionSetArn),
    [administrator.PermissionSetArn],
  );
  assert.equal((await of("GROUP", fixture.groups[0].GroupId)).length, 3);
  assert.equal(
    (
      await of("GROUP", fixture.groups[0].GroupId, {
        AccountId: fixture.accounts[1].AccountId,
      })
    ).length,
    1,
  );
});

test("SSO admin: what it refuses", async () => {
  const ask = (Command, more) =>
    send(asAdmin, Command, { InstanceArn, ...more });
  await refused(
    ask(admin.ListPermissionSetsCommand, {
      InstanceArn: "arn:aws:sso:::instance/ssoins-0000000000000000",
    }),
    "ResourceNotFoundException",
    400,
  );
  await refused(
    ask(admin.DescribePermissionSetCommand, {
      PermissionSetArn: `${fixture.permission_sets[0].PermissionSetArn}0`,
    }),
    "ResourceNotFoundException",
    400,
  );
  await refused(
    ask(admin.ListAccountAssignmentsForPrincipalCommand, {
      PrincipalType: "ROBOT",
      PrincipalId: alice.UserId,
    }),
    "ValidationException",
    400,
  );
  idcsim("fault", "sso", "deny", "--count", "1");
  await refused(
    ask(admin.ListPermissionSetsCommand),
    "AccessDeniedException",
    400,
  );
  idcsim("fault", "sso", "throttle", "--count", "1");
  await refused(
    ask(admin.ListPermissionSetsCommand),
    "ThrottlingException",
    400,
  );
  idcsim("fault", "sso", "status", "500", "--count", "1");
  await refused(
    ask(admin.ListPermissionSetsCommand),
    "InternalServerException",
    500,
  );
});

// --- the rest ---------------------------------------------------------------

test("IMDSv2 through the SDK's own chain of credentials", async () => {
  process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT = imdsUrl();
  const { Arn } = await send(
    client(sts.STSClient),
    sts.GetCallerIdentityCommand,
    {},
  );
  assert.match(
    Arn,
    new RegExp(`^arn:aws:sts::${account}:assumed-role/awssso-host/i-`),
  );
  for (const operation of ["ImdsToken", "ImdsRole", "ImdsCredentials"])
    assert.match(requestLog(), new RegExp(`"operation":"${operation}"`));
});

// --- roles, containers, web identity ----------------------------------------

const [reader, web] = fixture.roles;
const ecs = () =>
  fromHttp({
    awsContainerCredentialsFullUri: `${plainUrl()}/v2/credentials/2a1b3c4d-0000-4000-8000-5e6f708192a3`,
  });
const pod = (text) =>
  fromHttp({
    awsContainerCredentialsFullUri: `${plainUrl()}/v1/credentials`,
    awsContainerAuthorizationTokenFile: fileWith(text),
    maxRetries: 0,
  });

test("container credentials, of ECS and of EKS Pod Identity", async () => {
  const keys = await ecs()();
  assert.ok(keys.expiration > new Date());
  const { Arn } = await whoAmI(keys);
  assert.match(Arn, new RegExp(`^arn:aws:sts::${account}:assumed-role/awssso-task/`));
  const again = await pod(idcsim("container-token").trim())();
  assert.equal(again.accessKeyId, keys.accessKeyId);
  await assert.rejects(pod("1.nothing"), /token is missing or not valid|401/);
});

const assume = async (more = {}, credentials = undefined) =>
  send(
    client(sts.STSClient, { credentials: credentials ?? (await ecs()()) }),
    sts.AssumeRoleCommand,
    {
      RoleArn: reader.RoleArn,
      RoleSessionName: "bastion-1",
      ExternalId: reader.ExternalId,
      ...more,
    },
  );

test("AssumeRole: the keys of another account's role", async () => {
  const { Credentials, AssumedRoleUser } = await assume();
  const arn = "arn:aws:sts::444455556666:assumed-role/Reader/bastion-1";
  assert.equal(AssumedRoleUser.Arn, arn);
  assert.match(AssumedRoleUser.AssumedRoleId, /^AROA[A-Z2-7]{17}:bastion-1$/);
  assert.ok(Math.abs(Credentials.Expiration - Date.now() - 3600000) < 10000);
  const keys = {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    sessionToken: Credentials.SessionToken,
  };
  assert.equal((await whoAmI(keys)).Arn, arn);
  const { Users } = await send(
    client(store.IdentitystoreClient, { credentials: keys }),
    store.ListUsersCommand,
    { IdentityStoreId },
  );
  assert.ok(Users.length > 0);
});

test("AssumeRole: what it refuses", async () => {
  await refused(assume({ ExternalId: undefined }), "AccessDenied", 403);
  await refused(assume({ ExternalId: "other" }), "AccessDenied", 403);
  await refused(assume({ RoleArn: web.RoleArn + "x" }), "AccessDenied", 403);
  await refused(assume({}, hostKeys()), "AccessDenied", 403);
  await refused(assume({ RoleSessionName: "a b" }), "ValidationError", 400);
  await refused(assume({ DurationSeconds: 899 }), "ValidationError", 400);
  await refused(assume({ DurationSeconds: 3601 }), "ValidationError", 400);
  idcsim("fault", "AssumeRole", "expire");
  await refused(assume(), "ExpiredToken", 403);
});

const withToken = (token, more = {}) =>
  send(client(sts.STSClient), sts.AssumeRoleWithWebIdentityCommand, {
    RoleArn: web.RoleArn,
    RoleSessionName: "pod-1",
    WebIdentityToken: token,
    ...more,
  });

test("AssumeRoleWithWebIdentity: unsigned, from a token file", async () => {
  const keys = await fromTokenFile({
    webIdentityTokenFile: fileWith(idcsim("web-token", web.RoleArn).trim()),
    roleArn: web.RoleArn,
    roleSessionName: "pod-1",
    clientConfig,
  })();
  const { Arn } = await whoAmI(keys);
  assert.equal(Arn, "arn:aws:sts::444455556666:assumed-role/Web/pod-1");
});

test("AssumeRoleWithWebIdentity: what it refuses", async () => {
  const token = idcsim("web-token", web.RoleArn, "60").trim();
  const good = await withToken(token);
  assert.equal(good.SubjectFromWebIdentityToken, web.WebIdentity.Subject);
  await refused(withToken("a.b.c"), "InvalidIdentityTokenException", 400);
  await refused(withToken(token, { RoleArn: reader.RoleArn }), "InvalidIdentityTokenException", 400);
  await refused(withToken(token, { RoleArn: web.RoleArn + "x" }), "AccessDenied", 403);
  idcsim("clock", "+61");
  await refused(withToken(token), "ExpiredTokenException", 400);
});

test("one endpoint for all, over plain HTTP", async () => {
  const endpoint = plainUrl();
  const credentials = hostKeys();
  const over = (Client) => client(Client, { endpoint, credentials });
  const r = await send(over(oidc.SSOOIDCClient), oidc.RegisterClientCommand, {
    clientName: "x",
    clientType: "public",
  });
  assert.ok(r.clientId);
  await refused(
    send(over(portal.SSOClient), portal.ListAccountsCommand, {
      accessToken: "x",
    }),
    "UnauthorizedException",
    401,
  );
  assert.ok(
    (await send(over(sts.STSClient), sts.GetCallerIdentityCommand, {})).Arn,
  );
  assert.ok(
    (
      await send(over(store.IdentitystoreClient), store.ListUsersCommand, {
        IdentityStoreId,
      })
    ).Users,
  );
  assert.ok(
    (await send(over(admin.SSOAdminClient), admin.ListInstancesCommand, {}))
      .Instances,
  );
});

test("bodies that are not what they should be do not pass", async () => {
  const ask = () =>
    send(asStore, store.ListUsersCommand, { IdentityStoreId });
  for (const kind of ["malformed", "cut"]) {
    idcsim("fault", "ListUsers", kind, "--count", "1");
    await assert.rejects(ask(), kind);
  }
  assert.ok((await ask()).Users);
});

test("the log has names and codes, and no secret", async () => {
  const { who, token } = await signIn("alice");
  const keys = await roleKeys("alice", "Login");
  await whoAmI(signer(keys));
  const log = requestLog();
  const lines = log.trimEnd().split("\n").map((line) => JSON.parse(line));
  const last = (operation) =>
    lines.filter((line) => line.operation === operation).at(-1);
  assert.equal(last("CreateToken").user, alice.UserName);
  assert.equal(last("CreateToken").client, "ssh to bastion as alice");
  assert.match(last("CreateToken").user_code, /^[A-Z]{4}-[A-Z]{4}$/);
  assert.equal(last("GetCallerIdentity").user, alice.UserName);
  assert.equal(last("GetRoleCredentials").status, 200);
  for (const secret of [
    who.clientSecret,
    token.accessToken,
    token.refreshToken,
    keys.secretAccessKey,
    keys.sessionToken,
    hostKeys().secretAccessKey,
  ])
    assert.ok(!log.includes(secret));
});
