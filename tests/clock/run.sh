#!/usr/bin/env bash
# run.sh BINARY NEWSWEB: the wall clock jumps a day ahead, three days back, a year ahead and back, while the daemon crawls the
# synthetic news web at 500 ms a host. Fails unless each article is stored and the server saw no gap that was too short.
# Ends with 77 where it cannot be tried. Needs ../shared, python3 and libfaketime (Debian's package faketime), which answers for the wall clock alone.
set -euo pipefail
binary=$(realpath "$1") newsweb=$(realpath "$2")
cd "$(dirname "$0")/../.."
library=$(ls /usr/lib/*/faketime/libfaketimeMT.so.1 2>/dev/null | head -n 1 || true)
if [ -z "$library" ]; then
  echo "SKIP clock jumps: there is no libfaketime"
  exit 77
fi
work=$(mktemp -d)
trap 'kill "$jumps" 2>/dev/null || true; rm -rf "$work"' EXIT
echo +0 >"$work/clock"
(for jump in +1d -2d +365d +0; do
  sleep 7
  echo "$jump" >"$work/clock"
done) &
jumps=$!
python3 ../shared/bench/bench.py --name clock --server "$newsweb" --runs 1 --dir "$work" --port 8807 --delay-ms 500 \
  --web '--seed 3 --hosts 10 --articles 40 --latency-ms 20' --db murasil.db --out "$work/result.json" \
  --cmd "env LD_PRELOAD=$library FAKETIME_TIMESTAMP_FILE=$work/clock FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 MURASIL_FETCH__PORTS=[8807] MURASIL_POLITENESS__DELAY={delay_ms}ms $binary -c benches/newsweb.toml -d {db} -q run --once --wait 15s --seeds {seeds}" \
  --sql 'select url, title, published_day, body from v_articles'
python3 - "$work/result.json" <<'EOF'
import json, sys
result = json.loads(open(sys.argv[1]).readlines()[-1])
sys.exit(f"FAIL {result}" if result["short_gaps"] or result["completeness"] < 100 else 0)
EOF
