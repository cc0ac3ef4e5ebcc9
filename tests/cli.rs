//! The binary from outside: help, exit codes, configuration errors, the environment, queries.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use murasil::model::{
    Admission, Article, Extractor, Fetched, Found, FoundBy, NextVisit, Outcome, Page, PageKind, PageUrl, Parsed, Plan,
    Receipt, Request, RequestKind, Retired, RobotsUse, Timestamp, Validators, Visit, When,
};
use murasil::store::{SiteRecord, Store};
use tempfile::TempDir;

/// Runs the program in a folder, with nothing of ours in the environment.
fn murasil(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_murasil"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MURASIL_") || name == "RUST_LOG") {
        command.env_remove(name);
    }
    command.current_dir(folder).args(arguments);
    command
}

fn output(command: &mut Command) -> Output {
    command.output().expect("the binary runs")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("ended by itself")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("standard output is text")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("standard error is text")
}

/// A folder with a crawler.toml.
fn folder_with(config: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("crawler.toml"), config).expect("written");
    folder
}

/// What `check` says about a configuration, line by line.
fn complaints(config: &str) -> Vec<String> {
    let folder = folder_with(config);
    let output = output(&mut murasil(folder.path(), &["check"]));
    assert_eq!(code(&output), 78, "{config}\n{}{}", stdout(&output), stderr(&output));
    stderr(&output).lines().map(str::to_owned).collect()
}

fn assert_refused(config: &str, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|line| format!("murasil: {line}")).collect();
    assert_eq!(complaints(config), expected, "{config}");
}

fn assert_accepted(config: &str) {
    let folder = folder_with(config);
    let output = output(&mut murasil(folder.path(), &["check"]));
    assert_eq!(code(&output), 0, "{config}\n{}", stderr(&output));
}

const SITE: &str = "[[site]]\nname = \"a\"\nseeds = [\"https://a.example/\"]\n";
const LOOPBACK: &str = "[[site]]\nname = \"a\"\nseeds = [\"http://127.0.0.1:8001/\"]\n[fetch]\nports = [8001]\n";

#[test]
fn help_and_version_are_no_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in [&["--help"][..], &["-h"], &["--version"], &["run", "--help"], &["help", "check"]] {
        let output = output(&mut murasil(folder.path(), arguments));
        assert_eq!(code(&output), 0, "{arguments:?}");
        assert!(!stdout(&output).is_empty(), "{arguments:?}");
        assert_eq!(stderr(&output), "", "{arguments:?}");
    }
}

#[test]
fn arguments_that_make_no_sense_end_with_2() {
    let folder = folder_with(SITE);
    for arguments in [
        &[][..],
        &["rum"],
        &["check", "--netwrok"],
        &["run", "--for", "5"],
        &["run", "--wait", "5m"],
        &["fetch", "ftp://a.example/"],
        &["-v", "-q", "check"],
        &["completions", "tcsh"],
    ] {
        let output = output(&mut murasil(folder.path(), arguments));
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert_eq!(stdout(&output), "", "{arguments:?}");
    }
}

#[test]
fn colours_are_used_only_if_asked_for() {
    let folder = folder_with(SITE);
    let colours = |command: &mut Command| {
        let output = output(command);
        stdout(&output).contains('\u{1b}') || stderr(&output).contains('\u{1b}')
    };
    assert!(!colours(&mut murasil(folder.path(), &["--help"])));
    assert!(colours(&mut murasil(folder.path(), &["--color", "always", "--help"])));
    assert!(!colours(&mut murasil(folder.path(), &["--color=never", "--help"])));
    assert!(!colours(&mut murasil(folder.path(), &["check"])));
    assert!(colours(&mut murasil(folder.path(), &["check", "--color=always"])));
    assert!(!colours(murasil(folder.path(), &["check"]).env("NO_COLOR", "1")));
}

#[test]
fn a_reader_that_goes_away_is_a_quiet_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = murasil(folder.path(), &["schema"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((code(&output), stderr(&output).as_str()), (0, ""));
}

#[test]
fn init_writes_a_file_that_check_accepts_and_never_overwrites() {
    let folder = tempfile::tempdir().expect("a folder");
    let init = output(&mut murasil(folder.path(), &["init"]));
    assert_eq!(code(&init), 0, "{}", stderr(&init));
    let written = fs::read_to_string(folder.path().join("crawler.toml")).expect("is there");
    assert_eq!(written, include_str!("../crawler.toml"));

    let check = output(&mut murasil(folder.path(), &["check"]));
    assert_eq!(code(&check), 0, "{}", stderr(&check));
    for word in
        ["yemeress", "sauress", "masress", "sudaress", "turess", "djazairess", "maghress", "7 with 7 seeds", "contact"]
    {
        assert!(stdout(&check).contains(word), "{word} is not in\n{}", stdout(&check));
    }

    fs::write(folder.path().join("crawler.toml"), "mine").expect("written");
    let again = output(&mut murasil(folder.path(), &["init"]));
    assert_eq!(code(&again), 1);
    assert!(stderr(&again).starts_with("murasil: crawler.toml is there already"), "{}", stderr(&again));
    assert_eq!(fs::read_to_string(folder.path().join("crawler.toml")).expect("is there"), "mine");
}

#[test]
fn init_writes_where_config_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let init = output(&mut murasil(folder.path(), &["init", "-c", "other.toml"]));
    assert_eq!(code(&init), 0, "{}", stderr(&init));
    assert!(folder.path().join("other.toml").exists());
    let check = output(&mut murasil(folder.path(), &["check", "-c", "other.toml", "--json"]));
    let summary: serde_json::Value = serde_json::from_str(&stdout(&check)).expect("is JSON");
    assert_eq!(summary["files"], serde_json::json!(["other.toml"]));
    assert_eq!(summary["sites"][1]["domains"], serde_json::json!(["sauress.com"]));
}

