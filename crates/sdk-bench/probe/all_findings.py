"""Fetches all findings of an asset version with the vendor's client, as its users do.

Started by the benchmark, not by people: `all_findings.py VERSION [PAGE_SIZE]`, with the variables of the
sandbox. What it says and waits for is in src/stream/client.rs.
"""

import os
import sys

import finite_state_sdk as sdk
from finite_state_sdk import queries

# The client has no parameter for its hosts.
sdk.TOKEN_URL = os.environ["FINITESTATE_TOKEN_URL"]
sdk.API_URL = os.environ["FINITESTATE_API_URL"]


def all_findings(version, page_size):
    token = sdk.get_auth_token(
        os.environ["FINITESTATE_CLIENT_ID"], os.environ["FINITESTATE_CLIENT_SECRET"]
    )
    organization = os.environ["FINITESTATE_ORGANIZATION_CONTEXT"]
    if page_size is None:
        return sdk.get_findings(token, organization, asset_version_id=version)
    # `limit` of get_findings is the page size and the end of the list at once; its pager has them apart.
    query = queries.GET_FINDINGS
    variables = query["variables"](asset_version_id=version, limit=page_size)
    return sdk.get_all_paginated_results(
        token, organization, query["query"], variables, "allFindings"
    )


version, *page_size = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
findings = all_findings(version, int(page_size[0]) if page_size else None)
print("done", flush=True)

checksum = 0
for finding in findings:
    checksum = (checksum * 31 + int(finding["id"])) % 2**64
print(len(findings), checksum, flush=True)
sys.stdin.read()
