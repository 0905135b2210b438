#!/usr/bin/env bash
# A session with curl: submit, wait, read, download, cancel.
#   examples/session.sh http://127.0.0.1:8000 office.idf chicago.epw
set -euo pipefail
url=$1 model=$2 weather=$3

ask() { curl --fail-with-body --silent --show-error "$@"; }
value() { python3 -c 'import functools, json, sys; print(functools.reduce(lambda d, k: d[int(k)] if isinstance(d, list) else d[k], sys.argv[1:], json.load(sys.stdin)))' "$@"; }

id=$(ask "$url/api/v1/simulations" --form "models=@$model" --form "weather=@$weather" \
    --form 'spec={"name": "a session", "annual": false}' | value id)
echo "simulation $id"
until [ "$(ask "$url/api/v1/simulations/$id" | value ended_at)" != None ]; do sleep 1; done

ask "$url/api/v1/simulations/$id/runs" > runs.json
run=$(value items 0 id < runs.json)
echo "run $run: $(value items 0 status < runs.json), $(value items 0 metrics sizing zones 0 design_load_w < runs.json) W in the first zone"
ask --location "$url/api/v1/runs/$run/files/eplustbl.htm" --output report.html

second=$(ask "$url/api/v1/simulations" --form "models=@$model" --form "weather=@$weather" \
    --form 'spec={"annual": true}' | value id)
echo "cancelled: $(ask --request POST "$url/api/v1/simulations/$second/cancel" | value status)"