#[test]
fn the_schema_is_json_and_knows_every_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = output(&mut murasil(folder.path(), &["schema"]));
    assert_eq!(code(&output), 0);
    let schema: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("is JSON");
    let tables: Vec<&String> = schema["properties"].as_object().expect("an object").keys().collect();
    let mut expected =
        ["crawler", "politeness", "schedule", "fetch", "serve", "alerts", "retention", "site", "profile"].to_vec();
    expected.sort_unstable();
    let mut tables: Vec<&str> = tables.into_iter().map(String::as_str).collect();
    tables.sort_unstable();
    assert_eq!(tables, expected);
    assert_eq!(schema["$defs"]["Site"]["required"], serde_json::json!(["name", "seeds"]));
}

#[test]
fn completions_are_written_for_each_shell() {
    let folder = tempfile::tempdir().expect("a folder");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = output(&mut murasil(folder.path(), &["completions", shell]));
        assert_eq!(code(&output), 0);
        assert!(stdout(&output).contains("murasil"), "{shell}");
    }
}

#[test]
fn a_missing_file_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = output(&mut murasil(folder.path(), &["check", "-c", "none.toml"]));
    assert_eq!(code(&output), 78);
    assert!(stderr(&output).starts_with("murasil: none.toml: cannot be read: "), "{}", stderr(&output));
    assert!(stderr(&output).contains("murasil init"));
}

#[test]
fn without_any_file_the_defaults_hold() {
    let folder = tempfile::tempdir().expect("a folder");
    if Path::new("/etc/murasil/crawler.toml").exists() {
        return;
    }
    let output = output(&mut murasil(folder.path(), &["check"]));
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).contains("no file; the defaults hold"));
    assert!(stdout(&output).contains("there are no sites"));
}

#[test]
fn a_file_that_is_no_toml_names_its_lines() {
    assert_refused(
        "[crawler]\ncontact \"x\"\n",
        &["crawler.toml:2: contact \"x\": not TOML: key with no value, expected `=`"],
    );
    assert_refused(
        "[crawler]\ncontact = \"\"\ncontact = \"\"\n",
        &["crawler.toml:3: contact = \"\": not TOML: duplicate key"],
    );
    let many = complaints("[crawler\n[politeness]\ndelay = 5s\n");
    assert!(many.iter().any(|line| line.starts_with("murasil: crawler.toml:1: ")), "{many:?}");
    assert!(many.iter().any(|line| line.starts_with("murasil: crawler.toml:3: delay = 5s: ")), "{many:?}");
}

#[test]
fn a_file_that_is_no_text_names_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("crawler.toml"), b"[crawler]\n# \xff\n").expect("written");
    let output = output(&mut murasil(folder.path(), &["check"]));
    assert_eq!(code(&output), 78);
    assert_eq!(stderr(&output), "murasil: crawler.toml:2: must be UTF-8\n");
}

#[test]
fn unknown_keys_are_errors_with_a_guess() {
    for (config, expected) in [
        ("[politness]\n", "crawler.toml:1: politness: unknown key; did you mean \"politeness\"?"),
        (
            "[fetch]\n\ntimout = \"3s\"\n",
            "crawler.toml:3: fetch.timout = \"3s\": unknown key; did you mean \"timeout\"?",
        ),
        (
            "[crawler]\ndelay = \"5s\"\n",
            "crawler.toml:2: crawler.delay = \"5s\": unknown key; did you mean \"politeness.delay\"?",
        ),
        ("delay = \"5s\"\n", "crawler.toml:1: delay = \"5s\": unknown key; did you mean \"politeness.delay\"?"),
        (
            "[schedule]\nsources = { mim = \"1h\" }\n",
            "crawler.toml:2: schedule.sources.mim = \"1h\": unknown key; did you mean \"min\"?",
        ),
        ("[alerts]\nquux = 1\n", "crawler.toml:2: alerts.quux = 1: unknown key; here are allowed: to"),
        (
            "[[site]]\nname = \"a\"\nseeds = [\"https://a.example/\"]\nfolow = { depth = 1 }\n",
            "crawler.toml:4: site[a].folow: unknown key; did you mean \"follow\"?",
        ),
        (
            "[profile.p.title]\ncsss = [\"h1\"]\n",
            "crawler.toml:2: profile.p.title.csss = [\"h1\"]: unknown key; did you mean \"css\"?",
        ),
    ] {
        assert_refused(config, &[expected]);
    }
}

