// SPDX-License-Identifier: Apache-2.0
//
// One running idcsim for the suite, and AWS's clients pointed at it.
//
// The clients are as they come: no endpoint is named, so they ask the
// production host names over TLS.  Only the agent below them connects to a
// port of this machine instead, with a certificate made for the run.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const fixture = JSON.parse(readFileSync(process.env.FIXTURE, "utf8"));
fixture.device = { interval: 30, expires_in: 600 };
fixture.page_size = 2;
fixture.roles = [
  {
    RoleArn: "arn:aws:iam::444455556666:role/sso/Reader",
    ExternalId: "two:hosts/1",
    Trusts: [`arn:aws:iam::${fixture.host_account}:role/awssso-task`],
    MaxSessionDuration: 7200,
  },
  {
    RoleArn: "arn:aws:iam::444455556666:role/Web",
    WebIdentity: {
      Issuer: "https://oidc.example",
      Audience: "sts.amazonaws.com",
      Subject: "system:serviceaccount:sso:netd",
    },
  },
];

const program = process.env.IDCSIM;
const ca = readFileSync(join(process.env.CA, "ca.pem"));
const dir = mkdtempSync(join(tmpdir(), "referee-"));
const control = join(dir, "control");
const doors = {};
let child;

export async function start() {
  writeFileSync(join(dir, "fixture.json"), JSON.stringify(fixture));
  child = spawn(
    program,
    [
      "serve",
      ...["--fixture", join(dir, "fixture.json")],
      ...["--cert", join(process.env.CA, "srv.pem")],
      ...["--key", join(process.env.CA, "srv.key")],
      ...["--listen", "127.0.0.1:0", "--plain", "127.0.0.1:0"],
      ...["--http", "127.0.0.1:0", "--control", control],
      ...["--log", join(dir, "log"), "--ready-fd", "3"],
      ...["--credentials-file", join(dir, "keys")],
    ],
    { stdio: ["ignore", "inherit", "inherit", "pipe"] },
  );
  for await (const line of createInterface({ input: child.stdio[3] })) {
    const [kind, address] = line.split(" ");
    doors[kind] = address;
  }
  if (!doors.tls) throw new Error("idcsim did not start");
}

export async function stop() {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const code = await ended;
  rmSync(dir, { recursive: true });
  return code;
}

export const plainUrl = () => `http://${doors.plain}`;
export const imdsUrl = () => `http://${doors.http}`;

// Run a command of idcsim's; its output, or an exception.
export function idcsim(...words) {
  return execFileSync(program, [...words, "--control", control], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

export function hostKeys() {
  const text = readFileSync(join(dir, "keys"), "utf8");
  const value = (name) => new RegExp(`^${name} = (.+)$`, "m").exec(text)[1];
  return {
    accessKeyId: value("aws_access_key_id"),
    secretAccessKey: value("aws_secret_access_key"),
  };
}

// @text in a file of this run.
export function fileWith(text) {
  writeFileSync(join(dir, "token"), text);
  return join(dir, "token");
}

export const requestLog = () => readFileSync(join(dir, "log"), "utf8");

class Loopback extends Agent {
  createConnection(options, done) {
    const [host, port] = doors.tls.split(":");
    return super.createConnection(
      { ...options, host, port: Number(port), ca },
      done,
    );
  }
}
const agent = new Loopback({ keepAlive: false });

// An unmodified client of AWS's, without retries unless asked for.
export const clientConfig = {
  region: fixture.region,
  maxAttempts: 1,
  requestHandler: { httpsAgent: agent, requestTimeout: 5000 },
};

export function client(Client, options = {}) {
  return new Client({ ...clientConfig, ...options });
}
