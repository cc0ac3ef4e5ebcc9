#!/usr/bin/env python3
"""Runs the daemon against the hostile web of ../shared/hostile and has its judge look at what came of it.

  run.py BINARY [--seconds 150] [--keep DIR] [--only CASE,CASE] [--no-single] [--within SECONDS] [--beside]

Serves the hostile web on loopback, runs `murasil run --seeds` against all its cases at once, stops it as an operator
would, reads the results from the database and calls `check.py --strict`. Where the whole run's memory grew by more
than a case allows, that case is run once more alone. Where a server sent more bytes than a case allows, its kernel may have
taken them before our close reached it (on a busy machine, megabytes): then the bytes that the daemon read decide, and are
printed. Exit 1 if a case fails. Standard library only.

--within SECONDS is for the gate: so long a run; what it is too short for is left out and named, the rest is judged as
strictly as ever. --beside crawls twenty good papers too, alone at first and then beside the hostile web, and demands that
they keep their rate, that memory stays bounded and that the daemon's heartbeat never pauses. They are served by
examples/good_papers beside BINARY (`cargo build --release --example good_papers`).
"""
import argparse, concurrent.futures, json, os, pathlib, re, shutil, signal, socket, sqlite3, subprocess, sys, tempfile, threading, time
import urllib.request

SHARED = pathlib.Path(__file__).resolve().parents[3] / "shared" / "hostile"
CONTROL = "http://127.0.0.1:18079"
SINGLE_RUN_S = 20
SINGLES_AT_ONCE = 4
# What --beside demands: peak memory in MB of 10^6 bytes; share of its rate that the slowest good paper keeps beside the hostile
# web; seconds between two heartbeats, of which the daemon is asked for two a second.
MOST_MEMORY_MB = 256
LEAST_RATE = 0.95
LONGEST_PAUSE_S = 1.0
WATCHDOG_US = 1_000_000
# By then the papers have been asked for robots.txt and front page; their rates are measured from there on.
WARM_UP_S = 2
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
ports = [18080, 18443, 18081]
allow_private = ["127.0.1.0/24", "127.0.5.0/24", "127.0.7.0/24"]

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

    def __init__(self, binary, folder, seeds, sites="", environment=None):
        folder.mkdir(parents=True)
        (folder / "crawler.toml").write_text(CONFIG + sites)
        (folder / "seeds.txt").write_text("".join(seed + "\n" for seed in seeds))
        self.binary, self.folder, self.log = binary, folder, folder / "crawler.log"
        command = [binary, "-c", "crawler.toml", "--color", "never", "-v", "run", "--seeds", "seeds.txt"]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=os.environ | (environment or {}))
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

    def bytes_read(self, origin):
        """The most that it read of one answer of an origin."""
        database = sqlite3.connect(f"file:{self.folder / 'murasil.db'}?mode=ro", uri=True)
        return database.execute("select max(wire_bytes) from fetches where url like ? || '/%'", [origin]).fetchone()[0]

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
    arguments.add_argument("--within", type=int, metavar="SECONDS", help="run for so long and leave out what needs longer")
    arguments.add_argument("--beside", action="store_true", help="twenty good papers alone, then beside the hostile web")
    args = arguments.parse_args()
    args.binary = os.path.abspath(args.binary)
    if not SHARED.is_dir():
        print(f"SKIP the hostile web: {SHARED} is missing", file=sys.stderr)
        sys.exit(os.environ.get("MURASIL_REQUIRE_SHARED") == "1")
    if args.within:
        args.seconds, args.no_single = args.within, True
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
    cases = json.load(open(SHARED / "cases.json"))
    if args.only:
        cases = [case for case in cases if case["id"] in args.only.split(",")]
    if args.within:
        cases = shortened(cases, args.within)
    (folder / "cases.json").write_text(json.dumps(cases))
    papers = Papers(args.binary, folder) if args.beside else None
    rates = papers.alone(args.seconds) if papers else None
    control("/reset")
    sites, environment = (papers.begin(), papers.heart.environment) if papers else ("", None)
    daemon = Run(args.binary, folder / "whole", [case["url"] for case in cases], sites, environment)
    daemon.wait_for_first_request()
    alive = daemon.watch(args.seconds)
    kept = papers.judge(daemon, rates) if papers else True
    alive = daemon.stop() and alive
    (folder / "log.json").write_bytes(control("/log"))
    control("/reset")
    with open(folder / "results.jsonl", "w", encoding="utf-8") as out:
        for article in daemon.articles():
            if not article["url"].startswith("http://127.0.7."):
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
    wrong = [line for line in judged(args, folder) if not closed_in_time(line, cases, daemon)]
    return 0 if not wrong and kept else 1