#[test]
fn wrong_types_say_what_is_allowed() {
    const DURATION: &str =
        "must be a number with a unit: ms, s, m, h or d (\"500ms\", \"5s\", \"10m\", \"24h\", \"14d\")";
    for (config, expected) in [
        ("[politeness]\ndelay = 5\n", format!("crawler.toml:2: politeness.delay = 5: {DURATION}")),
        ("[politeness]\ndelay = \"5\"\n", format!("crawler.toml:2: politeness.delay = \"5\": {DURATION}")),
        ("[schedule]\nrevisit = [\n\"1h\",\n\"2 weeks\"]\n", format!("crawler.toml:4: schedule.revisit[#2] = \"2 weeks\": {DURATION}")),
        (
            "[fetch]\nmax_body = \"5 MB\"\n",
            "crawler.toml:2: fetch.max_body = \"5 MB\": must be a number with a unit: B, KiB, MiB or GiB (\"5 MiB\")".into(),
        ),
        (
            "[politeness]\nper_host = 2\n",
            "crawler.toml:2: politeness.per_host = 2: must be 1, the only value".into(),
        ),
        (
            "[politeness]\nper_ip = -1\n",
            "crawler.toml:2: politeness.per_ip = -1: must be a whole number from 1 to 64".into(),
        ),
        (
            "[fetch]\nconcurrency = 4.5\n",
            "crawler.toml:2: fetch.concurrency = 4.5: must be a whole number from 1 to 1024".into(),
        ),
        (
            "[fetch]\nports = [80, 70000]\n",
            "crawler.toml:2: fetch.ports[#2] = 70000: must be a whole number from 0 to 65535".into(),
        ),
        (
            "[politeness]\nrobots = \"ignore\"\n",
            "crawler.toml:2: politeness.robots = \"ignore\": must be \"obey\", the only value".into(),
        ),
        (
            "[politeness.opt_out]\nnoarchive = \"noraw\"\n",
            "crawler.toml:2: politeness.opt_out.noarchive = \"noraw\": must be \"no-raw\" or \"record\"; did you mean \"no-raw\"?".into(),
        ),
        ("crawler = 5\n", "crawler.toml:1: crawler = 5: must be a table".into()),
        (
            "[site]\nname = \"a\"\n",
            "crawler.toml:1: site: must be a list of tables, which is written with double brackets: [[…]]".into(),
        ),
        (
            "[[site]]\nname = \"a\"\nseeds = [{ url = \"https://a.example/\", kind = \"rss\" }]\n",
            "crawler.toml:3: site[a].seeds[#1].kind = \"rss\": must be \"feed\", \"sitemap\", \"front\", \"section\" or \"article\"".into(),
        ),
        (
            "[[site]]\nseeds = [\"https://a.example/\"]\n",
            "crawler.toml:1: site[#1].name: is missing; it must be a text in quotes".into(),
        ),
        ("[fetch]\nproxy = \"\"\"a\nb\"\"\"\n", "crawler.toml:2: fetch.proxy = \"a\\nb\": must be \"none\" or the http(s) URL of a proxy".into()),
    ] {
        assert_refused(config, &[&expected]);
    }
}

#[test]
fn values_that_cannot_hold_say_why() {
    for (config, expected) in [
        (
            "[crawler]\nuser_agent = \"Mozilla/5.0 (X11)\"\n",
            "crawler.toml:2: crawler.user_agent = \"Mozilla/5.0 (X11)\": must be token/version, the token of letters, \"_\" and \"-\" only (\"murasil/0.1\"; RFC 9309 section 2.2.1)",
        ),
        (
            "[crawler]\ncontact = \"call me\"\n",
            "crawler.toml:2: crawler.contact = \"call me\": must be an http(s) URL or a mail address, or empty",
        ),
        (
            "[crawler]\ntimezone = \"Asia/Riad\"\n",
            "crawler.toml:2: crawler.timezone = \"Asia/Riad\": must be an IANA time zone such as \"Asia/Riyadh\"; did you mean \"Asia/Riyadh\"?",
        ),
        (
            "[crawler]\narchive = \"murasil.db\"\n",
            "crawler.toml:2: crawler.archive = \"murasil.db\": must be another file than crawler.database",
        ),
        (
            "[politeness]\ndelay = \"50ms\"\n",
            "crawler.toml:2: politeness.delay = \"50ms\": must be at least 1s for public hosts (see docs/OPERATIONS.md#pace)",
        ),
        (
            "[politeness]\nfloor = \"3s\"\ndelay = \"2s\"\n",
            "crawler.toml:3: politeness.delay = \"2s\": must be at least 3s for public hosts (see docs/OPERATIONS.md#pace)",
        ),
        (
            "[politeness]\nfloor = \"500ms\"\n",
            "crawler.toml:2: politeness.floor = \"500ms\": must be at least 1s, unless every site's hosts and seeds are addresses inside fetch.allow_private",
        ),
        (
            "[politeness]\ndelay = \"20m\"\nmax_crawl_delay = \"1h\"\n",
            "crawler.toml:2: politeness.delay = \"20m\": sources.min must be at least politeness.delay, 20m",
        ),
        (
            "[schedule]\nsources = { min = \"2h\", max = \"1h\" }\n",
            "crawler.toml:2: schedule.sources.min = \"2h\": sources.min must not be above sources.max",
        ),
        (
            "[schedule]\nrevisit = [\"1h\", \"1h\"]\n",
            "crawler.toml:2: schedule.revisit = [\"1h\", \"1h\"]: must be ages that grow, the first above zero",
        ),
        (
            "[schedule.retry]\nfirst = \"2d\"\n",
            "crawler.toml:2: schedule.retry.first = \"2d\": retry.first must not be above retry.max",
        ),
        ("[fetch]\ntimeout = \"11m\"\n", "crawler.toml:2: fetch.timeout = \"11m\": must be from 1s to 10m"),
        (
            "[fetch]\nmax_body = \"1 GiB\"\n",
            "crawler.toml:2: fetch.max_body = \"1 GiB\": must be from 1 KiB to 100 MiB",
        ),
        ("[fetch]\nports = []\n", "crawler.toml:2: fetch.ports = []: must be ports from 1 to 65535, at least one"),
        (
            "[fetch]\nresolver = [\"127.0.0.1\"]\n",
            "crawler.toml:2: fetch.resolver[#1] = \"127.0.0.1\": must be an address with its port (\"127.0.0.1:53\", \"[::1]:53\")",
        ),
        (
            "[fetch]\nallow_private = [\"127.0.0.0/8\", \"10.0.0.1/8\"]\n",
            "crawler.toml:2: fetch.allow_private[#2] = \"10.0.0.1/8\": has bits set behind its length /8",
        ),
        (
            "[serve]\nlisten = \"8686\"\n",
            "crawler.toml:2: serve.listen = \"8686\": must be \"off\" or an address with its port (\"127.0.0.1:8686\")",
        ),
        (
            "[alerts]\nto = [\"mail\"]\n",
            "crawler.toml:2: alerts.to[#1] = \"mail\": must be \"log\", \"command:PROGRAM\" or \"webhook:URL\"",
        ),
        ("[retention]\nfetch_log = \"1h\"\n", "crawler.toml:2: retention.fetch_log = \"1h\": must be at least 1d"),
        (
            "[profile.p]\npublished = { css = [\"b\"], pattern = '(?<date>' }\n",
            "crawler.toml:2: profile.p.published.pattern = \"(?<date>\": is no regular expression: unclosed group",
        ),
        (
            "[profile.p]\nheadlines = [{ css = [\"b\"], role = \"tickr\" }]\n",
            "crawler.toml:2: profile.p.headlines: role \"tickr\" must be one of ticker, front, related, most-read",
        ),
    ] {
        assert_refused(config, &[expected]);
    }
}

