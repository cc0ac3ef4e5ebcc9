#!/usr/bin/env python3
"""Runs the daemon against the hostile web of ../shared/hostile and has its judge look at what came of it.

  run.py BINARY [--seconds 150] [--keep DIR] [--only CASE,CASE] [--no-single]

Serves the hostile web on loopback, runs `murasil run --seeds` against all its cases at once, stops it as an operator
would, reads the results from the database and calls `check.py --strict`. Where the whole run's memory grew by more
than a case allows, that case is run once more alone. Exit 1 if a case fails. Standard library only.
"""
import argparse, concurrent.futures, json, os, pathlib, shutil, signal, sqlite3, subprocess, sys, tempfile, time, urllib.request

SHARED = pathlib.Path(__file__).resolve().parents[3] / "shared" / "hostile"
CONTROL = "http://127.0.0.1:18079"
SINGLE_RUN_S = 20
SINGLES_AT_ONCE = 4
CONFIG = """
[crawler]
contact = "https://example.org/hostile-run"

[politeness]
delay = "20ms"
floor = "0ms"
max_retry_after = "20s"
daily_pages = 100

[schedule]
sources = { min = "5s", max = "14d" }
retry = { first = "1s" }

[fetch]
ports = [18080, 18443]
allow_private = ["127.0.1.0/24", "127.0.5.0/24"]

[serve]
listen = "off"
"""
# Every article with the address that was asked for first: where redirects led to it, their beginning.
ARTICLES = """
with recursive way (page, start, steps) as (
  select page_id, page_id, 0 from articles
  union all
  select w.page, p.found_on, w.steps + 1
  from way w join pages p on p.id = w.start
  where p.found_by = 'redirect' and p.found_on is not null and w.steps < 12
)
select p.url, first.url, a.title, a.subtitle, a.body, {flags}
from articles a
join pages p on p.id = a.page_id
join way w on w.page = a.page_id
join pages first on first.id = w.start
where w.steps = (select max(steps) from way where page = a.page_id)
order by a.id
"""


def control(path):
    with urllib.request.urlopen(CONTROL + path, timeout=30) as answer:
        return answer.read()


def memory(pid, key):
    """A line of /proc/PID/status in MB of 10^6 bytes; None where there is none."""
    try:
        for line in open(f"/proc/{pid}/status"):
            if line.startswith(key + ":"):
                return int(line.split()[1]) * 1024 / 1e6
    except OSError:
        return None