def shortened(cases, seconds):
    """The cases that a run of so many seconds can show, without checks that need more; names the others."""
    kept = []
    for case in cases:
        check = case["check"]
        if check.get("run_s", 0) > seconds - 10:
            print(f"left out: {case['id']}: it is to be watched for {check['run_s']} s")
            continue
        if "max_requests_120s" in check:
            print(f"left out: {case['id']}: its requests are counted for 120 s")
            continue
        if "max_rss_growth_mb" in check:
            print(f"left out: {case['id']}: its memory, which takes a run of its own; all else of it is judged")
        kept.append(case | {"check": {key: value for key, value in check.items() if key != "max_rss_growth_mb"}})
    return kept


def judged(args, folder):
    """What the judge finds against the run, but that it was short where it was meant to be."""
    files = [folder / name for name in ("cases.json", "log.json", "results.jsonl", "meta.json")]
    judge = subprocess.run([sys.executable, SHARED / "check.py", "--strict", *files], stdout=subprocess.PIPE, text=True)
    lines = [line for line in judge.stdout.splitlines() if not line.startswith("PASS")]
    if args.within or args.only:
        lines = [line for line in lines if not line.startswith("FAIL run: the run lasted")]
    print("\n".join(lines))
    return [line for line in lines if line.startswith("FAIL")] if lines else ["FAIL: the judge said nothing"]


def closed_in_time(failure, cases, daemon):
    """Whether a failure is of nothing but bytes sent, and the daemon read no more than the case allows."""
    case = next((case for case in cases if re.fullmatch(rf"FAIL {case['id']} \d+ (robots )?bytes > \d+\s*", failure)), None)
    if case is None:
        return False
    most = int(failure.split()[-1])
    read = daemon.bytes_read("/".join(case["url"].split("/")[:3]))
    print(f"{case['id']}: the daemon read {read} bytes of them, {most} are allowed")
    return read is not None and read <= most


class Papers:
    """The twenty good papers, and what is demanded while the hostile web is crawled beside them."""

    def __init__(self, binary, folder):
        self.binary, self.folder, self.heart = binary, folder, Heart(folder)

    def begin(self):
        """Starts the papers; what the configuration says of them."""
        command = [pathlib.Path(self.binary).parent / "examples" / "good_papers"]
        self.server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        sites = ""
        for line in self.server.stdout:
            if line == "serving\n":
                return sites
            sites += line
        sys.exit("the good papers were not served; is another one running?")

    def end(self, start, seconds):
        """Stops the papers; requests a second of each between the warm-up and the end."""
        self.server.stdin.close()
        arrivals = json.loads(self.server.stdout.read())
        self.server.wait()
        inside = lambda at: start + WARM_UP_S <= at < start + seconds
        return {host: sum(map(inside, times)) / (seconds - WARM_UP_S) for host, times in arrivals.items()}

    def alone(self, seconds):
        """The papers' rates without the hostile web."""
        daemon = Run(self.binary, self.folder / "alone", ["http://127.0.7.1:18081/"], self.begin())
        daemon.watch(seconds)
        rates = self.end(daemon.start, seconds)
        print(f"good papers alone: {described(rates)}, memory {daemon.rss_peak:.0f} MB at most")
        daemon.stop()
        return rates

    def judge(self, daemon, before):
        """Whether the papers kept their rate, the memory its bound and the heart its beat."""
        after = self.end(daemon.start, time.time() - daemon.start)
        all_kept = sum(after.values()) / sum(before.values())
        slowest = min(after[host] / before[host] for host in before)
        beats, pause = self.heart.longest_pause()
        print(f"good papers beside the hostile web: {described(after)}; they keep {all_kept:.1%}, the slowest {slowest:.1%} (demanded {LEAST_RATE:.0%})")
        print(f"memory {daemon.rss_peak:.1f} MB at most (demanded {MOST_MEMORY_MB})")
        print(f"{beats} heartbeats, at most {pause:.2f} s between two (demanded {LONGEST_PAUSE_S})")
        return slowest >= LEAST_RATE and daemon.rss_peak <= MOST_MEMORY_MB and pause <= LONGEST_PAUSE_S and beats > 100


def described(rates):
    return f"{sum(rates.values()):.1f} requests/s of all, {min(rates.values()):.2f} to {max(rates.values()):.2f} a paper"


class Heart:
    """Listens to the daemon as systemd would, which is told `WATCHDOG=1` twice within `WatchdogSec`."""

    def __init__(self, folder):
        path = str(folder / "notify.sock")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.environment = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": str(WATCHDOG_US)}
        self.beats = []
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            if b"WATCHDOG=1" in self.socket.recv(4096):
                self.beats.append(time.monotonic())

    def longest_pause(self):
        """Number of beats and the longest time between two, or since the last."""
        beats = self.beats + [time.monotonic()]
        return len(self.beats), max((after - before for before, after in zip(beats, beats[1:])), default=float("inf"))


def single(binary, folder, case):
    """Memory before the first request and at most, for a case alone."""
    alone = Run(binary, folder / "single" / case["id"], [case["url"]])
    alone.wait_for_first_request(case["id"])
    alone.watch(SINGLE_RUN_S)
    alone.stop()
    return [alone.rss_start, alone.rss_peak]


if __name__ == "__main__":
    sys.exit(main())