#[test]
fn selectors_of_profiles_are_tried() {
    assert_refused(
        "[profile.p]\ntitle = { css = ['h1[['] }\n",
        &["crawler.toml:2: profile.p.title.css = \"h1[[\": not a CSS selector"],
    );
    let folder = folder_with("[profile.p]\nbody = { css = ['p'], remove = ['::'] }\n");
    let output = output(&mut murasil(folder.path(), &["run", "--once"]));
    assert_eq!(code(&output), 78, "{}", stderr(&output));
    assert!(!folder.path().join("murasil.db").exists());
}

#[test]
fn sites_are_checked_each_with_its_name() {
    let site = |rest: &str| format!("[[site]]\nname = \"a\"\n{rest}\n");
    for (config, expected) in [
        (site("seeds = []"), "crawler.toml:3: site[a].seeds = []: must be at least one address"),
        (
            site("seeds = [\"ftp://a.example/\"]"),
            "crawler.toml:3: site[a].seeds[#1] = \"ftp://a.example/\": must be an http(s) URL: scheme `ftp` is not fetched; only http and https are",
        ),
        (
            site("seeds = [\"https://a.example:8443/\"]"),
            "crawler.toml:3: site[a].seeds[#1] = \"https://a.example:8443/\": port 8443 is not among fetch.ports, 80, 443",
        ),
        (
            site("domains = [\"a.example\"]\nseeds = [{ url = \"https://b.example/\", kind = \"front\" }]"),
            "crawler.toml:4: site[a].seeds[#1].url = \"https://b.example/\": must lie in the site's domains, a.example",
        ),
        (
            site("domains = [\"A.example\"]\nseeds = [\"https://a.example/\"]"),
            "crawler.toml:3: site[a].domains[#1] = \"A.example\": must be written \"a.example\"",
        ),
        (
            site("domains = [\"co.uk\"]\nseeds = [\"https://a.co.uk/\"]"),
            "crawler.toml:3: site[a].domains[#1] = \"co.uk\": is a public suffix, under which everybody has domains",
        ),
        (
            site("seeds = [\"https://a.example/\"]\ndelay = \"10ms\""),
            "crawler.toml:4: site[a].delay = \"10ms\": must be at least 1s for public hosts (see docs/OPERATIONS.md#pace)",
        ),
        (
            site("seeds = [\"https://a.example/\"]\nfollow = { allow = ['a', '['] }"),
            "crawler.toml:4: site[a].follow.allow[#2] = \"[\": is no regular expression: unclosed character class",
        ),
        (
            site("seeds = [\"https://a.example/\"]\nprofile = \"arabres\""),
            "crawler.toml:4: site[a].profile = \"arabres\": must be a [profile.NAME] or a built-in one; there are: arabress, blogger, drupal, ghost, joomla, wordpress; did you mean \"arabress\"?",
        ),
        (
            site("seeds = [\"https://a.example/\"]\ntimezone = \"Mars\""),
            "crawler.toml:4: site[a].timezone = \"Mars\": must be an IANA time zone such as \"Asia/Riyadh\"",
        ),
    ] {
        // `Mars` is near some short zone names, so only the beginning is fixed.
        let lines = complaints(&config);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].starts_with(&format!("murasil: {expected}")), "{}\nis not\n{expected}", lines[0]);
    }
    assert_refused(
        "[[site]]\nname = \"a\"\nseeds = [\"https://a.example/\"]\n[[site]]\nname = \"a\"\nseeds = [\"https://b.example/\"]\n",
        &["crawler.toml:5: site[a].name = \"a\": must be unique; the first site of this name is at crawler.toml:2"],
    );
    assert_refused(
        "[[site]]\nname = \"a\"\nseeds = [\"https://x.example/\"]\n[[site]]\nname = \"b\"\nseeds = [\"https://www.x.example/\"]\n",
        &[
            "crawler.toml:6: site[b].seeds[#1] = \"https://www.x.example/\": belongs to site \"a\", which stands first and has the same domain",
        ],
    );
}