class Run:
    """One process of the daemon with its own folder."""

    def __init__(self, binary, folder, seeds):
        folder.mkdir(parents=True)
        (folder / "crawler.toml").write_text(CONFIG)
        (folder / "seeds.txt").write_text("".join(seed + "\n" for seed in seeds))
        self.binary, self.folder, self.log = binary, folder, folder / "crawler.log"
        command = [binary, "-c", "crawler.toml", "--color", "never", "-v", "run", "--seeds", "seeds.txt"]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        self.start, self.rss_start, self.rss_peak = time.time(), 0.0, 0.0

    def wait_for_first_request(self, case=None, seconds=20):
        """Notes the memory before any case, or this one, was asked for anything."""
        asked = lambda: sum(case in (None, request["case"]) for request in json.loads(control("/log")))
        before = asked()
        while self.process.poll() is None and time.time() < self.start + seconds:
            rss = memory(self.process.pid, "VmRSS")
            if asked() > before:
                return
            self.rss_start = rss or self.rss_start
            time.sleep(0.005)

    def watch(self, seconds):
        """Lets it run; False if it ended by itself."""
        while time.time() < self.start + seconds:
            if self.process.poll() is not None:
                return False
            self.rss_peak = max(self.rss_peak, memory(self.process.pid, "VmHWM") or 0)
            time.sleep(0.1)
        return True

    def stop(self):
        """Ends it as an operator would; True if it ended well."""
        self.rss_peak = max(self.rss_peak, memory(self.process.pid, "VmHWM") or 0)
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = None
        self.end = time.time()
        if code != 0:
            print(f"the daemon ended with {code}", file=sys.stderr)
        return code == 0

    def articles(self):
        database = sqlite3.connect(f"file:{self.folder / 'murasil.db'}?mode=ro", uri=True)
        columns = {row[1] for row in database.execute("pragma table_info(articles)")}
        flags = "a.flags" if "flags" in columns else "null"
        for url, requested, title, subtitle, body, flags in database.execute(ARTICLES.format(flags=flags)):
            text = "\n\n".join(part for part in (subtitle, body) if part)
            yield {"url": url, "requested_url": requested, "final_url": None, "title": title, "text": text, "flags": (flags or "").split()}

    def export(self):
        """The CSV of all articles; False if the program cannot."""
        export = [self.binary, "-c", "crawler.toml", "export", "--format", "csv", "--force", "export.csv"]
        return subprocess.run(export, cwd=self.folder).returncode == 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary")
    arguments.add_argument("--seconds", type=int, default=150)
    arguments.add_argument("--keep", help="keep everything in this new folder")
    arguments.add_argument("--only", help="these cases alone, comma-separated; the judge is not strict then")
    arguments.add_argument("--no-single", action="store_true", help="do not run cases alone for their memory")
    args = arguments.parse_args()
    args.binary = os.path.abspath(args.binary)
    folder = pathlib.Path(args.keep or tempfile.mkdtemp(prefix="murasil-hostile-")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    server = subprocess.Popen([sys.executable, SHARED / "hostile.py", "--seconds", str(args.seconds + 400)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        if not server.stdout.readline():
            sys.exit("the hostile server did not start; is another one running?")
        return run(args, folder)
    finally:
        server.terminate()
        server.wait()
        if not args.keep:
            shutil.rmtree(folder, ignore_errors=True)


def run(args, folder):
    all_cases = json.load(open(SHARED / "cases.json"))
    only = args.only.split(",") if args.only else []
    cases = [case for case in all_cases if not only or case["id"] in only]
    control("/reset")
    daemon = Run(args.binary, folder / "whole", [case["url"] for case in cases])
    daemon.wait_for_first_request()
    alive = daemon.watch(args.seconds)
    alive = daemon.stop() and alive
    (folder / "log.json").write_bytes(control("/log"))
    control("/reset")
    with open(folder / "results.jsonl", "w", encoding="utf-8") as out:
        for article in daemon.articles():
            out.write(json.dumps(article, ensure_ascii=False) + "\n")
    daemon.export()
    growth = daemon.rss_peak - daemon.rss_start
    meta = {
        "alive": alive, "run_start": daemon.start, "run_end": daemon.end, "delay_ms": 20, "rss_start_mb": daemon.rss_start,
        "rss_peak_mb": daemon.rss_peak, "log_file": str(daemon.log), "csv_file": str(daemon.folder / "export.csv"),
    }
    greedy = [case for case in cases if growth > case["check"].get("max_rss_growth_mb", 1e9)]
    if not args.no_single:
        with concurrent.futures.ThreadPoolExecutor(SINGLES_AT_ONCE) as pool:
            alone = pool.map(lambda case: single(args.binary, folder, case), greedy)
            meta["rss_case_mb"] = {case["id"]: memory for case, memory in zip(greedy, alone)}
    (folder / "meta.json").write_text(json.dumps(meta))
    print(f"memory {daemon.rss_start:.0f} MB before the first request, {daemon.rss_peak:.0f} MB at most")
    judge = [sys.executable, SHARED / "check.py", SHARED / "cases.json"] + [folder / name for name in ("log.json", "results.jsonl", "meta.json")]
    judged = subprocess.run(judge + ([] if only else ["--strict"]), stdout=subprocess.PIPE, text=True)
    lines = [line for line in judged.stdout.splitlines() if not line.startswith(("SKIP",) if only else ("PASS",))]
    print("\n".join(lines))
    return judged.returncode


def single(binary, folder, case):
    """Memory before the first request and at most, for a case alone."""
    alone = Run(binary, folder / "single" / case["id"], [case["url"]])
    alone.wait_for_first_request(case["id"])
    alone.watch(SINGLE_RUN_S)
    alone.stop()
    return [alone.rss_start, alone.rss_peak]


if __name__ == "__main__":
    sys.exit(main())