#[test]
fn all_problems_are_reported_at_once_in_the_order_of_the_file() {
    assert_refused(
        "[politeness]\ndelay = \"50ms\"\nrobot = \"obey\"\n[fetch]\ntimeout = \"1d\"\n[[site]]\nname = \"a\"\nseeds = [5]\n",
        &[
            "crawler.toml:2: politeness.delay = \"50ms\": must be at least 1s for public hosts (see docs/OPERATIONS.md#pace)",
            "crawler.toml:3: politeness.robot = \"obey\": unknown key; did you mean \"robots\"?",
            "crawler.toml:5: fetch.timeout = \"1d\": must be from 1s to 10m",
            "crawler.toml:8: site[a].seeds[#1] = 5: must be a text in quotes or a table { kind = …, url = … }",
        ],
    );
}

#[test]
fn hosts_that_are_private_addresses_may_be_asked_faster() {
    assert_accepted(&format!("{LOOPBACK}allow_private = [\"127.0.0.0/8\"]\n[politeness]\ndelay = \"0ms\"\n"));
    assert_accepted(&format!(
        "{LOOPBACK}allow_private = [\"127.0.0.0/8\"]\n[politeness]\nfloor = \"20ms\"\ndelay = \"20ms\"\n"
    ));
    let refused = complaints(&format!("{LOOPBACK}allow_private = [\"10.0.0.0/8\"]\n[politeness]\ndelay = \"50ms\"\n"));
    assert!(refused[0].contains("politeness.delay = \"50ms\": must be at least 1s"), "{refused:?}");
    let mixed = complaints(&format!(
        "{LOOPBACK}allow_private = [\"127.0.0.0/8\"]\n[politeness]\ndelay = \"50ms\"\n{}",
        SITE.replace("\"a\"", "\"b\"")
    ));
    assert!(mixed.iter().any(|line| line.contains("politeness.delay")), "{mixed:?}");
}

#[test]
fn the_environment_overrides_the_file() {
    let folder = folder_with(SITE);
    let mut command = murasil(folder.path(), &["check", "--json"]);
    command.env("MURASIL_POLITENESS__DELAY", "7s").env("MURASIL_CRAWLER__CONTACT", "bot@example.org");
    let summary: serde_json::Value = serde_json::from_str(&stdout(&output(&mut command))).expect("is JSON");
    assert_eq!(summary["sites"][0]["delay_ms"], 7000);
    assert_eq!(summary["user_agent"], concat!("murasil/", env!("CARGO_PKG_VERSION"), " (+bot@example.org)"));
    assert_eq!(summary["warnings"], serde_json::json!([]));

    command.env("MURASIL_SITE__A__DELAY", "9s");
    let summary: serde_json::Value = serde_json::from_str(&stdout(&output(&mut command))).expect("is JSON");
    assert_eq!(summary["sites"][0]["delay_ms"], 9000);
}

#[test]
fn an_error_in_the_environment_names_the_variable() {
    let folder = folder_with(SITE);
    for (name, value, expected) in [
        (
            "MURASIL_POLITENESS__DELAY",
            "50ms",
            "MURASIL_POLITENESS__DELAY: politeness.delay = \"50ms\": must be at least 1s",
        ),
        (
            "MURASIL_POLITENESS__PER_IP",
            "many",
            "MURASIL_POLITENESS__PER_IP: politeness.per_ip = \"many\": must be a whole number",
        ),
        (
            "MURASIL_POLITENESS_DELAY",
            "2s",
            "MURASIL_POLITENESS_DELAY: \"2s\": sets no known key; did you mean \"MURASIL_POLITENESS__DELAY\"?",
        ),
        ("MURASIL_SITE__B__DELAY", "9s", "MURASIL_SITE__B__DELAY: site.b.delay = 9s: no [[site]] has the name \"b\""),
        (
            "MURASIL_SITE__A__PROFILE",
            "x",
            "MURASIL_SITE__A__PROFILE: site[a].profile = \"x\": must be a [profile.NAME]",
        ),
    ] {
        let output = output(murasil(folder.path(), &["check"]).env(name, value));
        assert_eq!(code(&output), 78, "{name}");
        assert!(stderr(&output).starts_with(&format!("murasil: {expected}")), "{}", stderr(&output));
        assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    }
}

#[test]
fn drop_ins_are_laid_over_the_file_in_the_order_of_their_names() {
    let folder = folder_with(SITE);
    let drop_ins = folder.path().join("conf.d");
    fs::create_dir(&drop_ins).expect("created");
    let write = |name: &str, text: &str| fs::write(drop_ins.join(name), text).expect("written");
    write("10-pace.toml", "[politeness]\ndelay = \"7s\"\n");
    write("20-pace.toml", "[politeness]\ndelay = \"8s\"\n");
    write(
        "30-site.toml",
        "[[site]]\nname = \"b\"\nseeds = [\"https://b.example/\"]\nprofile = \"p\"\n[profile.p]\nlanguage = \"ar\"\n",
    );
    write(".hidden.toml", "broken");
    write("notes.txt", "broken");

    let check = output(&mut murasil(folder.path(), &["check", "--json"]));
    assert_eq!(code(&check), 0, "{}", stderr(&check));
    let summary: serde_json::Value = serde_json::from_str(&stdout(&check)).expect("is JSON");
    assert_eq!(summary["files"].as_array().map(Vec::len), Some(4));
    assert_eq!(summary["sites"][0]["delay_ms"], 8000);
    assert_eq!(summary["sites"][1]["name"], "b");

    write("40-broken.toml", "[politeness]\n\ndelay = \"1ms\"\n");
    let check = output(&mut murasil(folder.path(), &["check"]));
    assert_eq!(code(&check), 78);
    assert!(
        stderr(&check).starts_with("murasil: conf.d/40-broken.toml:3: politeness.delay = \"1ms\": "),
        "{}",
        stderr(&check)
    );
}

#[test]
fn paths_are_relative_to_the_configuration() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("etc")).expect("created");
    fs::write(folder.path().join("etc/c.toml"), "[crawler]\ndatabase = \"d/x.db\"\n").expect("written");
    let paths = |arguments: &[&str]| {
        let check = output(&mut murasil(folder.path(), arguments));
        let summary: serde_json::Value = serde_json::from_str(&stdout(&check)).expect("is JSON");
        (summary["database"].clone(), summary["archive"].clone())
    };
    let expected = ("etc/d/x.db".into(), "etc/murasil-pages.db".into());
    assert_eq!(paths(&["check", "--json", "-c", "etc/c.toml"]), expected);
    let expected = ("y/news.db".into(), "y/news-pages.db".into());
    assert_eq!(paths(&["check", "--json", "-c", "etc/c.toml", "-d", "y/news.db"]), expected);
}

#[test]
fn check_prints_its_problems_as_json_too() {
    let folder = folder_with("[politeness]\ndelay = \"50ms\"\n");
    let check = output(&mut murasil(folder.path(), &["check", "--json"]));
    assert_eq!(code(&check), 78);
    let answer: serde_json::Value = serde_json::from_str(&stdout(&check)).expect("is JSON");
    assert_eq!(answer["ok"], false);
    let problem = &answer["problems"][0];
    assert_eq!(problem["line"], 2);
    assert_eq!(problem["key"], "politeness.delay");
    assert_eq!(problem["value"], "\"50ms\"");
}

#[test]
fn a_log_filter_that_is_none_is_refused() {
    let folder = folder_with(SITE);
    let check = output(murasil(folder.path(), &["check"]).env("MURASIL_LOG", "murasil=loud"));
    assert_eq!(code(&check), 1);
    assert!(stderr(&check).starts_with("murasil: MURASIL_LOG=murasil=loud: "), "{}", stderr(&check));
}

/// An empty database of the present schema.
fn empty_database(folder: &Path) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let store = Store::open(&folder.join("murasil.db"), None).await.expect("opens");
        store.close().await.expect("closes");
    });
}

/// A database with one Arabic article whose title tries to forge a line and to move the cursor.
fn database_with_an_article(folder: &Path) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let store = Store::open(&folder.join("murasil.db"), None).await.expect("opens");
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().expect("an instant");
        let seed = Admission {
            url: PageUrl::parse("https://a.example/1").expect("an address"),
            site: "a".into(),
            kind: PageKind::Article,
            depth: 0,
            hops: 0,
            priority: 0,
            dated: true,
            found_by: FoundBy::Seed,
        };
        store.sync_sites(&[SiteRecord { name: "a".into() }], vec![seed], now).await.expect("stored");
        let claim = store.claim(now, 1, &HashSet::default()).await.expect("claimed").pop().expect("one is due");
        store.record(visit(claim, now)).await.expect("recorded");
        store.close().await.expect("closes");
    });
}

fn visit(claim: murasil::model::Claim, now: Timestamp) -> Visit {
    let page = Page {
        url: claim.url.clone(),
        status: 200,
        content_type: None,
        robots_tags: Vec::new(),
        links: murasil::model::HeaderLinks::default(),
        validators: Validators::default(),
        fresh_for: None,
        body: b"<html>"[..].into(),
    };
    let request = Request {
        kind: RequestKind::Page,
        url: claim.url.clone(),
        started_at: now,
        elapsed: std::time::Duration::from_millis(5),
        status: Some(200),
        wire_bytes: 6,
        body_bytes: 6,
        remote: None,
        error: None,
    };
    let receipt = Receipt { requests: vec![request], robots: RobotsUse::None, crawl_delay: None, sitemaps: Vec::new() };
    let found = |text: &str| Some(Found::new(text.to_owned(), Extractor::Html, "test"));
    let day = When::day("2015-02-06".parse().expect("a day"), "06 - 02 - 2015");
    let article = Article {
        title: found("عنوان الخبر\u{1b}[31m"),
        language: found("ar"),
        published: Some(Found::new(day, Extractor::Html, "test")),
        body: Some(Found::new(vec!["فقرة أولى".into(), "second".into()], Extractor::Html, "test")),
        ..Article::default()
    };
    let parsed = Parsed { article: Some(article), ..Parsed::nothing(PageKind::Article) };
    let plan = Plan {
        kind: PageKind::Article,
        settled: None,
        next: NextVisit::Never(Retired::Done),
        pace: claim.pace.clone(),
        admit: Vec::new(),
        turned_away: Vec::new(),
        store_article: true,
        keep_raw: false,
        alias_of: None,
        steers: false,
    };
    Visit::new(claim, Fetched { outcome: Outcome::Page(page), receipt }, parsed, plan, now)
}

const QUESTIONS: [&[&str]; 4] = [&["articles"], &["search", "عنوان"], &["show", "1"], &["status"]];

#[test]
fn questions_to_a_missing_database_say_how_to_get_one() {
    let folder = folder_with(SITE);
    for question in QUESTIONS {
        let output = output(&mut murasil(folder.path(), question));
        assert_eq!(code(&output), 1, "{question:?}");
        assert!(
            stderr(&output).starts_with("murasil: murasil.db: no such database; `murasil run` creates it"),
            "{}",
            stderr(&output)
        );
        assert_eq!(stdout(&output), "");
    }
    assert!(!folder.path().join("murasil.db").exists());
}

#[test]
fn a_database_where_nothing_can_be_written_is_named_once_and_the_crawl_ends() {
    let folder = folder_with(SITE);
    fs::write(folder.path().join("file"), "no folder").expect("written");
    // A folder that is missing, one that is none, and one in which nobody may write, whoever asks.
    for database in ["missing/m.db", "file/m.db", "/sys/m.db"] {
        let started = std::time::Instant::now();

        let output = output(&mut murasil(folder.path(), &["-d", database, "run"]));

        assert_eq!(code(&output), 1, "{database}");
        let said = stderr(&output);
        let told: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("murasil: ")).collect();
        let [told] = told[..] else { panic!("{said}") };
        assert!(told.starts_with(&format!("opening the database: {database}")), "{said}");
        assert!(told.contains("check the disk and the permissions of the file and its folder"), "{said}");
        assert!(started.elapsed() < std::time::Duration::from_secs(5), "{database} took {:?}", started.elapsed());
    }
}

#[test]
fn questions_to_a_file_that_is_no_database_say_so() {
    let folder = folder_with(SITE);
    fs::write(folder.path().join("x.db"), "no database at all, but long enough to be looked at").expect("written");
    for question in QUESTIONS {
        let output = output(murasil(folder.path(), question).args(["-d", "x.db"]));
        assert_eq!(code(&output), 1, "{question:?}");
        assert!(stderr(&output).starts_with("murasil: x.db: "), "{}", stderr(&output));
    }
}

#[test]
fn an_empty_database_has_no_articles() {
    let folder = folder_with(SITE);
    empty_database(folder.path());
    for (question, expected) in [(QUESTIONS[0], "no articles\n"), (QUESTIONS[1], "nothing found\n")] {
        let text = output(&mut murasil(folder.path(), question));
        assert_eq!((code(&text), stdout(&text).as_str()), (0, expected));
        let json = output(murasil(folder.path(), question).arg("--json"));
        assert_eq!((code(&json), stdout(&json).as_str()), (0, ""));
    }
    let show = output(&mut murasil(folder.path(), &["show", "1"]));
    assert_eq!(code(&show), 1);
    assert_eq!(stderr(&show), "murasil: there is no article 1; `murasil articles` lists them\n");
    let status = output(&mut murasil(folder.path(), &["status", "--json"]));
    let status: serde_json::Value = serde_json::from_str(&stdout(&status)).expect("is JSON");
    assert_eq!(status["articles"], 0);
    let check = output(&mut murasil(folder.path(), &["check", "--database"]));
    assert_eq!(code(&check), 0, "{}", stderr(&check));
    assert!(stdout(&check).contains("the database is sound"));
}

#[test]
fn status_repeats_what_every_start_warns_of() {
    let folder = folder_with("[[site]]\nname = 'a'\nseeds = ['https://a.example/']\n");
    empty_database(folder.path());

    let text = stdout(&output(&mut murasil(folder.path(), &["status"])));
    assert!(text.contains("\nwarning: ") && text.contains("crawler.contact: is empty"), "{text}");
    let json = stdout(&output(&mut murasil(folder.path(), &["status", "--json"])));
    let json: serde_json::Value = serde_json::from_str(&json).expect("is JSON");
    assert_eq!(
        (json["warnings"].as_array().map(Vec::len), &json["warnings"][0]["key"]),
        (Some(1), &"crawler.contact".into())
    );
}

#[test]
fn a_database_alone_is_enough_for_questions() {
    let folder = folder_with("broken");
    empty_database(folder.path());
    let output = output(&mut murasil(folder.path(), &["articles", "-d", "murasil.db"]));
    assert_eq!((code(&output), stdout(&output).as_str()), (0, "no articles\n"));
    let bare = self::output(&mut murasil(folder.path(), &["articles", "--database"]));
    assert_eq!(code(&bare), 2);
}

#[test]
fn titles_are_isolated_for_people_and_exact_in_json() {
    let folder = folder_with(SITE);
    database_with_an_article(folder.path());
    let title = "عنوان الخبر\u{1b}[31m";

    for question in QUESTIONS {
        let text = stdout(&output(&mut murasil(folder.path(), question)));
        assert!(!text.contains('\u{1b}'), "{text:?}");
        if question != ["status"] {
            assert!(text.contains("\u{2068}عنوان الخبر\\u{1b}[31m\u{2069}"), "{question:?}: {text:?}");
            assert!(text.contains("2015-02-06"), "{text}");
        }
        let json = stdout(&output(murasil(folder.path(), question).arg("--json")));
        assert!(!json.contains(['\u{1b}', '\u{2068}']), "{json:?}");
        let json: serde_json::Value = serde_json::from_str(&json).expect("is JSON");
        if question != ["status"] {
            assert_eq!(json["title"], title, "{question:?}");
        }
    }
    let none = output(&mut murasil(folder.path(), &["articles", "--since", "2015-02-07"]));
    assert_eq!(stdout(&none), "no articles\n");
    let one = output(&mut murasil(
        folder.path(),
        &["articles", "--until", "2015-02-07", "--language", "ar", "--site", "a", "--json"],
    ));
    assert_eq!(stdout(&one).lines().count(), 1);
    let status = stdout(&output(&mut murasil(folder.path(), &["status"])));
    assert!(status.contains("articles       1 in 1 versions"), "{status}");
}

#[test]
fn articles_are_exported_whole_and_never_over_a_file() {
    let folder = folder_with(SITE);
    database_with_an_article(folder.path());
    let path = folder.path().join("out.csv");

    let done = output(&mut murasil(folder.path(), &["export", "out.csv"]));
    assert_eq!((code(&done), stdout(&done).as_str()), (0, ""));
    let csv = fs::read_to_string(&path).expect("written");
    assert!(csv.starts_with("id,site,url,title,"), "{csv}");
    assert!(csv.contains("\r\n1,a,https://a.example/1,عنوان الخبر\u{1b}[31m,"), "{csv:?}");

    let again = output(&mut murasil(folder.path(), &["export", "out.csv", "--format", "jsonl"]));
    assert_eq!(code(&again), 1);
    assert!(String::from_utf8_lossy(&again.stderr).contains("out.csv exists already; --force replaces it"));
    let forced = output(&mut murasil(folder.path(), &["export", "out.csv", "--format", "jsonl", "--force"]));
    assert_eq!(code(&forced), 0);
    let json: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).expect("written")).expect("JSON");
    assert_eq!(json["published_day"], "2015-02-06");

    let none = stdout(&output(&mut murasil(folder.path(), &["export", "--site", "other"])));
    assert_eq!(none.lines().count(), 1, "only the header: {none}");
}

#[test]
fn one_fetched_address_lets_the_sites_of_the_daemon_be() {
    let folder = folder_with(
        "[politeness]\ndelay = '10ms'\nfloor = '0ms'\n[fetch]\nallow_private = ['127.0.0.0/8']\nports = [9]\n",
    );
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let store = Store::open(&folder.path().join("murasil.db"), None).await.expect("opens");
        let waiting = Admission {
            url: PageUrl::parse("https://a.example/").expect("an address"),
            site: "a".into(),
            kind: PageKind::Front,
            depth: 0,
            hops: 0,
            priority: 0,
            dated: true,
            found_by: FoundBy::Seed,
        };
        let sites = [SiteRecord { name: "a".into() }];
        store.sync_sites(&sites, vec![waiting], Timestamp::now()).await.expect("stored");
        store.close().await.expect("closes");
    });
    // Nobody listens on the discard port: the fetch fails, and is recorded.
    let output = output(&mut murasil(folder.path(), &["fetch", "http://127.0.0.1:9/"]));
    assert_eq!(code(&output), 1, "{}{}", stdout(&output), stderr(&output));
    let status = stdout(&crate::output(&mut murasil(folder.path(), &["status"])));
    let pages = status.lines().find(|line| line.starts_with("pages")).expect("a line of pages");
    assert!(!pages.contains("out-of-scope"), "{status}");
    let seeds = runtime.block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("murasil.db"));
        let mut conn = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.expect("opens");
        sqlx::query_scalar::<_, String>("select url from seeds").fetch_all(&mut conn).await.expect("reads")
    });
    assert_eq!(seeds, ["https://a.example/"]);
}

#[test]
fn yesterday_in_a_saved_page_counts_from_the_visit_that_is_told() {
    let folder = folder_with("");
    let prose =
        "<p>The council of the town met for three hours and spoke about the new bridge and its cost.</p>".repeat(6);
    let page = format!("<article><h1>Council puts the bridge off</h1><p class=date>yesterday</p>{prose}</article>");
    fs::write(folder.path().join("page.html"), page).expect("a file");
    let file = folder.path().join("page.html").display().to_string();
    let published = |arguments: &[&str]| {
        let address = ["extract", &file, "--url", "https://paper.example/2024/town/bridge-put-off-again", "--json"];
        let found = output(&mut murasil(folder.path(), &[&address, arguments].concat()));
        let record: serde_json::Value =
            serde_json::from_str(&stdout(&found)).unwrap_or_else(|_| panic!("{}", stderr(&found)));
        record["published_at"].as_str().map(str::to_owned)
    };

    assert_eq!(published(&["--visited", "2024-03-12T10:30:00Z"]).as_deref(), Some("2024-03-11"));
    assert_eq!(published(&[]), None);
}
